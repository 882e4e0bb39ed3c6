/** Lvalues: where they are, reading and writing them. */

import type { Register } from '../code.ts';
import { Complaint, fail } from '../semantics/complaint.ts';
import type { GlobalSymbol, LocalSymbol, NameSymbol } from '../semantics/symbols.ts';
import { cellsOf, fieldNames, fieldOf, typeName } from '../semantics/typing.ts';
import type { Owner, Place, Value } from '../semantics/value.ts';
import { didYouMean } from '../suggestion.ts';
import type { Expression, Node } from '../syntax/ast.ts';
import type { ArrayType, PointerType, Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { loadPlace } from './lower-access.ts';
import { lowerExpression } from './lower-expression.ts';
import { lowerPerCpuPlace } from './lower-per-cpu.ts';
import { requireDefined, resolveName } from './resolve-name.ts';

/** Whether an expression is written as something that has an address or a register. */
export function isPlaceExpression(expression: Expression, builder: FunctionBuilder): boolean {
	switch (expression.kind) {
		case 'name': {
			const symbol = builder.lookUp(expression.name);
			return symbol?.kind === 'local' || symbol?.kind === 'global';
		}
		case 'member':
		case 'index':
		case 'dereference':
			return true;
		case 'call':
			return expression.callee.kind === 'name' && expression.callee.name === 'per_cpu';
		default:
			return false;
	}
}

/** @param perCpu register of the CPU whose copy is meant, `null` for the running one; undefined where no copy is chosen */
export function lowerPlace(builder: FunctionBuilder, expression: Expression, perCpu?: Register | null): Place {
	return builder.at(expression, () => {
		switch (expression.kind) {
			case 'name':
				return namedPlace(builder, expression, resolveName(builder, expression, expression.name), perCpu);
			case 'dereference':
				return dereferenced(builder, expression, lowerExpression(builder, expression.operand));
			case 'member':
				return memberPlace(builder, expression, perCpu);
			case 'index':
				return indexPlace(builder, expression, perCpu);
			case 'call':
				if (isPlaceExpression(expression, builder)) return lowerPerCpuPlace(builder, expression);
				break;
			default:
		}
		return fail(expression, 'this is a value, not a variable: it cannot be assigned to and has no address');
	});
}

function namedPlace(builder: FunctionBuilder, node: Node, symbol: NameSymbol, perCpu?: Register | null): Place {
	switch (symbol.kind) {
		case 'local':
			return localPlace(builder, node, symbol);
		case 'global':
			return globalPlace(builder, node, symbol, perCpu);
		case 'function':
			return fail(node, 'a function is no variable');
		case 'constant':
			return fail(node, 'an enumerator is no variable');
		case 'broken':
			throw new Complaint(null);
	}
}

function localPlace(builder: FunctionBuilder, node: Node, symbol: LocalSymbol): Place {
	const { type, place } = symbol;
	if (symbol.isGhost && !builder.inGhost()) {
		fail(node, `"${symbol.name}" is a ghost variable, and this code is not`, { advice: 'use it inside ghost { }' });
	}
	if (place.kind === 'register') return { kind: 'register', symbol, register: place.register, type };
	const result = builder.temporary();
	builder.emit({ op: 'local', result, local: place.local });
	const base: Value = { kind: 'register', register: result, type: { kind: 'pointer', to: type } };
	return { kind: 'memory', base, offset: 0, type, owner: 'local', symbol };
}

function globalPlace(builder: FunctionBuilder, node: Node, symbol: GlobalSymbol, perCpu?: Register | null): Place {
	const { type } = symbol;
	requireDefined(builder, node, symbol);
	const owner: Owner = symbol.isGhost ? 'ghost' : 'shared';
	const pointer: PointerType = { kind: 'pointer', to: type };
	if (!symbol.isPerCpu) {
		if (perCpu !== undefined) {
			fail(node, `"${symbol.name}" is not per-CPU data`, {
				advice: 'declare it with DEFINE_PER_CPU, or use it directly',
			});
		}
		const base: Value = { kind: 'address', global: symbol, offset: 0, type: pointer };
		return { kind: 'memory', base, offset: 0, type, owner, symbol: null };
	}
	const cpu = perCpu === undefined && builder.isExpression ? null : perCpu;
	if (cpu === undefined) {
		return fail(node, `"${symbol.name}" is per-CPU data: whose copy is meant?`, {
			advice: `write this_cpu_ptr(&${symbol.name}), per_cpu_ptr(&${symbol.name}, cpu) or per_cpu(${symbol.name}, cpu)`,
		});
	}
	const result = builder.temporary();
	builder.emit({ op: 'global', result, global: symbol.index ?? 0, cpu });
	return {
		kind: 'memory',
		base: { kind: 'register', register: result, type: pointer },
		offset: 0,
		type,
		owner,
		symbol: null,
	};
}

/** The place that a pointer points to. */
export function dereferenced(builder: FunctionBuilder, node: Node, pointer: Value): Place {
	const { type } = pointer;
	if (type.kind !== 'pointer') fail(node, `this is "${typeName(type)}", not a pointer`);
	if (type.to.kind === 'void') {
		fail(node, 'a void pointer points to nothing in particular', { advice: 'give it a type first' });
	}
	requireComplete(builder, node, type.to);
	return { kind: 'memory', base: pointer, offset: 0, type: type.to, owner: 'shared', symbol: null };
}

function requireComplete(builder: FunctionBuilder, node: Node, type: Type): void {
	if (type.kind !== 'struct' || cellsOf(type, builder.environment.types.structs) > 0) return;
	fail(node, `the fields of "struct ${type.tag}" are not declared here`, {
		advice: 'include the header that declares them',
	});
}

function memberPlace(
	builder: FunctionBuilder,
	expression: Expression & { kind: 'member' },
	perCpu?: Register | null,
): Place {
	const { name, arrow, object } = expression;
	let place: Place;
	if (arrow) {
		place = dereferenced(builder, expression, pointerBefore(builder, expression));
	} else {
		place = lowerPlace(builder, object, perCpu);
		if (place.type.kind === 'pointer' && place.type.to.kind === 'struct') {
			fail(expression, `this is a pointer, not a struct`, { advice: `write ->${name} instead of .${name}` });
		}
	}
	const { type } = place;
	if (type.kind !== 'struct') return fail(expression, `"${typeName(type)}" has no fields`);
	requireComplete(builder, expression, type);
	if (place.kind === 'register') return fail(expression, `"${typeName(type)}" has no fields`);
	const { structs } = builder.environment.types;
	const field = fieldOf(type.tag, name, structs);
	if (field === null) {
		return fail(
			expression,
			`"${typeName(type)}" has no field "${name}"${didYouMean(name, fieldNames(type.tag, structs))}`,
		);
	}
	return { ...place, offset: place.offset + field.offset, type: field.type };
}

/** The value before `->`. */
function pointerBefore(builder: FunctionBuilder, { object, name }: Expression & { kind: 'member' }): Value {
	if (!isPlaceExpression(object, builder)) return lowerExpression(builder, object);
	const place = lowerPlace(builder, object);
	if (place.type.kind === 'struct') {
		fail(object, 'this is a struct, not a pointer', { advice: `write .${name} instead of ->${name}` });
	}
	return loadPlace(builder, place, object);
}

function indexPlace(
	builder: FunctionBuilder,
	expression: Expression & { kind: 'index' },
	perCpu?: Register | null,
): Place {
	const array = arrayPlace(builder, expression.array, perCpu);
	const { type } = array;
	const index = lowerExpression(builder, expression.index);
	if (index.type.kind !== 'integer') fail(expression.index, 'an array index is an integer');
	const stride = cellsOf(type.element, builder.environment.types.structs);
	if (index.kind === 'constant') {
		if (index.value < 0 || index.value >= type.length) {
			fail(expression.index, `index ${index.value} is outside the array "${typeName(type)}"`);
		}
		return { ...array, offset: array.offset + index.value * stride, type: type.element };
	}
	const pointer = placeRegister(builder, array);
	const indexRegister = builder.register(index);
	const result = builder.temporary();
	builder.emit({ op: 'index', result, pointer, index: indexRegister, stride, length: type.length });
	const base: Value = { kind: 'register', register: result, type: { kind: 'pointer', to: type.element } };
	return { ...array, base, offset: 0, type: type.element };
}

function arrayPlace(
	builder: FunctionBuilder,
	expression: Expression,
	perCpu?: Register | null,
): Place & { kind: 'memory'; type: ArrayType } {
	const place = isPlaceExpression(expression, builder) ? lowerPlace(builder, expression, perCpu) : null;
	const type = place?.type ?? lowerExpression(builder, expression).type;
	if (type.kind === 'pointer') {
		fail(expression, 'a pointer cannot be indexed: model C has no pointer arithmetic', {
			advice: 'point to the struct that holds the array, and index the array there: p->array[i]',
		});
	}
	if (place === null || place.kind !== 'memory' || type.kind !== 'array') {
		return fail(expression, `"${typeName(type)}" is no array`);
	}
	return { ...place, type };
}

/** The address of a place. */
export function addressOf(builder: FunctionBuilder, place: Place, node: Node): Value {
	if (place.kind === 'register') {
		return fail(node, `"${place.symbol.name}" has no address here`);
	}
	const type: PointerType = { kind: 'pointer', to: place.type };
	if (place.base.kind === 'address') return { ...place.base, offset: place.base.offset + place.offset, type };
	return { kind: 'register', register: placeRegister(builder, place), type };
}

/** The register that holds the address of a place. */
export function placeRegister(builder: FunctionBuilder, place: Place & { kind: 'memory' }): Register {
	if (place.base.kind === 'address') {
		return builder.register({ ...place.base, offset: place.base.offset + place.offset });
	}
	const pointer = builder.register(place.base);
	if (place.offset === 0) return pointer;
	const result = builder.temporary();
	builder.emit({ op: 'field', result, pointer, offset: place.offset });
	return result;
}
