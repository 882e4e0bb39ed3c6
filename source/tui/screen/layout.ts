/** Where everything goes on a screen of a given size. Pure arithmetic: every row and column is accounted for. */

export interface Size {
	readonly columns: number;
	readonly rows: number;
}

/** Below this there is no room for a useful screen. */
export const smallest: Size = { columns: 40, rows: 12 };

/** From this on there are two columns: CPUs on the left, panes on the right. */
const wide: Size = { columns: 110, rows: 30 };

/** Cells that a CPU's column needs to show source text worth reading. */
const narrowestCpu = 25;

export interface LayoutWishes {
	/** CPUs (and a busy callback context) to be shown. */
	readonly cpus: number;
	/** Indices of those that run nothing: one above the other they need little room. */
	readonly quiet: readonly number[];
	/** Rows of the choice list. */
	readonly choices: number;
	/** Panes that should stay in sight on a wide screen, most wanted first, with the rows of their content. */
	readonly pinned: readonly { readonly id: string; readonly height: number }[];
}

export interface PinnedPane {
	readonly id: string;
	/** Rows with its title. */
	readonly height: number;
}

interface CommonLayout {
	readonly columns: number;
	readonly rows: number;
	/** How many CPUs there is room for; when fewer than there are, those around the focused one. */
	readonly cpus: number;
	/** Rows of the choice list, with its title. */
	readonly choices: number;
	/** Rows of the pane that Tab goes through, with the tabs. */
	readonly pane: number;
}

/**
 * Rows add up to `rows`, columns to `columns`:
 * narrow: header 1, cpuRows, choices, pane, message 1, footer 1;
 * wide: header 1, body, message 1, footer 1, where the body is `left` columns of CPUs (`cpuHeights`) and choices, a separator, and
 * `right` columns of pinned panes and the pane.
 */
export type Layout =
	| { readonly kind: 'tooSmall'; readonly columns: number; readonly rows: number }
	| (CommonLayout & {
			readonly kind: 'narrow';
			/** Widths of the CPU columns, with a separator of 1 between two. */
			readonly cpuWidths: readonly number[];
			readonly cpuRows: number;
	  })
	| (CommonLayout & {
			readonly kind: 'wide';
			readonly left: number;
			readonly right: number;
			readonly body: number;
			readonly cpuHeights: readonly number[];
			readonly pinned: readonly PinnedPane[];
	  });

export function computeLayout(size: Size, wishes: LayoutWishes): Layout {
	const { columns, rows } = size;
	if (columns < smallest.columns || rows < smallest.rows) return { kind: 'tooSmall', columns, rows };
	return isWide(size) ? wideLayout(size, wishes) : narrowLayout(size, wishes);
}

/** Whether there is room for panes beside the CPUs. */
export function isWide({ columns, rows }: Size): boolean {
	return columns >= wide.columns && rows >= wide.rows;
}

function narrowLayout({ columns, rows }: Size, wishes: LayoutWishes): Layout {
	const body = rows - 3;
	const listRows = clamp(wishes.choices, 1, body >= 30 ? 8 : body >= 20 ? 4 : body >= 15 ? 3 : 2);
	const choices = 1 + listRows;
	const cpuRows = clamp(Math.round((body - choices) * 0.53), 3, 18);
	const cpus = clamp(Math.floor((columns + 1) / (narrowestCpu + 1)), 1, Math.max(1, wishes.cpus));
	return {
		kind: 'narrow',
		columns,
		rows,
		cpus,
		cpuWidths: shares(columns - (cpus - 1), cpus),
		cpuRows,
		choices,
		pane: body - choices - cpuRows,
	};
}

/** Cells that panes have beside the CPUs and the separator on a wide screen. */
export function wideRight(columns: number): number {
	return columns - clamp(Math.round(columns * 0.5), 56, 96) - 1;
}

function wideLayout({ columns, rows }: Size, wishes: LayoutWishes): Layout {
	const body = rows - 3;
	const right = wideRight(columns);
	const left = columns - right - 1;
	const choices = 1 + clamp(wishes.choices, 1, Math.max(3, Math.floor(body / 5)));
	const cpus = clamp(Math.floor((body - choices) / 6), 1, Math.max(1, wishes.cpus));
	const cpuHeights = heights(body - choices, cpus, cpus < wishes.cpus ? [] : wishes.quiet);
	const pinned: PinnedPane[] = [];
	let pane = body;
	// The pane keeps at least two fifths of the rows; a pinned pane that would be cut to less than two lines is not shown.
	const least = Math.max(8, Math.floor(body * 0.4));
	for (const { id, height } of wishes.pinned) {
		const wanted = 1 + Math.max(1, height);
		const given = Math.min(wanted, pane - least);
		if (given < Math.min(wanted, 3)) continue;
		pinned.push({ id, height: given });
		pane -= given;
	}
	return { kind: 'wide', columns, rows, left, right, body, cpus, cpuHeights, choices, pinned, pane };
}

/** Heights of CPUs one above the other; quiet ones get their title and two lines, unless all are quiet. */
function heights(total: number, count: number, quiet: readonly number[]): readonly number[] {
	const quietHeight = 3;
	const loud = count - quiet.length;
	if (loud <= 0) return shares(total, count);
	const parts = [...shares(total - quiet.length * quietHeight, loud)];
	return Array.from({ length: count }, (_, index) => (quiet.includes(index) ? quietHeight : (parts.shift() ?? 0)));
}

/** `total` in `count` parts that differ by at most one, the first ones larger. */
export function shares(total: number, count: number): readonly number[] {
	const each = Math.floor(total / count);
	return Array.from({ length: count }, (_, index) => each + (index < total - each * count ? 1 : 0));
}

function clamp(value: number, low: number, high: number): number {
	return Math.min(Math.max(value, low), Math.max(low, high));
}
