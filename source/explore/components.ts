/**
 * Components of states: tuples of numbers, each kept once, so that equal tuples have equal ids. Id 0 is the empty component of a
 * slot that nothing occupies.
 */

import { Float64List, Int32List } from './growing.ts';
import { type ComponentKind, componentKind, contextField, objectField } from './slots.ts';

/** Finds the objects that a component has pointers to. Called once for each component. */
export type FindReferences = (kind: ComponentKind, tuple: readonly number[]) => readonly number[];

/** What reading a place of the empty component gives. No tuple holds it at place 0. */
export const absent = -1;

const nobody: readonly number[] = [];

function mixNumber(hash: number, value: number): number {
	const high = value > 0x7fffffff || value < -0x80000000 ? Math.floor(value / 0x100000000) | 0 : 0;
	let mixed = Math.imul(hash ^ (value | 0), 0x9e3779b1) ^ high;
	mixed ^= mixed >>> 15;
	return Math.imul(mixed, 0x85ebca6b);
}

export class Components {
	/** By id: where its tuple begins in `cells`; the next id's start is its end. */
	private readonly starts = new Int32List();
	private readonly cells = new Float64List(1024);
	private readonly kinds = new Int32List();
	/** By id: the objects that it has pointers to, each once. */
	private readonly references: (readonly number[])[] = [];
	/** By id: 1 for a context that is running, 2 for an object that is freed. */
	private readonly flags = new Int32List();
	private readonly findReferences: FindReferences;

	private table = new Int32Array(1024);

	// Memo of `withValue`: open addressing over (component, index, value).
	private memoComponents = new Int32Array(1024);
	private memoIndices = new Int32Array(1024);
	private memoValues = new Float64Array(1024);
	private memoResults = new Int32Array(1024);
	private memoCount = 0;

	constructor(findReferences: FindReferences) {
		this.findReferences = findReferences;
		this.starts.push(0);
		this.starts.push(0);
		this.kinds.push(0);
		this.flags.push(0);
		this.references.push(nobody);
	}

	/** Number of ids given out, the empty component included. */
	get count(): number {
		return this.kinds.length;
	}

	/** The id of a tuple. */
	intern(kind: ComponentKind, tuple: readonly number[]): number {
		let hash = mixNumber(0x1234567, kind);
		for (const value of tuple) hash = mixNumber(hash, value);
		const mask = this.table.length - 1;
		let place = (hash ^ (hash >>> 16)) & mask;
		for (;;) {
			const id = this.table[place] ?? 0;
			if (id === 0) break;
			if (this.isTuple(id, kind, tuple)) return id;
			place = (place + 1) & mask;
		}
		return this.add(kind, tuple, place);
	}

	private isTuple(id: number, kind: number, tuple: readonly number[]): boolean {
		const start = this.starts.data[id] ?? 0;
		const length = (this.starts.data[id + 1] ?? 0) - start;
		if (length !== tuple.length || this.kinds.data[id] !== kind) return false;
		for (let at = 0; at < length; at++) if (this.cells.data[start + at] !== tuple[at]) return false;
		return true;
	}

	private add(kind: ComponentKind, tuple: readonly number[], place: number): number {
		const id = this.kinds.length;
		this.table[place] = id;
		this.kinds.push(kind);
		for (const value of tuple) this.cells.push(value);
		this.starts.push(this.cells.length);
		const isRunning = kind === componentKind.context && tuple[contextField.status] === 0;
		const isFreed = kind === componentKind.object && tuple[objectField.status] === 1;
		this.flags.push(isRunning ? 1 : isFreed ? 2 : 0);
		const references = this.findReferences(kind, tuple);
		this.references.push(references.length === 0 ? nobody : [...new Set(references)]);
		if (this.kinds.length * 2 > this.table.length) this.growTable();
		return id;
	}

	private growTable(): void {
		const table = new Int32Array(this.table.length * 4);
		const mask = table.length - 1;
		for (let id = 1; id < this.kinds.length; id++) {
			let hash = mixNumber(0x1234567, this.kinds.data[id] ?? 0);
			const end = this.starts.data[id + 1] ?? 0;
			for (let at = this.starts.data[id] ?? 0; at < end; at++) hash = mixNumber(hash, this.cells.data[at] ?? 0);
			let place = (hash ^ (hash >>> 16)) & mask;
			while (table[place] !== 0) place = (place + 1) & mask;
			table[place] = id;
		}
		this.table = table;
	}

	kind(id: number): number {
		return this.kinds.data[id] ?? 0;
	}

	/** The number at one place of a component; `absent` for the empty one. */
	value(id: number, index: number): number {
		return id === 0 ? absent : (this.cells.data[(this.starts.data[id] ?? 0) + index] ?? absent);
	}

	tuple(id: number): number[] {
		const tuple: number[] = [];
		const end = this.starts.data[id + 1] ?? 0;
		for (let at = this.starts.data[id] ?? 0; at < end; at++) tuple.push(this.cells.data[at] ?? 0);
		return tuple;
	}

	isRunning(id: number): boolean {
		return this.flags.data[id] === 1;
	}

	isFreed(id: number): boolean {
		return this.flags.data[id] === 2;
	}

	/** Whether the component has a pointer to the object. */
	refersTo(id: number, object: number): boolean {
		return this.referencesOf(id).includes(object);
	}

	/** The objects to which the component has pointers, each once. */
	referencesOf(id: number): readonly number[] {
		return this.references[id] ?? nobody;
	}

	/** The component that differs in one place. */
	withValue(id: number, index: number, value: number): number {
		const mask = this.memoResults.length - 1;
		let hash = Math.imul(id, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(value | 0, 0xc2b2ae35);
		hash ^= hash >>> 15;
		let place = hash & mask;
		for (;;) {
			const result = this.memoResults[place] ?? 0;
			if (result === 0) break;
			if (this.memoComponents[place] === id && this.memoIndices[place] === index && this.memoValues[place] === value) {
				return result;
			}
			place = (place + 1) & mask;
		}
		const tuple = this.tuple(id);
		tuple[index] = value;
		const result = this.intern((this.kinds.data[id] ?? 0) as ComponentKind, tuple);
		this.memoComponents[place] = id;
		this.memoIndices[place] = index;
		this.memoValues[place] = value;
		this.memoResults[place] = result;
		if (++this.memoCount * 2 > this.memoResults.length) this.growMemo();
		return result;
	}

	private growMemo(): void {
		const { memoComponents, memoIndices, memoValues, memoResults } = this;
		const size = memoResults.length * 4;
		const mask = size - 1;
		this.memoComponents = new Int32Array(size);
		this.memoIndices = new Int32Array(size);
		this.memoValues = new Float64Array(size);
		this.memoResults = new Int32Array(size);
		for (let old = 0; old < memoResults.length; old++) {
			const result = memoResults[old] ?? 0;
			if (result === 0) continue;
			const id = memoComponents[old] ?? 0;
			const index = memoIndices[old] ?? 0;
			const value = memoValues[old] ?? 0;
			let hash = Math.imul(id, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(value | 0, 0xc2b2ae35);
			hash ^= hash >>> 15;
			let place = hash & mask;
			while (this.memoResults[place] !== 0) place = (place + 1) & mask;
			this.memoComponents[place] = id;
			this.memoIndices[place] = index;
			this.memoValues[place] = value;
			this.memoResults[place] = result;
		}
	}
}
