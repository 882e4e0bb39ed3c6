import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	entryFlagBits,
	entryFlags,
	entryPayload,
	flagLetters,
	isLeaf,
	isPresent,
	isWritable,
	makeEntry,
	withFlags,
} from '../../source/machine/page-table-entry.ts';

describe('a page-table entry', () => {
	it('gives back what it was made from', () => {
		fc.assert(
			fc.property(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 255 }), (payload, flags) => {
				const entry = makeEntry(payload, flags);
				return entryPayload(entry) === payload && entryFlagBits(entry) === flags && Number.isSafeInteger(entry);
			}),
		);
	});

	it('is packed as model C reads it', () => {
		expect(makeEntry(3, entryFlags.present | entryFlags.write)).toBe(3 * 256 + 3);
		expect(entryFlags).toEqual({
			present: 1,
			write: 2,
			accessed: 4,
			dirty: 8,
			leaf: 16,
			soft1: 32,
			soft2: 64,
			soft3: 128,
		});
	});

	it('knows its flags', () => {
		const entry = makeEntry(7, entryFlags.present | entryFlags.dirty);
		expect([isPresent(entry), isWritable(entry)]).toEqual([true, false]);
		expect(withFlags(entry, entryFlags.write | entryFlags.dirty)).toBe(makeEntry(7, 1 | 2 | 8));
		expect(flagLetters(makeEntry(7, 1 | 2 | 4 | 8))).toBe(' W A D');
		expect(flagLetters(makeEntry(7, 1))).toBe('');
		expect(isPresent(0)).toBe(false);
	});

	it('is a leaf by its flag, and at the last level anyway', () => {
		expect(isLeaf(makeEntry(1, 1), 0, 2)).toBe(false);
		expect(isLeaf(makeEntry(1, 1), 1, 2)).toBe(true);
		expect(isLeaf(makeEntry(1, 1 | 16), 0, 2)).toBe(true);
	});
});
