/**
 * The shortest ways to findings: those with the fewest context switches and, among them, the fewest steps; or the other way
 * round. A search in order of cost over states and who ran last, without reduction, so that nothing shorter is left out. Where that
 * takes more states than allowed, a way that is known already is made shorter by leaving out what it does not need.
 */

import { type Choice, type Machine, MachineError, type StepResult } from '../machine/machine.ts';
import { step } from '../machine/step.ts';
import type { Violation } from '../machine/violation.ts';
import { Cursor } from './cursor.ts';
import { Float64List, Int32List } from './growing.ts';
import { MinimumHeap } from './minimum-heap.ts';
import type { SeenRace } from './races.ts';
import { actionOf, choiceOf } from './search.ts';
import { StateTable } from './state-table.ts';
import { eachSuccessor } from './successors.ts';
import { type Executed, type FindingKey, type Leaf, newExecuted, type Transitions } from './transitions.ts';

export type Shortest = 'switches' | 'steps';

/** A unit of what counts more; no way has as many of what counts less. */
const major = 2 ** 26;

/** How often another actor goes on than the one before. */
export function switchesOf(trace: readonly Choice[]): number {
	return trace.filter(({ actor }, index) => index > 0 && trace[index - 1]?.actor !== actor).length;
}

/** What ways are wanted to. */
export interface Wanted {
	/** Numbers of findings. */
	readonly findings: ReadonlySet<number>;
	/** The one that stands for a deadlock; -1 when there is none. */
	readonly deadlock: number;
	/** Operations that show a finding by being done: number of the leaf -> number of the finding. */
	readonly leaves: ReadonlyMap<number, number>;
}

type Offer = (finding: number, cost: number, actions: readonly number[]) => void;

/** A search for the cheapest ways from one state. */
class CheapestWays {
	private readonly transitions: Transitions;
	private readonly shortest: Shortest;
	private readonly cursor: Cursor;
	private readonly states: StateTable;
	/** Nodes are states with who ran last; `actors` stands for nobody. */
	private readonly perState: number;
	private readonly costs = new Float64List();
	private readonly parents = new Int32List();
	private readonly actions = new Int32List();
	private readonly heap = new MinimumHeap();
	private readonly executed: Executed = newExecuted();
	/** By state: where its edges begin and end; the end is 0 for a state that has not been looked at. */
	private readonly edgeStarts = new Int32List();
	private readonly edgeEnds = new Int32List();
	/** By edge: the action, and the state that it leads to, or -1. */
	private readonly edgeActions = new Int32List();
	private readonly edgeStates = new Int32List();
	/** By edge: the findings that it shows; none for most. */
	private readonly edgeShows = new Map<number, readonly number[]>();
	/** By state: the races that are seen there; none for most. */
	private readonly races = new Map<number, readonly SeenRace[]>();

	constructor(transitions: Transitions, start: Int32Array, shortest: Shortest) {
		this.transitions = transitions;
		this.shortest = shortest;
		this.cursor = new Cursor(start);
		this.states = new StateTable(this.cursor);
		this.perState = transitions.actorCount + 1;
		this.states.add();
		const first = transitions.actorCount;
		this.reach(first, 0, -1, 0);
	}

	private reach(node: number, cost: number, parent: number, action: number): void {
		while (this.costs.length <= node) this.costs.push(Number.POSITIVE_INFINITY);
		this.parents.extendTo(node);
		this.actions.extendTo(node);
		if ((this.costs.data[node] ?? 0) <= cost) return;
		this.costs.data[node] = cost;
		this.parents.data[node] = parent;
		this.actions.data[node] = action;
		this.heap.push(cost, node);
	}

	private edgeCost(last: number, actor: number): number {
		const isSwitch = last !== actor && last !== this.transitions.actorCount;
		return this.shortest === 'switches' ? (isSwitch ? major : 0) + 1 : major + (isSwitch ? 1 : 0);
	}

	/** The cheapest way to each of the findings; those that were not come to within `maxStates`, or before it was late, are missing. */
	find(wanted: Wanted, maxStates: number, isLate: () => boolean): ReadonlyMap<number, readonly Choice[]> {
		const best = new Map<number, { cost: number; node: number; actions: readonly number[] }>();
		for (let expanded = 0; ; expanded++) {
			if ((expanded & 255) === 255 && isLate()) break;
			const cost = this.heap.minimum();
			if (cost === null || this.states.count > maxStates) break;
			if (best.size === wanted.findings.size && [...best.values()].every((found) => found.cost <= cost)) break;
			const node = this.heap.pop();
			if (cost > (this.costs.data[node] ?? 0)) continue;
			this.expand(node, cost, wanted, (finding, at, actions) => {
				if (!wanted.findings.has(finding)) return;
				if (at < (best.get(finding)?.cost ?? Number.POSITIVE_INFINITY)) best.set(finding, { cost: at, node, actions });
			});
		}
		return new Map(
			[...best].map(([finding, { node, actions }]) => [finding, [...this.wayTo(node), ...actions.map(choiceOf)]]),
		);
	}

	private expand(node: number, cost: number, wanted: Wanted, offer: Offer): void {
		const { perState, edgeActions, edgeStates, edgeShows } = this;
		const last = node % perState;
		const state = Math.floor(node / perState);
		// A state is come to with each actor as the last one; what can be done there is the same.
		if ((this.edgeEnds.data[state] ?? 0) === 0) this.findEdges(state, wanted);
		const end = this.edgeEnds.data[state] ?? 0;
		for (let edge = this.edgeStarts.data[state] ?? 0; edge < end; edge++) {
			const action = edgeActions.data[edge] ?? 0;
			const { actor } = choiceOf(action);
			const after = cost + this.edgeCost(last, actor);
			const shows = edgeShows.get(edge);
			if (shows !== undefined) for (const finding of shows) offer(finding, after, [action]);
			const next = edgeStates.data[edge] ?? -1;
			if (next >= 0) this.reach(next * perState + actor, after, node, action);
		}
		this.offerRaces(this.races.get(state) ?? [], cost, last, offer);
	}

	/** Finds out what can be done in a state. */
	private findEdges(state: number, wanted: Wanted): void {
		const { transitions, states, cursor, executed, edgeActions, edgeStates } = this;
		this.edgeStarts.extendTo(state);
		this.edgeEnds.extendTo(state);
		this.edgeStarts.data[state] = edgeActions.length;
		states.goTo(state);
		const ready: Leaf[] = [];
		eachSuccessor(transitions, cursor, executed, (leaf, actor, alternative) => {
			if (leaf.access !== null) ready.push(leaf);
			const shows = executed.findings.filter((finding) => wanted.findings.has(finding));
			const shown = wanted.leaves.get(leaf.number);
			if (shown !== undefined) shows.push(shown);
			let next = -1;
			if (executed.error === null) {
				const number = states.add();
				next = number < 0 ? -1 - number : number;
				if (wanted.findings.has(wanted.deadlock) && transitions.isStuck(cursor.vector)) shows.push(wanted.deadlock);
			}
			if (shows.length > 0) this.edgeShows.set(edgeActions.length, shows);
			edgeActions.push(actionOf(actor, alternative));
			edgeStates.push(next);
		});
		this.edgeEnds.data[state] = edgeActions.length;
		const races = transitions.racesBetween(ready);
		if (races.length > 0) this.races.set(state, races);
	}

	/** A race is shown by its two accesses, one right after the other. */
	private offerRaces(races: readonly SeenRace[], cost: number, last: number, offer: Offer): void {
		for (const { finding, actions } of races) {
			for (const order of [actions, actions.toReversed()]) {
				const [first = 0, second = 0] = order.map((action) => choiceOf(action).actor);
				offer(finding, cost + this.edgeCost(last, first) + this.edgeCost(first, second), order);
			}
		}
	}

	private wayTo(node: number): readonly Choice[] {
		const way: Choice[] = [];
		for (let at = node; this.parents.data[at] !== -1; at = this.parents.data[at] ?? -1) {
			way.push(choiceOf(this.actions.data[at] ?? 0));
		}
		return way.reverse();
	}
}

/**
 * The shortest way to each of the findings from a state; those that take more than `maxStates` to find are missing.
 * @param isLate asked now and then: true ends the search, and what was found until then is given
 */
export function shortestWays(
	transitions: Transitions,
	start: Int32Array,
	wanted: Wanted,
	shortest: Shortest,
	maxStates: number,
	isLate: () => boolean = () => false,
): ReadonlyMap<number, readonly Choice[]> {
	return new CheapestWays(transitions, start, shortest).find(wanted, maxStates, isLate);
}

function isFinding(violation: Violation, finding: FindingKey): boolean {
	return (
		violation.kind === finding.kind &&
		violation.severity === finding.severity &&
		violation.function === finding.function &&
		violation.file === finding.file &&
		violation.line === finding.line
	);
}

/**
 * Does steps on the immutable machine from its initial state. Those that are the same as at the beginning of the steps before are not
 * done again: ways to findings of one search begin alike.
 */
export class Replayer {
	private readonly machine: Machine;
	private readonly path: Choice[] = [];
	/** By number of steps of the path. */
	private readonly results: StepResult[];

	constructor(machine: Machine, start: StepResult) {
		this.machine = machine;
		this.results = [start];
	}

	/** The report of the last step that is this finding; null when there is none. */
	findingAt(trace: readonly Choice[], finding: FindingKey): Violation | null {
		return this.after(trace).violations.find((violation) => isFinding(violation, finding)) ?? null;
	}

	private after(trace: readonly Choice[]): StepResult {
		const { path, results } = this;
		const differs = path.findIndex(({ actor, alternative }, at) => {
			const choice = trace[at];
			return choice?.actor !== actor || choice.alternative !== alternative;
		});
		const shared = differs === -1 ? path.length : differs;
		path.length = shared;
		results.length = shared + 1;
		let result = lastOf(results);
		for (const choice of trace.slice(shared)) {
			result = step(this.machine, result.state, choice, 'op');
			path.push(choice);
			results.push(result);
		}
		return result;
	}
}

function lastOf(results: readonly StepResult[]): StepResult {
	const last = results.at(-1);
	if (last === undefined) throw new RangeError('nothing has been replayed');
	return last;
}

/**
 * Leaves steps out as long as the finding still comes last.
 * @param start the machine's initial state
 * @param isLate asked before every try: true ends it
 */
export function withoutNeedlessSteps(
	machine: Machine,
	start: StepResult,
	trace: readonly Choice[],
	finding: FindingKey,
	isLate: () => boolean = () => false,
): readonly Choice[] {
	const replayer = new Replayer(machine, start);
	const isEnough = (steps: readonly Choice[]): boolean => {
		try {
			return replayer.findingAt(steps, finding) !== null;
		} catch (error) {
			// A step that has become impossible, or impossible to go on from.
			if (error instanceof MachineError || (error instanceof Error && error.name === 'ChoiceError')) return false;
			throw error;
		}
	};
	let kept = trace;
	for (let isShorter = true; isShorter; ) {
		isShorter = false;
		// Latest first: what an actor did last is needed by the fewest.
		for (let index = kept.length - 2; index >= 0; index--) {
			if (isLate()) return kept;
			const shorter = kept.toSpliced(index, 1);
			if (!isEnough(shorter)) continue;
			kept = shorter;
			isShorter = true;
		}
	}
	return kept;
}
