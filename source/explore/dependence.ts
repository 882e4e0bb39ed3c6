/**
 * Which operations depend on one another, and what each actor may still do. Two operations are independent when neither writes a
 * location that the other reads or writes: then they can be swapped, and each does the same in both orders.
 *
 * What an operation reads and writes is what it was recorded to (recording-store.ts), with these additions:
 * - An op that writes what an invariant reads counts as evaluating the invariants: reading all they read, writing all they write
 *   (the alarms). So two such ops are dependent, and invariants see them in both orders.
 * - An allocation takes the lowest id that nothing points to. So it reads `who points to this object` of every id it looks at, and
 *   an op that gains or gives up a pointer to an object writes that.
 *
 * What an actor may still do is collected by its local state (the component of its context): everything that was seen to be done
 * from there on, in whatever surroundings, and with each location the locks that it takes before in any case: as long as somebody
 * else holds one of these and does not move, it cannot get there. See reduction.ts for why that is enough.
 */

import { pointerStride } from '../machine/state.ts';
import { BitSet } from './bit-set.ts';
import { Future, isPossible } from './future.ts';
import { contextField, locationOf, objectField, referencesField } from './slots.ts';
import type { Leaf, Transitions } from './transitions.ts';

/** A lock that a context holds. */
interface Hold {
	/** The location of its word. */
	readonly word: number;
	/** The bit of whoever takes it, and of those whom this hold keeps out. */
	readonly taking: number;
	readonly keepingOut: number;
}

/** About which locations more is known of a future. */
interface News {
	readonly future: Future;
	readonly reads: number[];
	readonly writes: number[];
}

/** What one actor would do now: reads and writes as numbers of locations. */
export interface Accesses {
	/** The same for the same accesses of the same leaf; -1 for those of several. */
	readonly number: number;
	readonly reads: readonly number[];
	readonly writes: readonly number[];
	readonly touches: boolean;
}

export class Dependence {
	/** Counts up whenever something is known that was not. */
	version = 0;
	/** The version at which something became known that concerns every state. */
	private versionForAll = 0;
	private readonly transitions: Transitions;
	private readonly numbers = new Map<number, number>();
	/** By component of a context. */
	private readonly futures: (Future | undefined)[] = [];
	/** Of actors without a context, by actor. */
	private readonly futuresOfDevices: Future[] = [];
	private readonly invariantReads = new BitSet();
	private readonly invariantWrites = new BitSet();
	private readonly invariantWriteList: number[] = [];
	private lastInvariants: Leaf | null = null;
	private readonly lockBits = new Map<number, number>();
	/** By number of a list of held locks: those locks with their bits. */
	private readonly holds: (readonly Hold[] | undefined)[] = [];
	/** By leaf: reads, then writes, as numbers of locations. */
	private readonly leafReads: (readonly number[])[] = [];
	private readonly leafWrites: (readonly number[])[] = [];
	/** Whether any allocation was seen: only then does it matter who points to what. */
	private areReferencesRead = false;
	/** By leaf: what it came to the last time. */
	private readonly lastAccesses: (LeafAccesses | undefined)[] = [];
	private accessesMade = 0;
	/** While a run is followed: what is to be noted after it. */
	private later: (() => void)[] | null = null;
	/** Counts up whenever more is known of what invariants read. */
	private invariantsKnown = 0;

	constructor(transitions: Transitions) {
		this.transitions = transitions;
	}

	number(location: number): number {
		let number = this.numbers.get(location);
		if (number === undefined) {
			number = this.numbers.size;
			this.numbers.set(location, number);
		}
		return number;
	}

	private readsOf(leaf: Leaf): readonly number[] {
		let reads = this.leafReads[leaf.number];
		if (reads === undefined) {
			reads = [...leaf.read].map((location) => this.number(location));
			this.leafReads[leaf.number] = reads;
			for (const location of leaf.read) {
				if (((location % 8192) + 8192) % 8192 === referencesField && !this.areReferencesRead) {
					this.areReferencesRead = true;
					this.versionForAll = ++this.version;
				}
			}
		}
		return reads;
	}

	private writesOf(leaf: Leaf): readonly number[] {
		let writes = this.leafWrites[leaf.number];
		if (writes === undefined) {
			writes = [...leaf.written].map((location) => this.number(location));
			this.leafWrites[leaf.number] = writes;
		}
		return writes;
	}

	/** Notes what the evaluation of invariants read and wrote. */
	noteInvariants(leaf: Leaf): void {
		if (this.lastInvariants === leaf) return;
		this.lastInvariants = leaf;
		let isNew = false;
		for (const read of this.readsOf(leaf)) {
			if (!this.invariantReads.add(read)) continue;
			isNew = true;
			this.invariantsKnown++;
		}
		for (const write of this.writesOf(leaf)) {
			if (!this.invariantWrites.add(write)) continue;
			isNew = true;
			this.invariantWriteList.push(write);
		}
		if (isNew) this.versionForAll = ++this.version;
	}

	/** Whether nothing has become known since a version that concerns what is decided in a state where actors have these futures. */
	isUpToDate(version: number, vector: Int32Array): boolean {
		if (this.versionForAll > version) return false;
		for (let actor = 0; actor < this.transitions.actorCount; actor++) {
			if (this.futureOf(actor, vector).version > version) return false;
		}
		return true;
	}

	/** What an actor's leaves come to in a state. */
	accesses(leaves: readonly Leaf[], vector: Int32Array): Accesses {
		const [first] = leaves;
		if (leaves.length === 1 && first !== undefined) return this.accessesOf(first, vector);
		const reads: number[] = [];
		const writes: number[] = [];
		let touches = false;
		for (const leaf of leaves) {
			const one = this.accessesOf(leaf, vector);
			for (const read of one.reads) reads.push(read);
			for (const write of one.writes) writes.push(write);
			touches ||= one.touches;
		}
		return { number: -1, reads, writes, touches };
	}

	private accessesOf(leaf: Leaf, vector: Int32Array): Accesses {
		const reads = this.readsOf(leaf);
		const last = this.lastAccesses[leaf.number];
		if (
			last !== undefined &&
			last.invariantsKnown === this.invariantsKnown &&
			last.areReferencesRead === this.areReferencesRead &&
			isSameBefore(last.before, leaf, vector)
		) {
			return last.accesses;
		}
		const own = this.writesOf(leaf);
		const touches = leaf.touched && own.some((write) => this.invariantReads.has(write));
		const writes = this.areReferencesRead ? [...own] : own;
		const before: number[] = [];
		if (this.areReferencesRead) {
			this.addReferenceWrites(leaf, vector, writes as number[]);
			for (const slot of leaf.slots) before.push(vector[slot] ?? 0);
			for (const slot of leaf.placeSlots) before.push(vector[slot] ?? 0);
		}
		const accesses = { number: this.accessesMade++, reads, writes, touches };
		const { invariantsKnown, areReferencesRead } = this;
		this.lastAccesses[leaf.number] = { accesses, before, invariantsKnown, areReferencesRead };
		return accesses;
	}

	/** `Who points to it` of every object to which the leaf gains or gives up a pointer. */
	private addReferenceWrites(leaf: Leaf, vector: Int32Array, writes: number[]): void {
		const { components } = this.transitions.codec;
		const { objects } = this.transitions.slots;
		const compare = (before: number, after: number): void => {
			if (before === after) return;
			for (const object of components.referencesOf(before)) {
				if (!components.refersTo(after, object)) {
					writes.push(this.number(locationOf(objects + object, referencesField)));
				}
			}
			for (const object of components.referencesOf(after)) {
				if (!components.refersTo(before, object)) {
					writes.push(this.number(locationOf(objects + object, referencesField)));
				}
			}
		};
		for (const [at, slot] of leaf.slots.entries()) compare(vector[slot] ?? 0, leaf.components[at] ?? 0);
		for (const [at, slot] of leaf.placeSlots.entries()) {
			const before = vector[slot] ?? 0;
			if (before === 0) continue;
			compare(before, components.withValue(before, leaf.placeIndices[at] ?? 0, leaf.placeValues[at] ?? 0));
		}
	}

	/** What an actor may still do in a state. */
	futureOf(actor: number, vector: Int32Array): Future {
		if (actor <= this.transitions.cpus) return this.futureOfComponent(vector[actor] ?? 0);
		this.futuresOfDevices[actor] ??= new Future();
		return this.futuresOfDevices[actor];
	}

	private futureOfComponent(component: number): Future {
		let future = this.futures[component];
		if (future === undefined) {
			future = new Future();
			this.futures[component] = future;
		}
		return future;
	}

	/**
	 * Follows a run, and notes what is met on it only afterwards, the last first: each local state then learns at once all that
	 * comes after it, and not whenever the run goes on by a step.
	 */
	noteBackwards(run: () => void): void {
		const later: (() => void)[] = [];
		this.later = later;
		run();
		this.later = null;
		for (let note = later.pop(); note !== undefined; note = later.pop()) note();
	}

	/**
	 * Notes that this may be done from a local state.
	 * @param locks locks without which it is not done: those that it takes
	 */
	note(future: Future, leaf: Leaf, accesses: Accesses, locks: number): void {
		// What a leaf writes by giving up pointers, and whether it concerns invariants, is found out by and by.
		if (accesses.number >= 0) {
			if (future.noted.get(accesses.number) === locks) return;
			future.noted.set(accesses.number, locks);
		}
		if (this.later === null) this.noteNow(future, leaf, accesses, locks);
		else this.later.push(() => this.noteNow(future, leaf, accesses, locks));
	}

	private noteNow(future: Future, leaf: Leaf, accesses: Accesses, locks: number): void {
		const reads: number[] = [];
		const writes: number[] = [];
		let isChanged = false;
		// Who waits for a lock looks at other things, too, while somebody else has it.
		const word = leaf.lock === null ? -1 : this.lockWord(leaf.lock);
		for (const read of accesses.reads) {
			if (future.reads.add(read, leaf.lock === null || read === word ? locks : 0)) reads.push(read);
		}
		for (const write of accesses.writes) if (future.writes.add(write, locks)) writes.push(write);
		if (accesses.touches && (future.touches & locks) !== future.touches) {
			future.touches &= locks;
			isChanged = true;
		}
		future.isEmpty = false;
		if (isChanged || reads.length > 0 || writes.length > 0) this.spread({ future, reads, writes });
	}

	/** Notes that one local state leads to another, by an op that takes these locks. */
	noteEdge(before: number, after: number, locks: number): void {
		if (before === after) return;
		const from = this.futureOfComponent(before);
		const to = this.futureOfComponent(after);
		const known = to.predecessors.get(from);
		if (known !== undefined && (known & locks) === known) return;
		const both = (known ?? locks) & locks;
		to.predecessors.set(from, both);
		if (this.later === null) this.noteWay(from, to, both);
		else this.later.push(() => this.noteWay(from, to, both));
	}

	private noteWay(from: Future, to: Future, locks: number): void {
		const news: News = { future: from, reads: [], writes: [] };
		from.reads.addAll(to.reads, locks, news.reads);
		from.writes.addAll(to.writes, locks, news.writes);
		if (from.mergeTouches(to, locks) || isAny(news)) this.spread(news);
	}

	/** Tells all who may come to a local state what more is known of it. */
	private spread(news: News): void {
		const version = ++this.version;
		news.future.version = version;
		const pending = [news];
		for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
			const { future, reads, writes } = next;
			for (const [predecessor, locks] of future.predecessors) {
				const more: News = { future: predecessor, reads: [], writes: [] };
				predecessor.reads.addSome(future.reads, reads, locks, more.reads);
				predecessor.writes.addSome(future.writes, writes, locks, more.writes);
				if (!predecessor.mergeTouches(future, locks) && !isAny(more)) continue;
				predecessor.version = version;
				pending.push(more);
			}
		}
	}

	// Locks

	/** The locks that a context in this local state did not hold in the other, as what a `Future` is guarded by. */
	locksTaken(before: number, after: number): number {
		if (before === after) return 0;
		const { components, values } = this.transitions.codec;
		const heldBefore = components.value(before, contextField.held);
		const heldAfter = components.value(after, contextField.held);
		if (heldBefore === heldAfter) return 0;
		const old = values.heldOf(heldBefore);
		let locks = 0;
		for (const { lock, mode } of values.heldOf(heldAfter)) {
			if (old.some((hold) => hold.lock === lock)) continue;
			locks |= this.bitOf(lock, false);
			if (mode === 'exclusive') locks |= this.bitOf(lock, true);
		}
		return locks;
	}

	/** The lock that a leaf waits for, likewise. */
	lockAwaited(leaf: Leaf): number {
		return leaf.lock === null ? 0 : this.bitOf(leaf.lock, false);
	}

	/**
	 * Of the locks that a context in this local state holds: those that nobody can take from it, as what keeps the others out.
	 * @param futures what everybody may still do, by actor
	 */
	locksHeld(actor: number, component: number, futures: readonly Future[]): number {
		const { components, values } = this.transitions.codec;
		const number = components.value(component, contextField.held);
		let holds = this.holds[number];
		if (holds === undefined) {
			holds = values.heldOf(number).map(({ lock, mode }) => ({
				word: this.lockWord(lock),
				taking: this.bitOf(lock, false),
				// A shared hold keeps out those who want the lock for themselves.
				keepingOut: this.bitOf(lock, mode === 'shared'),
			}));
			this.holds[number] = holds;
		}
		let locks = 0;
		for (let at = 0; at < holds.length; at++) {
			const hold = holds[at];
			if (hold !== undefined && isRespected(hold, actor, futures)) locks |= hold.keepingOut;
		}
		return locks;
	}

	private lockWord(lock: number): number {
		const slot = this.transitions.slots.objects + Math.floor(lock / pointerStride);
		return this.number(locationOf(slot, objectField.firstCell + (lock % pointerStride)));
	}

	/** The bit of `takes this lock` (in any mode, or for itself alone); 0 when there are too many locks. */
	private bitOf(lock: number, isExclusive: boolean): number {
		const key = lock * 2 + (isExclusive ? 1 : 0);
		let bit = this.lockBits.get(key);
		if (bit === undefined) {
			bit = this.lockBits.size < 31 ? 1 << this.lockBits.size : 0;
			this.lockBits.set(key, bit);
		}
		return bit;
	}

	// Conflicts

	/**
	 * Whether what an actor would do now depends on anything that another may still do.
	 * @param held locks that the other cannot get meanwhile
	 */
	conflicts(op: Accesses, future: Future, held: number): boolean {
		if (future.isEmpty) return false;
		if (op.touches && isPossible(future.touches, held)) return true;
		for (const write of op.writes) {
			if (isPossible(future.writes.get(write), held) || isPossible(future.reads.get(write), held)) return true;
		}
		for (const read of op.reads) if (isPossible(future.writes.get(read), held)) return true;
		if (this.invariantWriteList.length === 0) return false;
		if (op.touches && this.mayUseInvariants(future, held)) return true;
		if (!isPossible(future.touches, held)) return false;
		const isInvariants = (location: number) => this.invariantWrites.has(location);
		return op.reads.some(isInvariants) || op.writes.some(isInvariants);
	}

	/** Whether something that invariants write may be accessed. */
	private mayUseInvariants(future: Future, held: number): boolean {
		for (const location of this.invariantWriteList) {
			if (isPossible(future.writes.get(location), held) || isPossible(future.reads.get(location), held)) return true;
		}
		return false;
	}
}

/** Whether nobody but who has taken the lock ever writes to its word, by what is known of the others' futures. */
function isRespected({ word, taking }: Hold, holder: number, futures: readonly Future[]): boolean {
	for (let other = 0; other < futures.length; other++) {
		if (other !== holder && futures[other]?.respects(word, taking) === false) return false;
	}
	return true;
}

function isAny({ reads, writes }: News): boolean {
	return reads.length > 0 || writes.length > 0;
}

/** What a leaf came to, and on what that depended beside the leaf. */
interface LeafAccesses {
	readonly accesses: Accesses;
	/** What was in the slots that it changes. */
	readonly before: readonly number[];
	readonly invariantsKnown: number;
	readonly areReferencesRead: boolean;
}

function isSameBefore(before: readonly number[], { slots, placeSlots }: Leaf, vector: Int32Array): boolean {
	if (before.length === 0) return true;
	for (let at = 0; at < slots.length; at++) if (before[at] !== (vector[slots[at] ?? 0] ?? 0)) return false;
	for (let at = 0; at < placeSlots.length; at++) {
		if (before[slots.length + at] !== (vector[placeSlots[at] ?? 0] ?? 0)) return false;
	}
	return true;
}
