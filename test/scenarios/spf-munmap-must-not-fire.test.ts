import { describe, expect, it } from 'vitest';
import { explore } from './explore-helper.ts';
import { follow, kindsReported, targetOf } from './follow.ts';
import { legalSituation } from './legal-situation.ts';

const id = 'spf-munmap';
const kernel = 'no-pmd-test';
const pte = 'mapped_pte_page()->pte[1]';
const isEmpty = 'V->vm_rb.parent == V';
const nobody = 5; // MAX_VMAS: no VMA covers the page

describe('speculative page faults: legal, and not reported', () => {
	it('a PTE that is present between the removal of the VMA and the unmap', () => {
		const steps = ['cpu0 until done', 'cpu1 until __vma_rb_erase returns'];
		const { value, end } = legalSituation(id, { kernel, program: 'munmap' }, steps, ['cpu1 until done']);
		expect(value('covering(3)')).toBe(nobody);
		expect(value(pte)).not.toBe(0);
		expect(value(pte, end)).toBe(0);
	});

	it('a PTE that is being set between the removal of the VMA and the unmap, which removes it', () => {
		const steps = [
			'cpu0 until line "if (pte_none(ptep_get(&pte_page->pte[pte_index(addr)])))"',
			'cpu1 until __vma_rb_erase returns',
			'cpu0 line "set_pte(&pte_page"',
		];
		const rest = ['cpu0 until speculate returns', 'cpu1 until done', 'cpu0 until done'];
		const { value, end } = legalSituation(id, { kernel, program: 'munmap' }, steps, rest);
		expect(value('covering(3)')).toBe(nobody);
		expect(value(pte)).not.toBe(0);
		expect(value(pte, end)).toBe(0);
	});

	it('(but the same PTE after the unmap is reported)', () => {
		expect(kindsReported(follow(id, { kernel: 'no-check-2', schedule: 'no-check-2' }))).toEqual(['orphan-pte']);
	});

	const found = 'cpu0 until get_vma returns';
	const done = ['cpu1 until done', 'cpu0 until done'];
	// The interrupt is sent when the tables are freed, and CPU0 takes it.
	const freed = ['cpu0 until blocked', 'cpu1 until blocked', 'ipi0', 'cpu1 until done', 'cpu0 until done'];
	it.each([
		['no VMA ends above the page', 'munmap-last', {}, ['cpu1 until done'], ['cpu0 until done']],
		['the page is outside the VMA', 'munmap', {}, ['cpu1 until done'], ['cpu0 until done']],
		['the sequence number is odd', 'munmap', {}, [found, 'cpu1 until line "spin_lock(&page->ptl)"'], done],
		['there is no PMD page', 'munmap', { tables: 'freed' }, [found, 'cpu1 until line "ipi_flush"'], freed],
		['there is no PTE page', 'munmap', { tables: 'freed' }, [found, 'cpu1 until line "WRITE_ONCE(mm.pud"'], freed],
		[
			'the sequence number has changed',
			'munmap',
			{},
			['cpu0 until line "walk_irq_disable();"', 'cpu1 until unmap_page_range returns'],
			done,
		],
		[
			'check 1: the VMA has changed',
			'munmap',
			{},
			['cpu0 until pte_map_lock called', 'cpu1 until __vma_rb_erase returns'],
			done,
		],
		[
			'*pmd has changed',
			'munmap',
			{ tables: 'freed' },
			['cpu0 until line "if (READ_ONCE(pmd_page->pmd) != pmd)"', 'cpu1 until line "WRITE_ONCE(mm.pud"'],
			freed,
		],
		[
			'somebody has the page-table lock',
			'munmap',
			{},
			['cpu0 until line "if (!spin_trylock(&pte_page->ptl))"', 'cpu1 until line "pte_clear("'],
			done,
		],
		[
			'check 2: the VMA has changed',
			'munmap',
			{},
			['cpu0 until line "if (!spin_trylock(&pte_page->ptl))"', 'cpu1 until unmap_page_range returns'],
			done,
		],
	])('a fault that gives up: %s', (reason, program, options, steps, rest) => {
		const gives = `cpu0 until (gave_up == "${reason}")`;
		const { value, end } = legalSituation(id, { kernel, program, options }, [...steps, gives], rest);
		expect(value(`gave_up == "${reason}"`)).toBe(1);
		expect(value('fault_step == "SIGSEGV"', end)).toBe(1);
	});

	it('a fault that gives up: *pmd is empty', () => {
		const steps = [
			'cpu0 until line "if (READ_ONCE(pmd_page->pmd) == __pte(0))"',
			'cpu1 until line "WRITE_ONCE(mm.pud"',
			'cpu0 until (gave_up == "*pmd is empty")',
		];
		const selection = { kernel: 'rwlock', program: 'munmap', options: { tables: 'freed' } };
		expect(legalSituation(id, selection, steps, freed).value('fault_step == "SIGSEGV"')).toBe(0);
	});

	it('a VMA whose memory is there after munmap() has returned, as long as it is counted', () => {
		const steps = ['cpu0 until get_vma returns', 'cpu1 until done'];
		const { value, end } = legalSituation(id, { kernel, program: 'munmap' }, steps, ['cpu0 until done']);
		expect(value('mm.mmap_sem', undefined)).toBe(0);
		expect(value('covering(3)')).toBe(nobody);
		expect(value('V->vm_ref_count.counter')).toBe(1);
		expect(value('object_is_live(V)')).toBe(1);
		expect(value('object_is_live(V)', end)).toBe(0);
	});

	it('(but that it is there without a count is luck, and reported)', () => {
		expect(kindsReported(follow(id, { kernel: 'no-count', schedule: 'no-count' }))[0]).toBe('use-after-free');
	});

	it('a node that is empty while the sequence number is even', () => {
		const steps = ['cpu0 until get_vma returns', 'cpu1 until __vma_rb_erase returns', 'cpu0 until (has_bounds)'];
		const { value } = legalSituation(id, { kernel, program: 'munmap' }, steps, done);
		expect(value(isEmpty)).toBe(1);
		expect(value('V->vm_sequence')).toBe(0);
		expect(value('snapshot')).toBe(0);
	});

	it('a sequence number that has changed, with bounds and protection as they were: given up for nothing', () => {
		const steps = [
			'cpu0 until line "walk_irq_disable();"',
			'cpu1 until done',
			'cpu0 until (gave_up == "the sequence number has changed")',
		];
		const { value, end } = legalSituation(id, { kernel, program: 'madvise' }, steps, ['cpu0 until done']);
		expect(value('snapshot')).toBe(0);
		expect(value('V->vm_sequence')).toBe(2);
		expect(value('bound_start == V->vm_start && bound_end == V->vm_end && bound_write == V->vm_write')).toBe(1);
		expect(value('fault_step == "done"', end)).toBe(1);
		expect(value(pte, end)).not.toBe(0);
	});

	it('a fault that was over just before the VMA is removed', () => {
		const steps = ['cpu0 until done', 'cpu1 until __vma_rb_erase called'];
		const { value, end } = legalSituation(id, { kernel, program: 'munmap' }, steps, ['cpu1 until done']);
		expect(value('linked[1]')).toBe(1);
		expect(value(pte)).not.toBe(0);
		expect(value(pte, end)).toBe(0);
	});

	it('a lookup that misses beside a rotation is a warning and no violation, and the fault finds V in the end', () => {
		const moments = follow(id, { kernel: 'srcu-once', schedule: 'torn-walk' });
		expect(kindsReported(moments)).toEqual([]);
		expect(kindsReported(moments, 'warning')).toEqual(['torn-read']);
	});

	// A fault that disappeared would look as one that was done right.
	it.each(['munmap', 'munmap-part', 'merge', 'mprotect', 'madvise', 'mmap'])(
		'no fault is left without an answer beside %s, whatever it gave up for',
		{ timeout: 30_000 },
		(program) => {
			const { complete, found, ends } = explore(targetOf(id, { kernel, program }).machine);
			expect({ complete, found }).toEqual({ complete: true, found: [] });
			expect(ends.length).toBeGreaterThan(0);
			const { value } = legalSituation(id, { kernel, program }, ['cpu0 until done'], ['cpu1 until done']);
			for (const state of ends) expect(value('fault_step == "done" || fault_step == "SIGSEGV"', state)).toBe(1);
		},
	);
});
