/**
 * How people write what the machine holds as numbers: pointers by the names of objects and fields, addresses by the names of
 * ranges, stamps by step, CPU and place. Works on a finished state and on a store under construction alike.
 * Every text is a single line without control characters.
 */

import { integerText } from '../language/integer.ts';
import { plainLine } from '../language/plain-text.ts';
import type { Layout, ScalarType, Type } from '../language/types.ts';
import type { Machine } from './machine.ts';
import {
	addressName,
	contextName,
	frameName,
	hexText,
	memberName,
	type NameSource,
	objectName,
	oddPointerName,
	stampText,
} from './names.ts';
import { entryPayload, flagLetters, isPresent } from './page-table-entry.ts';
import { hasPart, partPath } from './part-path.ts';
import { idleContext, type MachineState, type MemoryObject, pointerStride, type Stamp } from './state.ts';
import type { Store } from './store.ts';
import { timeStampText } from './time-stamp.ts';

export { contextName, frameName } from './names.ts';

/** What names are taken from: a state, or a store in the middle of a step. */
export type Named = MachineState | Store;

function objectOf(named: Named, id: number): MemoryObject | null {
	return 'object' in named ? named.object(id) : (named.objects[id] ?? null);
}

/** A state as the naming functions read it. */
function sourceOf(machine: Machine, named: Named): NameSource {
	if ('object' in named) return named;
	return {
		machine,
		object: (id) => named.objects[id] ?? null,
		context: (index) => named.contexts[index] ?? idleContext,
		spaces: () => named.spaces,
		ranges: () => named.ranges,
	};
}

function nameOf(machine: Machine, named: Named, id: number): string {
	return plainLine(objectName(sourceOf(machine, named), id));
}

function layoutOf(machine: Machine, object: MemoryObject): Layout | null {
	return machine.program.layouts[object.layout] ?? null;
}

/** `&A->lock`, `A`, `vmap_purge_lock`, `NULL`, `ERR_PTR(-12)`; with `to` the part of that type, where several begin there. */
export function describePointer(machine: Machine, named: Named, pointer: number, to: Type | null = null): string {
	if (pointer < pointerStride) return oddPointerName(pointer);
	const id = Math.floor(pointer / pointerStride);
	const cell = pointer % pointerStride;
	const object = objectOf(named, id);
	if (object === null) return hexText(pointer);
	const name = nameOf(machine, named, id);
	const layout = layoutOf(machine, object);
	if (layout === null || cell >= object.cells.length) return cell === 0 ? name : `${name}+${cell}`;
	const wanted = to !== null && hasPart(machine, layout.type, cell, to) ? to : null;
	const path = partPath(machine, layout.type, cell, wanted);
	return path === '' ? name : `&${memberName(object, name, path)}`;
}

/** The cell itself, as an lvalue: `A->lock`, `A->free_list.next`, `vmap_purge_lock`. */
export function describeCell(machine: Machine, named: Named, pointer: number): string {
	if (pointer < pointerStride) return `*${oddPointerName(pointer)}`;
	const id = Math.floor(pointer / pointerStride);
	const object = objectOf(named, id);
	const path = object === null ? undefined : layoutOf(machine, object)?.cells[pointer % pointerStride]?.path;
	if (object === null || path === undefined) return `*${describePointer(machine, named, pointer)}`;
	return memberName(object, nameOf(machine, named, id), path);
}

/** The static type of the cell that a pointer names, or null when it names none. */
export function cellType(machine: Machine, named: Named, pointer: number): ScalarType | null {
	if (pointer < pointerStride) return null;
	const object = objectOf(named, Math.floor(pointer / pointerStride));
	return object === null ? null : (layoutOf(machine, object)?.cells[pointer % pointerStride]?.type ?? null);
}

/** A value of that type as the kernel's own printing would show it. */
export function describeValue(machine: Machine, named: Named, type: Type, value: number): string {
	switch (type.kind) {
		case 'integer': {
			if (type.bits === 1) return value === 0 ? 'false' : 'true';
			const enumerator = type.enumerators?.[String(value)];
			if (enumerator !== undefined) return enumerator;
			if (type.bits === 64 && !type.signed) return describeUnsignedLong(machine, named, value);
			return integerText(type, value);
		}
		case 'pointer':
			if (type.to.kind === 'function') return functionName(machine, value);
			return describePointer(machine, named, value, type.to);
		case 'machine':
			return describeMachineValue(machine, named, type.name, value);
		case 'function':
			return functionName(machine, value);
		case 'void':
		case 'array':
		case 'struct':
			return String(value);
	}
}

/** Beyond this an unsigned long is more likely an address than a number that anybody counts with. */
const mostDecimal = 0xffff_ffff;

function describeUnsignedLong(machine: Machine, named: Named, value: number): string {
	if (value === -1) return 'ULONG_MAX';
	return value >= 0 && value <= mostDecimal
		? String(value)
		: plainLine(addressName(sourceOf(machine, named), null, value));
}

function functionName(machine: Machine, value: number): string {
	if (value === 0) return 'NULL';
	return machine.program.functions[value - 1]?.name ?? hexText(value);
}

function describeMachineValue(
	machine: Machine,
	named: Named,
	type: Extract<ScalarType, { kind: 'machine' }>['name'],
	value: number,
): string {
	switch (type) {
		case 'spinlock_t':
		case 'mutex':
			return value === 0 ? 'unlocked' : `held by ${contextName(machine, value - 1)}`;
		case 'rwlock_t':
		case 'rw_semaphore': {
			if (value === 0) return 'unlocked';
			if (value < 0) return `held by ${contextName(machine, -value - 1)}`;
			const readers: string[] = [];
			for (let context = 0; context <= machine.configuration.cpus; context++) {
				if (Math.floor(value / 2 ** context) % 2 === 1) readers.push(contextName(machine, context));
			}
			return `held shared by ${readers.join(', ')}`;
		}
		case 'entry':
			return describeEntry(machine, named, value);
		case 'step':
			return timeStampText(value);
		case 'text':
			return plainLine(machine.program.texts[value] ?? '(a text that the model does not have)');
		case 'rcu_head':
			return value === 0 ? 'idle' : 'queued';
	}
}

/** `none`, `P3 W A D`, `table pte_table#9`. Without its level an entry does not tell a leaf from a link: a table's id decides. */
function describeEntry(machine: Machine, named: Named, entry: number): string {
	if (!isPresent(entry)) return entry === 0 ? 'none' : `not present${flagLetters(entry)}`;
	const payload = entryPayload(entry);
	const isLink = machine.configuration.tableSizes.length > 1 && payload > machine.configuration.frames;
	const target = isLink ? `table ${nameOf(machine, named, payload)}` : frameName(payload);
	return target + flagLetters(entry);
}

/** `A+2` (pages from the start of the range that was named for it), or hexadecimal where no range is named. */
export function describeAddress(machine: Machine, named: Named, space: number, address: number): string {
	return plainLine(addressName(sourceOf(machine, named), space, address));
}

/** `step 5, CPU0 in vb_alloc (mm/vmalloc.c:88)`; step 0 is `the set-up`. */
export function describeStamp(machine: Machine, stamp: Stamp): string {
	return plainLine(stampText(machine, stamp));
}
