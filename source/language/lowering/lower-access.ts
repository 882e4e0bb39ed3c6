/** Reading and writing what a place names. */

import type { Access, Register } from '../code.ts';
import { fail } from '../semantics/complaint.ts';
import { isOpaque, isScalar, layoutOf, typeName } from '../semantics/typing.ts';
import type { Place, Value } from '../semantics/value.ts';
import type { Node } from '../syntax/ast.ts';
import type { Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { placeRegister } from './lower-place.ts';

/** Reads a scalar place. */
export function loadPlace(builder: FunctionBuilder, place: Place, node: Node, access: Access = 'plain'): Value {
	const { type } = place;
	if (!isScalar(type)) return fail(node, notAValue(type), { advice: valueAdvice(type) });
	if (isOpaque(type) && !builder.isExpression) {
		fail(node, `a "${typeName(type)}" has no value to read`, {
			advice: 'ask lock_is_held(), lock_is_taken() or spin_is_locked()',
		});
	}
	if (place.kind === 'register') return { kind: 'register', register: place.register, type };
	return { kind: 'register', register: loadCell(builder, placeRegister(builder, place), type, access), type };
}

function notAValue(type: Type): string {
	return `"${typeName(type)}" cannot be used as a value`;
}

function valueAdvice(type: Type): string {
	if (type.kind === 'array') return 'use one of its elements, or pass a pointer to the struct that holds it';
	return 'use one of its fields, or take its address';
}

/** Emits a load of one cell, as any scalar type. */
export function loadCell(
	builder: FunctionBuilder,
	pointer: Register,
	type: Type,
	access: Access,
	result = builder.temporary(),
): Register {
	if (!isScalar(type)) throw new Error(`cannot load a ${typeName(type)}`);
	builder.emit({ op: 'load', result, pointer, access, type });
	return result;
}

/** Writes an already converted value. Fails where this code must not write that place. */
export function storePlace(
	builder: FunctionBuilder,
	place: Place,
	value: Value,
	node: Node,
	access: Access = 'plain',
): void {
	requireWritable(builder, place, node);
	if (place.kind === 'register') {
		builder.moveTo(place.register, value);
		return;
	}
	const { type } = place;
	if (!isScalar(type)) throw new Error(`cannot store a ${typeName(type)}`);
	const source = builder.register(value);
	const pointer = placeRegister(builder, place);
	builder.emit({ op: 'store', pointer, source, access, type }, place.owner);
}

/** Ghost code, conditions of wait_event and debugger expressions change nothing that the model can see. */
function requireWritable(builder: FunctionBuilder, place: Place, node: Node): void {
	const region = builder.innermostPure();
	const symbol = place.symbol;
	const isOwn = symbol !== null && (place.kind === 'register' || place.owner === 'local');
	const ghost = place.kind === 'memory' ? place.owner === 'ghost' : false;
	// What is written outside such a region is a question of the whole program: see effects.ts.
	if (region === null) return;
	if (isOwn && (symbol.pureDepth >= builder.pureDepth() || (symbol.isGhost && region.kind === 'ghost'))) return;
	switch (region.kind) {
		case 'ghost':
			if (ghost) return;
			fail(node, 'ghost code writes something that is not ghost', {
				advice: isOwn
					? `declare "${symbol.name}" as __ghost, or inside the ghost block`
					: 'write a __ghost variable by its name; ghost code must not change what the model can see',
			});
			break;
		case 'await':
			fail(node, 'the condition of wait_event() must not change anything');
			break;
		case 'expression':
			fail(node, 'expressions in the debugger must not change anything', {
				advice: 'to compare, write ==',
			});
			break;
		case 'atomic':
	}
}

/** Copies a struct or array cell by cell. */
export function copyObject(
	builder: FunctionBuilder,
	target: Place & { kind: 'memory' },
	source: Place & { kind: 'memory' },
	node: Node,
): void {
	requireWritable(builder, target, node);
	const { cells } = layoutOf(target.type, builder.environment.types.structs);
	const fromRegister = placeRegister(builder, source);
	const toRegister = placeRegister(builder, target);
	for (const [cell, { type }] of cells.entries()) {
		const mark = builder.temporaries;
		const at = (pointer: Register): Register => {
			if (cell === 0) return pointer;
			const result = builder.temporary();
			builder.emit({ op: 'field', result, pointer, offset: cell });
			return result;
		};
		const value = loadCell(builder, at(fromRegister), type, 'plain');
		builder.emit({ op: 'store', pointer: at(toRegister), source: value, access: 'plain', type }, target.owner);
		builder.temporaries = mark;
	}
}
