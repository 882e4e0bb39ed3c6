import { describe, expect, it } from 'vitest';
import { follow, kindsReported } from './follow.ts';
import { driveTo, legalSituation } from './legal-situation.ts';

const around = 'map-pages-truncate';
const faults = 'fault-page-lock';
const locked = 'lock_is_taken(&mem_map[0].lock)';
const pte0 = 'vma.pte[0]';
const mapcount0 = 'mem_map[0].mapcount';
const testsPassed = 'cpu0 until line "vmf->pgoff = index"';

describe('pages that are mapped and removed: legal, and not reported', () => {
	it.each(['trylock', 'patch4', 'under-ptl'])(
		'a PTE beyond the end of the file while the truncation is still running: %s',
		(kernel) => {
			const steps = [
				'cpu0 until alloc_set_pte returns',
				'cpu0 until (check_passed[1 * PAGE_CHECKS + CHECK_SIZE])',
				'cpu1 until blocked',
				'cpu0 until done',
			];
			const { value, end } = legalSituation(around, { kernel, program: 'truncate-later' }, steps, ['cpu1 until done']);
			expect(value('inode.i_size')).toBe(1);
			expect(value('vma.pte[1]')).not.toBe(0);
			expect(value('removal_returned')).toBe(0);
			expect(value('vma.pte[1]', end)).toBe(0);
		},
	);

	it('(but one that is there when the truncation has returned is reported)', () => {
		expect(kindsReported(follow(around, { kernel: 'patch4', schedule: 'at-rest' }))).toEqual(['mapped-after-truncate']);
	});

	it.each(['before', 'patch1', 'patch2', 'patch3'])('a copy that is kept over a hole punch: %s', (kernel) => {
		const steps = ['cpu0 until done', 'cpu1 until done'];
		const { value } = legalSituation(faults, { kernel, program: 'copy-punch' }, steps, []);
		expect(value('removal == REMOVAL_PUNCH && removal_returned')).toBe(1);
		expect(value('inode.i_data.i_pages[0] == 0')).toBe(1);
		expect(value('inode.i_size')).toBe(2);
		// Of three pages the last is the copy's.
		expect(value('mem_map[2].anon && mem_map[2].mapcount == 1')).toBe(1);
	});

	it('(but no copy is kept over a truncation)', () => {
		const steps = ['cpu0 until done', 'cpu1 until done'];
		const { value } = legalSituation(faults, { kernel: 'before', program: 'copy' }, steps, []);
		expect(value(pte0)).toBe(0);
		expect(kindsReported(follow(faults, { kernel: 'patch3', schedule: 'copy' }))).toEqual(['mapped-after-truncate']);
	});

	it('a page that is mapped and has no mapping, between its removal and the second unmap', () => {
		const steps = [testsPassed, 'cpu1 until __delete_from_page_cache returns', 'cpu0 until done'];
		const selection = { kernel: 'patch4', program: 'truncate-first' };
		const { value, end, toned } = legalSituation(around, selection, steps, ['cpu1 until done']);
		expect(value(mapcount0)).toBe(1);
		expect(value('mem_map[0].mapping == 0')).toBe(1);
		expect(value('removal_returned')).toBe(0);
		expect(value(mapcount0, end)).toBe(0);
		// Amber, and not red.
		expect(toned('pages', 'lazy')).toEqual(['removed, mapped']);
		expect(toned('file', 'lazy')).toEqual(['0']);
		expect([...toned('pages', 'bad'), ...toned('file', 'bad')]).toEqual([]);
	});

	it('(but a hole punch has no second unmap, and leaves it at rest)', () => {
		const steps = [testsPassed, 'cpu1 until __delete_from_page_cache returns', 'cpu0 until done'];
		const { reports, toned } = driveTo(
			around,
			{ kernel: 'patch4', program: 'punch' },
			[...steps, 'cpu1 until done'],
			[],
		);
		expect(reports.map(({ kind }) => kind)).toEqual(['mapped-after-truncate']);
		expect(toned('file', 'bad')).toEqual(['0']);
	});

	it('a trylock that fails, and the slow way that takes over', () => {
		const steps = [
			'cpu1 until line "if (page != READ_ONCE(xa_slot(index)))"',
			'cpu0 until line "if (READ_ONCE(page->mapping) != &inode.i_data)"',
			'cpu1 until filemap_fault called',
		];
		const rest = ['cpu1 until blocked', 'cpu0 until done', 'cpu1 until done'];
		const { value, end } = legalSituation(around, { kernel: 'trylock', program: 'two-faults' }, steps, rest);
		expect(value(locked)).toBe(1);
		expect(value(pte0)).toBe(0);
		expect(value(pte0, end)).not.toBe(0);
	});

	const slot = 'cpu0 until line "if (!get_page_unless_zero(page))"';
	it.each([
		['locked when it is looked at', 'trylock', 'read-fault', 0, ['cpu1 line "lock_page(page)"']],
		['locked when it is looked at', 'patch4', 'read-fault', 0, ['cpu1 line "lock_page(page)"']],
		[
			'locked between the first look and the second',
			'patch4',
			'read-fault',
			1,
			[slot, 'cpu1 line "lock_page(page)"', 'cpu0 line "if (!get_page_unless_zero(page))"'],
		],
		['frozen', 'patch4', 'reclaim', 0, [slot, 'cpu1 until __delete_from_page_cache called']],
		[
			'not in its slot any more',
			'patch4',
			'read-fault',
			0,
			['cpu0 until line "if (page != READ_ONCE(xa_slot(index)))"', 'cpu1 until done'],
		],
		[
			'not of the file any more',
			'patch4',
			'read-fault',
			2,
			['cpu0 until line "if (READ_ONCE(page->mapping) != &inode.i_data)"', 'cpu1 until done'],
		],
		[
			'beyond the end of the file',
			'patch4',
			'read-fault',
			3,
			['cpu0 until line "if (index >= i_size_read(&inode))"', 'cpu1 until (inode.i_size == 0)'],
		],
	])('a page that is skipped because it is %s: %s', (_reason, kernel, program, passed, steps) => {
		// Fault-around is over; page 0 was tested and is not mapped.
		const skipped = [...steps, 'cpu0 until filemap_map_pages returns'];
		const rest = ['cpu1 until done', 'cpu0 until done'];
		if (!steps.includes('cpu1 until done')) rest.unshift('cpu0 until do_fault_around returns');
		const { value } = legalSituation(around, { kernel, program }, skipped, rest);
		expect(value(pte0)).toBe(0);
		const checks = ['CHECK_SLOT', 'CHECK_UNLOCKED', 'CHECK_MAPPING', 'CHECK_SIZE'];
		expect(checks.filter((check) => value(`check_passed[${check}]`) !== 0)).toEqual(checks.slice(0, passed));
	});

	it.each(['before', 'patch1', 'patch2', 'patch3', 'kept-locked-bit'])(
		'a do_page_mkwrite() that returns 0 because the page is gone: %s',
		(kernel) => {
			const steps = ['cpu0 until do_page_mkwrite called', 'cpu1 until done', 'cpu0 until do_page_mkwrite returns'];
			const { value, end } = legalSituation(faults, { kernel, program: 'mkwrite' }, steps, ['cpu0 until done']);
			expect(value('mem_map[0].mapping == 0')).toBe(1);
			expect(value('held_refs[0]')).toBe(1);
			// Neither mapped nor locked, and the reference is given back: the fault is done again.
			expect(value(pte0, end)).toBe(0);
			expect(value(`!${locked} && held_refs[0] == 0`, end)).toBe(1);
		},
	);

	it.each([
		[faults, 'before', 'read'],
		[faults, 'patch2', 'shared'],
		[faults, 'patch3', 'copy'],
		[around, 'trylock', 'truncate-first'],
		[around, 'patch4', 'truncate-first'],
	])('a PTE that was set just before i_size was written: %s/%s, %s', (id, kernel, program) => {
		const steps = ['cpu0 until done', 'cpu1 until (inode.i_size == 0)'];
		const { value, end } = legalSituation(id, { kernel, program }, steps, ['cpu1 until done']);
		expect(value('inode.i_size')).toBe(0);
		expect(value(pte0)).not.toBe(0);
		expect(value(pte0, end)).toBe(0);
	});

	it('a page without a mapping whose process lets go of it: nothing more than was said before', () => {
		const selection = { kernel: 'patch4', program: 'munmap-after' };
		const steps = [testsPassed, 'cpu1 until done', 'cpu0 until do_fault_around returns', 'cpu0 until done'];
		const { reports, value } = driveTo(around, selection, steps, []);
		expect(reports.map(({ kind }) => kind)).toEqual(['mapped-after-truncate']);
		expect(value('mem_map[0].mapcount == 0 && mem_map[0].refcount == 0')).toBe(1);
	});
});
