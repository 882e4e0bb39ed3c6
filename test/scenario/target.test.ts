import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import type { Scenario } from '../../source/scenario/scenario.ts';
import { buildTarget, codeHashOf, resolveSelection } from '../../source/scenario/target.ts';

const yaml = `title: T
files: [m.c]
machine: { cpus: 2, frames: 5, table-sizes: [4, 8] }
options:
  - { id: bits, values: [4, 8], default: 4, define: CONFIG_BITS }
  - { id: flush, values: [atomic, per-cpu], default: atomic, define: CONFIG_FLUSH }
  - { id: rcu, values: [preemptible, classic], default: preemptible, machine: rcu }
  - { id: cpus, values: [2, 3], default: 2, machine: cpus }
kernels:
  - { id: old, config: { CONFIG_OFF: n } }
  - { id: new, config: { CONFIG_ON: y, CONFIG_NUMBER: 7 } }
programs:
  - { id: one, setup: start, cpus: [{ entry: run }], options: { bits: 8 } }
  - { id: two, cpus: [{}, { entry: run }], config: { CONFIG_PROGRAM: y } }
schedules:
  - { id: s, kernels: [new], program: two, options: { flush: per-cpu }, steps: [cpu1] }
  - { id: t, steps: [cpu0] }
`;
const model = `enum {
	cpus = NR_CPUS, frames = NR_FRAMES, page = PAGE_SIZE, levels = PGTABLE_LEVELS,
	root = PTRS_PER_TABLE_0, leaf = PTRS_PER_TABLE_1, bits = CONFIG_BITS,
#ifdef CONFIG_FLUSH_PER_CPU
	per_cpu_flush = 1,
#endif
#ifdef CONFIG_FLUSH_ATOMIC
	atomic_flush = 1,
#endif
#ifdef CONFIG_OFF
	off = 1,
#endif
#if CONFIG_ON
	on = CONFIG_NUMBER,
#endif
#ifdef CONFIG_PROGRAM
	program = 1,
#endif
};
int x;
void start(void)
{
	x = 1;
}
void run(void)
{
	x = 2;
}
`;

function scenarioOf(text = yaml, code = model): Scenario {
	return parseScenario('t', [
		{ path: 'scenario.yaml', text },
		{ path: 'm.c', text: code },
	]);
}

function constants(selection: Parameters<typeof buildTarget>[1]): Record<string, number> {
	const names = [
		'cpus',
		'frames',
		'page',
		'levels',
		'root',
		'leaf',
		'bits',
		'per_cpu_flush',
		'atomic_flush',
		'off',
		'on',
		'program',
	];
	const all = buildTarget(scenarioOf(), selection).machine.program.constants;
	return Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

describe('a selection', () => {
	it("is the first kernel and program and the options' defaults when nothing is named", () => {
		expect(resolveSelection(scenarioOf(), {})).toEqual({
			kernel: 'old',
			program: 'one',
			options: { bits: '8', flush: 'atomic', rcu: 'preemptible', cpus: '2' },
		});
	});

	it('takes what a schedule says before that, and what the user says before both', () => {
		const scenario = scenarioOf();
		expect(resolveSelection(scenario, { schedule: 's' })).toMatchObject({
			kernel: 'new',
			program: 'two',
			options: { bits: '4', flush: 'per-cpu' },
		});
		expect(
			resolveSelection(scenario, {
				schedule: 's',
				kernel: 'old',
				program: 'one',
				options: { flush: 'atomic', bits: '4' },
			}),
		).toMatchObject({ kernel: 'old', program: 'one', options: { bits: '4', flush: 'atomic' } });
	});

	it.each([
		[{ kernel: 'nwe' }, 't has no kernel "nwe"; did you mean "new"?\nkernels: old, new'],
		[{ program: 'three' }, 't has no program "three"\nprograms: one, two'],
		[{ schedule: 'x' }, 't has no schedule "x"; did you mean "s"?\nschedules: s, t'],
		[{ options: { bit: '4' } }, 't has no option "bit"; did you mean "bits"?\noptions: bits, flush, rcu, cpus'],
		[{ options: { bits: '5' } }, 'option "bits" of t cannot be "5"; did you mean "4"?\nvalues: 4, 8'],
	])('%j is refused with what there is', (selection, message) => {
		expect(() => resolveSelection(scenarioOf(), selection)).toThrow(message);
	});
});

describe('a target', () => {
	it("gives the model the machine's dimensions", () => {
		expect(constants({ kernel: 'old' })).toEqual({
			cpus: 2,
			frames: 5,
			page: 4096,
			levels: 2,
			root: 4,
			leaf: 8,
			bits: 8,
			atomic_flush: 1,
		});
	});

	it('gives it the symbols of kernel, program and options', () => {
		expect(constants({ kernel: 'new', program: 'two', options: { flush: 'per-cpu', cpus: '3' } })).toMatchObject({
			cpus: 3,
			bits: 4,
			per_cpu_flush: 1,
			on: 7,
			program: 1,
		});
		expect(constants({ kernel: 'new', options: { flush: 'per-cpu' } })).not.toHaveProperty('atomic_flush');
	});

	it('has an entry for each CPU, and the settings of the machine', () => {
		const { machine } = buildTarget(scenarioOf(), { program: 'two', options: { rcu: 'classic', cpus: '3' } });
		expect(machine.entries).toEqual([null, 'run', null]);
		expect(machine.setup).toBeNull();
		expect(machine.configuration).toMatchObject({ cpus: 3, rcu: 'classic', fill: 'explicit', tableSizes: [4, 8] });
	});

	it('has a hash that tells targets apart, and nothing else', () => {
		const hash = (selection: Parameters<typeof buildTarget>[1], scenario = scenarioOf()) =>
			codeHashOf(buildTarget(scenario, selection));
		const base = hash({});
		expect(base).toMatch(/^[0-9a-f]{16}$/);
		expect(hash({})).toBe(base);
		expect(hash({}, scenarioOf(yaml.replace('title: T', 'title: Another title')))).toBe(base);
		const others = [
			hash({ options: { rcu: 'classic' } }),
			hash({ program: 'two' }),
			hash({ options: { bits: '4' } }),
			hash({}, scenarioOf(yaml, model.replace('x = 2', 'x = 3'))),
			hash({}, scenarioOf(yaml.replace('frames: 5', 'frames: 6'))),
		];
		expect(new Set([base, ...others]).size).toBe(6);
	});

	it('does not mind a schedule for another kernel or program', () => {
		const text = yaml.replace('steps: [cpu1]', 'steps: [cpu1 until nowhere returns]');
		expect(() => buildTarget(scenarioOf(text), { kernel: 'old', program: 'two' })).not.toThrow();
		expect(() => buildTarget(scenarioOf(text), { kernel: 'new', program: 'two' })).toThrow('no function "nowhere"');
	});
});
