/** A race drawn in columns, as commit messages, mails and the kernel's documents have it, as data. */

/** Thrown for a drawing that cannot be read: the message says where. */
export class DrawingError extends Error {
	override readonly name = 'DrawingError';
	/** Number of the line in the file, from 1; 0 when it is about the whole file. */
	readonly line: number;

	constructor(line: number, message: string) {
		super(line === 0 ? message : `line ${line}: ${message}`);
		this.line = line;
	}
}

export interface DrawnColumn {
	/** As drawn: `CPU 1`, `CPU0 (mremap)`; empty for a drawing without heads. */
	readonly head: string;
	/** The number in the head, or null. */
	readonly number: number | null;
	/** What the line below the head says the column does; empty when there is none. */
	readonly role: string;
}

export interface DrawnItem {
	/** Number of its (first) line in the file, from 1. */
	readonly line: number;
	/** Index into columns; -1 for what stands across them. */
	readonly column: number;
	/** Items of one row happen side by side, in whatever order. */
	readonly row: number;
	/** The event on one line, without the remark beside it. */
	readonly text: string;
	/**
	 * `event`: something is done. `wait`: the column has to wait. `harm`: what goes wrong. `role`: what the column does altogether.
	 * The others are no events.
	 */
	readonly form: 'event' | 'wait' | 'harm' | 'role' | 'comment' | 'gap';
}

export interface Drawing {
	/** How it is drawn: columns with heads, one column, `CPU0: ...` at each line, or `[Time N]` blocks. */
	readonly style: 'columns' | 'single' | 'labelled' | 'time';
	readonly columns: readonly DrawnColumn[];
	/** In order of rows. */
	readonly items: readonly DrawnItem[];
	/** Drawings in the text, this one included. */
	readonly count: number;
}

/** What a stranger's file may hold at most. */
export const drawingLimits = { characters: 500_000, lines: 5_000, width: 1_000, columns: 12, events: 600 } as const;
