/** Laying out plain text for a mail: ASCII, lines of a fixed width. */

import { plainText } from '../language/plain-text.ts';

/** Width of a drawing or table in a mail. */
export const mailWidth = 80;

/** Width of prose in a mail. */
const proseWidth = 75;

const replacements: readonly (readonly [RegExp, string])[] = [
	[/[\u2018\u2019]/g, "'"],
	[/[\u201c\u201d]/g, '"'],
	[/[\u2010-\u2015]/g, '-'],
	[/\u2026/g, '...'],
	[/\u2192/g, '->'],
	[/\u00a0/g, ' '],
];

/** The text in ASCII, free of control characters other than newlines: mail in which every reader sees the same columns. */
export function asciiText(text: string): string {
	const spelled = replacements.reduce((at, [from, to]) => at.replace(from, to), plainText(text));
	return spelled
		.normalize('NFKD')
		.replace(/\p{Mark}/gu, '')
		.replace(/[^\n\x20-\x7e]/gu, '?');
}

/**
 * Breaks a text into lines of at most `width` characters, at blanks where that is possible.
 * @param hang blanks before every line but the first
 */
export function wrapLine(text: string, width: number, hang = 0): string[] {
	const lines: string[] = [];
	const room = Math.max(8, width);
	const indent = ' '.repeat(Math.min(hang, room - 8));
	let rest = text;
	while (rest.length > room) {
		const cut = breakBefore(rest, room, indent.length);
		lines.push(rest.slice(0, cut).trimEnd());
		rest = indent + rest.slice(cut).trimStart();
	}
	lines.push(rest);
	return lines;
}

/** Where to cut a line: at a blank; if that leaves too much room, after a character at which code can be broken; else anywhere. */
function breakBefore(text: string, room: number, indent: number): number {
	const blank = text.lastIndexOf(' ', room);
	const isGood = (at: number): boolean => at > indent && at > room / 3 && text.slice(0, at).trim() !== '';
	if (isGood(blank)) return blank;
	const [code = ''] = /^.*(?:->|[,(./:])/.exec(text.slice(0, room)) ?? [];
	return isGood(code.length) ? code.length : room;
}

/** Paragraphs (separated by empty lines or newlines) as wrapped lines, each after `margin`. */
export function wrapProse(text: string, margin = '', width = proseWidth): string[] {
	return asciiText(text)
		.split('\n')
		.flatMap((line) => wrapLine(line.trim(), width - margin.length))
		.map((line) => (line === '' ? '' : margin + line));
}

/** Rows of equally many cells as aligned columns, two blanks apart; the last column is wrapped at `width`. */
export function alignColumns(rows: readonly (readonly string[])[], margin = '', width = mailWidth): string[] {
	const count = Math.max(0, ...rows.map((row) => row.length));
	const widths = Array.from({ length: count }, (_, i) => Math.max(0, ...rows.map((row) => (row[i] ?? '').length)));
	return rows.flatMap((row) => {
		const before = row.slice(0, -1).map((cell, i) => cell.padEnd(widths[i] ?? 0));
		const lead = margin + before.map((cell) => `${cell}  `).join('');
		const [first = '', ...more] = wrapLine(row.at(-1) ?? '', Math.max(20, width - lead.length));
		return [(lead + first).trimEnd(), ...more.map((line) => ' '.repeat(lead.length) + line)];
	});
}
