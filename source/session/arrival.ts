/** What is said after a move: where in time, where in the code, what was reported, what is displayed. */

import { plainLine, plainRow } from '../language/plain-text.ts';
import { contextName } from '../machine/describe.ts';
import type { Violation } from '../machine/violation.ts';
import { evaluateIn, isScalar, valueText } from './expressions.ts';
import { placeOf, placeText, sourceLine } from './place.ts';
import type { CommandResult, OutputLine, Session, TimelineNode } from './session.ts';
import { hasViolation } from './stepping.ts';
import { currentBranch, isInPast, isOnPath, reportsBetween } from './timeline.ts';

/** Where in time one is: `step 7 of 12, branch b2, PAST`. */
export function timeText({ timeline }: Session): string {
	const branch = currentBranch(timeline);
	const of = isInPast(timeline) ? ` of ${branch.tip.depth}` : '';
	return `step ${timeline.cursor.depth}${of}, branch ${branch.name}${isInPast(timeline) ? ', PAST' : ''}`;
}

/** Where the focused context is about to go on: `CPU0 vb_alloc at mm/vmalloc.c:88: if (vb->free < n)`. */
export function focusText(session: Session): string {
	const { target, timeline, focus } = session;
	const name = contextName(target.machine, focus.context);
	const place = placeOf(target, timeline.cursor.state, focus.context, focus.frame);
	if (place === null) {
		const status = timeline.cursor.state.contexts[focus.context]?.status ?? 'done';
		return `${name} is ${status === 'running' ? 'idle' : status}`;
	}
	const code = sourceLine(target, place.file, place.line).trim();
	return `${name} ${placeText(place)}: ${code}`;
}

export function plain(text: string): OutputLine {
	return { tone: 'plain', text };
}

export function dim(text: string): OutputLine {
	return { tone: 'dim', text };
}

export function heading(text: string): OutputLine {
	return { tone: 'heading', text };
}

export function warning(text: string): OutputLine {
	return { tone: 'warning', text };
}

/** A result that only says something. */
export function said(session: Session, output: readonly OutputLine[]): CommandResult {
	return { session, output, effects: [], stopped: false };
}

/**
 * The result of a command that moved from `before` to `after`: the reports on the way, why it stopped, where one is, and the
 * displayed expressions.
 */
export function moved(before: Session, after: Session, extra: readonly OutputLine[] = []): CommandResult {
	const violations = reportsOnTheWay(before, after).flatMap((node) => node.violations);
	const isAtViolation = violations.length > 0 && hasViolation(after.timeline.cursor.violations);
	const session = isAtViolation && after.stop === '' ? { ...after, stop: 'violation' } : after;
	return {
		session,
		output: [
			...violations.flatMap(violationLines),
			...(session.stop === '' || session.stop === 'violation' ? [] : [warning(session.stop)]),
			...extra,
			plain(`${timeText(session)}: ${focusText(session)}`),
			...displayLines(session),
		],
		effects: [],
		stopped: session.stop !== '' || violations.some(({ severity }) => severity === 'violation'),
	};
}

/** The nodes stepped to that report anything; none when the move went back or across. */
function reportsOnTheWay(before: Session, after: Session): readonly TimelineNode[] {
	const from = before.timeline.cursor;
	const to = after.timeline.cursor;
	return from !== to && isOnPath(from, to) ? reportsBetween(from, to) : [];
}

/** A report in one line and, for what is worse than a note, its details. */
export function violationLines(violation: Violation): OutputLine[] {
	const { severity, kind, title, actor, function: fn, file, line, step, details } = violation;
	const tone = severity === 'note' ? 'dim' : severity;
	const where = fn === '' ? '' : ` in ${fn} at ${file}:${line}`;
	const who = actor === '' ? '' : ` by ${actor}`;
	// Some titles begin with the kind.
	const what = title.startsWith(kind) ? title : `${kind}: ${title}`;
	return [
		{ tone, text: plainLine(`${severity}: ${what} (step ${step}${who}${where})`) },
		...details.map((text) => dim(`  ${plainRow(text)}`.trimEnd())),
	];
}

/** One displayed expression as the watches pane shows it. */
export interface DisplayValue {
	readonly id: number;
	readonly expression: string;
	/** `CPU0`: in whose scope. */
	readonly context: string;
	readonly value: string;
	/** Whether there is a value; otherwise `value` says why not. */
	readonly ok: boolean;
	readonly changed: boolean;
}

/** The displayed expressions at the cursor, compared with the step before. */
export function displayValues(session: Session): readonly DisplayValue[] {
	const { target, timeline } = session;
	return session.displays.map(({ id, expression, context }) => {
		const show = (node: TimelineNode) => {
			const result = evaluateIn(target, node.state, expression, { context, frame: 0 });
			if (!result.ok) return { ok: false, text: result.message };
			if (!isScalar(result.type)) return { ok: false, text: 'not a single value: use print' };
			return { ok: true, text: valueText(target, node.state, result.type, result.value) };
		};
		const now = show(timeline.cursor);
		const then = timeline.cursor.parent === null ? now : show(timeline.cursor.parent);
		return {
			id,
			expression,
			context: contextName(target.machine, context),
			value: now.text,
			ok: now.ok,
			changed: now.ok && then.ok && now.text !== then.text,
		};
	});
}

export function displayLines(session: Session): OutputLine[] {
	return displayValues(session).map(({ id, expression, value, ok, changed }) =>
		ok
			? plain(`${id}: ${expression} = ${value}${changed ? '  (changed)' : ''}`)
			: dim(`${id}: ${expression}: ${value}`),
	);
}
