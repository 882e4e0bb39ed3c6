/** Where in a data structure everybody stands: the variables that point into it. */

import { contextName } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import { type MachineState, pointerStride, type StackFrame } from '../machine/state.ts';
import { variablesInScope } from './locals.ts';

/**
 * For each of the objects, the variables that point to it or into it: `CPU0 node`. Of each context only the innermost function that
 * has such variables counts: its callers' have been left behind.
 */
export function walkersOf(
	machine: Machine,
	state: MachineState,
	objects: ReadonlySet<number>,
): ReadonlyMap<number, readonly string[]> {
	const walkers = new Map<number, string[]>();
	for (const [context, { frames }] of state.contexts.entries()) {
		for (const frame of frames.toReversed()) {
			const found = pointersInto(machine, frame, objects);
			for (const { object, name } of found) {
				const of = walkers.get(object) ?? [];
				of.push(`${contextName(machine, context)} ${name}`);
				walkers.set(object, of);
			}
			if (found.length > 0) break;
		}
	}
	return walkers;
}

function pointersInto(
	machine: Machine,
	frame: StackFrame,
	objects: ReadonlySet<number>,
): readonly { readonly object: number; readonly name: string }[] {
	const fn = machine.program.functions[frame.function];
	if (fn === undefined) return [];
	return variablesInScope(fn, frame.instruction).flatMap(({ name, type, place }) => {
		if (type.kind !== 'pointer' || place.kind === 'memory') return [];
		const pointer = frame.registers[place.register] ?? 0;
		const object = Math.floor(pointer / pointerStride);
		return pointer > 0 && objects.has(object) ? [{ object, name }] : [];
	});
}
