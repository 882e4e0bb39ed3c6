import { describe, expect, it } from 'vitest';
import { pageTableRows } from '../../source/inspect/page-tables.ts';
import { explore, kindsOf } from './explore-helper.ts';
import { bundled, follow, kindsReported, targetOf, viewRows } from './follow.ts';

const id = 'vmemmap-split';
const scenario = bundled(id);

describe('the schedules of the vmemmap models', () => {
	it.each<[string, string, readonly string[]]>([
		['lost-update', 'no-retest-head-locked', ['leak', 'use-after-free', 'use-after-free', 'use-after-free']],
		['lost-update', 'read-lock', ['leak', 'use-after-free', 'use-after-free', 'use-after-free']],
		['second-test', 'v6-1', []],
		['torn-head', 'posted', ['torn-read']],
		['write-lock', 'v5-15', []],
		['irqs-off', 'irqs-off', ['deadlock']],
	])('%s on %s reports %j', (schedule, kernel, kinds) => {
		expect(kindsReported(follow(id, { kernel, schedule }))).toEqual(kinds);
	});

	it('second-test on the kernel as posted takes the first frame before the other table is there', () => {
		expect(kindsReported(follow(id, { kernel: 'posted', schedule: 'second-test' }))).toEqual([]);
	});

	it('warn that the entry has been set twice', () => {
		const warnings = follow(id, { kernel: 'no-retest-head-locked', schedule: 'lost-update' }).flatMap(({ reports }) =>
			reports.filter(({ severity }) => severity === 'warning'),
		);
		expect(warnings.map(({ kind, title }) => [kind, title])).toEqual([
			['invariant', 'E has been set 2 times: it must go from leaf to table once'],
		]);
	});

	it('show the lost table with what was remapped in it', () => {
		const selection = { kernel: 'no-retest-head-locked', schedule: 'lost-update' };
		const { machine } = targetOf(id, selection);
		const lost = follow(id, selection).find(({ mark }) => mark === 'E := T_B');
		if (lost === undefined) throw new Error('no such moment');
		const rows = pageTableRows(machine, lost.state, null).map(({ label, entry }) => `${label} ${entry}`);
		const start = rows.indexOf('linked nowhere T_A');
		expect(rows.slice(start, start + 3)).toEqual(['linked nowhere T_A', '[0] P1 W A D s1', '[1] P1 A s1']);
		const badges = viewRows(targetOf(id, selection), lost.state, 'vmemmap_range').map(({ label, badges }) => [
			label,
			badges.map(({ text }) => text),
		]);
		expect(badges).toEqual([
			['E', ['TABLE T_B', 'SET 2 TIMES']],
			['T_A', ['lost']],
			['T_B', ['published']],
		]);
	});
});

describe('legal, and not reported', () => {
	it('a translation of the leaf after the split: the frames are the same', () => {
		for (const kernel of ['v6-1', 'no-split-flush']) {
			const steps =
				'cpu1 until touch_struct_page returns;cpu0 until pmd_populate_kernel returns;cpu1 until touch_struct_page returns;cpu0 until done;cpu1 until done';
			const moments = follow(id, { kernel, program: 'splitter-and-reader' }, steps);
			const [entry] = moments[1]?.state.tlbs[1] ?? [];
			expect(entry).toMatchObject({ pages: 4, stale: true });
			expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
		}
	});

	it('a translation of a remapped page to its old frame, before the flush', () => {
		const steps =
			'cpu0 until split_vmemmap_huge_pmd returns;cpu1 until touch_struct_page returns;' +
			'cpu0 until flush_tlb_kernel_range called;cpu1 until touch_struct_page returns;cpu0 until done;cpu1 until done';
		const moments = follow(id, { kernel: 'v6-1', program: 'splitter-and-reader' }, steps);
		const [entry] = moments[2]?.state.tlbs[1] ?? [];
		expect(entry).toMatchObject({ pages: 1, frame: 2, stale: true });
		expect(moments[2]?.state.frames[2]?.isFree).toBe(false);
		expect(moments.at(-1)?.state.frames[2]?.isFree).toBe(true);
		expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
	});

	it('two private tables, and the end of the one that nobody has seen', () => {
		const moments = follow(id, { kernel: 'v6-1', schedule: 'second-test' });
		const both = moments.find(({ mark }) => mark === 'T_B is filled');
		const names = both?.state.objects.filter((object) => object?.origin === 'heap').map((object) => object?.name);
		expect(names).toEqual(['T_A', 'T_B']);
		expect(moments.at(-1)?.state.costs).toMatchObject({ 'page tables discarded': 1 });
		expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
	});

	it('two readers of mmap_lock', () => {
		const steps = 'cpu0 until split_vmemmap_huge_pmd called;cpu1 until split_vmemmap_huge_pmd called';
		const moments = follow(id, { kernel: 'v6-1', program: 'splitters' }, steps);
		const held = moments.at(-1)?.state.contexts.flatMap(({ held }) => held.map(({ lock, mode }) => [lock, mode]));
		expect(held).toHaveLength(2);
		expect(held?.[0]).toEqual(held?.[1]);
		expect(held?.[0]?.[1]).toBe('shared');
		expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
	});
});

// The rows whose search is cheap; mmstep's checker goes through all of them.
describe('verdicts of the vmemmap models', () => {
	it.each([
		['v5-15', 'splitters'],
		['posted', 'splitters'],
		['no-retest-head-locked', 'splitters'],
		['no-remap-flush', 'splitter-and-reader'],
		['free-first', 'splitter-and-reader'],
		['alloc-inside', 'splitter-and-reader'],
		['v6-1', 'splitter-and-reader'],
	])('%s, %s', { timeout: 60_000 }, (kernel, program) => {
		const [row] = scenario.expected.filter(
			({ kernels, programs }) => kernels.includes(kernel) && programs.includes(program),
		);
		const result = explore(targetOf(id, { kernel, program }).machine);
		expect(result.complete).toBe(true);
		expect(kindsOf(result)).toEqual([...(row?.kinds ?? ['no row'])].sort());
	});
});
