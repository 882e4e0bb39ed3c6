/** What a session led to, as plain text: heading, drawing, state, reports, costs, verdict. For `run`, `replay` and mails. */

import { viewsOf } from '../inspect/state-views.ts';
import type { Violation } from '../machine/violation.ts';
import { expectedRows, isSameSelection } from '../scenario/expected.ts';
import type { ExpectedVerdict, Target } from '../scenario/scenario.ts';
import type { Session, TimelineNode } from '../session/session.ts';
import { reportsUpTo } from '../session/timeline.ts';
import { splat } from './splat.ts';
import { costText, customText, stateText } from './state-text.ts';
import { alignColumns, asciiText, wrapLine, wrapProse } from './wrap.ts';

/** What was reported on the way to the cursor, in order of time. */
export function reportsOf(session: Session): Violation[] {
	return reportsUpTo(session.timeline.cursor);
}

/** The nodes from the start to the cursor. */
export function pathOf(session: Session): TimelineNode[] {
	const path: TimelineNode[] = [];
	for (let node: TimelineNode | null = session.timeline.cursor; node !== null; node = node.parent) path.push(node);
	return path.reverse();
}

/** Whether a violation was found; warnings and notes do not count. */
export function isViolated(session: Session): boolean {
	return reportsOf(session).some(({ severity }) => severity === 'violation');
}

/** Which scenario on which kernel, and how. */
export function headingText({ scenario, selection, machine }: Target, schedule: string): string[] {
	const kernel = scenario.kernels.find(({ id }) => id === selection.kernel);
	const program = scenario.programs.find(({ id }) => id === selection.program);
	const options = Object.entries(selection.options).map(([id, value]) => `${id}=${value}`);
	const rows = [
		['scenario', named(scenario.id, scenario.title)],
		['kernel', named(selection.kernel, kernel?.title)],
		['program', named(selection.program, program?.title)],
		...(options.length > 0 ? [['options', options.join(' ')]] : []),
		...(schedule === '' ? [] : [['schedule', schedule]]),
		['memory', memoryModels[machine.configuration.memoryModel]],
	];
	return alignColumns(rows.map((row) => row.map(asciiText)));
}

const memoryModels = { sc: 'sc (sequentially consistent)' } as const;

function named(id: string, title: string | undefined): string {
	return title === undefined || title === id ? id : `${id}: ${title}`;
}

/**
 * Everything that a reader without the program should see, ending with the verdict.
 * @param drawing its lines
 */
export function sessionText(session: Session, drawing: readonly string[]): string[] {
	const { target, timeline } = session;
	const views = viewsOf(target, timeline.cursor.state, null);
	const costs = costText(views);
	const reports = reportsOf(session);
	const state = stateText(views);
	return [
		...drawing,
		'',
		`state after step ${timeline.cursor.depth}:`,
		...state.map((line) => `  ${line}`.trimEnd()),
		...(costs.length > 0 ? ['', 'costs:', ...costs] : []),
		...reports.flatMap((violation) => ['', ...splat(target, violation)]),
		'',
		...verdictText(session),
	];
}

/** What the run has cost: the counters, and the model's views that are about costs (their names begin with the word). */
export function costsText(session: Session): string[] {
	const views = viewsOf(session.target, session.timeline.cursor.state, null);
	const costs = costText(views);
	return [
		`costs after step ${session.timeline.cursor.depth}:`,
		...(costs.length > 0 ? costs : ['  none']),
		...views.custom
			.filter(({ title, rows }) => title.startsWith('costs') && rows.length > 0)
			.flatMap((view) => ['', ...customText(view)]),
	];
}

/** What was found and what the scenario expects, a line each. */
function verdictText(session: Session): string[] {
	const { cursor } = session.timeline;
	const reports = reportsOf(session);
	const violations = reports.filter(({ severity }) => severity === 'violation');
	const warnings = reports.filter(({ severity }) => severity === 'warning').length;
	const steps = `${cursor.depth} step${cursor.depth === 1 ? '' : 's'}`;
	const others = warnings === 0 ? '' : ` (and ${warnings} warning${warnings === 1 ? '' : 's'})`;
	const found =
		violations.length === 0
			? `no violation in ${steps}${others}`
			: `${violations.length} violation${violations.length === 1 ? '' : 's'} in ${steps}: ${violations.map(placeText).join(', ')}${others}`;
	return [...wrapLine(asciiText(`verdict: ${found}`), 79, 9), ...expectedText(session.target)];
}

function placeText({ kind, step, function: fn }: Violation): string {
	return `${kind} at step ${step}${fn === '' ? '' : ` in ${fn}`}`;
}

function expectedText(target: Target): string[] {
	return verdictsOf(target).flatMap(({ kinds, reason, known }) => {
		const what = kinds.length === 0 ? 'no violation on any schedule' : `${kinds.join(', ')} can be reached`;
		const [first = '', ...rest] = wrapProse(`${what} (${known})${reason === '' ? '' : `: ${reason}`}`, ' '.repeat(10));
		return [`expected: ${first.trimStart()}`, ...rest];
	});
}

/** The entries of the scenario's table of verdicts that speak of this kernel, program and options. */
function verdictsOf({ scenario, selection }: Target): ExpectedVerdict[] {
	return expectedRows(scenario)
		.filter((row) => isSameSelection(row.selection, selection))
		.map(({ entry }) => entry);
}
