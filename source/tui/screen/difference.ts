/** The fewest bytes that turn one frame into the next. */

import { isNarrow } from '../text/width.ts';
import { CanvasBoard, hasMark } from './canvas.ts';
import { type CellRow, parseRow, sgrBetween } from './cells.ts';

export interface Frame {
	readonly columns: number;
	readonly rows: number;
	/** What each row was made from: equal for equal rows. */
	readonly keys: readonly string[];
	readonly grid: readonly CellRow[];
}

/** A stretch of a row that a canvas covers. */
interface Patch {
	readonly column: number;
	readonly width: number;
	readonly text: string;
}

/**
 * A frame of exactly `rows` rows: painted lines, with the blocks of `board` where their marks stand. Rows that are made from
 * the same as the earlier frame's are taken over from it.
 */
export function makeFrame(
	painted: string,
	columns: number,
	rows: number,
	earlier: Frame | null,
	board: CanvasBoard = new CanvasBoard(),
): Frame {
	const lines = painted.split('\n').slice(0, rows);
	while (lines.length < rows) lines.push('');
	const patches = new Map<number, Patch[]>();
	const bases = lines.map((text, row) => {
		if (!hasMark(text)) return text;
		const cells = parseRow(text, columns);
		cells.texts.forEach((mark, column) => {
			const canvas = board.at(mark);
			if (canvas === null) return;
			const width = Math.min(canvas.width, columns - column);
			canvas.lines.slice(0, rows - row).forEach((line, offset) => {
				const patch = { column, width, text: line };
				const known = patches.get(row + offset);
				if (known === undefined) patches.set(row + offset, [patch]);
				else known.push(patch);
			});
		});
		return text;
	});
	const keys = bases.map((text, row) => keyOf(text, patches.get(row) ?? []));
	const reusable = earlier !== null && earlier.columns === columns ? earlier : null;
	const grid = bases.map((text, row) => {
		const old = reusable?.grid[row];
		if (old !== undefined && reusable?.keys[row] === keys[row]) return old;
		return patched(text, columns, patches.get(row) ?? []);
	});
	return { columns, rows, keys, grid };
}

function keyOf(text: string, patches: readonly Patch[]): string {
	if (patches.length === 0) return text;
	return [text, ...patches.map(({ column, width, text: patch }) => `${column},${width}:${patch}`)].join('\n');
}

function patched(text: string, columns: number, patches: readonly Patch[]): CellRow {
	const [only] = patches;
	if (only !== undefined && only.column === 0 && only.width === columns) return parseRow(only.text, columns);
	const base = parseRow(text, columns);
	if (only === undefined) return base;
	const texts = [...base.texts];
	const styles = [...base.styles];
	let { isPlain } = base;
	for (const { column, width, text: patch } of patches) {
		const cells = parseRow(patch, width);
		for (let index = 0; index < width; index++) {
			texts[column + index] = cells.texts[index] ?? ' ';
			styles[column + index] = cells.styles[index] ?? 0;
		}
		isPlain = isPlain && cells.isPlain;
	}
	// The mark itself is no narrow character; it is covered now.
	return {
		texts,
		styles,
		isPlain: isPlain || texts.every((cell) => cell.length === 1 && isNarrow(cell.charCodeAt(0))),
	};
}

/** Where the terminal's cursor and style are while output is made. */
interface Pen {
	out: string;
	/** -1 when it is not known. */
	row: number;
	column: number;
	style: number;
}

/** Everything, on a screen whose content is not known. Ends with the plain style. */
export function paintAll(frame: Frame): string {
	const pen: Pen = { out: '\u001b[m\u001b[H\u001b[2J', row: 0, column: 0, style: 0 };
	frame.grid.forEach((cells, row) => {
		const blank = {
			texts: new Array<string>(frame.columns).fill(' '),
			styles: new Array<number>(frame.columns).fill(0),
		};
		paintRow(pen, row, { ...blank, isPlain: true }, cells, frame.columns);
	});
	return pen.out + sgrBetween(pen.style, 0);
}

/** What has to be written when `before` is on the screen and `after` should be. Empty when nothing differs. */
export function paintDifference(before: Frame, after: Frame): string {
	if (before.columns !== after.columns || before.rows !== after.rows) return paintAll(after);
	const pen: Pen = { out: '', row: -1, column: -1, style: 0 };
	after.grid.forEach((cells, row) => {
		const old = before.grid[row];
		if (old !== undefined && old !== cells) paintRow(pen, row, old, cells, after.columns);
	});
	return pen.out + sgrBetween(pen.style, 0);
}

/** Unchanged cells between two changed ones that are written again, as going over them would cost as much. */
const bridge = 4;

function paintRow(pen: Pen, row: number, old: CellRow, now: CellRow, columns: number): void {
	// Where terminals may disagree about widths, nothing after the first difference can be trusted to be in its place.
	const isTrusted = old.isPlain && now.isPlain;
	const blankFrom = trailingBlank(now, columns);
	let column = 0;
	while (column < columns) {
		if (isSame(old, now, column) && (isTrusted || now.texts[column] !== '')) {
			column++;
			continue;
		}
		// The tail of a row that has become blank: one erase for all of it.
		if (column >= blankFrom && columns - column > 3) {
			moveTo(pen, row, column);
			pen.out += `${sgrBetween(pen.style, 0)}\u001b[K`;
			pen.style = 0;
			return;
		}
		let end = isTrusted ? runEnd(old, now, column, columns) : columns;
		if (columns - blankFrom > 3) end = Math.min(end, Math.max(blankFrom, column + 1));
		column = write(pen, row, wholeFrom(now, column), end, now, isTrusted);
	}
}

function isSame(old: CellRow, now: CellRow, column: number): boolean {
	return old.texts[column] === now.texts[column] && old.styles[column] === now.styles[column];
}

/** First column from which a row is nothing but plain blanks. */
function trailingBlank(row: CellRow, columns: number): number {
	let from = columns;
	while (from > 0 && row.texts[from - 1] === ' ' && row.styles[from - 1] === 0) from--;
	return from;
}

/** End of the changed cells from `start`, short stretches of unchanged ones included. */
function runEnd(old: CellRow, now: CellRow, start: number, columns: number): number {
	let end = start + 1;
	let unchanged = 0;
	for (let column = start + 1; column < columns && unchanged <= bridge; column++) {
		if (!isSame(old, now, column)) {
			end = column + 1;
			unchanged = 0;
		} else {
			// Changing the style costs as much as moving the cursor.
			unchanged += now.styles[column] === now.styles[column - 1] ? 1 : 3;
		}
	}
	return end;
}

/** The column at which the character begins that covers `column`. */
function wholeFrom(row: CellRow, column: number): number {
	let start = column;
	while (start > 0 && row.texts[start] === '') start--;
	return start;
}

function write(pen: Pen, row: number, start: number, end: number, cells: CellRow, isTrusted: boolean): number {
	let column = start;
	while (column < end || cells.texts[column] === '') {
		const text = cells.texts[column];
		if (text === undefined) break;
		if (text === '') {
			column++;
			continue;
		}
		moveTo(pen, row, column);
		const style = cells.styles[column] ?? 0;
		pen.out += sgrBetween(pen.style, style) + text;
		pen.style = style;
		column++;
		while (cells.texts[column] === '') column++;
		// In the last column, and after anything of doubtful width, the cursor is where the terminal likes it to be.
		pen.column = column >= cells.texts.length || (!isTrusted && text.charCodeAt(0) > 0x7e) ? -1 : column;
	}
	return column;
}

function moveTo(pen: Pen, row: number, column: number): void {
	if (pen.row === row && pen.column === column) return;
	const absolute = column === 0 ? (row === 0 ? '\u001b[H' : `\u001b[${row + 1}H`) : `\u001b[${row + 1};${column + 1}H`;
	const ahead = column - pen.column;
	const relative = pen.row === row && pen.column >= 0 && ahead > 0 ? `\u001b[${ahead === 1 ? '' : ahead}C` : null;
	pen.out += relative !== null && relative.length < absolute.length ? relative : absolute;
	pen.row = row;
	pen.column = column;
}
