import { describe, expect, it } from 'vitest';
import type { BugReport } from '../../source/report/bug-report.ts';
import { columnOf } from '../../source/report/draw-columns.ts';
import { reportText } from '../../source/report/report-text.ts';
import { scheduledReport } from './reports.ts';

/** The lines of a report's drawing, each with the column that it begins in. */
function drawing(report: BugReport): { readonly at: number; readonly text: string }[] {
	const lines = reportText(report);
	const head = lines.findIndex((line) => /^\s*CPU0 /.test(line));
	const end = lines.findIndex((line, index) => index > head && line.includes('***'));
	return lines.slice(head, end + 1).map((line) => {
		const bare = line.replace(/^ *\d+(?=\s)/, (number) => ' '.repeat(number.length));
		const text = bare.trimStart();
		return { at: columnOf(bare.slice(0, bare.length - text.length)), text };
	});
}

/** Finds events one after another, and where each begins. */
function inOrder(report: BugReport, events: readonly RegExp[]): number[] {
	const lines = drawing(report);
	let from = 0;
	return events.map((event) => {
		const found = lines.findIndex(({ text }, index) => index >= from && event.test(text));
		expect(found, `${event} after line ${from} of\n${lines.map(({ text }) => text).join('\n')}`).toBeGreaterThanOrEqual(
			0,
		);
		from = found + 1;
		return lines[found]?.at ?? -1;
	});
}

describe('the report of the mremap race', () => {
	const report = scheduledReport('mremap-pageout', 'unfixed', 'mail');
	const heads = drawing(report)[0];

	// The lines of the commit message (fixtures/diagrams/mremap-pmd.txt), with their columns, and what they are in the model.
	const diagram: readonly (readonly [column: number, event: RegExp])[] = [
		[0, /^move_vma\(mm, O, N\)/], // mremap(old_addr, new_addr)
		[0, /^down_write\(mm\.mmap_lock\)/], // mmap_write_lock_killable()
		[1, /^shrink_page\(P\)/], // page_shrinker ...
		[1, /^try_to_unmap_one\(P, 1, O\)/], // .../try_to_unmap_one; addr = old_addr
		[1, /^lock\(T1\.ptl\)/], // lock(pte_ptl)
		[0, /^lock\(D2\.ptl\)/], // lock(pmd_ptl)
		[0, /^pmd = READ_ONCE/], // pmd = *old_pmd
		[0, /^pmd_clear\(/], // pmd_clear(old_pmd)
		[0, /^flush_tlb_range\(O, O\+1\)/], // flush_tlb_range(old_addr)
		[0, /^D2\.pmd\[0\]: none -> table T1/], // *new_pmd = pmd
		[2, /^user_store\(N, 10\)/], // *new_addr = 10; and ...
		[2, /TLB fill N -> P1/], // ... fills TLB with new addr and old pfn
		[0, /^unlock\(D2\.ptl\)/], // unlock(pmd_ptl)
		[1, /^ptep_clear_flush\(T1, O\)/], // ptep_clear_flush()
		[1, /^P1 freed/], // old pfn is free.
		[2, /^\*\*\* stale TLB entry \*\*\*$/], // Stale TLB entry
	];

	it('has the events of the commit message in their order and columns', () => {
		expect(heads?.text).toMatch(/^CPU0 \(mremap\)\t+CPU1 \(reclaim\)\t+CPU2 \(user thread\)$/);
		const starts = ['CPU0', 'CPU1', 'CPU2'].map((name) => {
			const text = `${' '.repeat(heads?.at ?? 0)}${heads?.text ?? ''}`;
			return columnOf(text.slice(0, text.indexOf(name)));
		});
		const found = inOrder(
			report,
			diagram.map(([, event]) => event),
		);
		const columns = found.map((at) => starts.findLastIndex((start) => start <= at));
		expect(columns).toEqual(diagram.map(([column]) => column));
	});

	it('has few events that the commit message has not', () => {
		const own = report.drawing.events.filter(({ kind }) => kind !== 'call' && kind !== 'unlock');
		expect(own.length).toBeLessThanOrEqual(diagram.length + 4);
	});

	it('says which entries there were, and what became of them', () => {
		const rows = report.state.tables.flatMap(({ rows }) => rows);
		expect(rows).toContainEqual({ label: 'D2.pmd[0]', before: 'none', after: 'table T1' });
		expect(rows.find(({ label }) => label === 'CPU2 N')?.after).toMatch(/^P1 .*STALE/);
		expect(rows.find(({ label }) => label === 'P1')?.after).toMatch(/^free/);
	});
});

describe('the report of the vmap sequence', () => {
	const report = scheduledReport('vmap-stale-tlb', 'free-list', 'mail');

	it('has the four numbered points of mail 13 in their order', () => {
		inOrder(report, [
			/^vm_map_ram\(1, 2\)\s+\[ returns A\+0 \]/, // 1 X = vb_alloc()
			/^vm_map_ram\(3, 2\)\s+\[ returns A\+2 \]/, // Y = vb_alloc()
			/A->free: 2 -> 0/, // free space goes to 0
			/^list_del_rcu\(&vb->free_list\)/, // 2 the block leaves the free list
			/TLB fill A\+2 -> P3/, // what will be stale
			/^vb_free\(A\+2, 2\)/,
			/A->dirty: 0 -> 2/, // 3 dirty, but not all of it
			/^vm_unmap_aliases\(\)/, // 4 the walks
			/^_vm_unmap_aliases/, // over the free lists
			/^__purge_vmap_area_lazy/, // over the purge list
			/^\*\*\* stale TLB entry \*\*\*$/,
		]);
	});

	it('tells why with the numbers of the drawing', () => {
		const event = (pattern: RegExp): number | null =>
			report.drawing.events.find(({ text, comment }) => pattern.test(`${text} ${comment}`))?.point ?? null;
		const left = event(/^list_del_rcu/);
		const dirty = event(/A->dirty: 0 -> 2/);
		expect(left).not.toBeNull();
		expect(dirty).not.toBeNull();
		const text = reportText(report).join('\n').replace(/\s+/g, ' ');
		expect(text).toContain(`it left CPU0's list at (${left})`);
		expect(text).toContain(`dirty became 2 of 4 at (${dirty})`);
	});

	it('goes down in time to the harm', () => {
		const steps = report.drawing.events.map(({ step }) => step);
		expect(steps).toEqual(steps.toSorted((a, b) => a - b));
		expect(report.drawing.events.at(-1)?.kind).toBe('violation');
	});
});
