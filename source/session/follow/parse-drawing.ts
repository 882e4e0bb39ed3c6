/**
 * Reads a race that somebody drew: heads and columns (`CPU0  CPU1`), one column (as numbered points, or plain), `CPU0: event`
 * lines, or the `[Time N]` blocks of the kernel's documents. Time goes downwards. What is quoted in a mail is read as well.
 */

import { plainLine } from '../../language/plain-text.ts';
import { type Drawing, DrawingError, type DrawnColumn, type DrawnItem, drawingLimits } from './drawing.ts';
import { findHeads, type Heads, withoutBars } from './drawing-heads.ts';
import { isProse, isRule, linesOf, type Segment, segmentsOf, type TextLine } from './drawing-text.ts';
import { joinPieces, type Piece } from './join-pieces.ts';

/**
 * @param which the drawing of the text that is wanted, from 1
 * @throws DrawingError with the place, when there is none or it can be read in two ways
 */
export function parseDrawing(text: string, which = 1): Drawing {
	const lines = linesOf(text).map((line) => (/^\s*#(?:\s|$)/.test(line.text) ? { ...line, text: '' } : line));
	const heads = findHeads(lines);
	if (heads.length > 0) {
		const chosen = heads[which - 1];
		if (chosen === undefined) throw new DrawingError(0, `there is no drawing ${which}: the text has ${heads.length}`);
		return columnDrawing(lines, chosen, heads[which]?.at ?? lines.length, heads.length);
	}
	if (which !== 1) throw new DrawingError(0, `there is no drawing ${which}: the text has one at most`);
	const times = lines.findIndex(({ text }) => timeMark.test(text));
	if (times >= 0) return labelledDrawing('time', lines.slice(times), timeLine);
	const labelled = lines.filter(({ text }) => cpuLine.test(text)).length;
	if (labelled >= 2) return labelledDrawing('labelled', lines, cpuLine);
	return singleDrawing(lines);
}

const timeMark = /^\s*\[\s*Time\b[^\]]*\]/i;
const timeLine = /^\s*([A-Za-z][\w-]*-thread-\d+|CPU[ -]?\d+)\s*:?\s*\{(.*)\}\s*$/i;
const cpuLine = /^\s*(?:\d+[.):]?\s+)?((?:CPU|Thread|Task)[ #-]?\d+)\s*:\s*(.*)$/i;

/** What ends a commit message or begins a patch. */
const afterDrawing = /^\s*(?:[A-Z][\w-]*-by: |Fixes: |Link: |Cc: |diff --git |--- |index [0-9a-f]+\.\.)/;

function columnDrawing(lines: readonly TextLine[], heads: Heads, end: number, count: number): Drawing {
	if (heads.segments.length > drawingLimits.columns) {
		throw new DrawingError(lines[heads.at]?.number ?? 0, `more than ${drawingLimits.columns} columns`);
	}
	const starts = heads.segments.map(({ start }) => start);
	const pieces: Piece[] = [];
	const last: (Piece | undefined)[] = [];
	let row = 0;
	let wasBlank = true;
	for (const { number, text: full } of lines.slice(heads.below, end)) {
		if (/^={10,}$/.test(full) && pieces.length > 0) break;
		if (full.trim() === '' || isRule(full)) {
			wasBlank = true;
			continue;
		}
		const { text, label } = withoutStepNumber(withoutBars(full), starts[0] ?? 0);
		const segments = withRemarks(segmentsOf(text), starts);
		if (afterDrawing.test(full) || (wasBlank && pieces.length > 0 && isAfterwards(segments, starts))) break;
		row++;
		for (const segment of splitAtHeads(segments, starts)) {
			const column = columnOf(segment, starts, last, number);
			const piece = { line: number, row, column, start: segment.start, text: segment.text, isFirst: wasBlank, label };
			pieces.push(piece);
			last[column] = piece;
		}
		wasBlank = false;
	}
	const columns = heads.segments.map(({ text }) => columnNamed(text));
	return finish('columns', columns, joinPieces(pieces), count);
}

/** A step's number at the left of the first column, as this program draws it: not part of the event. */
function withoutStepNumber(text: string, first: number): { text: string; label: boolean } {
	const match = /^\s*\d+\s/.exec(text);
	if (match === null || match[0].length > first) return { text, label: false };
	return { text: ' '.repeat(match[0].length) + text.slice(match[0].length), label: true };
}

/** Whether a line below a gap is no part of the drawing any more: prose at the left that does not care for the columns. */
function isAfterwards(segments: readonly Segment[], starts: readonly number[]): boolean {
	const [first] = segments;
	if (first === undefined || segments.length > 1) return false;
	const [left = 0, next = Number.POSITIVE_INFINITY] = starts;
	const words = first.text.split(' ').length;
	const isLeft = first.start < left && (words >= 4 || /:$/.test(first.text)) && isProse(first.text);
	const isSection = first.start <= left && /^[A-Z][\w ]*:$/.test(first.text);
	const isSentence = first.start <= left && words >= 6 && /^[A-Z].*[.:]$/.test(first.text) && isProse(first.text);
	// What an actor waits for, harm and remarks may be as wide as they like.
	if (/^[([*]/.test(first.text)) return false;
	const isAcross = first.start <= left + 2 && first.start + first.text.length > next + 2 && words >= 5;
	return isLeft || isAcross || isSection || isSentence;
}

/** A remark belongs to what stands before it, unless it stands at the next column. */
function withRemarks(segments: readonly Segment[], starts: readonly number[]): Segment[] {
	const joined: Segment[] = [];
	for (const segment of segments) {
		const before = joined.at(-1);
		const next = starts.find((start) => before !== undefined && start > before.start + 2) ?? Number.POSITIVE_INFINITY;
		const isRemark = /^(?:\[ |\/\/|\/\*|<-)/.test(segment.text);
		if (before !== undefined && isRemark && segment.start < next - 2) {
			joined[joined.length - 1] = { ...before, text: `${before.text} ${segment.text}` };
		} else joined.push(segment);
	}
	return joined;
}

/** A piece may run on to one blank before the next column. */
function splitAtHeads(segments: readonly Segment[], starts: readonly number[]): Segment[] {
	return segments.flatMap((segment) => {
		const cut = starts.find(
			(start) =>
				start > segment.start + 2 &&
				segment.text[start - segment.start - 1] === ' ' &&
				/[);\]]$/.test(segment.text.slice(0, start - segment.start).trimEnd()) &&
				isBalanced(segment.text.slice(0, start - segment.start)),
		);
		if (cut === undefined) return [segment];
		const at = cut - segment.start;
		const rest = { start: cut, text: segment.text.slice(at) };
		return [{ start: segment.start, text: segment.text.slice(0, at).trimEnd() }, ...splitAtHeads([rest], starts)];
	});
}

function isBalanced(text: string): boolean {
	return text.split(/[([{]/).length === text.split(/[)\]}]/).length;
}

/** The column with the nearest head; what goes on below something of a column, a little further in, is of that column. */
function columnOf(
	segment: Segment,
	starts: readonly number[],
	last: readonly (Piece | undefined)[],
	line: number,
): number {
	const byDistance = starts
		.map((start, column) => ({ column, distance: Math.abs(start - segment.start) }))
		.sort((a, b) => a.distance - b.distance || a.column - b.column);
	const [nearest, other] = byDistance;
	if (nearest === undefined) throw new DrawingError(line, 'there is no column');
	const left = starts.findLastIndex((start) => start <= segment.start + 2);
	const before = last[left];
	const next = starts[left + 1] ?? Number.POSITIVE_INFINITY;
	if (
		before !== undefined &&
		segment.start >= before.start &&
		segment.start - before.start <= 4 &&
		segment.start < next - 2
	) {
		return left;
	}
	if (other === undefined) return nearest.column;
	const gap = Math.abs((starts[nearest.column] ?? 0) - (starts[other.column] ?? 0));
	if (other.distance - nearest.distance <= Math.max(1, gap / 8)) {
		const [a, b] = [nearest.column, other.column].sort((x, y) => x - y);
		throw new DrawingError(
			line,
			`"${plainLine(segment.text).slice(0, 60)}" begins at column ${segment.start + 1}, between the heads at ${(starts[a ?? 0] ?? 0) + 1} and ${(starts[b ?? 0] ?? 0) + 1}: move it nearer to one of them`,
		);
	}
	return nearest.column;
}

function columnNamed(head: string): DrawnColumn {
	const number = /^(?:[A-Za-z-]+?)[ _#-]?(\d{1,3})\b/.exec(head)?.[1];
	return { head: plainLine(head), number: number === undefined ? null : Number(number), role: '' };
}

/** Lines that say themselves whose they are. */
function labelledDrawing(style: 'time' | 'labelled', lines: readonly TextLine[], pattern: RegExp): Drawing {
	const heads: string[] = [];
	const pieces: Piece[] = [];
	let row = 0;
	for (const { number, text } of lines) {
		if (timeMark.test(text)) row++;
		const match = pattern.exec(text);
		const head = match?.[1];
		if (head === undefined) continue;
		const name = head.replace(/\s+/g, ' ').toUpperCase();
		if (!heads.includes(name)) heads.push(name);
		if (heads.length > drawingLimits.columns)
			throw new DrawingError(number, `more than ${drawingLimits.columns} columns`);
		if (style === 'labelled') row++;
		const events = style === 'time' ? bracedParts(match?.[2] ?? '') : [match?.[2] ?? ''];
		for (const event of events) {
			if (event.trim() === '') continue;
			pieces.push({
				line: number,
				row,
				column: heads.indexOf(name),
				start: 0,
				text: event.trim(),
				isFirst: true,
				label: true,
			});
		}
	}
	const columns = heads.map((head) => ({ ...columnNamed(head), number: Number(/\d+$/.exec(head)?.[0] ?? 0) }));
	return finish(style, columns, joinPieces(pieces), 1);
}

/** `STEP0: {a()}, STEP1: {b()}` -> `a()`, `b()`; what has no inner braces is one event. */
function bracedParts(text: string): string[] {
	const parts = [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
	return parts.length > 0 ? parts : [text];
}

/** One column without a head; a number at the left is a point's. */
function singleDrawing(lines: readonly TextLine[]): Drawing {
	const pieces: Piece[] = [];
	let row = 0;
	let wasBlank = true;
	for (const { number, text: full } of lines) {
		if (full.trim() === '' || isRule(full)) {
			wasBlank = true;
			continue;
		}
		if (afterDrawing.test(full)) break;
		const marker = /^\s*(\(?\d{1,3}[).:]?)(?=\s)/.exec(full);
		const text = marker === null ? full : ' '.repeat(marker[0].length) + full.slice(marker[0].length);
		const start = text.length - text.trimStart().length;
		pieces.push({
			line: number,
			row: ++row,
			column: 0,
			start,
			text: text.trim(),
			isFirst: wasBlank,
			label: marker !== null,
		});
		wasBlank = false;
	}
	return finish('single', [{ head: '', number: null, role: '' }], joinPieces(pieces), 1);
}

function finish(
	style: Drawing['style'],
	columns: readonly DrawnColumn[],
	items: readonly DrawnItem[],
	count: number,
): Drawing {
	const events = items.filter(({ form }) => form === 'event' || form === 'harm' || form === 'wait');
	if (events.length === 0) throw new DrawingError(0, 'there is no event in it');
	if (events.length > drawingLimits.events)
		throw new DrawingError(0, `there are more than ${drawingLimits.events} events in it`);
	const named = columns.map((column, index) => {
		const roles = items.filter((item) => item.form === 'role' && item.column === index);
		return { ...column, role: roles.map(({ text }) => text).join(' ') };
	});
	return { style, columns: named, items, count };
}
