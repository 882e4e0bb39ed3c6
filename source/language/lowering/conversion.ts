/** Which value may stand where which type is expected, and the instruction that makes it one. */

import { convert } from '../integer.ts';
import { fail } from '../semantics/complaint.ts';
import {
	compatiblePointers,
	holds,
	isOpaque,
	isScalar,
	isVoidPointer,
	sameType,
	typeName,
} from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import type { Node } from '../syntax/ast.ts';
import type { PointerType, ScalarType, Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';

const noPointerAsNumber =
	'pointers are not numbers here; use container_of, ERR_PTR/PTR_ERR, __table_entry/__entry_table, or compare with NULL';

/** An integer constant zero or a constant NULL. */
export function isNullConstant(value: Value): boolean {
	if (value.kind !== 'constant' || value.value !== 0) return false;
	return value.type.kind === 'integer' || isVoidPointer(value.type);
}

/** The value with another type, converted by an instruction if its representation changes. Allowed by the caller. */
export function retype(builder: FunctionBuilder, value: Value, type: ScalarType): Value {
	const from = value.type;
	if (value.kind === 'constant') return { kind: 'constant', value: convert(type, value.value), type };
	if (value.kind === 'address' && type.kind === 'pointer') return { ...value, type };
	const keeps = type.kind === 'integer' ? from.kind === 'integer' && holds(type, from) : true;
	if (keeps) return { kind: 'register', register: builder.register(value), type };
	const mark = builder.temporaries;
	const source = builder.register(value);
	builder.temporaries = mark;
	const result = builder.temporary();
	builder.emit({ op: 'cast', result, source, type });
	return { kind: 'register', register: result, type };
}

/**
 * Converts a value for an assignment, argument, initialiser or return, as C does without a cast. Fails when C, or model C, would not.
 * @param what what is being given a value, for the message: `argument 2 of "f"`
 */
export function assignable(builder: FunctionBuilder, value: Value, type: Type, node: Node, what: string): Value {
	const from = value.type;
	if (from.kind === 'void') fail(node, `${what} needs a value, and this has none`);
	if (!isScalar(type) || !isScalar(from)) {
		return fail(node, `${what} has the type "${typeName(type)}", this is "${typeName(from)}"`);
	}
	if (isOpaque(type) && !(value.kind === 'constant' && value.value === 0)) {
		fail(node, `${what} is a "${typeName(type)}", which only its own functions may change`);
	}
	const mistake = mismatch(value, from, type);
	if (mistake !== null) {
		fail(node, `${what} has the type "${typeName(type)}", this is "${typeName(from)}"`, { advice: mistake });
	}
	return retype(builder, value, type);
}

/** Why `from` cannot be given to `to`; null when it can. */
function mismatch(value: Value, from: ScalarType, to: ScalarType): string | null {
	switch (to.kind) {
		case 'integer':
			if (from.kind === 'integer') return null;
			if (from.kind === 'pointer') return to.bits === 1 ? null : noPointerAsNumber;
			return from.name === 'entry'
				? 'take the entry apart with pte_val(), pte_present(), pte_pfn() and their like'
				: `a ${typeName(from)} is no number`;
		case 'pointer':
			if (isNullConstant(value)) return null;
			if (from.kind === 'pointer') return pointerMismatch(from, to);
			return from.kind === 'integer' ? noPointerAsNumber : 'these types have nothing in common';
		case 'machine':
			if (sameType(from, to)) return null;
			if (value.kind === 'constant' && value.value === 0 && (isOpaque(to) || to.name !== 'entry')) return null;
			if (to.name === 'entry' && from.kind === 'integer') return 'make an entry of a number with __pte() or mk_pte()';
			if (to.name === 'text') return 'a text is a string literal, or another text';
			if (to.name === 'step') return 'a time stamp comes from now() or another time stamp';
			return 'these types have nothing in common';
	}
}

function pointerMismatch(from: PointerType, to: PointerType): string | null {
	if (compatiblePointers(from, to)) return null;
	if (to.to.kind === 'function' && from.to.kind === 'function')
		return 'the function has other parameters or another result';
	return `these point to different types; if that is meant, write a cast: (${typeName(to)})`;
}

/** Converts by a cast that is written in the text. */
export function castTo(builder: FunctionBuilder, value: Value, type: Type, node: Node): Value {
	if (type.kind === 'void') return { kind: 'nothing', type };
	const from = value.type;
	if (!isScalar(type) || !isScalar(from)) {
		return fail(node, `"${typeName(from)}" cannot be cast to "${typeName(type)}"`);
	}
	const mistake = castMistake(value, from, type);
	if (mistake !== null) {
		fail(node, `"${typeName(from)}" cannot be cast to "${typeName(type)}"`, { advice: mistake });
	}
	return retype(builder, value, type);
}

function castMistake(value: Value, from: ScalarType, to: ScalarType): string | null {
	if (sameType(from, to)) return isOpaque(from) ? 'it has no value that could be used' : null;
	if (to.kind === 'pointer') {
		if (from.kind === 'pointer' || isNullConstant(value)) return null;
		return from.kind === 'machine' && from.name === 'entry' ? 'use __entry_table(entry)' : noPointerAsNumber;
	}
	if (from.kind === 'pointer') {
		if (to.kind === 'integer' && to.bits === 1) return null;
		return to.kind === 'machine' && to.name === 'entry' ? 'use __table_entry(table)' : noPointerAsNumber;
	}
	const isNumber = (type: ScalarType): boolean =>
		type.kind === 'integer' || (type.kind === 'machine' && type.name === 'entry');
	return isNumber(from) && isNumber(to) ? null : 'these types have nothing in common';
}

/** Refuses what C, or model C, cannot test for being zero. */
export function requireCondition(value: Value, node: Node): void {
	const { type } = value;
	if (type.kind === 'integer' || type.kind === 'pointer') return;
	if (type.kind === 'machine' && type.name === 'entry') {
		fail(node, 'an entry is neither true nor false', { advice: 'ask pte_none(), pte_present() or their like' });
	}
	fail(node, `a "${typeName(type)}" is neither true nor false`);
}
