/**
 * Search without reduction: every choice of every state, in order of the number of steps. States are numbered as they are
 * found, so the list of states is its own queue.
 */

import type { Choice, MachineError } from '../machine/machine.ts';
import { Cursor } from './cursor.ts';
import { Int32List } from './growing.ts';
import { actionOf, choiceOf, type FoundAt, type Progress, type SearchBounds, type SearchHooks } from './search.ts';
import { StateTable } from './state-table.ts';
import { type Executed, type Leaf, newExecuted, type Transitions, WidthError } from './transitions.ts';

/** A search that goes on where it stopped with every `run`. */
export class BreadthFirstSearch {
	readonly transitions: Transitions;
	readonly states: StateTable;
	/** By state: the state before it, -1 for the first; and the action that led from there. */
	readonly parents = new Int32List();
	readonly actions = new Int32List();
	transitionCount = 0;
	/** States whose choices have all been followed. */
	expanded = 0;
	/** Steps from the start to the states that are being expanded. */
	level = 0;
	/** By number of finding. */
	readonly found = new Map<number, FoundAt>();
	/** The number of the finding that stands for a deadlock; -1 when the scenario has muted it. */
	readonly deadlock: number;
	readonly errors: { readonly state: number; readonly action: number; readonly error: MachineError }[] = [];
	private readonly cursor: Cursor;
	private readonly executed: Executed = newExecuted();
	/** What can be done next and accesses one cell. */
	private readonly ready: Leaf[] = [];
	/** The first state of the next level. */
	private levelEnd = 1;

	/** Where it gives up for now; may be changed between two calls of `run`. */
	bounds: SearchBounds;
	private readonly hooks: SearchHooks;

	constructor(transitions: Transitions, start: Int32Array, bounds: SearchBounds, hooks: SearchHooks = {}) {
		this.transitions = transitions;
		this.bounds = bounds;
		this.hooks = hooks;
		this.deadlock = transitions.deadlockFinding();
		this.cursor = new Cursor(start);
		this.states = new StateTable(this.cursor);
		this.states.add();
		this.parents.push(-1);
		this.actions.push(0);
	}

	/** The most steps from the start to a state met so far. */
	get depth(): number {
		return this.levelEnd < this.states.count ? this.level + 1 : this.level;
	}

	get isComplete(): boolean {
		return this.expanded === this.states.count;
	}

	progress(): Progress {
		const { states, transitionCount, expanded, depth } = this;
		return { states: states.count, transitions: transitionCount, frontier: states.count - expanded, depth };
	}

	/** Expands states until there are none left, a bound is reached, a hook says stop, or `most` have been expanded. */
	run(most = Number.POSITIVE_INFINITY): void {
		const { bounds, hooks } = this;
		for (let left = most; left > 0 && this.expanded < this.states.count; left--) {
			if (this.states.count >= bounds.states) return;
			if (this.expanded === this.levelEnd) {
				this.level++;
				this.levelEnd = this.states.count;
			}
			if (this.level >= bounds.depth) return;
			if ((this.expanded & 1023) === 0 && hooks.shouldStop?.(this.progress()) === true) return;
			const before = this.found.size;
			this.expandNext();
			this.expanded++;
			if (this.found.size > before && hooks.isEnough?.() === true) return;
		}
	}

	private expandNext(): void {
		for (;;) {
			try {
				this.expand(this.expanded);
				return;
			} catch (error) {
				if (!(error instanceof WidthError)) throw error;
				this.cursor.undo(0);
				this.cursor.widen(this.transitions.codec.width);
			}
		}
	}

	private expand(state: number): void {
		const { transitions, states, cursor, executed } = this;
		const { actorCount, cpus } = transitions;
		states.goTo(state);
		let isAnyoneReady = false;
		this.ready.length = 0;
		for (let actor = 0; actor < actorCount; actor++) {
			for (let alternative = 0; ; alternative++) {
				const leaf = transitions.leafOf(cursor.vector, actor, alternative);
				if (leaf === null || leaf.kind === 'waits') break;
				if (actor <= 2 * cpus) isAnyoneReady = true;
				if (leaf.access !== null) this.ready.push(leaf);
				this.transitionCount++;
				transitions.execute(leaf, actor, cursor, executed);
				if (executed.findings.length > 0 || executed.error !== null) this.note(state, actor, alternative);
				if (executed.error === null && states.add() < 0) {
					this.parents.push(state);
					this.actions.push(actionOf(actor, alternative));
				}
				cursor.undo(0);
			}
		}
		if (this.ready.length > 1) {
			for (const { finding, actions } of transitions.racesBetween(this.ready)) {
				if (!this.found.has(finding)) this.found.set(finding, { state, actions });
			}
		}
		if (!isAnyoneReady && state > 0 && transitions.isAnyRunning(cursor.vector)) this.noteDeadlock(state);
	}

	/** Nobody can run although somebody has not come to an end. (The start says so itself.) */
	private noteDeadlock(state: number): void {
		if (this.deadlock < 0 || this.found.has(this.deadlock)) return;
		const found = { state: this.parents.data[state] ?? 0, actions: [this.actions.data[state] ?? 0] };
		this.found.set(this.deadlock, found);
	}

	/** The choices that lead from the start to a state. */
	wayTo(state: number): readonly Choice[] {
		const way: Choice[] = [];
		for (let at = state; at > 0; at = this.parents.data[at] ?? 0) way.push(choiceOf(this.actions.data[at] ?? 0));
		return way.reverse();
	}

	private note(state: number, actor: number, alternative: number): void {
		const action = actionOf(actor, alternative);
		const { findings, error } = this.executed;
		for (const finding of findings) if (!this.found.has(finding)) this.found.set(finding, { state, actions: [action] });
		if (error !== null && this.errors.length < 100) this.errors.push({ state, action, error });
	}
}
