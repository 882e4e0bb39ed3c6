import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { explore, kindsOf } from './explore-helper.ts';
import { canFollowAll, followBundled, reportsOf } from './follow-schedule.ts';

interface Rows {
	readonly rows: readonly {
		readonly id: string;
		readonly kernel: string;
		readonly program: string;
		readonly tables: string;
		/** All kinds, or those that must be among them. */
		readonly kinds?: readonly string[];
		readonly includes?: readonly string[];
	}[];
}

const id = 'spf-munmap';
const scenario = loadBundled(id);
const { rows }: Rows = JSON.parse(
	readFileSync(new URL('../../fixtures/golden/vma/spf-rows.json', import.meta.url), 'utf8'),
);
const search = (kernel: string, program: string, tables = 'immortal') =>
	explore(buildTarget(scenario, { kernel, program, options: { tables } }).machine);

describe('the speculative page fault beside changes of the VMAs', () => {
	it.each(rows)('is as known: $id, $program, page tables $tables', { timeout: 30_000 }, (row) => {
		const found = search(row.kernel, row.program, row.tables);
		expect(found.complete).toBe(true);
		if (row.kinds !== undefined) expect(kindsOf(found)).toEqual(row.kinds);
		expect(kindsOf(found)).toEqual(expect.arrayContaining([...(row.includes ?? [])]));
	});

	// PTEs between removal and unmap, faults given up for any reason, VMAs that outlive munmap(), faults that were done before.
	it.each(['munmap', 'munmap-part', 'merge', 'mprotect', 'mmap'])(
		'says nothing at all, warnings included, when nothing is wrong: %s',
		{ timeout: 30_000 },
		(program) => {
			expect(search('no-pmd-test', program).found).toEqual([]);
		},
	);

	it('warns of a lookup that no version of the tree explains, and only where the walk is not repeated', () => {
		const kindsFound = (kernel: string) =>
			search(kernel, 'mmap').found.map(({ violation }) => `${violation.severity} ${violation.kind}`);
		expect(kindsFound('srcu-once')).toEqual(['warning torn-read']);
		expect(kindsFound('no-lock')).toEqual(['warning torn-read']);
		expect(kindsFound('srcu')).toEqual([]);
		expect(kindsFound('rwlock')).toEqual([]);
	});
});

describe('the schedules of the speculative page fault', () => {
	canFollowAll(scenario);

	it.each([
		['no-count', 'no-count', 'read: use-after-free'],
		['no-clear', 'no-clear', 'returned: orphan-pte'],
		['merge', 'no-clear', 'returned: stale-protection'],
		['no-sequence', 'no-sequence', 'returned: orphan-pte'],
		['no-check-2', 'no-check-2', 'returned: orphan-pte'],
		['no-clear', 'no-rb-test', 'returned: orphan-pte'],
		['vmacache', 'no-vmacache-invalidate', 'found: use-after-free'],
		['two-writers', 'rwlock', 'second: invariant'],
		['pmd-test', 'rwlock', 'read: use-after-free'],
	])('%s shows on %s: %s', (schedule, kernel, expected) => {
		expect(reportsOf(followBundled(id, kernel, schedule), 'violation')[0]).toBe(expected);
	});

	it.each(['no-clear', 'merge', 'no-sequence', 'no-check-2', 'held', 'vmacache'])(
		'%s shows nothing on the kernel that has it all',
		(schedule) => {
			expect(followBundled(id, 'no-pmd-test', schedule).moments.flatMap(({ reports }) => reports)).toEqual([]);
		},
	);

	it('two-writers shows nothing where unmap_page_range() leaves the number alone', () => {
		const { moments } = followBundled(id, 'no-sequence-in-unmap', 'two-writers');
		expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
	});

	it('held: V is alive after munmap() has returned, until the fault gives it back', () => {
		const { moments } = followBundled(id, 'no-pmd-test', 'held');
		const statusOfV = (mark: string) => {
			const state = moments.find((moment) => moment.mark === mark)?.state;
			return state?.objects.find((object) => object?.name === 'V')?.status;
		};
		expect(statusOfV('unmapped')).toBe('live');
		expect(statusOfV('given up')).not.toBe('live');
	});
});
