import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CanvasBoard } from '../../source/tui/screen/canvas.ts';
import { makeFrame } from '../../source/tui/screen/difference.ts';
import { span } from '../../source/tui/text/styled.ts';

const text = fc.string({ unit: fc.constantFrom(...'ab │é', '中'), maxLength: 8 });

/** A frame as text, wide characters with their second cell as `_`. */
function shown(frame: ReturnType<typeof makeFrame>): string[] {
	return frame.grid.map((row) => row.texts.map((cell) => cell || '_').join(''));
}

describe('blocks on the board', () => {
	it('stand where their marks are, cut to their width and to the screen', () => {
		const board = new CanvasBoard();
		const mark = board.claim();
		board.set(mark, { width: 3, lines: ['abcdef', '\u001b[1mx\u001b[0m', ''] });
		const frame = makeFrame(`..${mark}  ##\n.....##\n.....##\n.....##`, 8, 4, null, board);
		expect(shown(frame)).toEqual(['..abc## ', '..x  ## ', '..   ## ', '.....## ']);
		const low = makeFrame(`........\n..${mark}`, 8, 2, null, board);
		expect(shown(low)).toEqual(['........', '..abc   ']);
	});

	it('look as if Ink had drawn them', () => {
		fc.assert(
			fc.property(fc.array(text, { minLength: 3, maxLength: 3 }), text, (lines, beside) => {
				const board = new CanvasBoard();
				const mark = board.claim();
				const width = 20;
				board.set(mark, { width, lines });
				const direct = makeFrame(lines.map((line) => line).join('\n'), width, 3, null);
				const patched = makeFrame(`${mark}\n\n${beside}`, width, 3, null, board);
				expect(shown(patched)).toEqual(shown(direct));
				expect(patched.grid.map(({ styles }) => styles)).toEqual(direct.grid.map(({ styles }) => styles));
			}),
		);
	});

	it('are taken over from the frame before when nothing in their row has changed', () => {
		const board = new CanvasBoard();
		const mark = board.claim();
		board.set(mark, { width: 5, lines: ['one', 'two'] });
		const first = makeFrame(`${mark}\n`, 10, 2, null, board);
		board.set(mark, { width: 5, lines: ['one', 'three'] });
		const second = makeFrame(`${mark}\n`, 10, 2, first, board);
		expect(second.grid[0]).toBe(first.grid[0]);
		expect(second.grid[1]).not.toBe(first.grid[1]);
		expect(shown(second)[1]).toBe('three     ');
	});

	it('give their places back, and are not without end', () => {
		const board = new CanvasBoard();
		const marks = Array.from({ length: 256 }, () => board.claim());
		expect(new Set(marks).size).toBe(256);
		expect(() => board.claim()).toThrow(RangeError);
		board.release(marks[7] ?? '');
		expect(board.claim()).toBe(marks[7]);
	});

	it('cannot be put on the screen by a text from outside', () => {
		expect(span('a\ue000b\uf8ffc').text).toBe('a?b?c');
	});
});
