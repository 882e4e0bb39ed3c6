/** Operators: arithmetic, comparisons, short circuits and `?:`. */

import type { BinaryOperator } from '../code.ts';
import { binary, IntegerError, unary } from '../integer.ts';
import { fail } from '../semantics/complaint.ts';
import {
	boolType,
	commonType,
	compatiblePointers,
	intType,
	isScalar,
	isVoidPointer,
	promoted,
	sameType,
	typeName,
	voidPointer,
} from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import type { Expression, Node } from '../syntax/ast.ts';
import type { ScalarType, Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { assignable, isNullConstant, requireCondition, retype } from './conversion.ts';
import { jumpIfFalse } from './lower-condition.ts';
import { keepOnly, lowerExpression } from './lower-expression.ts';
import { unevaluated } from './unevaluated.ts';

/** Computes with constants at compile time, as the machine would at run time. */
function folded(node: Node, type: Type, compute: () => number): Value {
	try {
		return { kind: 'constant', value: compute(), type };
	} catch (error) {
		if (error instanceof IntegerError) fail(node, error.message);
		throw error;
	}
}

/** `-a`, `~a`, `+a`, `!a`. */
export function lowerUnary(builder: FunctionBuilder, node: Expression & { kind: 'unary' }): Value {
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

/** Operators with two operands that are both evaluated. */
export function lowerBinary(builder: FunctionBuilder, node: Expression & { kind: 'binary' }): Value {
	const mark = builder.temporaries;
	const left = lowerExpression(builder, node.left);
	const right = lowerExpression(builder, node.right);
	return applyBinary(builder, node, node.operator, left, right, mark);
}

/** `a && b` and `a || b` as a value, 0 or 1. */
export function lowerLogical(builder: FunctionBuilder, node: Expression & { kind: 'logical' }): Value {
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

/** `a ? b : c`; a constant condition leaves one of them. */
export function lowerConditional(builder: FunctionBuilder, node: Expression & { kind: 'conditional' }): Value {
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
