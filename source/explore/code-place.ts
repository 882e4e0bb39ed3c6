/** Places of traced ops, as reports write them. */

import { positionOf } from '../language/code.ts';
import type { Machine } from '../machine/machine.ts';
import type { CodePlace } from '../machine/trace.ts';
import type { StackEntry } from '../machine/violation.ts';

/** The function, file and line of a place; empty and 0 for what is no place of the program. */
export function entryAt({ program }: Machine, { function: index, instruction }: CodePlace): StackEntry {
	const fn = program.functions[index];
	if (fn === undefined) return { function: '', file: '', line: 0 };
	const { file, line } = positionOf(program, fn, instruction);
	return { function: fn.name, file, line };
}
