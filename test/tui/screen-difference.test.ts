import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySgr, parseRow, sgrBetween } from '../../source/tui/screen/cells.ts';
import { makeFrame, paintAll, paintDifference } from '../../source/tui/screen/difference.ts';

const columns = 24;
const rows = 6;

async function write(terminal: Terminal, text: string): Promise<void> {
	await new Promise<void>((resolve) => terminal.write(text, resolve));
}

/** Every cell of a terminal: text and looks. */
function cellsOf(terminal: Terminal): string[] {
	const buffer = terminal.buffer.active;
	return Array.from({ length: rows }, (_, y) => {
		const line = buffer.getLine(y);
		return Array.from({ length: columns }, (__, x) => {
			const cell = line?.getCell(x);
			if (cell === undefined) return '?';
			const looks = `${cell.isBold()},${cell.isDim()},${cell.isInverse()},${cell.isUnderline()},${cell.getFgColorMode()}:${cell.getFgColor()},${cell.getBgColorMode()}:${cell.getBgColor()}`;
			return `${cell.getChars() || (cell.getWidth() === 0 ? '' : ' ')}/${looks}`;
		}).join(' ');
	});
}

async function fresh(text: string): Promise<string[]> {
	const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
	await write(terminal, text);
	return cellsOf(terminal);
}

const looks = fc.constantFrom('', '1', '2', '7', '31', '1;33', '1;7;35', '4', '92', '44');
const texts = fc.string({ unit: fc.constantFrom(...'ab  -│─é中', '▶'), maxLength: 10 });
const piece = fc.tuple(looks, texts).map(([look, text]) => (look === '' ? text : `\u001b[${look}m${text}\u001b[0m`));
const painted = fc
	.array(fc.array(piece, { maxLength: 4 }), { minLength: rows, maxLength: rows })
	.map((lines) => lines.map((pieces) => pieces.join('')).join('\n'));

describe('the difference of two frames', () => {
	it('turns the first into the second on a real terminal, whatever they are', async () => {
		await fc.assert(
			fc.asyncProperty(painted, painted, async (first, second) => {
				const before = makeFrame(first, columns, rows, null);
				const after = makeFrame(second, columns, rows, before);
				const stepped = await fresh(paintAll(before) + paintDifference(before, after));
				expect(stepped).toEqual(await fresh(paintAll(after)));
			}),
			{ numRuns: 150 },
		);
	});

	it('paints a frame as the terminal itself would have', async () => {
		await fc.assert(
			fc.asyncProperty(painted, async (text) => {
				// Without wrapping, so that what is too long is cut as the frame cuts it; clearing each line paints what is missing.
				const plain = text
					.split('\n')
					.map((line, row) => `\u001b[${row + 1}H${line}`)
					.join('');
				const fits = text.split('\n').every((line) => {
					const { texts, styles } = parseRow(line, 1000);
					return texts.findLastIndex((cell, at) => cell !== ' ' || styles[at] !== 0) < columns;
				});
				fc.pre(fits);
				expect(await fresh(paintAll(makeFrame(text, columns, rows, null)))).toEqual(await fresh(plain));
			}),
			{ numRuns: 100 },
		);
	});

	it('is nothing when nothing differs, and little when little does', () => {
		const lines = Array.from({ length: 40 }, (_, row) => `row ${row} ${'x'.repeat(100)}`);
		const before = makeFrame(lines.join('\n'), 120, 40, null);
		expect(paintDifference(before, makeFrame(lines.join('\n'), 120, 40, before))).toBe('');
		lines[20] = lines[20]?.replace('xxx', 'xyx') ?? '';
		const output = paintDifference(before, makeFrame(lines.join('\n'), 120, 40, before));
		expect(output).toBe('\u001b[21;9Hy');
	});

	it('erases the rest of a row that has become shorter with one sequence', () => {
		const before = makeFrame('abc defghijklmnopq', columns, 1, null);
		expect(paintDifference(before, makeFrame('abc', columns, 1, before))).toBe('\u001b[1;5H\u001b[K');
	});

	it('paints everything when the size is another', () => {
		const before = makeFrame('abc', columns, rows, null);
		expect(paintDifference(before, makeFrame('abc', columns + 1, rows, before))).toContain('\u001b[2J');
	});
});

describe('cells', () => {
	it('cut a wide character that does not fit', () => {
		expect(parseRow('ab中', 3).texts).toEqual(['a', 'b', ' ']);
		expect(parseRow('ab中', 4).texts).toEqual(['a', 'b', '中', '']);
	});

	it('let no sequence through but SGR', () => {
		const row = parseRow('a\u001b]0;title\u0007b\u001b[2Jc', 30);
		expect(row.texts.join('')).not.toContain('\u001b');
	});

	it('know styles as SGR does', () => {
		const style = applySgr(0, '1;33');
		expect(sgrBetween(0, style)).toBe('\u001b[1;33m');
		expect(sgrBetween(style, applySgr(style, '22'))).toBe('\u001b[;33m');
		expect(sgrBetween(style, 0)).toBe('\u001b[m');
		expect(applySgr(style, '')).toBe(0);
		expect(applySgr(applySgr(0, '7;35'), '27;39')).toBe(0);
		expect(applySgr(0, '38;5;200;1')).toBe(applySgr(0, '1'));
	});
});
