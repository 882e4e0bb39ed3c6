/** How things look: tones to terminal attributes, and the shapes that lines and marks are drawn with. */

import type { StyledLine, Tone } from './styled.ts';
import { isAscii, textWidth } from './width.ts';

export interface Glyphs {
	readonly horizontal: string;
	readonly vertical: string;
	readonly teeDown: string;
	readonly teeUp: string;
	readonly cross: string;
	readonly teeRight: string;
	readonly teeLeft: string;
	readonly ellipsis: string;
	/** The line about to run. */
	readonly current: string;
	/** The chosen entry of a list. */
	readonly pointer: string;
	readonly changed: string;
	readonly waiting: string;
	readonly done: string;
	readonly violation: string;
	readonly stale: string;
	readonly past: string;
	readonly left: string;
	readonly right: string;
	readonly moreAbove: string;
	readonly moreBelow: string;
	readonly breakpoint: string;
	/** Ends and middle of the bracket under a strip. */
	readonly bracketStart: string;
	readonly bracketEnd: string;
	readonly bracketLine: string;
}

export interface Theme {
	readonly glyphs: Glyphs;
	/** Parameters of SGR for each tone; empty for plain. */
	readonly attributes: Readonly<Record<Tone, string>>;
	readonly isAscii: boolean;
	readonly hasColour: boolean;
}

const boxGlyphs: Glyphs = {
	horizontal: '─',
	vertical: '│',
	teeDown: '┬',
	teeUp: '┴',
	cross: '┼',
	teeRight: '├',
	teeLeft: '┤',
	ellipsis: '…',
	current: '▶',
	pointer: '❯',
	changed: '*',
	waiting: '‖',
	done: '✓',
	violation: '✗',
	stale: '!',
	past: '◀',
	left: '←',
	right: '→',
	moreAbove: '↑',
	moreBelow: '↓',
	breakpoint: '●',
	bracketStart: '└',
	bracketEnd: '┘',
	bracketLine: '─',
};

const asciiGlyphs: Glyphs = {
	horizontal: '-',
	vertical: '|',
	teeDown: '+',
	teeUp: '+',
	cross: '+',
	teeRight: '+',
	teeLeft: '+',
	ellipsis: '~',
	current: '>',
	pointer: '>',
	changed: '*',
	waiting: '=',
	done: '.',
	violation: 'X',
	stale: '!',
	past: '<',
	left: '<-',
	right: '->',
	moreAbove: '^',
	moreBelow: 'v',
	breakpoint: 'o',
	bracketStart: '[',
	bracketEnd: ']',
	bracketLine: '-',
};

// Only the 16 colours every terminal has, and never a background but inverse: the user's own background may be light or dark.
// Plain yellow and white vanish on white, so they are always bold or stand beside a glyph.
const colours: Readonly<Record<Tone, string>> = {
	plain: '',
	dim: '2',
	heading: '1',
	strong: '1',
	key: '1;36',
	current: '1;32',
	changed: '1;33',
	good: '32',
	warning: '33',
	violation: '1;31',
	error: '31',
	past: '1;7;35',
	recording: '1;31',
	border: '2',
	active: '1;36',
	selected: '7',
	cursor: '7',
	match: '7;33',
	note: '36',
	free: '2',
	reserved: '34',
	live: '32',
	lazy: '36',
	dirty: '33',
	bad: '1;31',
};

const monochrome: Readonly<Record<Tone, string>> = {
	plain: '',
	dim: '',
	heading: '1',
	strong: '1',
	key: '1',
	current: '1',
	changed: '1;4',
	good: '',
	warning: '1',
	violation: '1;7',
	error: '1',
	past: '7',
	recording: '1',
	border: '',
	active: '1',
	selected: '7',
	cursor: '7',
	match: '7',
	note: '',
	free: '',
	reserved: '',
	live: '',
	lazy: '',
	dirty: '',
	bad: '1;7',
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Picks the theme by NO_COLOR (no-color.org), TERM and the locale (POSIX: LC_ALL before LC_CTYPE before LANG). */
export function chooseTheme(environment: Environment): Theme {
	const hasColour = (environment.NO_COLOR ?? '') === '' && !/^(dumb|vt\d+\w*|)$/.test(environment.TERM ?? '');
	const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
	return makeTheme(hasColour, /utf-?8/i.test(locale));
}

export function makeTheme(hasColour: boolean, hasUnicode: boolean): Theme {
	return {
		glyphs: hasUnicode ? boxGlyphs : asciiGlyphs,
		attributes: hasColour ? colours : monochrome,
		isAscii: !hasUnicode,
		hasColour,
	};
}

/** A line with its styles as terminal escapes. Where only ASCII can be shown, everything else becomes `?`. */
export function paint(theme: Theme, styled: StyledLine): string {
	let painted = '';
	for (const { text, tone } of styled) {
		const attributes = theme.attributes[tone];
		const shown = theme.isAscii && !isAscii(text) ? transliterate(text) : text;
		painted += attributes === '' || shown === '' ? shown : `\u001b[${attributes}m${shown}\u001b[0m`;
	}
	return painted;
}

function transliterate(text: string): string {
	const kept = [...text]
		.map((character) => (isAscii(character) ? character : '?'.repeat(textWidth(character))))
		.join('');
	// Widths of parts need not add up to the width of the whole where characters combine.
	const width = textWidth(text);
	return kept.length >= width ? kept.slice(0, width) : kept + ' '.repeat(width - kept.length);
}

/** Lines one below the other. Plain blanks at their ends are left out: they cost Ink as much as anything that can be seen. */
export function paintLines(theme: Theme, lines: readonly StyledLine[]): string {
	return lines.map((styled) => paint(theme, styled).trimEnd()).join('\n');
}
