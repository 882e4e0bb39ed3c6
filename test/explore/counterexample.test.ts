import { describe, expect, it } from 'vitest';
import type { CheckSettings } from '../../source/explore/check-job.ts';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import { switchesOf, withoutNeedlessSteps } from '../../source/explore/counterexample.ts';
import type { Choice } from '../../source/machine/machine.ts';
import { initialState, step } from '../../source/machine/step.ts';
import { machineOfText } from './model-text.ts';
import { ringMachine } from './ring.ts';

const circular = { CONFIG_CIRCULAR: '1' };

/**
 * The assertion fails when cpu1 reads between the two stores of cpu0. Fewest steps: cpu0 stores, cpu1 reads: 1 + 2 steps. Running
 * the noise on the way there costs steps, and would save nothing.
 */
const between = machineOfText(`#include <linux/bug.h>
int a; int b; int noise;
void cpu0(void) { WRITE_ONCE(a, 1); WRITE_ONCE(b, 1); }
void cpu1(void) { int x = READ_ONCE(a); int y = READ_ONCE(b); assert(x == y); }
void cpu2(void) { WRITE_ONCE(noise, 1); WRITE_ONCE(noise, 2); WRITE_ONCE(noise, 3); }`);

describe('counterexamples', () => {
	it.each(['switches', 'steps'] as const)(
		'of a circular wait of N CPUs have a step of each, fewest %s first',
		(shortest) => {
			const report = checkMachine(ringMachine(4, 1, circular), { ...unboundedSettings, shortest });
			const deadlock = report.findings.find(({ kind }) => kind === 'deadlock');
			expect(deadlock).toMatchObject({ steps: 4, switches: 3 });
			expect(new Set(deadlock?.trace.map(({ actor }) => actor)).size).toBe(4);
		},
	);

	it('hold no step that does not matter', () => {
		for (const reduction of [true, false]) {
			const [finding, ...others] = checkMachine(between, { ...unboundedSettings, reduction }).findings;
			expect(others).toEqual([]);
			expect(finding).toMatchObject({ kind: 'assertion', function: 'cpu1', steps: 3, switches: 1 });
			expect(finding?.trace.map(({ actor }) => actor).join('')).toBe('011');
		}
	});

	it('prefer fewer switches to fewer steps, or the other way round', () => {
		// Without having been asked, cpu0 takes the long way, but need not be interrupted.
		const machine = machineOfText(`#include <linux/bug.h>
			int asked; int answer; int noise;
			void cpu0(void)
			{
				if (!READ_ONCE(asked)) {
					WRITE_ONCE(noise, 1); WRITE_ONCE(noise, 2); WRITE_ONCE(noise, 3); WRITE_ONCE(noise, 4);
				}
				WRITE_ONCE(answer, 1);
			}
			void cpu1(void) { WRITE_ONCE(asked, 1); assert(READ_ONCE(answer) == 0); }`);
		const shape = (shortest: 'switches' | 'steps') =>
			checkMachine(machine, { ...unboundedSettings, shortest }).findings.map(({ steps, switches }) => [
				steps,
				switches,
			]);
		expect(shape('switches')).toEqual([[8, 1]]);
		expect(shape('steps')).toEqual([[4, 2]]);
	});

	it('are what the immutable machine does', () => {
		const machine = ringMachine(5, 1, circular);
		for (const { trace, kind, title } of checkMachine(machine, unboundedSettings).findings) {
			if (kind !== 'deadlock') continue;
			let result = initialState(machine);
			for (const [index, choice] of trace.entries()) {
				result = step(machine, result.state, choice, 'op');
				expect(result.violations.length > 0).toBe(index === trace.length - 1);
			}
			expect(result.violations[0]?.title).toBe(title);
		}
	});

	it('can be had from any way there by leaving steps out', () => {
		const steps = [2, 0, 2, 1, 2, 1].map((actor): Choice => ({ actor, alternative: 0 }));
		const finding = checkMachine(between, unboundedSettings).findings[0];
		if (finding === undefined) throw new Error('nothing found');
		const kept = withoutNeedlessSteps(between, initialState(between), steps, finding);
		expect(kept.map(({ actor }) => actor)).toEqual([0, 1, 1]);
		expect(switchesOf(kept)).toBe(1);
	});

	it('are as short as can be unless exactly what was expected was found', () => {
		const machine = machineOfText(`#include <linux/bug.h>
			int x; int noise;
			void cpu0(void) { WRITE_ONCE(noise, 1); WRITE_ONCE(noise, 2); WRITE_ONCE(noise, 3); WRITE_ONCE(x, 1); }
			void cpu1(void) { READ_ONCE(noise); assert(READ_ONCE(x) == 0); }`);
		const stepsOf = (anyWay: CheckSettings['anyWay']) => {
			const settings = { ...unboundedSettings, ...(anyWay !== undefined && { anyWay }) };
			return checkMachine(machine, settings).findings.map(({ kind, steps, details }) => ({ kind, steps, details }));
		};
		const shortest = stepsOf(undefined);
		expect(shortest).toMatchObject([{ kind: 'assertion', steps: 6 }]);
		expect(stepsOf([])).toEqual(shortest);
		expect(stepsOf(['leak'])).toEqual(shortest);
		expect(stepsOf(['assertion', 'leak'])).toEqual(shortest);
		for (const anyWay of [['assertion'], 'always'] as const) {
			expect(stepsOf(anyWay)).toMatchObject([{ kind: 'assertion', details: [] }]);
		}
	});

	it('stop at the first violation where one is enough', () => {
		const machine = machineOfText(`#include <linux/bug.h>
			int x;
			void cpu0(void) { assert(READ_ONCE(x) == 1); assert(READ_ONCE(x) == 2); assert(READ_ONCE(x) == 3); }`);
		const count = (allViolations: boolean) =>
			checkMachine(machine, { ...unboundedSettings, allViolations, reduction: false }).findings.length;
		expect(count(true)).toBe(1);
		expect(count(false)).toBe(1);
	});
});
