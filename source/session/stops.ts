/**
 * Breakpoints and watchpoints: whether the step that led to a node hits one. It is asked of nodes, not of running code, so that
 * it holds in both directions of time.
 */

import { contextName } from '../machine/describe.ts';
import type { MachineState } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';
import { evaluateIn, type Followed, followedType, followedValue, surelySame, valueText } from './expressions.ts';
import { entered, placeOf, placeText } from './place.ts';
import type { Breakpoint, Session, TimelineNode } from './session.ts';
import { eventsOf } from './step-events.ts';
import { movedContext } from './stepping.ts';

export interface Hit {
	readonly id: number;
	/** `breakpoint 1, vb_free at mm/vmalloc.c:88`. */
	readonly text: string;
}

export interface StopCheck {
	readonly hits: readonly Hit[];
	/** Conditions that could not be evaluated, and so counted as true. */
	readonly complaints: readonly { readonly id: number; readonly message: string }[];
}

const nothing: StopCheck = { hits: [], complaints: [] };

/** What the step that led to `node` hits, in order of the breakpoints' numbers. */
export function hitsAt(session: Session, node: TimelineNode): StopCheck {
	if (node.parent === null || session.breakpoints.every(({ enabled }) => !enabled)) return nothing;
	const hits: Hit[] = [];
	const complaints: { id: number; message: string }[] = [];
	for (const breakpoint of session.breakpoints) {
		if (!breakpoint.enabled) continue;
		const text = hitText(session, breakpoint, node);
		if (text === null) continue;
		const condition = breakpoint.kind === 'watch' ? null : breakpoint.condition;
		const context = movedContext(session, node);
		if (condition !== null && context !== null) {
			const value = evaluateIn(session.target, node.state, condition, { context, frame: 0 });
			if (value.ok && value.value === 0) continue;
			if (!value.ok) complaints.push({ id: breakpoint.id, message: value.message });
		}
		hits.push({ id: breakpoint.id, text });
	}
	return hits.length === 0 ? nothing : { hits, complaints };
}

/** Counts the hits, deletes temporary breakpoints that were hit, and remembers the complaints, each of which is made once. */
export function countHits(session: Session, check: StopCheck): { session: Session; complaints: readonly string[] } {
	if (check.hits.length === 0) return { session, complaints: [] };
	const hit = new Set(check.hits.map(({ id }) => id));
	const wrong = new Map(check.complaints.map(({ id, message }) => [id, message]));
	const complaints: string[] = [];
	const breakpoints = session.breakpoints.flatMap((breakpoint) => {
		if (!hit.has(breakpoint.id)) return [breakpoint];
		const message = wrong.get(breakpoint.id);
		if (message !== undefined && !breakpoint.complained) {
			complaints.push(`condition of breakpoint ${breakpoint.id} cannot be evaluated and counts as true: ${message}`);
		}
		if (breakpoint.temporary) return [];
		return [
			{
				...breakpoint,
				hits: breakpoint.hits + 1,
				complained: breakpoint.complained || message !== undefined,
			},
		];
	});
	return { session: { ...session, breakpoints }, complaints };
}

function hitText(session: Session, breakpoint: Breakpoint, node: TimelineNode): string | null {
	if (breakpoint.kind === 'watch') return watchText(session, breakpoint, node);
	const { target } = session;
	const actor = node.action?.choice.actor;
	if (actor === undefined) return null;
	if (!reaches(target, node, breakpoint)) return null;
	const place = placeOf(target, node.state, actor);
	const at = place === null ? '' : `, ${placeText(place)}`;
	// A step may have gone on from the function's entry into what it calls.
	const on = breakpoint.kind === 'function' && place?.name !== breakpoint.function ? ` on ${breakpoint.function}` : '';
	return `${breakpoint.temporary ? 'temporary breakpoint' : 'breakpoint'} ${breakpoint.id}${on}${at} (${contextName(target.machine, actor)})`;
}

/** A place that `break` and `until` can be told. */
export type Location =
	| { readonly kind: 'function'; readonly function: string }
	| { readonly kind: 'line'; readonly file: string; readonly line: number };

/** Whether the step that led to `node` entered the function, or arrived at the line. */
export function reaches(target: Target, node: TimelineNode, location: Location): boolean {
	const actor = node.action?.choice.actor;
	const before = node.parent?.state;
	// Interrupts and the MMU move no stack.
	if (actor === undefined || before === undefined || actor > target.machine.configuration.cpus) return false;
	return location.kind === 'function'
		? entersFunction(target, node, before, actor, location.function)
		: reachesLine(target, node, before, actor, location.file, location.line);
}

function entersFunction(
	target: Target,
	node: TimelineNode,
	before: MachineState,
	context: number,
	name: string,
): boolean {
	const { functions } = target.machine.program;
	const was = before.contexts[context]?.frames ?? [];
	const is = node.state.contexts[context]?.frames ?? [];
	for (const { function: index } of is) {
		const fn = functions[index];
		if (fn?.name !== name) continue;
		const first = fn.lines.findIndex(({ statement }) => statement);
		const entry = entered(was, is, index, first);
		if (entry === 'yes' || (entry === 'unclear' && callsAgain(target, node, context, name))) return true;
	}
	return false;
}

/** Runs the step once more to see whether it called the function; asked only when the stacks leave it open. */
function callsAgain(target: Target, node: TimelineNode, context: number, name: string): boolean {
	return eventsOf(target.machine, node).some(
		(event) => event.kind === 'call' && event.context === context && event.text.startsWith(`${name}(`),
	);
}

function reachesLine(
	target: Target,
	node: TimelineNode,
	before: MachineState,
	context: number,
	file: string,
	line: number,
): boolean {
	const is = placeOf(target, node.state, context);
	if (is === null || is.line !== line || is.file !== file) return false;
	const was = placeOf(target, before, context);
	if (was === null) return true;
	// Back in the middle of a line whose call has returned: the line was reached before.
	if (is.depth < was.depth && !is.atStatement) return false;
	if (was.line !== line || was.file !== file || was.depth !== is.depth || was.function !== is.function) return true;
	// The same line again: a loop came round, unless the step only went on within the line, or waits in it.
	return node.action?.grain !== 'op' && node.completed && is.atStatement;
}

function watchText(session: Session, watch: Extract<Breakpoint, { kind: 'watch' }>, node: TimelineNode): string | null {
	const change = node.parent === null ? null : changeBetween(session.target, watch, node.parent.state, node.state);
	return change === null ? null : `watchpoint ${watch.id}: ${watch.expression}: ${change} (${doerText(session, node)})`;
}

/** `4 -> 2`, or null when the expression has the same value in both states, or none in one of them. */
export function changeBetween(
	target: Target,
	followed: Followed,
	before: MachineState,
	after: MachineState,
): string | null {
	if (surelySame(target, followed, before, after)) return null;
	const was = followedValue(target, before, followed);
	const is = followedValue(target, after, followed);
	if (was === null || is === null || was === is) return null;
	const type = followedType(target, followed);
	return `${valueText(target, before, type, was)} -> ${valueText(target, after, type, is)}`;
}

/** Who made the step that led to a node, and where: `step 5, CPU0 in vb_free at mm/vmalloc.c:90`. */
export function doerText(session: Session, node: TimelineNode): string {
	const context = movedContext(session, node);
	if (context === null || node.parent === null) return `step ${node.depth}`;
	const place = placeOf(session.target, node.parent.state, context);
	const where = place === null ? '' : ` in ${placeText(place)}`;
	return `step ${node.depth}, ${contextName(session.target.machine, context)}${where}`;
}
