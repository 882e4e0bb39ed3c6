/** The drawings of the threads, each on a kernel where it can happen and on one where it cannot. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareDrawing, type Following, followDrawing } from '../../../source/session/follow/follow.ts';
import { parseDrawing } from '../../../source/session/follow/parse-drawing.ts';
import { linesInTheWay } from '../../../source/session/follow/removal.ts';
import { targetOf } from '../../scenarios/follow.ts';

interface Followed {
	/** Texts of the lines without which the rest can happen, a set each. */
	readonly inTheWay: () => readonly (readonly string[])[];
	/** Kinds of violation on the way. */
	readonly kinds: readonly string[];
	readonly following: Following;
	/** Texts of the drawing by step, `step text`. */
	readonly steps: readonly string[];
	/** Of the line that cannot happen. */
	readonly stopped: string;
}

function follow(
	file: string,
	kernel: string,
	{ program, options = {}, which = 1 }: { program?: string; options?: Record<string, string>; which?: number } = {},
): Followed {
	const [id = '', name] = kernel.split('/');
	const target = targetOf(id, { kernel: name, program, options });
	const text = readFileSync(new URL(`../../../fixtures/diagrams/${file}`, import.meta.url), 'utf8');
	const comparison = compareDrawing(target, parseDrawing(text, which));
	const following = followDrawing(comparison);
	const { items } = comparison;
	return {
		inTheWay: () => {
			const sets = linesInTheWay(comparison, items, following, () => false)?.sets ?? [];
			return sets.map((set) => set.map((index) => items[index]?.item.text ?? ''));
		},
		kinds: following.violations.filter(({ severity }) => severity === 'violation').map(({ kind }) => kind),
		following,
		steps: following.shown.map(({ item, seen }) => `${items[item]?.item.text}: ${seen?.text ?? 'reported'}`),
		stopped: items[following.obstacle?.item ?? -1]?.item.text ?? '',
	};
}

describe('MOVE_PMD beside pageout', () => {
	it('happens on the kernel of the commit message, line by line, and ends in the stale entry', () => {
		const { following, kinds, steps } = follow('mremap-pmd.txt', 'mremap-pageout/unfixed');
		expect(following).toMatchObject({ outcome: 'followed', hasRepeats: false, missing: [] });
		expect(kinds).toEqual(['stale-tlb']);
		expect(steps).toEqual([
			'mmap_write_lock_killable(): down_write(&mm.mmap_lock)',
			'lock(pte_ptl): spin_lock(&T1.ptl)',
			'lock(pmd_ptl): spin_lock(&D1.ptl)',
			'pmd = *old_pmd: D1.pmd[0] = table T1',
			'pmd_clear(old_pmd): D1.pmd[0]: table T1 -> none',
			'flush_tlb_range(old_addr): flush_tlb_range(O, O+1)',
			'*new_pmd = pmd: D2.pmd[0]: none -> table T1',
			'*new_addr = 10: user_store(N, 10)',
			'fills TLB with new addr and old pfn: TLB fill N -> P1 on CPU2',
			'unlock(pmd_ptl): spin_unlock(&D2.ptl)',
			'ptep_clear_flush(): ptep_clear_flush(T1, O)',
			'old pfn is free.: P1 freed by the process',
			'Stale TLB entry: reported',
		]);
		// Steps come in the drawn order.
		const numbers = following.shown.map(({ step }) => step);
		expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
	});

	it('cannot happen with the rmap locks: the mover waits for the walk', () => {
		const { following, kinds, stopped } = follow('mremap-pmd-quoted.txt', 'mremap-pageout/accepted');
		expect(following.outcome).toBe('impossible');
		expect(kinds).toEqual([]);
		expect(stopped).toBe('lock(pmd_ptl)');
		expect(following.obstacle?.reasons[0]).toMatch(
			/^CPU0 waits for rw_semaphore anon_vma\.rwsem, held by CPU1 shared since step \d+ \(take_rmap_locks /,
		);
		expect(following.obstacle?.reasons[1]).toMatch(/^CPU1 does not release it before line 23 \(ptep_clear_flush\(\)\)/);
	});

	// Without the lock of the page's table the walk need not have come to it before the move, and what it takes away then is not stale.
	it('can happen with the rmap locks but for where the walk begins, and the harm', () => {
		const { inTheWay } = follow('mremap-pmd.txt', 'mremap-pageout/accepted');
		expect(inTheWay()).toEqual([['lock(pte_ptl)', 'Stale TLB entry']]);
	});

	it('has nothing in the way where it can happen', () => {
		expect(follow('mremap-pmd.txt', 'mremap-pageout/unfixed').inTheWay()).toEqual([]);
	});

	it('cannot happen with v7 1/11: the mover waits for the lock of the PMD table', () => {
		const { following, stopped } = follow('mremap-pmd.txt', 'mremap-pageout/v7-1');
		expect(following.outcome).toBe('impossible');
		expect(stopped).toBe('lock(pmd_ptl)');
		expect(following.obstacle?.reasons[0]).toMatch(/^CPU0 waits for spinlock D1\.ptl, held by CPU1 since step \d+/);
	});

	it('happens one level up with v7 1/11, and not with v7 1/11 and 2/11 taking the lock first', () => {
		const options = { level: 'pud' };
		const left = follow('mremap-pmd-and-pud.txt', 'mremap-pageout/v7-1', { options, which: 2 });
		expect(left.following.outcome).toBe('followed');
		expect(left.kinds).toContain('stale-tlb');
		const right = follow('mremap-pmd-and-pud.txt', 'mremap-pageout/v7-1-2-lock-first', { options, which: 2 });
		expect(right.following.outcome).toBe('impossible');
		expect(right.following.obstacle?.kind).toBe('waits');
	});
});

describe('vmap blocks', () => {
	it("follows mail 13's points to vm_unmap_aliases(), which returns too early", () => {
		const { following, kinds, steps } = follow('vmap-mail-13.txt', 'vmap-stale-tlb/free-list');
		expect(following.outcome).toBe('followed');
		expect(kinds).toEqual(['stale-tlb']);
		expect(steps).toContain('vb->free -= order: A->free: 2 -> 0');
		expect(steps).toContain('vb->dirty += order: A->dirty: 0 -> 2');
	});

	it('finds no walk of the free list after the call on the fixed kernel', () => {
		const { following, stopped, kinds } = follow('vmap-mail-13.txt', 'vmap-stale-tlb/series');
		expect([following.outcome, stopped, following.obstacle?.kind]).toEqual(['impossible', 'walk_free_list()', 'over']);
		expect(kinds).toEqual([]);
	});

	it('can do all but that walk on the fixed kernel', () => {
		expect(follow('vmap-mail-13.txt', 'vmap-stale-tlb/series').inTheWay()).toEqual([['walk_free_list()']]);
	});

	it('finds the failure of the commit message, and none with the series', () => {
		const before = follow('vmap-commit-message.txt', 'vmap-stale-tlb/free-list');
		expect([before.following.outcome, before.kinds]).toEqual(['followed', ['stale-tlb']]);
		const after = follow('vmap-commit-message.txt', 'vmap-stale-tlb/series');
		expect([after.following.outcome, after.following.obstacle?.kind, after.kinds]).toEqual(['impossible', 'harm', []]);
	});

	it('follows mail 8, which ends before anything is wrong', () => {
		const { following, kinds } = follow('vmap-mail-8.txt', 'vmap-stale-tlb/free-list');
		expect([following.outcome, kinds]).toEqual(['followed', []]);
	});

	it('follows blocks of time', () => {
		const { following, kinds } = follow('vmap-time-blocks.txt', 'vmap-stale-tlb/free-list');
		expect([following.outcome, kinds]).toEqual(['followed', ['stale-tlb']]);
	});
});

/** Drawing, program, the kernel where it happens, what comes of it; the one where it does not, and the line that stops there. */
const races = [
	{
		file: 'vmemmap-lost-update.txt',
		wrong: 'vmemmap-split/no-retest-head-locked',
		kinds: ['use-after-free'],
		right: 'vmemmap-split/v6-1',
		stops: ['pmd_populate_kernel()', 'over'],
	},
	{
		file: 'ptdump-twice.txt',
		wrong: 'ptdump-walk/no-continue',
		kinds: ['duplicate-report'],
		right: 'ptdump-walk/patch',
		stops: ['duplicate-report: noted twice', 'harm'],
	},
	{
		file: 'spf-use-count.txt',
		wrong: 'spf-munmap/no-count',
		kinds: ['use-after-free'],
		right: 'spf-munmap/rwlock',
		stops: ['__free_vma(vma)', 'over'],
	},
	{
		file: 'fault-copy-truncate.txt',
		program: 'copy',
		wrong: 'fault-page-lock/patch3',
		kinds: ['mapped-after-truncate'],
		right: 'fault-page-lock/patch2',
		stops: ['finish_fault()', 'over'],
	},
	{
		file: 'map-pages-truncate.txt',
		wrong: 'map-pages-truncate/patch4',
		kinds: ['assertion'],
		right: 'map-pages-truncate/trylock',
		stops: ['lock_page(page)', 'waits'],
	},
	{
		file: 'fuse-two-files.txt',
		program: 'two-files',
		wrong: 'fuse-write/old',
		kinds: ['deadlock'],
		right: 'fuse-write/fixed',
		stops: ['DEADLOCK', 'harm'],
	},
	{
		file: 'fuse-own-file.txt',
		wrong: 'fuse-write/old',
		kinds: ['deadlock'],
		right: 'fuse-write/fixed',
		stops: ['deadlock', 'harm'],
	},
] as const;

describe.each(races)('$file', (race) => {
	const program = 'program' in race ? { program: race.program } : {};

	it(`happens on ${race.wrong}`, () => {
		const { following, kinds } = follow(race.file, race.wrong, program);
		expect(following.outcome).toBe('followed');
		expect(kinds).toEqual(expect.arrayContaining([...race.kinds]));
	});

	it(`does not happen on ${race.right}`, () => {
		const { following, kinds, stopped } = follow(race.file, race.right, program);
		expect([following.outcome, stopped, following.obstacle?.kind]).toEqual(['impossible', ...race.stops]);
		expect(kinds).toEqual([]);
	});
});
