/**
 * A small breadth-first search over op steps, to confirm verdicts by search. It is simple on purpose, so that it can be believed;
 * mmstep's checker is another program.
 */

import { fingerprint } from '../../source/machine/identity.ts';
import type { Choice, Machine } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import type { Violation } from '../../source/machine/violation.ts';

export interface Found {
	readonly violation: Violation;
	/** Op steps to it. */
	readonly depth: number;
	readonly path: readonly Choice[];
}

export interface Exploration {
	/** The first of each kind and title, in order of depth; warnings too. */
	readonly found: readonly Found[];
	readonly states: number;
	/** The states in which nothing can go on. */
	readonly ends: readonly MachineState[];
	/** False when the bound was reached. */
	readonly complete: boolean;
}

interface Node {
	readonly state: MachineState;
	readonly parent: Node | null;
	readonly choice: Choice | null;
	readonly depth: number;
}

/** Visits every state that can be reached, up to a number of them. A violation does not end the search on its path. */
export function explore(machine: Machine, maxStates = 200_000): Exploration {
	const start = initialState(machine);
	const found = new Map<string, Found>();
	const note = (violations: readonly Violation[], node: Node): void => {
		for (const violation of violations) {
			const key = `${violation.kind}|${violation.severity}|${violation.title}`;
			if (!found.has(key)) found.set(key, { violation, depth: node.depth, path: pathOf(node) });
		}
	};
	const root: Node = { state: start.state, parent: null, choice: null, depth: 0 };
	const seen = new Set([fingerprint(machine, start.state)]);
	note(start.violations, root);
	const queue: Node[] = [root];
	const ends: MachineState[] = [];
	for (let next = 0; next < queue.length; next++) {
		const node = queue[next];
		if (node === undefined) break;
		const possible = choices(machine, node.state);
		if (possible.length === 0) ends.push(node.state);
		for (const choice of possible) {
			const { state, violations } = step(machine, node.state, choice, 'op');
			const after: Node = { state, parent: node, choice, depth: node.depth + 1 };
			note(violations, after);
			const key = fingerprint(machine, state);
			if (seen.has(key)) continue;
			seen.add(key);
			if (seen.size >= maxStates) return { found: [...found.values()], states: seen.size, ends, complete: false };
			queue.push(after);
		}
	}
	return { found: [...found.values()], states: seen.size, ends, complete: true };
}

function pathOf(node: Node): Choice[] {
	const path: Choice[] = [];
	for (let at: Node | null = node; at !== null; at = at.parent) if (at.choice !== null) path.unshift(at.choice);
	return path;
}

/** Kinds of the violations found, sorted, each once; warnings and notes do not count. */
export function kindsOf({ found }: Pick<Exploration, 'found'>): string[] {
	return [
		...new Set(
			found.filter(({ violation }) => violation.severity === 'violation').map(({ violation }) => violation.kind),
		),
	].sort();
}
