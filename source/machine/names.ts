/**
 * Names for people: of objects, cells, addresses, frames, contexts and moments. Model texts may hold any character; who draws
 * the result makes it safe for the terminal.
 */

import { positionOf } from '../language/code.ts';
import { compareAddresses, pageOf } from './address.ts';
import type { Machine } from './machine.ts';
import { partPath } from './part-path.ts';
import { type MemoryObject, pointerStride, type Stamp } from './state.ts';
import type { Store } from './store.ts';

/** What names are made from. A Store is one. */
export type NameSource = Pick<Store, 'machine' | 'object' | 'context' | 'spaces' | 'ranges'>;

/** `CPU0`; `rcu` for the callback context. */
export function contextName(machine: Machine, context: number): string {
	return context < machine.configuration.cpus ? `CPU${context}` : 'rcu';
}

/** `P3`. */
export function frameName(frame: number): string {
	return `P${frame}`;
}

/** The unsigned 64-bit value in hexadecimal. */
export function hexText(value: number): string {
	return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** `step 5, CPU0 in vb_alloc (mm/vmalloc.c:88)`; `the set-up` stands for step 0. */
export function stampText(machine: Machine, stamp: Stamp): string {
	const when = stamp.step === 0 ? 'the set-up' : `step ${stamp.step}`;
	const fn = machine.program.functions[stamp.function];
	const who = contextName(machine, stamp.context);
	if (fn === undefined) return `${when}, ${who}`;
	const { file, line } = positionOf(machine.program, fn, stamp.instruction);
	return `${when}, ${who} in ${fn.name} (${file}:${line})`;
}

/** `A` if name_object() said so, a variable's name, or `vmap_block#12`. */
export function objectName(source: NameSource, id: number): string {
	const object = source.object(id);
	if (object === null) return `object ${id}`;
	if (object.name !== '') return object.name;
	const { program, configuration } = source.machine;
	switch (object.origin) {
		case 'global': {
			const name = program.globals[object.owner]?.name ?? `object ${id}`;
			return object.cpu < 0 ? name : `per_cpu(${name}, ${object.cpu})`;
		}
		case 'heap':
			return `${layoutName(source.machine, object.layout)}#${id}`;
		case 'stack': {
			if (object.owner < 0 || object.owner > configuration.cpus) return `local#${id}`;
			const who = contextName(source.machine, object.owner);
			for (const frame of source.context(object.owner).frames) {
				const local = program.functions[frame.function]?.memoryLocals[frame.locals.indexOf(id)];
				if (local !== undefined) return `${who}:${local.name}`;
			}
			return `${who}:local#${id}`;
		}
	}
}

/** `vmap_block`, `int [4]`. */
function layoutName(machine: Machine, layout: number): string {
	return (machine.program.layouts[layout]?.name ?? 'object').replace(/^struct /, '');
}

function pathOf(source: NameSource, pointer: number): string | null {
	const object = source.object(Math.floor(pointer / pointerStride));
	const layout = object === null ? undefined : source.machine.program.layouts[object.layout];
	return layout?.cells[pointer % pointerStride]?.path ?? null;
}

/** A part of an object: `A->lock` for what one has a pointer to, `vbq.lock` for variables; `name` is the object's. */
export function memberName(object: MemoryObject, name: string, path: string): string {
	if (path === '') return name;
	if (path.startsWith('[')) return name + path;
	return `${name}${object.origin === 'heap' ? '->' : '.'}${path}`;
}

/** Error numbers that ERR_PTR may hold. */
const maxErrno = 4095;

/** What a list leaves in the links of an entry that it has let go: no error number, though it looks like one here (linux/list.h). */
const poison: ReadonlyMap<number, string> = new Map([
	[-0x100, 'LIST_POISON1'],
	[-0x122, 'LIST_POISON2'],
]);

/** A pointer that leads to no object: `NULL`, `ERR_PTR(-12)`, `LIST_POISON1`, `0x10`. */
export function oddPointerName(pointer: number): string {
	if (pointer === 0) return 'NULL';
	const known = poison.get(pointer);
	if (known !== undefined) return known;
	return pointer < 0 && pointer >= -maxErrno ? `ERR_PTR(${pointer})` : hexText(pointer);
}

function isInObject(source: NameSource, pointer: number): boolean {
	return pointer > 0 && source.object(Math.floor(pointer / pointerStride)) !== null;
}

/** The cell that a pointer points to: `A.lock`, `vmap_purge_lock`. */
export function cellName(source: NameSource, pointer: number): string {
	if (!isInObject(source, pointer)) return oddPointerName(pointer);
	const name = objectName(source, Math.floor(pointer / pointerStride));
	const path = pathOf(source, pointer);
	if (path === null) return `${name}+${pointer % pointerStride}`;
	return path === '' || path.startsWith('[') ? name + path : `${name}.${path}`;
}

/** A pointer to that cell as C writes it: `&A->lock`, `&vmap_purge_lock`. */
export function cellPointerName(source: NameSource, pointer: number): string {
	const object = pointer > 0 ? source.object(Math.floor(pointer / pointerStride)) : null;
	if (object === null) return oddPointerName(pointer);
	const name = objectName(source, Math.floor(pointer / pointerStride));
	const path = pathOf(source, pointer);
	return path === null ? `${name}+${pointer % pointerStride}` : `&${memberName(object, name, path)}`;
}

/** A pointer: `A` for the start of an object, `&A->free_list` inside it (the largest part there), `NULL`, `ERR_PTR(-12)`. */
export function pointerName(source: NameSource, pointer: number): string {
	const object = pointer > 0 ? source.object(Math.floor(pointer / pointerStride)) : null;
	const cell = pointer % pointerStride;
	if (object === null || cell >= object.cells.length) return cellPointerName(source, pointer);
	const name = objectName(source, Math.floor(pointer / pointerStride));
	const type = source.machine.program.layouts[object.layout]?.type;
	if (cell === 0 || type === undefined) return name;
	const path = partPath(source.machine, type, cell, null);
	return path === '' ? cellPointerName(source, pointer) : `&${memberName(object, name, path)}`;
}

/** A virtual address of a space (null: of whatever space names it): `A+2`, `A` when A has one page, `ULONG_MAX`, or hexadecimal. */
export function addressName(source: NameSource, space: number | null, address: number): string {
	const ranges = source.ranges().filter((range) => space === null || range.space === space);
	// What was named last names best. The end of a range belongs to it for want of another.
	const range =
		ranges.findLast(({ start, end }) => compareAddresses(start, address) <= 0 && compareAddresses(address, end) < 0) ??
		ranges.findLast(({ end }) => address === end);
	if (range === undefined) return address === -1 ? 'ULONG_MAX' : hexText(address);
	const { pageSize } = source.machine.configuration;
	const offset = address - range.start;
	const page = pageOf(offset, pageSize);
	const rest = offset - page * pageSize;
	const isOnePage = compareAddresses(range.end - pageSize, range.start) <= 0;
	const name = isOnePage && page === 0 ? range.name : `${range.name}+${page}`;
	return rest === 0 ? name : `${name}+${hexText(rest)}`;
}

/** Who allocated and who freed an object, a line each, as far as it is known. */
export function objectHistory(source: NameSource, object: MemoryObject): readonly string[] {
	const lines: string[] = [];
	if (object.allocated !== null) lines.push(`allocated at ${stampText(source.machine, object.allocated)}`);
	if (object.freed !== null) lines.push(`freed at ${stampText(source.machine, object.freed)}`);
	return lines;
}
