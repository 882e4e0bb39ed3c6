/** Which rows the command line asks for. */

import { bundledIds, loadBundled } from '../../scenario/bundled.ts';
import { ScenarioError } from '../../scenario/scenario.ts';
import type { Arguments } from '../arguments.ts';
import { type CommandIo, UsageError } from '../io.ts';
import { openScenario } from '../open-scenario.ts';
import { asUsage } from '../usage.ts';
import { type CheckRow, distinctRows, rowsToCheck } from './rows.ts';

/** Rows that one check may have. */
const maxRows = 100_000;

/** The rows, and what is wrong with scenarios that came with mmstep and cannot be used: they keep no other from being checked. */
export function rowsOf(
	operands: readonly string[],
	{ program, set }: Arguments,
	{ kept }: CommandIo,
): { readonly rows: readonly CheckRow[]; readonly problems: readonly string[] } {
	if (operands.length > 0) {
		const rows = operands.flatMap((name) => {
			const { scenario, kernel } = openScenario(name, kept);
			return asUsage(() => rowsToCheck(scenario, { kernel, program, options: set }));
		});
		if (rows.length > maxRows) throw new UsageError(`${rows.length} rows are too many: name a kernel or a program`);
		return { rows: distinctRows(rows), problems: [] };
	}
	if (program !== undefined || Object.keys(set).length > 0) {
		throw new UsageError('--program and --set go with a scenario');
	}
	const problems: string[] = [];
	const rows = bundledIds().flatMap((id) => {
		try {
			const wish = { kernel: null, program: undefined, options: {} };
			return rowsToCheck(loadBundled(id, kept), wish).filter(({ expected }) => expected !== null);
		} catch (error) {
			if (!(error instanceof ScenarioError)) throw error;
			problems.push(`${id} cannot be used\n${error.message}`);
			return [];
		}
	});
	return { rows, problems };
}
