/**
 * What the compiler makes and the machine runs: functions of register instructions, and the debug information that leads
 * from an instruction or a cell back to the text.
 *
 * Scalar locals whose address is never taken live in registers and are nobody else's business. All other data lives in
 * cells of objects. Every instruction has at most one effect that another actor could see; the ones that have, are
 * *visible* (`isVisible`). An op step runs up to and including one visible instruction (or one `atomic` region).
 */

import type { Position, SourceFile } from './position.ts';
import type { PrimitiveName } from './primitives.ts';
import type { Layout, ScalarType, Struct, Type } from './types.ts';

/** Index of a register in the running function's frame. Parameters come first, in order. */
export type Register = number;

/** How a load or store is marked in the source. Only `plain` ones can race. */
export type Access = 'plain' | 'once' | 'acquire' | 'release' | 'rcu';

export type UnaryOperator = '-' | '~' | '!';
export type BinaryOperator =
	| '+'
	| '-'
	| '*'
	| '/'
	| '%'
	| '&'
	| '|'
	| '^'
	| '<<'
	| '>>'
	| '=='
	| '!='
	| '<'
	| '<='
	| '>'
	| '>=';

/**
 * Instructions. `target` is an index into the function's `code`.
 *
 * - `constant`, `move`, `unary`, `binary`, `cast`: registers only. `type` is the result's type (operands' common type for
 *   comparisons, whose result is 0 or 1); integers wrap as C's do.
 * - `jump`, `branch`: `branch` goes to `target` when the register is zero, and falls through otherwise.
 * - `global`: the address of a global, per `Program.globals`. A per-CPU global's copy is chosen by register `cpu`, or is the
 *   running CPU's when `cpu` is null.
 * - `local`: the address of a memory local of this frame, an index into `FunctionCode.memoryLocals`.
 * - `field`: pointer plus a constant number of cells (negative for container_of).
 * - `index`: pointer plus `index * stride` cells; an index outside `0..length-1` is an `assertion` violation.
 * - `load`, `store`: one cell. Visible, except that a load or store of the frame's own memory local is visible too (its
 *   address may have been published).
 * - `call`, `callPointer`, `return`: frames. `result` is null for void or an unused result.
 * - `primitive`: a machine primitive of primitives.ts; visibility is the primitive's.
 * - `fence`: smp_mb, smp_rmb, smp_wmb: visible only to a memory model with store buffers; no effect under `sc`.
 * - `atomicBegin`/`atomicEnd`: all between is one op. May nest. A primitive that would block inside is a model error.
 * - `awaitBegin`/`awaitEnd`: wait_event(condition): the instructions between compute `condition` without side effects;
 *   the whole region is one op, which is not ready while the condition is zero. `waker` is the CPU that can make it true, for
 *   explanations; a number that is no CPU's says nothing.
 * - `ghostBegin`/`ghostEnd`: the region belongs to the op it follows (or, at the start of a function, precedes) and is no op of
 *   its own: it may read anything, writes only ghost variables and TLB ghost marks, and may report.
 */
export type Instruction =
	| { readonly op: 'constant'; readonly result: Register; readonly value: number }
	| { readonly op: 'move'; readonly result: Register; readonly source: Register }
	| {
			readonly op: 'unary';
			readonly result: Register;
			readonly operator: UnaryOperator;
			readonly operand: Register;
			readonly type: ScalarType;
	  }
	| {
			readonly op: 'binary';
			readonly result: Register;
			readonly operator: BinaryOperator;
			readonly left: Register;
			readonly right: Register;
			readonly type: ScalarType;
	  }
	| { readonly op: 'cast'; readonly result: Register; readonly source: Register; readonly type: ScalarType }
	| { readonly op: 'jump'; readonly target: number }
	| { readonly op: 'branch'; readonly condition: Register; readonly target: number }
	| { readonly op: 'global'; readonly result: Register; readonly global: number; readonly cpu: Register | null }
	| { readonly op: 'local'; readonly result: Register; readonly local: number }
	| { readonly op: 'field'; readonly result: Register; readonly pointer: Register; readonly offset: number }
	| {
			readonly op: 'index';
			readonly result: Register;
			readonly pointer: Register;
			readonly index: Register;
			readonly stride: number;
			readonly length: number;
	  }
	| {
			readonly op: 'load';
			readonly result: Register;
			readonly pointer: Register;
			readonly access: Access;
			readonly type: ScalarType;
	  }
	| {
			readonly op: 'store';
			readonly pointer: Register;
			readonly source: Register;
			readonly access: Access;
			readonly type: ScalarType;
	  }
	| {
			readonly op: 'call';
			readonly result: Register | null;
			readonly function: number;
			readonly arguments: readonly Register[];
	  }
	| {
			readonly op: 'callPointer';
			readonly result: Register | null;
			readonly callee: Register;
			readonly arguments: readonly Register[];
	  }
	| { readonly op: 'return'; readonly source: Register | null }
	| {
			readonly op: 'primitive';
			readonly result: Register | null;
			readonly name: PrimitiveName;
			readonly arguments: readonly Register[];
			/** Layout (index into Program.layouts) for kmalloc and friends; format text index for reports; -1 when unused. */
			readonly extra: number;
	  }
	| { readonly op: 'fence'; readonly kind: 'mb' | 'rmb' | 'wmb' }
	| { readonly op: 'atomicBegin' }
	| { readonly op: 'atomicEnd' }
	| { readonly op: 'awaitBegin' }
	| { readonly op: 'awaitEnd'; readonly condition: Register; readonly waker?: Register }
	| { readonly op: 'ghostBegin' }
	| { readonly op: 'ghostEnd' };

/** Where an instruction comes from. */
export interface SourceLine {
	/** Index into `Program.files`. */
	readonly file: number;
	readonly line: number;
	readonly column: number;
	/** True for the first instruction of a statement: the places where a line step may stop. */
	readonly statement: boolean;
}

/** A name that an expression in a function's scope may use. */
export interface LocalVariable {
	readonly name: string;
	readonly type: Type;
	/** Where its value is: a register, or a memory local (index into `memoryLocals`). */
	readonly place:
		| { readonly kind: 'register'; readonly register: Register }
		| { readonly kind: 'memory'; readonly local: number };
	/** Half-open range of instruction indices in which the name is in scope. */
	readonly from: number;
	readonly to: number;
	/** True for parameters. */
	readonly parameter: boolean;
}

/** How a function takes part in checking. */
export type FunctionRole = 'plain' | 'invariant' | 'final' | 'view';

export interface FunctionCode {
	readonly name: string;
	readonly type: { readonly result: Type; readonly parameters: readonly Type[] };
	/** Index into `Program.files`. */
	readonly file: number;
	/** Lines of the definition, from the name's line to the closing brace. */
	readonly firstLine: number;
	readonly lastLine: number;
	/** The comment block right above the definition, without its stars; empty when there is none. */
	readonly comment: string;
	readonly isStatic: boolean;
	/** Defined in the library's include/ folder: stepped over by default. */
	readonly isLibraryHelper: boolean;
	/**
	 * `invariant`: `__invariant bool f(void)`, evaluated after every op; false is an `invariant` violation.
	 * `final`: `__final void f(void)`, run once when every CPU is done and no callback is left.
	 * `view`: `__view void f(void)`, draws rows for a pane.
	 */
	readonly role: FunctionRole;
	readonly registers: number;
	readonly code: readonly Instruction[];
	/** Parallel to `code`. */
	readonly lines: readonly SourceLine[];
	readonly locals: readonly LocalVariable[];
	/** Locals that live in memory: layouts (index into `Program.layouts`) of the objects made when the frame is. */
	readonly memoryLocals: readonly { readonly name: string; readonly layout: number }[];
}

export interface GlobalVariable {
	readonly name: string;
	readonly type: Type;
	readonly layout: number;
	readonly file: number;
	readonly line: number;
	readonly isStatic: boolean;
	readonly isPerCpu: boolean;
	/** Declared `__ghost`: exists for checking only; written only in ghost regions. */
	readonly isGhost: boolean;
	/** Initial cells, one number a cell of the layout. */
	readonly initial: readonly number[];
	/** Cells whose initial value is the address of a global: cell -> [global, cell offset]. */
	readonly addresses: readonly { readonly cell: number; readonly global: number; readonly offset: number }[];
}

/** A compiled model: code, data, and debug information. Plain data; hashable. */
export interface Program {
	readonly files: readonly SourceFile[];
	readonly structs: Readonly<Record<string, Struct>>;
	readonly layouts: readonly Layout[];
	readonly functions: readonly FunctionCode[];
	readonly globals: readonly GlobalVariable[];
	/** String literals, for reports and owners. Index 0 is the empty text. */
	readonly texts: readonly string[];
	/** Names of integer constants (enumerators and object-like macros with an integer value), for expressions and display. */
	readonly constants: Readonly<Record<string, number>>;
	/**
	 * Macros by name, for expressions: what a #define has after the name, `(a, b) ((a) + (b))` or ` 4`. See language/macro-text.ts.
	 */
	readonly macros?: Readonly<Record<string, string>>;
	/** Named types (typedefs and structs), for casts and sizeof in expressions. */
	readonly types: Readonly<Record<string, Type>>;
}

/** Thrown away positions are never made up: the position of instruction `index` of `fn`. */
export function positionOf(program: Program, fn: FunctionCode, index: number): Position {
	const line = fn.lines[index] ?? fn.lines.at(-1);
	const file = program.files[line?.file ?? fn.file];
	return { file: file?.path ?? '', line: line?.line ?? fn.firstLine, column: line?.column ?? 1 };
}
