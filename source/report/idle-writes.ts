/** Writes that leave a cell as it was: mostly noise, but for those that undo what somebody else has done meanwhile. */

import type { DiagramRow } from './diagram-rows.ts';

/** Whether a row writes a cell, and leaves it as it was: `A->dirty: 0 -> 0`. */
export function changesNothing({ event, text }: Pick<DiagramRow, 'event' | 'text'>): boolean {
	return (event === 'store' || event === 'atomic') && /: (.+) -> \1$/.test(text);
}

/**
 * The rows that change nothing and hide nothing, by index. Where another context changed the cell after this one had read it, the
 * write loses an update, and matters although the value is what it was.
 */
export function idleWrites(rows: readonly DiagramRow[]): ReadonlySet<number> {
	/** By cell: the last read of each context, and the last change with who made it. */
	const reads = new Map<number, Map<number, number>>();
	const changes = new Map<number, { readonly index: number; readonly context: number }>();
	const idle = new Set<number>();
	for (const [index, row] of rows.entries()) {
		for (const pointer of row.pointers) {
			const readers = reads.get(pointer) ?? new Map<number, number>();
			reads.set(pointer, readers);
			if (row.event === 'load') readers.set(row.context, index);
			if (row.event !== 'store' && row.event !== 'atomic') continue;
			const change = changes.get(pointer);
			const read = readers.get(row.context) ?? Number.POSITIVE_INFINITY;
			const isLost = change !== undefined && change.context !== row.context && read < change.index;
			if (!changesNothing(row)) changes.set(pointer, { index, context: row.context });
			else if (!isLost) idle.add(index);
		}
	}
	return idle;
}
