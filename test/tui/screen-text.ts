/** A screen model as text, the way the components put it together. */

import { parseRow } from '../../source/tui/screen/cells.ts';
import type { Block, List, ScreenModel } from '../../source/tui/view-model/screen-model.ts';

/** The rows of a block, exactly `height` of exactly `width` cells each: what it lacks is blank, what it has too much is left. */
function blockRows({ text, width, height }: Block): string[] {
	const rows = text.split('\n').map((row) => cellsOf(row).padEnd(width));
	while (rows.length < height) rows.push(' '.repeat(width));
	return rows;
}

/** The cells of a painted line as text; the second half of a wide character is a blank, so that lengths are widths. */
function cellsOf(painted: string): string {
	return parseRow(painted, 1000)
		.texts.map((cell) => cell || ' ')
		.join('')
		.trimEnd();
}

function listRows({ items, pointer, initial, width, height }: List): string[] {
	const mark = cellsOf(pointer);
	const indent = parseRow(pointer, 1000).texts.findLastIndex((cell) => cell !== ' ') + 2;
	const rows = items
		.slice(0, height)
		.map(({ label }, index) => `${(index === initial ? mark : '').padEnd(indent)}${cellsOf(label)}`.padEnd(width));
	while (rows.length < height) rows.push(' '.repeat(width));
	return rows;
}

export function screenRows(model: ScreenModel): string[] {
	switch (model.kind) {
		case 'plain':
			return model.blocks.flatMap(blockRows);
		case 'narrow':
			return [...blockRows(model.above), ...listRows(model.list), ...blockRows(model.below)];
		case 'wide': {
			const left = [...blockRows(model.left), ...listRows(model.list)];
			const separator = blockRows(model.separator);
			const right = blockRows(model.right);
			return [
				...blockRows(model.header),
				...left.map((row, index) => row + (separator[index] ?? '?') + (right[index] ?? '?')),
				...blockRows(model.below),
			];
		}
		default:
			return model satisfies never;
	}
}

export function screenText(model: ScreenModel): string {
	return screenRows(model)
		.map((row) => row.trimEnd())
		.join('\n');
}
