/** What the search asks about the types of objects. */

import type { Layout } from '../language/types.ts';
import { globalObjects } from '../machine/globals.ts';
import type { Machine } from '../machine/machine.ts';

const stepCells = new WeakMap<readonly Layout[], readonly Uint8Array[]>();

/** Whether a cell holds a time stamp, which is provenance. */
export function isStepCell(machine: Machine, layout: number, cell: number): boolean {
	const { layouts } = machine.program;
	let table = stepCells.get(layouts);
	if (table === undefined) {
		table = layouts.map(({ cells }) =>
			Uint8Array.from(cells, ({ type }) => (type.kind === 'machine' && type.name === 'step' ? 1 : 0)),
		);
		stepCells.set(layouts, table);
	}
	return table[layout]?.[cell] === 1;
}

/** The first object id that is no global's. */
export function globalsEnd(machine: Machine): number {
	return globalObjects(machine).length;
}
