import { describe, expect, it } from 'vitest';
import { formatText } from '../../source/machine/format.ts';
import { Bench, scalarTypes, structLayout, testProgram } from './plain-store.ts';

function setUp() {
	const layouts = [structLayout('vmap_block', { va: scalarTypes.ulong, free: scalarTypes.ulong })];
	const bench = new Bench(testProgram({ layouts, texts: ['', 'page cache'] }));
	const block = bench.add(0, { name: 'A' });
	bench.store.setRanges([{ space: 3, start: 8192, end: 8192 + 4 * 4096, name: 'A' }]);
	return { block, format: (text: string, ...values: number[]) => formatText(bench.store, text, values) };
}

describe('format strings', () => {
	it('write integers, signed, unsigned and in hexadecimal', () => {
		const { format } = setUp();
		expect(format('%d %u %x', -1, 7, 255)).toBe('-1 7 0xff');
		expect(format('%u %x', -1, -4096)).toBe('18446744073709551615 0xfffffffffffff000');
	});

	it('write texts, pointers, addresses, frames and times by name', () => {
		const { format, block } = setUp();
		expect(format('%s|%p|%p|%p', 1, block, block + 1, 0)).toBe('page cache|A|&A->free|NULL');
		expect(format('%a..%a', 8192 + 2 * 4096, 8192 + 4 * 4096)).toBe('A+2..A+4');
		expect(format('%a %f', 4, 3)).toBe('0x4 P3');
		expect(format('%t, %t, %t', 13, 1, 0)).toBe('step 12, the set-up, never');
	});

	it('keep percent signs, unknown conversions and missing arguments in sight', () => {
		const { format } = setUp();
		expect(format('100%% %y %d %d %', 5)).toBe('100% %y 5 ? %');
		expect(format('plain', 1, 2)).toBe('plain');
	});
});
