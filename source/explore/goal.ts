/**
 * Ways from a state to what one is looking for: the nearest violation, a state in which a model C expression holds or a function is
 * running, or a whole run on which that never happens. Steps are those of grain `op`, as in lookahead.ts, which says why what is
 * not found is not there.
 *
 * An expression is evaluated in the states between operations, and speaks of what belongs to a state: not of when something
 * happened, of names, or of locals (those that the code does not need any more are no part of a state).
 */

import { evaluate, type RunnableExpression } from '../machine/evaluate.ts';
import type { Choice, Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { RememberedCondition } from './condition.ts';
import { Int32List } from './growing.ts';
import { type ExploreBounds, exploreBounds } from './lookahead.ts';
import { choiceOf } from './search.ts';
import { StateSpace } from './state-space.ts';
import type { Transitions } from './transitions.ts';

/** What a state may be looked for by. */
export type Condition =
	/** Holds when the value is not 0. `context`: whose CPU it is evaluated on. */
	| { readonly kind: 'expression'; readonly code: RunnableExpression; readonly context: number }
	/** Holds while some CPU, or a callback, is in the function with that index. */
	| { readonly kind: 'function'; readonly function: number };

export type Question =
	/** The nearest violation. */
	| { readonly kind: 'violation' }
	/** The nearest state in which it holds. */
	| { readonly kind: 'reach'; readonly condition: Condition }
	/** A whole run, from here to its end, on which it holds nowhere: the shortest, or one that goes on for ever. */
	| { readonly kind: 'avoid'; readonly condition: Condition };

export type Answer =
	/** `violation`: kind and function (or empty) of what the last step reports. `isEndless`: the way ends where it has been before. */
	| {
			readonly kind: 'way';
			readonly way: readonly Choice[];
			readonly violation: { readonly kind: string; readonly in: string } | null;
			readonly isEndless: boolean;
			readonly states: number;
	  }
	/** There is no such way: every state was searched. */
	| { readonly kind: 'none'; readonly states: number }
	/** Not known: the search has not come to its end, or (`problem`) there were steps that the machine cannot give a meaning to. */
	| { readonly kind: 'unknown'; readonly states: number; readonly problem: boolean };

/** Whether a condition holds in a state; not where it cannot be evaluated, as when a pointer on the way leads nowhere. */
export function holds(machine: Machine, state: MachineState, condition: Condition): boolean {
	switch (condition.kind) {
		case 'expression': {
			const result = evaluate(machine, state, condition.code, condition.context, 0);
			return result.ok && result.value !== 0;
		}
		case 'function':
			return state.contexts.some(({ frames }) => frames.some((frame) => frame.function === condition.function));
		default:
			return condition satisfies never;
	}
}

/** A search that goes on where it stopped with every `run`. */
export class WaySearch {
	private readonly space: StateSpace;
	private readonly question: Question;
	private readonly bounds: ExploreBounds;
	/** By state: the state before it, -1 for the first; and the action that led from there. */
	private readonly parents = new Int32List();
	private readonly actions = new Int32List();
	/** Every step between states on which the condition to avoid does not hold; empty for other questions. */
	private readonly froms = new Int32List();
	private readonly tos = new Int32List();
	private readonly steps = new Int32List();
	/** By state: 1 where the condition to avoid holds. */
	private readonly isBarred = new Int32List();
	private expanded = 0;
	private hasProblem = false;
	private found: Answer | null = null;
	private readonly condition: RememberedCondition | null;

	/** @param state where the way begins; it may stand in the middle of a line */
	constructor(
		transitions: Transitions,
		state: MachineState,
		question: Question,
		bounds: ExploreBounds = exploreBounds,
	) {
		this.space = new StateSpace(transitions, state);
		this.question = question;
		this.bounds = bounds;
		this.parents.push(-1);
		this.actions.push(0);
		this.isBarred.push(0);
		this.condition = question.kind === 'violation' ? null : new RememberedCondition(transitions, question.condition);
		if (question.kind === 'violation' || !holds(transitions.machine, state, question.condition)) return;
		if (question.kind === 'reach') this.found = this.wayFound([], -1);
		else this.found = { kind: 'none', states: 1 };
	}

	get isDone(): boolean {
		return this.found !== null;
	}

	get answer(): Answer {
		return this.found ?? { kind: 'unknown', states: this.space.count, problem: false };
	}

	/** Goes on, until it is done or has made the choices of `most` states. */
	run(most = Number.POSITIVE_INFINITY): void {
		for (let left = most; left > 0 && this.found === null; left--) {
			const { count: states, bytes } = this.space;
			if (this.expanded >= states) this.found = this.exhausted();
			else if (states >= this.bounds.states || bytes >= this.bounds.bytes) {
				this.found = { kind: 'unknown', states, problem: false };
			} else this.expandNext();
		}
	}

	private expandNext(): void {
		const { space, question, condition } = this;
		const state = this.expanded++;
		if (this.isBarred.data[state] === 1) return;
		const edges = space.expand(state, ({ action, to, isNew, violation }) => {
			if (this.found !== null) return;
			if (question.kind === 'violation' && violation >= 0) {
				this.found = this.wayFound([...this.wayTo(state), choiceOf(action)], violation);
				return;
			}
			if (to < 0) {
				this.hasProblem = true;
				return;
			}
			if (isNew) {
				this.parents.push(state);
				this.actions.push(action);
				this.isBarred.push(0);
				if (condition?.holds(space.cursor.vector) === true) {
					if (question.kind === 'reach') {
						this.found = this.wayFound(this.wayTo(to), violation);
						return;
					}
					this.isBarred.data[to] = 1;
				}
			}
			if (question.kind === 'avoid' && this.isBarred.data[to] === 0) {
				this.froms.push(state);
				this.tos.push(to);
				this.steps.push(action);
			}
		});
		if (edges === 0 && question.kind === 'avoid') this.found = this.wayFound(this.wayTo(state), -1);
	}

	private wayFound(way: readonly Choice[], violation: number): Answer {
		const finding = this.space.transitions.findings[violation];
		const reported = finding === undefined ? null : { kind: finding.kind, in: finding.function };
		return { kind: 'way', way, violation: reported, isEndless: false, states: this.space.count };
	}

	private wayTo(state: number): readonly Choice[] {
		const way: Choice[] = [];
		for (let at = state; at > 0; at = this.parents.data[at] ?? 0) way.push(choiceOf(this.actions.data[at] ?? 0));
		return way.reverse();
	}

	/** Every state has been searched, and nothing was found on the way. */
	private exhausted(): Answer {
		const states = this.space.count;
		const endless = this.question.kind === 'avoid' ? this.endlessWay() : null;
		if (endless !== null) return { kind: 'way', way: endless, violation: null, isEndless: true, states };
		return this.hasProblem ? { kind: 'unknown', states, problem: true } : { kind: 'none', states };
	}

	/**
	 * A way that comes back to where it has been, without ever meeting the condition; null when there is none. States that lead
	 * nowhere are taken out until none is left that does: from every other one it is possible to go on for ever.
	 */
	private endlessWay(): readonly Choice[] | null {
		const { froms, tos, steps } = this;
		const ways = new Int32Array(this.space.count);
		const into = new Map<number, number[]>();
		for (let edge = 0; edge < froms.length; edge++) {
			const from = froms.data[edge] ?? 0;
			const to = tos.data[edge] ?? 0;
			ways[from] = (ways[from] ?? 0) + 1;
			const known = into.get(to);
			if (known === undefined) into.set(to, [from]);
			else known.push(from);
		}
		const ended: number[] = [];
		for (let state = 0; state < ways.length; state++) if (ways[state] === 0) ended.push(state);
		for (let state = ended.pop(); state !== undefined; state = ended.pop()) {
			for (const from of into.get(state) ?? []) {
				ways[from] = (ways[from] ?? 0) - 1;
				if (ways[from] === 0) ended.push(from);
			}
		}
		if (ways[0] === 0) return null;
		const onward = new Map<number, number>();
		for (let edge = 0; edge < froms.length; edge++) {
			const from = froms.data[edge] ?? 0;
			if ((ways[tos.data[edge] ?? 0] ?? 0) > 0 && !onward.has(from)) onward.set(from, edge);
		}
		const way: Choice[] = [];
		const been = new Set<number>();
		for (let state = 0; !been.has(state); ) {
			been.add(state);
			const edge = onward.get(state);
			if (edge === undefined) break;
			way.push(choiceOf(steps.data[edge] ?? 0));
			state = tos.data[edge] ?? 0;
		}
		return way;
	}
}
