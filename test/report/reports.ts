/** Reports to test: of schedules of bundled scenarios, and of models that a test wrote. */

import { choices } from '../../source/machine/step.ts';
import type { BugReport } from '../../source/report/bug-report.ts';
import { makeReport, type ReportOptions } from '../../source/report/make-report.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import { runSchedule } from '../../source/session/schedule.ts';
import type { Session } from '../../source/session/session.ts';
import { take } from '../../source/session/stepping.ts';

/** The session after a schedule of a bundled scenario, followed to its end. */
export function scheduledSession(id: string, kernel: string, schedule: string): Session {
	const scenario = loadBundled(id);
	const plan = scenario.schedules.find((candidate) => candidate.id === schedule);
	if (plan === undefined) throw new Error(`${id} has no schedule ${schedule}`);
	const target = buildTarget(scenario, { kernel, program: plan.program, options: plan.options });
	const run = runSchedule(startSession(target, schedule), Number.POSITIVE_INFINITY, false);
	if (run.error !== '') throw new Error(run.error);
	return run.session;
}

export function scheduledReport(id: string, kernel: string, schedule: string, options: ReportOptions = {}): BugReport {
	return makeReport(scheduledSession(id, kernel, schedule), options);
}

/** Op steps of whoever `pick` chooses among those that can go on, until a violation is reported or nobody can. */
export function playedSession(start: Session, pick: (step: number, among: number) => number): Session {
	let session = start;
	for (let step = 0; ; step++) {
		const open = choices(session.target.machine, session.timeline.cursor.state);
		const choice = open[pick(step, open.length) % Math.max(1, open.length)];
		if (choice === undefined) return session;
		session = take(session, choice, 'op');
		if (session.timeline.cursor.violations.some(({ severity }) => severity === 'violation')) return session;
	}
}

/** Every schedule of every bundled scenario on the kernels it is written for: names of what `scheduledReport` takes. */
export function everySchedule(ids: readonly string[]): { id: string; kernel: string; schedule: string }[] {
	return ids.flatMap((id) =>
		loadBundled(id).schedules.map(({ id: schedule, kernels }) => ({ id, kernel: kernels[0] ?? '', schedule })),
	);
}
