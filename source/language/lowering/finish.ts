/** From what a builder emitted to code: labels resolved, unreachable instructions gone, temporaries behind the locals. */

import type { Instruction, LocalVariable, Register, SourceLine } from '../code.ts';
import { type Emitted, type FunctionBuilder, firstTemporary } from './builder.ts';

export interface Finished {
	/** The instructions that are left; jump targets are indices now. */
	readonly emitted: readonly Emitted[];
	readonly code: readonly Instruction[];
	readonly lines: readonly SourceLine[];
	readonly locals: readonly LocalVariable[];
	readonly registers: number;
	/** Whether control can reach the last instruction, taking a failed BUG_ON for the end. */
	readonly reachesEnd: boolean;
}

/** Makes code of what was emitted. The last instruction is a return. */
export function finish(builder: FunctionBuilder): Finished {
	const resolved = builder.emitted.map((each) => ({
		...each,
		instruction: withTarget(each.instruction, (label) => builder.labels[label] ?? builder.emitted.length),
	}));
	const isLive = reachable(resolved, false);
	const reachesEnd = reachable(resolved, true).at(-1) ?? false;
	removeIdleJumps(resolved, isLive);
	const newIndex: number[] = [];
	let next = 0;
	for (const live of isLive) {
		newIndex.push(next);
		if (live) next += 1;
	}
	newIndex.push(next);
	const at = (index: number): number => newIndex[index] ?? next;
	const place = (register: Register): Register =>
		register < firstTemporary ? register : register - firstTemporary + builder.mostLocals;
	const emitted = resolved
		.filter((_, index) => isLive[index])
		.map((each) => ({ ...each, instruction: withRegisters(withTarget(each.instruction, at), place) }));
	return {
		emitted,
		code: emitted.map(({ instruction }) => instruction),
		lines: emitted.map(({ file, line, column, statement }) => ({ file, line, column, statement })),
		locals: builder.variables
			.map((variable) => ({ ...variable, from: at(variable.from), to: variable.to === -1 ? next : at(variable.to) }))
			.filter(({ from, to }) => from < to),
		registers: builder.mostLocals + builder.mostTemporaries,
		reachesEnd,
	};
}

/** Whether control can get to each instruction. */
function reachable(emitted: readonly Emitted[], stopsAtBug: boolean): boolean[] {
	const seen = emitted.map(() => false);
	const rest = [0];
	for (let index = rest.pop(); index !== undefined; index = rest.pop()) {
		const instruction = emitted[index]?.instruction;
		if (instruction === undefined || seen[index]) continue;
		seen[index] = true;
		if (instruction.op === 'jump' || instruction.op === 'branch') rest.push(instruction.target);
		const isLast = instruction.op === 'jump' || instruction.op === 'return';
		const isBug = stopsAtBug && instruction.op === 'primitive' && instruction.name === '__bug';
		if (!isLast && !isBug) rest.push(index + 1);
	}
	return seen;
}

/** Jumps to what comes next anyway are dropped, except `goto` and its like: whoever steps sees them. */
function removeIdleJumps(emitted: readonly Emitted[], isLive: boolean[]): void {
	for (const [index, { instruction, statement }] of emitted.entries()) {
		if (instruction.op !== 'jump' || statement || !isLive[index] || instruction.target <= index) continue;
		const between = isLive.slice(index + 1, instruction.target);
		if (!between.includes(true)) isLive[index] = false;
	}
}

function withTarget(instruction: Instruction, place: (target: number) => number): Instruction {
	if (instruction.op !== 'jump' && instruction.op !== 'branch') return instruction;
	return { ...instruction, target: place(instruction.target) };
}

function withRegisters(instruction: Instruction, place: (register: Register) => Register): Instruction {
	const maybe = (register: Register | null): Register | null => (register === null ? null : place(register));
	switch (instruction.op) {
		case 'constant':
		case 'local':
			return { ...instruction, result: place(instruction.result) };
		case 'move':
		case 'cast':
			return { ...instruction, result: place(instruction.result), source: place(instruction.source) };
		case 'unary':
			return { ...instruction, result: place(instruction.result), operand: place(instruction.operand) };
		case 'binary':
			return {
				...instruction,
				result: place(instruction.result),
				left: place(instruction.left),
				right: place(instruction.right),
			};
		case 'branch':
			return { ...instruction, condition: place(instruction.condition) };
		case 'awaitEnd': {
			const { waker } = instruction;
			const end = { ...instruction, condition: place(instruction.condition) };
			return waker === undefined ? end : { ...end, waker: place(waker) };
		}
		case 'global':
			return { ...instruction, result: place(instruction.result), cpu: maybe(instruction.cpu) };
		case 'field':
		case 'load':
			return { ...instruction, result: place(instruction.result), pointer: place(instruction.pointer) };
		case 'index':
			return {
				...instruction,
				result: place(instruction.result),
				pointer: place(instruction.pointer),
				index: place(instruction.index),
			};
		case 'store':
			return { ...instruction, pointer: place(instruction.pointer), source: place(instruction.source) };
		case 'call':
		case 'primitive':
			return { ...instruction, result: maybe(instruction.result), arguments: instruction.arguments.map(place) };
		case 'callPointer':
			return {
				...instruction,
				result: maybe(instruction.result),
				callee: place(instruction.callee),
				arguments: instruction.arguments.map(place),
			};
		case 'return':
			return { ...instruction, source: maybe(instruction.source) };
		case 'jump':
		case 'fence':
		case 'atomicBegin':
		case 'atomicEnd':
		case 'awaitBegin':
		case 'ghostBegin':
		case 'ghostEnd':
			return instruction;
	}
}
