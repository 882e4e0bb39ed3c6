import { describe, expect, it } from 'vitest';
import { compareAddresses, pageOf, pagesOfRange, spansOverlap } from '../../source/machine/address.ts';

describe('addresses', () => {
	it('compare as unsigned numbers: ULONG_MAX is the highest', () => {
		expect(compareAddresses(-1, 0)).toBeGreaterThan(0);
		expect(compareAddresses(5, -4096)).toBeLessThan(0);
		expect(compareAddresses(-4096, -1)).toBeLessThan(0);
		expect(compareAddresses(7, 7)).toBe(0);
	});

	it('lie in pages, in the upper half too', () => {
		expect(pageOf(4095, 4096)).toBe(0);
		expect(pageOf(-1, 4096)).toBe(-1);
		expect(pageOf(-4096, 4096)).toBe(-1);
	});

	it('make ranges that touch every page they have an address in', () => {
		expect(pagesOfRange(4096, 3 * 4096, 4096)).toEqual({ first: 1, last: 2 });
		expect(pagesOfRange(4096, 4097, 4096)).toEqual({ first: 1, last: 1 });
		expect(pagesOfRange(0, -1, 4096)).toEqual({ first: 0, last: -1 });
	});

	it('make nothing of empty and inverted ranges, as ULONG_MAX..0', () => {
		expect(pagesOfRange(4096, 4096, 4096)).toBeNull();
		expect(pagesOfRange(-1, 0, 4096)).toBeNull();
	});

	it('overlap when they share a page', () => {
		expect(spansOverlap({ first: 1, last: 2 }, { first: 2, last: 5 })).toBe(true);
		expect(spansOverlap({ first: 1, last: 2 }, { first: 3, last: 5 })).toBe(false);
		expect(spansOverlap({ first: 0, last: -1 }, { first: 3, last: 3 })).toBe(true);
	});
});
