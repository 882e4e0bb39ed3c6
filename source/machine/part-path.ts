/** Where in a struct or array a cell lies: from cell numbers back to field names. */

import type { Type } from '../language/types.ts';
import type { Machine } from './machine.ts';

function typeCells(machine: Machine, type: Type): number {
	switch (type.kind) {
		case 'struct':
			return machine.program.structs[type.tag]?.cells ?? 1;
		case 'array':
			return type.length * typeCells(machine, type.element);
		default:
			return 1;
	}
}

function sameType(a: Type, b: Type): boolean {
	if (a.kind === 'struct') return b.kind === 'struct' && a.tag === b.tag;
	if (a.kind === 'integer' || a.kind === 'machine') return b.kind === a.kind && b.name === a.name;
	if (a.kind === 'pointer') return b.kind === 'pointer' && sameType(a.to, b.to);
	if (a.kind === 'array') return b.kind === 'array' && a.length === b.length && sameType(a.element, b.element);
	return a.kind === b.kind;
}

/**
 * Path from the start of a value of type `type` to the part that begins at cell `offset`: `lock`, `free_list`, `[2].next`,
 * empty for the value itself. Of several parts that begin there, the one of type `wanted`, else the outermost.
 */
export function partPath(machine: Machine, type: Type, offset: number, wanted: Type | null): string {
	if (offset === 0 && (wanted === null || sameType(type, wanted))) return '';
	if (type.kind === 'array') {
		const size = typeCells(machine, type.element);
		const index = Math.floor(offset / size);
		return joinPath(`[${index}]`, partPath(machine, type.element, offset - index * size, wanted));
	}
	if (type.kind !== 'struct') return '';
	const fields = machine.program.structs[type.tag]?.fields ?? [];
	const field = fields.findLast((candidate) => candidate.offset <= offset);
	if (field === undefined) return '';
	return joinPath(field.name, partPath(machine, field.type, offset - field.offset, wanted));
}

function joinPath(head: string, tail: string): string {
	return tail === '' || tail.startsWith('[') ? head + tail : `${head}.${tail}`;
}

/** Whether a part of type `wanted` begins at the cell. */
export function hasPart(machine: Machine, type: Type, offset: number, wanted: Type): boolean {
	if (offset === 0 && sameType(type, wanted)) return true;
	if (type.kind === 'array') return hasPart(machine, type.element, offset % typeCells(machine, type.element), wanted);
	if (type.kind !== 'struct') return false;
	const fields = machine.program.structs[type.tag]?.fields ?? [];
	const field = fields.findLast((candidate) => candidate.offset <= offset);
	return field !== undefined && hasPart(machine, field.type, offset - field.offset, wanted);
}
