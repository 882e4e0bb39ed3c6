import type { FunctionCode, Instruction, Program } from '../../source/language/code.ts';
import { liveRegisters } from '../../source/machine/liveness.ts';

/** What is wrong with compiled code that any model may have; empty when nothing is. */
export function mistakesIn(program: Program): string[] {
	return program.functions.flatMap((fn) => [
		...badIndices(program, fn),
		...badRegions(fn),
		...unwrittenTemporaries(program, fn),
		...badDebugInformation(program, fn),
	]);
}

function registersOf(instruction: Instruction): number[] {
	const { result, operand, left, right, condition, cpu, pointer, index, source, callee } = {
		...{ result: null, operand: null, left: null, right: null, condition: null, cpu: null, pointer: null },
		...{ index: null, source: null, callee: null },
		...instruction,
	};
	const list = 'arguments' in instruction ? instruction.arguments : [];
	const single = [result, operand, left, right, condition, cpu, pointer, index, source, callee];
	return [...single, ...list].filter((register) => register !== null);
}

function badIndices(program: Program, fn: FunctionCode): string[] {
	const bad = (index: number, what: string): string => `${fn.name}[${index}]: ${what}`;
	return fn.code.flatMap((instruction, index) => {
		const mistakes: string[] = [];
		for (const register of registersOf(instruction)) {
			if (!(register >= 0 && register < fn.registers)) mistakes.push(bad(index, `register ${register}`));
		}
		if ('target' in instruction && fn.code[instruction.target] === undefined) mistakes.push(bad(index, 'jumps out'));
		if (instruction.op === 'global' && program.globals[instruction.global] === undefined)
			mistakes.push(bad(index, 'global'));
		if (instruction.op === 'local' && fn.memoryLocals[instruction.local] === undefined)
			mistakes.push(bad(index, 'local'));
		if (instruction.op === 'call') {
			const parameters = program.functions[instruction.function]?.type.parameters.length;
			if (parameters !== instruction.arguments.length) mistakes.push(bad(index, 'arguments'));
		}
		if (index === fn.code.length - 1 && instruction.op !== 'return' && instruction.op !== 'jump') {
			mistakes.push(bad(index, 'runs off the end'));
		}
		return mistakes;
	});
}

/** Every way to an instruction must be inside the same regions, and none may be open at a return. */
function badRegions(fn: FunctionCode): string[] {
	const around: (string | undefined)[] = [];
	const rest: [number, string][] = [[0, '']];
	for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
		const [index, regions] = item;
		const instruction = fn.code[index];
		if (instruction === undefined) continue;
		if (around[index] !== undefined) {
			if (around[index] !== regions) return [`${fn.name}[${index}]: in "${regions}" and in "${around[index]}"`];
			continue;
		}
		around[index] = regions;
		const { op } = instruction;
		let inside = regions;
		if (op === 'atomicBegin' || op === 'ghostBegin' || op === 'awaitBegin') inside = `${regions}${op[0]}`;
		if (op === 'atomicEnd' || op === 'ghostEnd' || op === 'awaitEnd') {
			if (!regions.endsWith(op[0] ?? '')) return [`${fn.name}[${index}]: ${op} in "${regions}"`];
			inside = regions.slice(0, -1);
		}
		if (op === 'return' && regions !== '') return [`${fn.name}[${index}]: returns inside "${regions}"`];
		if ('target' in instruction) rest.push([instruction.target, inside]);
		if (op !== 'jump' && op !== 'return') rest.push([index + 1, inside]);
	}
	const unreachable = fn.code.findIndex((_, index) => around[index] === undefined);
	return unreachable === -1 ? [] : [`${fn.name}[${unreachable}]: control never gets here`];
}

/** A temporary that is read on some way before it is written. Locals may be: goto can pass their declaration. */
function unwrittenTemporaries(program: Program, fn: FunctionCode): string[] {
	const named = new Set(fn.locals.flatMap(({ place }) => (place.kind === 'register' ? [place.register] : [])));
	const parameters = fn.type.parameters.length;
	return (liveRegisters(program, fn)[0] ?? [])
		.filter((register) => register >= parameters && !named.has(register))
		.map((register) => `${fn.name}: register ${register} is read before it is written`);
}

function badDebugInformation(program: Program, fn: FunctionCode): string[] {
	const mistakes: string[] = [];
	if (fn.lines.length !== fn.code.length) mistakes.push(`${fn.name}: lines`);
	if (fn.lines.some(({ file, line }) => program.files[file] === undefined || line < 1))
		mistakes.push(`${fn.name}: files`);
	for (const { name, place, from, to } of fn.locals) {
		const fits = place.kind === 'register' ? place.register < fn.registers : place.local < fn.memoryLocals.length;
		if (!fits || from < 0 || from >= to || to > fn.code.length) mistakes.push(`${fn.name}: local ${name}`);
	}
	return mistakes;
}
