/** Forms that look like calls, but take variables, types or members. */

import type { Access } from '../code.ts';
import { fail } from '../semantics/complaint.ts';
import { requireObject } from '../semantics/resolve-type.ts';
import {
	boolType,
	cellsOf,
	fieldNames,
	fieldOf,
	intType,
	isScalar,
	isVoidPointer,
	longType,
	sameType,
	typeName,
	unsignedLongType,
	voidPointer,
	voidType,
} from '../semantics/typing.ts';
import type { Place, Value } from '../semantics/value.ts';
import { didYouMean } from '../suggestion.ts';
import type { Expression, Node } from '../syntax/ast.ts';
import type { Type } from '../types.ts';
import type { FunctionBuilder } from './builder.ts';
import { assignable, requireCondition, retype } from './conversion.ts';
import { loadPlace, storePlace } from './lower-access.ts';
import { type Call, requireEffect, valueArgument, valuesOf } from './lower-call.ts';
import { keepOnly, lowerExpression } from './lower-expression.ts';
import { lowerPerCpuPlace, lowerPerCpuPointer } from './lower-per-cpu.ts';
import { dereferenced, lowerPlace } from './lower-place.ts';
import { constantOf, typeOfArgument } from './unevaluated.ts';

type Form = (builder: FunctionBuilder, call: Call) => Value;

const nothing: Value = { kind: 'nothing', type: voidType };

const forms: Readonly<Record<string, Form>> = {
	READ_ONCE: (builder, call) => load(builder, call, 'once'),
	rcu_dereference: (builder, call) => load(builder, call, 'rcu'),
	rcu_access_pointer: (builder, call) => load(builder, call, 'once'),
	smp_load_acquire: (builder, call) => loadThrough(builder, call),
	WRITE_ONCE: (builder, call) => store(builder, call, 'once'),
	rcu_assign_pointer: (builder, call) => store(builder, call, 'rcu'),
	smp_store_release: (builder, call) => storeThrough(builder, call),
	smp_mb: (builder, call) => fence(builder, call, 'mb'),
	smp_rmb: (builder, call) => fence(builder, call, 'rmb'),
	smp_wmb: (builder, call) => fence(builder, call, 'wmb'),
	barrier: (_builder, call) => {
		take(call, 'barrier', 0);
		return nothing;
	},
	container_of: containerOf,
	offsetof: offsetOf,
	per_cpu: (builder, call) => loadPlace(builder, lowerPerCpuPlace(builder, call), call),
	this_cpu_ptr: (builder, call) => lowerPerCpuPointer(builder, call, 'this_cpu_ptr'),
	per_cpu_ptr: (builder, call) => lowerPerCpuPointer(builder, call, 'per_cpu_ptr'),
	kmalloc: (builder, call) => allocate(builder, call, 'kmalloc'),
	kzalloc: (builder, call) => allocate(builder, call, 'kzalloc'),
	kfree_rcu: freeAfterGracePeriod,
	wait_event: waitEvent,
	ERR_PTR: errorPointer,
	PTR_ERR: pointerError,
	IS_ERR: isError,
};

/** Their names. */
export const specialForms: readonly string[] = Object.keys(forms);

/** Whether a name is one of them. */
export function isSpecialForm(name: string): boolean {
	return Object.hasOwn(forms, name);
}

/** Lowers a special form. Fails with a Complaint. */
export function lowerSpecialForm(builder: FunctionBuilder, call: Call, name: string): Value {
	const form = forms[name];
	if (form === undefined) throw new Error(`no special form ${name}`);
	const mark = builder.temporaries;
	return keepOnly(builder, form(builder, call), mark);
}

/** The arguments, when there are as many as `name` takes. */
function take(call: Call, name: string, count: number): Expression[] {
	if (call.arguments.length !== count) {
		fail(call, `${name}() takes ${count} argument${count === 1 ? '' : 's'}, not ${call.arguments.length}`);
	}
	return valuesOf(call);
}

function nameOf(call: Call): string {
	return call.callee.kind === 'name' ? call.callee.name : '';
}

function load(builder: FunctionBuilder, call: Call, access: Access): Value {
	const [variable = call] = take(call, nameOf(call), 1);
	return loadPlace(builder, lowerPlace(builder, variable), variable, access);
}

function store(builder: FunctionBuilder, call: Call, access: Access): Value {
	const [variable = call, value = call] = take(call, nameOf(call), 2);
	return storeTo(builder, lowerPlace(builder, variable), value, variable, access);
}

function storeTo(builder: FunctionBuilder, place: Place, value: Expression, node: Node, access: Access): Value {
	if (!isScalar(place.type)) return fail(node, `a "${typeName(place.type)}" cannot be stored at once`);
	const converted = assignable(builder, lowerExpression(builder, value), place.type, value, 'what is written to');
	storePlace(builder, place, converted, node, access);
	return nothing;
}

function loadThrough(builder: FunctionBuilder, call: Call): Value {
	const [pointer = call] = take(call, 'smp_load_acquire', 1);
	return loadPlace(builder, pointed(builder, pointer), pointer, 'acquire');
}

function storeThrough(builder: FunctionBuilder, call: Call): Value {
	const [pointer = call, value = call] = take(call, 'smp_store_release', 2);
	return storeTo(builder, pointed(builder, pointer), value, pointer, 'release');
}

function pointed(builder: FunctionBuilder, pointer: Expression): Place {
	if (pointer.kind === 'addressOf') return lowerPlace(builder, pointer.operand);
	return dereferenced(builder, pointer, lowerExpression(builder, pointer));
}

function fence(builder: FunctionBuilder, call: Call, kind: 'mb' | 'rmb' | 'wmb'): Value {
	take(call, nameOf(call), 0);
	if (builder.innermostPure() !== null) fail(call, 'a barrier has no meaning here');
	builder.emit({ op: 'fence', kind });
	return nothing;
}

/** Where a member lies in a type: `member`, `member.inner`, `member[2]`. */
function memberOf(builder: FunctionBuilder, type: Type, member: Expression): { offset: number; type: Type } {
	const { structs } = builder.environment.types;
	if (member.kind === 'index') {
		const array = memberOf(builder, type, member.array);
		if (array.type.kind !== 'array') return fail(member, `"${typeName(array.type)}" is no array`);
		const index = constantOf(builder, member.index);
		if (index < 0 || index >= array.type.length) fail(member, `index ${index} is outside the array`);
		return { offset: array.offset + index * cellsOf(array.type.element, structs), type: array.type.element };
	}
	if (member.kind !== 'name' && (member.kind !== 'member' || member.arrow)) {
		return fail(member, 'this must be the name of a member');
	}
	const outer = member.kind === 'member' ? memberOf(builder, type, member.object) : { offset: 0, type };
	if (outer.type.kind !== 'struct') return fail(member, `"${typeName(outer.type)}" has no fields`);
	requireObject(member, outer.type, builder.environment.types, 'this');
	const field = fieldOf(outer.type.tag, member.name, structs);
	if (field === null) {
		const near = didYouMean(member.name, fieldNames(outer.type.tag, structs));
		return fail(member, `"${typeName(outer.type)}" has no field "${member.name}"${near}`);
	}
	return { offset: outer.offset + field.offset, type: field.type };
}

function containerOf(builder: FunctionBuilder, call: Call): Value {
	const [pointerArgument, typeArgument, memberArgument] = call.arguments;
	if (call.arguments.length !== 3 || typeArgument === undefined) {
		return fail(call, 'container_of() takes a pointer, a type and a member');
	}
	const container = typeOfArgument(builder, typeArgument);
	const member = memberOf(builder, container, valueArgument(memberArgument, call, 'the member'));
	const pointerNode = valueArgument(pointerArgument, call, 'the pointer');
	const pointer = lowerExpression(builder, pointerNode);
	const { type: from } = pointer;
	if (from.kind !== 'pointer' || !(isVoidPointer(from) || sameType(from.to, member.type))) {
		fail(
			pointerNode,
			`container_of() needs a "${typeName({ kind: 'pointer', to: member.type })}", this is "${typeName(from)}"`,
		);
	}
	const type: Type = { kind: 'pointer', to: container };
	if (pointer.kind === 'address') return { ...pointer, offset: pointer.offset - member.offset, type };
	const source = builder.register(pointer);
	if (member.offset === 0) return { kind: 'register', register: source, type };
	const result = builder.temporary();
	builder.emit({ op: 'field', result, pointer: source, offset: -member.offset });
	return { kind: 'register', register: result, type };
}

function offsetOf(builder: FunctionBuilder, call: Call): Value {
	const [typeArgument, memberArgument] = call.arguments;
	if (call.arguments.length !== 2 || typeArgument === undefined) {
		return fail(call, 'offsetof() takes a type and a member');
	}
	const container = typeOfArgument(builder, typeArgument);
	const { offset } = memberOf(builder, container, valueArgument(memberArgument, call, 'the member'));
	return { kind: 'constant', value: offset, type: unsignedLongType };
}

function allocate(builder: FunctionBuilder, call: Call, name: 'kmalloc' | 'kzalloc'): Value {
	requireEffect(builder, call, name);
	const [size, flags] = call.arguments;
	if (size === undefined || call.arguments.length !== 2) return fail(call, `${name}() takes a size and flags`);
	if (size.kind !== 'sizeof') {
		return fail(size, `${name}() allocates one object of a type`, {
			advice: `write ${name}(sizeof(struct x), GFP_KERNEL), or sizeof(*p)`,
		});
	}
	const object = typeOfArgument(builder, size.of);
	requireObject(size, object, builder.environment.types, 'what is allocated');
	const flagsNode = valueArgument(flags, call, 'the flags');
	const what = `argument 2 of "${name}"`;
	const value = assignable(builder, lowerExpression(builder, flagsNode), intType, flagsNode, what);
	const register = builder.register(value);
	const result = builder.temporary();
	const extra = builder.environment.layout(object, size);
	builder.emit({ op: 'primitive', result, name, arguments: [register], extra });
	return { kind: 'register', register: result, type: { kind: 'pointer', to: object } };
}

function freeAfterGracePeriod(builder: FunctionBuilder, call: Call): Value {
	requireEffect(builder, call, 'kfree_rcu');
	const [pointerNode = call, member = call] = take(call, 'kfree_rcu', 2);
	const pointer = lowerExpression(builder, pointerNode);
	if (pointer.type.kind !== 'pointer' || pointer.type.to.kind !== 'struct') {
		return fail(pointerNode, `kfree_rcu() needs a pointer to a struct, this is "${typeName(pointer.type)}"`);
	}
	const { type } = memberOf(builder, pointer.type.to, member);
	if (type.kind !== 'machine' || type.name !== 'rcu_head') {
		fail(member, `this member must be a "struct rcu_head", it is "${typeName(type)}"`);
	}
	const register = builder.register(pointer);
	builder.emit({ op: 'primitive', result: null, name: 'kfree_rcu', arguments: [register], extra: -1 });
	return nothing;
}

/** The region computes the condition, and who can make it true; the op is ready when it is true. */
function waitEvent(builder: FunctionBuilder, call: Call): Value {
	const [condition = call, waker] = take(call, 'wait_event', call.arguments.length === 2 ? 2 : 1);
	if (builder.innermostPure() !== null) fail(call, 'wait_event() has no meaning here');
	builder.emit({ op: 'awaitBegin' });
	builder.regions.push({ kind: 'await', node: call });
	const value = lowerExpression(builder, condition);
	requireCondition(value, condition);
	const register = builder.register(value);
	const end = { op: 'awaitEnd', condition: register } as const;
	if (waker === undefined) {
		builder.regions.pop();
		builder.emit(end);
		return nothing;
	}
	const cpu = builder.register(assignable(builder, lowerExpression(builder, waker), intType, waker, 'the CPU'));
	builder.regions.pop();
	builder.emit({ ...end, waker: cpu });
	return nothing;
}

function errorPointer(builder: FunctionBuilder, call: Call): Value {
	const [error = call] = take(call, 'ERR_PTR', 1);
	const value = assignable(builder, lowerExpression(builder, error), longType, error, 'the error');
	return retype(builder, value, voidPointer);
}

function pointerArgument(builder: FunctionBuilder, call: Call): Value {
	const [pointer = call] = take(call, nameOf(call), 1);
	const value = lowerExpression(builder, pointer);
	if (value.type.kind !== 'pointer') {
		fail(pointer, `${nameOf(call)}() needs a pointer, this is "${typeName(value.type)}"`);
	}
	return value;
}

function pointerError(builder: FunctionBuilder, call: Call): Value {
	const value = pointerArgument(builder, call);
	return { kind: 'register', register: builder.register(value), type: longType };
}

/** The numbers of error pointers are the only negative ones. */
function isError(builder: FunctionBuilder, call: Call): Value {
	const value = pointerArgument(builder, call);
	const left = builder.register(value);
	const right = builder.register({ kind: 'constant', value: 0, type: longType });
	const result = builder.temporary();
	builder.emit({ op: 'binary', result, operator: '<', left, right, type: longType });
	return { kind: 'register', register: result, type: boolType };
}
