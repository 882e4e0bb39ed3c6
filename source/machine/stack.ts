/** Stack frames and the memory locals that live and die with them. */

import type { FunctionCode } from '../language/code.ts';
import { memoryOf, referenced } from './reachability.ts';
import type { StackFrame, Stamp } from './state.ts';
import type { Store } from './store.ts';

/** The registers of a frame that begins: parameters first, then zeros. */
export function firstRegisters(fn: FunctionCode, values: readonly number[]): number[] {
	const registers: number[] = [];
	for (let index = 0; index < fn.registers; index++) registers.push(values[index] ?? 0);
	return registers;
}

/** Makes the objects of a function's memory locals; returns their ids. They belong to `context`. */
export function makeLocals(store: Store, context: number, index: number, at: Stamp): readonly number[] {
	const { program } = store.machine;
	const fn = program.functions[index];
	return (fn?.memoryLocals ?? []).map(({ layout }) =>
		store.addObject({
			layout,
			origin: 'stack',
			owner: context,
			cpu: -1,
			status: 'live',
			cells: (program.layouts[layout]?.cells ?? []).map(() => 0),
			allocated: at,
			freed: null,
			name: '',
		}),
	);
}

/**
 * Where a frame of a function begins: past the zeros of locals without an initialiser. A new frame's registers are zero
 * anyway, and a declaration is no place to stop.
 */
function firstInstruction(fn: FunctionCode): number {
	const isZero = (index: number): boolean => {
		const instruction = fn.code[index];
		return instruction?.op === 'constant' && instruction.value === 0 && fn.lines[index]?.statement === false;
	};
	let index = 0;
	while (isZero(index)) index++;
	return index;
}

/** A frame at the start of a function that nobody waits for, with its memory locals. */
export function firstFrame(store: Store, context: number, index: number, values: readonly number[]): StackFrame {
	const fn = store.machine.program.functions[index];
	const at = { step: store.clock, context, function: index, instruction: 0 };
	return {
		function: index,
		instruction: fn === undefined ? 0 : firstInstruction(fn),
		registers: fn === undefined ? [] : firstRegisters(fn, values),
		locals: makeLocals(store, context, index, at),
		result: null,
	};
}

/**
 * Ends the memory locals of a frame that is gone. One that something still points to stays as a freed object, so that its use
 * is noticed. The context's frames in the store must be up to date.
 */
export function dropLocals(store: Store, locals: readonly number[], at: Stamp): void {
	for (const id of locals) store.changeObject(id, { status: 'freed', freed: at });
	const marks = store.isReferenced === undefined ? referenced(memoryOf(store)) : null;
	const isReferenced = (id: number): boolean => (marks === null ? store.isReferenced?.(id) === true : marks[id] !== 0);
	for (const id of locals.filter((local) => !isReferenced(local))) store.dropObject(id);
}
