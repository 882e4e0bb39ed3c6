/** The page tables as a tree, and the translations that they hold. */

import { contextName, describeAddress, describePointer, describeValue, frameName } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import { entryPayload, flagLetters, isLeaf, isPresent } from '../machine/page-table-entry.ts';
import { type AddressSpace, type MachineState, type MemoryObject, pointerStride } from '../machine/state.ts';
import type { PageTableRow } from './views.ts';

/** A translation that the tables hold now. */
export interface Mapping {
	readonly space: number;
	readonly page: number;
	/** Pages covered: 1 at the last level. */
	readonly pages: number;
	readonly frame: number;
	readonly entry: number;
}

interface Place {
	readonly space: number;
	readonly level: number;
	/** First page that the entry maps. */
	readonly page: number;
	readonly pages: number;
	/** Pointer to the entry's cell. */
	readonly pointer: number;
	readonly entry: number;
}

/** Every entry that can be reached from the roots, tables before what they point to. A table that points to itself is not followed. */
function* entriesOf(machine: Machine, state: MachineState): Generator<Place> {
	for (const [index, space] of state.spaces.entries())
		yield* tableEntries(machine, state, index, space, space.root, 0, firstPage(machine, space));
}

function* tableEntries(
	machine: Machine,
	state: MachineState,
	index: number,
	space: AddressSpace,
	table: number,
	level: number,
	first: number,
): Generator<Place> {
	const { tableSizes } = machine.configuration;
	const object = state.objects[Math.floor(table / pointerStride)] ?? null;
	const pages = pagesAt(tableSizes, level);
	if (object === null) return;
	for (let slot = 0; slot < (tableSizes[level] ?? 0); slot++) {
		const entry = object.cells[slot] ?? 0;
		const page = first + slot * pages;
		yield { space: index, level, page, pages, pointer: table + slot, entry };
		if (isPresent(entry) && !isLeaf(entry, level, tableSizes.length) && level + 1 < tableSizes.length) {
			yield* tableEntries(machine, state, index, space, entryPayload(entry) * pointerStride, level + 1, page);
		}
	}
}

function pagesAt(tableSizes: readonly number[], level: number): number {
	return tableSizes.slice(level + 1).reduce((product, size) => product * size, 1);
}

function firstPage(machine: Machine, space: AddressSpace): number {
	return Math.floor(space.base / machine.configuration.pageSize);
}

/** The translations that the tables hold, in order of space and page. */
export function mappingsOf(machine: Machine, state: MachineState): readonly Mapping[] {
	const { tableSizes } = machine.configuration;
	return [...entriesOf(machine, state)]
		.filter(({ entry, level }) => isPresent(entry) && isLeaf(entry, level, tableSizes.length))
		.map(({ space, page, pages, entry }) => ({ space, page, pages, frame: entryPayload(entry), entry }));
}

/**
 * The tables as rows, a row per table and one per entry of it; entries that are `none` in a row are kept, so that rows stay where
 * they are. A table that no root leads to comes at the end, under `linked nowhere`: one that is being moved, is not published yet,
 * or is lost.
 */
export function pageTableRows(
	machine: Machine,
	state: MachineState,
	before: MachineState | null,
): readonly PageTableRow[] {
	const { pageSize, tableSizes } = machine.configuration;
	const rows: PageTableRow[] = [];
	let space = -1;
	for (const place of entriesOf(machine, state)) {
		if (place.space !== space) {
			space = place.space;
			const { name, root } = state.spaces[space] ?? { name: '', root: 0 };
			rows.push({
				depth: 0,
				label: `${name} root`,
				entry: describePointer(machine, state, root).replace(/^&/, ''),
				lock: lockOf(machine, state, root),
				present: true,
				changed: false,
			});
		}
		const { entry, level, pointer } = place;
		const isTable = isPresent(entry) && !isLeaf(entry, level, tableSizes.length);
		rows.push({
			depth: level + 1,
			label: describeAddress(machine, state, place.space, place.page * pageSize),
			entry: describeEntry(machine, state, entry, isTable),
			lock: isTable ? lockOf(machine, state, entryPayload(entry) * pointerStride) : '',
			present: isPresent(entry),
			changed: before !== null && cellAt(before, pointer) !== entry,
		});
	}
	return [...rows, ...unlinkedRows(machine, state, before)];
}

/** Tables with something in them that no root leads to. */
function unlinkedRows(machine: Machine, state: MachineState, before: MachineState | null): PageTableRow[] {
	const { tableSizes } = machine.configuration;
	if (tableSizes.length < 2) return [];
	const linked = new Set(state.spaces.map(({ root }) => Math.floor(root / pointerStride)));
	for (const { entry, level } of entriesOf(machine, state)) {
		if (isPresent(entry) && !isLeaf(entry, level, tableSizes.length)) linked.add(entryPayload(entry));
	}
	return state.objects.flatMap((object, id) => {
		if (object === null || linked.has(id) || object.status === 'freed') return [];
		const entries = object.cells.slice(0, entryCount(machine, object));
		if (entries.every((entry) => entry === 0)) return [];
		const table = id * pointerStride;
		const head: PageTableRow = {
			depth: 0,
			label: 'linked nowhere',
			entry: describePointer(machine, state, table).replace(/^&/, ''),
			lock: lockOf(machine, state, table),
			present: true,
			changed: false,
		};
		return [
			head,
			...entries.map((entry, slot) => ({
				depth: 1,
				label: `[${slot}]`,
				entry: describeValue(machine, state, entryType, entry),
				lock: '',
				present: isPresent(entry),
				changed: before !== null && cellAt(before, table + slot) !== entry,
			})),
		];
	});
}

const entryType = { kind: 'machine', name: 'entry' } as const;

/** How many entries a page table of that layout begins with: a struct whose first member is an array of them. 0 for what is none. */
function entryCount(machine: Machine, { layout }: MemoryObject): number {
	const found = machine.program.layouts[layout];
	if (found?.type.kind !== 'struct') return 0;
	const end = found.cells.findIndex(
		({ type, path }) => type.kind !== 'machine' || type.name !== 'entry' || !path.endsWith(']'),
	);
	return end === -1 ? found.cells.length : end;
}

/** `none`, `P3 W A D`, `table pte#2`, `not present` with what software keeps there. */
export function describeEntry(machine: Machine, state: MachineState, entry: number, isTable: boolean): string {
	if (entry === 0) return 'none';
	const flags = flagLetters(entry);
	if (!isPresent(entry)) return `not present: ${entryPayload(entry)}${flags}`;
	const to = isTable
		? `table ${describePointer(machine, state, entryPayload(entry) * pointerStride).replace(/^&/, '')}`
		: frameName(entryPayload(entry));
	return `${to}${flags}`;
}

function cellAt(state: MachineState, pointer: number): number {
	return state.objects[Math.floor(pointer / pointerStride)]?.cells[pointer % pointerStride] ?? 0;
}

/** Who holds the first lock that lives in the table page. */
function lockOf(machine: Machine, state: MachineState, table: number): string {
	const id = Math.floor(table / pointerStride);
	for (const [index, context] of state.contexts.entries()) {
		if (context.held.some(({ lock }) => Math.floor(lock / pointerStride) === id)) return contextName(machine, index);
	}
	return '';
}
