/** Cells of an object as one line of text. */

import { describeValue } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineState, MemoryObject } from '../machine/state.ts';

/** Cells shown before the line is cut off with `...`. */
const mostCells = 8;

/** `3` for a single scalar, `{free: 2, dirty: 0}` for a struct, `{0, 1}` for an array. */
export function describeCells(
	machine: Machine,
	state: MachineState,
	object: MemoryObject,
	first: number,
	count: number,
): string {
	const layout = machine.program.layouts[object.layout];
	if (layout === undefined) return '?';
	const shown = layout.cells.slice(first, first + Math.min(count, mostCells)).map((cell, index) => {
		const value = describeValue(machine, state, cell.type, object.cells[first + index] ?? 0);
		return cell.path === '' || cell.path.startsWith('[') ? value : `${cell.path}: ${value}`;
	});
	if (count === 1 && shown.length === 1) return shown[0] ?? '';
	return `{${shown.join(', ')}${count > mostCells ? ', ...' : ''}}`;
}
