/** The TLBs, one row a virtual page, beside what the tables say. */

import { describeAddress, frameName } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import { flagLetters } from '../machine/page-table-entry.ts';
import type { MachineState, TlbEntry } from '../machine/state.ts';
import { mappingsOf } from './page-tables.ts';
import type { TlbCell, TlbRow } from './views.ts';

/** A row for every page that is mapped or that some CPU has cached, in this state or in `before`. */
export function tlbRows(machine: Machine, state: MachineState, before: MachineState | null): readonly TlbRow[] {
	const mappings = new Map(mappingsOf(machine, state).map((mapping) => [keyOf(mapping), mapping]));
	const keys = new Map<string, { readonly space: number; readonly page: number }>();
	const add = (at: { readonly space: number; readonly page: number }): void => {
		keys.set(keyOf(at), at);
	};
	for (const mapping of mappings.values()) add(mapping);
	for (const entry of state.tlbs.flat()) add(entry);
	for (const entry of before?.tlbs.flat() ?? []) add(entry);
	return [...keys.values()]
		.sort((a, b) => a.space - b.space || a.page - b.page)
		.map(({ space, page }) => {
			const mapping = mappings.get(keyOf({ space, page }));
			return {
				label: describeAddress(machine, state, space, page * machine.configuration.pageSize),
				space: state.spaces[space]?.name ?? '',
				page,
				pte: mapping === undefined ? 'none' : `${frameName(mapping.frame)}${flagLetters(mapping.entry)}`,
				cells: state.tlbs.map((entries, cpu) =>
					cellOf(cpu, find(entries, space, page), find(before?.tlbs[cpu] ?? entries, space, page)),
				),
			};
		});
}

function keyOf({ space, page }: { readonly space: number; readonly page: number }): string {
	return `${space}:${page}`;
}

function find(entries: readonly TlbEntry[], space: number, page: number): TlbEntry | null {
	return (
		entries.find((entry) => entry.space === space && entry.page <= page && page < entry.page + entry.pages) ?? null
	);
}

function cellOf(cpu: number, entry: TlbEntry | null, before: TlbEntry | null): TlbCell {
	if (entry === null) return { cpu, text: '', state: 'empty', remark: '', changed: before !== null };
	const flags = `${entry.writable ? ' W' : ''}${entry.dirty ? ' D' : ''}`;
	const stale = entry.staleSince === null ? '' : `; stale since step ${entry.staleSince.step}`;
	return {
		cpu,
		text: `${frameName(entry.frame)}${flags}`,
		state: entry.stale ? 'stale' : 'live',
		remark: `filled step ${entry.filled.step}${stale}`,
		changed:
			before === null || before.frame !== entry.frame || before.stale !== entry.stale || before.dirty !== entry.dirty,
	};
}
