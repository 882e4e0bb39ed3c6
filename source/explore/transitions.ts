/**
 * The transitions of a machine over vectors of component ids. What an actor does in a state is looked up in a decision tree; only
 * what the tree does not know is run, by the machine's own interpreter and primitives, on a store that records what they read.
 * So there is one instruction set and one behaviour, and the common case is a few comparisons of integers.
 *
 * Why the answer of a tree is right: the interpreter is deterministic and gets at the state through the Store alone. Two runs from
 * states that agree on everything that the first one read therefore read the same and do the same.
 */

import { IntegerError } from '../language/integer.ts';
import { actorName } from '../machine/actors.ts';
import { checkEnd } from '../machine/ending.ts';
import { checkInvariants, invariantFunctions } from '../machine/invariants.ts';
import { Journal } from '../machine/journal.ts';
import { type Choice, type Machine, MachineError } from '../machine/machine.ts';
import { sleepBegins } from '../machine/rcu.ts';
import type { MachineState } from '../machine/state.ts';
import type { Severity, StackEntry, Violation, ViolationKind } from '../machine/violation.ts';
import { Codec } from './codec.ts';
import type { Cursor } from './cursor.ts';
import { DecisionTree } from './decision-tree.ts';
import { Int32List } from './growing.ts';
import {
	type Acquisition,
	type CellAccess,
	callbackOp,
	contextOp,
	fillOp,
	interruptOp,
	type Outcome,
	siteOfHardware,
} from './operations.ts';
import { isRace, type Race, raceOf, raceTitle, type SeenRace } from './races.ts';
import { type Recording, RecordingStore } from './recording-store.ts';
import { actionOf } from './search.ts';
import { contextField, contextStatuses, type Slots } from './slots.ts';

/**
 * A kind of violation at a place: what is reported once however often it is found. Data races and circles of locks are told apart
 * by their titles, too: several can begin at one place, and their titles name nothing but code.
 */
export interface FindingKey {
	readonly kind: ViolationKind;
	readonly severity: Severity;
	readonly function: string;
	readonly file: string;
	readonly line: number;
	/** Of the first one found; names in it are those of objects without names. */
	readonly title: string;
}

/** What a remembered operation does. */
export interface Leaf {
	/** A number for each leaf of a machine. */
	readonly number: number;
	readonly kind: 'waits' | 'done' | 'error';
	/** Whether whoever waits there sleeps. */
	readonly isSleeping: boolean;
	/** The lock that it waits for. */
	readonly lock: number | null;
	/** Slots that become another component. */
	readonly slots: readonly number[];
	readonly components: readonly number[];
	/** Places that get a value. */
	readonly placeSlots: readonly number[];
	readonly placeIndices: readonly number[];
	readonly placeValues: readonly number[];
	/** Numbers of what it reports. */
	readonly findings: readonly number[];
	/** Reports of an invariant, to be placed where the op before it stands. */
	readonly unplaced: readonly Violation[];
	readonly touched: boolean;
	readonly place: StackEntry;
	readonly access: CellAccess | null;
	readonly acquisition: Acquisition | null;
	/** The context that does it; -1 for hardware and what comes after ops. */
	readonly context: number;
	/** Locations on which the outcome depends, and that it may change. */
	readonly read: ReadonlySet<number>;
	readonly written: ReadonlySet<number>;
	readonly width: number;
	readonly error: MachineError | null;
}

/** Thrown when a state needs more slots than vectors have: make them `width` wide and try again. */
export class WidthError extends Error {}

/** What came of one execution of a transition. Reused: copy what is to be kept. */
export interface Executed {
	/** Findings of the op, of the invariants and of the end. */
	readonly findings: number[];
	/** The evaluation of the invariants, when they were due. */
	invariants: Leaf | null;
	error: MachineError | null;
}

/** For `Transitions.execute` to fill in. */
export function newExecuted(): Executed {
	return { findings: [], invariants: null, error: null };
}

const nowhere: StackEntry = { function: '', file: '', line: 0 };

/** How many alternatives one actor may have in one state. */
const maxAlternatives = 4096;

export class Transitions {
	readonly machine: Machine;
	readonly codec: Codec;
	readonly slots: Slots;
	readonly cpus: number;
	readonly hasFills: boolean;
	/** Every finding so far, by number. */
	readonly findings: FindingKey[] = [];
	/** Leaves by number. */
	readonly leaves: Leaf[] = [];
	/** Operations that had to be run. */
	misses = 0;

	private readonly tree: DecisionTree<Leaf>;
	/** Roots of the op of a context, by its component. */
	private readonly opRoots = new Int32List();
	/** Other roots, by name. */
	private readonly roots = new Map<number, number>();
	private readonly findingNumbers = new Map<string, number>();
	/** By the leaves of both accesses. */
	private readonly seenRaces = new Map<number, SeenRace>();
	private readonly raceDetails = new Map<number, Race>();
	private readonly seesRaces: boolean;
	private readonly hasInvariants: boolean;
	private readonly isClassic: boolean;
	private readonly noCallbacks: number;
	private readonly noFlushes: number;
	private readonly noGracePeriod: number;

	constructor(machine: Machine) {
		this.machine = machine;
		this.codec = new Codec(machine);
		this.slots = this.codec.slots;
		this.cpus = machine.configuration.cpus;
		this.seesRaces = !machine.mutedKinds.includes('data-race');
		this.hasFills = machine.configuration.fill === 'speculative';
		this.isClassic = machine.configuration.rcu === 'classic';
		this.hasInvariants = invariantFunctions(machine.program).length > 0;
		this.tree = new DecisionTree<Leaf>({ components: this.codec.components, objects: this.slots.objects });
		this.noCallbacks = this.codec.values.callbacks([]);
		this.noFlushes = this.codec.values.flushes([]);
		this.noGracePeriod = this.codec.values.gracePeriod(null);
	}

	/** Number of actors, whether they can ever do anything or not. */
	get actorCount(): number {
		return (this.hasFills ? 3 : 2) * this.cpus + 1;
	}

	encode(state: MachineState): Int32Array {
		return this.codec.encode(state);
	}

	/**
	 * What an actor would do in a state, or null when it is no actor there. A leaf of kind `waits` says that it must wait, or that
	 * it has no such alternative.
	 */
	leafOf(vector: Int32Array, actor: number, alternative: number): Leaf | null {
		const { cpus, slots } = this;
		if (actor <= cpus) {
			const component = vector[actor] ?? 0;
			if (this.codec.components.isRunning(component)) {
				return alternative === 0 ? this.opLeaf(vector, actor, component) : null;
			}
			if (actor < cpus || this.valueAt(vector, slots.callbacks, 0) === this.noCallbacks) return null;
			if (this.valueAt(vector, actor, contextField.status) !== contextStatuses.indexOf('idle')) return null;
			return this.leafAt(vector, actor * maxAlternatives + alternative, -1, (store, journal) =>
				callbackOp(store, journal, alternative),
			);
		}
		if (actor <= 2 * cpus) {
			if (alternative > 0 || this.valueAt(vector, slots.flushes, 0) === this.noFlushes) return null;
			const cpu = actor - cpus - 1;
			return this.leafAt(vector, actor * maxAlternatives, -1, (store, journal) => interruptOp(store, journal, cpu));
		}
		if (!this.hasFills) return null;
		const cpu = actor - 2 * cpus - 1;
		return this.leafAt(vector, actor * maxAlternatives + alternative, -1, (store, journal) =>
			fillOp(store, journal, cpu, alternative),
		);
	}

	private valueAt(vector: Int32Array, slot: number, index: number): number {
		return this.codec.components.value(vector[slot] ?? 0, index);
	}

	private opLeaf(vector: Int32Array, context: number, component: number): Leaf {
		const root = this.opRoots.data[component] ?? 0;
		const known = this.tree.find(root, vector);
		if (known !== null) return known;
		const leaf = this.record(vector, root, context, context, (store, journal) => contextOp(store, journal, context));
		this.opRoots.extendTo(component);
		this.opRoots.data[component] = leaf.root;
		return leaf.leaf;
	}

	private leafAt(
		vector: Int32Array,
		name: number,
		known: number,
		run: (store: RecordingStore, journal: Journal) => Outcome,
	): Leaf {
		const root = this.roots.get(name) ?? 0;
		const found = this.tree.find(root, vector);
		if (found !== null) return found;
		const actor = Math.floor(name / maxAlternatives);
		const { leaf, root: newRoot } = this.record(vector, root, known, actor, run);
		this.roots.set(name, newRoot);
		return leaf;
	}

	/** Runs an operation and remembers it. */
	private record(
		vector: Int32Array,
		root: number,
		known: number,
		actor: number,
		run: (store: RecordingStore, journal: Journal) => Outcome,
	): { readonly leaf: Leaf; readonly root: number } {
		this.misses++;
		const store = new RecordingStore(this.codec, vector, known);
		const name = actorName(this.machine, actor);
		const journal = new Journal(this.machine, 0, siteOfHardware(name, actor <= this.cpus ? actor : 0));
		let outcome: Outcome | null = null;
		let error: MachineError | null = null;
		try {
			outcome = run(store, journal);
		} catch (thrown) {
			if (thrown instanceof MachineError) error = thrown;
			else if (thrown instanceof IntegerError) error = new MachineError(thrown.message, '');
			else throw thrown;
		}
		const recording = store.finish();
		const access = outcome?.kind === 'done' ? outcome.access : null;
		// On its way to the op it may have made the object: then it is nobody else's, whoever would get the same id.
		const shared = access === null || store.hasAdded(access.object) ? null : access;
		const leaf = this.makeLeaf(recording, outcome, error, journal.violations, known, shared);
		this.leaves.push(leaf);
		return { leaf, root: this.tree.insert(root, recording, leaf) };
	}

	private makeLeaf(
		recording: Recording,
		outcome: Outcome | null,
		error: MachineError | null,
		violations: readonly Violation[],
		context: number,
		access: CellAccess | null,
	): Leaf {
		const isDone = outcome?.kind === 'done';
		const { slotChanges, placeChanges } = recording;
		return {
			number: this.leaves.length,
			kind: error !== null ? 'error' : (outcome?.kind ?? 'waits'),
			isSleeping: outcome?.kind === 'waits' && outcome.isSleeping,
			lock: outcome?.kind === 'waits' ? outcome.lock : null,
			slots: isDone ? slotChanges.map(({ slot }) => slot) : [],
			components: isDone ? slotChanges.map(({ component }) => component) : [],
			placeSlots: isDone ? placeChanges.map(({ slot }) => slot) : [],
			placeIndices: isDone ? placeChanges.map(({ index }) => index) : [],
			placeValues: isDone ? placeChanges.map(({ value }) => value) : [],
			findings: violations.map((violation) => this.findingNumber(violation, violation)),
			unplaced: violations,
			touched: isDone && outcome.touched && this.hasInvariants,
			place: isDone ? outcome.place : nowhere,
			access,
			acquisition: isDone ? outcome.acquisition : null,
			context,
			read: recording.read,
			written: recording.written,
			width: recording.width,
			error,
		};
	}

	/** The number of a violation reported at a place. */
	findingNumber({ kind, severity, title }: Pick<Violation, 'kind' | 'severity' | 'title'>, place: StackEntry): number {
		const which = kind === 'data-race' || kind === 'lock-order' ? title : '';
		const key = `${kind}|${severity}|${place.function}|${place.file}|${place.line}|${which}`;
		let number = this.findingNumbers.get(key);
		if (number === undefined) {
			number = this.findings.length;
			this.findingNumbers.set(key, number);
			const { function: fn, file, line } = place;
			this.findings.push({ kind, severity, function: fn, file, line, title });
		}
		return number;
	}

	/** The data races between what can be done next; `ready` are leaves with an access. */
	racesBetween(ready: readonly Leaf[]): readonly SeenRace[] {
		if (!this.seesRaces || ready.length < 2) return none;
		let found: SeenRace[] | null = null;
		for (const [index, first] of ready.entries()) {
			for (let other = index + 1; other < ready.length; other++) {
				const second = ready[other];
				if (second === undefined || !isRace(first.access, second.access)) continue;
				found ??= [];
				found.push(this.seenRace(first, second));
			}
		}
		return found ?? none;
	}

	private seenRace(first: Leaf, second: Leaf): SeenRace {
		const key = first.number * 0x4000000 + second.number;
		let seen = this.seenRaces.get(key);
		if (seen === undefined) {
			const race = raceOf(first, second);
			const report = { kind: 'data-race', severity: 'warning', title: raceTitle(race) } as const;
			const finding = this.findingNumber(report, race.first.place);
			seen = { finding, actions: [race.first, race.second].map(({ context }) => actionOf(context, 0)) };
			this.seenRaces.set(key, seen);
			if (!this.raceDetails.has(finding)) this.raceDetails.set(finding, race);
		}
		return seen;
	}

	/** The accesses of a finding that is a data race, as they were seen first. */
	raceBehind(finding: number): Race | null {
		return this.raceDetails.get(finding) ?? null;
	}

	/** The number of the finding that stands for a deadlock; -1 when the scenario has muted it. */
	deadlockFinding(): number {
		if (this.machine.mutedKinds.includes('deadlock')) return -1;
		return this.findingNumber({ kind: 'deadlock', severity: 'violation', title: 'deadlock' }, nowhere);
	}

	/**
	 * Does what a leaf says: moves the cursor to the state after the actor's step, with everything that belongs to the step:
	 * invariants, naps, the end of the run, and the freed objects that nothing leads to any more.
	 * @throws WidthError when the vector has too few slots; the cursor may then be anywhere between the two states
	 */
	execute(leaf: Leaf, actor: number, cursor: Cursor, executed: Executed): void {
		executed.findings.length = 0;
		executed.invariants = null;
		executed.error = leaf.error;
		this.apply(leaf, cursor);
		for (let at = 0; at < leaf.findings.length; at++) executed.findings.push(leaf.findings[at] ?? 0);
		if (leaf.touched) this.runInvariants(leaf, actor, cursor, executed);
		if (!this.isAnyRunning(cursor.vector)) this.runEnd(cursor, executed);
		if (this.isClassic) this.runNaps(cursor);
		this.codec.collect(cursor);
	}

	private apply(leaf: Leaf, cursor: Cursor): void {
		if (leaf.width > cursor.vector.length) {
			this.codec.makeRoom(leaf.width - 1 - this.slots.objects);
			throw new WidthError();
		}
		const { slots, components, placeSlots, placeIndices, placeValues } = leaf;
		const { vector } = cursor;
		for (let at = 0; at < slots.length; at++) cursor.set(slots[at] ?? 0, components[at] ?? 0);
		for (let at = 0; at < placeSlots.length; at++) {
			const slot = placeSlots[at] ?? 0;
			const before = vector[slot] ?? 0;
			cursor.set(slot, this.codec.components.withValue(before, placeIndices[at] ?? 0, placeValues[at] ?? 0));
		}
	}

	/** The context on whose CPU an actor works. */
	private contextOf(actor: number): number {
		if (actor <= this.cpus) return actor;
		return (actor - 1 - this.cpus) % this.cpus;
	}

	private runInvariants(op: Leaf, actor: number, cursor: Cursor, executed: Executed): void {
		const context = this.contextOf(actor);
		const leaf = this.leafAt(cursor.vector, -1 - context, -1, (store, journal) => {
			checkInvariants(store, journal, context, store.context(context));
			return afterwards;
		});
		this.apply(leaf, cursor);
		executed.invariants = leaf;
		executed.error ??= leaf.error;
		for (const violation of leaf.unplaced) executed.findings.push(this.findingNumber(violation, op.place));
	}

	isAnyRunning(vector: Int32Array): boolean {
		for (let context = 0; context <= this.cpus; context++) {
			if (this.codec.components.isRunning(vector[context] ?? 0)) return true;
		}
		return false;
	}

	private runEnd(cursor: Cursor, executed: Executed): void {
		const { slots } = this;
		if (this.valueAt(cursor.vector, slots.callbacks, 0) !== this.noCallbacks) return;
		if (this.valueAt(cursor.vector, slots.flushes, 0) !== this.noFlushes) return;
		const leaf = this.leafAt(cursor.vector, -1 - maxAlternatives, -1, (store, journal) => {
			checkEnd(store, journal);
			return afterwards;
		});
		this.apply(leaf, cursor);
		executed.error ??= leaf.error;
		for (const finding of leaf.findings) executed.findings.push(finding);
	}

	/** With classic RCU, a context that sleeps holds up no grace period. */
	private runNaps(cursor: Cursor): void {
		if (!this.isGracePeriodAwaited(cursor.vector)) return;
		const asleep: number[] = [];
		for (let context = 0; context <= this.cpus; context++) {
			const component = cursor.vector[context] ?? 0;
			if (!this.codec.components.isRunning(component)) continue;
			const op = this.opLeaf(cursor.vector, context, component);
			if (op.kind === 'waits' && op.isSleeping) asleep.push(context);
		}
		for (const context of asleep) {
			const leaf = this.leafAt(cursor.vector, -1 - 2 * maxAlternatives - context, -1, (store) => {
				sleepBegins(store, context);
				return afterwards;
			});
			this.apply(leaf, cursor);
		}
	}

	private isGracePeriodAwaited(vector: Int32Array): boolean {
		if (this.valueAt(vector, this.slots.callbacks, 0) !== this.noCallbacks) return true;
		for (let context = 0; context <= this.cpus; context++) {
			if (this.valueAt(vector, context, contextField.gracePeriod) !== this.noGracePeriod) return true;
		}
		return false;
	}

	/** Everything that can happen next, as machine/step's `choices` has it. */
	choices(vector: Int32Array): readonly Choice[] {
		const found: Choice[] = [];
		for (let actor = 0; actor < this.actorCount; actor++) {
			for (let alternative = 0; ; alternative++) {
				const leaf = this.leafOf(vector, actor, alternative);
				if (leaf === null || leaf.kind === 'waits') break;
				found.push({ actor, alternative });
			}
		}
		return found;
	}

	/** Whether nobody can run although somebody has not come to an end. Speculative fills are no way out. */
	isStuck(vector: Int32Array): boolean {
		if (!this.isAnyRunning(vector)) return false;
		for (let actor = 0; actor <= 2 * this.cpus; actor++) {
			const leaf = this.leafOf(vector, actor, 0);
			if (leaf !== null && leaf.kind !== 'waits') return false;
		}
		return true;
	}
}

const none: readonly SeenRace[] = [];

const afterwards: Outcome = { kind: 'done', touched: false, place: nowhere, access: null, acquisition: null };
