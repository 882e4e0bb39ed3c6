import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { followSchedule, type Moment } from './vmap-state.ts';

const scenario = loadBundled('vmap-stale-tlb');

function reportsOf(moments: readonly Moment[], severity: string): string[] {
	return moments.flatMap(({ mark, reports }) =>
		reports.filter((report) => report.severity === severity).map(({ kind }) => `${mark}: ${kind}`),
	);
}

function pagesFlushed(moment: Moment | undefined): number {
	return moment?.state.costs['flush pages'] ?? 0;
}

describe('the schedules of the vmap models', () => {
	it.each(scenario.schedules.flatMap(({ id, kernels }) => kernels.map((kernel) => ({ id, kernel }))))(
		'$id can be followed to its end on $kernel',
		({ id, kernel }) => {
			const schedule = scenario.schedules.find((candidate) => candidate.id === id);
			expect(followSchedule(kernel, id)).toHaveLength(schedule?.entries.length ?? 0);
		},
	);

	describe('mail', () => {
		it('ends in the one violation on the free lists, after the warning that nobody will flush', () => {
			const moments = followSchedule('free-list', 'mail');
			expect(reportsOf(moments, 'violation')).toEqual(['returned: stale-tlb']);
			expect(reportsOf(moments, 'warning')).toEqual(['23: stale-tlb']);
			expect(pagesFlushed(moments.at(-1))).toBe(0);
		});

		it('says which translation is left, who filled it when, whose frame it is, and why nobody flushed it', () => {
			const moments = followSchedule('free-list', 'mail');
			const report = moments.at(-1)?.reports.find(({ severity }) => severity === 'violation');
			const stepOf = (mark: string) => moments.find((moment) => moment.mark === mark)?.state.clock ?? 0;
			expect(report?.function).toBe('vm_unmap_aliases');
			expect(report?.title).toBe("vm_unmap_aliases() returns, but CPU1's TLB still maps A+2 to P3, owned by N");
			const details = report?.details.join('\n') ?? '';
			const filled = Number(/CPU1 filled it at step (\d+)/.exec(details)?.[1]);
			// Entry 16 is the load; it ends one line after the fill.
			expect(filled).toBeGreaterThan(stepOf('15'));
			expect(filled).toBeLessThanOrEqual(stepOf('16'));
			expect(details).toContain(`it left CPU0's list at step ${stepOf('12')}, when free became 0`);
			expect(details).toContain(`dirty became 2 of 4 at step ${stepOf('22')}, so vb_free() did not free the block`);
		});

		it.each(['xarray', 'xarray-locked', 'series', 'full-series'])(
			'reports nothing and flushes two pages on %s',
			(kernel) => {
				const moments = followSchedule(kernel, 'mail');
				expect(moments.flatMap(({ reports }) => reports)).toEqual([]);
				expect(pagesFlushed(moments.at(-1))).toBe(2);
			},
		);

		it.each(['per-cpu', 'ipi'])('is followed with flush=%s on the free lists, where nothing is flushed', (flush) => {
			const moments = followSchedule('free-list', 'mail', { flush });
			expect(reportsOf(moments, 'violation')).toEqual(['returned: stale-tlb']);
		});
	});

	describe('again', () => {
		it.each([
			['xarray', [2, 4, 6]],
			['xarray-locked', [2, 4, 6]],
			['series', [2, 2, 2]],
			['full-series', [2, 2, 2]],
			['free-list', [0, 0, 0]],
		])('on %s has flushed %j pages after each call', (kernel, pages) => {
			expect(followSchedule(kernel, 'again').map(pagesFlushed)).toEqual(pages);
		});
	});

	it('deferred: everything is flushed in the end, and the promise was broken before', () => {
		const moments = followSchedule('free-list', 'deferred');
		expect(reportsOf(moments, 'violation')).toEqual(['U34: stale-tlb']);
		expect(moments.at(-1)?.state.tlbs).toEqual([[], []]);
		expect(pagesFlushed(moments.at(-1))).toBe(4);
	});

	it('shortcut: the last unmap is never flushed, but for the purge list', () => {
		expect(reportsOf(followSchedule('shortcut', 'shortcut'), 'violation')).toEqual(['T9: stale-tlb']);
		for (const kernel of ['series', 'shortcut-if-clean']) {
			expect(followSchedule(kernel, 'shortcut').flatMap(({ reports }) => reports)).toEqual([]);
		}
	});

	it('shortcut-remap: the range is handed out with old translations, and a legal load reads the wrong page', () => {
		const moments = followSchedule('shortcut', 'shortcut-remap');
		expect(reportsOf(moments, 'violation')).toEqual(['T9r: va-reuse', 'T10r: stale-tlb']);
		expect(moments.at(-1)?.reports.at(-1)?.title).toBe('CPU1 loads A+0 and reads P1, but the page tables say P7');
		expect(followSchedule('series', 'shortcut-remap').flatMap(({ reports }) => reports)).toEqual([]);
	});

	it('no-rcu: the walk locks a block that has been freed', () => {
		const violations = followSchedule('no-rcu', 'no-rcu').flatMap(({ reports }) =>
			reports.filter(({ severity }) => severity === 'violation'),
		);
		expect(violations.map(({ kind, function: fn }) => `${kind} in ${fn}`)).toEqual([
			'use-after-free in _vm_unmap_aliases',
		]);
	});

	it('passed-over: a full block that is not queued yet is missed, unless it is queued under its lock', () => {
		for (const kernel of ['xarray', 'series', 'full-series', 'block-owner']) {
			const moments = followSchedule(kernel, 'passed-over');
			expect(reportsOf(moments, 'violation')).toEqual(['returned: stale-tlb']);
			const details =
				moments
					.flatMap(({ reports }) => reports)
					.at(-1)
					?.details.join('\n') ?? '';
			expect(details).toContain('the walk met A and passed it over: dirty was 4 of 4');
			expect(details).toContain('A was not on the purge list yet');
		}
		expect(followSchedule('retire-under-lock', 'passed-over').flatMap(({ reports }) => reports)).toEqual([]);
	});

	it('walk-free-list: what the stray load finds is a warning of its own kind', () => {
		const moments = followSchedule('free-list', 'walk-free-list');
		expect(reportsOf(moments, 'warning')).toEqual(['U35: stale-use']);
	});
});
