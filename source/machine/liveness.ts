/**
 * Which registers of a frame still matter: those that some way onwards reads before it writes them, other than time stamps.
 * What does not matter decides nothing, so it takes no part in the identity of a state and keeps no object from being forgotten.
 */

import type { FunctionCode, Instruction, Program, Register } from '../language/code.ts';
import { primitives } from '../language/primitives.ts';
import type { Type } from '../language/types.ts';
import type { StackFrame } from './state.ts';

/** Registers that an instruction reads. */
function readBy(instruction: Instruction): readonly Register[] {
	switch (instruction.op) {
		case 'move':
		case 'cast':
			return [instruction.source];
		case 'unary':
			return [instruction.operand];
		case 'binary':
			return [instruction.left, instruction.right];
		case 'branch':
			return [instruction.condition];
		case 'awaitEnd':
			return instruction.waker === undefined ? [instruction.condition] : [instruction.condition, instruction.waker];
		case 'global':
			return instruction.cpu === null ? [] : [instruction.cpu];
		case 'field':
		case 'load':
			return [instruction.pointer];
		case 'index':
			return [instruction.pointer, instruction.index];
		case 'store':
			return [instruction.pointer, instruction.source];
		case 'call':
		case 'primitive':
			return instruction.arguments;
		case 'callPointer':
			return [instruction.callee, ...instruction.arguments];
		case 'return':
			return instruction.source === null ? [] : [instruction.source];
		case 'constant':
		case 'local':
		case 'jump':
		case 'fence':
		case 'atomicBegin':
		case 'atomicEnd':
		case 'awaitBegin':
		case 'ghostBegin':
		case 'ghostEnd':
			return [];
	}
}

/** The register that an instruction writes, or null. */
function writtenBy(instruction: Instruction): Register | null {
	return 'result' in instruction ? instruction.result : null;
}

function successors(instruction: Instruction, index: number): readonly number[] {
	if (instruction.op === 'jump') return [instruction.target];
	if (instruction.op === 'branch') return [index + 1, instruction.target];
	return instruction.op === 'return' ? [] : [index + 1];
}

function isStep(type: Type | undefined): boolean {
	return type?.kind === 'machine' && type.name === 'step';
}

/** Whether an instruction writes a time stamp, given which registers hold nothing else. */
function writesStep(program: Program, instruction: Instruction, steps: readonly boolean[]): boolean {
	switch (instruction.op) {
		case 'load':
		case 'cast':
			return isStep(instruction.type);
		case 'move':
			return steps[instruction.source] === true;
		case 'call':
			return isStep(program.functions[instruction.function]?.type.result);
		case 'primitive':
			return primitives[instruction.name].signature.startsWith('step_t ');
		default:
			return false;
	}
}

/** By register, whether nothing but time stamps is ever written to it. */
function stepRegisters(program: Program, fn: FunctionCode): readonly boolean[] {
	const steps = Array.from({ length: fn.registers }, (_, register) => isStep(fn.type.parameters[register] ?? stepType));
	for (let isChanging = true; isChanging; ) {
		isChanging = false;
		for (const instruction of fn.code) {
			const written = writtenBy(instruction);
			if (written === null || steps[written] !== true || writesStep(program, instruction, steps)) continue;
			steps[written] = false;
			isChanging = true;
		}
	}
	return steps;
}

const stepType: Type = { kind: 'machine', name: 'step' };

const tables = new WeakMap<FunctionCode, readonly (readonly Register[])[]>();

/** The registers that matter before each instruction, in ascending order. */
export function liveRegisters(program: Program, fn: FunctionCode): readonly (readonly Register[])[] {
	let table = tables.get(fn);
	if (table === undefined) {
		const steps = stepRegisters(program, fn);
		table = compute(fn).map((live) => live.filter((register) => steps[register] !== true));
		tables.set(fn, table);
	}
	return table;
}

function compute({ code, registers }: FunctionCode): readonly (readonly Register[])[] {
	const words = Math.ceil(registers / 32);
	const live = code.map(() => new Uint32Array(words));
	const before = new Uint32Array(words);
	for (let isChanging = true; isChanging; ) {
		isChanging = false;
		for (let index = code.length - 1; index >= 0; index--) {
			const instruction = code[index];
			const current = live[index];
			if (instruction === undefined || current === undefined) continue;
			before.fill(0);
			for (const successor of successors(instruction, index)) {
				const after = live[successor];
				for (let word = 0; word < words; word++) before[word] = (before[word] ?? 0) | (after?.[word] ?? 0);
			}
			const written = writtenBy(instruction);
			if (written !== null) before[written >> 5] = (before[written >> 5] ?? 0) & ~(1 << (written & 31));
			for (const read of readBy(instruction)) before[read >> 5] = (before[read >> 5] ?? 0) | (1 << (read & 31));
			if (before.some((word, at) => word !== current[at])) {
				current.set(before);
				isChanging = true;
			}
		}
	}
	return live.map((bits) => {
		const list: number[] = [];
		for (let register = 0; register < registers; register++) {
			if (((bits[register >> 5] ?? 0) & (1 << (register & 31))) !== 0) list.push(register);
		}
		return list;
	});
}

/** The registers of a frame that matter, in ascending order; null when its code is not known, so that all do. */
export function liveIn(program: Program, { function: fn, instruction }: StackFrame): readonly Register[] | null {
	const code = program.functions[fn];
	return (code === undefined ? undefined : liveRegisters(program, code)[instruction]) ?? null;
}

/** Calls `visit` for each register of a frame that matters, in ascending order. A caller's result is still to be written. */
export function visitLive(
	program: Program,
	frame: StackFrame,
	pending: Register | null,
	visit: (value: number) => void,
): void {
	const live = liveIn(program, frame);
	if (live === null) {
		for (const value of frame.registers) visit(value);
		return;
	}
	for (const register of live) if (register !== pending) visit(frame.registers[register] ?? 0);
}
