import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { expectedRows } from '../../source/scenario/expected.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { explore, kindsOf } from './explore-helper.ts';
import { canFollowAll, followBundled, reportsOf } from './follow-schedule.ts';

interface Matrix {
	readonly kernels: readonly string[];
	readonly rows: readonly {
		readonly program: string;
		readonly options: Readonly<Record<string, string>>;
		/** Null where nobody said anything. */
		readonly deadlocks: readonly (boolean | null)[];
	}[];
}

const scenario = loadBundled('fuse-write');
const matrix: Matrix = JSON.parse(
	readFileSync(new URL('../../fixtures/golden/vma/fuse-matrix.json', import.meta.url), 'utf8'),
);
const cells = matrix.rows.flatMap(({ program, options, deadlocks }) =>
	deadlocks.flatMap((deadlock, column) => {
		const kernel = matrix.kernels[column] ?? '';
		return deadlock === null ? [] : [{ kernel, program, options, kinds: deadlock ? ['deadlock'] : [] }];
	}),
);
const search = (kernel: string, program: string, options: Readonly<Record<string, string>> = {}) =>
	explore(buildTarget(scenario, { kernel, program, options }).machine);

describe('the FUSE write path', () => {
	it.each(cells)('is expected to do on $kernel with $program, $options, what is known of it', (cell) => {
		const rows = expectedRows(scenario).filter(
			({ selection }) =>
				selection.kernel === cell.kernel &&
				selection.program === cell.program &&
				Object.entries(cell.options).every(([id, value]) => selection.options[id] === value) &&
				Object.keys(selection.options).every(
					(id) => id in cell.options || selection.options[id] === scenario.options.find((o) => o.id === id)?.default,
				),
		);
		expect(rows.map(({ kinds }) => kinds)).toEqual([cell.kinds]);
	});

	// Two writers take a second or more for each kernel; mmstep's checker goes through those.
	it.each(cells.filter(({ program }) => program !== 'two-files'))(
		'does so: $kernel, $program, $options',
		{ timeout: 30_000 },
		({ kernel, program, options, kinds }) => {
			const found = search(kernel, program, options);
			expect(found.complete).toBe(true);
			expect(kindsOf(found)).toEqual(kinds);
		},
	);

	it('waits for the server with no page locked, or with one that nobody needs, and nothing is said', () => {
		for (const tail of ['full', 'partial']) expect(search('fixed', 'anonymous', { tail }).found).toEqual([]);
	});

	it('goes round again when the copy fails, and nothing is said', () => {
		expect(search('fixed', 'retry').found).toEqual([]);
	});

	it('notes data that were shown before the server refused them, which is no bug', () => {
		const { found } = search('fixed', 'server-killed');
		expect(found.map(({ violation }) => `${violation.severity} ${violation.kind}`)).toContain('note torn-read');
		expect(kindsOf({ found })).toEqual([]);
	});
});

describe('the schedules of the FUSE write path', () => {
	canFollowAll(scenario);

	it('own-file warns at the fault-in, before the task waits for itself', () => {
		const followed = followBundled('fuse-write', 'old', 'own-file');
		expect(reportsOf(followed, 'warning')).toEqual(['source of p2: deadlock']);
		expect(reportsOf(followed, 'violation')).toEqual(['waits: deadlock']);
		expect(followed.moments.at(-1)?.reports.at(-1)?.title).toBe('deadlock: CPU0 -> CPU0');
		expect(followBundled('fuse-write', 'fixed', 'own-file').moments.flatMap(({ reports }) => reports)).toEqual([]);
	});

	it.each([
		['two-files', 'CPU0 -> CPU1 -> CPU0'],
		['munmap', 'CPU0 -> CPU2 -> CPU1 -> CPU0'],
		['flusher', 'CPU0 -> CPU2 -> CPU0'],
		['server', 'CPU0 -> CPU1 -> CPU0'],
	])('%s ends in the cycle %s', (schedule, cycle) => {
		const { moments } = followBundled('fuse-write', 'old', schedule);
		expect(moments.at(-1)?.reports.at(-1)?.title).toBe(`deadlock: ${cycle}`);
	});

	it('munmap: the three waits are around the page, mmap_lock and the queue in front of it', () => {
		const details = followBundled('fuse-write', 'old', 'munmap').moments.at(-1)?.reports.at(-1)?.details ?? [];
		expect(details.filter((line) => line.includes('waits for')).slice(0, 3)).toEqual([
			expect.stringMatching(/^CPU0 waits for mutex mm_writer\.mmap_lock\.queue, held by CPU2/),
			expect.stringMatching(/^CPU2 waits for rw_semaphore mm_writer\.mmap_lock\.sem, held by CPU1/),
			expect.stringMatching(/^CPU1 waits for mutex F\.page\[1\]\.lock, held by CPU0/),
		]);
	});
});
