import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint, identityOf } from '../../source/machine/identity.ts';
import type { Choice, Grain, Machine, StepResult } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import { outcomes } from './play.ts';
import { randomModel, randomSchedule } from './random-model.ts';

interface Move {
	readonly choice: Choice;
	readonly grain: Grain;
}

/** Plays a schedule of picks; returns every result, the start first, and what was done. */
function playPicks(
	machine: Machine,
	picks: readonly (readonly [number, Grain])[],
): { readonly results: readonly StepResult[]; readonly moves: readonly Move[] } {
	const results = [initialState(machine)];
	const moves: Move[] = [];
	for (const [pick, grain] of picks) {
		const state = results.at(-1)?.state;
		if (state === undefined) break;
		const open = choices(machine, state);
		const choice = open[pick % open.length];
		if (choice === undefined) break;
		moves.push({ choice, grain });
		results.push(step(machine, state, choice, grain));
	}
	return { results, moves };
}

function unfrozenPath(value: unknown, path = 'state'): string | null {
	if (typeof value !== 'object' || value === null) return null;
	if (!Object.isFrozen(value)) return path;
	for (const [key, part] of Object.entries(value)) {
		const found = unfrozenPath(part, `${path}.${key}`);
		if (found !== null) return found;
	}
	return null;
}

describe('any schedule of any small model', () => {
	it('replays to the same states, and from any snapshot on to the same ones again', () => {
		fc.assert(
			fc.property(randomModel(6), randomSchedule, (machine, picks) => {
				const { results, moves } = playPicks(machine, picks);
				const again = playPicks(machine, picks);
				expect(again.results).toEqual(results);
				for (const [index, { choice, grain }] of moves.entries()) {
					const before = results[index];
					if (before !== undefined) expect(step(machine, before.state, choice, grain)).toEqual(results[index + 1]);
				}
			}),
			{ numRuns: 150 },
		);
	});

	it('never changes a snapshot, and freezes it all the way down', () => {
		fc.assert(
			fc.property(randomModel(6), randomSchedule, (machine, picks) => {
				const states: MachineState[] = [initialState(machine).state];
				const texts = [JSON.stringify(states[0])];
				for (const [pick, grain] of picks) {
					const state = states.at(-1);
					if (state === undefined) break;
					const open = choices(machine, state);
					const choice = open[pick % open.length];
					if (choice === undefined) break;
					const next = step(machine, state, choice, grain).state;
					states.push(next);
					texts.push(JSON.stringify(next));
				}
				expect(states.map((state) => JSON.stringify(state))).toEqual(texts);
				expect(states.map((state) => unfrozenPath(state)).filter((path) => path !== null)).toEqual([]);
			}),
			{ numRuns: 100 },
		);
	});

	it('has equal fingerprints for equal states, and different ones for different states', () => {
		fc.assert(
			fc.property(randomModel(6), randomSchedule, randomSchedule, (machine, one, other) => {
				const states = [...playPicks(machine, one).results, ...playPicks(machine, other).results];
				const byPrint = new Map<string, string>();
				const byText = new Map<string, string>();
				for (const { state } of states) {
					const text = identityOf(machine, state);
					const print = fingerprint(machine, state);
					expect(print).toMatch(/^[0-9a-f]{16}$/);
					expect(byPrint.get(print) ?? text).toBe(text);
					expect(byText.get(text) ?? print).toBe(print);
					byPrint.set(print, text);
					byText.set(text, print);
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('goes on alike from states of one identity', () => {
		fc.assert(
			fc.property(randomModel(4, 2), randomSchedule, randomSchedule, (machine, one, other) => {
				const seen = new Map<string, MachineState>();
				for (const { state } of [...playPicks(machine, one).results, ...playPicks(machine, other).results]) {
					const identity = identityOf(machine, state);
					const twin = seen.get(identity);
					seen.set(identity, state);
					if (twin === undefined || twin === state) continue;
					const open = choices(machine, state);
					expect(choices(machine, twin)).toEqual(open);
					for (const choice of open) {
						const next = step(machine, state, choice, 'op');
						const nextOfTwin = step(machine, twin, choice, 'op');
						expect(identityOf(machine, nextOfTwin.state)).toBe(identityOf(machine, next.state));
						expect(nextOfTwin.violations.map(({ kind }) => kind)).toEqual(next.violations.map(({ kind }) => kind));
					}
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('reaches by lines nothing that ops do not reach', () => {
		const cells = (state: MachineState) => JSON.stringify(state.objects.slice(1, 7).map((object) => object?.cells));
		fc.assert(
			fc.property(randomModel(3, 2), (machine) => {
				const byOps = new Set(outcomes(machine, cells, 'op'));
				expect(outcomes(machine, cells, 'line').filter((outcome) => !byOps.has(outcome))).toEqual([]);
			}),
			{ numRuns: 40 },
		);
	});
});
