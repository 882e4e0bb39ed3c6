/** Follows the schedules of a bundled scenario, for the tests of its models. */

import { expect, it } from 'vitest';
import type { MachineState } from '../../source/machine/state.ts';
import type { Violation } from '../../source/machine/violation.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import type { Scenario, Target } from '../../source/scenario/scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import { runSchedule } from '../../source/session/schedule.ts';

export interface Moment {
	readonly mark: string;
	readonly state: MachineState;
	/** What was reported in the steps of this entry, notes included. */
	readonly reports: readonly Violation[];
}

export interface Followed {
	readonly target: Target;
	readonly moments: readonly Moment[];
}

/** A test for every schedule of a scenario on every kernel that it is for. */
export function canFollowAll({ id: scenarioId, schedules }: Scenario): void {
	it.each(
		schedules.flatMap(({ id, kernels, entries }) => kernels.map((kernel) => ({ id, kernel, length: entries.length }))),
	)('$id can be followed to its end on $kernel', ({ id, kernel, length }) => {
		expect(followBundled(scenarioId, kernel, id).moments).toHaveLength(length);
	});
}

/** Follows a schedule to its end. Throws when an entry cannot be followed. */
export function followBundled(
	scenarioId: string,
	kernel: string,
	schedule: string,
	options: Readonly<Record<string, string>> = {},
): Followed {
	const scenario: Scenario = loadBundled(scenarioId);
	const plan = scenario.schedules.find(({ id }) => id === schedule);
	if (plan === undefined) throw new Error(`${scenarioId} has no schedule ${schedule}`);
	const target = buildTarget(scenario, {
		kernel,
		program: plan.program,
		options: { ...plan.options, ...options },
	});
	let session = startSession(target, schedule);
	const moments: Moment[] = [];
	for (;;) {
		const start = session.timeline.cursor;
		const run = runSchedule(session, 1, false);
		if (run.end === 'failed') throw new Error(`${scenarioId}/${kernel}, ${schedule}: ${run.error}`);
		session = run.session;
		for (const { entry, node } of run.finished) {
			const reports: Violation[] = [];
			for (let at = node; at !== start && at.parent !== null; at = at.parent) reports.unshift(...at.violations);
			moments.push({ mark: entry.mark, state: node.state, reports });
		}
		if (run.end === 'finished' || run.finished.length === 0) return { target, moments };
	}
}

/** `mark: kind` of each report of a severity, in order. */
export function reportsOf({ moments }: Followed, severity: Violation['severity']): string[] {
	return moments.flatMap(({ mark, reports }) =>
		reports.filter((report) => report.severity === severity).map(({ kind }) => `${mark}: ${kind}`),
	);
}
