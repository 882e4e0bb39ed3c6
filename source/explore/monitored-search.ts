/**
 * A search for the cheapest execution on which a monitor has seen what it waits for: through the product of the states and of the
 * monitor's progress, in order of cost. Steps are those of grain `op`. No reduction: states are taken for one only if they are the
 * same and the monitor has come as far.
 */

import type { Choice } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { step } from '../machine/step.ts';
import { Cursor } from './cursor.ts';
import { MinimumHeap } from './minimum-heap.ts';
import { StateTable } from './state-table.ts';
import { eachSuccessor } from './successors.ts';
import { type Executed, type FindingKey, type Leaf, newExecuted, type Transitions } from './transitions.ts';

/** A step that the search could take, for the monitor to judge. */
export interface MonitoredStep {
	readonly choice: Choice;
	readonly leaf: Leaf;
	/** What it reports; a deadlock that begins with it is one. */
	readonly findings: readonly FindingKey[];
	/** The state before it, with names. */
	readonly before: () => MachineState;
	/** Whether a context has to wait in the state after it; null when it runs nothing. */
	readonly waits: (context: number) => Leaf | null;
	/** The state after it, with names. */
	readonly after: () => MachineState;
}

/** The start, as MonitoredStep has it. */
export type MonitoredStart = Pick<MonitoredStep, 'waits' | 'after'>;

/** What came of a step. `progress` and `notes` are the monitor's own; notes are kept with the step. */
export interface Judgement<N> {
	readonly progress: number;
	/** Not negative. */
	readonly cost: number;
	readonly notes: readonly N[];
}

/** Progress is a small number that stands for what a monitor has seen. Judging is a function of progress and step alone. */
export interface Monitor<N> {
	readonly start: (at: MonitoredStart) => Judgement<N>;
	/** Null when the step is not to be taken. */
	readonly judge: (progress: number, step: MonitoredStep) => Judgement<N> | null;
	readonly isDone: (progress: number) => boolean;
	/** How far it has come; the search remembers the ways that came farthest. */
	readonly rank: (progress: number) => number;
}

export interface MonitorBounds {
	/** Pairs of a state and a progress. */
	readonly nodes: number;
	/** Taken by the states. */
	readonly bytes: number;
}

export const monitorBounds: MonitorBounds = { nodes: 400_000, bytes: 256 * 2 ** 20 };

/** Ways that came farthest, as many as are remembered. */
const maxFarthest = 400;

/** Immutable states that are kept to compute others from. */
const maxKept = 4_000;

/** More progresses than a monitor can have within the bounds. */
const progressUnit = 2 ** 22;

interface Node<N> {
	readonly state: number;
	readonly progress: number;
	cost: number;
	parent: number;
	choice: Choice | null;
	notes: readonly N[];
	isExpanded: boolean;
}

/** One step of a way. */
export interface WayStep<N> {
	readonly choice: Choice;
	readonly notes: readonly N[];
}

export class MonitoredSearch<N> {
	private readonly transitions: Transitions;
	private readonly monitor: Monitor<N>;
	private readonly bounds: MonitorBounds;
	private readonly cursor: Cursor;
	private readonly states: StateTable;
	private readonly nodes: Node<N>[] = [];
	private readonly numbers = new Map<number, number>();
	private readonly heap = new MinimumHeap();
	private readonly executed: Executed = newExecuted();
	private readonly kept = new Map<number, MachineState>();
	private readonly first: MachineState;
	/** Notes that belong to the start. */
	readonly startNotes: readonly N[];
	/** The nodes that came farthest, in order of cost. */
	readonly farthest: number[] = [];
	private farthestRank = -1;
	/** Whether there were steps that the machine cannot give a meaning to. */
	hasProblem = false;

	constructor(transitions: Transitions, start: MachineState, monitor: Monitor<N>, bounds = monitorBounds) {
		this.transitions = transitions;
		this.monitor = monitor;
		this.bounds = bounds;
		this.first = start;
		this.cursor = new Cursor(transitions.encode(start));
		this.states = new StateTable(this.cursor);
		this.states.add();
		const { progress, cost, notes } = monitor.start({ waits: (context) => this.waits(context), after: () => start });
		this.startNotes = notes;
		this.reach(0, progress, cost, -1, null, []);
	}

	/** States met. */
	get count(): number {
		return this.states.count;
	}

	/** @returns the node at which the monitor is done; null when there is none; `bounded` when the search gave up before */
	run(): number | null | 'bounded' {
		for (;;) {
			const cost = this.heap.minimum();
			if (cost === null) return null;
			if (this.nodes.length >= this.bounds.nodes || this.states.bytes >= this.bounds.bytes) return 'bounded';
			const number = this.heap.pop();
			const node = this.nodes[number];
			if (node === undefined || node.isExpanded || cost > node.cost) continue;
			node.isExpanded = true;
			this.remember(number, node);
			if (this.monitor.isDone(node.progress)) return number;
			this.expand(number, node);
		}
	}

	private remember(number: number, node: Node<N>): void {
		const rank = this.monitor.rank(node.progress);
		if (rank > this.farthestRank) {
			this.farthestRank = rank;
			this.farthest.length = 0;
		}
		if (rank === this.farthestRank && this.farthest.length < maxFarthest) this.farthest.push(number);
	}

	/** The way to a node. */
	wayTo(node: number): readonly WayStep<N>[] {
		const way: WayStep<N>[] = [];
		for (let at = this.nodes[node]; at !== undefined && at.choice !== null; at = this.nodes[at.parent]) {
			way.push({ choice: at.choice, notes: at.notes });
		}
		return way.reverse();
	}

	progressOf(node: number): number {
		return this.nodes[node]?.progress ?? 0;
	}

	/** The immutable state of a node: that of the way to it, with names and time stamps. */
	stateOf(node: number): MachineState {
		const missing: number[] = [];
		let at = node;
		let state = this.kept.get(at);
		while (state === undefined) {
			const { parent, choice } = this.nodes[at] ?? { parent: -1, choice: null };
			if (choice === null || parent < 0) state = this.first;
			else {
				missing.push(at);
				at = parent;
				state = this.kept.get(at);
			}
		}
		if (this.kept.size + missing.length > maxKept) this.kept.clear();
		for (const number of missing.toReversed()) {
			state = this.stepFrom(state, this.nodes[number]?.choice ?? null);
			this.kept.set(number, state);
		}
		return state;
	}

	private stepFrom(state: MachineState, choice: Choice | null): MachineState {
		return choice === null ? state : step(this.transitions.machine, state, choice, 'op').state;
	}

	private waits(context: number): Leaf | null {
		const leaf = this.transitions.leafOf(this.cursor.vector, context, 0);
		return leaf?.kind === 'waits' ? leaf : null;
	}

	private reach(
		state: number,
		progress: number,
		cost: number,
		parent: number,
		choice: Choice | null,
		notes: readonly N[],
	): void {
		const key = state * progressUnit + progress;
		const known = this.numbers.get(key);
		const node = known === undefined ? undefined : this.nodes[known];
		if (known === undefined || node === undefined) {
			const number = this.nodes.length;
			this.nodes.push({ state, progress, cost, parent, choice, notes, isExpanded: false });
			this.numbers.set(key, number);
			this.heap.push(cost, number);
			return;
		}
		if (node.isExpanded || node.cost <= cost) return;
		Object.assign(node, { cost, parent, choice, notes });
		// What was computed for the way before may have other names and stamps.
		this.kept.delete(known);
		this.heap.push(cost, known);
	}

	private expand(number: number, node: Node<N>): void {
		const { executed } = this;
		this.states.goTo(node.state);
		eachSuccessor(this.transitions, this.cursor, executed, (leaf, actor, alternative) => {
			if (executed.error === null) this.offer(number, node, { actor, alternative }, leaf);
			else this.hasProblem = true;
		});
	}

	private offer(number: number, node: Node<N>, choice: Choice, leaf: Leaf): void {
		const { transitions, cursor, executed } = this;
		const findings = executed.findings.flatMap((found) => transitions.findings[found] ?? []);
		if (choice.actor <= 2 * transitions.cpus && transitions.isStuck(cursor.vector)) {
			const deadlock = transitions.findings[transitions.deadlockFinding()];
			if (deadlock !== undefined) findings.push(deadlock);
		}
		let after: MachineState | null = null;
		const judgement = this.monitor.judge(node.progress, {
			choice,
			leaf,
			findings,
			before: () => this.stateOf(number),
			waits: (context) => this.waits(context),
			after: () => {
				after ??= this.stepFrom(this.stateOf(number), choice);
				return after;
			},
		});
		if (judgement === null) return;
		const state = this.states.add();
		this.reach(
			state < 0 ? -1 - state : state,
			judgement.progress,
			node.cost + judgement.cost,
			number,
			choice,
			judgement.notes,
		);
	}
}
