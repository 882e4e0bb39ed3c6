/** Columns that line up. */

import { fitLine, lineWidth, type StyledLine } from './styled.ts';

export interface TableOptions {
	/** Blanks between two columns. */
	readonly gap: number;
	/** Widest that each column may get; the last one is never cut here. */
	readonly widest: readonly number[];
	readonly ellipsis: string;
}

/** Rows of cells as lines whose columns line up. The last column is as long as it is. */
export function table(rows: readonly (readonly StyledLine[])[], options: TableOptions): readonly StyledLine[] {
	const widths: number[] = [];
	for (const row of rows) {
		row.forEach((cell, column) => {
			if (column === row.length - 1) return;
			const limit = options.widest[column] ?? Number.POSITIVE_INFINITY;
			widths[column] = Math.max(widths[column] ?? 0, Math.min(lineWidth(cell), limit));
		});
	}
	const gap = ' '.repeat(options.gap);
	return rows.map((row) =>
		row.flatMap((cell, column) =>
			column === row.length - 1
				? cell
				: [...fitLine(cell, widths[column] ?? 0, options.ellipsis), { text: gap, tone: 'plain' as const }],
		),
	);
}
