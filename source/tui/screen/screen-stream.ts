/**
 * What Ink writes to: takes Ink's whole frames and sends the terminal only the cells that differ. Over a slow line a step then
 * costs about a kilobyte, where rewriting lines costs three to nine (measured at 120x40).
 */

import { Writable } from 'node:stream';
import { CanvasBoard } from './canvas.ts';
import { type Frame, makeFrame, paintAll, paintDifference } from './difference.ts';

/** The part of `process.stdout` that is used here. */
export interface TerminalOutput {
	readonly columns?: number;
	readonly rows?: number;
	write(text: string): unknown;
	on(event: 'resize', listener: () => void): unknown;
	off(event: 'resize', listener: () => void): unknown;
}

// Terminals that know synchronized output (mode 2026) show the frame at once; the others pass over it.
const beginFrame = '\u001b[?2026h';
const endFrame = '\u001b[?2026l';
const hideCursor = '\u001b[?25l';
const enterAlternateScreen = '\u001b[?1049h';
const leaveAlternateScreen = '\u001b[?1049l';
const showCursor = '\u001b[?25h';

/** Whether a text only sets modes of the terminal, as Ink does when it starts, ends and hands the terminal over. */
function isModeChange(text: string): boolean {
	const [before, ...sequences] = text.split('\u001b');
	return before === '' && sequences.length > 0 && sequences.every((sequence) => /^\[\?[\d;]+[hl]$/.test(sequence));
}

export class ScreenStream extends Writable {
	/** Ink asks whether it may draw. */
	readonly isTTY = true;
	readonly #terminal: TerminalOutput;
	readonly #onResize = (): void => {
		this.#frame = null;
		this.emit('resize');
	};
	#frame: Frame | null = null;
	#last = '';
	#isOurs = false;
	#isClosed = false;

	/** Blocks that components put on the screen without Ink's drawing. */
	readonly board = new CanvasBoard();

	constructor(terminal: TerminalOutput) {
		super({ decodeStrings: false });
		this.#terminal = terminal;
		terminal.on('resize', this.#onResize);
	}

	get columns(): number {
		return this.#terminal.columns || 80;
	}

	get rows(): number {
		return this.#terminal.rows || 24;
	}

	/** Draws the whole screen again, over whatever has been written on it from elsewhere. */
	repaint(): void {
		this.#frame = null;
		this.#draw(this.#last);
	}

	/** Ends with the terminal, and gives it back where whoever draws has failed to. */
	close(): void {
		this.#terminal.off('resize', this.#onResize);
		this.#isClosed = true;
		if (this.#isOurs) this.#setModes(leaveAlternateScreen + showCursor);
	}

	override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
		const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
		if (isModeChange(text)) this.#setModes(text);
		else if (text !== '' && !this.#isClosed) this.#draw(text);
		done();
	}

	#setModes(text: string): void {
		const isEntering = text.includes(enterAlternateScreen);
		if (isEntering) {
			this.#frame = null;
			this.#isOurs = true;
		} else if (text.includes(leaveAlternateScreen)) this.#isOurs = false;
		this.#terminal.write(isEntering ? text + hideCursor : text);
	}

	#draw(painted: string): void {
		this.#last = painted;
		const frame = makeFrame(painted, this.columns, this.rows, this.#frame, this.board);
		const output = this.#frame === null ? paintAll(frame) : paintDifference(this.#frame, frame);
		this.#frame = frame;
		if (output !== '') this.#terminal.write(beginFrame + output + endFrame);
	}
}
