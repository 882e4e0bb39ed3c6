/**
 * Bytes from a terminal (decoded to text) into key presses and pastes. A chunk may hold half a sequence, or a hundred keys; the
 * decoder is a pure function of what came before and the chunk, so that it can be tested at every split.
 * Sequences as in ECMA-48 and xterm's "Control Sequences", with the rxvt and Linux-console forms of the function keys.
 */

import type { InputUnit, KeyPress } from './key.ts';

export interface DecoderState {
	/** The beginning of a sequence whose end has not come. */
	readonly pending: string;
	/** Text pasted so far, or null outside of a paste. */
	readonly paste: string | null;
	/** Whether the paste has been cut for its length. */
	readonly cut: boolean;
}

export interface Decoded {
	readonly state: DecoderState;
	readonly units: readonly InputUnit[];
}

export const initialDecoder: DecoderState = { pending: '', paste: null, cut: false };

/** Characters of one paste that are kept; a longer one is cut. */
export const maxPaste = 65_536;
/** Characters a control sequence or string may have before it is given up as noise. */
const maxSequence = 64;
const maxString = 4096;

const esc = '\u001b';
const pasteStart = `${esc}[200~`;
const pasteEnd = `${esc}[201~`;

/** How long to wait for the rest of what is pending, in milliseconds; null when nothing is. */
export function holdTime(state: DecoderState): number | null {
	if (state.paste !== null) return 1000;
	if (state.pending === '') return null;
	// A lone ESC is most likely the key; with more of a sequence there, its rest is on the way over a slow line.
	return state.pending === esc ? 50 : 250;
}

/** Takes a chunk in. */
export function decode(state: DecoderState, chunk: string): Decoded {
	const units: InputUnit[] = [];
	let { paste, cut } = state;
	let text = state.pending + chunk;
	while (text !== '') {
		if (paste !== null) {
			const end = text.indexOf(pasteEnd);
			const taken = end >= 0 ? end : text.length - partialEnd(text);
			const room = maxPaste - paste.length;
			cut = cut || taken > room;
			paste += text.slice(0, Math.min(taken, room));
			if (end < 0) {
				text = text.slice(taken);
				break;
			}
			units.push({ kind: 'paste', text: paste, complete: !cut });
			paste = null;
			cut = false;
			text = text.slice(end + pasteEnd.length);
			continue;
		}
		const read = readUnit(text);
		if (read === null) break;
		text = text.slice(read.length);
		if (read.what === 'paste') paste = '';
		else if (read.what !== null) units.push(read.what);
	}
	return { state: { pending: text, paste, cut }, units };
}

/** Gives up waiting for the rest of what is pending: an ESC was the key, half a paste is a cut paste, half a sequence is noise. */
export function giveUpWaiting(state: DecoderState): Decoded {
	if (state.paste !== null) {
		return {
			state: initialDecoder,
			units: [{ kind: 'paste', text: state.paste + state.pending, complete: false }],
		};
	}
	const { pending } = state;
	if (pending === esc) return { state: initialDecoder, units: [key('escape', pending)] };
	// `ESC [` and the like are also what Alt with that key sends. Anything longer can only be a broken sequence.
	if (pending.length === 2) return { state: initialDecoder, units: [key(`alt-${pending[1]}`, pending)] };
	return { state: initialDecoder, units: [] };
}

/** How many of the last characters may be the beginning of a paste's end. */
function partialEnd(text: string): number {
	for (let length = Math.min(pasteEnd.length - 1, text.length); length > 0; length--) {
		if (text.endsWith(pasteEnd.slice(0, length))) return length;
	}
	return 0;
}

interface Read {
	readonly length: number;
	/** Null for what is no key: a terminal's reply, a mouse report, noise. */
	readonly what: KeyPress | 'paste' | null;
}

function key(name: string, bytes: string): KeyPress {
	return { kind: 'key', name, bytes };
}

/** The first unit of `text`, or null when its end is not there yet. */
function readUnit(text: string): Read | null {
	if (text[0] !== esc) return readCharacter(text, '');
	if (text.length === 1) return null;
	switch (text[1]) {
		case '[':
			return readControlSequence(text);
		case 'O':
			return readSingleShift(text);
		case ']':
		case 'P':
		case '_':
		case '^':
		case 'X':
			return readControlString(text);
		case esc:
			return { length: 1, what: key('escape', esc) };
		default: {
			const read = readCharacter(text.slice(1), 'alt-');
			return { length: read.length + 1, what: read.what };
		}
	}
}

const controlNames: Readonly<Record<string, string>> = {
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\b': 'backspace',
	'\u007f': 'backspace',
	'\u0000': 'ctrl-space',
};

function readCharacter(text: string, prefix: 'alt-' | ''): { length: number; what: KeyPress | null } {
	const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
	const bytes = prefix === '' ? character : esc + character;
	return { length: character.length, what: named(character, prefix, bytes) };
}

function named(character: string, prefix: string, bytes: string): KeyPress | null {
	const code = character.codePointAt(0) ?? 0;
	const name = controlNames[character];
	if (name !== undefined) return key(prefix === '' ? name : joinModifiers(name, prefix), bytes);
	if (code < 0x20) {
		// Control takes the upper bits away: 0x01 is ctrl-a, 0x1d is ctrl-].
		return key(joinModifiers(`ctrl-${String.fromCharCode(code + 0x40).toLowerCase()}`, prefix), bytes);
	}
	if (code < 0xa0 && code > 0x7e) return null; // C1 controls: replies of a terminal in 8-bit mode
	return key(prefix + character, bytes);
}

function joinModifiers(name: string, prefix: string): string {
	return name.startsWith('ctrl-') ? `ctrl-${prefix}${name.slice(5)}` : prefix + name;
}

const finalNames: Readonly<Record<string, string>> = {
	A: 'up',
	B: 'down',
	C: 'right',
	D: 'left',
	F: 'end',
	H: 'home',
	P: 'f1',
	Q: 'f2',
	R: 'f3',
	S: 'f4',
	Z: 'shift-tab',
	// rxvt
	a: 'shift-up',
	b: 'shift-down',
	c: 'shift-right',
	d: 'shift-left',
};

const numberNames: Readonly<Record<number, string>> = {
	1: 'home',
	2: 'insert',
	3: 'delete',
	4: 'end',
	5: 'pageup',
	6: 'pagedown',
	7: 'home',
	8: 'end',
	11: 'f1',
	12: 'f2',
	13: 'f3',
	14: 'f4',
	15: 'f5',
	17: 'f6',
	18: 'f7',
	19: 'f8',
	20: 'f9',
	21: 'f10',
	23: 'f11',
	24: 'f12',
};

const linuxConsoleNames: Readonly<Record<string, string>> = { A: 'f1', B: 'f2', C: 'f3', D: 'f4', E: 'f5' };

function readControlSequence(text: string): Read | null {
	if (text[2] === '[') {
		const final = text[3];
		if (final === undefined) return null;
		const name = linuxConsoleNames[final];
		return { length: 4, what: name === undefined ? null : key(name, text.slice(0, 4)) };
	}
	// A mouse report in X10's form is three more characters whatever they are.
	if (text[2] === 'M') return text.length < 6 ? null : { length: 6, what: null };
	let end = 2;
	while (end < text.length && isParameter(text.charCodeAt(end))) end++;
	if (end >= maxSequence) return { length: end, what: null };
	if (end >= text.length) return null;
	const final = text.charCodeAt(end);
	// Not the end of a sequence: what began here is noise, and the character is looked at by itself.
	if (final < 0x40 || final > 0x7e) return { length: end, what: null };
	const bytes = text.slice(0, end + 1);
	if (bytes === pasteStart) return { length: bytes.length, what: 'paste' };
	const name = sequenceName(text.slice(2, end), text.charAt(end));
	return { length: bytes.length, what: name === null ? null : key(name, bytes) };
}

function isParameter(code: number): boolean {
	return code >= 0x20 && code <= 0x3f;
}

function sequenceName(parameters: string, final: string): string | null {
	if (!/^[\d;:]*$/.test(parameters)) {
		// rxvt ends a shifted or controlled key with `$` or `^`; `?`, `<` and `>` begin replies and mouse reports.
		return null;
	}
	const numbers = parameters.split(';').map((part) => Number.parseInt(part, 10) || 0);
	const [first = 0, second = 1] = numbers;
	if (final === '~' || final === '^' || final === '@') {
		const name = numberNames[first];
		if (name === undefined) return null;
		return withModifiers(name, final === '~' ? second : final === '^' ? 5 : 6);
	}
	if (final === 'u') return unicodeName(first, second);
	const name = finalNames[final];
	if (name === undefined) return null;
	if (parameters === '') return name;
	// `CSI 1 ; 5 A`. Anything else with these letters is a report of the terminal: `CSI 12 ; 40 R` is where the cursor is.
	return first === 1 && numbers.length === 2 ? withModifiers(name, second) : null;
}

/** The form of keys that have no other: `CSI 97 ; 5 u` is ctrl-a. */
function unicodeName(code: number, modifiers: number): string | null {
	if (code === 27) return withModifiers('escape', modifiers);
	if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
	const character = String.fromCodePoint(code);
	const base = controlNames[character];
	if (base !== undefined) return withModifiers(base, modifiers);
	if (code < 0x20 || (code > 0x7e && code < 0xa0)) return null;
	return withModifiers(character, modifiers);
}

/** xterm's modifier parameter is 1 plus a bit each for shift, alt, control and meta. */
function withModifiers(name: string, parameter: number): string {
	const bits = Math.max(0, parameter - 1);
	const shift = (bits & 1) !== 0 && !name.startsWith('shift-') ? 'shift-' : '';
	const alt = (bits & 10) !== 0 ? 'alt-' : '';
	const control = (bits & 4) !== 0 ? 'ctrl-' : '';
	return control + alt + shift + name;
}

const singleShiftNames: Readonly<Record<string, string>> = {
	A: 'up',
	B: 'down',
	C: 'right',
	D: 'left',
	F: 'end',
	H: 'home',
	M: 'enter',
	P: 'f1',
	Q: 'f2',
	R: 'f3',
	S: 'f4',
	// rxvt
	a: 'ctrl-up',
	b: 'ctrl-down',
	c: 'ctrl-right',
	d: 'ctrl-left',
	// the number pad in application mode
	j: '*',
	k: '+',
	m: '-',
	n: '.',
	o: '/',
	p: '0',
	q: '1',
	r: '2',
	s: '3',
	t: '4',
	u: '5',
	v: '6',
	w: '7',
	x: '8',
	y: '9',
};

function readSingleShift(text: string): Read | null {
	const final = text[2];
	if (final === undefined) return null;
	const name = singleShiftNames[final];
	if (name !== undefined) {
		// A key of the number pad types what its name says.
		return { length: 3, what: key(name, name.length === 1 ? name : text.slice(0, 3)) };
	}
	// Not a key we know: Alt-O, and then whatever follows.
	return { length: 2, what: key('alt-O', text.slice(0, 2)) };
}

/** A string the terminal sends in answer to a question (ours never asks): skipped up to its end, ST or BEL. */
function readControlString(text: string): Read | null {
	for (let at = 2; at < text.length && at < maxString; at++) {
		if (text[at] === '\u0007') return { length: at + 1, what: null };
		if (text[at] === esc) {
			if (at + 1 >= text.length) return null;
			return { length: text[at + 1] === '\\' ? at + 2 : at, what: null };
		}
	}
	return text.length >= maxString ? { length: maxString, what: null } : null;
}
