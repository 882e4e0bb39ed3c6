/** What an expression is, without evaluating it: its type, its size, the constant that it may be. */

import { convert } from '../integer.ts';
import { Complaint, fail } from '../semantics/complaint.ts';
import { requireObject, resolveType, type TypeQuestions } from '../semantics/resolve-type.ts';
import { cellsOf } from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import type { Expression, Node, TypeArgument } from '../syntax/ast.ts';
import type { Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { lowerExpression } from './lower-expression.ts';
import { isPlaceExpression, lowerPlace } from './lower-place.ts';

/** Value of an expression whose code is thrown away: its type, and the constant that it may be. */
export function unevaluated(builder: FunctionBuilder, expression: Expression): Value {
	// Remembered, or nested conditions would be looked at twice at each level.
	const known = builder.considered.get(expression);
	if (known !== undefined) return known;
	const value = builder.unevaluated(() => lowerExpression(builder, expression));
	builder.considered.set(expression, value);
	return value;
}

/** Number of cells of a type, or of what an expression is. */
export function sizeOf(builder: FunctionBuilder, of: Expression | TypeArgument, node: Node): number {
	const type = typeOfArgument(builder, of);
	requireObject(node, type, builder.environment.types, 'what sizeof measures');
	return cellsOf(type, builder.environment.types.structs);
}

/** The type that an argument names, or the type of the expression it is. Nothing is evaluated. */
export function typeOfArgument(builder: FunctionBuilder, argument: Expression | TypeArgument): Type {
	if (argument.kind === 'typeArgument') return resolveType(argument.type, questionsOf(builder));
	if (argument.kind === 'name' && builder.lookUp(argument.name) === undefined) {
		const type = builder.environment.types.typeNamed(argument.name);
		if (type === 'broken') throw new Complaint(null);
		if (type !== undefined) return type;
	}
	return typeOfExpression(builder, argument);
}

/** The type of an expression that is not evaluated; of an array or struct too. */
export function typeOfExpression(builder: FunctionBuilder, expression: Expression): Type {
	return builder.unevaluated(() =>
		isPlaceExpression(expression, builder) ? placeType(builder, expression) : lowerExpression(builder, expression).type,
	);
}

function placeType(builder: FunctionBuilder, expression: Expression): Type {
	// A per-CPU variable has a type whoever's copy is meant.
	if (expression.kind === 'name') {
		const symbol = builder.lookUp(expression.name);
		if (symbol?.kind === 'global') return symbol.type;
	}
	return lowerPlace(builder, expression).type;
}

/** How types in this code ask about the expressions in them. */
export function questionsOf(builder: FunctionBuilder): TypeQuestions {
	return {
		types: builder.environment.types,
		constant: (expression) => constantOf(builder, expression),
		typeOf: (expression) => typeOfExpression(builder, expression),
	};
}

/** The value of an integer constant expression. Fails when it is none. */
export function constantOf(builder: FunctionBuilder, expression: Expression): number {
	const value = unevaluated(builder, expression);
	if (value.kind !== 'constant' || value.type.kind !== 'integer') fail(expression, 'this must be an integer constant');
	return convert(value.type, value.value);
}
