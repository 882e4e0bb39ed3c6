/**
 * Lock order, as lockdep sees it: whoever takes B while holding A makes an arrow from A's class to B's, and a circle of arrows may
 * become a deadlock, in this program or in another with the same code. Arrows are collected over everything that was searched.
 * Locks of one class taken under one another are told apart by themselves. A circle counts only where each lock is wanted in a
 * mode that conflicts with how it is held: readers do not shut out readers. What a trylock takes closes no circle.
 */

import type { StackEntry } from '../machine/violation.ts';
import type { Acquisition, LockHold } from './operations.ts';

/** Something that took a lock, or did not (null): by whom and where. */
export interface LockTaking {
	readonly acquisition: Acquisition | null;
	readonly context: number;
	readonly place: StackEntry;
}

interface Arrow<Taking extends LockTaking> {
	readonly from: string;
	readonly to: string;
	readonly held: LockHold;
	readonly taken: LockHold;
	readonly taking: Taking;
}

/** A circle of lock classes (or of locks of one class), with an acquisition for each arrow. */
export interface LockCycle<Taking extends LockTaking = LockTaking> {
	readonly names: readonly string[];
	readonly acquisitions: readonly { readonly held: LockHold; readonly taken: LockHold; readonly taking: Taking }[];
}

function placeKey({ file, line, function: fn }: StackEntry): string {
	return `${file}:${String(line).padStart(9, '0')}:${fn}`;
}

/** One arrow for each pair of names and modes: the one that is first in the text. */
function arrowsOf<Taking extends LockTaking>(takings: readonly Taking[]): readonly Arrow<Taking>[] {
	const arrows = new Map<string, Arrow<Taking>>();
	for (const taking of takings) {
		if (taking.acquisition === null) continue;
		const { taken, under } = taking.acquisition;
		for (const held of under) {
			const isSameClass = held.lockClass === taken.lockClass;
			if (isSameClass && held.lock === taken.lock) continue;
			const name = (hold: LockHold) => (isSameClass ? `${hold.lockClass} #${hold.lock}` : hold.lockClass);
			const arrow = { from: name(held), to: name(taken), held, taken, taking };
			const key = `${arrow.from}|${held.mode}|${arrow.to}|${taken.mode}`;
			const known = arrows.get(key);
			if (known === undefined || placeKey(taking.place) < placeKey(known.taking.place)) arrows.set(key, arrow);
		}
	}
	return [...arrows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, arrow]) => arrow);
}

/** Whether the lock between two arrows keeps its taker waiting: it is held by the second arrow and wanted by the first. */
function isBlocking(wanting: Arrow<LockTaking>, holding: Arrow<LockTaking>): boolean {
	return wanting.to === holding.from && !(wanting.taken.mode === 'shared' && holding.held.mode === 'shared');
}

/** The shortest circle through an arrow, or null. */
function cycleThrough<Taking extends LockTaking>(
	arrows: readonly Arrow<Taking>[],
	start: Arrow<Taking>,
): readonly Arrow<Taking>[] | null {
	const ways: (readonly Arrow<Taking>[])[] = [[start]];
	const seen = new Set([start]);
	for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
		const last = way.at(-1) ?? start;
		if (isBlocking(last, start)) return way;
		for (const next of arrows) {
			if (seen.has(next) || !isBlocking(last, next)) continue;
			seen.add(next);
			ways.push([...way, next]);
		}
	}
	return null;
}

/** Every circle of lock classes, once, in an order that does not depend on that of the search. */
export function lockCycles<Taking extends LockTaking>(takings: readonly Taking[]): readonly LockCycle<Taking>[] {
	const arrows = arrowsOf(takings);
	const cycles = new Map<string, LockCycle<Taking>>();
	for (const arrow of arrows) {
		const found = cycleThrough(arrows, arrow);
		if (found === null) continue;
		const key = found
			.map(({ from }) => from)
			.sort()
			.join('|');
		if (cycles.has(key)) continue;
		const acquisitions = found.map(({ held, taken, taking }) => ({ held, taken, taking }));
		cycles.set(key, { names: found.map(({ from }) => from), acquisitions });
	}
	return [...cycles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cycle]) => cycle);
}

/** In the words of lockdep. */
export function lockCycleTitle({ names, acquisitions }: LockCycle): string {
	const [first] = acquisitions;
	const isOneClass = first !== undefined && first.held.lockClass === first.taken.lockClass;
	if (isOneClass)
		return `possible recursive locking: ${names.length} locks of class ${first.held.lockClass} in a circle`;
	return `possible circular locking dependency: ${[...names, names[0] ?? ''].join(' -> ')}`;
}

/** Columns of a scenario, as lockdep has them. */
const secondColumn = 31;

/** The body of the report: the acquisitions that make the circle, and how it becomes a deadlock; in the layout of lockdep. */
export function lockCycleReport(
	{ names, acquisitions }: LockCycle,
	contextName: (context: number) => string,
): readonly string[] {
	const shared = ({ mode }: LockHold): string => (mode === 'shared' ? ' (shared)' : '');
	const dependencies = acquisitions.flatMap(({ held, taken, taking: { context, place } }, index) => [
		`-> #${acquisitions.length - 1 - index}: ${contextName(context)} takes ${taken.lockClass}${shared(taken)} while holding ${held.lockClass}${shared(held)}:`,
		`   ${place.function} (${place.file}:${place.line})`,
	]);
	const [first, last] = [acquisitions[0], acquisitions.at(-1)];
	if (first === undefined || last === undefined) return dependencies;
	const [start = '', next = ''] = names;
	const lock = (name: string, { mode }: LockHold): string => `${mode === 'shared' ? 'rlock' : 'lock'}(${name});`;
	const other = (text: string): string => ' '.repeat(secondColumn) + text;
	return [
		'possible circular locking dependency; the existing dependencies are:',
		...dependencies,
		'',
		'Chain exists of:',
		`  ${[...names, start].join(' --> ')}`,
		'',
		' Possible unsafe locking scenario:',
		'',
		'       CPU0                    CPU1',
		'       ----                    ----',
		`  ${lock(start, first.held)}`,
		other(lock(names.at(-1) ?? '', last.held)),
		other(lock(start, last.taken)),
		`  ${lock(next === '' ? start : next, first.taken)}`,
		'',
		' *** DEADLOCK ***',
		'',
	];
}
