import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { explore, kindsOf } from './explore-helper.ts';
import { canFollowAll, followBundled, reportsOf } from './follow-schedule.ts';

interface Matrix {
	readonly kernels: readonly string[];
	readonly rows: readonly { readonly program: string; readonly verdicts: readonly string[] }[];
}

const id = 'map-pages-truncate';
const scenario = loadBundled(id);
const matrix: Matrix = JSON.parse(
	readFileSync(new URL('../../fixtures/golden/vma/map-pages-matrix.json', import.meta.url), 'utf8'),
);
const kindOfLetter: Readonly<Record<string, string>> = { A: 'assertion', S: 'mapped-after-truncate' };
const cells = matrix.rows.flatMap(({ program, verdicts }) =>
	matrix.kernels.map((kernel, column) => ({
		kernel,
		program,
		kinds: [...(verdicts[column] ?? '')].map((letter) => kindOfLetter[letter]),
	})),
);
const search = (kernel: string, program: string, options: Readonly<Record<string, string>> = {}) =>
	explore(buildTarget(scenario, { kernel, program, options }).machine);
const kinds = (kernel: string, program: string, options: Readonly<Record<string, string>> = {}) =>
	kindsOf(search(kernel, program, options));

describe('mapping pages around a fault, beside who removes them', () => {
	it.each(cells)('is as known: $kernel, $program: $kinds', { timeout: 30_000 }, (cell) => {
		const found = search(cell.kernel, cell.program);
		expect(found.complete).toBe(true);
		expect(kindsOf(found)).toEqual(cell.kinds);
	});

	it('has the same at rest behind a muted assertion, which is a note then', () => {
		const found = search('patch4', 'punch', { assertions: 'muted' });
		expect(kindsOf(found)).toEqual(['mapped-after-truncate']);
		expect(found.found.map(({ violation }) => `${violation.severity} ${violation.kind}`)).toContain('note assertion');
	});

	it('leaves nothing at rest behind the assertion that Hugh Dickins took out', () => {
		expect(kinds('patch4', 'khugepaged', { assertions: 'muted' })).toEqual([]);
	});

	it.each([
		['under-ptl', 'truncate-first', []],
		['under-ptl', 'punch', ['assertion', 'mapped-after-truncate']],
		['mapcount-first', 'punch', ['assertion', 'mapped-after-truncate']],
		['mapcount-first-mapping', 'punch', ['assertion']],
		['mapcount-first-mapping', 'swap-out', []],
	])('answers what was open: %s, %s: %j', { timeout: 30_000 }, (kernel, program, expected) => {
		expect(kinds(kernel, program)).toEqual(expected);
	});

	it('loses stores if shared mappings do not lock either, and never if they do', () => {
		expect(kinds('patch4-shared', 'punch', { mapping: 'shared' })).toContain('lost-store');
		expect(kinds('patch4', 'punch', { mapping: 'shared' })).toEqual([]);
	});

	it('says nothing while pages are skipped because they are locked', () => {
		expect(search('trylock', 'swap-out').found).toEqual([]);
	});
});

describe('the schedules of mapping pages around a fault', () => {
	canFollowAll(scenario);

	it.each([
		['assertion', 'patch4', ['assertion: assertion']],
		['at-rest', 'patch4', ['at rest: mapped-after-truncate']],
		['recheck', 'patch4-no-recheck', ['swapped out: assertion']],
		['recheck', 'patch4', []],
		['khugepaged', 'patch4', ['assertion: assertion']],
		['count-and-look', 'mapcount-first-mapping', ['assertion: assertion']],
		['under-ptl', 'under-ptl', ['assertion: assertion']],
	])('%s ends on %s in %j', (schedule, kernel, expected) => {
		expect(reportsOf(followBundled(id, kernel, schedule), 'violation')).toEqual(expected);
	});

	it('says which tests were true when they were made and are not any more', () => {
		const report = followBundled(id, 'patch4', 'at-rest').moments.flatMap(({ reports }) => reports)[0];
		expect(report?.details.filter((line) => line.includes('is not now')).map((line) => line.split('"')[1])).toEqual([
			'in its slot',
			'mapping',
			'below i_size',
		]);
	});

	it('later-page: a PTE beyond i_size is fine while the truncation is going on', () => {
		const { moments } = followBundled(id, 'patch4', 'later-page');
		expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
	});
});
