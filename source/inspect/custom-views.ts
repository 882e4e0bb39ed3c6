/** What the model draws of itself: its `__view` functions. */

import { describePointer } from '../machine/describe.ts';
import { drawView } from '../machine/evaluate.ts';
import type { Machine, ViewRow } from '../machine/machine.ts';
import { type MachineState, pointerStride } from '../machine/state.ts';
import type { CustomView, CustomViewRow, TreeNode } from './views.ts';
import { walkersOf } from './walkers.ts';

/** Titles of the views that the model draws itself: its `__view` functions, `_` as blanks. */
export function customTitles(machine: Machine): readonly string[] {
	return machine.program.functions.filter(({ role }) => role === 'view').map(({ name }) => name.replaceAll('_', ' '));
}

/** In order of the program's functions. */
export function customViews(machine: Machine, state: MachineState, before: MachineState | null): readonly CustomView[] {
	return machine.program.functions.flatMap((fn, index) => {
		if (fn.role !== 'view') return [];
		const rows = drawView(machine, state, index);
		const earlier = new Set(before === null ? [] : drawView(machine, before, index).map((row) => JSON.stringify(row)));
		const nodes = treeNodes(machine, state, rows);
		return [
			{
				title: fn.name.replaceAll('_', ' '),
				rows: rows.map(({ node: _node, children: _children, ...row }, at): CustomViewRow => {
					const changed = before !== null && !earlier.has(JSON.stringify(rows[at]));
					return { ...row, tree: nodes[at] ?? null, changed };
				}),
			},
		];
	});
}

/** Of each row, its place in the tree; null for rows that are no nodes. */
function treeNodes(machine: Machine, state: MachineState, rows: readonly ViewRow[]): readonly (TreeNode | null)[] {
	if (rows.every(({ node }) => node === 0)) return rows.map(() => null);
	const objectOf = (pointer: number): number => Math.floor(pointer / pointerStride);
	const rowOf = new Map(rows.flatMap(({ node }, index) => (node === 0 ? [] : [[objectOf(node), index]])));
	const walkers = walkersOf(machine, state, new Set(rowOf.keys()));
	return rows.map(({ node, children }) => {
		if (node === 0) return null;
		return {
			children: children.map(({ name, to }) => ({
				name,
				row: to === 0 ? -1 : (rowOf.get(objectOf(to)) ?? -1),
				to: to === 0 ? '' : describePointer(machine, state, to),
			})),
			walkers: walkers.get(objectOf(node)) ?? [],
		};
	});
}
