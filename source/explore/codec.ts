/** Between immutable states and vectors of component ids. Two states have the same vector exactly if they are the same state. */

import type { Machine } from '../machine/machine.ts';
import { visitObject, visitRest } from '../machine/reachability.ts';
import type { Context, MachineState, MemoryObject } from '../machine/state.ts';
import { Components } from './components.ts';
import { Cursor } from './cursor.ts';
import { reachableObjects } from './garbage.ts';
import { globalsEnd, isStepCell } from './object-layout.ts';
import {
	type ComponentKind,
	componentKind,
	contextField,
	contextStatuses,
	endField,
	objectField,
	type Slots,
	slotsOf,
} from './slots.ts';
import { constantStamp, Values } from './values.ts';

/** Object ids beyond those in use that a vector has room for at first. */
const spareObjects = 8;

export class Codec {
	readonly machine: Machine;
	readonly slots: Slots;
	readonly values: Values;
	readonly components: Components;
	/** The first object id that is no global's. */
	readonly firstDynamic: number;
	/** Slots of a vector. Grows when more objects are in use at once. */
	width: number;

	constructor(machine: Machine) {
		this.machine = machine;
		this.slots = slotsOf(machine);
		this.values = new Values(machine);
		this.components = new Components((kind, tuple) => this.findReferences(kind, tuple));
		this.firstDynamic = globalsEnd(machine);
		this.width = this.slots.objects + this.firstDynamic;
	}

	/** Makes room for an object id, and some more. */
	makeRoom(object: number): void {
		const needed = this.slots.objects + object + 1;
		if (needed > this.width) this.width = needed + spareObjects;
	}

	/** The vector of a state; freed objects that nothing leads to are no part of it. */
	encode(state: MachineState): Int32Array {
		const { slots, values, components } = this;
		this.makeRoom(state.objects.length - 1);
		const vector = new Int32Array(this.width);
		for (const [index, context] of state.contexts.entries()) {
			vector[slots.contexts + index] = this.context(index, context);
		}
		for (const [cpu, entries] of state.tlbs.entries()) {
			vector[slots.tlbs + cpu] = components.intern(componentKind.tlb, [values.tlb(entries)]);
		}
		const frames = state.frames.map((frame) => values.pageFrame(frame));
		vector[slots.frames] = components.intern(componentKind.frames, frames);
		vector[slots.spaces] = components.intern(componentKind.spaces, [values.spaces(state.spaces)]);
		vector[slots.callbacks] = components.intern(componentKind.callbacks, [values.callbacks(state.callbacks)]);
		vector[slots.flushes] = components.intern(componentKind.flushes, [values.flushes(state.flushes)]);
		const alarms = values.alarms(state.alarms);
		vector[slots.end] = components.intern(componentKind.end, [alarms, state.finished ? 1 : 0]);
		for (const [id, object] of state.objects.entries()) {
			if (object !== null) vector[slots.objects + id] = this.object(object);
		}
		const cursor = new Cursor(vector);
		this.collect(cursor);
		return cursor.vector;
	}

	context(index: number, context: Context): number {
		const { values } = this;
		const tuple: number[] = [];
		tuple[contextField.status] = contextStatuses.indexOf(context.status);
		tuple[contextField.frames] = values.frames(context.frames);
		tuple[contextField.held] = values.held(context.held);
		tuple[contextField.rcuDepth] = context.rcuDepth;
		tuple[contextField.preemptDepth] = context.preemptDepth;
		tuple[contextField.irqsOff] = context.irqsOff ? 1 : 0;
		tuple[contextField.gracePeriod] = values.gracePeriod(context.gracePeriod);
		tuple[contextField.atomicDepth] = context.atomicDepth;
		tuple[contextField.index] = index;
		return this.components.intern(componentKind.context, tuple);
	}

	object(object: MemoryObject): number {
		const tuple = [this.values.header(object), object.status === 'freed' ? 1 : 0];
		for (const [cell, value] of object.cells.entries()) {
			tuple.push(isStepCell(this.machine, object.layout, cell) ? 0 : value);
		}
		return this.components.intern(componentKind.object, tuple);
	}

	/** Takes freed objects that nothing leads to out of the state. */
	collect(cursor: Cursor): void {
		const { components, slots, firstDynamic } = this;
		const { vector } = cursor;
		const first = slots.objects + firstDynamic;
		let hasFreed = false;
		for (let slot = first; slot < vector.length && !hasFreed; slot++) {
			const id = vector[slot] ?? 0;
			hasFreed = id !== 0 && components.isFreed(id);
		}
		if (!hasFreed) return;
		const marks = reachableObjects(components, vector, slots.objects);
		for (let slot = first; slot < vector.length; slot++) {
			const id = vector[slot] ?? 0;
			if (id !== 0 && components.isFreed(id) && marks[slot - slots.objects] !== 1) cursor.set(slot, 0);
		}
	}

	/** An immutable state of that vector, with constant stamps and without names, costs and ranges. */
	decode(vector: Int32Array): MachineState {
		const { slots, values, components, machine } = this;
		const { cpus, frames } = machine.configuration;
		const field = (slot: number, index: number) => components.value(vector[slot] ?? 0, index);
		const objects: (MemoryObject | null)[] = [null];
		for (let slot = slots.objects + 1; slot < vector.length; slot++) objects.push(this.objectOf(vector[slot] ?? 0));
		while (objects.length > 1 && objects.at(-1) === null) objects.pop();
		return {
			clock: 0,
			objects,
			contexts: Array.from({ length: cpus + 1 }, (_, index) => this.contextOf(vector[slots.contexts + index] ?? 0)),
			tlbs: Array.from({ length: cpus }, (_, cpu) => values.tlbOf(field(slots.tlbs + cpu, 0))),
			spaces: values.spacesOf(field(slots.spaces, 0)),
			frames: Array.from({ length: frames + 1 }, (_, number) => values.pageFrameOf(field(slots.frames, number))),
			callbacks: values.callbacksOf(field(slots.callbacks, 0)),
			flushes: values.flushesOf(field(slots.flushes, 0)),
			ranges: [],
			costs: {},
			alarms: values.alarmsOf(field(slots.end, endField.alarms)),
			finished: field(slots.end, endField.finished) === 1,
		};
	}

	private contextOf(id: number): Context {
		return this.contextFromTuple(this.components.tuple(id));
	}

	private contextFromTuple(tuple: readonly number[]): Context {
		const { values } = this;
		const field = (index: number) => tuple[index] ?? 0;
		return {
			status: contextStatuses[field(contextField.status)] ?? 'idle',
			frames: values.framesOf(field(contextField.frames)),
			held: values.heldOf(field(contextField.held)),
			rcuDepth: field(contextField.rcuDepth),
			preemptDepth: field(contextField.preemptDepth),
			irqsOff: field(contextField.irqsOff) === 1,
			gracePeriod: values.gracePeriodOf(field(contextField.gracePeriod)),
			atomicDepth: field(contextField.atomicDepth),
		};
	}

	private objectOf(id: number): MemoryObject | null {
		return id === 0 ? null : this.objectFromTuple(this.components.tuple(id));
	}

	private objectFromTuple(tuple: readonly number[]): MemoryObject {
		const isFreed = tuple[objectField.status] === 1;
		return {
			...this.values.headerOf(tuple[objectField.header] ?? 0),
			status: isFreed ? 'freed' : 'live',
			cells: tuple.slice(objectField.firstCell),
			allocated: constantStamp,
			freed: isFreed ? constantStamp : null,
			name: '',
		};
	}

	/** The objects, other than globals, that a component has pointers to. */
	private findReferences(kind: ComponentKind, tuple: readonly number[]): readonly number[] {
		const { machine, values } = this;
		const found: number[] = [];
		const visit = (object: number): void => {
			if (object >= this.firstDynamic) found.push(object);
		};
		const nothing = { machine, objects: [], contexts: [], callbacks: [], spaces: [], tlbs: [] };
		const value = tuple[0] ?? 0;
		switch (kind) {
			case componentKind.object:
				visitObject(machine, this.objectFromTuple(tuple), visit);
				break;
			case componentKind.context:
				visitRest({ ...nothing, contexts: [this.contextFromTuple(tuple)] }, visit);
				break;
			case componentKind.tlb:
				visitRest({ ...nothing, tlbs: [values.tlbOf(value)] }, visit);
				break;
			case componentKind.callbacks:
				visitRest({ ...nothing, callbacks: values.callbacksOf(value) }, visit);
				break;
			case componentKind.spaces:
				visitRest({ ...nothing, spaces: values.spacesOf(value) }, visit);
				break;
			case componentKind.frames:
			case componentKind.flushes:
			case componentKind.end:
				break;
		}
		return found;
	}
}
