import { describe, expect, it } from 'vitest';
import { bundled, follow, kindsReported } from './follow.ts';

const scenario = bundled('mremap-pageout');

describe('the schedules of the mremap models', () => {
	it.each<[string, readonly string[]]>([
		['mail', ['stale-tlb', 'use-after-free']],
		['accepted', []],
		['v7-1', []],
		['one-lock', ['stale-tlb']],
		['pud', ['stale-tlb']],
		['missed', ['missed-mapping', 'assertion']],
		['second-patch', ['wild-walk']],
		['fast-and-safe', []],
	])('%s reports %j', (schedule, kinds) => {
		const kernels = scenario.schedules.find(({ id }) => id === schedule)?.kernels ?? [];
		expect(kernels).toHaveLength(1);
		for (const kernel of kernels) expect(kindsReported(follow(scenario.id, { kernel, schedule }))).toEqual(kinds);
	});

	it('are all tried here', () => {
		expect(scenario.schedules).toHaveLength(8);
	});

	it.each([
		['accepted', 'anon_vma.rwsem'],
		['v7-1', 'pmd_page.ptl'],
		['fast-and-safe', 'pte_page.ptl'],
	])('in %s the mover waits for the lock that the kernel is about', (schedule, lock) => {
		const [kernel = ''] = scenario.schedules.find(({ id }) => id === schedule)?.kernels ?? [];
		const costs = follow(scenario.id, { kernel, schedule }).at(-1)?.state.costs ?? {};
		expect(Object.keys(costs).filter((name) => name.startsWith('lock waits: '))).toEqual([`lock waits: ${lock}`]);
	});
});
