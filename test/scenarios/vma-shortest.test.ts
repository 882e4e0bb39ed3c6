import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import { contextName } from '../../source/machine/names.ts';
import { startSession } from '../../source/session/commands.ts';
import { runSchedule } from '../../source/session/schedule.ts';
import type { TimelineNode } from '../../source/session/session.ts';
import { bundled, targetOf } from './follow.ts';

interface Rows {
	readonly rows: readonly {
		readonly name: string;
		readonly scenario: string;
		readonly kernel: string;
		readonly schedule: string;
		/** Who goes on after whom. */
		readonly turns: readonly string[];
		/** Severity and kind. */
		readonly report: string;
		/** Where somebody counted, in a model whose steps are what these models have one op or several for. */
		readonly steps?: number;
	}[];
}

const { rows }: Rows = JSON.parse(
	readFileSync(new URL('../../fixtures/golden/vma/shortest.json', import.meta.url), 'utf8'),
);

function targetFor(row: Rows['rows'][number]) {
	const plan = bundled(row.scenario).schedules.find(({ id }) => id === row.schedule);
	if (plan === undefined) throw new Error(`${row.scenario} has no schedule ${row.schedule}`);
	return targetOf(row.scenario, {
		kernel: row.kernel,
		program: plan.program,
		options: plan.options,
		schedule: row.schedule,
	});
}

/** The steps of a schedule up to the first report of that severity and kind, from the start. */
function stepsTo(row: Rows['rows'][number]): TimelineNode[] {
	const run = runSchedule(startSession(targetFor(row), row.schedule), Number.POSITIVE_INFINITY, false);
	if (run.end === 'failed') throw new Error(run.error);
	const path: TimelineNode[] = [];
	for (let at = run.session.timeline.cursor; at.parent !== null; at = at.parent) path.unshift(at);
	const last = path.findIndex(({ violations }) =>
		violations.some(({ severity, kind }) => `${severity} ${kind}` === row.report),
	);
	expect(last, `${row.report} is reported`).not.toBe(-1);
	return path.slice(0, last + 1);
}

describe('the shortest interleavings of the threads', () => {
	it.each(rows)('$name: the schedule replays to $report, taking turns as the thread does', (row) => {
		const { machine } = targetFor(row);
		const actors = stepsTo(row).map(({ action }) => (action === null ? '' : contextName(machine, action.choice.actor)));
		expect(actors.filter((actor, index) => actor !== actors[index - 1])).toEqual(row.turns);
	});

	it.each(rows)('$name: the search finds it, with no more switches, and no fewer steps than were counted', (row) => {
		const report = checkMachine(targetFor(row).machine, unboundedSettings);
		const found = report.findings.filter(({ severity, kind }) => `${severity} ${kind}` === row.report);
		expect(found.length).toBeGreaterThan(0);
		expect(Math.min(...found.map(({ switches }) => switches))).toBeLessThanOrEqual(row.turns.length - 1);
		expect(Math.min(...found.map(({ steps }) => steps))).toBeGreaterThanOrEqual(row.steps ?? 1);
	});

	it('are all there: five of faults beside munmap(), four of the page lock, three of FUSE', () => {
		const count = (scenarios: readonly string[]) => rows.filter(({ scenario }) => scenarios.includes(scenario)).length;
		expect([count(['spf-munmap']), count(['map-pages-truncate', 'fault-page-lock']), count(['fuse-write'])]).toEqual([
			5, 4, 3,
		]);
	});
});
