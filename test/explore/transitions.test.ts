import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../source/explore/cursor.ts';
import { type Executed, newExecuted, Transitions, WidthError } from '../../source/explore/transitions.ts';
import { identityOf } from '../../source/machine/identity.ts';
import { type Choice, type Machine, MachineError } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import { randomModel } from '../machine/random-model.ts';

/** Moves the vector of a state along a choice. */
function follow(
	transitions: Transitions,
	state: MachineState,
	choice: Choice,
): { vector: Int32Array; executed: Executed } {
	const executed = newExecuted();
	for (;;) {
		const cursor = new Cursor(transitions.encode(state));
		const leaf = transitions.leafOf(cursor.vector, choice.actor, choice.alternative);
		if (leaf === null) throw new Error('no such choice');
		try {
			transitions.execute(leaf, choice.actor, cursor, executed);
		} catch (error) {
			if (error instanceof WidthError) continue;
			throw error;
		}
		return { vector: cursor.vector, executed };
	}
}

function trimmed(vector: Int32Array): readonly number[] {
	let { length } = vector;
	while (length > 0 && vector[length - 1] === 0) length--;
	return [...vector.subarray(0, length)];
}

/** Runs both machines side by side and compares every state, and which choices there are. */
function compare(machine: Machine, picks: readonly number[]): void {
	const transitions = new Transitions(machine);
	let { state } = initialState(machine);
	const identities = new Map<string, string>();
	const vectors = new Map<string, string>();
	for (const pick of [...picks, 0]) {
		const identity = identityOf(machine, state);
		const vector = trimmed(transitions.encode(state)).join();
		// One to one: neither tells apart what the other does not.
		expect(identities.get(vector) ?? identity).toBe(identity);
		if (machine.configuration.rcu === 'preemptible') expect(vectors.get(identity) ?? vector).toBe(vector);
		identities.set(vector, identity);
		vectors.set(identity, vector);

		const open = choices(machine, state);
		expect(transitions.choices(transitions.encode(state))).toEqual(open);
		const choice = open[pick % Math.max(open.length, 1)];
		if (choice === undefined) break;
		const packed = follow(transitions, state, choice);
		try {
			const after = step(machine, state, choice, 'op');
			expect(packed.executed.error).toBeNull();
			expect(trimmed(packed.vector)).toEqual(trimmed(transitions.encode(after.state)));
			const found = packed.executed.findings.map((number) => transitions.findings[number]);
			const key = (violation: { kind: string; function: string; line: number } | undefined) =>
				`${violation?.kind} ${violation?.function} ${violation?.line}`;
			const expected = after.violations.filter(({ kind }) => kind !== 'deadlock');
			expect(found.map(key).sort()).toEqual(expected.map(key).sort());
			expect(transitions.isStuck(packed.vector)).toBe(after.violations.some(({ kind }) => kind === 'deadlock'));
			// What comes back from a vector is the state itself.
			expect(identityOf(machine, transitions.codec.decode(packed.vector))).toBe(identityOf(machine, after.state));
			state = after.state;
		} catch (error) {
			if (!(error instanceof MachineError)) throw error;
			expect(packed.executed.error).not.toBeNull();
			return;
		}
	}
}

describe('transitions over vectors', () => {
	it('are the steps of the immutable machine, on random models and schedules', () => {
		fc.assert(fc.property(randomModel(5), fc.array(fc.nat({ max: 11 }), { maxLength: 40 }), compare), { numRuns: 300 });
	});
});
