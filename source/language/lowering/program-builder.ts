/** The program as it grows while files are linked into it: what all files share. */

import type { SourceFile } from '../position.ts';
import { emptyRecord, entryOf } from '../record.ts';
import { Complaints, fail } from '../semantics/complaint.ts';
import type { FunctionSymbol, GlobalSymbol } from '../semantics/symbols.ts';
import { cellsOf, layoutOf } from '../semantics/typing.ts';
import type { Declaration, Node } from '../syntax/ast.ts';
import type { Layout, Struct, Type } from '../types.ts';
import type { Unit } from './unit.ts';

/** Cells of all layouts, and of all globals. */
const maximumProgramCells = 200_000;

export interface GlobalDefinition {
	readonly symbol: GlobalSymbol;
	readonly declaration: Declaration & { readonly kind: 'variable' };
	readonly unit: Unit;
}

export interface FunctionDefinition {
	readonly symbol: FunctionSymbol;
	readonly declaration: Declaration & { readonly kind: 'functionDefinition' };
	readonly unit: Unit;
}

/** Tables of the program, filled by its units. Mutable, and gone once the program is made. */
export class ProgramBuilder {
	readonly complaints = new Complaints();
	readonly structs: Record<string, Struct> = emptyRecord();
	/** Where each struct was defined. */
	readonly structNodes = new Map<string, Node>();
	readonly layouts: Layout[] = [];
	readonly texts: string[] = [''];
	readonly globals: GlobalDefinition[] = [];
	readonly functions: FunctionDefinition[] = [];
	/** What is not static, by name. */
	readonly externals = new Map<string, GlobalSymbol | FunctionSymbol>();
	/** Static functions of headers, by place: files that include the same one share it. */
	readonly headerFunctions = new Map<
		string,
		{ readonly declaration: FunctionDefinition['declaration']; readonly symbol: FunctionSymbol }
	>();
	readonly constants: Record<string, number> = emptyRecord();
	readonly types: Record<string, Type> = emptyRecord();
	readonly files: readonly SourceFile[];
	/** Their paths, as one text. */
	readonly filesText: string;
	private readonly fieldsTexts = new Map<string, string>();
	private knownStructs: string | null = null;
	private reserved = 0;
	private readonly fileIndex: ReadonlyMap<string, number>;
	private readonly layoutIndex = new Map<string, number>();
	private readonly textIndex = new Map<string, number>([['', 0]]);

	constructor(files: readonly SourceFile[]) {
		this.files = files;
		this.filesText = JSON.stringify(files.map(({ path }) => path));
		this.fileIndex = new Map(files.map(({ path }, index) => [path, index]));
	}

	defineStruct(tag: string, struct: Struct, node: Node): void {
		this.structs[tag] = struct;
		this.structNodes.set(tag, node);
		this.knownStructs = null;
	}

	/** The fields of a struct as text. */
	fieldsText(tag: string): string {
		const text = this.fieldsTexts.get(tag) ?? JSON.stringify(entryOf(this.structs, tag)?.fields);
		this.fieldsTexts.set(tag, text);
		return text;
	}

	/** All structs as text. */
	structsText(): string {
		this.knownStructs ??= JSON.stringify(this.structs);
		return this.knownStructs;
	}

	file(path: string): number {
		return this.fileIndex.get(path) ?? 0;
	}

	text(literal: string): number {
		return remember(this.textIndex, literal, () => this.texts.push(literal) - 1);
	}

	layout(type: Type, node: Node): number {
		return remember(this.layoutIndex, JSON.stringify(type), () => {
			this.reserve(cellsOf(type, this.structs), node);
			return this.layouts.push(layoutOf(type, this.structs)) - 1;
		});
	}

	/** Bounds what a stranger's files can make of themselves. Fails when the model has grown too large. */
	reserve(cells: number, node: Node): void {
		this.reserved += cells;
		if (this.reserved > maximumProgramCells) {
			fail(node, 'the data of this model is too large', { advice: 'a model needs few objects; make arrays smaller' });
		}
	}
}

function remember(index: Map<string, number>, key: string, add: () => number): number {
	const known = index.get(key);
	if (known !== undefined) return known;
	const added = add();
	index.set(key, added);
	return added;
}
