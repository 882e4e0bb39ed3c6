/**
 * The types of model C, and how values of them lie in memory.
 *
 * A cell holds one scalar, whatever its C size: an `int`, a pointer, a lock, a page-table entry. A struct or array is the
 * sequence of its scalars' cells. `sizeof` counts cells.
 */

/** Integer types by width in bits. `bool` is the unsigned 1-bit type. */
export interface IntegerType {
	readonly kind: 'integer';
	/** As written for people: `unsigned long`, `u8`, `bool`, `enum fault_result`. */
	readonly name: string;
	readonly bits: 1 | 8 | 16 | 32 | 64;
	readonly signed: boolean;
	/** Enumerator names by value, when the type is an enum. */
	readonly enumerators?: Readonly<Record<string, string>>;
}

export interface PointerType {
	readonly kind: 'pointer';
	/** What it points to; `void` for `void *`. */
	readonly to: Type;
}

export interface FunctionType {
	readonly kind: 'function';
	readonly result: Type;
	readonly parameters: readonly Type[];
}

export interface VoidType {
	readonly kind: 'void';
}

export interface ArrayType {
	readonly kind: 'array';
	readonly element: Type;
	readonly length: number;
}

/** A reference to a struct by tag; the fields are in `Program.structs`, so that lists can point to themselves. */
export interface StructType {
	readonly kind: 'struct';
	readonly tag: string;
}

/**
 * Scalars that the machine gives a meaning to. Each is one cell, zero when initialised.
 * - `spinlock_t`, `rwlock_t`, `mutex`, `rw_semaphore`: lock words; encoded by machine/locks.
 * - `entry`: a hardware page-table entry (`pte_t`, `pmd_t`, `pud_t`, `pgd_t`); encoded by machine/page-table-entry.
 * - `step`: a time stamp (`step_t`). It is provenance: it explains, and never takes part in the identity of a state.
 * - `text`: the index of a string literal in `Program.texts`, for owners and messages.
 * - `rcu_head`: a callback head; the machine keeps the callback itself.
 */
export interface MachineType {
	readonly kind: 'machine';
	readonly name: 'spinlock_t' | 'rwlock_t' | 'mutex' | 'rw_semaphore' | 'entry' | 'step' | 'text' | 'rcu_head';
}

export type ScalarType = IntegerType | PointerType | MachineType;
export type Type = ScalarType | FunctionType | VoidType | ArrayType | StructType;

export interface Field {
	readonly name: string;
	readonly type: Type;
	/** First cell of the field, counted from the start of the struct. */
	readonly offset: number;
}

export interface Struct {
	readonly tag: string;
	readonly fields: readonly Field[];
	/** Size in cells, at least 1. */
	readonly cells: number;
}

/** One cell of a flattened type. */
export interface Cell {
	/** Path from the start of the object: `lock`, `used_map[2]`, `free_list.next`; empty for a plain scalar. */
	readonly path: string;
	readonly type: ScalarType;
}

/** The cells of an object of one type. */
export interface Layout {
	/** As written for people: `struct vmap_block`, `int [4]`. */
	readonly name: string;
	readonly type: Type;
	readonly cells: readonly Cell[];
}
