import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/bundle.js';
import { type Fate, fateOf, fixedKernels, measureRow, scenarioMutants } from '../../scripts/mutant-search.ts';
import { isOpen, mutantSection, sectionNames, withSections } from '../../scripts/mutant-table.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { Compilation } from '../../source/scenario/target.ts';

const mutant = {
	file: 'kernel/a.c',
	line: 3,
	function: 'f',
	kind: 'swapped',
	what: 'a | b',
	lines: [3, 4],
	excuses: [{ kinds: [], kernels: ['old'], reason: 'nobody looks' }],
} as const;

function outcome(end: Fate['end'], bounded = false) {
	return { mutant, fate: { end, by: 'data-race (mail)', bounded } };
}

describe('the page of mutants', () => {
	it('says of each what noticed it, or why nothing need', () => {
		const rows = (kernel: string, ...outcomes: ReturnType<typeof outcome>[]) =>
			mutantSection(`s/${kernel}`, outcomes)
				.split('\n')
				.filter((line) => line.includes('a.c'))
				.map((line) => line.split(' | ').at(-1)?.replace(/ \|$/, ''));
		expect(rows('new', outcome('killed'), outcome('absent'), outcome('invalid'))).toEqual(['data-race (mail)']);
		expect(rows('old', outcome('survived'))).toEqual(['not needed: nobody looks']);
		expect(rows('new', outcome('survived'), outcome('survived', true), outcome('unreached'))).toEqual([
			'**SURVIVED**',
			'**SURVIVED** (bounded)',
			'**NO PROGRAM COMES HERE**',
		]);
		expect(mutantSection('s/new', [outcome('killed')])).toContain('`a \\| b`');
	});

	it('counts a survivor as explained only on the kernels that the reason speaks of', () => {
		expect(isOpen('new', outcome('unreached'))).toBe(true);
		expect(isOpen('old', outcome('unreached'))).toBe(false);
		expect(isOpen('new', outcome('killed'))).toBe(false);
	});

	it('is written kernel by kernel', () => {
		const first = withSections('', new Map([['s/b', '## s/b\n\nold\n']]), ['s/a', 's/b']);
		const both = withSections(first, new Map([['s/a', '## s/a\n\nnew\n']]), ['s/a', 's/b']);
		expect(sectionNames(both)).toEqual(['s/a', 's/b']);
		expect(both).toMatch(/## s\/a\n\nnew\n\n## s\/b\n\nold\n$/);
		expect(sectionNames(withSections(both, new Map(), ['s/b']))).toEqual(['s/b']);
	});

	it('has no survivor without a reason', () => {
		const page = readFileSync(join(root, 'scenarios', 'MUTANTS.md'), 'utf8');
		expect(sectionNames(page).length).toBeGreaterThan(0);
		expect(page.split('\n').filter((line) => /\| \*\*/.test(line))).toEqual([]);
	});
});

describe('fixed kernels', () => {
	it('are those of which nothing is expected in any row', () => {
		const kernels = fixedKernels(loadBundled('vmemmap-split'));
		expect(kernels).toContain('v6-1');
		// Its dump is right, but torn reads are expected with a second splitter.
		expect(kernels).not.toContain('posted');
	});
});

describe('the fate of a mutant', () => {
	const scenario = loadBundled('vmemmap-split');
	const options = { flush: 'atomic', fill: 'explicit' };
	const row = measureRow(scenario, { kernel: 'v5-15', program: 'own-tlb', options }, new Compilation(scenario));
	const fate = (fn: string, kind: string, what: string) => {
		const found = scenarioMutants(scenario).find(
			(one) => one.function === fn && one.kind === kind && one.what.startsWith(what),
		);
		if (found === undefined) throw new Error(`there is no such mutant of ${fn}`);
		return fateOf(scenario, { first: [row], others: [] }, found);
	};

	it('is to be noticed by a detector with a program', () => {
		expect(fate('vmemmap_remap_free', 'no call', 'flush_tlb_kernel_range').by).toBe('stale-tlb (own-tlb)');
		expect(fate('vmemmap_remap_free', 'no call', 'lock_init_mm').end).toBe('killed');
	});

	it('is to survive where nothing depends on it', () => {
		expect(fate('pmd_populate_kernel', 'no call', 'smp_wmb')).toEqual({ end: 'survived', by: '', bounded: false });
	});

	it('is to be none where the kernel does not have the line', () => {
		expect(fate('lock_page_table', 'no call', 'spin_lock').end).toBe('absent');
	});
});
