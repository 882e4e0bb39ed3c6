/**
 * The run that comes with a data race shows that very race: its last two steps are the two accesses, and happens-before along it
 * says the same. Races that begin at one line are told apart by what they are with.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { randomModel } from '../machine/random-model.ts';
import { machineOfText } from './model-text.ts';
import { racesAlong } from './observed-races.ts';

const shortests = ['switches', 'steps'] as const;

/** `title, line` of every race that a search finds; each is shown by its run. */
function racesFound(machine: Machine, settings: { reduction: boolean; shortest: 'switches' | 'steps' }): string[] {
	const { findings, problem } = checkMachine(machine, { ...unboundedSettings, ...settings });
	expect(problem).toBeNull();
	const races = findings.filter(({ kind }) => kind === 'data-race');
	for (const { title, trace, details } of races) {
		const reports = racesAlong(machine, (_open, at) => trace[at] ?? null);
		const last = reports.filter(({ step }) => step === trace.length);
		expect(last.map((report) => report.title)).toContain(title);
		expect(last.map((report) => report.details)).toContainEqual(details);
	}
	return races.map(({ title, line }) => `${title}, ${line}`).sort();
}

function eachSearch(machine: Machine): string[] {
	const [first, ...others] = [true, false].flatMap((reduction) =>
		shortests.map((shortest) => racesFound(machine, { reduction, shortest })),
	);
	for (const other of others) expect(other).toEqual(first);
	return first ?? [];
}

describe('the run to a data race', () => {
	it('shows it where one access races with those of several others, some of which come late', () => {
		const machine = machineOfText(`#include <linux/wait.h>
int x; int go; int too; int other;
void cpu0(void)
{
	x = 1;
}
void cpu1(void)
{
	int y;
	wait_event(READ_ONCE(go) == 1 && READ_ONCE(too) == 1);
	y = x;
}
void cpu2(void)
{
	int y;
	READ_ONCE(other); READ_ONCE(other); READ_ONCE(other); READ_ONCE(other);
	y = x;
}
void cpu3(void) { WRITE_ONCE(go, 1); }
void cpu4(void) { WRITE_ONCE(too, 1); }`);
		expect(eachSearch(machine)).toEqual([
			'data-race in cpu0 / cpu1: write and read of x, 5',
			'data-race in cpu0 / cpu2: write and read of x, 5',
		]);
	});

	it('shows the accesses of its title where one line reads and writes', () => {
		const machine = machineOfText(`int x;
void cpu0(void)
{
	x = 1;
}
void cpu1(void)
{
	x = x + 1;
}`);
		expect(eachSearch(machine)).toEqual([
			'data-race in cpu0 / cpu1: write and read of x, 4',
			'data-race in cpu0 / cpu1: write and write of x, 4',
		]);
	});

	it('shows it with contexts that race where others of the same code do not', () => {
		// All three run the same function, so that every race has the same title.
		const machine = machineOfText(`#include <linux/wait.h>
int x; int go;
void use(void)
{
	x = 1;
}
void cpu0(void) { wait_event(READ_ONCE(go) == 1); use(); }
void cpu1(void) { READ_ONCE(go); READ_ONCE(go); READ_ONCE(go); use(); }
void cpu2(void) { READ_ONCE(go); READ_ONCE(go); use(); WRITE_ONCE(go, 1); }`);
		expect(eachSearch(machine)).toEqual(['data-race in use: write and write of x, 5']);
	});

	it('shows it on random code', () => {
		let seen = 0;
		fc.assert(
			fc.property(randomModel(4), fc.boolean(), fc.constantFrom(...shortests), (machine, reduction, shortest) => {
				const { bound } = checkMachine(machine, { ...unboundedSettings, anyWay: 'always', maxStates: 2000 });
				fc.pre(bound === null);
				seen += racesFound(machine, { reduction, shortest }).length;
			}),
			{ numRuns: 120 },
		);
		expect(seen).toBeGreaterThan(10);
	});
});
