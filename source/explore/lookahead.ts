/**
 * What can still become of each choice in a state: how near the nearest violation is, or that none can be reached any more.
 *
 * Why the answers are right. The search makes every choice of every state, in order of the number of steps, and no two states are
 * taken for one; so the first violation met behind a choice is the nearest, and where the states behind a choice are used up there
 * is none. A step is one visible operation (grain `op`), whatever the grain in which the user steps: a line takes one or several of
 * them, and nobody can come in between lines who could not come in between operations. So "none can be reached" holds for every way
 * of stepping, while "n steps" counts operations. A state in the middle of a line is as good as any other: an operation begins
 * with what is invisible before it. What is met counts when it is reported with severity `violation`; what an invariant
 * has reported already and is still broken is not reported again; data races and circles in the order of locks are warnings, which
 * show to who follows one run from its start, and no state says how it was come to: they are for the run itself, and for
 * `mmstep check`. Where the machine cannot give a meaning to a step, nothing
 * is said about what would have come after it.
 */

import type { Choice } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { Int32List } from './growing.ts';
import { choiceOf } from './search.ts';
import { StateSpace } from './state-space.ts';
import type { Transitions } from './transitions.ts';

/** What is known about a choice. */
export type Prospect =
	/** `steps`: the least number of op steps to a violation, the choice itself counted. `what`: its kind, `in`: the function or empty. */
	| { readonly kind: 'violation'; readonly steps: number; readonly what: string; readonly in: string }
	| { readonly kind: 'safe' }
	/** `states`: as many behind it were met without one. */
	| { readonly kind: 'unknown'; readonly states: number };

export interface Outlook {
	/** In the order of `choices(machine, state)`. */
	readonly choices: readonly { readonly choice: Choice; readonly prospect: Prospect }[];
	/** States met altogether. */
	readonly states: number;
	/** Whether nothing will be added. */
	readonly isFinal: boolean;
}

/** Where a search from a state of the debugger gives up. */
export interface ExploreBounds {
	readonly states: number;
	/** Taken by the states. */
	readonly bytes: number;
}

export const exploreBounds: ExploreBounds = { states: 200_000, bytes: 256 * 2 ** 20 };

/** Choices that are followed at once, each with a bit of a number. */
const batchSize = 30;

interface Followed {
	readonly choice: Choice;
	readonly violation: number;
	/** The state that it leads to, -1 for none. */
	readonly to: number;
	prospect: Prospect;
}

/** A search that goes on where it stopped with every `run`. */
export class Lookahead {
	private readonly space: StateSpace;
	private readonly bounds: ExploreBounds;
	private readonly followed: Followed[] = [];
	/** The first choice of the batch that is being followed. */
	private batch = 0;
	/** Bits of the choices of the batch about which nothing is known yet. */
	private open = 0;
	/** Bits of those behind which the machine could not go on somewhere. */
	private broken = 0;
	/** By state: bits of the choices behind which it has been met; of those to follow from it in this level, and in the next. */
	private seen = new Int32List();
	private now = new Int32List();
	private later = new Int32List();
	private level = new Int32List();
	private nextLevel = new Int32List();
	/** Place in the level. */
	private at = 0;
	/** Op steps to the states of the level. */
	private steps = 0;
	private isBounded = false;

	/** @param state where the choices are; it may stand in the middle of a line */
	constructor(transitions: Transitions, state: MachineState, bounds: ExploreBounds = exploreBounds) {
		this.space = new StateSpace(transitions, state);
		this.bounds = bounds;
		this.space.expand(0, ({ action, to, violation }) => {
			this.followed.push({ choice: choiceOf(action), violation, to, prospect: { kind: 'unknown', states: 0 } });
		});
		this.startBatch(0);
	}

	get isDone(): boolean {
		return this.isBounded || this.batch >= this.followed.length;
	}

	get outlook(): Outlook {
		return {
			choices: this.followed.map(({ choice, prospect }) => ({ choice, prospect })),
			states: this.space.count,
			isFinal: this.isDone,
		};
	}

	/** Goes on, until it is done or has followed the choices of `most` states. */
	run(most = Number.POSITIVE_INFINITY): void {
		for (let left = most; left > 0 && !this.isDone; left--) {
			if (this.space.count >= this.bounds.states || this.space.bytes >= this.bounds.bytes) {
				this.isBounded = true;
				return;
			}
			if (this.at < this.level.length) this.follow(this.level.data[this.at++] ?? 0);
			else this.endLevel();
		}
	}

	private startBatch(first: number): void {
		this.batch = first;
		this.seen = new Int32List();
		this.now = new Int32List();
		this.later = new Int32List();
		this.level = new Int32List();
		this.nextLevel = new Int32List();
		this.at = 0;
		this.steps = 0;
		this.broken = 0;
		const size = Math.min(batchSize, this.followed.length - first);
		this.open = size > 0 ? 2 ** size - 1 : 0;
		for (let index = 0; index < size; index++) {
			const { to, violation } = this.followed[first + index] ?? { to: -1, violation: -1 };
			this.meet(1 << index, to, violation);
		}
	}

	/** A step behind the choices with these bits leads to a state, and reports something or not. */
	private meet(bits: number, to: number, violation: number): void {
		const open = bits & this.open;
		if (open === 0) return;
		if (violation >= 0) {
			const found = this.space.transitions.findings[violation];
			const prospect: Prospect = {
				kind: 'violation',
				steps: this.steps + 1,
				what: found?.kind ?? '',
				in: found?.function ?? '',
			};
			this.settle(open, () => prospect);
			return;
		}
		if (to < 0) {
			this.broken |= open;
			return;
		}
		this.seen.extendTo(to);
		this.later.extendTo(to);
		const fresh = open & ~(this.seen.data[to] ?? 0);
		if (fresh === 0) return;
		if (this.later.data[to] === 0) this.nextLevel.push(to);
		this.seen.data[to] = (this.seen.data[to] ?? 0) | fresh;
		this.later.data[to] = (this.later.data[to] ?? 0) | fresh;
		this.each(fresh, (followed) => {
			const { prospect } = followed;
			if (prospect.kind === 'unknown') followed.prospect = { kind: 'unknown', states: prospect.states + 1 };
		});
	}

	private follow(state: number): void {
		const bits = this.now.data[state] ?? 0;
		if ((bits & this.open) === 0) return;
		this.space.expand(state, ({ to, violation }) => this.meet(bits, to, violation));
	}

	private endLevel(): void {
		let left = 0;
		this.now.extendTo(this.space.count);
		for (let index = 0; index < this.nextLevel.length; index++) {
			const state = this.nextLevel.data[index] ?? 0;
			const bits = this.later.data[state] ?? 0;
			this.now.data[state] = bits;
			this.later.data[state] = 0;
			left |= bits;
		}
		// Nothing is left to follow behind a choice: nothing can go wrong behind it, unless something was not understood.
		this.settle(this.open & ~left & ~this.broken, () => ({ kind: 'safe' }));
		this.open &= left;
		[this.level, this.nextLevel] = [this.nextLevel, this.level];
		this.nextLevel.length = 0;
		this.at = 0;
		this.steps++;
		if (this.open === 0) this.startBatch(this.batch + batchSize);
	}

	private settle(bits: number, prospect: () => Prospect): void {
		this.each(bits, (followed) => {
			followed.prospect = prospect();
		});
		this.open &= ~bits;
	}

	private each(bits: number, act: (followed: Followed) => void): void {
		for (let left = bits; left !== 0; left &= left - 1) {
			const followed = this.followed[this.batch + 31 - Math.clz32(left & -left)];
			if (followed !== undefined) act(followed);
		}
	}
}
