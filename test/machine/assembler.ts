/** Programs put together by hand, for tests of the machine that must not depend on the compiler. */

import type { FunctionCode, FunctionRole, GlobalVariable, Instruction, Program } from '../../source/language/code.ts';
import type { Layout, ScalarType, Type } from '../../source/language/types.ts';
import type { Machine, MachineConfiguration } from '../../source/machine/machine.ts';

export const long: ScalarType = { kind: 'integer', name: 'long', bits: 64, signed: true };
export const bool: ScalarType = { kind: 'integer', name: 'bool', bits: 1, signed: false };
export const spinlock: ScalarType = { kind: 'machine', name: 'spinlock_t' };
export const mutex: ScalarType = { kind: 'machine', name: 'mutex' };
export const stepType: ScalarType = { kind: 'machine', name: 'step' };
export const pointer: ScalarType = { kind: 'pointer', to: { kind: 'void' } };

/** An instruction and, where it begins a statement, its line. */
export type Line = Instruction | readonly [line: number, instruction: Instruction];

interface FunctionText {
	readonly name: string;
	readonly code: readonly Line[];
	readonly parameters?: readonly Type[];
	readonly result?: Type;
	readonly role?: FunctionRole;
	readonly isLibraryHelper?: boolean;
	readonly memoryLocals?: FunctionCode['memoryLocals'];
}

interface ProgramText {
	readonly globals?: readonly { readonly name: string; readonly type: ScalarType; readonly value?: number }[];
	/** Layouts for kmalloc: index 0 and on. */
	readonly structs?: readonly { readonly tag: string; readonly fields: readonly (readonly [string, ScalarType])[] }[];
	readonly functions: readonly FunctionText[];
	readonly texts?: readonly string[];
}

/** A program. Layouts are those of `structs`, then one for each global. Instructions without a line share the last one's. */
export function assemble({ globals = [], structs = [], functions, texts = [] }: ProgramText): Program {
	const structLayouts = structs.map(
		({ tag, fields }): Layout => ({
			name: `struct ${tag}`,
			type: { kind: 'struct', tag },
			cells: fields.map(([path, type]) => ({ path, type })),
		}),
	);
	const globalLayouts = globals.map(({ type }): Layout => ({ name: 'scalar', type, cells: [{ path: '', type }] }));
	return {
		files: [{ path: 'test.c', text: Array.from({ length: 40 }, (_, line) => `line ${line + 1}`).join('\n') }],
		structs: Object.fromEntries(
			structs.map(({ tag, fields }) => [
				tag,
				{ tag, cells: fields.length, fields: fields.map(([name, type], offset) => ({ name, type, offset })) },
			]),
		),
		layouts: [...structLayouts, ...globalLayouts],
		functions: functions.map(assembleFunction),
		globals: globals.map(
			({ name, type, value = 0 }, index): GlobalVariable => ({
				name,
				type,
				layout: structs.length + index,
				file: 0,
				line: 1,
				isStatic: false,
				isPerCpu: false,
				isGhost: false,
				initial: [value],
				addresses: [],
			}),
		),
		texts: ['', ...texts],
		constants: {},
		types: {},
	};
}

function assembleFunction(text: FunctionText): FunctionCode {
	let line = 1;
	const lines = text.code.map((entry) => {
		if ('op' in entry) return { file: 0, line, column: 1, statement: false };
		line = entry[0];
		return { file: 0, line, column: 1, statement: true };
	});
	const code = text.code.map((entry) => ('op' in entry ? entry : entry[1]));
	return {
		name: text.name,
		type: { result: text.result ?? { kind: 'void' }, parameters: text.parameters ?? [] },
		file: 0,
		firstLine: 1,
		lastLine: line,
		comment: '',
		isStatic: false,
		isLibraryHelper: text.isLibraryHelper ?? false,
		role: text.role ?? 'plain',
		registers: 10,
		code,
		lines,
		locals: [],
		memoryLocals: text.memoryLocals ?? [],
	};
}

export const configuration: MachineConfiguration = {
	cpus: 2,
	frames: 4,
	tableSizes: [4],
	pageSize: 4096,
	rcu: 'preemptible',
	fill: 'explicit',
	memoryModel: 'sc',
	maxInstructions: 2000,
	maxStackDepth: 20,
	maxObjects: 100,
};

/** A machine with one CPU for each entry function. */
export function machineOf(
	program: Program,
	entries: readonly string[],
	changes: Partial<MachineConfiguration> = {},
): Machine {
	return {
		program,
		configuration: { ...configuration, cpus: entries.length, ...changes },
		setup: null,
		entries,
		mutedKinds: [],
	};
}

// Instructions, in short

export const constant = (result: number, value: number): Instruction => ({ op: 'constant', result, value });
export const global = (result: number, index: number): Instruction => ({
	op: 'global',
	result,
	global: index,
	cpu: null,
});
export const load = (result: number, from: number): Instruction => ({
	op: 'load',
	result,
	pointer: from,
	access: 'plain',
	type: long,
});
export const store = (to: number, source: number): Instruction => ({
	op: 'store',
	pointer: to,
	source,
	access: 'plain',
	type: long,
});
export const add = (result: number, left: number, right: number): Instruction => ({
	op: 'binary',
	result,
	operator: '+',
	left,
	right,
	type: long,
});
export const call = (index: number, result: number | null = null, ...values: number[]): Instruction => ({
	op: 'call',
	result,
	function: index,
	arguments: values,
});
export const leave: Instruction = { op: 'return', source: null };
export const give = (source: number): Instruction => ({ op: 'return', source });
export const primitive = (
	name: Extract<Instruction, { op: 'primitive' }>['name'],
	values: readonly number[] = [],
	result: number | null = null,
	extra = -1,
): Instruction => ({ op: 'primitive', name, arguments: values, result, extra });
