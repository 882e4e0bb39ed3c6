import { describe, expect, it } from 'vitest';
import { follow, kindsReported, type Moment, targetOf, viewRows } from './follow.ts';
import { columnsOf, type PageTableColumns } from './page-tables-state.ts';

const id = 'mremap-pageout';

interface Legal {
	readonly kernel: string;
	readonly program: string;
	readonly options?: Readonly<Record<string, string>>;
}

/** The moment after the first `steps`, and what was reported until then and until everybody is done. */
function legal(selection: Legal, steps: string, rest: string): { at: Moment; columns: PageTableColumns; end: Moment } {
	const moments = follow(id, selection, `${steps};${rest}`);
	const at = moments[steps.split(';').length - 1];
	const end = moments.at(-1);
	if (at === undefined || end === undefined) throw new Error('no moment');
	expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
	return { at, columns: columnsOf(targetOf(id, selection), at.state), end };
}

/** The badges of the translations that are drawn. */
function badges(selection: Legal, at: Moment): string[] {
	return viewRows(targetOf(id, selection), at.state, 'translations').flatMap((row) =>
		row.badges.map(({ text }) => text),
	);
}

const everybody = 'cpu0 until done;cpu1 until done;cpu2 until done;cpu3 until done';

describe('legal, and not reported', () => {
	it('n1: a translation of O between clearing the entry and the flush', () => {
		const byPmd = { kernel: 'accepted', program: 'pageout' };
		const first = legal(byPmd, 'cpu2 until user_store returns;cpu0 line "pmd_clear("', everybody);
		expect(first.columns).toMatchObject({ O: 'D1 none', N: 'D2 none', tlb: ['CPU2 O P1'] });
		expect(badges(byPmd, first.at)).toEqual(['STALE, LEGAL']);
		const byPte = { kernel: 'accepted', program: 'pageout', options: { level: 'pte' } };
		const second = legal(byPte, 'cpu2 until user_store returns;cpu0 line "set_pte_at(mm, new_addr"', everybody);
		expect(second.columns).toMatchObject({ O: 'D1 T1 none', N: 'D2 T2 P1', tlb: ['CPU2 O P1'] });
	});

	it('n2: a translation between the two halves of ptep_clear_flush()', () => {
		const selection = { kernel: 'accepted', program: 'pageout' };
		const steps = 'cpu2 until user_store returns;cpu1 until line "flush_tlb_range(address"';
		const { columns } = legal(selection, steps, `cpu1 until done;${everybody.replace('cpu1 until done;', '')}`);
		expect(columns).toMatchObject({ O: 'D1 T1 none', tlb: ['CPU2 O P1'], frame: 'the process' });
		expect(columns.locks).toMatchObject({ 'T1.ptl': 'CPU1' });
	});

	it('n3: a store to N before mremap() has returned', () => {
		const selection = { kernel: 'accepted', program: 'mail' };
		const { columns, end } = legal(selection, 'cpu0 line "set_pmd_at(";cpu2 until user_store returns', everybody);
		expect(columns).toMatchObject({ N: 'D2 T1 P1', tlb: ['CPU2 N P1'] });
		expect(columns.locks).toMatchObject({ 'mm.mmap_lock': 'CPU0' });
		expect(columnsOf(targetOf(id, selection), end.state)).toMatchObject({ tlb: [], frame: 'X' });
	});

	it('n4: translations of O and N at once, while the flush of O is still to come', () => {
		const selection = { kernel: 'accepted', program: 'pageout', options: { install: 'install-first' } };
		const steps = 'cpu2 until user_store returns;cpu0 line "set_pmd_at(";cpu2 until user_store returns';
		const { at, columns } = legal(selection, steps, everybody);
		expect(columns.tlb).toEqual(['CPU2 O P1', 'CPU2 N P1']);
		expect(badges(selection, at)).toEqual(['STALE, LEGAL', 'FRESH']);
	});

	it('n5: a table below N whose lock is held by who found it by O', () => {
		const moments = follow(id, { kernel: 'unfixed', schedule: 'mail' });
		const until = moments.findIndex(({ mark }) => mark === '*new_pmd = pmd');
		const columns = columnsOf(targetOf(id, { kernel: 'unfixed', schedule: 'mail' }), moments[until]?.state ?? fail());
		expect(columns).toMatchObject({ N: 'D2 T1 P1', locks: { 'T1.ptl': 'CPU1' } });
		expect(moments.slice(0, until + 1).flatMap(({ reports }) => reports)).toEqual([]);
	});

	it('n6: a deferred flush, as long as the frame is not free', () => {
		const selection = { kernel: 'unfixed', program: 'pageout', options: { batch: 'on' } };
		const steps = 'cpu2 until user_store returns;cpu1 until try_to_unmap returns';
		const { at, columns, end } = legal(selection, steps, everybody);
		expect(columns).toMatchObject({ O: 'D1 T1 swap', tlb: ['CPU2 O P1'], frame: 'the process' });
		expect(badges(selection, at)).toEqual(['STALE, LEGAL']);
		expect(columnsOf(targetOf(id, selection), end.state)).toMatchObject({ tlb: [], frame: 'X' });
	});

	it('n7: a walk that misses the page, if the walker tolerates it: a note', () => {
		const steps = 'cpu0 line "pmd_clear(";cpu1 until done;cpu0 until done;cpu2 until done';
		const pageout = follow(id, { kernel: 'unfixed', program: 'mail' }, steps);
		expect(kindsReported(pageout)).toEqual([]);
		expect(kindsReported(pageout, 'note')).toEqual(['missed-mapping']);
		const columns = columnsOf(targetOf(id, { kernel: 'unfixed', program: 'mail' }), pageout.at(-1)?.state ?? fail());
		expect(columns).toMatchObject({ N: 'D2 T1 P1', frame: 'the process' });
		// The same schedule with a walker that must not miss.
		const sync = follow(id, { kernel: 'unfixed', program: 'mail', options: { sync: 'on' } }, steps);
		expect(kindsReported(sync)).toEqual(['missed-mapping']);
	});

	it('n8: a swap entry at N', () => {
		const selection = { kernel: 'unfixed', program: 'walks-on', options: { sync: 'on' } };
		const steps =
			'cpu0 until copy_vma returns;cpu1 until page_vma_mapped_walk_done returns;cpu0 until move_normal_pmd returns;' +
			'cpu1 until page_vma_mapped_walk_done returns';
		const { columns } = legal(selection, steps, 'cpu1 until done;cpu0 until done;cpu2 until done');
		expect(columns).toMatchObject({ O: 'D1 none', N: 'D2 T1 swap' });
	});
});

function fail(): never {
	throw new Error('no such moment');
}
