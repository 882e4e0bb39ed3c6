/**
 * Values of the Informal Trace Format (Apalache's ADR-015), and what the model's memory looks like as such: integers as
 * `{"#bigint": "12"}` whatever their size, structs as records, arrays as lists; pointers, locks and page-table entries as the
 * words that the debugger has for them.
 */

import type { Program } from '../language/code.ts';
import { integerText } from '../language/integer.ts';
import { plainLine } from '../language/plain-text.ts';
import type { ScalarType, Type } from '../language/types.ts';
import { describeValue } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { cellCount } from '../session/expressions.ts';

export type ItfValue = boolean | string | readonly ItfValue[] | { readonly [field: string]: ItfValue };

export function itfInt(value: number | string): ItfValue {
	return { '#bigint': String(value) };
}

export function itfText(value: string): ItfValue {
	return plainLine(value);
}

/** A set of values, each once. */
export function itfSet(values: readonly ItfValue[]): ItfValue {
	const unique = new Map(values.map((value) => [JSON.stringify(value), value]));
	return { '#set': [...unique.values()] };
}

/** A map from texts; a key that comes again gets a number, so that nothing is lost. */
export function itfMap(entries: readonly (readonly [string, ItfValue])[]): ItfValue {
	const used = new Set<string>();
	return {
		'#map': entries.map(([name, value]) => {
			const plain = plainLine(name);
			let key = plain;
			for (let number = 2; used.has(key); number++) key = `${plain} (${number})`;
			used.add(key);
			return [key, value];
		}),
	};
}

export function itfSome(value: ItfValue): ItfValue {
	return { tag: 'Some', value };
}

export const itfNone: ItfValue = { tag: 'None', value: { '#tup': [] } };

/** The type of a variable of the model in the notation of Apalache's type checker, for `varTypes`. */
export function itfTypeOf(program: Program, type: Type): string {
	switch (type.kind) {
		case 'struct': {
			const fields = program.structs[type.tag]?.fields ?? [];
			return `{ ${fields.map((field) => `${field.name}: ${itfTypeOf(program, field.type)}`).join(', ')} }`;
		}
		case 'array':
			return `Seq(${itfTypeOf(program, type.element)})`;
		case 'integer':
			return type.bits === 1 ? 'Bool' : type.enumerators === undefined ? 'Int' : 'Str';
		case 'machine':
			return type.name === 'step' ? 'Int' : 'Str';
		case 'pointer':
		case 'function':
		case 'void':
			return 'Str';
	}
}

/** Cells of an object as a value of `type`. */
export function itfMemory(
	machine: Machine,
	state: MachineState,
	type: Type,
	cells: readonly number[],
	first = 0,
): ItfValue {
	switch (type.kind) {
		case 'struct': {
			const fields = machine.program.structs[type.tag]?.fields ?? [];
			return Object.fromEntries(
				fields.map((field) => [field.name, itfMemory(machine, state, field.type, cells, first + field.offset)]),
			);
		}
		case 'array': {
			const size = cellCount(machine.program, type.element);
			return Array.from({ length: type.length }, (_, index) =>
				itfMemory(machine, state, type.element, cells, first + index * size),
			);
		}
		case 'function':
		case 'void':
			return '';
		default:
			return scalar(machine, state, type, cells[first] ?? 0);
	}
}

function scalar(machine: Machine, state: MachineState, type: ScalarType, value: number): ItfValue {
	if (type.kind === 'integer') {
		if (type.bits === 1) return value !== 0;
		if (type.enumerators === undefined) return itfInt(integerText(type, value));
	}
	if (type.kind === 'machine' && type.name === 'step') return itfInt(value);
	return itfText(describeValue(machine, state, type, value));
}
