import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
	cutText,
	fitBlock,
	fitLine,
	fitText,
	line,
	lineWidth,
	plainOf,
	type StyledLine,
	skipLine,
	skipText,
	span,
	type Tone,
	wrapParagraphs,
	wrapText,
} from '../../source/tui/text/styled.ts';
import { table } from '../../source/tui/text/table.ts';
import { chooseTheme, makeTheme, paint } from '../../source/tui/text/theme.ts';
import { isNarrow, textWidth } from '../../source/tui/text/width.ts';

const wild = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 30 }),
	fc.string({ unit: 'binary', maxLength: 30 }),
	fc.string({
		unit: fc.constantFrom(
			'a',
			' ',
			'中',
			'é',
			'─',
			'\u001b',
			'[',
			'31m',
			'\u202e',
			'\u0000',
			'\n',
			'\t',
			'👨‍👩‍👧',
			'\u0301',
			'\ue000',
		),
		maxLength: 30,
	}),
);
const tones = fc.constantFrom<Tone>('plain', 'changed', 'violation', 'dim');
const lines = fc
	.array(fc.tuple(wild, tones), { maxLength: 5 })
	.map((spans): StyledLine => spans.map(([text, tone]) => span(text, tone)));
const widths = fc.integer({ min: 0, max: 60 });

describe('spans', () => {
	it('hold nothing that could steer a terminal, whatever came in', () => {
		fc.assert(
			fc.property(wild, (text) => {
				expect(span(text).text).not.toMatch(/[\p{Cc}\p{Co}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
			}),
			{ numRuns: 500 },
		);
	});

	it('leave harmless text alone, blanks included', () => {
		expect(span('  a  b ').text).toBe('  a  b ');
		expect(span('ünïcode 中文').text).toBe('ünïcode 中文');
		expect(span('a\u001b[31mb\u0007').text).toBe('a?[31mb?');
	});
});

describe('widths', () => {
	it('are those of string-width, only faster', () => {
		fc.assert(
			fc.property(wild, (text) => {
				const { text: plain } = span(text);
				expect(textWidth(plain)).toBe(stringWidth(plain));
			}),
		);
		for (let code = 0x20; code < 0x3000; code++) {
			if (isNarrow(code)) expect(stringWidth(String.fromCharCode(code))).toBe(1);
		}
	});

	it('are kept exactly by fitting, whatever is fitted', () => {
		fc.assert(
			fc.property(lines, widths, fc.constantFrom('…', '~', ''), (styled, width, ellipsis) => {
				expect(lineWidth(fitLine(styled, width, ellipsis))).toBe(width);
			}),
			{ numRuns: 500 },
		);
		fc.assert(
			fc.property(wild, widths, (text, width) => {
				expect(textWidth(fitText(span(text).text, width, '…'))).toBe(width);
			}),
		);
	});

	it('are not exceeded by cutting, and cutting and skipping divide a text', () => {
		fc.assert(
			fc.property(wild, widths, (text, width) => {
				const { text: plain } = span(text);
				expect(textWidth(cutText(plain, width))).toBeLessThanOrEqual(width);
				const rest = skipText(plain, width);
				expect(textWidth(rest)).toBe(Math.max(0, textWidth(plain) - width));
			}),
		);
		fc.assert(
			fc.property(lines, widths, (styled, width) => {
				expect(lineWidth(skipLine(styled, width))).toBe(Math.max(0, lineWidth(styled) - width));
			}),
		);
	});

	it('and heights of blocks are exact', () => {
		fc.assert(
			fc.property(fc.array(lines, { maxLength: 6 }), widths, fc.integer({ min: 0, max: 8 }), (block, width, height) => {
				const fitted = fitBlock(block, width, height, '…');
				expect(fitted).toHaveLength(height);
				for (const styled of fitted) expect(lineWidth(styled)).toBe(width);
			}),
		);
	});
});

describe('fitting', () => {
	it('marks what was cut off', () => {
		expect(plainOf(fitLine([span('abc'), span('def', 'changed')], 5, '…'))).toBe('abcd…');
		expect(plainOf(fitLine([span('中中中')], 4, '…'))).toBe('中 …');
		expect(plainOf(fitLine([span('abc')], 5, '…'))).toBe('abc  ');
	});
});

describe('wrapping', () => {
	it('keeps every word, in order, and no line is too long', () => {
		fc.assert(
			fc.property(wild, fc.integer({ min: 2, max: 40 }), (text, width) => {
				const { text: plain } = span(text);
				const wrapped = wrapText(plain, width);
				expect(wrapped.join('').replaceAll(' ', '')).toBe(plain.replaceAll(/\s/g, ''));
				for (const part of wrapped) expect(textWidth(part)).toBeLessThanOrEqual(width);
			}),
			{ numRuns: 500 },
		);
	});

	it('indents what goes on, and keeps paragraphs', () => {
		expect(wrapText('one two three four', 9, '  ')).toEqual(['one two', '  three', '  four']);
		expect(wrapParagraphs('one two\n\nthree\n', 20)).toEqual(['one two', '', 'three']);
	});
});

describe('tables', () => {
	it('line their columns up, cut those that are too wide, and leave the last alone', () => {
		const rows = [
			[line('a'), line('long text here'), line('end')],
			[line('bbb'), line('x'), line('another end')],
		];
		expect(table(rows, { gap: 1, widest: [10, 6], ellipsis: '~' }).map(plainOf)).toEqual([
			'a   long ~ end',
			'bbb x      another end',
		]);
	});
});

describe('themes', () => {
	it.each([
		[{ TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }, true, false],
		[{ TERM: 'xterm', LANG: 'C' }, true, true],
		[{ TERM: 'xterm', LANG: 'C.UTF-8', LC_ALL: 'C' }, true, true],
		[{ TERM: 'xterm', LANG: 'C', LC_CTYPE: 'de_DE.utf8' }, true, false],
		[{ TERM: 'xterm', LANG: 'C.UTF-8', NO_COLOR: '1' }, false, false],
		[{ TERM: 'xterm', LANG: 'C.UTF-8', NO_COLOR: '' }, true, false],
		[{ TERM: 'vt100', LANG: 'C.UTF-8' }, false, false],
	])('%j: colour %s, only ASCII %s', (environment, hasColour, isAscii) => {
		expect(chooseTheme(environment)).toMatchObject({ hasColour, isAscii });
	});

	it('paint exactly the cells of the text, in ASCII where that is all there is', () => {
		fc.assert(
			fc.property(lines, (styled) => {
				const painted = paint(makeTheme(true, false), styled);
				const shown = painted
					.split('\u001b')
					.map((part, index) => (index === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
					.join('');
				expect(shown).toMatch(/^[ -~]*$/);
				expect(shown.length).toBe(lineWidth(styled));
			}),
		);
	});
});
