import { describe, expect, it } from 'vitest';
import { tokenize } from '../../../source/language/tokens/lexer.ts';
import { describeToken } from '../../../source/language/tokens/token.ts';

const texts = (text: string): string[] =>
	tokenize(text, 'a.c')
		.slice(0, -1)
		.map((token) => token.text);
const kinds = (text: string): string[] => tokenize(text, 'a.c').map((token) => token.kind);
const places = (text: string): string[] =>
	tokenize(text, 'a.c').map(({ text: own, position }) => `${own}@${position.line}:${position.column}`);

describe('tokens', () => {
	it('are cut at the longest sign', () => {
		expect(texts('a+++b')).toEqual(['a', '++', '+', 'b']);
		expect(texts('x<<=y>>z->w')).toEqual(['x', '<<=', 'y', '>>', 'z', '->', 'w']);
		expect(texts('f(...)')).toEqual(['f', '(', '...', ')']);
		expect(texts('a##b #c')).toEqual(['a', '##', 'b', '#', 'c']);
	});

	it('have kinds', () => {
		expect(kinds('_a1 0x1fUL "s" \'c\' ;')).toEqual([
			'identifier',
			'number',
			'string',
			'character',
			'punctuator',
			'end',
		]);
	});

	it('keep quotes and escapes of strings and characters as written', () => {
		expect(texts(String.raw`"a\"b" '\'' "// no comment"`)).toEqual([
			String.raw`"a\"b"`,
			String.raw`'\''`,
			'"// no comment"',
		]);
	});

	it('are one number as long as it looks like one, so that a mistake is one token', () => {
		expect(texts('1.5e-3f 0x1g 12abc .5')).toEqual(['1.5e-3f', '0x1g', '12abc', '.5']);
	});

	it('know line and column, a tab being one column', () => {
		expect(places('\tab\n  c')).toEqual(['ab@1:2', 'c@2:3', '@2:4']);
	});

	it('know their place behind a line continuation, also within a token', () => {
		expect(places('ab \\\n c\nd')).toEqual(['ab@1:1', 'c@2:2', 'd@3:1', '@3:2']);
		expect(places('a\\\nb c')).toEqual(['ab@1:1', 'c@2:3', '@2:4']);
		expect(places('a \\\r\n b\r\nc')).toEqual(['a@1:1', 'b@2:2', 'c@3:1', '@3:2']);
	});

	it('know whether they begin a line: a continued line is one line', () => {
		const starts = tokenize('a b\nc \\\n d\n/* x */ e', 'a.c').map(
			(token) => `${token.text}${token.startsLine ? '!' : ''}`,
		);
		expect(starts).toEqual(['a!', 'b', 'c!', 'd', 'e!', '!']);
	});

	it('know whether blank space comes before them', () => {
		const spaced = tokenize('f(a, b/**/c)', 'a.c').filter((token) => token.spaceBefore);
		expect(spaced.map((token) => token.text)).toEqual(['b', 'c']);
	});
});

describe('text that is no token', () => {
	const problems = (text: string): (string | null)[] =>
		tokenize(text, 'a.c')
			.filter((token) => token.kind === 'bad')
			.map((token) => token.problem);

	it('becomes a bad token that says why', () => {
		expect(problems('int @@ x;')).toEqual(['this is no character of model C']);
		expect(problems('"open')).toEqual(['this string is not closed on its line']);
		expect(problems("don't")).toEqual(['this character is not closed on its line']);
		expect(problems('a /* b')).toEqual(['this comment is never closed']);
		expect(problems('\u0000\u001b[31m')).not.toEqual([]);
	});

	it('does not swallow the next line', () => {
		expect(texts('"open\nx')).toEqual(['"open', 'x']);
	});

	it('is never shown with control characters', () => {
		const [token] = tokenize('\u001b\u0007', 'a.c');
		expect(token && describeToken(token)).toBe('"??"');
	});
});

describe('comments', () => {
	const commentOf = (text: string): string | undefined =>
		tokenize(text, 'a.c').find((token) => token.text === 'f')?.comment;

	it('right above a token are known to it, without their signs', () => {
		expect(commentOf('/* one */\nf')).toBe('one');
		expect(commentOf('/**\n * First line.\n *\n *   indented\n */\nf')).toBe('First line.\n\n  indented');
		expect(commentOf('// a\n// b\nf')).toBe('a\nb');
		expect(commentOf('/* a\n   b */\nf')).toBe('a\nb');
	});

	it('above a blank line belong to nothing', () => {
		expect(commentOf('/* licence */\n\nf')).toBe('');
		expect(commentOf('/* licence */\n\n/* own */\nf')).toBe('own');
	});

	it('behind code on its line belong to that code', () => {
		expect(commentOf('int x; /* of x */\nf')).toBe('');
	});

	it('belong to the first token of the line only', () => {
		expect(commentOf('/* one */\nstatic f')).toBe('');
	});
});
