import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, giveUpWaiting, holdTime, initialDecoder, maxPaste } from '../../source/tui/input/decoder.ts';
import type { InputUnit } from '../../source/tui/input/key.ts';

/** Names of all units of the chunks; a paste as `paste:TEXT`, cut ones as `cut:TEXT`. Then what giving up makes of the rest. */
function names(...chunks: string[]): string[] {
	let state = initialDecoder;
	const units: InputUnit[] = [];
	for (const chunk of chunks) {
		const step = decode(state, chunk);
		state = step.state;
		units.push(...step.units);
	}
	if (holdTime(state) !== null) units.push(...giveUpWaiting(state).units);
	return units.map((unit) => (unit.kind === 'key' ? unit.name : `${unit.complete ? 'paste' : 'cut'}:${unit.text}`));
}

describe('single keys', () => {
	it.each([
		['a', 'a'],
		['A', 'A'],
		['1', '1'],
		[' ', ' '],
		['é', 'é'],
		['中', '中'],
		['😀', '😀'],
		['\r', 'enter'],
		['\n', 'enter'],
		['\t', 'tab'],
		['\u007f', 'backspace'],
		['\b', 'backspace'],
		['\u0000', 'ctrl-space'],
		['\u0001', 'ctrl-a'],
		['\u0003', 'ctrl-c'],
		['\u001a', 'ctrl-z'],
		['\u001c', 'ctrl-\\'],
		['\u001d', 'ctrl-]'],
		['\u001b', 'escape'],
		['\u001ba', 'alt-a'],
		['\u001bB', 'alt-B'],
		['\u001b\u007f', 'alt-backspace'],
		['\u001b\u0001', 'ctrl-alt-a'],
		['\u001b[A', 'up'],
		['\u001b[B', 'down'],
		['\u001b[C', 'right'],
		['\u001b[D', 'left'],
		['\u001bOA', 'up'],
		['\u001bOD', 'left'],
		['\u001b[H', 'home'],
		['\u001b[F', 'end'],
		['\u001bOH', 'home'],
		['\u001b[1~', 'home'],
		['\u001b[7~', 'home'],
		['\u001b[4~', 'end'],
		['\u001b[5~', 'pageup'],
		['\u001b[6~', 'pagedown'],
		['\u001b[2~', 'insert'],
		['\u001b[3~', 'delete'],
		['\u001b[Z', 'shift-tab'],
		['\u001bOP', 'f1'],
		['\u001b[11~', 'f1'],
		['\u001b[[A', 'f1'],
		['\u001b[[E', 'f5'],
		['\u001b[15~', 'f5'],
		['\u001b[21~', 'f10'],
		['\u001b[23~', 'f11'],
		['\u001b[24~', 'f12'],
		['\u001b[1;5A', 'ctrl-up'],
		['\u001b[1;2C', 'shift-right'],
		['\u001b[1;3D', 'alt-left'],
		['\u001b[1;8D', 'ctrl-alt-shift-left'],
		['\u001b[3;5~', 'ctrl-delete'],
		['\u001b[5^', 'ctrl-pageup'],
		['\u001b[1;2P', 'shift-f1'],
		['\u001b[97;5u', 'ctrl-a'],
		['\u001b[27u', 'escape'],
		['\u001b[13;2u', 'shift-enter'],
		['\u001bOM', 'enter'],
		['\u001bOs', '3'],
	])('%j is %s', (bytes, name) => {
		expect(names(bytes)).toEqual([name]);
	});

	it('tells two keys that look alike in Ink apart', () => {
		expect(new Set(['\u001b[15~', '\u001b[21~', '\u001b[23~'].flatMap((bytes) => names(bytes))).size).toBe(3);
	});
});

describe('several keys in one chunk', () => {
	it.each([
		['nnn', ['n', 'n', 'n']],
		['n\r', ['n', 'enter']],
		['\r\r', ['enter', 'enter']],
		['\t\tn', ['tab', 'tab', 'n']],
		['\u000e\u000e', ['ctrl-n', 'ctrl-n']],
		['n\u001b[Bn', ['n', 'down', 'n']],
		['\u001b[A\u001b[A\u001b[B', ['up', 'up', 'down']],
		['\u007f\u007f', ['backspace', 'backspace']],
		['\u001b\u001b[A', ['escape', 'up']],
		['\u001b\u001b', ['escape', 'escape']],
		['a\u001b', ['a', 'escape']],
	])('%j', (bytes, expected) => {
		expect(names(bytes)).toEqual(expected);
	});

	it('makes a hundred digits a hundred keys', () => {
		expect(names('0123456789'.repeat(10))).toHaveLength(100);
	});
});

describe('what is no key', () => {
	it.each([
		['focus in', '\u001b[I'],
		['focus out', '\u001b[O'],
		['mouse, SGR', '\u001b[<0;10;20M'],
		['mouse, X10', '\u001b[M !!'],
		['cursor position', '\u001b[12;40R'],
		['device attributes', '\u001b[?62;1;4c'],
		['kitty keyboard', '\u001b[?1u'],
		['colour, ended by BEL', '\u001b]11;rgb:0000/0000/0000\u0007'],
		['colour, ended by ST', '\u001b]11;rgb:0000/0000/0000\u001b\\'],
		['device control string', '\u001bP1+r544e=1\u001b\\'],
		['an 8-bit control', '\u009b'],
		['an unknown sequence', '\u001b[99~'],
	])('%s is passed over, and the key behind it is not', (_, bytes) => {
		expect(names(`${bytes}x`)).toEqual(['x']);
	});

	it('gives an endless sequence up', () => {
		const end = names(`\u001b[${'1'.repeat(5000)}`, 'q');
		expect(end.at(-1)).toBe('q');
		const string = names(`\u001b]${'a'.repeat(10_000)}`, 'q');
		expect(string.at(-1)).toBe('q');
	});
});

describe('pastes', () => {
	const paste = (text: string): string => `\u001b[200~${text}\u001b[201~`;

	it('are one unit, whatever is in them', () => {
		expect(names(`a${paste('012\u001b[A\u0003\r')}b`)).toEqual(['a', 'paste:012\u001b[A\u0003\r', 'b']);
	});

	it('are found wherever they are split', () => {
		const bytes = `x${paste('hello')}y`;
		for (let at = 0; at <= bytes.length; at++) {
			expect(names(bytes.slice(0, at), bytes.slice(at))).toEqual(['x', 'paste:hello', 'y']);
		}
	});

	it('end after a while when their end never comes', () => {
		const { state } = decode(initialDecoder, '\u001b[200~abc');
		expect(holdTime(state)).toBe(1000);
		const end = giveUpWaiting(state);
		expect(end.units).toEqual([{ kind: 'paste', text: 'abc', complete: false }]);
		expect(decode(end.state, '\u0003').units).toMatchObject([{ name: 'ctrl-c' }]);
	});

	it('are cut when they are too long, and say so', () => {
		const [unit] = decode(initialDecoder, paste('x'.repeat(maxPaste + 10))).units;
		expect(unit).toMatchObject({ kind: 'paste', complete: false });
		expect(unit?.kind === 'paste' && unit.text.length).toBe(maxPaste);
	});
});

describe('waiting', () => {
	it('is short for a lone ESC, and none when nothing is pending', () => {
		expect(holdTime(decode(initialDecoder, 'a').state)).toBeNull();
		expect(holdTime(decode(initialDecoder, '\u001b').state)).toBe(50);
		expect(holdTime(decode(initialDecoder, '\u001b[').state)).toBe(250);
	});

	it('makes ESC and a letter that come late two keys, and an arrow that is split one', () => {
		const first = decode(initialDecoder, '\u001b');
		const given = giveUpWaiting(first.state);
		expect([...given.units, ...decode(given.state, 'j').units]).toMatchObject([{ name: 'escape' }, { name: 'j' }]);
		expect(names('\u001b', '[A')).toEqual(['up']);
		expect(names('\u001b[', 'A')).toEqual(['up']);
	});

	it('invents no keys from half a sequence', () => {
		expect(names('\u001b[1;')).toEqual([]);
	});
});

describe('any input', () => {
	const pieces = fc.oneof(
		fc.constantFrom(
			'\u001b',
			'[',
			'O',
			'A',
			'1',
			';',
			'~',
			'200~',
			'\u001b[200~',
			'\u001b[201~',
			'M',
			']',
			'\u0007',
			'\r',
			'é',
			'😀',
		),
		fc.string({ unit: 'binary', maxLength: 4 }),
	);

	it('gives the same units however it is split', () => {
		fc.assert(
			fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
				expect(names(...parts)).toEqual(names(parts.join('')));
			}),
			{ numRuns: 500 },
		);
	});

	it('keeps what it holds bounded', () => {
		fc.assert(
			fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
				const { state } = decode(initialDecoder, parts.join('').repeat(200));
				expect(state.pending.length).toBeLessThan(4100);
				expect(state.paste?.length ?? 0).toBeLessThanOrEqual(maxPaste);
			}),
		);
	});

	it('loses no printable key', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'abcXYZ019 .:/?'), maxLength: 200 }), (text) => {
				expect(names(text).join('')).toBe(text);
			}),
		);
	});
});
