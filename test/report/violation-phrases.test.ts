import { describe, expect, it } from 'vitest';
import { withoutKind } from '../../source/report/violation-phrases.ts';

describe('a title where its kind is said already', () => {
	it.each([
		['deadlock', 'deadlock: CPU0 -> CPU1 -> CPU0', 'CPU0 -> CPU1 -> CPU0'],
		['use-after-free', 'Use after free: page 3', 'page 3'],
		['data-race', 'data-race in vb_free / purge: write and read of x', 'in vb_free / purge: write and read of x'],
		['data-race', 'data-races are listed', 'data-races are listed'],
		['leak', 'struct page is lost', 'struct page is lost'],
	] as const)('%s: %s', (kind, title, rest) => {
		expect(withoutKind(kind, title)).toBe(rest);
	});
});
