/**
 * What the state can still reach. Conservative as far as types go: a 64-bit integer may hold a pointer in disguise, a live
 * register may hold anything, and an entry's payload may be a table.
 */

import type { Layout } from '../language/types.ts';
import { visitLive } from './liveness.ts';
import type { Machine } from './machine.ts';
import { entryPayload } from './page-table-entry.ts';
import type { TlbEntry } from './state.ts';
import { type AddressSpace, type Context, type MemoryObject, pointerStride, type RcuCallback } from './state.ts';
import type { Store } from './store.ts';

/** What reachability is computed on. A state under construction and a finished one both give it. */
export interface Memory {
	readonly machine: Machine;
	readonly objects: readonly (MemoryObject | null)[];
	readonly contexts: readonly Context[];
	readonly callbacks: readonly RcuCallback[];
	readonly spaces: readonly AddressSpace[];
	readonly tlbs: readonly (readonly TlbEntry[])[];
}

/** The memory of a store as it is now. */
export function memoryOf(store: Store): Memory {
	const { machine } = store;
	const objects: (MemoryObject | null)[] = [null];
	for (let id = 1; id <= store.lastObject(); id++) objects.push(store.object(id));
	const contexts: Context[] = [];
	for (let index = 0; index <= machine.configuration.cpus; index++) contexts.push(store.context(index));
	const tlbs: (readonly TlbEntry[])[] = [];
	for (let cpu = 0; cpu < machine.configuration.cpus; cpu++) tlbs.push(store.tlb(cpu));
	return { machine, objects, contexts, callbacks: store.callbacks(), spaces: store.spaces(), tlbs };
}

const pointerCellsOf = new WeakMap<readonly Layout[], readonly Uint8Array[]>();

/** By layout, what each cell may hold: 0 no pointer, 1 a pointer, 2 an entry. */
function pointerCells(machine: Machine, layout: number): Uint8Array {
	const { layouts } = machine.program;
	let all = pointerCellsOf.get(layouts);
	if (all === undefined) {
		all = layouts.map(({ cells }) =>
			Uint8Array.from(cells, ({ type }) => {
				if (type.kind === 'pointer') return 1;
				if (type.kind === 'integer') return type.bits === 64 ? 1 : 0;
				return type.name === 'entry' ? 2 : 0;
			}),
		);
		pointerCellsOf.set(layouts, all);
	}
	return all[layout] ?? new Uint8Array(0);
}

/** Marks the objects that a value may lead to. */
type Visit = (object: number) => void;

function visitCells(machine: Machine, object: MemoryObject, visit: Visit): void {
	const kinds = pointerCells(machine, object.layout);
	const { cells } = object;
	for (let cell = 0; cell < cells.length; cell++) {
		const kind = kinds[cell];
		if (kind === 0) continue;
		const value = cells[cell] ?? 0;
		if (kind === 2) {
			if (value > 0) visit(entryPayload(value));
		} else if (value >= pointerStride) visit(Math.floor(value / pointerStride));
	}
}

function visitContexts(memory: Memory, visit: Visit): void {
	const { program } = memory.machine;
	const visitValue = (value: number): void => {
		if (value >= pointerStride) visit(Math.floor(value / pointerStride));
	};
	for (const { frames, held } of memory.contexts) {
		for (const [depth, frame] of frames.entries()) {
			visitLive(program, frame, frames[depth + 1]?.result ?? null, visitValue);
			for (const local of frame.locals) visit(local);
		}
		for (const { lock } of held) visitValue(lock);
	}
}

function visitDevices(memory: Memory, visit: Visit): void {
	for (const { argument } of memory.callbacks) visit(Math.floor(argument / pointerStride));
	for (const { root } of memory.spaces) visit(Math.floor(root / pointerStride));
	for (const entries of memory.tlbs) {
		for (const { path } of entries) for (const pointer of path) visit(Math.floor(pointer / pointerStride));
	}
}

/**
 * Which objects something may still lead to, by id: everything live, and every freed object that a live one, a register, a
 * held lock, a callback, a space, a TLB or another such freed object has a pointer to.
 */
export function referenced(memory: Memory): Uint8Array {
	const marks = new Uint8Array(memory.objects.length);
	const pending: number[] = [];
	const visit = (id: number): void => {
		if (id >= marks.length || marks[id] !== 0) return;
		marks[id] = 1;
		if (memory.objects[id]?.status === 'freed') pending.push(id);
	};
	for (const object of memory.objects) if (object?.status === 'live') visitCells(memory.machine, object, visit);
	visitContexts(memory, visit);
	visitDevices(memory, visit);
	for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
		const object = memory.objects[id];
		if (object != null) visitCells(memory.machine, object, visit);
	}
	for (let id = 0; id < marks.length; id++) if (memory.objects[id]?.status === 'live') marks[id] = 1;
	return marks;
}

/**
 * Calls `visit` with the object of every pointer in the cells of an object. The id may be that of no object.
 */
export function visitObject(machine: Machine, object: MemoryObject, visit: (object: number) => void): void {
	visitCells(machine, object, visit);
}

/** Likewise for everything that is not an object: contexts, callbacks, address spaces, TLBs. `objects` is not looked at. */
export function visitRest(memory: Memory, visit: (object: number) => void): void {
	visitContexts(memory, visit);
	visitDevices(memory, visit);
}

/** Which objects can be reached from the globals, the address spaces and the callbacks, by id. What is not is lost. */
export function reachableFromGlobals(memory: Memory): Uint8Array {
	const marks = new Uint8Array(memory.objects.length);
	const pending: number[] = [];
	const visit = (id: number): void => {
		if (id >= marks.length || marks[id] !== 0) return;
		marks[id] = 1;
		pending.push(id);
	};
	for (const [id, object] of memory.objects.entries()) if (object?.origin === 'global') visit(id);
	for (const { argument } of memory.callbacks) visit(Math.floor(argument / pointerStride));
	for (const { root } of memory.spaces) visit(Math.floor(root / pointerStride));
	for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
		const object = memory.objects[id];
		if (object != null) visitCells(memory.machine, object, visit);
	}
	return marks;
}
