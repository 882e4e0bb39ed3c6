/** Where a context stands, in words of the source. */

import { splitLines } from '../inspect/source-view.ts';
import { positionOf } from '../language/code.ts';
import type { MachineState, StackFrame } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';

/** A place in the code of a context. */
export interface Place {
	readonly context: number;
	/** Frames on the stack, 1 for the entry function. */
	readonly depth: number;
	/** Index into Program.functions. */
	readonly function: number;
	readonly name: string;
	readonly file: string;
	readonly line: number;
	/** Whether the next instruction begins a statement. */
	readonly atStatement: boolean;
	readonly instruction: number;
}

/**
 * Where `context` stands; `frame` counts outwards from 0, the innermost. In an outer frame that is the line of the call.
 * Null when the context has no such frame (it is done, or idle).
 */
export function placeOf(target: Target, state: MachineState, context: number, frame = 0): Place | null {
	const frames = state.contexts[context]?.frames ?? [];
	const at = frames.length - 1 - frame;
	const found = frames[at];
	const fn = found === undefined ? undefined : target.machine.program.functions[found.function];
	if (found === undefined || fn === undefined) return null;
	const instruction = frame === 0 ? found.instruction : Math.max(0, found.instruction - 1);
	const position = positionOf(target.machine.program, fn, instruction);
	return {
		context,
		depth: at + 1,
		function: found.function,
		name: fn.name,
		file: position.file,
		line: position.line,
		atStatement: fn.lines[instruction]?.statement ?? false,
		instruction,
	};
}

/** `vb_alloc at mm/vmalloc.c:88`. */
export function placeText(place: Place): string {
	return `${place.name} at ${place.file}:${place.line}`;
}

/** The text of a line, tabs expanded; empty when there is none. */
export function sourceLine(target: Target, file: string, line: number): string {
	const found = target.machine.program.files.find((candidate) => candidate.path === file);
	return found === undefined ? '' : (splitLines(found)[line - 1]?.text ?? '');
}

/** The context that an actor belongs to: itself for a CPU and the callback context, the CPU for its interrupt and its MMU. */
export function contextOfActor(target: Target, actor: number): number {
	const { cpus } = target.machine.configuration;
	if (actor <= cpus) return actor;
	return actor <= 2 * cpus ? actor - cpus - 1 : actor - 2 * cpus - 1;
}

/** What became of a function between two states of one context: entered anew and still there, or perhaps (see below). */
export type Entry = 'no' | 'yes' | 'unclear';

/**
 * Whether `fn` was entered on the way from stack `before` to stack `after` and has not returned. `unclear` when the innermost
 * frame is the same as before by all that can be seen but stands at the function's first statement: it was called again from
 * the same place, or the code jumped back to its start.
 */
export function entered(
	before: readonly StackFrame[],
	after: readonly StackFrame[],
	fn: number,
	firstStatement: number,
): Entry {
	let same = 0;
	while (same < before.length && same < after.length) {
		const a = before[same];
		const b = after[same];
		if (a === undefined || b === undefined || a.function !== b.function) break;
		same++;
		// A frame that was or is the innermost one moves; all others are the same only while they wait for the same call.
		if (same === before.length || same === after.length || a.instruction !== b.instruction) break;
	}
	if (after.slice(same).some((frame) => frame.function === fn)) return 'yes';
	const innermost = after.at(-1);
	const previous = before.at(-1);
	const jumped =
		innermost !== undefined &&
		innermost.function === fn &&
		innermost.instruction === firstStatement &&
		same === after.length &&
		!(before.length === after.length && previous?.instruction === firstStatement);
	return jumped ? 'unclear' : 'no';
}
