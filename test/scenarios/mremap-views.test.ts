import { describe, expect, it } from 'vitest';
import { pageTableRows } from '../../source/inspect/page-tables.ts';
import { fieldsOf, follow, type Moment, targetOf, viewRows } from './follow.ts';

const id = 'mremap-pageout';
const mail = { kernel: 'unfixed', schedule: 'mail' };
const target = targetOf(id, mail);
const moments = follow(id, mail);

function at(mark: string): Moment {
	const moment = moments.find((candidate) => candidate.mark === mark);
	if (moment === undefined) throw new Error(`no moment ${mark}`);
	return moment;
}

/** The rows that lead somewhere, indented, with who holds a table's lock. */
function tree(mark: string): string[] {
	return pageTableRows(target.machine, at(mark).state, null)
		.filter(({ present, depth }) => present || depth === 0)
		.map(({ depth, label, entry, lock }) => `${' '.repeat(depth)}${label}: ${entry}${lock === '' ? '' : ` (${lock})`}`);
}

describe('the page tables', () => {
	it('show a table below its old slot, nowhere, and below its new slot, always with its own lock', () => {
		const entry = 'P1 W A D';
		expect(tree('lock(pmd_ptl)')).toEqual([
			'process root: mm (CPU0)',
			' O: table D1 (CPU0)',
			'  O: table T1 (CPU1)',
			`   O: ${entry}`,
			' N: table D2 (CPU0)',
		]);
		expect(tree('pmd_clear(old_pmd)')).toEqual([
			'process root: mm (CPU0)',
			' O: table D1 (CPU0)',
			' N: table D2 (CPU0)',
			'linked nowhere: T1 (CPU1)',
			` [0]: ${entry}`,
		]);
		expect(tree('*new_pmd = pmd')).toEqual([
			'process root: mm (CPU0)',
			' O: table D1 (CPU0)',
			' N: table D2 (CPU0)',
			'  N: table T1 (CPU1)',
			`   N: ${entry}`,
		]);
	});
});

describe('the views of the mremap models', () => {
	it('show where the walker is in the list of vmas', () => {
		const walker = (mark: string) =>
			viewRows(target, at(mark).state, 'rmap_list')
				.filter(({ badges }) => badges.some(({ text }) => text === 'WALKER'))
				.map(({ label }) => label);
		expect(walker('the new vma is there')).toEqual([]);
		expect(walker('addr = old_addr')).toEqual(['1. old vma']);
		expect(walker('old pfn is free')).toEqual([]);
	});

	it('show what the walker has read and what is there now', () => {
		const rows = (mark: string) => viewRows(target, at(mark).state, 'walk_read_then_and_now');
		expect(fieldsOf(rows('lock(pte_ptl)'), 'PMD entry')).toEqual({ 'read then': 'table T1', now: 'table T1' });
		expect(fieldsOf(rows('pmd_clear(old_pmd)'), 'PMD entry')).toEqual({ 'read then': 'table T1', now: 'none' });
		const flush = rows('ptep_clear_flush()').find(({ label }) => label === 'flush');
		expect(fieldsOf(rows('ptep_clear_flush()'), 'flush')).toEqual({ flushing: 'O' });
		expect(flush?.badges.map(({ text }) => text)).toEqual(['THE TABLE HAS MOVED']);
	});

	it('say of each translation whether it is right, and why', () => {
		const badge = (mark: string) =>
			viewRows(target, at(mark).state, 'translations').flatMap(({ badges }) => badges.map(({ text }) => text));
		expect(badge('*new_addr = 10')).toEqual(['FRESH']);
		expect(badge('old pfn is free')).toEqual(['STALE']);
	});
});

describe('the costs of the mremap models', () => {
	// The mail: 2292772, 1158928 and 63886 ns for 1 GB by PTE, PMD and PUD.
	it('project the ratios of the mail, and those of a machine with a cheap flush', () => {
		const rows = viewRows(target, at('Stale TLB entry').state, 'costs_of_1_gb');
		expect(fieldsOf(rows, 'the mail')).toMatchObject({ 'PTE:PMD': '2.0', 'PMD:PUD': '18.1' });
		const ppc64 = fieldsOf(rows, 'ppc64-like');
		expect(Number(ppc64['PTE:PMD'])).toBeCloseTo(2292772 / 1158928, 1);
		expect(Number(ppc64['PMD:PUD'])).toBeCloseTo(1158928 / 63886, 0);
		expect(Number.parseInt(ppc64.PUD ?? '', 10)).toBe(63);
		const cheap = fieldsOf(rows, 'cheap flush');
		expect(Number(cheap['PTE:PMD'])).toBeCloseTo(21, 0);
		expect(Number(cheap['PMD:PUD'])).toBeCloseTo(11, 0);
	});

	it.each([
		['pte', 'PTE', 262144],
		['pmd', 'PMD', 512],
		['pud', 'PUD', 1],
	])('count what a move by %s moves, here and in 1 GB', (level, name, entries) => {
		const selection = { kernel: 'accepted', program: 'mail', options: { level } };
		const end = follow(id, selection, 'cpu0 until done').at(-1);
		expect(end?.state.costs).toMatchObject({ [`${name} entries moved`]: 1, 'flush calls': 1 });
		const rows = viewRows(targetOf(id, selection), end?.state ?? at('mail').state, 'costs_of_1_gb');
		expect(fieldsOf(rows, 'entries')['1 GB']).toContain(`${name} ${entries}`);
		expect(fieldsOf(rows, 'flushes of a move')['1 GB']).toBe(level === 'pud' ? '1' : '512');
	});

	it('the accepted change costs two semaphore operations a table, v7 1/11 a spinlock for each vma that is walked', () => {
		const costs = (kernel: string, steps: string) =>
			follow(id, { kernel, program: 'mail' }, steps).at(-1)?.state.costs ?? {};
		const rwsems = (kernel: string) => costs(kernel, 'cpu0 until done')['rw_semaphore acquisitions'] ?? 0;
		expect(rwsems('accepted') - rwsems('unfixed')).toBe(1);
		const spinlocks = (kernel: string) => costs(kernel, 'cpu1 until done')['spinlock acquisitions'] ?? 0;
		expect(spinlocks('v7-1') - spinlocks('unfixed')).toBe(1);
		expect(spinlocks('v7-1-2') - spinlocks('unfixed')).toBe(2);
		expect(spinlocks('accepted') - spinlocks('unfixed')).toBe(0);
	});
});
