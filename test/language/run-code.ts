import type { Instruction, Program } from '../../source/language/code.ts';
import { compileModel } from '../../source/language/compile.ts';
import { binary, convert, unary } from '../../source/language/integer.ts';

/** Compiles texts that are files of one model. */
export function compileTexts(
	texts: Readonly<Record<string, string>>,
	files: readonly string[] = Object.keys(texts).filter((path) => path.endsWith('.c')),
	config: Readonly<Record<string, string>> = {},
): Program {
	return compileModel({ files, config, read: (path) => texts[path] ?? null });
}

export function compileText(text: string): Program {
	return compileTexts({ 'test.c': text });
}

/** What the sequential code of one thread did. */
export interface Run {
	readonly result: number;
	/** Names of the primitives that were called, with their arguments. */
	readonly primitives: readonly string[];
	readonly instructions: number;
}

/**
 * Runs a function on a flat memory, a machine of the tests' own: one thread, no locks, kzalloc for the heap. It knows nothing of
 * the machine of source/machine, so that the two can be compared.
 */
export function runFunction(program: Program, name: string, values: readonly number[] = [], fuel = 100_000): Run {
	const memory: number[] = new Array(16).fill(0);
	const allocate = (cells: readonly number[]): number => memory.push(...cells) - cells.length;
	const globals = program.globals.map(({ initial }) => allocate(initial));
	for (const [index, { addresses }] of program.globals.entries()) {
		for (const { cell, global, offset } of addresses) {
			memory[(globals[index] ?? 0) + cell] = (globals[global] ?? 0) + offset;
		}
	}
	const primitives: string[] = [];
	let instructions = 0;

	const call = (index: number, parameters: readonly number[]): number => {
		const fn = program.functions[index];
		if (fn === undefined) throw new Error(`no function ${index}`);
		const registers = new Array<number>(fn.registers).fill(0);
		for (const [register, value] of parameters.entries()) registers[register] = value;
		const locals = fn.memoryLocals.map(({ layout }) => {
			const cells = program.layouts[layout]?.cells.length ?? 0;
			return allocate(new Array<number>(cells).fill(0));
		});
		const get = (register: number): number => registers[register] ?? 0;
		for (let next = 0; ; next++) {
			const i: Instruction | undefined = fn.code[next];
			if (i === undefined) throw new Error(`${fn.name} ran off its end`);
			if (instructions++ > fuel) throw new Error(`${fn.name} does not end`);
			const set = (value: number): void => {
				if ('result' in i && i.result !== null) registers[i.result] = value;
			};
			if (i.op === 'constant') set(i.value);
			else if (i.op === 'move') set(get(i.source));
			else if (i.op === 'cast') set(convert(i.type, get(i.source)));
			else if (i.op === 'unary') set(unary(i.operator, i.type, get(i.operand)));
			else if (i.op === 'binary') set(binary(i.operator, i.type, get(i.left), get(i.right)));
			else if (i.op === 'jump') next = i.target - 1;
			else if (i.op === 'branch') next = get(i.condition) === 0 ? i.target - 1 : next;
			else if (i.op === 'global') set(globals[i.global] ?? 0);
			else if (i.op === 'local') set(locals[i.local] ?? 0);
			else if (i.op === 'field') set(get(i.pointer) + i.offset);
			else if (i.op === 'index') {
				const at = get(i.index);
				if (at < 0 || at >= i.length) throw new Error(`index ${at} of ${i.length}`);
				set(get(i.pointer) + at * i.stride);
			} else if (i.op === 'load') set(memory[get(i.pointer)] ?? Number.NaN);
			else if (i.op === 'store') memory[get(i.pointer)] = get(i.source);
			else if (i.op === 'call') set(call(i.function, i.arguments.map(get)));
			else if (i.op === 'callPointer') set(call(get(i.callee) - 1, i.arguments.map(get)));
			else if (i.op === 'return') return i.source === null ? 0 : get(i.source);
			else if (i.op === 'primitive') {
				primitives.push(`${i.name}(${i.arguments.map(get).join(', ')})`);
				const cells = program.layouts[i.extra]?.cells.length ?? 0;
				set(i.name === 'kzalloc' ? allocate(new Array<number>(cells).fill(0)) : 0);
			}
		}
	};
	const result = call(
		program.functions.findIndex((fn) => fn.name === name),
		values,
	);
	return { result, primitives, instructions };
}
