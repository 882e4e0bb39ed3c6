import { describe, expect, it } from 'vitest';
import { BreadthFirstSearch } from '../../source/explore/breadth-first.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import { initialState } from '../../source/machine/step.ts';
import { countRing, ringMachine } from './ring.ts';

const unbounded = { states: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

function search(cpus: number, rounds: number): BreadthFirstSearch {
	const machine = ringMachine(cpus, rounds);
	const transitions = new Transitions(machine);
	const found = new BreadthFirstSearch(transitions, transitions.encode(initialState(machine).state), unbounded);
	found.run();
	return found;
}

describe('search without reduction', () => {
	it.each([
		[3, 1],
		[4, 1],
		[4, 2],
		[5, 1],
		[6, 1],
	])('meets the states of a ring of %i CPUs and %i rounds, and no others', (cpus, rounds) => {
		const { states, transitionCount, found, isComplete, depth } = search(cpus, rounds);
		const expected = countRing(cpus, rounds);
		expect({ states: states.count, transitions: transitionCount }).toEqual(expected);
		expect({ found: found.size, isComplete }).toEqual({ found: 0, isComplete: true });
		// Nobody's action can be saved, so every way to the end is as long.
		expect(depth).toBe(5 * cpus * rounds);
	});

	it('stops at its bounds, and goes on from there', () => {
		const machine = ringMachine(4, 1);
		const transitions = new Transitions(machine);
		const bounded = new BreadthFirstSearch(transitions, transitions.encode(initialState(machine).state), {
			...unbounded,
			depth: 3,
		});
		bounded.run();
		expect(bounded.isComplete).toBe(false);
		expect(bounded.depth).toBe(3);
		bounded.bounds = { ...unbounded, states: 100 };
		bounded.run();
		expect(bounded.isComplete).toBe(false);
		expect(bounded.states.count).toBeGreaterThanOrEqual(100);
		bounded.bounds = unbounded;
		bounded.run();
		expect(bounded.isComplete).toBe(true);
		expect(bounded.states.count).toBe(countRing(4, 1).states);
	});
});
