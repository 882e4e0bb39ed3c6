/** What names mean, and where lowering asks. */

import type { FunctionRole, LocalVariable } from '../code.ts';
import type { Node } from '../syntax/ast.ts';
import type { FunctionType, IntegerType, Type } from '../types.ts';
import type { Complaints } from './complaint.ts';
import type { Structs } from './typing.ts';

/** A global, known to every file that declares it. */
export interface GlobalSymbol {
	readonly kind: 'global';
	readonly name: string;
	readonly type: Type;
	readonly isStatic: boolean;
	readonly isPerCpu: boolean;
	readonly isGhost: boolean;
	readonly node: Node;
	/** Index into Program.globals; null while no file has defined it. */
	index: number | null;
}

export interface FunctionSymbol {
	readonly kind: 'function';
	readonly name: string;
	readonly type: FunctionType;
	readonly isStatic: boolean;
	readonly node: Node;
	role: FunctionRole;
	/** Index into Program.functions; null while no file has defined it. */
	index: number | null;
}

export interface ConstantSymbol {
	readonly kind: 'constant';
	readonly value: number;
	readonly type: IntegerType;
}

export interface LocalSymbol {
	readonly kind: 'local';
	readonly name: string;
	readonly type: Type;
	readonly place: LocalVariable['place'];
	readonly isGhost: boolean;
	/** How many regions that must not change anything (ghost, wait_event) it is declared inside. */
	readonly pureDepth: number;
}

/** A name whose declaration was wrong: using it is no further error. */
export interface BrokenSymbol {
	readonly kind: 'broken';
}

export type FileSymbol = GlobalSymbol | FunctionSymbol | ConstantSymbol | BrokenSymbol;
export type NameSymbol = FileSymbol | LocalSymbol;

/** Types as one file (or a debugger expression) knows them. */
export interface TypeEnvironment {
	readonly structs: Structs;
	/** Typedefs and built-in names; undefined when unknown. */
	typeNamed(name: string): Type | 'broken' | undefined;
	typeNames(): Iterable<string>;
	enumTagged(tag: string): Type | 'broken' | undefined;
	/** Whether the tag was declared, with fields or without. */
	hasStruct(tag: string): boolean;
	/** Notes a tag without fields, so that pointers to it are fine. */
	declareStruct(tag: string): void;
	defineStruct(node: Node, tag: string, fields: readonly { readonly name: string; readonly type: Type }[]): void;
	defineEnum(node: Node, tag: string, type: IntegerType): void;
	defineEnumerator(node: Node, name: string, value: number, type: IntegerType): void;
	/** Types by the node that has their body: the declarators of one declaration share it. */
	readonly defined: Map<Node, Type>;
}

/** All that lowering asks of the file and the program around it. */
export interface Environment {
	readonly types: TypeEnvironment;
	readonly complaints: Complaints;
	lookUp(name: string): FileSymbol | undefined;
	/** Why a name that could not be found is not there, when that is known: a definition in another file. */
	hint(name: string): string | null;
	names(): Iterable<string>;
	/** Index of a string literal in Program.texts. */
	text(literal: string): number;
	/** Index of a type's layout in Program.layouts. Fails, at `node`, when the model has grown too large. */
	layout(type: Type, node: Node): number;
	/** Index of a file in Program.files. */
	file(path: string): number;
}
