/** Runs the immutable machine and the vectors side by side, and compares every state. */

import { expect } from 'vitest';
import { Cursor } from '../../source/explore/cursor.ts';
import { type Executed, newExecuted, Transitions, WidthError } from '../../source/explore/transitions.ts';
import { identityOf } from '../../source/machine/identity.ts';
import { type Choice, type Machine, MachineError } from '../../source/machine/machine.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';

/** The state after a choice, as a vector. */
function follow(
	transitions: Transitions,
	vector: Int32Array,
	choice: Choice,
): { readonly vector: Int32Array; readonly executed: Executed } {
	const executed = newExecuted();
	for (;;) {
		const cursor = new Cursor(vector);
		cursor.widen(transitions.codec.width);
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

/**
 * Follows a schedule: pick n takes choice number n (modulo how many there are), or the picks are the choices themselves. In every state both machines have the same
 * choices, and each choice has the same outcome; two states have one vector exactly if they have one identity.
 */
export function compareMachines(machine: Machine, picks: readonly (number | Choice)[]): void {
	const transitions = new Transitions(machine);
	let { state } = initialState(machine);
	let vector = transitions.encode(state);
	const identities = new Map<string, string>();
	const vectors = new Map<string, string>();
	for (const pick of picks) {
		const identity = identityOf(machine, state);
		const text = trimmed(vector).join();
		expect(identities.get(text) ?? identity).toBe(identity);
		// Classic RCU tells apart by dead registers who has not begun.
		const isExact = machine.configuration.rcu === 'preemptible';
		if (isExact) expect(vectors.get(identity) ?? text).toBe(text);
		identities.set(text, identity);
		if (isExact) vectors.set(identity, text);

		const open = choices(machine, state);
		expect(transitions.choices(vector)).toEqual(open);
		const choice = typeof pick === 'number' ? open[pick % Math.max(open.length, 1)] : pick;
		if (choice === undefined) return;
		const packed = follow(transitions, vector, choice);
		try {
			const after = step(machine, state, choice, 'op');
			expect(packed.executed.error).toBeNull();
			const found = packed.executed.findings.map((number) => transitions.findings[number]);
			const key = (violation: { kind: string; function: string; line: number } | undefined) =>
				`${violation?.kind} ${violation?.function} ${violation?.line}`;
			// A deadlock is nobody's report, unless a model makes it.
			const isDeadlock = ({ kind, function: fn }: { kind: string; function: string }) =>
				kind === 'deadlock' && fn === '';
			const expected = after.violations.filter((violation) => !isDeadlock(violation));
			expect(found.map(key).sort()).toEqual(expected.map(key).sort());
			expect(transitions.isStuck(packed.vector)).toBe(after.violations.some(isDeadlock));
			expect(trimmed(packed.vector)).toEqual(trimmed(transitions.encode(after.state)));
			// What comes back from a vector is the state itself.
			const decoded = transitions.codec.decode(packed.vector);
			expect(identityOf(machine, decoded)).toBe(identityOf(machine, after.state));
			state = after.state;
			vector = packed.vector;
		} catch (error) {
			if (!(error instanceof MachineError)) throw error;
			expect(packed.executed.error).not.toBeNull();
			return;
		}
	}
}
