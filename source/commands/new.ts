import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plainLine } from '../language/plain-text.ts';
import { libraryFolder } from '../scenario/bundled.ts';
import { faultText } from '../session/recorder.ts';
import { exitCodes, UsageError } from './io.ts';
import type { Verb } from './verb.ts';

export const newVerb: Verb = {
	name: 'new',
	usage: 'new FOLDER',
	summary: 'writes a commented scenario to begin with',
	help: ['FOLDER must not exist, or be empty. What is written runs, and `mmstep check FOLDER` is as it expects.'],
	flags: [],
	operands: { least: 1, most: 1 },
	run: ([folder = ''], _options, io) => {
		const name = plainLine(folder);
		if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
			throw new UsageError(`${name} is there already, and is not an empty folder; nothing was written`);
		}
		try {
			cpSync(join(libraryFolder(), 'starter'), folder, { recursive: true, errorOnExist: true, force: false });
		} catch (error) {
			throw new UsageError(
				`${name} cannot be written (${faultText(error)}); name a folder in a place that you can write to`,
			);
		}
		io.out(
			`wrote ${name}/scenario.yaml and ${name}/counter.c; now\n` +
				`  mmstep run ${name} --schedule lost\n  mmstep check ${name}\n  mmstep ${name}\n`,
		);
		return exitCodes.ok;
	},
};
