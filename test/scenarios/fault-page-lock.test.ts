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
		readonly fault: string;
		readonly programs: readonly string[];
		readonly kinds: readonly string[];
	}[];
}

const id = 'fault-page-lock';
const scenario = loadBundled(id);
const { rows }: Rows = JSON.parse(
	readFileSync(new URL('../../fixtures/golden/vma/page-lock-rows.json', import.meta.url), 'utf8'),
);
const search = (kernel: string, program: string, fault = 'locked') =>
	explore(buildTarget(scenario, { kernel, program, options: { fault } }).machine);

describe('the page lock in the fault path', () => {
	it.each(rows.flatMap(({ programs, ...row }) => programs.map((program) => ({ ...row, program }))))(
		'is as known: $id, $program, $fault: $kinds',
		{ timeout: 30_000 },
		({ kernel, program, fault, kinds }) => {
			const found = search(kernel, program, fault);
			expect(found.complete).toBe(true);
			expect(kindsOf(found)).toEqual(kinds);
		},
	);

	it('answers what was open: patch 3 lets a copy outlive the truncation, and nothing else', () => {
		const { found } = search('patch3', 'copy');
		expect(found.map(({ violation }) => violation.title)).toEqual([
			'a copy of page 0 is mapped, and truncate has left 0 pages',
		]);
		expect(kindsOf(search('patch3', 'read'))).toEqual([]);
	});

	it('says so of an unlock that nobody has locked for, when patch 3 does not ask', () => {
		const { found } = search('unlock-always', 'copy', 'unlocked');
		const titles = found
			.filter(({ violation }) => violation.kind === 'lock-misuse')
			.map(({ violation }) => violation.title);
		expect(titles).toContain('mutex_unlock(&mem_map[0].lock): the lock is not held');
	});

	it('says nothing of a copy that is kept over a hole punch', () => {
		for (const kernel of ['before', 'patch3']) expect(search(kernel, 'copy-punch').found).toEqual([]);
	});

	it('says nothing of a page_mkwrite that finds the page gone, and asks for the fault again', () => {
		expect(search('patch2', 'mkwrite', 'unlocked').found).toEqual([]);
	});
});

describe('the schedules of the page lock in the fault path', () => {
	canFollowAll(scenario);

	it.each([
		['copy', 'patch3', ['mapped: mapped-after-truncate']],
		['copy-before', 'before', []],
		['unlocked', 'before', ['mapped: mapped-after-truncate']],
		['lost-bit', 'lost-locked-bit', ['deadlock: deadlock']],
		['missing-unlock', 'no-unlock', ['returns locked: lock-misuse', 'deadlock: deadlock']],
	])('%s gives on %s: %j', (schedule, kernel, expected) => {
		expect(reportsOf(followBundled(id, kernel, schedule), 'violation')).toEqual(expected);
	});
});
