/**
 * How a state is laid out as a vector of component ids: a slot for each context, each TLB, the frames and so on, then one for
 * each object id. A component is a tuple of numbers; this file says what stands where in it.
 */

import type { Machine } from '../machine/machine.ts';

/** What a component describes. Components of different kinds are never the same, whatever they hold. */
export const componentKind = {
	context: 1,
	tlb: 2,
	frames: 3,
	spaces: 4,
	callbacks: 5,
	flushes: 6,
	end: 7,
	object: 8,
} as const;

export type ComponentKind = (typeof componentKind)[keyof typeof componentKind];

/** Places in the component of a context. `frames`, `held` and `gracePeriod` are numbers of values (values.ts). */
export const contextField = {
	status: 0,
	frames: 1,
	held: 2,
	rcuDepth: 3,
	preemptDepth: 4,
	irqsOff: 5,
	gracePeriod: 6,
	atomicDepth: 7,
	index: 8,
} as const;

export const contextStatuses = ['running', 'idle', 'done', 'dead'] as const;

/** Places in the component of an object; its cells follow. */
export const objectField = { header: 0, status: 1, firstCell: 2 } as const;

/** Places in the component of how the run stands. */
export const endField = { alarms: 0, finished: 1 } as const;

/** Slots of a machine's states. */
export interface Slots {
	readonly contexts: number;
	readonly tlbs: number;
	readonly frames: number;
	readonly spaces: number;
	readonly callbacks: number;
	readonly flushes: number;
	readonly end: number;
	/** The slot of object id 0, which is never used: object `id` has slot `objects + id`. */
	readonly objects: number;
}

export function slotsOf(machine: Machine): Slots {
	const { cpus } = machine.configuration;
	const tlbs = cpus + 1;
	const frames = tlbs + cpus;
	// Object ids count from 1, so that the slot of id 0 can be that of the end.
	return {
		contexts: 0,
		tlbs,
		frames,
		spaces: frames + 1,
		callbacks: frames + 2,
		flushes: frames + 3,
		end: frames + 4,
		objects: frames + 4,
	};
}

/** Cells of one component at most, and a little more: what multiplies a slot in the number of a location. */
export const locationStride = 8192;

/** A stand-in for `who points to this object`, which is no cell of it. */
export const referencesField = locationStride - 1;

/** The number of a place in the state. */
export function locationOf(slot: number, index: number): number {
	return slot * locationStride + index;
}
