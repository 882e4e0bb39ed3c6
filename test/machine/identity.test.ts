import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hasher } from '../../source/machine/fingerprint-hash.ts';
import { fingerprint, identityOf } from '../../source/machine/identity.ts';
import { liveRegisters } from '../../source/machine/liveness.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { initialState, step } from '../../source/machine/step.ts';
import { assemble, constant, give, global, leave, load, long, machineOf, stepType, store } from './assembler.ts';

const program = assemble({
	globals: [
		{ name: 'x', type: long },
		{ name: 'when', type: stepType },
	],
	functions: [{ name: 'entry', code: [global(0, 0), load(1, 0), store(0, 1), load(2, 0), leave] }],
});
const machine = machineOf(program, ['entry', 'entry']);
const { state } = initialState(machine);

function withCell(object: number, value: number): MachineState {
	return {
		...state,
		objects: state.objects.map((old, id) => (old !== null && id === object ? { ...old, cells: [value] } : old)),
	};
}

describe('the identity of a state', () => {
	it('does not depend on provenance', () => {
		const stamp = { step: 9, context: 1, function: 0, instruction: 2 };
		const others: readonly MachineState[] = [
			{ ...state, clock: 99 },
			{ ...state, costs: { allocations: 3 } },
			{ ...state, ranges: [{ space: 0, start: 0, end: 4096, name: 'A' }] },
			{ ...state, objects: state.objects.map((old) => old && { ...old, name: 'A', allocated: stamp }) },
			withCell(2, 17), // a cell of type step_t
		];
		for (const other of others) {
			expect(identityOf(machine, other)).toBe(identityOf(machine, state));
			expect(fingerprint(machine, other)).toBe(fingerprint(machine, state));
		}
	});

	it('depends on everything else', () => {
		const [first, second] = state.contexts;
		if (first === undefined || second === undefined) throw new Error('no contexts');
		const [frame] = first.frames;
		if (frame === undefined) throw new Error('no frame');
		const others: readonly MachineState[] = [
			withCell(1, 17),
			withCell(1, 17 + 2 ** 32), // the low half alone is not enough
			{ ...state, contexts: [{ ...first, rcuDepth: 1 }, ...state.contexts.slice(1)] },
			{ ...state, contexts: [{ ...first, gracePeriod: [] }, ...state.contexts.slice(1)] },
			{ ...state, contexts: [{ ...first, frames: [{ ...frame, instruction: 1 }] }, ...state.contexts.slice(1)] },
			{ ...state, frames: state.frames.map((old, index) => (index === 2 ? { ...old, word: 5 } : old)) },
			{ ...state, alarms: ['invariant|x'] },
			{ ...state, finished: true },
			{ ...state, spaces: [{ name: 'kernel', root: 4096, base: 0 }] },
		];
		const prints = [state, ...others].map((other) => fingerprint(machine, other));
		expect(new Set(prints).size).toBe(prints.length);
		const texts = [state, ...others].map((other) => identityOf(machine, other));
		expect(new Set(texts).size).toBe(texts.length);
	});

	it('leaves dead registers out, but not those that are still to be read', () => {
		const after = step(machine, state, { actor: 0, alternative: 0 }, 'op').state;
		const [first] = after.contexts;
		const frame = first?.frames[0];
		if (first === undefined || frame === undefined) throw new Error('no frame');
		const withRegister = (register: number): MachineState => {
			const registers = frame.registers.map((old, index) => (index === register ? 77 : old));
			return { ...after, contexts: [{ ...first, frames: [{ ...frame, registers }] }, ...after.contexts.slice(1)] };
		};
		// Before the store: 0 and 1 are read by it, 2 is written before anything reads it.
		expect(fingerprint(machine, withRegister(2))).toBe(fingerprint(machine, after));
		expect(fingerprint(machine, withRegister(1))).not.toBe(fingerprint(machine, after));
	});

	it('is the same everywhere: recordings are compared with it', () => {
		// A guard, not a proof: whoever changes the hash or what is hashed breaks the fingerprints in every recording.
		expect(fingerprint(machine, state)).toBe('7d89e4f3194fa905');
	});
});

describe('live registers', () => {
	it('follow loops and branches', () => {
		const looping = assemble({
			functions: [
				{
					name: 'entry',
					code: [
						constant(0, 3), // 0
						constant(1, 1), // 1
						{ op: 'branch', condition: 0, target: 5 }, // 2
						{ op: 'binary', result: 0, operator: '-', left: 0, right: 1, type: long }, // 3
						{ op: 'jump', target: 2 }, // 4
						give(0), // 5
					],
				},
			],
		});
		const [fn] = looping.functions;
		if (fn === undefined) throw new Error('no function');
		expect(liveRegisters(looping, fn)).toEqual([[], [0], [0, 1], [0, 1], [0, 1], [0]]);
	});
});

describe('the hash', () => {
	const hashOf = (numbers: readonly number[]) => {
		const hasher = new Hasher();
		for (const number of numbers) hasher.number(number);
		const { high, low } = hasher.finish();
		return `${high},${low}`;
	};

	it('is what its definition says, computed with exact integers', () => {
		const two32 = 2n ** 32n;
		const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (32n - by))) % two32;
		const finish = (value: bigint) => {
			let h = value;
			h = ((h ^ (h >> 16n)) * 0x85ebca6bn) % two32;
			h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) % two32;
			return h ^ (h >> 16n);
		};
		const exact = (words: readonly number[]) => {
			let a = 0x2f0b4c47n;
			let b = 0x6a09e667n;
			for (const word of words) {
				const value = BigInt.asUintN(32, BigInt(word));
				a ^= (rotate((value * 0xcc9e2d51n) % two32, 15n) * 0x1b873593n) % two32;
				a = (rotate(a, 13n) * 5n + 0xe6546b64n) % two32;
				b ^= (rotate((value * 0x239b961bn) % two32, 16n) * 0xab0e9789n) % two32;
				b = (rotate(b, 17n) * 5n + 0x561ccd1bn) % two32;
			}
			const length = BigInt(words.length);
			return `${finish(a ^ length)},${finish(b ^ length ^ 0x38b34ae5n)}`;
		};
		const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
		fc.assert(fc.property(fc.array(word), (words) => hashOf(words) === exact(words)));
	});

	it('tells sequences of safe integers apart', () => {
		const numbers = fc.array(fc.oneof(fc.maxSafeInteger(), fc.nat({ max: 3 })), { maxLength: 6 });
		fc.assert(
			fc.property(numbers, numbers, (a, b) => {
				expect(hashOf(a) === hashOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
			}),
		);
	});

	it('has no collision in either half among many similar sequences worth mentioning', () => {
		const halves = [new Set<string>(), new Set<string>()];
		const count = 20_000;
		for (let index = 0; index < count; index++) {
			const [high = '', low = ''] = hashOf([index % 100, Math.floor(index / 100), 0, 1]).split(',');
			halves[0]?.add(high);
			halves[1]?.add(low);
		}
		// By chance 0.05 collisions are expected in each half.
		for (const half of halves) expect(half.size).toBeGreaterThanOrEqual(count - 2);
	});
});
