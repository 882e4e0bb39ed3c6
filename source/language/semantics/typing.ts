/** Relations between types, and how objects of a type lie in cells. */

import { entryOf } from '../record.ts';
import type { Cell, Field, IntegerType, Layout, MachineType, PointerType, ScalarType, Struct, Type } from '../types.ts';

/** Struct definitions by tag, as in `Program.structs`. */
export type Structs = Readonly<Record<string, Struct>>;

/** Objects have at most this many cells, the number that a pointer can tell apart. */
export const maximumCells = 4096;

function integer(name: string, bits: IntegerType['bits'], signed: boolean): IntegerType {
	return { kind: 'integer', name, bits, signed };
}

export const intType = integer('int', 32, true);
export const unsignedType = integer('unsigned int', 32, false);
export const longType = integer('long', 64, true);
export const unsignedLongType = integer('unsigned long', 64, false);
export const boolType = integer('bool', 1, false);
export const voidType: Type = { kind: 'void' };
export const voidPointer: PointerType = { kind: 'pointer', to: voidType };

function machine(name: MachineType['name']): MachineType {
	return { kind: 'machine', name };
}

export const textType = machine('text');
export const entryType = machine('entry');

/** Names of types that need no declaration, beside the structs of `builtinStructs`. */
export const builtinTypes: Readonly<Record<string, Type>> = {
	void: voidType,
	bool: boolType,
	_Bool: boolType,
	char: integer('char', 8, true),
	'signed char': integer('signed char', 8, true),
	'unsigned char': integer('unsigned char', 8, false),
	short: integer('short', 16, true),
	'unsigned short': integer('unsigned short', 16, false),
	int: intType,
	'unsigned int': unsignedType,
	long: longType,
	'unsigned long': unsignedLongType,
	'long long': integer('long long', 64, true),
	'unsigned long long': integer('unsigned long long', 64, false),
	s8: integer('s8', 8, true),
	u8: integer('u8', 8, false),
	s16: integer('s16', 16, true),
	u16: integer('u16', 16, false),
	s32: integer('s32', 32, true),
	u32: integer('u32', 32, false),
	s64: integer('s64', 64, true),
	u64: integer('u64', 64, false),
	size_t: integer('size_t', 64, false),
	ssize_t: integer('ssize_t', 64, true),
	gfp_t: integer('gfp_t', 32, false),
	pgoff_t: integer('pgoff_t', 64, false),
	vm_flags_t: integer('vm_flags_t', 64, false),
	loff_t: integer('loff_t', 64, true),
	uintptr_t: integer('uintptr_t', 64, false),
	pid_t: integer('pid_t', 32, true),
	__s8: integer('__s8', 8, true),
	__u8: integer('__u8', 8, false),
	__s16: integer('__s16', 16, true),
	__u16: integer('__u16', 16, false),
	__s32: integer('__s32', 32, true),
	__u32: integer('__u32', 32, false),
	__s64: integer('__s64', 64, true),
	__u64: integer('__u64', 64, false),
	spinlock_t: machine('spinlock_t'),
	rwlock_t: machine('rwlock_t'),
	pte_t: entryType,
	pmd_t: entryType,
	pud_t: entryType,
	p4d_t: entryType,
	pgd_t: entryType,
	step_t: machine('step'),
	text: textType,
};

/** Struct tags that the machine gives a meaning to; one cell each. */
export const builtinStructs: Readonly<Record<string, MachineType>> = {
	mutex: machine('mutex'),
	rw_semaphore: machine('rw_semaphore'),
	rcu_head: machine('rcu_head'),
};

const machineNames: Readonly<Record<MachineType['name'], string>> = {
	spinlock_t: 'spinlock_t',
	rwlock_t: 'rwlock_t',
	mutex: 'struct mutex',
	rw_semaphore: 'struct rw_semaphore',
	entry: 'pte_t',
	step: 'step_t',
	text: 'text',
	rcu_head: 'struct rcu_head',
};

/** The type as C writes it: `struct vmap_block *`, `int [4]`, `void (*)(struct rcu_head *)`. */
export function typeName(type: Type): string {
	return declare(type, '');
}

/** A declaration of `name` with this type: `int used_map[4]`. */
export function declare(type: Type, name: string): string {
	switch (type.kind) {
		case 'void':
			return join('void', name);
		case 'integer':
			return join(type.name, name);
		case 'machine':
			return join(machineNames[type.name], name);
		case 'struct':
			return join(type.tag.startsWith('<') ? 'struct <anonymous>' : `struct ${type.tag}`, name);
		case 'pointer': {
			const bare = `*${name}`;
			return declare(type.to, type.to.kind === 'function' || type.to.kind === 'array' ? `(${bare})` : bare);
		}
		case 'array':
			return declare(type.element, `${name}[${type.length}]`);
		case 'function': {
			const parameters = type.parameters.map(typeName).join(', ') || 'void';
			return declare(type.result, `${name}(${parameters})`);
		}
	}
}

function join(type: string, name: string): string {
	return name === '' ? type : `${type} ${name}`;
}

/** Whether a value of the type is one cell. */
export function isScalar(type: Type): type is ScalarType {
	return type.kind === 'integer' || type.kind === 'pointer' || type.kind === 'machine';
}

/** Locks and callback heads: cells that only their own primitives may touch. */
export function isOpaque(type: Type): boolean {
	return type.kind === 'machine' && type.name !== 'entry' && type.name !== 'step' && type.name !== 'text';
}

/** Whether two types are the same to C. Integers of the same width and signedness are, whatever their names. */
export function sameType(a: Type, b: Type): boolean {
	if (a === b) return true;
	switch (a.kind) {
		case 'void':
			return b.kind === 'void';
		case 'integer':
			return b.kind === 'integer' && a.bits === b.bits && a.signed === b.signed;
		case 'machine':
			return b.kind === 'machine' && a.name === b.name;
		case 'struct':
			return b.kind === 'struct' && a.tag === b.tag;
		case 'pointer':
			return b.kind === 'pointer' && sameType(a.to, b.to);
		case 'array':
			return b.kind === 'array' && a.length === b.length && sameType(a.element, b.element);
		case 'function':
			return (
				b.kind === 'function' &&
				sameType(a.result, b.result) &&
				a.parameters.length === b.parameters.length &&
				a.parameters.every((parameter, index) => sameType(parameter, b.parameters[index] ?? voidType))
			);
	}
}

/** Whether the type is `void *`. */
export function isVoidPointer(type: Type): boolean {
	return type.kind === 'pointer' && type.to.kind === 'void';
}

/** Whether a pointer of one type may stand where the other is expected without a cast. */
export function compatiblePointers(a: PointerType, b: PointerType): boolean {
	return isVoidPointer(a) || isVoidPointer(b) || sameType(a.to, b.to);
}

/** C's integer promotion: what is narrower than an int becomes an int. */
export function promoted(type: IntegerType): IntegerType {
	if (type.bits < 32) return intType;
	// Arithmetic on an enum gives the plain integer: its result need not be one of the enumerators.
	if (type.enumerators !== undefined) return type.signed ? intType : unsignedType;
	return type;
}

/** C's usual arithmetic conversions: the type in which an operator computes. */
export function commonType(a: IntegerType, b: IntegerType): IntegerType {
	const left = promoted(a);
	const right = promoted(b);
	if (left.bits !== right.bits) return left.bits > right.bits ? left : right;
	if (left.signed !== right.signed) return left.signed ? right : left;
	return left;
}

/** Whether every value of `from` has the same representation in `to`, so that a conversion does nothing. */
export function holds(to: IntegerType, from: IntegerType): boolean {
	if (to.bits === 64) return true;
	if (to.bits === from.bits) return to.signed === from.signed;
	return to.bits > from.bits && (to.signed || !from.signed);
}

/** Number of cells of an object; 0 for void and functions. */
export function cellsOf(type: Type, structs: Structs): number {
	switch (type.kind) {
		case 'void':
		case 'function':
			return 0;
		case 'integer':
		case 'pointer':
		case 'machine':
			return 1;
		case 'array':
			return type.length * cellsOf(type.element, structs);
		case 'struct':
			return entryOf(structs, type.tag)?.cells ?? 0;
	}
}

/** The cells of an object of this type, in order. An incomplete struct has none. */
export function layoutOf(type: Type, structs: Structs): Layout {
	const cells: Cell[] = [];
	flatten(type, '', structs, cells);
	return { name: typeName(type), type, cells };
}

function flatten(type: Type, path: string, structs: Structs, cells: Cell[]): void {
	switch (type.kind) {
		case 'void':
		case 'function':
			return;
		case 'integer':
		case 'pointer':
		case 'machine':
			cells.push({ path, type });
			return;
		case 'array':
			for (let index = 0; index < type.length; index++) flatten(type.element, `${path}[${index}]`, structs, cells);
			return;
		case 'struct':
			for (const field of entryOf(structs, type.tag)?.fields ?? []) {
				flatten(field.type, path === '' ? field.name : `${path}.${field.name}`, structs, cells);
			}
	}
}

/** Names of a struct's fields, for suggestions. */
export function fieldNames(tag: string, structs: Structs): string[] {
	return entryOf(structs, tag)?.fields.map(({ name }) => name) ?? [];
}

/** The field of a struct, or null when there is no such struct or field. */
export function fieldOf(tag: string, name: string, structs: Structs): Field | null {
	return entryOf(structs, tag)?.fields.find((field) => field.name === name) ?? null;
}
