/** The bundled program and a scenario on disk, for tests that need a real terminal. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, root as project } from '../../scripts/bundle.js';
import { endlessTexts, sampleTexts } from './sample.ts';

export interface Program {
	/** File to start with Node. */
	readonly cli: string;
	/** Folder of the sample scenario. */
	readonly scenario: string;
	/** Folder of one that never ends. */
	readonly endless: string;
	/** An empty folder to work in. */
	readonly folder: string;
	readonly remove: () => void;
}

export async function buildProgram(): Promise<Program> {
	const root = mkdtempSync(join(tmpdir(), 'mmstep-pty-'));
	const folder = (name: string): string => mkdtempSync(join(root, `${name}-`));
	const dist = folder('dist');
	await bundle(
		{
			cli: 'source/cli.ts',
			'searcher.worker': 'source/explore/searcher.worker.ts',
			'check.worker': 'source/explore/check.worker.ts',
		},
		dist,
	);
	const scenario = join(root, 'sample');
	mkdirSync(scenario);
	for (const { path, text } of sampleTexts) writeFileSync(join(scenario, path), text);
	const endless = join(root, 'endless');
	mkdirSync(endless);
	for (const { path, text } of endlessTexts) writeFileSync(join(endless, path), text);
	// It looks for its scenarios beside its own folder.
	symlinkSync(join(project, 'scenarios'), join(root, 'scenarios'));
	// A bundle outside of the project is an ES module only when it says so.
	writeFileSync(join(root, 'package.json'), '{"type":"module"}');
	return {
		cli: join(dist, 'cli.js'),
		scenario,
		endless,
		folder: folder('work'),
		remove: () => rmSync(root, { recursive: true, force: true }),
	};
}
