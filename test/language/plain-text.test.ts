import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainLine, plainSourceLine, plainText } from '../../source/language/plain-text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must never come through
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('plain text', () => {
	it.each([
		['a colour', '\x1b[31mred\x1b[0m', '?[31mred?[0m'],
		['the 8-bit form of an escape', '\x9b2J', '?2J'],
		['a request to the terminal', '\x1b]0;title\x07', '?]0;title?'],
		['a backspace over what was said', 'safe\b\b\b\bevil', 'safe????evil'],
		['a carriage return over the line', 'safe\revil', 'safe?evil'],
		['text that is shown backwards', 'a\u202egnp.exe', 'a?gnp.exe'],
		['what cannot be seen', 'no\u200bthing\ufeff', 'no?thing?'],
		['hidden tag characters', 'a\u{e0041}b', 'a?b'],
		['half a character', 'a\ud800b', 'a?b'],
	])('takes the harm out of %s', (_what, text, shown) => {
		expect(plainText(text)).toBe(shown);
	});

	it('leaves letters of every language, and lines, as they are', () => {
		expect(plainText('Grüße, 日本語, emoji 🙂\r\nnext\tcolumn\n')).toBe('Grüße, 日本語, emoji 🙂\nnext column\n');
	});

	it('never lets anything through that steers a terminal', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(plainText(text)).not.toMatch(steering);
				expect(plainLine(text)).not.toMatch(/[\n]/);
				expect(plainSourceLine(text)).not.toMatch(steering);
			}),
		);
	});

	it('lets tabs of source lines reach to the next multiple of 8', () => {
		expect(plainSourceLine('\tx = 1;')).toBe('        x = 1;');
		expect(plainSourceLine('ab\tc\r')).toBe('ab      c');
	});
});
