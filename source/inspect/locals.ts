/** The variables in scope where a context stands. */

import type { FunctionCode, LocalVariable } from '../language/code.ts';
import { describeValue } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineState, StackFrame } from '../machine/state.ts';
import { describeCells } from './cells.ts';
import type { VariableView } from './views.ts';

/**
 * The variables of one stack frame, in order of declaration, inner names hiding outer ones.
 * `before` is the same frame in an earlier state, or null; values that differ say what they were.
 */
export function localsOf(
	machine: Machine,
	state: MachineState,
	frame: StackFrame,
	before: { readonly state: MachineState; readonly frame: StackFrame } | null,
): readonly VariableView[] {
	const fn = machine.program.functions[frame.function];
	if (fn === undefined) return [];
	return variablesInScope(fn, frame.instruction).map((variable) => {
		const value = valueText(machine, state, frame, fn, variable);
		const earlier =
			before !== null && before.frame.function === frame.function
				? valueText(machine, before.state, before.frame, fn, variable)
				: value;
		return {
			name: variable.name,
			type: value.type,
			value: value.text,
			before: earlier.text === value.text ? null : earlier.text,
		};
	});
}

/** The variables that an instruction may name, in order of declaration, inner ones hiding outer ones of the same name. */
export function variablesInScope(fn: FunctionCode, instruction: number): readonly LocalVariable[] {
	const inScope = new Map<string, LocalVariable>();
	for (const variable of fn.locals) {
		if (variable.from <= instruction && instruction < variable.to) inScope.set(variable.name, variable);
	}
	return [...inScope.values()];
}

function valueText(
	machine: Machine,
	state: MachineState,
	frame: StackFrame,
	fn: FunctionCode,
	variable: LocalVariable,
): { readonly type: string; readonly text: string } {
	const { place, type } = variable;
	if (place.kind === 'memory') {
		const object = state.objects[frame.locals[place.local] ?? 0] ?? null;
		const layout = machine.program.layouts[fn.memoryLocals[place.local]?.layout ?? -1];
		return {
			type: layout?.name ?? '',
			text: object === null ? 'gone' : describeCells(machine, state, object, 0, layout?.cells.length ?? 0),
		};
	}
	const register = frame.registers[place.register] ?? 0;
	return { type: typeName(variable), text: describeValue(machine, state, type, register) };
}

function typeName({ type }: LocalVariable): string {
	switch (type.kind) {
		case 'integer':
		case 'machine':
			return type.name;
		case 'struct':
			return `struct ${type.tag}`;
		case 'pointer': {
			const { to } = type;
			if (to.kind === 'struct') return `struct ${to.tag} *`;
			return to.kind === 'integer' || to.kind === 'machine' ? `${to.name} *` : 'void *';
		}
		default:
			return type.kind;
	}
}
