import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import { libraryFolder } from '../../source/scenario/bundled.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { folderOf } from '../scenario/folders.ts';
import { mmstep } from './command-line.ts';

describe('new', () => {
	it('writes a scenario that runs, whose race the search finds without the lock and not with it', async () => {
		const folder = join(folderOf({}), 'mine');
		expect((await mmstep('new', folder)).status).toBe(0);
		expect((await mmstep('run', folder, '--schedule', 'lost')).status).toBe(1);
		const scenario = loadScenarioFolder(folder, libraryFolder());
		const kinds = (kernel: string): string[] =>
			checkMachine(buildTarget(scenario, { kernel }).machine, unboundedSettings).findings.map(({ kind }) => kind);
		expect(kinds('no-lock')).toEqual(['invariant']);
		expect(kinds('lock')).toEqual([]);
	});

	it('writes into an empty folder, and over nothing', async () => {
		const root = folderOf({});
		mkdirSync(join(root, 'empty'));
		expect((await mmstep('new', join(root, 'empty'))).status).toBe(0);
		mkdirSync(join(root, 'full'));
		writeFileSync(join(root, 'full', 'counter.c'), 'mine');
		const { status, err } = await mmstep('new', join(root, 'full'));
		expect(status).toBe(2);
		expect(err).toContain('nothing was written');
		expect(readdirSync(join(root, 'full'))).toEqual(['counter.c']);
		expect(readFileSync(join(root, 'full', 'counter.c'), 'utf8')).toBe('mine');
	});

	it('says so where nothing can be written', async () => {
		const { status, err } = await mmstep('new', '/dev/null/mine');
		expect(status).toBe(2);
		expect(err).toContain('cannot be written (there is no such folder)');
	});
});
