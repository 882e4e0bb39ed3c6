/** Which lines of a drawing stand in the way of the rest: a smallest set of them without which all others can happen as drawn. */

import { type Comparison, type Following, reachDrawn } from './follow.ts';
import type { MatchedItem } from './matching.ts';

export interface Removal {
	/** Sets of indices of the items, in order. Each by itself is enough; more than one only where a single line is. */
	readonly sets: readonly (readonly number[])[];
	/** Whether no smaller set would do; else the search for one was not exhaustive. */
	readonly isSmallest: boolean;
}

/** What one comes to without some lines. */
interface Attempt {
	readonly set: readonly number[];
	readonly missing: readonly number[];
	/** The first line that cannot come; null where none is known. */
	readonly obstacle: number | null;
}

/**
 * Looks for the lines in the way: first those that the model has nothing like, then every single line, then from each of these on,
 * beginning with the one that gets farthest, the lines at which it gets stuck.
 * @param following what came of the whole drawing
 * @param isOver asked before each search; when it is time, what is known by then is given back
 * @returns null when the drawing can happen, or no set was found in time
 */
export function linesInTheWay(
	comparison: Comparison,
	items: readonly MatchedItem[],
	{ outcome, obstacle, missing }: Pick<Following, 'outcome' | 'obstacle' | 'missing'>,
	isOver: () => boolean,
): Removal | null {
	if (outcome === 'followed' || outcome === 'bounded') return null;
	const attempt = (set: readonly number[]): Attempt => {
		const { missing, obstacle } = reachDrawn(comparison, withoutLines(items, set));
		return { set, missing, obstacle: obstacle?.item ?? null };
	};
	const unlike = [...items.keys()].filter((index) => isUnlike(items[index]));
	const start =
		unlike.length === 0 ? { set: [], missing, obstacle: obstacle?.item ?? null } : isOver() ? null : attempt(unlike);
	if (start === null) return null;
	if (start.missing.length === 0) return { sets: [unlike], isSmallest: true };
	const { attempts, isComplete } = singleLines(attempt, items, start, obstacle?.before ?? [], isOver);
	const enough = attempts.filter((one) => one.missing.length === 0);
	if (enough.length > 0) return { sets: enough.map(({ set }) => sorted(set)), isSmallest: true };
	const set = fewestFurther(attempt, attempts, isOver);
	return set === null ? null : { sets: [sorted(set)], isSmallest: isComplete && set.length === unlike.length + 2 };
}

function isUnlike(item: MatchedItem | undefined): boolean {
	return item?.kind === 'step' && item.how === 'none';
}

function sorted(set: readonly number[]): number[] {
	return set.toSorted((a, b) => a - b);
}

function withoutLines(items: readonly MatchedItem[], set: readonly number[]): MatchedItem[] {
	return items.map((matched, index) => {
		if (!set.includes(index)) return matched;
		return { item: matched.item, context: matched.context, kind: 'skipped', reason: 'left out' };
	});
}

/** What comes of leaving out each single line more than the start does, those nearest to what cannot come first. */
function singleLines(
	attempt: (set: readonly number[]) => Attempt,
	items: readonly MatchedItem[],
	start: Attempt,
	before: readonly number[],
	isOver: () => boolean,
): { readonly attempts: readonly Attempt[]; readonly isComplete: boolean } {
	const at = start.obstacle ?? 0;
	const isOpen = (index: number): boolean => items[index]?.kind !== 'skipped' && !start.set.includes(index);
	const near = [...items.keys()].sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
	const lines = [...new Set([at, ...before, ...near])].filter(isOpen);
	const attempts: Attempt[] = [];
	for (const line of lines) {
		if (isOver()) return { attempts, isComplete: false };
		attempts.push(attempt([...start.set, line]));
	}
	return { attempts, isComplete: true };
}

/** Goes on from each attempt, leaving out what it gets stuck at, as long as that can become the smallest set; null when none was found. */
function fewestFurther(
	attempt: (set: readonly number[]) => Attempt,
	attempts: readonly Attempt[],
	isOver: () => boolean,
): readonly number[] | null {
	let best: readonly number[] | null = null;
	for (const start of attempts.toSorted((a, b) => a.missing.length - b.missing.length)) {
		let at = start;
		while (at.missing.length > 0 && at.obstacle !== null && !at.set.includes(at.obstacle)) {
			if (isOver()) return best;
			if (best !== null && at.set.length + 1 >= best.length) break;
			at = attempt([...at.set, at.obstacle]);
		}
		if (at.missing.length === 0) best = at.set;
	}
	return best;
}
