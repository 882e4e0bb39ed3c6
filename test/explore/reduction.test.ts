import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BreadthFirstSearch } from '../../source/explore/breadth-first.ts';
import { canReduce, ReducedSearch } from '../../source/explore/reduction.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { initialState } from '../../source/machine/step.ts';
import { randomModel } from '../machine/random-model.ts';
import { machineOfText } from './model-text.ts';
import { ringMachine } from './ring.ts';

const unbounded = { states: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

interface Found {
	readonly findings: readonly string[];
	readonly states: number;
	readonly isComplete: boolean;
}

function search(machine: Machine, Engine: typeof BreadthFirstSearch | typeof ReducedSearch): Found {
	const transitions = new Transitions(machine);
	const run = new Engine(transitions, transitions.encode(initialState(machine).state), unbounded);
	run.run();
	const findings = [...run.found.keys()].map((number) => {
		const finding = transitions.findings[number];
		return `${finding?.kind} ${finding?.function}:${finding?.line}`;
	});
	const errors = new Set(run.errors.map(({ error }) => error.message));
	return { findings: [...findings, ...errors].sort(), states: run.states.count, isComplete: run.isComplete };
}

describe('search with reduction', () => {
	it('finds what the search without finds, on random models', () => {
		let states = 0;
		let reduced = 0;
		fc.assert(
			fc.property(randomModel(6), (machine) => {
				fc.pre(canReduce(machine));
				const all = search(machine, BreadthFirstSearch);
				const some = search(machine, ReducedSearch);
				expect(some.findings).toEqual(all.findings);
				expect(some.isComplete).toBe(true);
				expect(some.states).toBeLessThanOrEqual(all.states);
				states += all.states;
				reduced += some.states;
			}),
			{ numRuns: 300 },
		);
		expect(reduced).toBeLessThan(states);
	});

	it.each([
		[
			'loops that wait for one another',
			`int a; int b;
			void cpu0(void) { WRITE_ONCE(a, 1); while (!READ_ONCE(b)) ; assert(READ_ONCE(a) == 1); }
			void cpu1(void) { while (!READ_ONCE(a)) ; WRITE_ONCE(a, 2); WRITE_ONCE(b, 1); }
			void cpu2(void) { while (READ_ONCE(a) != 2) ; WRITE_ONCE(a, 1); }`,
		],
		[
			'a loop without end beside what has nothing to do with it',
			`int a; int b;
			void cpu0(void) { while (!READ_ONCE(a)) ; }
			void cpu1(void) { WRITE_ONCE(b, 1); assert(READ_ONCE(b) == 0); }`,
		],
	])('puts nobody off for ever: %s', (_, text) => {
		const machine = machineOfText(`#include <linux/bug.h>\n${text}`);
		const all = search(machine, BreadthFirstSearch);
		expect(all.findings).toHaveLength(1);
		expect(search(machine, ReducedSearch).findings).toEqual(all.findings);
	});

	it('keeps apart what no invariant looks at, and finds what one does', () => {
		const model = (read: string) =>
			machineOfText(`int a; int b; int x;
				static bool holds(int value) { return value < 3; }
				__invariant bool is_small(void) { return holds(READ_ONCE(${read})); }
				void cpu0(void) { WRITE_ONCE(a, 1); WRITE_ONCE(a, 2); WRITE_ONCE(a, 3); WRITE_ONCE(a, 4); }
				void cpu1(void) { WRITE_ONCE(b, 1); WRITE_ONCE(b, 2); WRITE_ONCE(b, 3); WRITE_ONCE(b, 4); }`);
		const apart = search(model('x'), ReducedSearch);
		expect(apart).toEqual({ findings: [], states: 9, isComplete: true });
		expect(search(model('a'), ReducedSearch)).toMatchObject({ findings: ['invariant cpu0:4'], isComplete: true });
		expect(search(model('a'), BreadthFirstSearch).findings).toEqual(['invariant cpu0:4']);
	});

	it('meets a small part of the ring, and finds its deadlock', () => {
		const all = search(ringMachine(6, 1), BreadthFirstSearch);
		const some = search(ringMachine(6, 1), ReducedSearch);
		expect(some).toMatchObject({ findings: [], isComplete: true });
		expect(some.states * 5).toBeLessThan(all.states);
		expect(search(ringMachine(6, 1, { CONFIG_CIRCULAR: '1' }), ReducedSearch).findings).toEqual(['deadlock :0']);
	});
});
