/**
 * A drawing as commit messages of the kernel have it: plain ASCII, at most 80 columns with tabs of 8, a headed column per CPU,
 * one event a line, time downwards, nested calls indented by a blank, comments in [ brackets ], the harm in the last line. Where
 * events are numbered, the numbers stand at the left, as in a mail.
 */

import type { Drawing, DrawnEvent } from './bug-report.ts';
import { asciiText, mailWidth, wrapLine } from './wrap.ts';

const tab = 8;

/** Columns may run over their neighbours, where these are empty anyway, by this much. */
const overhang = 8;

/** Where more events than this are left out, dots say so. */
const longGap = 60;

/** The lines of a drawing, without blanks at their ends; columns are reached by tabs. */
export function drawColumns({ columns, events }: Drawing, width = mailWidth): string[] {
	const points = events.reduce((most, { point }) => Math.max(most, point ?? 0), 0);
	const gutter = points === 0 ? 0 : String(points).length + 2;
	const heads = columns.map(({ actor, role }) => asciiText(actor + (role === '' ? '' : ` (${role})`)));
	const starts = startsOf(heads, events, gutter, width);
	const ends = starts.map((_, index) =>
		index === starts.length - 1 ? width : Math.min(width, (starts[index + 1] ?? width) + overhang),
	);
	const headLine = fitted(heads, starts, width);
	const lines = [...headLine, ''];
	let before = -1;
	for (const event of events) {
		const start = starts[event.column] ?? 0;
		const room = Math.max(tab, (ends[event.column] ?? width) - start);
		// A blank line where somebody else goes on shows who waits for whom.
		if (before >= 0 && before !== event.column) lines.push('');
		before = event.column;
		if (event.omitted > longGap) lines.push(`${reach('', start, gutter)}...`);
		const label = event.point === null ? '' : String(event.point).padStart(gutter - 2);
		for (const [number, text] of eventLines(event, room).entries()) {
			lines.push(`${reach(number === 0 ? label : '', start, gutter)}${text}`.trimEnd());
		}
	}
	return lines;
}

function eventLines(event: DrawnEvent, room: number): string[] {
	const indent = Math.min(event.depth, Math.floor(room / 3));
	const text = ' '.repeat(indent) + asciiText(event.text);
	switch (event.kind) {
		case 'violation':
			return wrapLine(`*** ${asciiText(event.text)} ***`, room, 4);
		case 'warning':
			return wrapLine(`${' '.repeat(indent)}[ ${asciiText(event.text)} ]`, room, indent + 2);
		default: {
			const comment = event.comment === '' ? '' : `[ ${asciiText(event.comment)} ]`;
			if (comment === '') return wrapLine(text, room, indent + 2);
			if (text.length + 2 + comment.length <= room) return [`${text}  ${comment}`];
			const below = wrapLine(' '.repeat(indent + 2) + comment, room, indent + 4);
			return [...wrapLine(text, room, indent + 2), ...below];
		}
	}
}

/** `label`, then as many tabs as lead to the column. The first column may begin in the gutter's own last blank. */
function reach(label: string, start: number, gutter: number): string {
	if (start <= gutter) return label.padEnd(start);
	let line = label;
	while (columnOf(line) < start) line += '\t';
	return line;
}

/** The column after a text with tabs. */
export function columnOf(text: string): number {
	let column = 0;
	for (const character of text) column = character === '\t' ? column + tab - (column % tab) : column + 1;
	return column;
}

function fitted(heads: readonly string[], starts: readonly number[], width: number): string[] {
	const rooms = starts.map((start, index) => (starts[index + 1] ?? width + 1) - start - 1);
	const parts = heads.map((head, index) => wrapLine(head, Math.max(tab, rooms[index] ?? width)));
	const count = Math.max(0, ...parts.map((lines) => lines.length));
	return Array.from({ length: count }, (_, row) => {
		let line = '';
		for (const [index, lines] of parts.entries()) {
			const text = lines[row] ?? '';
			if (text === '') continue;
			const start = starts[index] ?? 0;
			if (index === 0) line = ' '.repeat(start);
			while (columnOf(line) < start) line += '\t';
			line += text;
		}
		return line.trimEnd();
	});
}

/** Where the columns begin: multiples of 8, but for the first; each as wide as most of its lines want to be. */
function startsOf(heads: readonly string[], events: readonly DrawnEvent[], gutter: number, width: number): number[] {
	const wishes = heads.map((head, index) => {
		const own = events.filter(({ column }) => column === index).map((event) => naturalWidth(event));
		const sorted = [...own, head.length].sort((a, b) => a - b);
		const most = Math.max(12, sorted[Math.floor((sorted.length - 1) * 0.8)] ?? 0) + 2;
		return { most, all: Math.max(most, (sorted.at(-1) ?? 0) + 2) };
	});
	const room = width - gutter;
	const most = wishes.reduce((sum, wish) => sum + wish.most, 0);
	const all = wishes.reduce((sum, wish) => sum + wish.all, 0);
	// What is left when most lines fit goes to the longest; where not even these fit, all give up as much.
	const spare = all > most ? Math.min(1, Math.max(0, (room - most) / (all - most))) : 0;
	const share = most <= room ? 1 : room / most;
	const needs = wishes.map((wish) => (wish.most + (wish.all - wish.most) * spare) * share);
	const starts: number[] = [];
	let at = gutter;
	for (const need of needs) {
		const start = starts.length === 0 ? gutter : Math.round(at / tab) * tab;
		// No column is so narrow that nothing fits: not this one, nor those to its right.
		const right = width - leastColumn(needs.length) * (needs.length - starts.length);
		const left = (starts.at(-1) ?? 0) + 2 * tab;
		const first = left - (left % tab);
		starts.push(starts.length === 0 ? gutter : Math.max(first, Math.min(start, right - (right % tab))));
		at = Math.max(at, starts.at(-1) ?? 0) + need;
	}
	return starts;
}

/** Three columns of 24 fit on a line of 80. */
function leastColumn(columns: number): number {
	return columns <= 3 ? 3 * tab : 2 * tab;
}

function naturalWidth({ kind, depth, text, comment }: DrawnEvent): number {
	if (kind === 'violation' || kind === 'warning' || kind === 'wait') return 24;
	return depth + Math.max(text.length, Math.min(comment.length + 6, 34));
}
