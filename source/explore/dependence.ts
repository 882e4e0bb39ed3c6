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
import { contextField, locationOf, objectField, referencesField } from './slots.ts';
import type { Leaf, Transitions } from './transitions.ts';

/** A growing set of small numbers. */
export class BitSet {
	private words = new Int32Array(4);

	has(member: number): boolean {
		return (((this.words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1;
	}

	/** Returns whether it is new. */
	add(member: number): boolean {
		const word = member >>> 5;
		if (word >= this.words.length) {
			const words = new Int32Array(Math.max(word + 1, this.words.length * 2));
			words.set(this.words);
			this.words = words;
		}
		const before = this.words[word] ?? 0;
		const after = before | (1 << (member & 31));
		this.words[word] = after;
		return after !== before;
	}
}

/** What is not done at all, in any circumstances. */
const never = -1;

/** By location: the locks that are taken before it is accessed, as bits; `never` where it is not. */
class LockMasks {
	private masks = new Int32Array(8).fill(never);
	/** One past the last location that is accessed. */
	private end = 0;

	get(location: number): number {
		return location < this.end ? (this.masks[location] ?? never) : never;
	}

	private extend(end: number): void {
		if (end <= this.end) return;
		if (end > this.masks.length) {
			const masks = new Int32Array(Math.max(end, this.masks.length * 2)).fill(never);
			masks.set(this.masks);
			this.masks = masks;
		}
		this.end = end;
	}

	/** Returns whether anything is new. */
	add(location: number, locks: number): boolean {
		this.extend(location + 1);
		const before = this.masks[location] ?? never;
		this.masks[location] = before & locks;
		return (before & locks) !== before;
	}

	/** Adds what is done after the locks have been taken; returns whether anything is new. */
	addAll(after: LockMasks, locks: number): boolean {
		this.extend(after.end);
		let isChanged = false;
		for (let location = 0; location < after.end; location++) {
			const before = this.masks[location] ?? never;
			const merged = before & ((after.masks[location] ?? never) | locks);
			if (merged === before) continue;
			this.masks[location] = merged;
			isChanged = true;
		}
		return isChanged;
	}
}

/** Whether something that is done after taking these locks can be done while others hold those. */
function isPossible(locks: number, held: number): boolean {
	return locks !== never && (locks & held) === 0;
}

/** What somebody may still do from a local state. */
export class Future {
	readonly reads = new LockMasks();
	readonly writes = new LockMasks();
	/** Locks taken before it writes what invariants read. */
	touches = never;
	/** Whether anything was noted at all. */
	isEmpty = true;
	/** With the locks that are taken on the way from there to here. */
	readonly predecessors = new Map<Future, number>();
	readonly noted = new Set<number>();
}

/** What one actor would do now: reads and writes as numbers of locations. */
export interface Accesses {
	readonly reads: readonly number[];
	readonly writes: readonly number[];
	readonly touches: boolean;
}

export class Dependence {
	/** Counts up whenever something is known that was not: what was decided before has to be looked at again. */
	version = 0;
	private readonly transitions: Transitions;
	private readonly numbers = new Map<number, number>();
	/** Futures by component of the context; of actors without one, by -1 - actor. */
	private readonly futures = new Map<number, Future>();
	private readonly invariantReads = new BitSet();
	private readonly invariantWrites = new BitSet();
	private readonly invariantWriteList: number[] = [];
	private readonly lockBits = new Map<number, number>();
	/** By leaf: reads, then writes, as numbers of locations. */
	private readonly leafReads: (readonly number[])[] = [];
	private readonly leafWrites: (readonly number[])[] = [];
	/** Whether any allocation was seen: only then does it matter who points to what. */
	private areReferencesRead = false;

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
					this.version++;
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
		let isNew = false;
		for (const read of this.readsOf(leaf)) isNew = this.invariantReads.add(read) || isNew;
		for (const write of this.writesOf(leaf)) {
			if (!this.invariantWrites.add(write)) continue;
			isNew = true;
			this.invariantWriteList.push(write);
		}
		if (isNew) this.version++;
	}

	/** What an actor's leaves come to in a state. */
	accesses(leaves: readonly Leaf[], vector: Int32Array): Accesses {
		const [first] = leaves;
		if (leaves.length === 1 && first !== undefined && !this.areReferencesRead) return this.accessesOf(first);
		const reads: number[] = [];
		const writes: number[] = [];
		let touches = false;
		for (const leaf of leaves) {
			const one = this.accessesOf(leaf);
			reads.push(...one.reads);
			writes.push(...one.writes);
			touches ||= one.touches;
			if (this.areReferencesRead) this.addReferenceWrites(leaf, vector, writes);
		}
		return { reads, writes, touches };
	}

	private accessesOf(leaf: Leaf): Accesses {
		const writes = this.writesOf(leaf);
		return {
			reads: this.readsOf(leaf),
			writes,
			touches: leaf.touched && writes.some((write) => this.invariantReads.has(write)),
		};
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
		const key = actor <= this.transitions.cpus ? (vector[actor] ?? 0) : -1 - actor;
		let future = this.futures.get(key);
		if (future === undefined) {
			future = new Future();
			this.futures.set(key, future);
		}
		return future;
	}

	futureOfComponent(component: number): Future {
		let future = this.futures.get(component);
		if (future === undefined) {
			future = new Future();
			this.futures.set(component, future);
		}
		return future;
	}

	/**
	 * Notes that this may be done from a local state.
	 * @param locks locks without which it is not done: those that it takes
	 */
	note(future: Future, leaf: Leaf, accesses: Accesses, locks: number): void {
		// What a leaf writes by giving up pointers, and whether it concerns invariants, is found out by and by.
		const key = leaf.number * 2 + (accesses.touches ? 1 : 0);
		if (!this.areReferencesRead && future.noted.has(key)) return;
		future.noted.add(key);
		let isChanged = false;
		// Who waits for a lock looks at other things, too, while somebody else has it.
		const word = leaf.lock === null ? -1 : this.lockWord(leaf.lock);
		for (const read of accesses.reads) {
			isChanged = future.reads.add(read, leaf.lock === null || read === word ? locks : 0) || isChanged;
		}
		for (const write of accesses.writes) isChanged = future.writes.add(write, locks) || isChanged;
		if (accesses.touches && (future.touches & locks) !== future.touches) {
			future.touches &= locks;
			isChanged = true;
		}
		future.isEmpty = false;
		if (isChanged) this.spread(future);
	}

	/** Notes that one local state leads to another, by an op that takes these locks. */
	noteEdge(before: number, after: number, locks: number): void {
		if (before === after) return;
		const from = this.futureOfComponent(before);
		const to = this.futureOfComponent(after);
		const known = to.predecessors.get(from);
		if (known !== undefined && (known & locks) === known) return;
		to.predecessors.set(from, (known ?? locks) & locks);
		if (merge(from, to, (known ?? locks) & locks)) this.spread(from);
	}

	private spread(future: Future): void {
		this.version++;
		const pending = [future];
		for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
			for (const [predecessor, locks] of next.predecessors)
				if (merge(predecessor, next, locks)) pending.push(predecessor);
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

	/** Of what everybody in one of these local states holds: what keeps the others from taking it. */
	locksHeld(component: number, isGuarding: (lock: number) => boolean): number {
		const { components, values } = this.transitions.codec;
		let locks = 0;
		for (const { lock, mode } of values.heldOf(components.value(component, contextField.held))) {
			// A shared hold keeps out those who want the lock for themselves.
			if (isGuarding(lock)) locks |= this.bitOf(lock, mode === 'shared');
		}
		return locks;
	}

	/** Whether nobody but who has taken the lock ever writes to its word, by what is known of this future. */
	respects(future: Future, lock: number): boolean {
		const mask = future.writes.get(this.lockWord(lock));
		const bit = this.bitOf(lock, false);
		return mask === never || (bit !== 0 && (mask & bit) !== 0);
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

function merge(into: Future, from: Future, locks: number): boolean {
	let isChanged = into.reads.addAll(from.reads, locks);
	isChanged = into.writes.addAll(from.writes, locks) || isChanged;
	const touches = into.touches & (from.touches | locks);
	if (touches !== into.touches) isChanged = true;
	into.touches = touches;
	if (!from.isEmpty) into.isEmpty = false;
	return isChanged;
}
