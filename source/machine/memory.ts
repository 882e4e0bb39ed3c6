/**
 * Checked access to memory: what a load, a store and every primitive that takes a pointer go through. A pointer to nothing
 * stops the context, as an oops does; one to freed memory is reported as KASAN reports it, and the access goes on with what
 * is left in the cells.
 */

import { cellType, describeCell, describePointer } from './describe.ts';
import { objectHistory, objectName } from './names.ts';
import { type MemoryObject, pointerStride, type Stamp } from './state.ts';
import type { Observer, Store } from './store.ts';
import { entryChanged } from './tlb.ts';

/**
 * Checks that a pointer names a live cell. `what` is `read`, `write`, or the primitive that is about to use the cell.
 * A freed object is reported (`use-after-free`), and the access may go on: true. A pointer to no cell is reported
 * (`assertion`) and the context stops: false.
 */
export function checkAccess(store: Store, observer: Observer, pointer: number, what: string): boolean {
	const object = pointer >= pointerStride ? store.object(Math.floor(pointer / pointerStride)) : null;
	if (object === null || pointer % pointerStride >= cellCount(store, object)) {
		reportWild(store, observer, pointer, object, what);
		return false;
	}
	if (object.status === 'freed') reportFreed(store, observer, pointer, object, what);
	return true;
}

/** The length of the object's cells. A store that reads them one by one need not list them. */
function cellCount({ machine }: Store, { layout }: MemoryObject): number {
	return machine.program.layouts[layout]?.cells.length ?? 0;
}

function reportFreed(store: Store, observer: Observer, pointer: number, object: MemoryObject, what: string): void {
	const { machine } = store;
	const cell = describeCell(machine, store, pointer);
	const type = machine.program.layouts[object.layout]?.name ?? 'object';
	const name = objectName(store, Math.floor(pointer / pointerStride));
	const subject = `${cell} (${type}${name === cell ? '' : ` ${name}`})`;
	const isPlain = what === 'read' || what === 'write';
	const title = isPlain ? `use after free: ${what} of ${subject}` : `use after free: ${subject} in ${what}`;
	const gone = object.origin === 'stack' ? ['its function has returned'] : [];
	observer.report('violation', 'use-after-free', title, [...gone, ...objectHistory(store, object)], [pointer]);
}

function reportWild(
	store: Store,
	observer: Observer,
	pointer: number,
	object: MemoryObject | null,
	what: string,
): void {
	const shown = describePointer(store.machine, store, pointer);
	const isNull = pointer >= 0 && pointer < pointerStride;
	const inPrimitive = what === 'read' || what === 'write' ? what : `in ${what}`;
	const title = isNull
		? `NULL pointer dereference (${inPrimitive})${pointer === 0 ? '' : ` at offset ${pointer}`}`
		: object === null
			? `wild pointer ${shown} (${inPrimitive})`
			: `access outside ${objectName(store, Math.floor(pointer / pointerStride))}: ${shown} (${inPrimitive})`;
	observer.report('violation', 'assertion', title, [], [pointer]);
	observer.stop();
}

/** Reads a cell; 0 after a report that stopped the context. */
export function loadCell(store: Store, observer: Observer, pointer: number, what = 'read'): number {
	const id = Math.floor(pointer / pointerStride);
	const cell = pointer - id * pointerStride;
	const object = pointer >= pointerStride ? store.object(id) : null;
	if (object !== null && object.status === 'live' && cell < cellCount(store, object)) return store.cell(id, cell);
	return checkAccess(store, observer, pointer, what) ? store.cell(id, cell) : 0;
}

/** Writes a cell, unless the pointer is wild. Tells the TLBs when the cell is a page-table entry. */
export function storeCell(
	store: Store,
	observer: Observer,
	pointer: number,
	value: number,
	at: () => Stamp,
	what = 'write',
): void {
	if (!checkAccess(store, observer, pointer, what)) return;
	const id = Math.floor(pointer / pointerStride);
	const cell = pointer - id * pointerStride;
	const type = cellType(store.machine, store, pointer);
	if (type?.kind === 'machine' && type.name === 'entry') {
		const before = store.cell(id, cell);
		store.setCell(id, cell, value);
		if (before !== value) entryChanged(store, pointer, before, value, at());
		return;
	}
	store.setCell(id, cell, value);
}
