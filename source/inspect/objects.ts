/** Objects in memory, field by field, with who allocated and who freed them. */

import { describePointer, describeStamp, describeValue } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import { type MachineState, pointerStride } from '../machine/state.ts';
import type { ObjectRow } from './views.ts';

/** Heap objects first (what can be used after free), then globals; stack objects are shown with their frames. In order of id. */
export function objectRows(machine: Machine, state: MachineState, before: MachineState | null): readonly ObjectRow[] {
	const rows = state.objects.flatMap((object, id) => {
		if (object === null || object.origin === 'stack') return [];
		const layout = machine.program.layouts[object.layout];
		if (layout === undefined || isGhost(machine, object)) return [];
		const earlier = before?.objects[id] ?? null;
		const comparable = earlier !== null && earlier.layout === object.layout ? earlier : null;
		const fields = layout.cells.map((cell, index) => {
			const value = describeValue(machine, state, cell.type, object.cells[index] ?? 0);
			const differs = comparable !== null && before !== null && comparable.cells[index] !== object.cells[index];
			return {
				name: cell.path,
				type: cell.type.kind === 'pointer' ? 'pointer' : cell.type.name,
				value,
				before: differs ? describeValue(machine, before, cell.type, comparable.cells[index] ?? 0) : null,
			};
		});
		const row: ObjectRow = {
			name: describePointer(machine, state, id * pointerStride).replace(/^&/, ''),
			type: layout.name,
			status: object.status,
			allocated: object.allocated === null ? '' : describeStamp(machine, object.allocated),
			freed: object.freed === null ? '' : describeStamp(machine, object.freed),
			fields,
			changed: before !== null && earlier !== object,
		};
		return [{ row, isHeap: object.origin === 'heap' }];
	});
	return [...rows.filter(({ isHeap }) => isHeap), ...rows.filter(({ isHeap }) => !isHeap)].map(({ row }) => row);
}

function isGhost(machine: Machine, object: { readonly origin: string; readonly owner: number }): boolean {
	return object.origin === 'global' && (machine.program.globals[object.owner]?.isGhost ?? false);
}
