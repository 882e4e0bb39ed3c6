/** Assignments: `=`, `+=` and their like, `++` and `--`. */

import { fail } from '../semantics/complaint.ts';
import { intType, isScalar, sameType, typeName, voidType } from '../semantics/typing.ts';
import type { Place, Value } from '../semantics/value.ts';
import type { Expression } from '../syntax/ast.ts';
import type { FunctionBuilder } from './builder.ts';
import { assignable, retype } from './conversion.ts';
import { copyObject, loadPlace, storePlace } from './lower-access.ts';
import { lowerExpression } from './lower-expression.ts';
import { applyBinary } from './lower-operator.ts';
import { isPlaceExpression, lowerPlace, placeRegister } from './lower-place.ts';

/** `a = b` and `a += b`; the value is that of the left side afterwards. */
export function lowerAssignment(builder: FunctionBuilder, node: Expression & { kind: 'assign' }): Value {
	const target = lowerPlace(builder, node.target);
	if (node.operator !== null) {
		const place = pinned(builder, target);
		const old = loadScalar(builder, place, node.target);
		const right = lowerExpression(builder, node.value);
		refusePointerArithmetic(old, node);
		const mark = builder.temporaries;
		const result = applyBinary(builder, node, node.operator, old, right, mark);
		return store(builder, place, result, node);
	}
	if (!isScalar(target.type)) return assignObject(builder, target, node);
	return store(builder, target, lowerExpression(builder, node.value), node);
}

/** `++a` and `a++`. @param wanted false when nobody uses the value */
export function lowerIncrement(
	builder: FunctionBuilder,
	node: Expression & { kind: 'increment' },
	wanted: boolean,
): Value {
	const place = pinned(builder, lowerPlace(builder, node.operand));
	let old = loadScalar(builder, place, node.operand);
	refusePointerArithmetic(old, node);
	if (old.type.kind !== 'integer') return fail(node, `"${node.operator}" needs an integer`);
	const isPostfix = wanted && !node.prefix;
	if (isPostfix && place.kind === 'register') {
		// The register is about to change, and the old value is wanted.
		const kept = builder.temporary();
		builder.emit({ op: 'move', result: kept, source: place.register });
		old = { kind: 'register', register: kept, type: old.type };
	}
	const mark = builder.temporaries;
	const one: Value = { kind: 'constant', value: 1, type: intType };
	const result = applyBinary(builder, node, node.operator === '++' ? '+' : '-', old, one, mark);
	const stored = store(builder, place, result, node);
	return isPostfix ? old : stored;
}

/** The same place with its address in a register, since it is read and written. */
function pinned(builder: FunctionBuilder, place: Place): Place {
	if (place.kind === 'register') return place;
	const register = placeRegister(builder, place);
	return { ...place, base: { kind: 'register', register, type: { kind: 'pointer', to: place.type } }, offset: 0 };
}

function loadScalar(builder: FunctionBuilder, place: Place, node: Expression): Value {
	return loadPlace(builder, place, node);
}

function refusePointerArithmetic(value: Value, node: Expression): void {
	if (value.type.kind !== 'pointer') return;
	fail(node, 'a pointer cannot be moved: model C has no pointer arithmetic', {
		advice: 'count an index, and use it on the array in the struct',
	});
}

function store(builder: FunctionBuilder, place: Place, value: Value, node: Expression): Value {
	const { type } = place;
	if (!isScalar(type)) throw new Error('not a scalar');
	const converted = assignable(builder, value, type, node, nameOf(node, place));
	storePlace(builder, place, converted, node);
	if (place.kind === 'register') return { kind: 'register', register: place.register, type };
	return retype(builder, converted, type);
}

function nameOf(node: Expression, place: Place): string {
	if (place.kind === 'register') return `"${place.symbol.name}"`;
	const target = node.kind === 'assign' ? node.target : node;
	if (target.kind === 'member') return `field "${target.name}"`;
	if (target.kind === 'name') return `"${target.name}"`;
	return 'the left side';
}

function assignObject(builder: FunctionBuilder, place: Place, node: Expression & { kind: 'assign' }): Value {
	const { type } = place;
	if (place.kind !== 'memory' || type.kind !== 'struct') {
		return fail(node, `"${typeName(type)}" cannot be assigned`, {
			advice: 'assign its elements one by one, or put it in a struct',
		});
	}
	if (!isPlaceExpression(node.value, builder)) {
		return fail(node.value, `"${typeName(type)}" can only be assigned from a variable of that type`);
	}
	const source = lowerPlace(builder, node.value);
	if (!sameType(source.type, type) || source.kind !== 'memory') {
		return fail(node, `"${typeName(source.type)}" cannot be assigned to "${typeName(type)}"`);
	}
	copyObject(builder, place, source, node);
	return { kind: 'nothing', type: voidType };
}
