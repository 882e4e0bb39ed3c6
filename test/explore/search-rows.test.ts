import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/bundle.js';
import type { CheckJob, CheckReport, CheckSettings } from '../../source/explore/check-job.ts';
import { unboundedSettings } from '../../source/explore/check-target.ts';
import { searchHere } from '../../source/explore/search-here.ts';
import { searchRows } from '../../source/explore/search-rows.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import { libraryFolder, resolveSelection } from '../../source/scenario/target.ts';
import { countRing } from './ring.ts';

const ring = loadScenarioFolder(join(root, 'fixtures/scenarios/ring'), libraryFolder());

function job(cpus: number, rounds: number, changes: Partial<CheckSettings> = {}): CheckJob {
	const options = { cpus: String(cpus), rounds: String(rounds) };
	const settings = { ...unboundedSettings, reduction: false, ...changes };
	return { scenario: ring, selection: resolveSelection(ring, { options }), settings };
}

const soon = job(4, 1);
/** More than three million states. */
const long = job(8, 2);

/** Searches rows; `stop` is called when the first report has come. */
async function reportsOf(jobs: readonly CheckJob[], stops: boolean): Promise<readonly (CheckReport | undefined)[]> {
	const reports: (CheckReport | undefined)[] = jobs.map(() => undefined);
	const started: number[] = [];
	const pool = searchRows(jobs, 2, {
		onStart: (row) => started.push(row),
		onReport: (row, report) => {
			expect(started).toContain(row);
			expect(reports[row]).toBeUndefined();
			reports[row] = report;
			if (stops) pool.stop();
		},
	});
	await pool.finished;
	return reports;
}

describe('searching a few rows', () => {
	it('is done here when it takes no time', () => {
		const rows: number[] = [];
		const done = searchHere([soon, soon], 60_000, {
			onReport: (row, report) => {
				rows.push(row);
				expect(report).toMatchObject({ complete: true, states: countRing(4, 1).states });
			},
		});
		expect([done, ...rows]).toEqual([2, 0, 1]);
	});

	it('is given up here when it takes long, without a word about the row', () => {
		const rows: number[] = [];
		expect(searchHere([soon, long, soon], 1, { onReport: (row) => rows.push(row) })).toBeLessThan(2);
		expect(rows).not.toContain(1);
	});

	it('goes on in workers, and can be interrupted there', async () => {
		const [first, second] = await reportsOf([soon, long], true);
		expect(first).toMatchObject({ complete: true, bound: null, states: countRing(4, 1).states });
		expect(second).toMatchObject({ complete: false, bound: 'interrupted' });
	}, 60_000);

	it('keeps to the bounds of each row', async () => {
		const bounded = job(8, 2, { maxStates: 200_000 });
		const [first, second, third] = await reportsOf([bounded, soon, job(4, 2)], false);
		expect(first).toMatchObject({ complete: false, bound: 'states' });
		expect(second).toMatchObject({ states: countRing(4, 1).states });
		expect(third).toMatchObject({ states: countRing(4, 2).states });
	}, 60_000);
});
