/** Expressions to register instructions. */

import { fail } from '../semantics/complaint.ts';
import { resolveType } from '../semantics/resolve-type.ts';
import {
	boolType,
	intType,
	longType,
	textType,
	unsignedLongType,
	unsignedType,
	voidPointer,
} from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import type { Expression } from '../syntax/ast.ts';
import type { IntegerType } from '../types.ts';
import { type FunctionBuilder, firstTemporary } from './builder.ts';
import { castTo } from './conversion.ts';
import { loadPlace } from './lower-access.ts';
import { lowerAssignment, lowerIncrement } from './lower-assignment.ts';
import { lowerCall } from './lower-call.ts';
import { lowerBinary, lowerConditional, lowerLogical, lowerUnary } from './lower-operator.ts';
import { addressOf, dereferenced, lowerPlace } from './lower-place.ts';
import { lowerStatementExpression } from './lower-statement.ts';
import { requireDefined, resolveName } from './resolve-name.ts';
import { questionsOf, sizeOf } from './unevaluated.ts';

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

function lowerCast(builder: FunctionBuilder, node: Expression & { kind: 'cast' }): Value {
	const type = resolveType(node.type, questionsOf(builder));
	if (type.kind === 'void') {
		lowerExpression(builder, node.operand, false);
		return { kind: 'nothing', type };
	}
	const mark = builder.temporaries;
	return keepOnly(builder, castTo(builder, lowerExpression(builder, node.operand), type, node), mark);
}
