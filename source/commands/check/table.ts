import type { CheckReport } from '../../explore/check-job.ts';
import type { startPool } from '../../explore/check-pool.ts';
import type { CommandIo } from '../io.ts';
import { ProgressWriter } from './progress-writer.ts';
import { type Columns, columnsFor, groupName, headingLine, type Result, rowLines, rowName } from './row-lines.ts';
import type { CheckRow } from './rows.ts';

/** Takes reports in any order and prints them in the order of the rows. */
export class CheckTable {
	readonly progress: ProgressWriter;
	readonly #rows: readonly CheckRow[];
	readonly #columns: Columns;
	readonly #print: (text: string) => void;
	readonly #reports: (CheckReport | undefined)[] = [];
	#printed = 0;

	/** @param seconds a clock */
	constructor(rows: readonly CheckRow[], io: CommandIo, print: (text: string) => void, seconds: () => number) {
		this.#rows = rows;
		this.#columns = columnsFor(rows);
		this.#print = print;
		this.progress = new ProgressWriter(io, rows.length, seconds);
	}

	/** For the pool of workers. */
	get hooks(): Parameters<typeof startPool>[2] {
		return {
			onStart: (index) => {
				const row = this.#rows[index];
				if (row !== undefined) this.progress.start(index, `${groupName(row)} ${rowName(row)}`);
			},
			onProgress: (index, progress) => this.progress.update(index, progress),
			onReport: (index, report) => {
				this.#reports[index] = report;
				this.progress.finish(index);
				this.#printReady();
			},
		};
	}

	#printReady(): void {
		for (;;) {
			const row = this.#rows[this.#printed];
			const report = this.#reports[this.#printed];
			if (row === undefined || report === undefined) return;
			this.progress.clear();
			const before = this.#rows[this.#printed - 1];
			if (before === undefined || groupName(before) !== groupName(row)) {
				this.#print(`${groupName(row)}\n`);
				if (before === undefined) this.#print(`${headingLine(this.#columns)}\n`);
			}
			const above = this.#reports[this.#printed - 1] ?? null;
			for (const line of rowLines(row, report, above, this.#columns)) this.#print(`${line}\n`);
			this.#printed++;
		}
	}

	/** What is known by now, in the order of the rows. */
	results(): Result[] {
		return this.#rows.flatMap((row, index) => {
			const report = this.#reports[index];
			return report === undefined ? [] : [{ row, report }];
		});
	}
}
