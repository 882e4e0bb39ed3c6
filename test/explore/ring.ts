/** The ring of fixtures/scenarios/ring, compiled for any size, and the same ring on paper. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileModel } from '../../source/language/compile.ts';
import type { Machine } from '../../source/machine/machine.ts';

const root = join(import.meta.dirname, '../..');

/** N CPUs between N locks, each doing M rounds. */
export function ringMachine(cpus: number, rounds: number, config: Readonly<Record<string, string>> = {}): Machine {
	const program = compileModel({
		files: ['ring.c'],
		config: { NR_CPUS: String(cpus), CONFIG_ROUNDS: String(rounds), ...config },
		read: (path) => {
			try {
				return readFileSync(
					join(root, path === 'ring.c' ? 'fixtures/scenarios/ring/ring.c' : `scenarios/${path}`),
					'utf8',
				);
			} catch {
				return null;
			}
		},
	});
	return {
		program,
		configuration: {
			cpus,
			frames: 1,
			tableSizes: [1],
			pageSize: 4096,
			rcu: 'preemptible',
			fill: 'explicit',
			memoryModel: 'sc',
			maxInstructions: 200_000,
			maxStackDepth: 64,
			maxObjects: 2000,
		},
		setup: null,
		entries: Array.from({ length: cpus }, () => 'dine'),
		mutedKinds: [],
	};
}

/** The states and transitions of the ring, counted without any of the program's code. */
export function countRing(cpus: number, rounds: number): { readonly states: number; readonly transitions: number } {
	// A CPU is how many of its 5 * rounds actions it has done. It holds its lower lock after the first until the fifth, the other
	// after the second until the fourth.
	const lower = (cpu: number) => Math.min(cpu, (cpu + 1) % cpus);
	const upper = (cpu: number) => Math.max(cpu, (cpu + 1) % cpus);
	const holds = (cpu: number, done: number, lock: number) =>
		(lock === lower(cpu) && done % 5 >= 1) || (lock === upper(cpu) && (done % 5 === 2 || done % 5 === 3));
	const isFree = (state: readonly number[], lock: number) => !state.some((done, cpu) => holds(cpu, done, lock));
	const start = Array.from({ length: cpus }, () => 0);
	const seen = new Set([start.join()]);
	let transitions = 0;
	for (const queue = [start]; queue.length > 0; ) {
		const state = queue.pop() ?? start;
		for (const [cpu, done] of state.entries()) {
			const action = done % 5;
			if (done === 5 * rounds) continue;
			if (action === 0 && !isFree(state, lower(cpu))) continue;
			if (action === 1 && !isFree(state, upper(cpu))) continue;
			transitions++;
			const next = state.with(cpu, done + 1);
			if (seen.has(next.join())) continue;
			seen.add(next.join());
			queue.push(next);
		}
	}
	return { states: seen.size, transitions };
}
