import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignColumns, asciiText, wrapLine, wrapProse } from '../../source/report/wrap.ts';

describe('wrapping', () => {
	it('keeps to the width and loses no word', () => {
		fc.assert(
			fc.property(
				fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
				fc.integer({ min: 20, max: 60 }),
				fc.nat(4),
				(words, width, hang) => {
					const lines = wrapLine(words.join(' '), width, hang);
					expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
					expect(lines.join(' ').split(/\s+/)).toEqual(words);
				},
			),
		);
	});

	it('ends, whatever the text', () => {
		fc.assert(
			fc.property(fc.string(), fc.integer({ min: -5, max: 30 }), fc.nat(100), (text, width, hang) => {
				const letters = (from: string) => from.replace(/\s/g, '');
				expect(letters(wrapLine(text, width, hang).join(''))).toBe(letters(text));
			}),
		);
	});

	it('cuts a word that is longer than the line', () => {
		expect(wrapLine('a_very_long_identifier', 10)).toEqual(['a_very_lon', 'g_identifi', 'er']);
	});

	it('keeps paragraphs', () => {
		expect(wrapProse('one two\n\nthree', '> ', 9)).toEqual(['> one two', '', '> three']);
	});
});

describe('a mail', () => {
	it('is ASCII', () => {
		expect(asciiText('“a → b” – naïve…\u00a0ok 日')).toBe('"a -> b" - naive... ok ?');
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(asciiText(text)).toMatch(/^[\n\x20-\x7e]*$/);
			}),
		);
	});

	it('has aligned columns, the last one wrapped below itself', () => {
		expect(
			alignColumns(
				[
					['a', 'first'],
					['long', 'one two three four five six'],
				],
				'  ',
				28,
			),
		).toEqual(['  a     first', '  long  one two three four', '        five six']);
	});
});
