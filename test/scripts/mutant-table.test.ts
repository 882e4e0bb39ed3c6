import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/bundle.js';
import { type Fate, fateOf, fixedKernels, measureRow, scenarioMutants } from '../../scripts/mutant-search.ts';
import { isOpen, mutantSection, sectionNames, withSections } from '../../scripts/mutant-table.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import type { Selection } from '../../source/scenario/scenario.ts';
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

/** What becomes of a mutant when it is searched with one row. */
function fateIn(id: string, selection: Selection, fn: string, kind: string, what: string): Fate {
	const scenario = loadBundled(id);
	const row = measureRow(scenario, selection, new Compilation(scenario));
	const found = scenarioMutants(scenario).find(
		(one) => one.function === fn && one.kind === kind && one.what.startsWith(what),
	);
	if (found === undefined) throw new Error(`there is no such mutant of ${fn}`);
	return fateOf(scenario, { first: [row], others: [] }, found);
}

describe('the fate of a mutant', () => {
	const options = { flush: 'atomic', fill: 'explicit' };
	const fate = (fn: string, kind: string, what: string) =>
		fateIn('vmemmap-split', { kernel: 'v5-15', program: 'own-tlb', options }, fn, kind, what);

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

	it('is to be none where the function that is called is empty', () => {
		const link = (kernel: string) =>
			fateIn('spf-munmap', { kernel, program: 'mmap', options: {} }, 'mmap_right_of', 'swapped', 'tree_change_begins');
		expect(link('srcu-once').end).toBe('absent');
		expect(link('srcu').end).toBe('survived');
	});

	it('may be that of a function in a header', () => {
		const selection = { kernel: 'fixed', program: 'munmap', options: {} };
		expect(fateIn('fuse-write', selection, 'mmap_read_lock', 'no call', 'down_read').by).toMatch(/^lock-misuse /);
		// Of the library, which all scenarios have, this one does not use that.
		expect(fateIn('fuse-write', selection, 'atomic_add_unless', 'never true', 'if').end).toBe('absent');
	});
});

it('a new block is published for whoever goes through the lists meanwhile', () => {
	const selection = { kernel: 'block-owner', program: 'new-block', options: {} };
	const fate = fateIn('vmap-stale-tlb', selection, '__list_add_rcu', 'unmarked', 'rcu_assign_pointer');
	expect(fate.by).toBe('data-race (new-block)');
});

describe('on the accepted mremap()', () => {
	const by = (program: string, options: Record<string, string>, ...mutant: [string, string, string]) =>
		fateIn('mremap-pageout', { kernel: 'accepted', program, options }, ...mutant).by.replace(/ .*/, '');

	it.each(['pte', 'pmd', 'pud'])('a second mover needs mmap_lock: %s', (level) => {
		expect(by('two-moves', { level }, 'move_vma', 'no lock', 'down_write')).not.toBe('');
	});

	it('a walk looks whether an entry is present, and whether it is of the page', () => {
		const at = { level: 'pte', 'vma-order': 'new-first', sync: 'on' };
		// The page is freed as if it were mapped nowhere, where it is mapped and has been stored to.
		expect(by('zero-page', at, 'try_to_unmap_one', 'operand gone', 'pte_pfn')).toBe('lost-store');
		expect(by('swapped-page', at, 'try_to_unmap_one', 'operand gone', '!pte_present')).toBe('lost-store');
		const migrating = { level: 'pte', sync: 'on' };
		expect(by('two-migrations', migrating, 'remove_migration_pte', 'operand gone', 'pte_pfn')).toBe('garbage-mapping');
	});
});
