/** What every way of searching has in common. */

import type { Choice } from '../machine/machine.ts';

export interface Progress {
	/** States met. */
	readonly states: number;
	readonly transitions: number;
	/** States met and not expanded. */
	readonly frontier: number;
	/** The most steps from the start. */
	readonly depth: number;
}

/** Where a search gives up. */
export interface SearchBounds {
	readonly states: number;
	readonly depth: number;
}

export interface SearchHooks {
	/** Asked every now and then; true stops the search, which can go on later. */
	readonly shouldStop?: (progress: Progress) => boolean;
	/** Asked after every new finding; true stops the search. */
	readonly isEnough?: () => boolean;
}

/** Alternatives that one actor may have, at most; a choice is packed into one number with it. */
export const maxAlternatives = 4096;

/** A choice as one number. */
export function actionOf(actor: number, alternative: number): number {
	return actor * maxAlternatives + alternative;
}

/** The choice that `actionOf` packed. */
export function choiceOf(action: number): Choice {
	return { actor: Math.floor(action / maxAlternatives), alternative: action % maxAlternatives };
}

/** How a finding was come to first: a state, and the actions from there; the last one shows it. */
export interface FoundAt {
	readonly state: number;
	readonly actions: readonly number[];
}
