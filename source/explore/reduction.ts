/**
 * Search with partial-order reduction: in each state only the actors of a *persistent set* are followed, as long as nothing that
 * the others may still do depends on what these would do now.
 *
 * **Choosing.** A set T of actors is closed when for each actor p in T, enabled or not, and each actor q outside, what p would do
 * now (or what keeps it waiting) is independent of everything q may still do. T is the closure of one enabled actor, the one with
 * the fewest choices. What q may still do, F(q), is collected by q's local state while searching (dependence.ts), so it is too
 * little at first. Whenever it has grown, the states decided before in which anybody has such an F are decided again, until
 * nothing changes.
 *
 * **Why that is enough.** Claim: for every state s that is met and every word w of transitions that can be done from s, a path is
 * followed from s whose trace begins with that of w (it does w, up to swapping independent neighbours, and maybe more). By
 * induction on the length of w. If w has transitions of actors of T(s), let t be the first and w = u t v. When F covers what u
 * does, t is independent of u and can be done first; s -t-> s' is followed, and u v is shorter. If w has none, any t of T(s) is
 * independent of w, and w can still be done from s'; this cannot go on for ever, because every cycle of states has one in
 * which everything is followed (below). F covers u: otherwise let x, by actor q, be the first transition of u that is not covered
 * and u0 what comes before it. From s' the word u0 x' can be done, where x' is what q does there, and by induction x' was met
 * from q's local state after u0. An op is a deterministic function of what it reads, in order. Either it reads nothing that t
 * writes, and x' is x; or the first such location is read by x' as well, and F(q) depends on t, so q would be in T. Asking in vain
 * counts as a transition that only reads: in every state that is met everybody is asked, and what keeps q waiting is in F(q).
 * Leaving out what q may only do after taking a lock that somebody in T holds is right, since u has nothing of T and so cannot
 * take that lock, as long as nobody writes the lock's word without having taken it (which is looked at).
 *
 * **Cycles.** A state that leads back to one on the way to it is followed in everything. When states were decided again, the
 * graph is searched for cycles without such a state until there is none.
 *
 * **Why no detector misses anything.** Everything that is met is what some interleaving does, so nothing false is reported.
 * - What an op finds by itself (use after free, double free, assertions, misuse of locks, sleeping where that is forbidden, wild
 *   walks, reports of model C) depends on what it reads alone; each op of each interleaving is met with what it reads there.
 * - Invariants: ops that write what they read are dependent on one another, so each sequence of such ops is met; the others
 *   change nothing about them.
 * - Deadlocks and the end of the run (final checks, leaks): a word to a state in which nothing more can be done is met as a whole.
 *   (With speculative fills something always can: then whoever ends depends on everything.)
 * - Races, which are seen where two accesses can both be done next: let w lead to such a state, p and q being next. Follow the
 *   proof with w p q. As long as q's ops of w are left, p cannot be taken before them: p in T and F(q) conflicting put q in T too,
 *   and the first transition of T in the word is taken. So p is taken where q stands before its access as well.
 * - Lock order: which locks a context holds when it takes another is part of its local state, and every op is met.
 *
 * **What is not reduced**: classic RCU in models that wait for grace periods (who falls asleep ends them, which is no op of its own).
 */

import type { primitives } from '../language/primitives.ts';
import type { Choice, Machine, MachineError } from '../machine/machine.ts';
import { Cursor } from './cursor.ts';
import { type Accesses, Dependence } from './dependence.ts';
import type { Future } from './future.ts';
import { Int32List } from './growing.ts';
import { actionOf, choiceOf, type FoundAt, type Progress, type SearchBounds, type SearchHooks } from './search.ts';
import { locationOf } from './slots.ts';
import { StateTable } from './state-table.ts';
import { type Executed, type Leaf, newExecuted, type Transitions, WidthError } from './transitions.ts';

/** More actors than this are not reduced: sets of them are kept in two words. */
const maxActors = 62;
const halfBits = 31;

/** Whether this search may be used for a machine. */
export function canReduce(machine: Machine): boolean {
	if (3 * machine.configuration.cpus + 1 > maxActors) return false;
	return machine.configuration.rcu !== 'classic' || !waitsForGracePeriods(machine);
}

const gracePeriodPrimitives: readonly string[] = [
	'call_rcu',
	'kfree_rcu',
	'synchronize_rcu',
] satisfies readonly (keyof typeof primitives)[];

function waitsForGracePeriods(machine: Machine): boolean {
	return machine.program.functions.some(({ code }) =>
		code.some((instruction) => instruction.op === 'primitive' && gracePeriodPrimitives.includes(instruction.name)),
	);
}

/** Steps of a run from which something is learnt before the search begins. */
const maxRunSteps = 1000;

/** A set of actors, in two words. */
interface ActorSet {
	low: number;
	high: number;
}

function hasActor(set: ActorSet, actor: number): boolean {
	return actor < halfBits ? (set.low & (1 << actor)) !== 0 : (set.high & (1 << (actor - halfBits))) !== 0;
}

function addActor(set: ActorSet, actor: number): void {
	if (actor < halfBits) set.low |= 1 << actor;
	else set.high |= 1 << (actor - halfBits);
}

/** What every actor could do in the state that is looked at. */
interface Situation {
	/** By actor: its leaves, the last of which may be one that waits; empty for who cannot ever act as things stand. */
	readonly leaves: Leaf[][];
	/** By actor: how many choices it has. */
	readonly open: number[];
	readonly accesses: (Accesses | null)[];
	/** By actor: what it may still do. */
	readonly futures: Future[];
}

const nothing: Accesses = { number: -1, reads: [], writes: [], touches: false };

export class ReducedSearch {
	readonly transitions: Transitions;
	readonly states: StateTable;
	readonly deadlock: number;
	readonly parents = new Int32List();
	readonly actions = new Int32List();
	readonly found = new Map<number, FoundAt>();
	readonly errors: { readonly state: number; readonly action: number; readonly error: MachineError }[] = [];
	transitionCount = 0;
	depth = 0;
	isComplete = false;

	private readonly cursor: Cursor;
	private readonly executed: Executed = newExecuted();
	private readonly dependence: Dependence;
	private readonly hooks: SearchHooks;
	private readonly bounds: SearchBounds;
	/** By state: the actors that have been followed. */
	private readonly low = new Int32List();
	private readonly high = new Int32List();
	/** By state: 1 on the way to the state that is looked at, 2 when everything was followed. */
	private readonly flags = new Int32List();
	/** By state: the version of what is known with which it was decided. */
	private readonly decided = new Int32List();
	private readonly situation: Situation = { leaves: [], open: [], accesses: [], futures: [] };
	/** By actor: what it looks at while it has nothing to do. */
	private readonly idle: Accesses[] = [];
	private readonly contextsBefore: number[] = [];
	/** What can be done next and accesses one cell. */
	private readonly ready: Leaf[] = [];
	private isStopped = false;
	/** Whether a state that had been done with was taken up again. */
	private wasTakenUp = false;
	private steps = 0;

	constructor(transitions: Transitions, start: Int32Array, bounds: SearchBounds, hooks: SearchHooks = {}) {
		this.transitions = transitions;
		this.bounds = bounds;
		this.hooks = hooks;
		this.deadlock = transitions.deadlockFinding();
		this.dependence = new Dependence(transitions);
		this.cursor = new Cursor(start);
		this.states = new StateTable(this.cursor);
		this.states.add();
		this.addState(-1, 0);
	}

	private addState(parent: number, action: number): void {
		this.parents.push(parent);
		this.actions.push(action);
		this.low.push(0);
		this.high.push(0);
		this.flags.push(0);
		this.decided.push(-1);
	}

	progress(): Progress {
		return {
			states: this.states.count,
			transitions: this.transitionCount,
			frontier: this.stack.length,
			depth: this.depth,
		};
	}

	/** The choices that lead from the start to a state. */
	wayTo(state: number): readonly Choice[] {
		const way: Choice[] = [];
		for (let at = state; at > 0; at = this.parents.data[at] ?? 0) way.push(choiceOf(this.actions.data[at] ?? 0));
		return way.reverse();
	}

	/** Searches until nothing is left, a bound is reached or a hook says stop. */
	run(): void {
		this.learn();
		if (!this.isStopped) this.follow(0, []);
		while (!this.isStopped) {
			if (this.decideAgain()) continue;
			if (!this.wasTakenUp || !this.breakCycles()) break;
		}
		this.isComplete = !this.isStopped;
	}

	/** Looks at every state that was decided with less knowledge; returns whether any was taken up again. */
	private decideAgain(): boolean {
		let isChanged = false;
		for (let state = 0; state < this.states.count && !this.isStopped; state++) {
			if (this.decided.data[state] === this.dependence.version || (this.flags.data[state] ?? 0) & 2) continue;
			this.askWhetherToStop();
			const more = this.chooseMore(state);
			if (more === null) continue;
			isChanged = true;
			this.wasTakenUp = true;
			this.follow(state, more);
		}
		return isChanged;
	}

	// The way to the state that is looked at: states, and for each the actions that are still to be followed.
	private readonly stack: number[] = [];
	private readonly pending: number[][] = [];

	/** Follows a state, and everything new from there on. */
	private follow(root: number, actions: number[]): void {
		this.push(root);
		this.pending[0] = actions;
		this.finishStack();
	}

	private push(state: number): void {
		this.stack.push(state);
		this.pending.push([]);
		this.flags.data[state] = (this.flags.data[state] ?? 0) | 1;
		this.depth = Math.max(this.depth, this.stack.length - 1);
	}

	private pop(): void {
		this.pending.pop();
		const state = this.stack.pop() ?? 0;
		this.flags.data[state] = (this.flags.data[state] ?? 0) & ~1;
	}

	private take(state: number, action: number): void {
		const { cursor, executed, states } = this;
		const { actor, alternative } = choiceOf(action);
		while (!this.execute(() => states.goTo(state), actor, alternative));
		this.transitionCount++;
		this.noteFindings(state, action);
		if (executed.error !== null) {
			cursor.undo(0);
			return;
		}
		const number = states.add();
		cursor.forget();
		if (number < 0) {
			this.addState(state, action);
			this.checkBounds();
			this.push(-1 - number);
		} else if (((this.flags.data[number] ?? 0) & 1) !== 0) {
			// Back to where it came from: somebody on the way round must not be put off for ever.
			this.followAll(state);
		}
	}

	/** Does a choice, and notes what is learnt from it. False when there was no room for the state: try again. */
	private execute(goTo: () => void, actor: number, alternative: number): boolean {
		const { transitions, cursor, executed } = this;
		goTo();
		const leaf = transitions.leafOf(cursor.vector, actor, alternative);
		if (leaf === null || leaf.kind === 'waits') throw new RangeError('a choice has gone');
		for (let context = 0; context <= transitions.cpus; context++) {
			this.contextsBefore[context] = cursor.vector[context] ?? 0;
		}
		try {
			transitions.execute(leaf, actor, cursor, executed);
		} catch (error) {
			if (!(error instanceof WidthError)) throw error;
			cursor.undo(0);
			cursor.widen(transitions.codec.width);
			return false;
		}
		if (executed.invariants !== null) this.dependence.noteInvariants(executed.invariants);
		for (let context = 0; context <= transitions.cpus; context++) {
			const before = this.contextsBefore[context] ?? 0;
			const after = cursor.vector[context] ?? 0;
			if (before === after) continue;
			this.dependence.noteEdge(before, after, context === actor ? this.dependence.locksTaken(before, after) : 0);
		}
		return true;
	}

	/**
	 * Learns what the actors may do from a run for each that can begin, before anything is decided: it goes on as long as it can,
	 * then the next one does.
	 */
	private learn(): void {
		const { transitions, cursor, dependence } = this;
		for (let actor = 0; actor < transitions.actorCount && !this.isStopped; actor++) {
			this.states.goTo(0);
			const leaf = transitions.leafOf(cursor.vector, actor, 0);
			if (leaf !== null && leaf.kind !== 'waits') dependence.noteBackwards(() => this.followRun(actor));
		}
	}

	/** Follows one run from where the cursor stands. */
	private followRun(first: number): void {
		const { situation, cursor } = this;
		const { actorCount } = this.transitions;
		let actor = first;
		for (let step = 0; step < maxRunSteps; step++) {
			this.askWhetherToStop();
			if (this.isStopped) break;
			this.lookHere();
			for (let turns = 0; turns < actorCount && (situation.open[actor] ?? 0) === 0; turns++) {
				actor = (actor + 1) % actorCount;
			}
			if ((situation.open[actor] ?? 0) === 0) break;
			while (!this.execute(() => {}, actor, 0));
			if (this.executed.error !== null) break;
			cursor.forget();
		}
		cursor.forget();
	}

	private checkBounds(): void {
		if (this.states.count >= this.bounds.states) this.isStopped = true;
		this.askWhetherToStop();
	}

	private askWhetherToStop(): void {
		if ((++this.steps & 255) === 0 && this.hooks.shouldStop?.(this.progress()) === true) this.isStopped = true;
	}

	private noteFindings(state: number, action: number): void {
		const { findings, error } = this.executed;
		const before = this.found.size;
		for (const finding of findings) if (!this.found.has(finding)) this.found.set(finding, { state, actions: [action] });
		if (error !== null && this.errors.length < 100) this.errors.push({ state, action, error });
		if (this.found.size > before && this.hooks.isEnough?.() === true) this.isStopped = true;
	}

	private noteDeadlock(state: number): void {
		if (this.deadlock < 0 || state === 0 || this.found.has(this.deadlock)) return;
		this.found.set(this.deadlock, { state: this.parents.data[state] ?? 0, actions: [this.actions.data[state] ?? 0] });
		if (this.hooks.isEnough?.() === true) this.isStopped = true;
	}

	/** Everything that can be done in a state is to be followed. */
	private followAll(state: number): void {
		const flags = this.flags.data[state] ?? 0;
		if ((flags & 2) !== 0) return;
		this.flags.data[state] = flags | 2;
		this.look(state);
		const top = this.stack.lastIndexOf(state);
		const actions = this.actionsOf(state, this.everybody());
		if (top >= 0) this.pending[top]?.push(...actions);
	}

	private everybody(): ActorSet {
		const all: ActorSet = { low: 0, high: 0 };
		for (let actor = 0; actor < this.transitions.actorCount; actor++) addActor(all, actor);
		return all;
	}

	/** The choices of actors that have not been followed in a state; from here on they have been. */
	private actionsOf(state: number, actors: ActorSet): number[] {
		const followed = { low: this.low.data[state] ?? 0, high: this.high.data[state] ?? 0 };
		const actions: number[] = [];
		for (let actor = this.transitions.actorCount - 1; actor >= 0; actor--) {
			const open = this.situation.open[actor] ?? 0;
			if (open === 0 || !hasActor(actors, actor) || hasActor(followed, actor)) continue;
			addActor(followed, actor);
			for (let alternative = open - 1; alternative >= 0; alternative--) actions.push(actionOf(actor, alternative));
		}
		this.low.data[state] = followed.low;
		this.high.data[state] = followed.high;
		return actions;
	}

	/** Finds out what everybody could do in a state, and notes it as what they may do from their local states. */
	private look(state: number): void {
		this.states.goTo(state);
		this.lookHere();
		const { ready } = this;
		ready.length = 0;
		for (const leaves of this.situation.leaves) {
			if (leaves[0]?.access == null) continue;
			for (const leaf of leaves) ready.push(leaf);
		}
		if (ready.length < 2) return;
		for (const { finding, actions } of this.transitions.racesBetween(ready)) {
			if (!this.found.has(finding)) this.found.set(finding, { state, actions });
		}
	}

	private lookHere(): void {
		const { transitions, cursor, situation, dependence } = this;
		const { vector } = cursor;
		for (let actor = 0; actor < transitions.actorCount; actor++) {
			let leaves = situation.leaves[actor];
			if (leaves === undefined) {
				leaves = [];
				situation.leaves[actor] = leaves;
			}
			leaves.length = 0;
			let open = 0;
			for (let alternative = 0; ; alternative++) {
				const leaf = transitions.leafOf(vector, actor, alternative);
				if (leaf === null) break;
				leaves.push(leaf);
				if (leaf.kind === 'waits') break;
				open++;
			}
			situation.open[actor] = open;
			const future = dependence.futureOf(actor, vector);
			situation.futures[actor] = future;
			if (leaves.length === 0) {
				situation.accesses[actor] = this.idleAccesses(actor);
				continue;
			}
			const accesses = dependence.accesses(leaves, vector);
			situation.accesses[actor] = accesses;
			for (const leaf of leaves) {
				dependence.note(future, leaf, accesses, leaves.length === 1 ? this.locksOnTheWay(leaf, actor) : 0);
			}
		}
	}

	/** The locks that an actor takes by what it would do, or waits for. */
	private locksOnTheWay(leaf: Leaf, actor: number): number {
		const after = leaf.slots.indexOf(actor);
		return after < 0 || actor > this.transitions.cpus
			? this.dependence.lockAwaited(leaf)
			: this.dependence.locksTaken(this.cursor.vector[actor] ?? 0, leaf.components[after] ?? 0);
	}

	/** What somebody who has nothing to do looks at to see whether there is something. */
	private idleAccesses(actor: number): Accesses {
		const { slots, cpus } = this.transitions;
		if (actor < cpus) return nothing;
		const slot = actor === cpus ? slots.callbacks : slots.flushes;
		this.idle[actor] ??= {
			number: -1,
			reads: [this.dependence.number(locationOf(slot, 0))],
			writes: [],
			touches: false,
		};
		return this.idle[actor];
	}

	/**
	 * What is to be followed in a state beside what was: null when that is enough by what is known now.
	 */
	private chooseMore(state: number): number[] | null {
		if (((this.flags.data[state] ?? 0) & 2) !== 0 || this.isStillRight(state)) return null;
		this.look(state);
		this.decided.data[state] = this.dependence.version;
		const { open } = this.situation;
		const { cpus, actorCount } = this.transitions;
		const followed = { low: this.low.data[state] ?? 0, high: this.high.data[state] ?? 0 };
		let isAnyoneReady = false;
		let best: ActorSet | null = null;
		let least = Number.POSITIVE_INFINITY;
		for (let actor = 0; actor < actorCount; actor++) {
			if ((open[actor] ?? 0) === 0) continue;
			if (actor <= 2 * cpus) isAnyoneReady = true;
			const closed = this.closure(actor);
			let cost = 0;
			let missing = 0;
			for (let other = 0; other < actorCount; other++) {
				if (!hasActor(closed, other)) continue;
				cost += open[other] ?? 0;
				if (!hasActor(followed, other)) missing += open[other] ?? 0;
			}
			if (missing === 0) return null;
			// What has been followed in vain is no reason to follow it again, but it is done: what is missing counts.
			if (missing * 1000 + cost < least) {
				least = missing * 1000 + cost;
				best = closed;
			}
			if (cost === 1) break;
		}
		if (!isAnyoneReady && this.transitions.isAnyRunning(this.cursor.vector)) this.noteDeadlock(state);
		if (best === null) {
			this.flags.data[state] = (this.flags.data[state] ?? 0) | 2;
			return null;
		}
		const actions = this.actionsOf(state, best);
		return actions.length === 0 ? null : actions;
	}

	/** Whether what was decided in a state would be decided again: nothing more is known of what anybody may do from there. */
	private isStillRight(state: number): boolean {
		const version = this.decided.data[state] ?? -1;
		if (version < 0) return false;
		this.states.goTo(state);
		if (!this.dependence.isUpToDate(version, this.cursor.vector)) return false;
		this.decided.data[state] = this.dependence.version;
		return true;
	}

	/** A small closed set with an actor in it. */
	private closure(seed: number): ActorSet {
		const { dependence, situation, cursor, transitions } = this;
		const { futures } = situation;
		const { actorCount } = transitions;
		const set: ActorSet = { low: 0, high: 0 };
		const pending: number[] = [];
		let held = 0;
		const add = (actor: number): void => {
			addActor(set, actor);
			pending.push(actor);
			if (actor <= transitions.cpus) held |= dependence.locksHeld(actor, cursor.vector[actor] ?? 0, futures);
		};
		add(seed);
		for (let actor = pending.pop(); actor !== undefined; actor = pending.pop()) {
			const op = situation.accesses[actor] ?? nothing;
			const isGlobal = transitions.hasFills && this.mayEnd(actor);
			for (let other = 0; other < actorCount; other++) {
				if (hasActor(set, other)) continue;
				const future = futures[other];
				if (isGlobal || (future !== undefined && dependence.conflicts(op, future, held))) add(other);
			}
		}
		return set;
	}

	/** Whether what an actor would do may be the last thing that is done. */
	private mayEnd(actor: number): boolean {
		const { cpus, codec } = this.transitions;
		const leaves = this.situation.leaves[actor] ?? [];
		if (actor > cpus) return actor <= 2 * cpus;
		return leaves.some((leaf) => {
			const at = leaf.slots.indexOf(actor);
			return at < 0 || !codec.components.isRunning(leaf.components[at] ?? 0);
		});
	}

	/** Looks for a cycle of states none of which is followed in everything, and follows one in everything. Returns whether there was one. */
	private breakCycles(): boolean {
		const colours = new Uint8Array(this.states.count);
		let isChanged = false;
		for (let root = 0; root < colours.length && !this.isStopped; root++) {
			if (colours[root] !== 0 || ((this.flags.data[root] ?? 0) & 2) !== 0) continue;
			const path = [root];
			const successors = [this.successors(root)];
			colours[root] = 1;
			while (path.length > 0 && !this.isStopped) {
				this.askWhetherToStop();
				const state = path.at(-1) ?? 0;
				const next = successors.at(-1)?.pop();
				if (next === undefined) {
					colours[state] = 2;
					path.pop();
					successors.pop();
				} else if (colours[next] === 1 && ((this.flags.data[state] ?? 0) & 2) === 0) {
					this.takeUpAll(state);
					isChanged = true;
				} else if (colours[next] === 0 && ((this.flags.data[next] ?? 0) & 2) === 0) {
					colours[next] = 1;
					path.push(next);
					successors.push(this.successors(next));
				}
			}
		}
		return isChanged;
	}

	private takeUpAll(state: number): void {
		this.look(state);
		const actions = this.actionsOf(state, this.everybody());
		this.flags.data[state] = (this.flags.data[state] ?? 0) | 2;
		this.follow(state, actions);
	}

	private finishStack(): void {
		// When everything below a state has been met, what was decided there is looked at again.
		while (this.stack.length > 0 && !this.isStopped) {
			const top = this.stack.length - 1;
			const state = this.stack[top] ?? 0;
			const action = this.pending[top]?.pop();
			if (action !== undefined) {
				this.take(state, action);
				continue;
			}
			const isDecided = this.decided.data[state] === this.dependence.version;
			const more = isDecided ? null : this.chooseMore(state);
			if (more !== null) this.pending[top] = more;
			else this.pop();
		}
		while (this.stack.length > 0) this.pop();
	}

	/** States that the followed actors lead to and that were met before this began. */
	private successors(state: number): number[] {
		const { transitions, states, cursor, executed } = this;
		const followed = { low: this.low.data[state] ?? 0, high: this.high.data[state] ?? 0 };
		const found: number[] = [];
		states.goTo(state);
		for (let actor = 0; actor < transitions.actorCount; actor++) {
			if (!hasActor(followed, actor)) continue;
			for (let alternative = 0; ; alternative++) {
				const leaf = transitions.leafOf(cursor.vector, actor, alternative);
				if (leaf === null || leaf.kind === 'waits') break;
				transitions.execute(leaf, actor, cursor, executed);
				const number = executed.error === null ? states.find() : -1;
				if (number >= 0) found.push(number);
				cursor.undo(0);
			}
		}
		return found;
	}
}
