/**
 * What a long check is doing: on a terminal a block of lines that is drawn over, elsewhere a plain line every few seconds.
 * It goes to standard error; result lines are printed between two drawings of the block.
 */

import type { CheckProgress } from '../../explore/check-job.ts';
import { asciiText } from '../../report/wrap.ts';
import type { CommandIo } from '../io.ts';
import { count, secondsText } from './row-lines.ts';

/** Seconds between two drawings, and between two plain lines. */
const drawEvery = 0.1;
const sayEvery = 10;

export class ProgressWriter {
	readonly #io: CommandIo;
	readonly #total: number;
	readonly #now: () => number;
	readonly #running = new Map<number, { readonly name: string; progress: CheckProgress | null }>();
	#finished = 0;
	/** Lines of the block that is on the screen. */
	#drawn = 0;
	#last: number;

	/**
	 * @param total rows to check
	 * @param now seconds
	 */
	constructor(io: CommandIo, total: number, now: () => number) {
		this.#io = io;
		this.#total = total;
		this.#now = now;
		this.#last = now();
	}

	start(row: number, name: string): void {
		this.#running.set(row, { name, progress: null });
	}

	update(row: number, progress: CheckProgress): void {
		const running = this.#running.get(row);
		if (running === undefined) return;
		running.progress = progress;
		const { terminal } = this.#io;
		if (this.#now() - this.#last < (terminal === undefined ? sayEvery : drawEvery)) return;
		this.#last = this.#now();
		if (terminal === undefined) this.#io.err(`${this.#title()} ${progressText(running.name, progress)}\n`);
		else this.#draw();
	}

	finish(row: number): void {
		this.#finished++;
		this.#running.delete(row);
	}

	/** Takes the block off the screen, so that something else can be printed. */
	clear(): void {
		// A terminal that has echoed a Ctrl-C is no longer in the first column.
		if (this.#drawn > 0) this.#io.err(`\r\x1b[${this.#drawn}A\x1b[J`);
		this.#drawn = 0;
	}

	#title(): string {
		return `[${this.#finished}/${this.#total}]`;
	}

	#draw(): void {
		const columns = this.#io.terminal?.columns() ?? 80;
		const lines = [...this.#running.values()].flatMap(({ name, progress }) =>
			progress === null ? [] : [progressText(name, progress)],
		);
		const block = lines.map((line, index) => {
			const lead = index === 0 ? `${this.#title()} ` : ' '.repeat(this.#title().length + 1);
			// A line that fills the last column would be followed by an empty one on some terminals.
			return (lead + line).slice(0, Math.max(1, columns - 1));
		});
		this.clear();
		this.#io.err(block.map((line) => `${line}\n`).join(''));
		this.#drawn = block.length;
	}
}

/** `vmap/series mail: 12,345 states, 310,000/s, frontier 120, depth 40, 0.42 s` */
export function progressText(name: string, { states, frontier, depth, seconds }: CheckProgress): string {
	const rate = seconds > 0 ? `, ${count(states / seconds)}/s` : '';
	return asciiText(
		`${name}: ${count(states)} states${rate}, frontier ${count(frontier)}, depth ${count(depth)}, ${secondsText(seconds)}`,
	);
}
