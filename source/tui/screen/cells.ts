/** A painted frame as a grid of cells. */

import stringWidth from 'string-width';
import { isAscii, isNarrow } from '../text/width.ts';

/**
 * One row: the text of each cell (empty for the second half of a wide character), and its style as `packStyle` has it.
 * `isPlain` says that every cell is one character that all terminals draw one cell wide.
 */
export interface CellRow {
	readonly texts: readonly string[];
	readonly styles: readonly number[];
	readonly isPlain: boolean;
}

// A style in one number: foreground (0 default, else SGR 30..37/90..97 as 1..16) in bits 0-4, background in 5-9, then flags.
const backgroundShift = 5;
const colourMask = 31;
const bold = 1 << 10;
const dim = 1 << 11;
const italic = 1 << 12;
const underline = 1 << 13;
const inverse = 1 << 14;
const strike = 1 << 15;

const flags: readonly { readonly bit: number; readonly on: number }[] = [
	{ bit: bold, on: 1 },
	{ bit: dim, on: 2 },
	{ bit: italic, on: 3 },
	{ bit: underline, on: 4 },
	{ bit: inverse, on: 7 },
	{ bit: strike, on: 9 },
];

/** The style after an SGR sequence with these parameters (`1;33`, empty for reset). Unknown parameters are passed over. */
export function applySgr(style: number, parameters: string): number {
	let result = style;
	const codes = parameters.split(';');
	for (let index = 0; index < codes.length; index++) {
		const code = Number(codes[index] || 0);
		if (code === 0) result = 0;
		else if (code === 22) result &= ~(bold | dim);
		else if (code === 23) result &= ~italic;
		else if (code === 24) result &= ~underline;
		else if (code === 27) result &= ~inverse;
		else if (code === 29) result &= ~strike;
		else if (code === 39) result &= ~colourMask;
		else if (code === 49) result &= ~(colourMask << backgroundShift);
		else if (code === 38 || code === 48) index += codes[index + 1] === '5' ? 2 : codes[index + 1] === '2' ? 4 : 0;
		else {
			const flag = flags.find(({ on }) => on === code);
			const foreground = colourIndex(code, 30);
			const background = colourIndex(code, 40);
			if (flag !== undefined) result |= flag.bit;
			else if (foreground > 0) result = (result & ~colourMask) | foreground;
			else if (background > 0) {
				result = (result & ~(colourMask << backgroundShift)) | (background << backgroundShift);
			}
		}
	}
	return result;
}

function colourIndex(code: number, base: number): number {
	if (code >= base && code <= base + 7) return code - base + 1;
	return code >= base + 60 && code <= base + 67 ? code - base - 60 + 9 : 0;
}

/** The SGR sequence that leads from one style to another; empty when they are the same. */
export function sgrBetween(from: number, to: number): string {
	if (from === to) return '';
	if (to === 0) return '\u001b[m';
	// Taking attributes away one by one is hardly ever shorter than starting again.
	const isAddition = (from & ~to & ~(colourMask | (colourMask << backgroundShift))) === 0;
	const codes = isAddition ? [] : [''];
	const base = isAddition ? from : 0;
	for (const { bit, on } of flags) if ((to & bit) !== 0 && (base & bit) === 0) codes.push(String(on));
	const foreground = to & colourMask;
	const background = (to >> backgroundShift) & colourMask;
	if (foreground !== (base & colourMask)) codes.push(colourCode(foreground, 30));
	if (background !== ((base >> backgroundShift) & colourMask)) codes.push(colourCode(background, 40));
	return `\u001b[${codes.join(';')}m`;
}

function colourCode(colour: number, base: number): string {
	if (colour === 0) return String(base + 9);
	return String(colour <= 8 ? base + colour - 1 : base + 60 + colour - 9);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A painted line as a row of exactly `width` cells. SGR is the only kind of sequence it knows. */
export function parseRow(painted: string, width: number): CellRow {
	const texts: string[] = [];
	const styles: number[] = [];
	let isPlain = true;
	let style = 0;
	let at = 0;
	while (at < painted.length && texts.length < width) {
		const next = painted.indexOf('\u001b', at);
		const text = painted.slice(at, next < 0 ? painted.length : next);
		if (isAscii(text)) {
			for (let index = 0; index < text.length && texts.length < width; index++) {
				texts.push(text.charAt(index));
				styles.push(style);
			}
		} else {
			isPlain = putText(text, style, width, texts, styles) && isPlain;
		}
		if (next < 0) break;
		const sequence = /^\[([\d;]*)m/.exec(painted.slice(next + 1, next + 40));
		if (sequence !== null) style = applySgr(style, sequence[1] ?? '');
		// Ink lets no other sequence through; should one come, it is shown as text without its ESC, and so does nothing.
		at = next + 1 + (sequence?.[0].length ?? 0);
	}
	while (texts.length < width) {
		texts.push(' ');
		styles.push(0);
	}
	return { texts, styles, isPlain };
}

function putText(text: string, style: number, width: number, texts: string[], styles: number[]): boolean {
	let isPlain = true;
	for (const { segment } of segmenter.segment(text)) {
		const code = segment.codePointAt(0) ?? 0;
		const isOne = segment.length === 1 && isNarrow(code);
		const cells = isOne ? 1 : stringWidth(segment);
		if (!isOne) isPlain = false;
		if (cells === 0) {
			// A mark without a base: it belongs to the cell before.
			if (texts.length > 0) texts[texts.length - 1] += segment;
			continue;
		}
		if (texts.length + cells > width) {
			while (texts.length < width) {
				texts.push(' ');
				styles.push(style);
			}
			return isPlain;
		}
		texts.push(segment);
		styles.push(style);
		for (let extra = 1; extra < cells; extra++) {
			texts.push('');
			styles.push(style);
		}
	}
	return isPlain;
}
