/** Expressions to register instructions. */

import type { Expression, Node, TypeArgument } from './ast.ts';
import { type FunctionBuilder, firstTemporary } from './builder.ts';
import type { BinaryOperator } from './code.ts';
import { Complaint, fail } from './complaint.ts';
import { assignable, castTo, isNullConstant, requireCondition, retype } from './conversion.ts';
import { binary, convert, IntegerError, unary } from './integer.ts';
import { lowerAssignment, lowerIncrement } from './lower-assignment.ts';
import { lowerCall } from './lower-call.ts';
import { jumpIfFalse } from './lower-condition.ts';
import {
	addressOf,
	dereferenced,
	isPlaceExpression,
	loadPlace,
	lowerPlace,
	requireDefined,
	resolveName,
} from './lower-place.ts';
import { lowerStatementExpression } from './lower-statement.ts';
import { requireObject, resolveType, type TypeQuestions } from './resolve-type.ts';
import type { IntegerType, ScalarType, Type } from './types.ts';
import {
	boolType,
	cellsOf,
	commonType,
	compatiblePointers,
	intType,
	isScalar,
	isVoidPointer,
	longType,
	promoted,
	sameType,
	textType,
	typeName,
	unsignedLongType,
	unsignedType,
	voidPointer,
} from './typing.ts';
import type { Value } from './value.ts';

/**
 * Emits code for an expression and says where its value is. Fails with a Complaint.
 * @param wanted false when the value is not used, so that it need not be kept
 */
export function lowerExpression(builder: FunctionBuilder, expression: Expression, wanted = true): Value {
	return builder.at(expression, () => lower(builder, expression, wanted));
}

function lower(builder: FunctionBuilder, expression: Expression, wanted: boolean): Value {
	switch (expression.kind) {
		case 'number':
			return numberValue(expression);
		case 'string':
			return { kind: 'constant', value: builder.environment.text(expression.value), type: textType };
		case 'name':
			return nameValue(builder, expression);
		case 'unary':
			return lowerUnary(builder, expression);
		case 'addressOf':
			return lowerAddressOf(builder, expression);
		case 'dereference':
			return lowerDereference(builder, expression);
		case 'member':
		case 'index':
			return lowerVariable(builder, expression);
		case 'increment':
			return lowerIncrement(builder, expression, wanted);
		case 'binary':
			return lowerBinary(builder, expression);
		case 'logical':
			return lowerLogical(builder, expression);
		case 'conditional':
			return lowerConditional(builder, expression);
		case 'assign':
			return lowerAssignment(builder, expression);
		case 'call':
			return lowerCall(builder, expression, wanted);
		case 'cast':
			return lowerCast(builder, expression);
		case 'sizeof':
			return { kind: 'constant', value: sizeOf(builder, expression.of, expression), type: unsignedLongType };
		case 'statementExpression':
			return lowerStatementExpression(builder, expression, wanted);
	}
}

function numberValue(node: Expression & { kind: 'number' }): Value {
	const { value, suffix } = node;
	const isLong = suffix.includes('L');
	let type: IntegerType;
	if (suffix.includes('U')) type = isLong || value < 0 || value > 0xffffffff ? unsignedLongType : unsignedType;
	else type = isLong || value !== (value | 0) ? longType : intType;
	return { kind: 'constant', value, type };
}

function nameValue(builder: FunctionBuilder, node: Expression & { kind: 'name' }): Value {
	const { name } = node;
	const symbol = builder.lookUp(name);
	if (symbol === undefined) {
		const known = wellKnown(builder, name);
		if (known !== null) return known;
	}
	if (symbol?.kind === 'constant') return { kind: 'constant', value: symbol.value, type: symbol.type };
	const found = resolveName(builder, node, name);
	if (found.kind === 'function') {
		requireDefined(builder, node, found);
		if (found.role !== 'plain') fail(node, `"${name}" is run by the machine, not by the model`);
		return { kind: 'constant', value: (found.index ?? 0) + 1, type: { kind: 'pointer', to: found.type } };
	}
	return lowerVariable(builder, node);
}

function lowerVariable(builder: FunctionBuilder, node: Expression): Value {
	const mark = builder.temporaries;
	return keepOnly(builder, loadPlace(builder, lowerPlace(builder, node), node), mark);
}

/** Names that need no declaration. */
function wellKnown(builder: FunctionBuilder, name: string): Value | null {
	switch (name) {
		case 'NULL':
			return { kind: 'constant', value: 0, type: voidPointer };
		case 'true':
			return { kind: 'constant', value: 1, type: boolType };
		case 'false':
			return { kind: 'constant', value: 0, type: boolType };
		case 'current_cpu': {
			const result = builder.temporary();
			builder.emit({ op: 'primitive', result, name: 'smp_processor_id', arguments: [], extra: -1 });
			return { kind: 'register', register: result, type: intType };
		}
		default:
			return null;
	}
}

/** Computes with constants at compile time, as the machine would at run time. */
function folded(node: Node, type: Type, compute: () => number): Value {
	try {
		return { kind: 'constant', value: compute(), type };
	} catch (error) {
		if (error instanceof IntegerError) fail(node, error.message);
		throw error;
	}
}

function lowerUnary(builder: FunctionBuilder, node: Expression & { kind: 'unary' }): Value {
	const mark = builder.temporaries;
	const operand = lowerExpression(builder, node.operand);
	if (node.operator === '!') {
		requireCondition(operand, node.operand);
		if (operand.kind === 'constant') return { kind: 'constant', value: operand.value === 0 ? 1 : 0, type: intType };
		return emitUnary(builder, '!', operand, operand.type, intType, mark);
	}
	if (operand.type.kind !== 'integer') {
		return fail(node, `"${node.operator}" needs an integer, this is "${typeName(operand.type)}"`);
	}
	const type = promoted(operand.type);
	const value = retype(builder, operand, type);
	const { operator } = node;
	if (operator === '+') return value;
	if (value.kind === 'constant') return folded(node, type, () => unary(operator, type, value.value));
	return emitUnary(builder, operator, value, type, type, mark);
}

function emitUnary(
	builder: FunctionBuilder,
	operator: '-' | '~' | '!',
	value: Value,
	type: Type,
	resultType: ScalarType,
	mark: number,
): Value {
	if (!isScalar(type)) throw new Error('operand is no scalar');
	const operand = builder.register(value);
	builder.temporaries = mark;
	const result = builder.temporary();
	builder.emit({ op: 'unary', result, operator, operand, type });
	return { kind: 'register', register: result, type: resultType };
}

function lowerAddressOf(builder: FunctionBuilder, node: Expression & { kind: 'addressOf' }): Value {
	const { operand } = node;
	if (operand.kind === 'name' && builder.lookUp(operand.name)?.kind === 'function') {
		return lowerExpression(builder, operand);
	}
	const mark = builder.temporaries;
	const value = addressOf(builder, lowerPlace(builder, operand), node);
	return keepOnly(builder, value, mark);
}

/** Frees the temporaries from `mark` on, except the one that holds the value, which moves to the first of them. */
export function keepOnly(builder: FunctionBuilder, value: Value, mark: number): Value {
	builder.temporaries = mark;
	if (value.kind !== 'register' || value.register < firstTemporary + mark) return value;
	const result = builder.temporary();
	builder.moveTo(result, value);
	return { ...value, register: result };
}

function lowerDereference(builder: FunctionBuilder, node: Expression & { kind: 'dereference' }): Value {
	const mark = builder.temporaries;
	const pointer = lowerExpression(builder, node.operand);
	if (pointer.type.kind === 'pointer' && pointer.type.to.kind === 'function') return pointer;
	return keepOnly(builder, loadPlace(builder, dereferenced(builder, node, pointer), node), mark);
}

const comparisons: readonly BinaryOperator[] = ['==', '!=', '<', '<=', '>', '>='];

/** Applies a binary operator to two values, with C's conversions. */
export function applyBinary(
	builder: FunctionBuilder,
	node: Node,
	operator: BinaryOperator,
	left: Value,
	right: Value,
	mark: number,
): Value {
	if (left.type.kind !== 'integer' || right.type.kind !== 'integer') {
		return compareOthers(builder, node, operator, left, right, mark);
	}
	const isShift = operator === '<<' || operator === '>>';
	const type = isShift ? promoted(left.type) : commonType(left.type, right.type);
	const a = retype(builder, left, type);
	const b = retype(builder, right, isShift ? promoted(right.type) : type);
	return emitBinary(builder, node, operator, a, b, type, mark);
}

function emitBinary(
	builder: FunctionBuilder,
	node: Node,
	operator: BinaryOperator,
	a: Value,
	b: Value,
	type: ScalarType,
	mark: number,
): Value {
	const resultType = comparisons.includes(operator) ? intType : type;
	if (a.kind === 'constant' && b.kind === 'constant') {
		return folded(node, resultType, () => binary(operator, type, a.value, b.value));
	}
	const left = builder.register(a);
	const right = builder.register(b);
	builder.temporaries = mark;
	const result = builder.temporary();
	builder.emit({ op: 'binary', result, operator, left, right, type });
	return { kind: 'register', register: result, type: resultType };
}

function compareOthers(
	builder: FunctionBuilder,
	node: Node,
	operator: BinaryOperator,
	left: Value,
	right: Value,
	mark: number,
): Value {
	const [a, b] = [left.type, right.type];
	const isEquality = operator === '==' || operator === '!=';
	if (!isScalar(a) || !isScalar(b)) {
		return fail(node, `"${operator}" cannot be applied to "${typeName(isScalar(a) ? b : a)}"`);
	}
	if (a.kind === 'pointer' || b.kind === 'pointer') {
		if (!isEquality) {
			return fail(node, `"${operator}" cannot be applied to a pointer: model C has no pointer arithmetic`, {
				advice: 'keep an index beside the pointer to the struct that holds the array: p->array[i]',
			});
		}
		const fine =
			isNullConstant(left) ||
			isNullConstant(right) ||
			(a.kind === 'pointer' && b.kind === 'pointer' && compatiblePointers(a, b));
		if (!fine) fail(node, `"${typeName(a)}" cannot be compared with "${typeName(b)}"`);
		const type = a.kind === 'pointer' ? a : voidPointer;
		return emitBinary(builder, node, operator, left, right, type, mark);
	}
	if (isEquality && sameType(a, b) && a.kind === 'machine' && (a.name === 'entry' || a.name === 'text')) {
		return emitBinary(builder, node, operator, left, right, a, mark);
	}
	const entry = [a, b].some((type) => type.kind === 'machine' && type.name === 'entry');
	const step = [a, b].some((type) => type.kind === 'machine' && type.name === 'step');
	return fail(node, `"${operator}" cannot be applied to "${typeName(a)}" and "${typeName(b)}"`, {
		...(entry ? { advice: 'take the entry apart with pte_val() or pte_pfn(); == and != compare two entries' } : {}),
		...(step ? { advice: 'a time stamp explains what happened (%t); nothing may depend on it' } : {}),
	});
}

function lowerBinary(builder: FunctionBuilder, node: Expression & { kind: 'binary' }): Value {
	const mark = builder.temporaries;
	const left = lowerExpression(builder, node.left);
	const right = lowerExpression(builder, node.right);
	return applyBinary(builder, node, node.operator, left, right, mark);
}

/** Value of an expression whose code is thrown away: its type, and the constant that it may be. */
function unevaluated(builder: FunctionBuilder, expression: Expression): Value {
	// Remembered, or nested conditions would be looked at twice at each level.
	const known = builder.considered.get(expression);
	if (known !== undefined) return known;
	const value = builder.unevaluated(() => lowerExpression(builder, expression));
	builder.considered.set(expression, value);
	return value;
}

function lowerLogical(builder: FunctionBuilder, node: Expression & { kind: 'logical' }): Value {
	const left = unevaluated(builder, node.left);
	requireCondition(left, node.left);
	// A constant left side decides, as it does for IS_ENABLED(...) && ...
	if (left.kind === 'constant' && (left.value === 0) === (node.operator === '&&')) {
		requireCondition(unevaluated(builder, node.right), node.right);
		return { kind: 'constant', value: node.operator === '&&' ? 0 : 1, type: intType };
	}
	if (left.kind === 'constant') {
		const mark = builder.temporaries;
		const right = lowerExpression(builder, node.right);
		requireCondition(right, node.right);
		if (right.kind === 'constant') return { kind: 'constant', value: right.value === 0 ? 0 : 1, type: intType };
		const value = retype(builder, right, boolType);
		return { ...keepOnly(builder, value, mark), type: intType };
	}
	const mark = builder.temporaries;
	const result = builder.temporary();
	const no = builder.label();
	const end = builder.label();
	jumpIfFalse(builder, node, no);
	builder.emit({ op: 'constant', result, value: 1 });
	builder.jump(end);
	builder.bind(no);
	builder.emit({ op: 'constant', result, value: 0 });
	builder.bind(end);
	builder.temporaries = mark + 1;
	return { kind: 'register', register: result, type: intType };
}

function lowerConditional(builder: FunctionBuilder, node: Expression & { kind: 'conditional' }): Value {
	const thenValue = unevaluated(builder, node.then);
	const otherwiseValue = unevaluated(builder, node.otherwise);
	const type = conditionalType(node, thenValue, otherwiseValue);
	const condition = unevaluated(builder, node.condition);
	requireCondition(condition, node.condition);
	const give = (branch: Expression): Value => {
		const value = lowerExpression(builder, branch);
		if (type.kind === 'void') return { kind: 'nothing', type };
		return assignable(builder, value, type, branch, 'the result of ?:');
	};
	if (condition.kind === 'constant') return give(condition.value === 0 ? node.otherwise : node.then);

	const mark = builder.temporaries;
	const result = type.kind === 'void' ? null : builder.temporary();
	const inner = builder.temporaries;
	const otherwise = builder.label();
	const end = builder.label();
	jumpIfFalse(builder, node.condition, otherwise);
	const branch = (expression: Expression): void => {
		builder.temporaries = inner;
		const value = give(expression);
		if (result !== null) builder.moveTo(result, value);
	};
	branch(node.then);
	builder.jump(end);
	builder.bind(otherwise);
	branch(node.otherwise);
	builder.bind(end);
	builder.temporaries = result === null ? mark : mark + 1;
	return result === null ? { kind: 'nothing', type } : { kind: 'register', register: result, type };
}

function conditionalType(node: Node, a: Value, b: Value): Type {
	if (a.type.kind === 'integer' && b.type.kind === 'integer') return commonType(a.type, b.type);
	if (a.type.kind === 'void' && b.type.kind === 'void') return a.type;
	if (a.type.kind === 'pointer' && isNullConstant(b)) return a.type;
	if (b.type.kind === 'pointer' && isNullConstant(a)) return b.type;
	if (a.type.kind === 'pointer' && b.type.kind === 'pointer' && compatiblePointers(a.type, b.type)) {
		return isVoidPointer(a.type) ? a.type : isVoidPointer(b.type) ? b.type : a.type;
	}
	if (sameType(a.type, b.type) && isScalar(a.type)) return a.type;
	return fail(node, `the two results of ?: have the types "${typeName(a.type)}" and "${typeName(b.type)}"`);
}

function lowerCast(builder: FunctionBuilder, node: Expression & { kind: 'cast' }): Value {
	const type = resolveType(node.type, questionsOf(builder));
	if (type.kind === 'void') {
		lowerExpression(builder, node.operand, false);
		return { kind: 'nothing', type };
	}
	const mark = builder.temporaries;
	return keepOnly(builder, castTo(builder, lowerExpression(builder, node.operand), type, node), mark);
}

function sizeOf(builder: FunctionBuilder, of: Expression | TypeArgument, node: Node): number {
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
