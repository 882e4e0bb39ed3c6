import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { explore, kindsOf } from './explore-helper.ts';
import { vmapTarget } from './vmap-state.ts';

const scenario = loadBundled('vmap-stale-tlb');

/** What scenario.yaml expects; every kernel and program has one row for the default options. */
function expectedKinds(kernel: string, program: string, options: Readonly<Record<string, string>>): string[] {
	const rows = scenario.expected.filter(
		(row) =>
			row.kernels.includes(kernel) &&
			row.programs.includes(program) &&
			JSON.stringify(row.options) === JSON.stringify(options),
	);
	expect(rows).toHaveLength(1);
	return [...(rows[0]?.kinds ?? [])].sort();
}

describe('expected verdicts of the vmap models', () => {
	it('say one thing about each kernel and program', () => {
		for (const { id: kernel } of scenario.kernels) {
			for (const { id: program } of scenario.programs) expectedKinds(kernel, program, {});
		}
	});

	// The rows whose search is cheap and whose outcome differs most; mmstep's checker goes through all of them.
	it.each<[string, string, Record<string, string>]>([
		['free-list', 'aliases', {}],
		['free-list', 'own-tlb', {}],
		['free-list', 'own-area', {}],
		['free-list', 'unmap-and-aliases', {}],
		['xarray', 'aliases', {}],
		['series', 'again', {}],
		['series', 'unmap-and-aliases', {}],
		['series', 'last-unmap-and-aliases', {}],
		['retire-under-lock', 'last-unmap-and-aliases', {}],
		['reset-tests-dirty', 'again', {}],
		['shortcut', 'shortcut', {}],
		['shortcut', 'remap', {}],
		['shortcut-if-clean', 'shortcut', {}],
		['unlocked-dirty', 'two-unmaps', {}],
		['series', 'two-unmaps', {}],
		['debug-pagealloc', 'aliases', {}],
		['series', 'other-list', {}],
		['block-owner', 'other-list', { bits: '8' }],
		['series', 'unmap-and-aliases', { naive: 'on' }],
	])('%s, %s, %j', { timeout: 60_000 }, (kernel, program, options) => {
		const result = explore(vmapTarget({ kernel, program, options }).machine);
		expect(result.complete).toBe(true);
		expect(kindsOf(result)).toEqual(expectedKinds(kernel, program, options));
	});

	it.each([
		['free-list', ['stale-tlb']],
		['series', []],
	])('do not depend on the size of a block: %s', (kernel, kinds) => {
		expect(kindsOf(explore(vmapTarget({ kernel, program: 'aliases', options: { bits: '8' } }).machine))).toEqual(kinds);
	});

	it('take no warning where the promise is kept', () => {
		for (const program of ['aliases', 'again', 'deferred']) {
			expect(explore(vmapTarget({ kernel: 'series', program }).machine).found).toEqual([]);
		}
	});
});
