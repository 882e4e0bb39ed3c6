import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../source/language/suggestion.ts';

describe('a suggestion', () => {
	it.each([
		['sumary', 'summary'],
		['shwo', 'show'],
		['lst', 'list'],
		['KERNELS', 'kernels'],
		['vmap-stale-tbl', 'vmap-stale-tlb'],
	])('for %s is %s', (word, meant) => {
		expect(nearest(word, ['summary', 'show', 'list', 'kernels', 'vmap-stale-tlb'])).toBe(meant);
	});

	it('is made only for what is near', () => {
		expect(nearest('xyz', ['list', 'show'])).toBeNull();
		expect(nearest('a', ['bcd'])).toBeNull();
		expect(didYouMean('quux', [])).toBe('');
	});

	it('takes the nearest', () => {
		expect(nearest('free_lst', ['free', 'free_list', 'free_last_x'])).toBe('free_list');
	});
});
