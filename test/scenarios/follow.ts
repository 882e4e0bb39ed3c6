/** Follows a schedule of a bundled scenario, or steps typed in a test, and keeps the moments. */

import { drawView } from '../../source/machine/evaluate.ts';
import type { ViewRow } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import type { Violation } from '../../source/machine/violation.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import type { Scenario, Target } from '../../source/scenario/scenario.ts';
import { parseScheduleLine } from '../../source/scenario/schedule-syntax.ts';
import { buildTarget, type PartialSelection } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import { runSchedule, selectSchedule } from '../../source/session/schedule.ts';

export interface Moment {
	readonly mark: string;
	/** The entry, as written. */
	readonly text: string;
	readonly state: MachineState;
	/** What was reported in the steps of this entry. */
	readonly reports: readonly Violation[];
}

const scenarios = new Map<string, Scenario>();
const targets = new Map<string, Target>();

/** A bundled scenario, loaded once. */
export function bundled(id: string): Scenario {
	const known = scenarios.get(id) ?? loadBundled(id);
	scenarios.set(id, known);
	return known;
}

/** A bundled scenario on one kernel, compiled once. */
export function targetOf(id: string, selection: PartialSelection): Target {
	const key = JSON.stringify([id, selection]);
	const known = targets.get(key) ?? buildTarget(bundled(id), selection);
	targets.set(key, known);
	return known;
}

/**
 * The moments after each entry: of the scenario's schedule that `selection` names, or of `steps`, written as on a command line.
 * Throws when an entry cannot be followed.
 */
export function follow(id: string, selection: PartialSelection, steps = ''): Moment[] {
	const target = targetOf(id, selection);
	let session =
		steps === ''
			? startSession(target, selection.schedule)
			: selectSchedule(startSession(target), {
					id: 'typed',
					title: '',
					summary: '',
					kernels: [target.selection.kernel],
					program: target.selection.program,
					options: {},
					entries: parseScheduleLine(steps),
				});
	const moments: Moment[] = [];
	for (;;) {
		const start = session.timeline.cursor;
		const run = runSchedule(session, 1, false);
		if (run.end === 'failed') throw new Error(`${id}, ${selection.kernel}: ${run.error}`);
		session = run.session;
		for (const { entry, node } of run.finished) {
			const reports: Violation[] = [];
			for (let at = node; at !== start && at.parent !== null; at = at.parent) reports.unshift(...at.violations);
			moments.push({ mark: entry.mark, text: entry.text, state: node.state, reports });
		}
		if (run.end === 'finished' || run.finished.length === 0) return moments;
	}
}

/** Kinds of what was reported with that severity, in order of time. */
export function kindsReported(moments: readonly Moment[], severity: Violation['severity'] = 'violation'): string[] {
	return moments
		.flatMap(({ reports }) => reports.filter((report) => report.severity === severity))
		.map(({ kind }) => kind);
}

/** The rows of one of the model's views. */
export function viewRows(target: Target, state: MachineState, name: string): readonly ViewRow[] {
	const index = target.machine.program.functions.findIndex((fn) => fn.name === name);
	if (index === -1) throw new Error(`there is no view ${name}`);
	return drawView(target.machine, state, index);
}

/** The values of a row's fields. */
export function fieldsOf(rows: readonly ViewRow[], label: string): Record<string, string> {
	const row = rows.find((candidate) => candidate.label === label);
	return Object.fromEntries(row?.fields.map(({ name, value }) => [name, value]) ?? []);
}
