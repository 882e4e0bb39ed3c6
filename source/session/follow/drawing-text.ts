/** The lines of a mail or commit message before anybody looks for columns: without quotation marks, with tabs of 8 expanded. */

import { plainText } from '../../language/plain-text.ts';
import { DrawingError, drawingLimits } from './drawing.ts';

export interface TextLine {
	/** From 1. */
	readonly number: number;
	/** Without the marks of quotation, tabs expanded, nothing at its end. */
	readonly text: string;
}

/** A piece of a line with at least two blanks (or a column separator) before and after it. */
export interface Segment {
	/** Column of its first character, from 0. */
	readonly start: number;
	readonly text: string;
}

const tab = 8;

/** @throws DrawingError when the text is larger than drawings are */
export function linesOf(text: string): TextLine[] {
	if (text.length > drawingLimits.characters) throw new DrawingError(0, 'this is too long for a drawing');
	const lines = text.replace(/^\ufeff/, '').split('\n');
	if (lines.length > drawingLimits.lines) throw new DrawingError(drawingLimits.lines, 'there are too many lines');
	return lines.map((line, index) => {
		const number = index + 1;
		const expanded = expandTabs(withoutQuotation(line.replace(/\r$/, '')));
		if (expanded.length > drawingLimits.width) throw new DrawingError(number, 'the line is too long');
		return { number, text: plainText(expanded).trimEnd() };
	});
}

/** `> > >> text` -> `text`: every mark goes with the blank that the mail program put after it, so columns stay where they were. */
function withoutQuotation(line: string): string {
	return line.replace(/^ ?(?:>+ ?)+/, '');
}

function expandTabs(line: string): string {
	if (!line.includes('\t')) return line;
	let text = '';
	for (const character of line) {
		text += character === '\t' ? ' '.repeat(tab - (text.length % tab)) : character;
	}
	return text;
}

/** The pieces of a line, at two blanks or more. */
export function segmentsOf(text: string): Segment[] {
	return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ start: match.index, text: match[0] }));
}

/** Whether a line is a rule: dashes and the like under heads, or the sides of a box. */
export function isRule(text: string): boolean {
	return /^[\s\-=_+|~*#]+$/.test(text) && /[-=_~]{2}/.test(text);
}

const code = /[()[\]{}=;]|->|\w_\w|\w\+\+|\w--(?!\w)|\*\w|&\w|\w\.\w/;

/** Whether a text is words rather than code. */
export function isProse(text: string): boolean {
	return !code.test(text) && /[A-Za-z]/.test(text);
}
