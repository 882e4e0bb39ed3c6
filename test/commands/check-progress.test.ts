import { expect, it } from 'vitest';
import { ProgressWriter } from '../../source/commands/check/progress-writer.ts';

const controlEscape = '\x1b';
const cursorUp = new RegExp(`^${controlEscape}\\[(\\d*)A$`);
const pieces = new RegExp(`${controlEscape}\\[\\d*[AJ]|[^${controlEscape}]`, 'g');

/** What a terminal shows, without trailing spaces: text, `\n`, `\r`, cursor up and erasing below are all that it knows. */
function screenAfter(output: string): readonly string[] {
	const lines: string[] = [''];
	let row = 0;
	let column = 0;
	for (const [piece] of output.matchAll(pieces)) {
		const up = cursorUp.exec(piece);
		if (up !== null) row = Math.max(0, row - Number(up[1]));
		else if (piece === `${controlEscape}[J`) {
			lines.length = row + 1;
			lines[row] = (lines[row] ?? '').slice(0, column);
		} else if (piece === '\r') column = 0;
		else if (piece === '\n') {
			row++;
			column = 0;
			lines[row] ??= '';
		} else {
			const line = (lines[row] ?? '').padEnd(column);
			lines[row] = line.slice(0, column) + piece + line.slice(column + 1);
			column++;
		}
	}
	return lines.map((line) => line.trimEnd());
}

it('takes its lines off the screen also where the terminal has echoed a Ctrl-C below them', () => {
	let output = '';
	let now = 0;
	const io = {
		out: () => {},
		err: (text: string) => {
			output += text;
		},
		isInteractive: true,
		terminal: { columns: () => 40 },
	};
	const writer = new ProgressWriter(io, 2, () => now);
	const progress = { states: 10, transitions: 9, frontier: 1, depth: 3, seconds: 1 };
	for (const row of [0, 1]) writer.start(row, `row ${row}`);
	for (const row of [0, 1]) {
		now++;
		writer.update(row, progress);
	}
	expect(screenAfter(output)).toEqual([
		'[0/2] row 0: 10 states, 10/s, frontier',
		'      row 1: 10 states, 10/s, frontier',
		'',
	]);
	output += '^C';
	writer.clear();
	expect(screenAfter(output)).toEqual(['']);
});
