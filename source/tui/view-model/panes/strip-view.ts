/** What a model's `__view` function drew: strips of cells with brackets under them, badges, values and remarks. */

import { drawTree, treeRemarks } from '../../../inspect/tree-drawing.ts';
import type { CustomView } from '../../../inspect/views.ts';
import { fitText, type Span, type StyledLine, span, type Tone, wrapText } from '../../text/styled.ts';
import type { Theme } from '../../text/theme.ts';
import { textWidth } from '../../text/width.ts';

const tones: Readonly<Record<string, Tone>> = {
	free: 'free',
	reserved: 'reserved',
	live: 'live',
	lazy: 'lazy',
	dirty: 'dirty',
	bad: 'bad',
	good: 'good',
	warning: 'warning',
	plain: 'plain',
};

function toneOf(name: string): Tone {
	return tones[name] ?? 'plain';
}

/** `before` is the same view of the state that this one is compared with. */
export function customViewLines(
	view: CustomView,
	before: CustomView | null,
	width: number,
	theme: Theme,
): readonly StyledLine[] {
	if (view.rows.length === 0) return [[span(' nothing to show yet', 'dim')]];
	const rows = view.rows.filter(({ tree }) => tree === null);
	const labels = Math.min(24, Math.max(0, ...rows.map((row) => textWidth(span(row.label).text))));
	return [
		...treeLines(view, before, width, theme),
		...rows.flatMap((row) =>
			rowLines(row, before?.rows.find(({ label }) => label === row.label) ?? null, labels, width, theme),
		),
	];
}

/** The rows that are nodes of a tree. */
function treeLines(view: CustomView, before: CustomView | null, width: number, theme: Theme): readonly StyledLine[] {
	return [
		...drawTree(view.rows, before?.rows ?? null, width - 1, theme, textWidth).map(
			(pieces): StyledLine =>
				pieces.map(({ text, tone, changed }) => span(text, changed ? 'changed' : (treeTones[tone] ?? toneOf(tone)))),
		),
		...treeRemarks(view.rows).flatMap((remark) =>
			wrapText(remark, width - 2).map((text) => [span(` ${text}`, 'note')]),
		),
	];
}

const treeTones: Readonly<Record<string, Tone>> = { line: 'border', walker: 'current', dim: 'dim', strong: 'strong' };

type Row = CustomView['rows'][number];

function rowLines(
	row: Row,
	before: Row | null,
	labelWidth: number,
	width: number,
	theme: Theme,
): readonly StyledLine[] {
	const { glyphs } = theme;
	const label = fitText(span(row.label).text, labelWidth, glyphs.ellipsis);
	const mark = row.changed ? span(glyphs.changed, 'changed') : span(' ');
	const head: Span[] = [
		mark,
		span(label.trimEnd(), row.changed ? 'changed' : 'strong'),
		span(' '.repeat(labelWidth - textWidth(label.trimEnd()))),
	];
	const cellWidth = Math.max(1, ...row.cells.map(({ text }) => textWidth(span(text).text)));
	const strip: Span[] = [];
	row.cells.forEach((cell, index) => {
		const text = span(cell.text).text;
		strip.push(span(index === 0 ? '' : glyphs.vertical, 'border'));
		const earlier = before?.cells[index];
		const isNew = row.changed && earlier !== undefined && (earlier.text !== cell.text || earlier.tone !== cell.tone);
		strip.push(span(text + ' '.repeat(cellWidth - textWidth(text)), isNew ? 'changed' : toneOf(cell.tone)));
	});
	const drawn: Span[] =
		row.cells.length === 0
			? []
			: [span(' '), span(glyphs.vertical, 'border'), ...strip, span(glyphs.vertical, 'border')];
	const badges = row.badges
		.filter(({ text }) => text !== '')
		.flatMap(({ tone, text }) => {
			const isNew = row.changed && before !== null && !before.badges.some((badge) => badge.text === text);
			const mark = span(isNew ? glyphs.changed : '', 'changed');
			return [span(' '), mark, span(`[${text}]`, isNew ? 'changed' : toneOf(tone))];
		});
	const fields = row.fields.flatMap(({ name, value }) => {
		const earlier = before?.fields.find((field) => field.name === name);
		const isNew = row.changed && earlier !== undefined && earlier.value !== value;
		return [
			span(' '),
			span(isNew ? glyphs.changed : '', 'changed'),
			span(`${name} `, 'dim'),
			span(value, isNew ? 'changed' : 'plain'),
		];
	});
	const first = [...head, ...drawn];
	const indent = 1 + labelWidth;
	const lines: StyledLine[] = [];
	pack(first, [...groups(badges, 3), ...groups(fields, 4)], width, indent, lines);
	const bracket = bracketLine(row, cellWidth, indent, theme);
	if (bracket !== null) lines.splice(1, 0, bracket);
	for (const remark of row.remarks) {
		for (const text of wrapText(remark, width - indent - 1))
			lines.push([span(`${' '.repeat(indent + 1)}${text}`, 'note')]);
	}
	return lines;
}

function groups(spans: readonly Span[], size: number): readonly (readonly Span[])[] {
	return Array.from({ length: Math.ceil(spans.length / size) }, (_, index) =>
		spans.slice(index * size, index * size + size),
	);
}

/** Puts groups after `first` on as many lines as they need. */
function pack(
	first: readonly Span[],
	rest: readonly (readonly Span[])[],
	width: number,
	indent: number,
	lines: StyledLine[],
): void {
	let current: Span[] = [...first];
	let used = cells(current);
	for (const group of rest) {
		if (used + cells(group) > width && used > indent) {
			lines.push(current);
			current = [span(' '.repeat(indent))];
			used = indent;
		}
		current.push(...group);
		used += cells(group);
	}
	lines.push(current);
}

function cells(spans: readonly Span[]): number {
	return spans.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** The bracket under the strip from cell `start` to before cell `end`. */
function bracketLine(row: Row, cellWidth: number, indent: number, theme: Theme): StyledLine | null {
	const { glyphs } = theme;
	if (row.range === null || row.range.start >= row.range.end || row.cells.length === 0) return null;
	const start = Math.max(0, Math.min(row.range.start, row.cells.length - 1));
	const end = Math.max(start + 1, Math.min(row.range.end, row.cells.length));
	const from = indent + 2 + start * (cellWidth + 1);
	const length = (end - start) * (cellWidth + 1) - 1;
	const bracket =
		length < 2 ? glyphs.bracketStart : glyphs.bracketStart + glyphs.bracketLine.repeat(length - 2) + glyphs.bracketEnd;
	return [span(' '.repeat(from)), span(bracket, 'dirty')];
}
