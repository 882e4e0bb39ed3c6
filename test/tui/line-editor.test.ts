import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, initialDecoder } from '../../source/tui/input/decoder.ts';
import {
	type Complete,
	edit,
	insert,
	type LineEditor,
	newEditor,
	remember,
	textOf,
} from '../../source/tui/input/line-editor.ts';

const nothing: Complete = () => [];

/** Types what a terminal would send. */
function type(editor: LineEditor, bytes: string, complete: Complete = nothing): LineEditor {
	let current = editor;
	for (const unit of decode(initialDecoder, bytes).units) {
		if (unit.kind !== 'key') continue;
		const result = edit(current, unit, complete);
		if (result.kind !== 'unknown') current = result.editor;
	}
	return current;
}

/** The text with `|` at the cursor. */
function shown(editor: LineEditor): string {
	const { characters, cursor } = editor;
	return `${characters.slice(0, cursor).join('')}|${characters.slice(cursor).join('')}`;
}

const start = newEditor([]);

describe('editing', () => {
	it.each([
		['abc', 'abc|'],
		['abc\u0002\u0002X', 'aX|bc'],
		['abc\u0001X', 'X|abc'],
		['abc\u0001X\u0005Y', 'XabcY|'],
		['abc\u001b[D\u001b[DX', 'aX|bc'],
		['abc\u007f', 'ab|'],
		['abc\u0001\u001b[3~', '|bc'],
		['abc\u0001\u0004', '|bc'],
		['one two\u0017', 'one |'],
		['one two.three\u0017\u0017', 'one |'],
		['one two\u001bb\u001bb', '|one two'],
		['one two\u0001\u001bf', 'one| two'],
		['one two\u0001\u001bd', '| two'],
		['one two\u0001\u000b', '|'],
		['one two\u001bb\u0015', '|two'],
		['one two\u0017\u0001\u0019', 'two|one '],
		['aé😀b\u0002\u0002\u007f', 'a|😀b'],
	])('%j gives %s', (bytes, expected) => {
		expect(shown(type(start, bytes))).toBe(expected);
	});

	it('accepts with Enter, and cancels with Escape, ctrl-C, or a backspace on nothing', () => {
		const key = (name: string, bytes: string) => ({ kind: 'key' as const, name, bytes });
		expect(edit(type(start, 'ab'), key('enter', '\r'), nothing)).toMatchObject({ kind: 'accepted', text: 'ab' });
		expect(edit(type(start, 'ab'), key('escape', '\u001b'), nothing).kind).toBe('cancelled');
		expect(edit(type(start, 'ab'), key('ctrl-c', '\u0003'), nothing).kind).toBe('cancelled');
		expect(edit(start, key('backspace', '\u007f'), nothing).kind).toBe('cancelled');
		expect(edit(start, key('f5', '\u001b[15~'), nothing).kind).toBe('unknown');
	});

	it('takes a pasted text in as one line without control characters', () => {
		expect(textOf(insert(start, 'a\nb\tc\u001b[31md\r\n'))).toBe('a b c[31md ');
	});

	it('does not grow without end', () => {
		expect(insert(start, 'x'.repeat(10_000)).characters.length).toBe(4096);
	});
});

describe('history', () => {
	const editor = newEditor(['first', 'second']);

	it('goes back and forth, and keeps what was being typed', () => {
		expect(textOf(type(editor, 'new\u001b[A'))).toBe('second');
		expect(textOf(type(editor, 'new\u001b[A\u001b[A'))).toBe('first');
		expect(textOf(type(editor, 'new\u001b[A\u001b[A\u001b[A'))).toBe('first');
		expect(textOf(type(editor, 'new\u001b[A\u001b[A\u001b[B\u001b[B'))).toBe('new');
	});

	it('keeps each line once, the last place counts', () => {
		expect(remember(['a', 'b'], 'a')).toEqual(['b', 'a']);
		expect(remember(['a'], '  ')).toEqual(['a']);
	});
});

describe('completion', () => {
	const words = ['break', 'backtrace', 'branch', 'goto'];
	const complete: Complete = (before) => words.filter((word) => word.startsWith(/\S*$/.exec(before)?.[0] ?? ''));

	it('finishes a word that is the only one', () => {
		expect(shown(type(start, 'g\t', complete))).toBe('goto |');
	});

	it('goes as far as all candidates agree, then through them, and back', () => {
		expect(shown(type(start, 'br\t', complete))).toBe('br|');
		expect(shown(type(start, 'b\t', complete))).toBe('b|');
		expect(shown(type(start, 'b\t\t', complete))).toBe('break|');
		expect(shown(type(start, 'b\t\t\t', complete))).toBe('backtrace|');
		expect(shown(type(start, 'b\t\t\t\t\t', complete))).toBe('break|');
		expect(shown(type(start, 'b\t\u001b[Z', complete))).toBe('branch|');
	});

	it('leaves what stands after the cursor alone', () => {
		expect(shown(type(start, 'g x\u0001\u0006\t', complete))).toBe('goto | x');
	});

	it('ends with any other key', () => {
		expect(type(start, 'b\t', complete).completion).not.toBeNull();
		expect(type(start, 'b\tx', complete).completion).toBeNull();
	});

	it('does nothing when nothing fits', () => {
		expect(shown(type(start, 'zz\t', complete))).toBe('zz|');
	});
});

describe('any keys', () => {
	it('keep the cursor inside the line', () => {
		const bytes = fc.string({
			unit: fc.constantFrom(
				'a',
				' ',
				'\u0001',
				'\u0005',
				'\u0002',
				'\u0006',
				'\u007f',
				'\u0017',
				'\u000b',
				'\u0015',
				'\u0019',
				'\t',
				'\u001b[A',
				'\u001b[B',
				'\u001b[Z',
				'\u001bb',
				'\u001bf',
				'\u001bd',
			),
			maxLength: 60,
		});
		fc.assert(
			fc.property(bytes, (keys) => {
				const editor = type(newEditor(['old line', 'other']), keys, () => ['aa', 'ab']);
				expect(editor.cursor).toBeGreaterThanOrEqual(0);
				expect(editor.cursor).toBeLessThanOrEqual(editor.characters.length);
			}),
		);
	});
});
