/** Drawing: `__view` functions make rows, of which the machine keeps nothing. */

import { type ViewTone, viewTones } from '../language/view-tones.ts';
import type { ViewRow } from './machine.ts';
import { formattedText, textArgument } from './report.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from './store.ts';

/** What one view may draw at most; the rest is left out. */
const maxRows = 1000;
const maxParts = 1000;

function toneArgument(call: PrimitiveCall): ViewTone {
	const tone = textArgument(call, 0);
	return viewTones.find((known) => known === tone) ?? 'plain';
}

/** Changes the row that was begun last. Before the first row, and where nothing is drawn, nothing happens. */
function onRow(change: (row: ViewRow, call: PrimitiveCall) => ViewRow): PrimitiveBehaviour {
	return {
		run(call) {
			const { rows } = call.observer;
			const row = rows?.at(-1);
			if (rows !== null && row !== undefined) rows[rows.length - 1] = change(row, call);
			return 0;
		},
	};
}

/** A row as view_row() begins it. */
export function emptyRow(label: string): ViewRow {
	return { label, cells: [], range: null, badges: [], fields: [], remarks: [], node: 0, children: [] };
}

function append<Part>(parts: readonly Part[], part: Part): readonly Part[] {
	return parts.length < maxParts ? [...parts, part] : parts;
}

export const viewPrimitives = {
	view_row: {
		run(call) {
			const { rows } = call.observer;
			if (rows !== null && rows.length < maxRows) {
				rows.push(emptyRow(formattedText(call, 0)));
			}
			return 0;
		},
	},
	view_cell: onRow((row, call) => ({
		...row,
		cells: append(row.cells, { tone: toneArgument(call), text: formattedText(call, 1) }),
	})),
	view_range: onRow((row, call) => {
		const [start = 0, end = 0] = call.arguments;
		return { ...row, range: start < end ? { start, end } : null };
	}),
	view_badge: onRow((row, call) => ({
		...row,
		badges: append(row.badges, { tone: toneArgument(call), text: formattedText(call, 1) }),
	})),
	view_field: onRow((row, call) => ({
		...row,
		fields: append(row.fields, { name: textArgument(call, 0), value: formattedText(call, 1) }),
	})),
	view_node: onRow((row, call) => ({ ...row, node: call.arguments[0] ?? 0 })),
	view_child: onRow((row, call) => ({
		...row,
		children: append(row.children, { name: textArgument(call, 0), to: call.arguments[1] ?? 0 }),
	})),
	view_remark: onRow((row, call) => ({ ...row, remarks: append(row.remarks, formattedText(call, 0)) })),
} satisfies Record<string, PrimitiveBehaviour>;
