/**
 * Lock order, as lockdep sees it: whoever takes B while holding A makes an arrow from A's class to B's, and a circle of arrows may
 * become a deadlock, in this program or in another with the same code. Arrows are collected over everything that was searched.
 * Locks of one class taken under one another are told apart by themselves. A circle counts only where each lock is wanted in a
 * mode that conflicts with how it is held: readers do not shut out readers. What a trylock takes closes no circle.
 */

import type { StackEntry } from '../machine/violation.ts';
import type { LockHold } from './operations.ts';
import type { Leaf } from './transitions.ts';

interface Arrow {
	readonly from: string;
	readonly to: string;
	readonly held: LockHold;
	readonly taken: LockHold;
	readonly leaf: Leaf;
}

/** A circle of lock classes (or of locks of one class), with an acquisition for each arrow. */
export interface LockCycle {
	readonly names: readonly string[];
	readonly acquisitions: readonly { readonly held: LockHold; readonly taken: LockHold; readonly leaf: Leaf }[];
}

function placeKey({ file, line, function: fn }: StackEntry): string {
	return `${file}:${String(line).padStart(9, '0')}:${fn}`;
}

/** One arrow for each pair of names and modes: the one that is first in the text. */
function arrowsOf(leaves: readonly Leaf[]): readonly Arrow[] {
	const arrows = new Map<string, Arrow>();
	for (const leaf of leaves) {
		if (leaf.acquisition === null) continue;
		const { taken, under } = leaf.acquisition;
		for (const held of under) {
			const isSameClass = held.lockClass === taken.lockClass;
			if (isSameClass && held.lock === taken.lock) continue;
			const name = (hold: LockHold) => (isSameClass ? `${hold.lockClass} #${hold.lock}` : hold.lockClass);
			const arrow = { from: name(held), to: name(taken), held, taken, leaf };
			const key = `${arrow.from}|${held.mode}|${arrow.to}|${taken.mode}`;
			const known = arrows.get(key);
			if (known === undefined || placeKey(leaf.place) < placeKey(known.leaf.place)) arrows.set(key, arrow);
		}
	}
	return [...arrows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, arrow]) => arrow);
}

/** Whether the lock between two arrows keeps its taker waiting: it is held by the second arrow and wanted by the first. */
function isBlocking(wanting: Arrow, holding: Arrow): boolean {
	return wanting.to === holding.from && !(wanting.taken.mode === 'shared' && holding.held.mode === 'shared');
}

/** The shortest circle through an arrow, or null. */
function cycleThrough(arrows: readonly Arrow[], start: Arrow): readonly Arrow[] | null {
	const ways: (readonly Arrow[])[] = [[start]];
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
export function lockCycles(leaves: readonly Leaf[]): readonly LockCycle[] {
	const arrows = arrowsOf(leaves);
	const cycles = new Map<string, LockCycle>();
	for (const arrow of arrows) {
		const found = cycleThrough(arrows, arrow);
		if (found === null) continue;
		const key = found
			.map(({ from }) => from)
			.sort()
			.join('|');
		if (cycles.has(key)) continue;
		const acquisitions = found.map(({ held, taken, leaf }) => ({ held, taken, leaf }));
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

/** The body of the report: the acquisitions that make the circle. */
export function lockCycleReport(
	{ acquisitions }: LockCycle,
	contextName: (context: number) => string,
): readonly string[] {
	return [
		'WARNING: possible circular locking dependency detected (in a model: collected over its interleavings)',
		...acquisitions.map(
			({ held, taken, leaf }) =>
				`${contextName(leaf.context)} takes ${taken.lockClass}${taken.mode === 'shared' ? ' (shared)' : ''} while holding ` +
				`${held.lockClass}${held.mode === 'shared' ? ' (shared)' : ''} in ${leaf.place.function} (${leaf.place.file}:${leaf.place.line})`,
		),
	];
}
