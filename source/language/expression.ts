/** Expressions of the debugger: model C, in the scope of a function that is stopped somewhere. */

import type { FunctionCode, Instruction, LocalVariable, Program, Register, SourceLine } from './code.ts';
import { type Diagnostic, ModelError } from './diagnostics.ts';
import { FunctionBuilder } from './lowering/builder.ts';
import { finish } from './lowering/finish.ts';
import { lowerExpression } from './lowering/lower-expression.ts';
import { isPlaceExpression, lowerPlace, placeRegister } from './lowering/lower-place.ts';
import { typeOfExpression } from './lowering/unevaluated.ts';
import { expandMacros, startExpander } from './preprocessor/macro.ts';
import { macrosFor } from './preprocessor/macro-text.ts';
import { entryOf } from './record.ts';
import { StopReading } from './reporting.ts';
import { Complaints, fail } from './semantics/complaint.ts';
import type { Environment, FileSymbol, LocalSymbol, TypeEnvironment } from './semantics/symbols.ts';
import { builtinTypes, intType, isScalar, longType } from './semantics/typing.ts';
import type { Value } from './semantics/value.ts';
import type { Expression, Node } from './syntax/ast.ts';
import { parseExpression } from './syntax/parser.ts';
import { tokenize } from './tokens/lexer.ts';
import type { Token } from './tokens/token.ts';
import type { IntegerType, Type } from './types.ts';

/** A compiled expression. Its registers begin with those of the scope's function; temporaries follow. */
export interface ExpressionCode {
	/** Ends by falling off the end. */
	readonly code: readonly Instruction[];
	/** Parallel to `code`. */
	readonly lines: readonly SourceLine[];
	readonly registers: number;
	/** Register with the value, or with the address when `isAddress`. */
	readonly result: Register;
	/** Type of the value; of the whole object, when `isAddress`. */
	readonly type: Type;
	/** True for a struct or array: the result is where it begins. */
	readonly isAddress: boolean;
}

/** Where names are looked up: a function stopped before an instruction. Null: globals only. */
export type ExpressionScope = { readonly function: number; readonly instruction: number } | null;

const fileName = '<expression>';

/** Longest expression that is read. */
const maximumLength = 4000;

/**
 * Compiles an expression. It may call functions, but must not assign, nor use primitives that change the state.
 * @throws ModelError
 */
export function compileExpression(program: Program, text: string, scope: ExpressionScope): ExpressionCode {
	const files = [{ path: fileName, text: text.slice(0, maximumLength) }];
	const start: Node = { position: { file: fileName, line: 1, column: 1 }, length: 1 };
	if (text.length > maximumLength) {
		throw new ModelError([error(start, `an expression has at most ${maximumLength} characters`)], files);
	}
	const fn = scope === null ? null : (program.functions[scope.function] ?? null);
	const locals = fn === null ? [] : localsAt(fn, scope?.instruction ?? 0);
	const expression = readExpression(program, text, files, locals);
	const complaints = new Complaints();
	const environment = environmentOf(program, fn, complaints);
	const builder = new FunctionBuilder(environment, {
		result: null,
		isGhost: true,
		here: start,
		registers: fn?.registers ?? 0,
	});
	for (const local of locals) {
		builder.declare(local.name, { kind: 'local', ...pick(local), isGhost: false, pureDepth: 0 });
	}
	builder.openScope();
	builder.regions.push({ kind: 'expression', node: start });
	const compiled = complaints.guard(() => lowerWhole(builder, expression));
	complaints.throwIfAny(files);
	if (compiled === null) throw new ModelError([error(start, 'this expression cannot be used')], files);
	// A return that nobody runs keeps the result's register in the code's own numbering.
	builder.emit({ op: 'return', source: compiled.register });
	const finished = finish(builder);
	const last = finished.code.at(-1);
	const result = last?.op === 'return' && last.source !== null ? last.source : 0;
	return {
		code: finished.code.slice(0, -1),
		lines: finished.lines.slice(0, -1),
		registers: finished.registers,
		result,
		type: compiled.type,
		isAddress: compiled.isAddress,
	};
}

function error(node: Node, message: string): Diagnostic {
	return { severity: 'error', message, position: node.position, length: node.length };
}

function readExpression(
	program: Program,
	text: string,
	files: readonly { path: string; text: string }[],
	locals: readonly LocalVariable[],
): Expression {
	const typeNames = Object.keys(program.types).filter((name) => !name.includes(' '));
	const expanded = expandIn(program, tokenize(text, fileName));
	if (expanded.diagnostics.length > 0) throw new ModelError(expanded.diagnostics, files);
	const { expression, diagnostics } = parseExpression(
		expanded.tokens,
		typeNames,
		locals.map(({ name }) => name),
	);
	if (expression === null) throw new ModelError(diagnostics, files);
	return expression;
}

/** Tokens read and made while expanding an expression. */
const expansionBudget = 50_000;

/** Expands the model's macros. */
function expandIn(program: Program, tokens: readonly Token[]): { tokens: readonly Token[]; diagnostics: Diagnostic[] } {
	const diagnostics: Diagnostic[] = [];
	const macros = macrosFor(tokens, program.macros ?? {});
	const expander = startExpander(macros, (diagnostic) => diagnostics.push(diagnostic), expansionBudget);
	try {
		return { tokens: [...expandMacros(expander, tokens.slice(0, -1)), ...tokens.slice(-1)], diagnostics };
	} catch (error) {
		if (!(error instanceof StopReading)) throw error;
		return { tokens, diagnostics };
	}
}

interface Compiled {
	readonly register: Register;
	readonly type: Type;
	readonly isAddress: boolean;
}

function lowerWhole(builder: FunctionBuilder, expression: Expression): Compiled {
	if (isPlaceExpression(expression, builder)) {
		const type = typeOfExpression(builder, expression);
		if (!isScalar(type) && type.kind !== 'function') {
			const place = lowerPlace(builder, expression);
			if (place.kind === 'memory') return { register: placeRegister(builder, place), type, isAddress: true };
		}
	}
	const value: Value = lowerExpression(builder, expression);
	if (value.kind === 'nothing') fail(expression, 'this expression has no value');
	return { register: builder.register(value), type: value.type, isAddress: false };
}

/** Variables in scope before an instruction; of one name, the innermost. */
function localsAt(fn: FunctionCode, instruction: number): LocalVariable[] {
	const innermost = new Map<string, LocalVariable>();
	for (const local of fn.locals) {
		if (local.from <= instruction && instruction < local.to) {
			const known = innermost.get(local.name);
			if (known === undefined || known.from <= local.from) innermost.set(local.name, local);
		}
	}
	return [...innermost.values()];
}

function pick({ name, type, place }: LocalVariable): Pick<LocalSymbol, 'name' | 'type' | 'place'> {
	return { name, type, place };
}

function environmentOf(program: Program, fn: FunctionCode | null, complaints: Complaints): Environment {
	return {
		types: typesOf(program),
		complaints,
		lookUp: (name) =>
			globalSymbol(program, fn, name) ?? functionSymbol(program, fn, name) ?? constantSymbol(program, name),
		hint: (name) =>
			fn?.locals.some((local) => local.name === name) ? `"${name}" has no value yet at this line` : null,
		names: () => [
			...program.globals.map(({ name }) => name),
			...program.functions.map(({ name }) => name),
			...Object.keys(program.constants),
		],
		// A text that the model does not have is equal to none of its texts.
		text: (literal) => program.texts.indexOf(literal),
		layout: () => -1,
		file: () => 0,
	};
}

/** Statics of the scope's file first, then what is not static, then a static of another file. */
function nearest<T extends { readonly name: string; readonly isStatic: boolean; readonly file: number }>(
	all: readonly T[],
	name: string,
	fn: FunctionCode | null,
): number {
	const named = [...all.entries()].filter(([, each]) => each.name === name);
	const found =
		named.find(([, each]) => each.isStatic && each.file === fn?.file) ??
		named.find(([, each]) => !each.isStatic) ??
		named[0];
	return found?.[0] ?? -1;
}

const nowhere: Node = { position: { file: fileName, line: 1, column: 1 }, length: 1 };

function globalSymbol(program: Program, fn: FunctionCode | null, name: string): FileSymbol | undefined {
	const index = nearest(program.globals, name, fn);
	const global = program.globals[index];
	if (global === undefined) return undefined;
	const { type, isStatic, isPerCpu } = global;
	return { kind: 'global', name, type, isStatic, isPerCpu, isGhost: false, node: nowhere, index };
}

function functionSymbol(program: Program, fn: FunctionCode | null, name: string): FileSymbol | undefined {
	const index = nearest(program.functions, name, fn);
	const found = program.functions[index];
	if (found === undefined) return undefined;
	const type = { kind: 'function', ...found.type } as const;
	return { kind: 'function', name, type, isStatic: found.isStatic, role: 'plain', node: nowhere, index };
}

function constantSymbol(program: Program, name: string): FileSymbol | undefined {
	const value = entryOf(program.constants, name);
	if (value === undefined) return undefined;
	const type: IntegerType = value === (value | 0) ? intType : longType;
	return { kind: 'constant', value, type };
}

function typesOf(program: Program): TypeEnvironment {
	const named = (name: string): Type | undefined => entryOf(program.types, name) ?? entryOf(builtinTypes, name);
	const refuse = (node: Node): never => fail(node, 'a type cannot be declared in an expression');
	return {
		structs: program.structs,
		defined: new Map(),
		typeNamed: named,
		typeNames: () => [...Object.keys(program.types), ...Object.keys(builtinTypes)],
		enumTagged: (tag) => named(`enum ${tag}`),
		hasStruct: (tag) => entryOf(program.structs, tag) !== undefined,
		declareStruct: () => {},
		defineStruct: refuse,
		defineEnum: refuse,
		defineEnumerator: refuse,
	};
}
