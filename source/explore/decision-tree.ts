/**
 * What a deterministic function of the state did, remembered by what it read: a tree whose inner nodes name a place of the state,
 * whose edges are the values found there, and whose leaves are outcomes. A function reads the same first place every time, and
 * which it reads next depends on what it has found; so the tree answers for every state that agrees in what was read.
 */

import type { Components } from './components.ts';
import { Float64List, Int32List } from './growing.ts';

/** Places that are no cell: their index is one of these. */
export const specialRead = {
	/** How many slots there are. */
	width: -2,
	/** `references - 1 - slot`: who points to the object that the slot field names, leaving out that slot (-1: none). See `referenceState`. */
	references: -3,
} as const;

/** What somebody other than the slots left out has: no pointer to the object, one in something live, or only in freed objects. */
export const referenceState = { none: 0, live: 1, freedOnly: 2 } as const;

/** Where the objects of a vector are, for reads of references. */
export interface VectorShape {
	readonly components: Components;
	/** The slot of object 0. */
	readonly objects: number;
}

/** Who points to an object, other than itself and the slot left out. */
export function referencesTo(shape: VectorShape, vector: Int32Array, object: number, without: number): number {
	const { components, objects } = shape;
	let found: number = referenceState.none;
	for (let slot = 0; slot < vector.length; slot++) {
		const id = vector[slot] ?? 0;
		if (id === 0 || slot === without || slot === objects + object || !components.refersTo(id, object)) continue;
		if (!components.isFreed(id)) return referenceState.live;
		found = referenceState.freedOnly;
	}
	return found;
}

/** What a run of the function read, in order, each place once. */
export interface Reads {
	readonly slots: readonly number[];
	readonly indices: readonly number[];
	readonly values: readonly number[];
}

const leafSlot = -1;
/** Nodes with more edges than this look their edges up in a map. */
const manyEdges = 8;

export class DecisionTree<Leaf> {
	private readonly shape: VectorShape;
	private readonly nodeSlots = new Int32List();
	private readonly nodeIndices = new Int32List();
	private readonly firstEdges = new Int32List();
	private readonly edgeCounts = new Int32List();
	private readonly edgeValues = new Float64List();
	private readonly edgeTargets = new Int32List();
	private readonly edgeNexts = new Int32List();
	private readonly maps = new Map<number, Map<number, number>>();
	private readonly leaves: Leaf[] = [];

	constructor(shape: VectorShape) {
		this.shape = shape;
		// Node 0 and edge 0 stand for none.
		this.addNode(leafSlot, -1);
		this.edgeValues.push(0);
		this.edgeTargets.push(0);
		this.edgeNexts.push(0);
	}

	private addNode(slot: number, index: number): number {
		this.nodeSlots.push(slot);
		this.nodeIndices.push(index);
		this.firstEdges.push(0);
		this.edgeCounts.push(0);
		return this.nodeSlots.length - 1;
	}

	/** The outcome for a state from a root (0: none yet), or null when nothing was remembered that fits. */
	find(root: number, vector: Int32Array): Leaf | null {
		const { components } = this.shape;
		const slots = this.nodeSlots.data;
		const indices = this.nodeIndices.data;
		let node = root;
		while (node !== 0) {
			const slot = slots[node] ?? leafSlot;
			const index = indices[node] ?? 0;
			if (slot === leafSlot) return this.leaves[index] ?? null;
			const value = index >= 0 ? components.value(vector[slot] ?? 0, index) : this.special(slot, index, vector);
			node = this.follow(node, value);
		}
		return null;
	}

	private special(slot: number, index: number, vector: Int32Array): number {
		if (index === specialRead.width) return vector.length;
		return referencesTo(this.shape, vector, slot, specialRead.references - 1 - index);
	}

	/** The node that an edge leads to, or 0. */
	private follow(node: number, value: number): number {
		if ((this.edgeCounts.data[node] ?? 0) > manyEdges) return this.maps.get(node)?.get(value) ?? 0;
		const values = this.edgeValues.data;
		const nexts = this.edgeNexts.data;
		let edge = this.firstEdges.data[node] ?? 0;
		while (edge !== 0 && values[edge] !== value) edge = nexts[edge] ?? 0;
		return edge === 0 ? 0 : (this.edgeTargets.data[edge] ?? 0);
	}

	private addEdge(node: number, value: number, target: number): void {
		const edge = this.edgeValues.length;
		this.edgeValues.push(value);
		this.edgeTargets.push(target);
		this.edgeNexts.push(this.firstEdges.data[node] ?? 0);
		this.firstEdges.data[node] = edge;
		const count = (this.edgeCounts.data[node] ?? 0) + 1;
		this.edgeCounts.data[node] = count;
		if (count > manyEdges) {
			let map = this.maps.get(node);
			if (map === undefined) {
				map = new Map();
				this.maps.set(node, map);
				for (let at = edge; at !== 0; at = this.edgeNexts.data[at] ?? 0) {
					map.set(this.edgeValues.data[at] ?? 0, this.edgeTargets.data[at] ?? 0);
				}
			}
			map.set(value, target);
		}
	}

	/**
	 * Remembers an outcome. Returns the root, which is new when `root` is 0.
	 * @throws Error when the function did not read what it read the last time: it is not deterministic, which must not be
	 */
	insert(root: number, reads: Reads, leaf: Leaf): number {
		const { slots, indices, values } = reads;
		this.leaves.push(leaf);
		const leafNumber = this.leaves.length - 1;
		const nodeFor = (at: number) =>
			at < slots.length ? this.addNode(slots[at] ?? 0, indices[at] ?? 0) : this.addNode(leafSlot, leafNumber);
		const start = root === 0 ? nodeFor(0) : root;
		let node = start;
		for (let at = 0; at < slots.length; at++) {
			if (this.nodeSlots.data[node] !== slots[at] || this.nodeIndices.data[node] !== indices[at]) {
				throw new Error('an operation did not read what it read before in the same place');
			}
			const value = values[at] ?? 0;
			let next = this.follow(node, value);
			if (next === 0) {
				next = nodeFor(at + 1);
				this.addEdge(node, value, next);
			}
			node = next;
		}
		return start;
	}
}
