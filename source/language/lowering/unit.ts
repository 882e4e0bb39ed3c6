/** One file of a model: the names and types it declares, and what they have in common with other files. */

import { entryOf } from '../record.ts';
import { fail } from '../semantics/complaint.ts';
import { requireObject, resolveType, type TypeQuestions } from '../semantics/resolve-type.ts';
import type { Environment, FileSymbol, FunctionSymbol, GlobalSymbol, TypeEnvironment } from '../semantics/symbols.ts';
import { builtinTypes, cellsOf, declare, maximumCells, type Structs, sameType, typeName } from '../semantics/typing.ts';
import type { Declaration, Node, SyntaxTree, TypeSyntax } from '../syntax/ast.ts';
import type { Field, FunctionType, IntegerType, Type } from '../types.ts';
import { FunctionBuilder } from './builder.ts';
import { inferredLength } from './initialiser.ts';
import { isPrimitive } from './lower-call.ts';
import type { ProgramBuilder } from './program-builder.ts';
import { isSpecialForm } from './special-forms.ts';
import { questionsOf } from './unevaluated.ts';

type Variable = Declaration & { readonly kind: 'variable' };
type FunctionDefinition = Declaration & { readonly kind: 'functionDefinition' };

/** Declares what a file declares, and links it to the program. */
export class Unit {
	readonly path: string;
	readonly environment: Environment;
	readonly types: UnitTypes;
	private readonly program: ProgramBuilder;
	private readonly names = new Map<string, FileSymbol>();
	private readonly nodes = new Map<string, Node>();

	constructor(program: ProgramBuilder, path: string) {
		this.path = path;
		this.program = program;
		this.types = new UnitTypes(program, (node, name, symbol) => this.addName(node, name, symbol));
		this.environment = {
			types: this.types,
			complaints: program.complaints,
			lookUp: (name) => this.names.get(name),
			hint: (name) => this.hint(name),
			names: () => this.names.keys(),
			text: (literal) => program.text(literal),
			layout: (type, node) => program.layout(type, node),
			file: (name) => program.file(name),
		};
	}

	/** Declares everything in the file; bodies and initialisers are left for later, when all files are known. */
	declareAll(tree: SyntaxTree): void {
		for (const declaration of tree.declarations) {
			const done = this.program.complaints.guard(() => {
				this.declareOne(declaration);
				return true;
			});
			if (done !== true) this.breakName(declaration);
		}
	}

	/** A builder for expressions outside functions: constants, sizes, initialisers. */
	constantBuilder(node: Node): FunctionBuilder {
		return new FunctionBuilder(this.environment, { result: null, isGhost: false, here: node });
	}

	/** All of the file's types, and of the program's structs and files, as text: what is lowered in the same surroundings is the same. */
	surroundings(): string {
		return `${this.types.text()} ${this.program.structsText()} ${this.program.filesText}`;
	}

	private declareOne(declaration: Declaration): void {
		const questions = this.questionsAt(declaration);
		switch (declaration.kind) {
			case 'type':
				resolveType(declaration.type, questions);
				return;
			case 'typedef':
				this.types.defineTypedef(declaration, declaration.name, resolveType(declaration.type, questions));
				return;
			case 'functionDefinition':
				this.defineFunction(declaration, functionTypeOf(declaration, resolveType(declaration.type, questions)));
				return;
			case 'variable': {
				const type = this.variableType(declaration, questions);
				if (type.kind === 'function') this.declareFunction(declaration, type);
				else this.declareGlobal(declaration, type);
			}
		}
	}

	/** After an error: uses of the name are no further errors. */
	private breakName(declaration: Declaration): void {
		if (declaration.kind === 'type') return;
		if (declaration.kind === 'typedef') this.types.breakTypedef(declaration.name);
		else if (!this.names.has(declaration.name)) this.names.set(declaration.name, { kind: 'broken' });
	}

	/** Questions of types outside functions. Few types have any. */
	private questionsAt(node: Node): TypeQuestions {
		let builder: FunctionBuilder | null = null;
		const questions = (): TypeQuestions => {
			builder ??= this.constantBuilder(node);
			return questionsOf(builder);
		};
		return {
			types: this.types,
			constant: (expression) => questions().constant(expression),
			typeOf: (expression) => questions().typeOf(expression),
		};
	}

	private variableType(declaration: Variable, questions: TypeQuestions): Type {
		const syntax: TypeSyntax = declaration.type;
		const { initialiser } = declaration;
		if (syntax.kind !== 'array' || syntax.size !== null || initialiser === null) return resolveType(syntax, questions);
		const length = inferredLength(initialiser, {
			structs: this.types.structs,
			constant: (expression) => questions.constant(expression),
		});
		return { kind: 'array', element: resolveType(syntax.element, questions), length };
	}

	private addName(node: Node, name: string, symbol: FileSymbol): void {
		const before = this.names.get(name);
		if (before !== undefined && before.kind !== 'broken' && before !== symbol) {
			fail(node, `"${name}" is declared again as something else`, { notes: this.firstNote(name) });
		}
		this.names.set(name, symbol);
		if (!this.nodes.has(name)) this.nodes.set(name, node);
	}

	private firstNote(name: string): { message: string; position: Node['position'] }[] {
		const node = this.nodes.get(name);
		return node === undefined ? [] : [{ message: 'first declared here', position: node.position }];
	}

	private declareGlobal(declaration: Variable, type: Type): void {
		const { name, specifiers } = declaration;
		if (specifiers.role !== 'plain') fail(declaration, 'only a function can be an invariant, a final check or a view');
		const isExtern = specifiers.isExtern && declaration.initialiser === null;
		requireObject(declaration, type, this.types, `"${name}"`);
		const symbol = this.globalSymbol(declaration, type);
		this.addName(declaration, name, symbol);
		if (isExtern) return;
		if (symbol.index !== null) redefined(declaration, name, symbol.node);
		symbol.index = this.program.globals.push({ symbol, declaration, unit: this }) - 1;
	}

	private globalSymbol(declaration: Variable, type: Type): GlobalSymbol {
		const { name, specifiers } = declaration;
		const { isStatic, isPerCpu, isGhost } = specifiers;
		const symbol: GlobalSymbol = {
			kind: 'global',
			name,
			type,
			isStatic,
			isPerCpu,
			isGhost,
			node: declaration,
			index: null,
		};
		const own = this.names.get(name);
		const known =
			own !== undefined && own.kind !== 'broken' ? own : isStatic ? undefined : this.program.externals.get(name);
		if (known === undefined) {
			if (!isStatic) this.program.externals.set(name, symbol);
			return symbol;
		}
		const same =
			known.kind === 'global' &&
			sameType(known.type, type) &&
			known.isPerCpu === isPerCpu &&
			known.isGhost === isGhost &&
			known.isStatic === isStatic;
		if (known.kind !== 'global' || !same) {
			return conflicting(declaration, declare(type, name), known);
		}
		return known;
	}

	private declareFunction(declaration: Variable, type: FunctionType): FunctionSymbol {
		if (declaration.specifiers.isPerCpu || declaration.specifiers.isGhost) {
			fail(declaration, 'a function is neither per-CPU nor ghost', {
				advice: 'a function that changes nothing may be called in ghost code',
			});
		}
		const symbol = this.functionSymbol(declaration, type);
		this.addName(declaration, declaration.name, symbol);
		return symbol;
	}

	private functionSymbol(declaration: Variable | FunctionDefinition, type: FunctionType): FunctionSymbol {
		const { name, specifiers } = declaration;
		if (isPrimitive(name) || isSpecialForm(name)) {
			fail(declaration, `"${name}" is a primitive of the machine`, { advice: 'use it, or choose another name' });
		}
		const own = this.names.get(name);
		const isStatic = specifiers.isStatic || (own?.kind === 'function' && own.isStatic);
		const symbol: FunctionSymbol = {
			kind: 'function',
			name,
			type,
			isStatic,
			node: declaration,
			role: specifiers.role,
			index: null,
		};
		const known =
			own !== undefined && own.kind !== 'broken' ? own : isStatic ? undefined : this.program.externals.get(name);
		if (known === undefined) {
			if (!isStatic) this.program.externals.set(name, symbol);
			return symbol;
		}
		if (known.kind !== 'function' || !sameType(known.type, type) || known.isStatic !== isStatic) {
			return conflicting(declaration, declare(type, name), known);
		}
		if (specifiers.role !== 'plain') known.role = specifiers.role;
		return known;
	}

	private defineFunction(declaration: FunctionDefinition, type: FunctionType): void {
		checkRole(declaration, type);
		const { name } = declaration;
		const isFromHeader = declaration.specifiers.isStatic && declaration.position.file !== this.path;
		const { file, line, column } = declaration.position;
		const key = `${file}:${line}:${column}:${name}`;
		if (isFromHeader && !this.names.has(name)) {
			const shared = this.program.headerFunctions.get(key);
			if (shared !== undefined && isSameDeclaration(shared.declaration, declaration)) {
				this.addName(declaration, name, shared.symbol);
				return;
			}
		}
		const symbol = this.functionSymbol(declaration, type);
		this.addName(declaration, name, symbol);
		if (symbol.index !== null) redefined(declaration, name, symbol.node);
		symbol.index = this.program.functions.push({ symbol, declaration, unit: this }) - 1;
		if (isFromHeader) this.program.headerFunctions.set(key, { declaration, symbol });
	}

	private hint(name: string): string | null {
		const external = this.program.externals.get(name);
		if (external !== undefined && external.index !== null) {
			const declaration = declare(external.type, name);
			return `it is defined in ${external.node.position.file}; declare it in a header: ${external.kind === 'global' ? 'extern ' : ''}${declaration};`;
		}
		const isStatic = ({ symbol }: { symbol: GlobalSymbol | FunctionSymbol }): boolean => symbol.name === name;
		const other = this.program.globals.find(isStatic) ?? this.program.functions.find(isStatic);
		return other === undefined ? null : `it is static in ${other.symbol.node.position.file}`;
	}
}

function isSameDeclaration(a: FunctionDefinition, b: FunctionDefinition): boolean {
	return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function functionTypeOf(declaration: FunctionDefinition, type: Type): FunctionType {
	return type.kind === 'function' ? type : fail(declaration, 'this is no function');
}

function redefined(declaration: Node, name: string, first: Node): never {
	const isSame = JSON.stringify(first.position) === JSON.stringify(declaration.position);
	return fail(declaration, `"${name}" is defined twice`, {
		advice: isSame
			? 'a header that defines something is included twice: give it an include guard, or make the definition extern'
			: 'one of them should be a declaration: extern, or a prototype',
		notes: [{ message: 'first defined here', position: first.position }],
	});
}

function conflicting(declaration: Node, text: string, known: FileSymbol): never {
	const first = known.kind === 'global' || known.kind === 'function' ? known : null;
	return fail(declaration, `"${text}" does not agree with an earlier declaration`, {
		notes:
			first === null
				? []
				: [{ message: `declared here as "${declare(first.type, first.name)}"`, position: first.node.position }],
	});
}

function checkRole(declaration: FunctionDefinition, type: FunctionType): void {
	const { role } = declaration.specifiers;
	if (role === 'plain') return;
	const wanted = role === 'invariant' ? 'bool' : 'void';
	const { result } = type;
	const isRight = role === 'invariant' ? result.kind === 'integer' && result.bits === 1 : result.kind === 'void';
	if (isRight && type.parameters.length === 0) return;
	fail(declaration, `this must be declared as "__${role} ${wanted} ${declaration.name}(void)"`);
}

/** Typedefs, tags and enumerators of one file; structs are the whole program's. */
class UnitTypes implements TypeEnvironment {
	readonly structs: Structs;
	readonly defined = new Map<Node, Type>();
	private readonly program: ProgramBuilder;
	private readonly addName: (node: Node, name: string, symbol: FileSymbol) => void;
	private readonly typedefs = new Map<string, Type | 'broken'>();
	private readonly enums = new Map<string, Type>();
	private readonly tags = new Set<string>();
	/** Structs that this file defines, by itself or through a header. */
	private readonly definedHere = new Set<string>();
	/** All of the above, as long as nothing is added. */
	private asText: string | null = null;

	constructor(program: ProgramBuilder, addName: (node: Node, name: string, symbol: FileSymbol) => void) {
		this.program = program;
		this.structs = program.structs;
		this.addName = addName;
	}

	/** What this file knows of types beside the program's structs. */
	text(): string {
		this.asText ??= JSON.stringify([[...this.typedefs], [...this.enums], [...this.tags], [...this.definedHere]]);
		return this.asText;
	}

	typeNamed(name: string): Type | 'broken' | undefined {
		return this.typedefs.get(name) ?? entryOf(builtinTypes, name);
	}

	*typeNames(): Iterable<string> {
		yield* this.typedefs.keys();
		yield* Object.keys(builtinTypes);
	}

	enumTagged(tag: string): Type | undefined {
		return this.enums.get(tag);
	}

	hasStruct(tag: string): boolean {
		return this.tags.has(tag);
	}

	declareStruct(tag: string): void {
		if (this.tags.has(tag)) return;
		this.tags.add(tag);
		this.asText = null;
	}

	defineTypedef(node: Node, name: string, type: Type): void {
		const before = this.typedefs.get(name);
		if (before !== undefined && before !== 'broken' && !sameType(before, type)) {
			fail(node, `the type "${name}" is declared again as "${typeName(type)}"`);
		}
		this.typedefs.set(name, type);
		this.asText = null;
		if (entryOf(this.program.types, name) === undefined) this.program.types[name] = type;
	}

	breakTypedef(name: string): void {
		this.typedefs.set(name, 'broken');
		this.asText = null;
	}

	defineStruct(node: Node, tag: string, fields: readonly { readonly name: string; readonly type: Type }[]): void {
		this.asText = null;
		let cells = 0;
		const placed = fields.map((field): Field => {
			const offset = cells;
			cells += cellsOf(field.type, this.structs);
			return { ...field, offset };
		});
		if (cells > maximumCells) {
			fail(node, `"struct ${tag}" has ${cells} cells, more than the ${maximumCells} of an object`);
		}
		const known = entryOf(this.structs, tag);
		const first = this.program.structNodes.get(tag);
		if (known !== undefined && first !== undefined) {
			this.requireSameStruct(node, tag, this.program.fieldsText(tag) === JSON.stringify(placed), first);
			return;
		}
		this.program.defineStruct(tag, { tag, fields: placed, cells: Math.max(1, cells) }, node);
		this.program.types[`struct ${tag}`] = { kind: 'struct', tag };
		this.definedHere.add(tag);
	}

	private requireSameStruct(node: Node, tag: string, isSame: boolean, first: Node): void {
		const notes = [{ message: 'first defined here', position: first.position }];
		if (this.definedHere.has(tag)) {
			fail(node, `"struct ${tag}" is defined twice`, {
				advice: 'if it is in a header, give the header an include guard',
				notes,
			});
		}
		this.definedHere.add(tag);
		if (isSame) return;
		fail(node, `"struct ${tag}" is defined differently in another file`, {
			advice: 'all files of a model share its structs; use another tag, or one header',
			notes,
		});
	}

	defineEnum(node: Node, tag: string, type: IntegerType): void {
		this.asText = null;
		if (tag === '') return;
		if (this.enums.has(tag)) fail(node, `"enum ${tag}" is defined twice`);
		this.enums.set(tag, type);
		if (entryOf(this.program.types, `enum ${tag}`) === undefined) this.program.types[`enum ${tag}`] = type;
	}

	defineEnumerator(node: Node, name: string, value: number, type: IntegerType): void {
		this.addName(node, name, { kind: 'constant', value, type });
		if (entryOf(this.program.constants, name) === undefined) this.program.constants[name] = value;
	}
}
