/**
 * How much memory a session's history takes, estimated from what each state does not share with the one before. A model
 * with huge objects, or a stranger's recording, must end with a message and not with a crash.
 */

import type { Context, MachineState } from '../machine/state.ts';

/** Estimated bytes that one session may hold; about half a million steps of a common model. */
export const maxWeight = 512 * 1024 * 1024;

/** A node, its state, and the one context that moved at least. */
const baseWeight = 500;
const objectWeight = 120;
const slot = 8;

/** Bytes, roughly, that `after` needs beyond what it shares with `before`. */
export function stateWeight(before: MachineState, after: MachineState): number {
	let weight = baseWeight;
	weight += listWeight(before.objects, after.objects, (object) =>
		object === null ? 0 : objectWeight + slot * object.cells.length,
	);
	weight += listWeight(before.contexts, after.contexts, contextWeight);
	weight += listWeight(before.tlbs, after.tlbs, (entries) => slot * entries.length + objectWeight);
	weight += listWeight(before.frames, after.frames, () => objectWeight);
	weight += listWeight(before.callbacks, after.callbacks, () => objectWeight);
	weight += listWeight(before.flushes, after.flushes, () => objectWeight);
	weight += listWeight(before.ranges, after.ranges, () => objectWeight);
	weight += listWeight(before.alarms, after.alarms, () => slot);
	if (before.costs !== after.costs) weight += 2 * slot * Object.keys(after.costs).length;
	return weight;
}

function contextWeight({ frames, held }: Context): number {
	const registers = frames.reduce((sum, frame) => sum + objectWeight + slot * frame.registers.length, 0);
	return objectWeight + registers + objectWeight * held.length;
}

/** The list itself when it was replaced, and what is new in it. */
function listWeight<T>(before: readonly T[], after: readonly T[], itemWeight: (item: T) => number): number {
	if (before === after) return 0;
	let weight = slot * after.length;
	for (let index = 0; index < after.length; index++) {
		const item = after[index];
		if (item !== undefined && item !== before[index]) weight += itemWeight(item);
	}
	return weight;
}
