/** Local variables and their initialisers. */

import { fail } from '../semantics/complaint.ts';
import { requireObject, resolveType } from '../semantics/resolve-type.ts';
import type { LocalSymbol } from '../semantics/symbols.ts';
import { cellsOf, isScalar, layoutOf, sameType, typeName } from '../semantics/typing.ts';
import type { Place, Value } from '../semantics/value.ts';
import type { Declaration, Initialiser, TypeSyntax } from '../syntax/ast.ts';
import type { Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { assignable } from './conversion.ts';
import { type InitialiserQuestions, inferredLength, initialisedParts } from './initialiser.ts';
import { copyObject } from './lower-access.ts';
import { lowerExpression } from './lower-expression.ts';
import { isPlaceExpression, lowerPlace, placeRegister } from './lower-place.ts';
import { lowerRegion } from './lower-statement.ts';
import { constantOf, questionsOf } from './unevaluated.ts';

/** Declares a local variable, emits its initialiser, and shows it to the debugger. Fails with a Complaint. */
export function lowerLocalDeclaration(builder: FunctionBuilder, declaration: Declaration): void {
	switch (declaration.kind) {
		case 'type':
			resolveType(declaration.type, questionsOf(builder));
			return;
		case 'typedef':
			fail(declaration, 'a typedef inside a function', { advice: 'move it out of the function' });
			return;
		case 'functionDefinition':
			fail(declaration, 'a function inside a function', { advice: 'move it out of the function' });
			return;
		case 'variable':
			lowerVariable(builder, declaration);
	}
}

function lowerVariable(builder: FunctionBuilder, declaration: Declaration & { kind: 'variable' }): void {
	const { name, specifiers, initialiser } = declaration;
	if (specifiers.isStatic) {
		fail(declaration, 'a static variable inside a function', {
			advice: 'make it a static variable of the file, so that the debugger can name it',
		});
	}
	if (specifiers.isExtern || specifiers.isPerCpu || specifiers.role !== 'plain') {
		fail(declaration, 'this declaration belongs outside of functions', { advice: 'move it out of the function' });
	}
	let type: Type;
	try {
		type = localType(builder, declaration.type, initialiser);
		if (type.kind === 'function') {
			fail(declaration, 'a prototype inside a function', { advice: 'move it out of the function' });
		}
		requireObject(declaration, type, builder.environment.types, `"${name}"`);
	} catch (error) {
		builder.declare(name, { kind: 'broken' });
		throw error;
	}
	// A C compiler knows the name in its own initialiser, and so do we.
	const symbol = declareLocal(builder, declaration, name, type, specifiers.isGhost);
	const initialise = (): void => {
		if (symbol.place.kind === 'register') initialiseRegister(builder, symbol, initialiser);
		else initialiseMemory(builder, symbol, symbol.place.local, initialiser);
	};
	if (specifiers.isGhost && !builder.inGhost()) lowerRegion(builder, declaration, 'ghost', initialise);
	else initialise();
	builder.show(symbol, false);
}

/** Adds a local to the innermost scope and gives it a register, or cells when something needs its address. */
function declareLocal(
	builder: FunctionBuilder,
	node: Declaration,
	name: string,
	type: Type,
	isGhost: boolean,
): LocalSymbol {
	const inMemory = !isScalar(type) || builder.addressTaken.has(name);
	if (inMemory && builder.isExpression) fail(node, 'an expression has no memory of its own', { advice: 'use scalars' });
	const symbol: LocalSymbol = {
		kind: 'local',
		name,
		type,
		place: inMemory
			? { kind: 'memory', local: builder.memoryLocals.length }
			: { kind: 'register', register: builder.localRegister() },
		isGhost,
		pureDepth: builder.pureDepth(),
	};
	if (inMemory) builder.memoryLocals.push({ name, layout: builder.environment.layout(type, node) });
	if (!builder.declare(name, symbol)) fail(node, `"${name}" is declared twice in this block`);
	return symbol;
}

function localType(builder: FunctionBuilder, syntax: TypeSyntax, initialiser: Initialiser | null): Type {
	if (syntax.kind !== 'array' || syntax.size !== null || initialiser === null) {
		return resolveType(syntax, questionsOf(builder));
	}
	const element = resolveType(syntax.element, questionsOf(builder));
	return { kind: 'array', element, length: inferredLength(initialiser, initialiserQuestions(builder)) };
}

function initialiserQuestions(builder: FunctionBuilder): InitialiserQuestions {
	return {
		structs: builder.environment.types.structs,
		constant: (expression) => constantOf(builder, expression),
	};
}

function initialiseRegister(builder: FunctionBuilder, symbol: LocalSymbol, initialiser: Initialiser | null): void {
	if (symbol.place.kind !== 'register') return;
	const { register } = symbol.place;
	const what = `"${symbol.name}"`;
	const [part] = initialiser === null ? [] : initialisedParts(symbol.type, initialiser, initialiserQuestions(builder));
	if (part === undefined) {
		// Indeterminate in C; a fixed value keeps states comparable. Nothing to see for somebody who steps.
		if (initialiser === null) builder.pending = null;
		builder.emit({ op: 'constant', result: register, value: 0 });
		return;
	}
	const value = lowerExpression(builder, part.value);
	builder.moveTo(register, assignable(builder, value, symbol.type, part.value, what));
}

/** All values are computed first; the stores are one op, since nobody else can know the address yet. */
function initialiseMemory(
	builder: FunctionBuilder,
	symbol: LocalSymbol,
	local: number,
	initialiser: Initialiser | null,
): void {
	if (initialiser === null) return;
	const { structs } = builder.environment.types;
	const pointer = builder.temporary();
	const address: Value = { kind: 'register', register: pointer, type: { kind: 'pointer', to: symbol.type } };
	const object: Place & { kind: 'memory' } = {
		kind: 'memory',
		base: address,
		offset: 0,
		type: symbol.type,
		owner: 'local',
		symbol,
	};
	const parts = initialisedParts(symbol.type, initialiser, initialiserQuestions(builder));
	const { cells } = layoutOf(symbol.type, structs);
	const values = new Map<number, Value>();
	for (const part of parts) {
		if (!isScalar(part.type)) continue;
		const value = lowerExpression(builder, part.value);
		values.set(part.offset, assignable(builder, value, part.type, part.value, `"${symbol.name}"`));
	}
	const copies = parts.filter(({ type }) => !isScalar(type));
	const isCopied = (cell: number): boolean =>
		copies.some(({ offset, type }) => cell >= offset && cell < offset + cellsOf(type, structs));
	// The frame's object begins as zeroes, and stays so until the code comes here again.
	const stores = [...cells.entries()].filter(([cell]) => values.has(cell) || (builder.mayRepeat && !isCopied(cell)));
	if (stores.length + copies.length > 0) builder.emit({ op: 'local', result: pointer, local });
	if (stores.length > 1) builder.emit({ op: 'atomicBegin' });
	const mark = builder.temporaries;
	for (const [cell, { type }] of stores) {
		const source = builder.register(values.get(cell) ?? { kind: 'constant', value: 0, type });
		const target = placeRegister(builder, { ...object, offset: cell });
		builder.emit({ op: 'store', pointer: target, source, access: 'plain', type }, 'local');
		builder.temporaries = mark;
	}
	if (stores.length > 1) builder.emit({ op: 'atomicEnd' });
	for (const { offset, type, value } of copies) {
		const source = isPlaceExpression(value, builder) ? lowerPlace(builder, value) : null;
		if (source === null || source.kind !== 'memory' || !sameType(source.type, type)) {
			fail(value, `"${typeName(type)}" is initialised by a list in braces, or by a variable of that type`);
		}
		copyObject(builder, { ...object, offset, type }, source, value);
	}
}
