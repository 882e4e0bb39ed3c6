/**
 * What can be done in a state, done once and taken back: the inner loop of searches that follow all choices. The breadth-first
 * search, of which nothing but speed is asked, has its own, without a call for every choice.
 */

import type { Cursor } from './cursor.ts';
import { type Executed, type Leaf, type Transitions, WidthError } from './transitions.ts';

/**
 * Makes every choice of the state that the cursor stands at, in order of actor and alternative. While `visit` runs, the cursor
 * stands at the state that the choice leads to and `executed` says what doing it showed; after each, it is back where it was.
 * Whoever looks must leave it there. A state that needs more slots than there are widens the cursor.
 */
export function eachSuccessor(
	transitions: Transitions,
	cursor: Cursor,
	executed: Executed,
	visit: (leaf: Leaf, actor: number, alternative: number) => void,
): void {
	const mark = cursor.mark();
	for (let actor = 0; actor < transitions.actorCount; actor++) {
		for (let alternative = 0; ; ) {
			const leaf = transitions.leafOf(cursor.vector, actor, alternative);
			if (leaf === null || leaf.kind === 'waits') break;
			try {
				transitions.execute(leaf, actor, cursor, executed);
			} catch (error) {
				if (!(error instanceof WidthError)) throw error;
				cursor.undo(mark);
				cursor.widen(transitions.codec.width);
				continue;
			}
			visit(leaf, actor, alternative);
			cursor.undo(mark);
			alternative++;
		}
	}
}
