/** Lines of styled text, cut and padded to exact widths in terminal cells. */

import stringWidth from 'string-width';
import { plainLine } from '../../language/plain-text.ts';
import { isAscii, textWidth } from './width.ts';

/** What a piece of text means; the theme says how that looks. */
export type Tone =
	| 'plain'
	| 'dim'
	| 'heading'
	| 'strong'
	| 'key'
	/** The line about to run. */
	| 'current'
	/** What the last step changed. */
	| 'changed'
	| 'good'
	| 'warning'
	| 'violation'
	| 'error'
	| 'past'
	| 'recording'
	| 'border'
	/** Borders and titles of what the keys act on. */
	| 'active'
	| 'selected'
	/** The cursor of the line editor. */
	| 'cursor'
	| 'match'
	| 'note'
	// Cells of strips and badges, in the words that models use.
	| 'free'
	| 'reserved'
	| 'live'
	| 'lazy'
	| 'dirty'
	| 'bad';

export interface Span {
	readonly text: string;
	readonly tone: Tone;
}

export type StyledLine = readonly Span[];

/** A span of text that comes from outside: made harmless and put on one line. */
export function span(text: string, tone: Tone = 'plain'): Span {
	return { text: plainSpan(text), tone };
}

/** A line of one span. */
export function line(text: string, tone: Tone = 'plain'): StyledLine {
	return [span(text, tone)];
}

export const emptyLine: StyledLine = [];

/** Private-use characters mean something only to us: they are the marks of blocks (screen/canvas). */
function isPrivate(character: string): boolean {
	return /\p{Co}/u.test(character);
}

/** Blanks at the ends and doubled ones are kept: they lay lines out. */
function plainSpan(text: string): string {
	if (isAscii(text)) return text;
	return [...text]
		.map((character) => (character === ' ' ? ' ' : isPrivate(character) ? '?' : plainLine(character) || '?'))
		.join('');
}

export function lineWidth(styled: StyledLine): number {
	let width = 0;
	for (const { text } of styled) width += textWidth(text);
	return width;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest beginning of `text` that is at most `width` cells wide. */
export function cutText(text: string, width: number): string {
	if (isAscii(text)) return text.slice(0, Math.max(0, width));
	let used = 0;
	let cut = '';
	for (const { segment } of segmenter.segment(text)) {
		const cells = stringWidth(segment);
		if (used + cells > width) break;
		used += cells;
		cut += segment;
	}
	return cut;
}

/** `text` without its first `width` cells. A wide character cut in two becomes a blank. */
export function skipText(text: string, width: number): string {
	if (width <= 0) return text;
	if (isAscii(text)) return text.slice(width);
	let used = 0;
	let rest = '';
	for (const { segment } of segmenter.segment(text)) {
		const start = used;
		used += stringWidth(segment);
		if (start >= width) rest += segment;
		else if (used > width) rest += ' '.repeat(used - width);
	}
	return rest;
}

/** `text` in exactly `width` cells; what is cut off is marked with `ellipsis`. */
export function fitText(text: string, width: number, ellipsis: string): string {
	const length = textWidth(text);
	if (length <= width) return text + ' '.repeat(width - length);
	const mark = textWidth(ellipsis) <= width ? ellipsis : '';
	const cut = cutText(text, width - textWidth(mark)) + mark;
	return cut + ' '.repeat(Math.max(0, width - textWidth(cut)));
}

/** A line in exactly `width` cells. What is cut off is marked with `ellipsis`, what is missing filled with blanks in `fill`. */
export function fitLine(styled: StyledLine, width: number, ellipsis: string, fill: Tone = 'plain'): StyledLine {
	if (width <= 0) return emptyLine;
	const length = lineWidth(styled);
	if (length === width) return styled;
	if (length < width) return [...styled, { text: ' '.repeat(width - length), tone: fill }];
	const mark = textWidth(ellipsis) <= width ? ellipsis : '';
	let room = width - textWidth(mark);
	const spans: Span[] = [];
	let tone: Tone = fill;
	for (const { text, tone: spanTone } of styled) {
		const cells = textWidth(text);
		if (cells <= room) {
			spans.push({ text, tone: spanTone });
			room -= cells;
			tone = spanTone;
			continue;
		}
		const cut = cutText(text, room);
		spans.push({ text: cut + ' '.repeat(room - textWidth(cut)) + mark, tone: spanTone });
		return spans;
	}
	return [...spans, { text: ' '.repeat(room) + mark, tone }];
}

/** A line without its first `width` cells. */
export function skipLine(styled: StyledLine, width: number): StyledLine {
	let left = width;
	if (left <= 0) return styled;
	return styled.flatMap((piece) => {
		const cells = textWidth(piece.text);
		const skipped = Math.min(left, cells);
		left -= skipped;
		return skipped === cells ? [] : [{ text: skipText(piece.text, skipped), tone: piece.tone }];
	});
}

/** Exactly `height` lines of exactly `width` cells. */
export function fitBlock(
	lines: readonly StyledLine[],
	width: number,
	height: number,
	ellipsis: string,
): readonly StyledLine[] {
	const block: StyledLine[] = [];
	for (let row = 0; row < height; row++) block.push(fitLine(lines[row] ?? emptyLine, width, ellipsis));
	return block;
}

/** Text broken into lines of at most `width` cells, at blanks where it can be; lines after the first begin with `indent`. */
export function wrapText(text: string, width: number, indent = ''): readonly string[] {
	const lines: string[] = [];
	const room = Math.max(1, width);
	let current = '';
	let prefix = '';
	let isEmpty = true;
	const flush = (): void => {
		lines.push(prefix + current);
		prefix = textWidth(indent) < room ? indent : '';
		current = '';
		isEmpty = true;
	};
	for (let word of text.split(/\s+/).filter((part) => part !== '')) {
		if (!isEmpty && textWidth(prefix) + textWidth(current) + 1 + textWidth(word) > room) flush();
		while (textWidth(prefix) + textWidth(word) > room) {
			// The first grapheme may be wider than the room; it is taken anyway, so that there is an end.
			const part = cutText(word, room - textWidth(prefix)) || ([...word][0] ?? word);
			current = part;
			word = word.slice(part.length);
			flush();
			if (word === '') break;
		}
		if (word === '') continue;
		current = isEmpty ? word : `${current} ${word}`;
		isEmpty = false;
	}
	if (!isEmpty || lines.length === 0) flush();
	return lines;
}

/** The same for a text with paragraphs, which are separated by newlines. */
export function wrapParagraphs(text: string, width: number): readonly string[] {
	return text
		.trimEnd()
		.split('\n')
		.flatMap((paragraph) => wrapText(paragraph, width, /^\s*/.exec(paragraph)?.[0] ?? ''));
}

/** The text of a line without its styles. */
export function plainOf(styled: StyledLine): string {
	return styled.map(({ text }) => text).join('');
}
