import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundled, follow, targetOf } from './follow.ts';
import { columnsOf, type PageTableColumns } from './page-tables-state.ts';

/** One moment of a table of interleavings, as the domain description and the mail have it. */
interface GoldenRow extends PageTableColumns {
	readonly mark: string;
	/** Kinds of violation reported on the way to it. */
	readonly reports: readonly string[];
}

interface GoldenTable {
	readonly title: string;
	readonly schedule: string;
	readonly kernel: string;
	readonly rows: readonly GoldenRow[];
}

const folder = new URL('../../fixtures/golden/page-tables/', import.meta.url);
const tables = readdirSync(folder)
	.filter((name) => name.endsWith('.json'))
	.map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenTable);

describe.each(tables)('$title', ({ schedule, kernel, rows }) => {
	const target = targetOf('mremap-pageout', { kernel, schedule });
	const moments = follow('mremap-pageout', { kernel, schedule });

	it.each(rows)('$mark', ({ mark, reports, ...columns }) => {
		const moment = moments.find((candidate) => candidate.mark === mark);
		if (moment === undefined) throw new Error(`the schedule has no mark ${mark}`);
		expect(columnsOf(target, moment.state)).toEqual(columns);
		const violations = moment.reports.filter(({ severity }) => severity === 'violation');
		expect(violations.map(({ kind }) => kind)).toEqual(reports);
	});

	it('has a row for each mark of the schedule', () => {
		const marks = moments.map(({ mark }) => mark).filter((mark) => mark !== '');
		expect(rows.map(({ mark }) => mark)).toEqual(marks);
	});
});

describe("the mail's diagram", () => {
	/** Its lines, from top to bottom; `the new vma is there`, the page check and X are this scenario's additions. */
	const lines = [
		'mmap_write_lock_killable()',
		'addr = old_addr',
		'lock(pte_ptl)',
		'lock(pmd_ptl)',
		'pmd = *old_pmd',
		'pmd_clear(old_pmd)',
		'flush_tlb_range(old_addr)',
		'*new_pmd = pmd',
		'*new_addr = 10',
		'unlock(pmd_ptl)',
		'ptep_clear_flush()',
		'old pfn is free',
		'Stale TLB entry',
	];
	const additions = ['the new vma is there', 'the page is the one', 'X has the frame'];

	it('is the schedule, line by line', () => {
		const schedule = bundled('mremap-pageout').schedules.find(({ id }) => id === 'mail');
		expect(schedule?.entries.map(({ mark }) => mark).filter((mark) => !additions.includes(mark))).toEqual(lines);
	});

	it('says who filled the translation, when it went stale, and when another address was flushed', () => {
		const moments = follow('mremap-pageout', { kernel: 'unfixed', schedule: 'mail' });
		const stepsOf = (mark: string): [number, number] => {
			const index = moments.findIndex((moment) => moment.mark === mark);
			return [moments[index - 1]?.state.clock ?? 0, moments[index]?.state.clock ?? 0];
		};
		const report = moments.flatMap(({ reports }) => reports).find(({ kind }) => kind === 'stale-tlb');
		expect(report?.title).toBe("P1 is freed while CPU2's TLB still maps N to it");
		const [, filled, stale] =
			/filled it at step (\d+), and it is stale since step (\d+)/.exec(report?.details[0] ?? '') ?? [];
		const [, flushed, came] =
			/at step (\d+); the table entry came to N at step (\d+)/.exec(report?.details[1] ?? '') ?? [];
		for (const [step, mark] of [
			[filled, '*new_addr = 10'],
			[stale, 'ptep_clear_flush()'],
			[flushed, 'ptep_clear_flush()'],
			[came, '*new_pmd = pmd'],
		] as const) {
			const [after, until] = stepsOf(mark);
			expect(Number(step)).toBeGreaterThan(after);
			expect(Number(step)).toBeLessThanOrEqual(until);
		}
	});
});
