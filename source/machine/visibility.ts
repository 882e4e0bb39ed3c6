/** Which instructions are ops: what other actors could see, and where a context can stand between two steps. */

import type { FunctionCode, Instruction } from '../language/code.ts';
import { primitives } from '../language/primitives.ts';

/**
 * Whether an instruction touches what other actors can see. Fences have no effect without store buffers. Inside `atomic`,
 * await and ghost regions nothing is an op of its own; the first two are ops as a whole.
 */
export function isVisible(instruction: Instruction): boolean {
	switch (instruction.op) {
		case 'load':
		case 'store':
		case 'atomicBegin':
		case 'awaitBegin':
			return true;
		case 'primitive':
			return primitives[instruction.name].effect === 'visible';
		case 'constant':
		case 'move':
		case 'unary':
		case 'binary':
		case 'cast':
		case 'jump':
		case 'branch':
		case 'global':
		case 'local':
		case 'field':
		case 'index':
		case 'call':
		case 'callPointer':
		case 'return':
		case 'fence':
		case 'atomicEnd':
		case 'awaitEnd':
		case 'ghostBegin':
		case 'ghostEnd':
			return false;
	}
}

/** How the machine treats an instruction that it comes to outside every region. */
export const opKind = {
	/** Runs along with what came before. */
	invisible: 0,
	/** Begins an op. */
	visible: 1,
	/** Begins a ghost region that belongs to the op after it: at the start of a function, before anything visible. */
	ghostBefore: 2,
	/** Begins a ghost region that belongs to the op before it. */
	ghostAfter: 3,
} as const;

const kindsOf = new WeakMap<FunctionCode, Uint8Array>();

/** The opKind of every instruction of a function. */
export function opKinds(fn: FunctionCode): Uint8Array {
	let kinds = kindsOf.get(fn);
	if (kinds === undefined) {
		kinds = Uint8Array.from(fn.code, (instruction) => (isVisible(instruction) ? opKind.visible : opKind.invisible));
		let isStart = true;
		for (const [index, instruction] of fn.code.entries()) {
			if (instruction.op === 'ghostBegin') kinds[index] = isStart ? opKind.ghostBefore : opKind.ghostAfter;
			// Only what just computes in straight lines may stand between the start and a ghost region of the start.
			isStart &&= ['constant', 'move', 'unary', 'binary', 'cast', 'global', 'local', 'field'].includes(instruction.op);
		}
		kindsOf.set(fn, kinds);
	}
	return kinds;
}
