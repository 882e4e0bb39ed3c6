import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { bundledScenarios, loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { randomModel } from '../machine/random-model.ts';
import { machineOfText } from './model-text.ts';
import { compareMachines } from './side-by-side.ts';

/** Pseudo-random picks, the same every time. */
function picks(seed: number, length: number): readonly number[] {
	let value = seed;
	return Array.from({ length }, () => {
		value = (Math.imul(value, 1103515245) + 12345) & 0x7fffffff;
		return value >> 8;
	});
}

/** Some rows of each bundled scenario: programs and kernels in turn. */
const rows = bundledScenarios().flatMap(({ id }) => {
	const { programs, kernels } = loadBundled(id);
	const every = Math.ceil(programs.length / 4);
	return programs.flatMap((program, index) => {
		const kernel = kernels[(index * 5) % kernels.length];
		return index % every === 0 && kernel !== undefined ? [[id, kernel.id, program.id] as const] : [];
	});
});

function machineOf(id: string, kernel: string, program: string): Machine {
	return buildTarget(loadBundled(id), { kernel, program }).machine;
}

describe('transitions over vectors', () => {
	it('are the steps of the immutable machine, on random models and schedules', () => {
		fc.assert(
			fc.property(randomModel(5), fc.array(fc.nat({ max: 11 }), { maxLength: 40 }), (machine, schedule) =>
				compareMachines(machine, [...schedule, 0]),
			),
			{ numRuns: 200 },
		);
	});

	it.each(rows)('are the steps of the immutable machine on %s %s %s', (id, kernel, program) => {
		const machine = machineOf(id, kernel, program);
		compareMachines(machine, picks(1, 100));
	});

	it('make a translation stale when the entry that it was read from is cleared, by a store or by an exchange', () => {
		for (const clear of ['pte_clear(0, 0, &root.entry[0])', 'ptep_get_and_clear(0, 0, &root.entry[0])']) {
			const machine = machineOfText(`#include <linux/pgtable.h>
				struct table { pte_t entry[4]; };
				struct table root; int space;
				void setup(void)
				{
					space = mmu_define_space(&root, 0, "S");
					root.entry[0] = pfn_pte(frame_alloc("page"), PAGE_KERNEL);
					tlb_fill(1, space, 0);
				}
				void cpu0(void) { ${clear}; }
				void cpu1(void) { }
				__invariant bool is_fresh(void) { return !tlb_is_stale(1, 0); }`);
			expect(checkMachine(machine, unboundedSettings).findings.map(({ title }) => title)).toEqual([
				'is_fresh does not hold',
			]);
			compareMachines(machine, [0]);
		}
	});

	it('remember what invariants have found under the same names, whether ranges have names or not', () => {
		// A warning that is broken from the start, and one that begins to be so on the way.
		compareMachines(machineOf('vmap-stale-tlb', 'free-list', 'aliases'), picks(1, 60));
		const machine = machineOf('vmap-stale-tlb', 'free-list', 'unmap-and-aliases');
		const { findings } = checkMachine(machine, unboundedSettings);
		const warning = findings.find(({ kind, severity }) => kind === 'stale-tlb' && severity === 'warning');
		expect(warning?.steps).toBeGreaterThan(1);
		compareMachines(machine, [...(warning?.trace ?? []), ...picks(2, 60)]);
	});
});
