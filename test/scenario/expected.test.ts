import { describe, expect, it } from 'vitest';
import { bundledScenarios, loadBundled } from '../../source/scenario/bundled.ts';
import { expectedRows, isSameSelection, unusualOptions } from '../../source/scenario/expected.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import { ScenarioError } from '../../source/scenario/scenario.ts';
import { resolveSelection } from '../../source/scenario/target.ts';
import { document, folderOf, model } from './folders.ts';

const options = 'options: [{ id: size, values: [4, 8], default: 4, define: CONFIG_SIZE }]';
const programs = `programs:
  - { id: small, cpus: [{ entry: cpu0 }] }
  - { id: large, cpus: [{ entry: cpu0 }], options: { size: 8 } }`;

function load(expected: string): ReturnType<typeof loadScenarioFolder> {
	const text = document(`${options}\n${expected}`).replace(/^programs:.*\n/m, `${programs}\n`);
	return loadScenarioFolder(folderOf({ 'scenario.yaml': text, 'model.c': model }), folderOf({}));
}

describe('the table of expected verdicts', () => {
	it('covers every kernel with every program of an entry, at the options that the program would have', () => {
		const scenario = load('expected: [{ kernels: all, kinds: [leak, assertion, leak] }]');
		const rows = expectedRows(scenario);
		expect(rows.map(({ selection }) => selection)).toEqual(
			scenario.kernels.flatMap(({ id }) => [
				{ kernel: id, program: 'small', options: { size: '4' } },
				{ kernel: id, program: 'large', options: { size: '8' } },
			]),
		);
		for (const { selection, kinds } of rows) {
			expect(selection).toEqual(resolveSelection(scenario, { kernel: selection.kernel, program: selection.program }));
			expect(kinds).toEqual(['assertion', 'leak']);
		}
	});

	it('says which options are not the usual ones', () => {
		const scenario = load('expected: [{ kernels: all, programs: [large], options: { size: 4 }, kinds: [] }]');
		const [row] = expectedRows(scenario);
		expect(row && unusualOptions(scenario, row.selection)).toEqual(['size=4']);
		expect(row && isSameSelection(row.selection, { ...row.selection, options: { size: '8' } })).toBe(false);
	});

	it('covers each of several values of an option, with each of another', () => {
		const two =
			'options: [{ id: size, values: [4, 8], default: 4, define: CONFIG_SIZE }, { id: rcu, values: [preemptible, classic], default: classic, machine: rcu }]';
		const text = document(
			`${two}\nexpected: [{ kernels: all, programs: [only], options: { size: all, rcu: [preemptible, classic] }, kinds: [] }]`,
		);
		const folder = folderOf({
			'scenario.yaml': text.replace(/^programs:.*\n/m, 'programs: [{ id: only, cpus: [{ entry: cpu0 }] }]\n'),
			'model.c': model,
		});
		const scenario = loadScenarioFolder(folder, folderOf({}));
		const [kernel = ''] = scenario.kernels.map(({ id }) => id);
		const settings = expectedRows(scenario)
			.filter(({ selection }) => selection.kernel === kernel)
			.map(({ selection }) => selection.options);
		expect(settings).toEqual([
			{ size: '4', rcu: 'preemptible' },
			{ size: '4', rcu: 'classic' },
			{ size: '8', rcu: 'preemptible' },
			{ size: '8', rcu: 'classic' },
		]);
	});

	it('complains of a value in a list that the option does not have', () => {
		const wrong = (): unknown => load('expected: [{ kernels: all, options: { size: [4, 16] }, kinds: [] }]');
		expect(wrong).toThrow(/option "size" cannot be "16"/);
		expect(() => load('expected: [{ kernels: all, options: { sise: all }, kinds: [] }]')).toThrow(
			/there is no option "sise"/,
		);
	});

	it('may speak of a row once', () => {
		const twice = (): unknown =>
			load(
				'expected:\n  - { kernels: all, programs: [large], kinds: [] }\n  - { kernels: all, options: { size: 8 }, kinds: [leak] }',
			);
		expect(twice).toThrow(ScenarioError);
		expect(twice).toThrow(/program "large" and these options is covered already by the entry at line \d+/);
		expect(twice).toThrow(/- \{ kernels: all, options: \{ size: 8 \}/);
	});

	it.each(bundledScenarios().map(({ id }) => id))('has rows that can be built, in %s', (id) => {
		const scenario = loadBundled(id);
		const rows = expectedRows(scenario);
		for (const { selection } of rows) expect(resolveSelection(scenario, selection)).toEqual(selection);
	});
});
