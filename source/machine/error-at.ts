import { positionOf } from '../language/code.ts';
import { type Machine, MachineError } from './machine.ts';
import type { Stamp } from './state.ts';

/** A MachineError that names the place in the model's text. */
export function errorAt(machine: Machine, at: Stamp, message: string): MachineError {
	const fn = machine.program.functions[at.function];
	if (fn === undefined) return new MachineError(message, '');
	const { file, line, column } = positionOf(machine.program, fn, at.instruction);
	return new MachineError(message, `${file}:${line}:${column}`);
}
