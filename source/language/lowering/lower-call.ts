/** Calls: of functions, through pointers, and of the machine's primitives. */

import type { Register } from '../code.ts';
import { type PrimitiveName, primitives } from '../primitives.ts';
import { Complaint, fail } from '../semantics/complaint.ts';
import { type Signature, type SignatureType, signatureOf } from '../semantics/signature.ts';
import type { FunctionSymbol } from '../semantics/symbols.ts';
import { isOpaque, isScalar, typeName, voidType } from '../semantics/typing.ts';
import type { Value } from '../semantics/value.ts';
import { didYouMean } from '../suggestion.ts';
import type { Expression, Node, TypeArgument } from '../syntax/ast.ts';
import type { FunctionType, Type } from '../types.ts';
import { viewTones } from '../view-tones.ts';
import { violationKinds } from '../violation-kinds.ts';
import type { FunctionBuilder } from './builder.ts';
import { assignable } from './conversion.ts';
import { lowerFormatArguments } from './format.ts';
import { lowerExpression } from './lower-expression.ts';
import { requireDefined } from './resolve-name.ts';
import { isSpecialForm, lowerSpecialForm, specialForms } from './special-forms.ts';

export type Call = Expression & { readonly kind: 'call' };

/** Whether a primitive of this name exists. */
export function isPrimitive(name: string): name is PrimitiveName {
	return Object.hasOwn(primitives, name);
}

/** A call of a function, a special form, a primitive, or through a pointer. @param wanted false when nobody uses the result */
export function lowerCall(builder: FunctionBuilder, call: Call, wanted: boolean): Value {
	const { callee } = call;
	if (callee.kind === 'name') {
		const symbol = builder.lookUp(callee.name);
		if (symbol?.kind === 'broken') throw new Complaint(null);
		if (symbol?.kind === 'function') return callFunction(builder, call, symbol, wanted);
		if (symbol === undefined) {
			if (isSpecialForm(callee.name)) return lowerSpecialForm(builder, call, callee.name);
			if (isPrimitive(callee.name)) return callPrimitive(builder, call, callee.name);
			unknownFunction(builder, callee, callee.name);
		}
	}
	return callThroughPointer(builder, call, wanted);
}

function unknownFunction(builder: FunctionBuilder, node: Node, name: string): never {
	const hint = builder.environment.hint(name);
	if (hint !== null) fail(node, `"${name}" is not declared here`, { advice: hint });
	const names = [...builder.names(), ...Object.keys(primitives), ...specialForms];
	return fail(node, `there is no function "${name}"${didYouMean(name, names)}`, {
		advice: 'declare it before its use, or include the header that does',
	});
}

function callFunction(builder: FunctionBuilder, call: Call, symbol: FunctionSymbol, wanted: boolean): Value {
	requireDefined(builder, call, symbol);
	if (symbol.role !== 'plain') {
		fail(call, `"${symbol.name}" is run by the machine, not by the model`, {
			advice: 'move what both need into a function of its own',
		});
	}
	const mark = builder.temporaries;
	const registers = lowerArguments(builder, call, symbol.type, symbol);
	builder.temporaries = mark;
	const isVoid = symbol.type.result.kind === 'void';
	const result = wanted && !isVoid ? builder.temporary() : null;
	builder.emit({ op: 'call', result, function: symbol.index ?? 0, arguments: registers });
	return resultValue(result, symbol.type.result);
}

function resultValue(result: Register | null, type: Type): Value {
	return result === null ? { kind: 'nothing', type } : { kind: 'register', register: result, type };
}

function callThroughPointer(builder: FunctionBuilder, call: Call, wanted: boolean): Value {
	const mark = builder.temporaries;
	const pointer = lowerExpression(builder, call.callee);
	const type = pointer.type.kind === 'pointer' ? pointer.type.to : pointer.type;
	if (type.kind !== 'function') return fail(call, `"${typeName(pointer.type)}" cannot be called`);
	const region = builder.innermostPure();
	if (region !== null && region.kind !== 'expression') {
		fail(call, `a call through a pointer in ${regionName(region.kind)}: what it does is not known`, {
			advice: 'call the function by its name',
		});
	}
	const callee = builder.register(pointer);
	const registers = lowerArguments(builder, call, type, null);
	builder.temporaries = mark;
	const result = wanted && type.result.kind !== 'void' ? builder.temporary() : null;
	builder.emit({ op: 'callPointer', result, callee, arguments: registers });
	return resultValue(result, type.result);
}

function lowerArguments(
	builder: FunctionBuilder,
	call: Call,
	type: FunctionType,
	symbol: FunctionSymbol | null,
): Register[] {
	const name = symbol === null ? 'this function' : `"${symbol.name}"`;
	const { parameters } = type;
	const notes = symbol === null ? {} : { notes: [{ message: 'declared here', position: symbol.node.position }] };
	requireCount(call, name, parameters.length, parameters.length, notes);
	return valuesOf(call).map((argument, index) => {
		const value = lowerExpression(builder, argument);
		const parameter = parameters[index] ?? voidType;
		return builder.register(assignable(builder, value, parameter, argument, `argument ${index + 1} of ${name}`));
	});
}

/** Refuses a wrong number of arguments. */
function requireCount(call: Call, name: string, least: number, most: number, options: object): void {
	const given = call.arguments.length;
	if (given >= least && given <= most) return;
	const expected = most === least ? `${least}` : `at least ${least}`;
	fail(call, `${name} takes ${expected} argument${least === 1 ? '' : 's'}, not ${given}`, options);
}

/** The arguments as expressions; a type among them is a mistake. */
export function valuesOf(call: Call): Expression[] {
	return call.arguments.map((argument) =>
		argument.kind === 'typeArgument' ? fail(argument, 'a type cannot be an argument here') : argument,
	);
}

/** The expressions among arguments of which some may be types. */
export function valueArgument(argument: Expression | TypeArgument | undefined, call: Call, what: string): Expression {
	if (argument === undefined) return fail(call, `${what} is missing`);
	if (argument.kind === 'typeArgument') return fail(argument, `${what} is a value, not a type`);
	return argument;
}

/** Refuses a primitive where nothing may be changed. */
export function requireEffect(builder: FunctionBuilder, node: Node, name: PrimitiveName): void {
	const region = builder.innermostPure();
	if (region === null || isHarmless(name)) return;
	if (region.kind === 'expression') {
		fail(node, `${name}() changes the state, and expressions in the debugger must not`);
	}
	fail(node, `${name}() in ${regionName(region.kind)}`, {
		advice: 'only primitives that read the state, or report, may be used here',
	});
}

function regionName(kind: 'ghost' | 'await' | 'expression' | 'atomic'): string {
	return kind === 'await' ? 'the condition of wait_event()' : 'ghost code';
}

/** Whether a primitive may be called where nothing may be changed: it reads, or it reports. */
export function isHarmless(name: PrimitiveName): boolean {
	const { effect } = primitives[name];
	return effect === 'pure' || effect === 'ghost' || name === 'smp_processor_id';
}

function callPrimitive(builder: FunctionBuilder, call: Call, name: PrimitiveName): Value {
	requireEffect(builder, call, name);
	const signature = signatureOf(name);
	const least = signature.parameters.length;
	requireCount(call, `"${name}"`, least, signature.variadic ? Number.POSITIVE_INFINITY : least, {});
	const mark = builder.temporaries;
	const { registers, extra, generic } = primitiveArguments(builder, call, name, signature);
	builder.temporaries = mark;
	const type = signature.result === 'T' ? (generic ?? voidType) : realType(signature.result);
	// A result that nobody uses is still computed: its register is a temporary.
	const result = type.kind === 'void' ? null : builder.temporary();
	builder.emit({ op: 'primitive', result, name, arguments: registers, extra });
	return resultValue(result, type);
}

function realType(type: SignatureType): Type {
	return typeof type === 'string' ? voidType : type;
}

interface PrimitiveArguments {
	readonly registers: readonly Register[];
	/** Index of the format's text, or -1. */
	readonly extra: number;
	/** What T stands for. */
	readonly generic: Type | null;
}

function primitiveArguments(
	builder: FunctionBuilder,
	call: Call,
	name: PrimitiveName,
	signature: Signature,
): PrimitiveArguments {
	const values = valuesOf(call);
	const plain = signature.variadic ? signature.parameters.length - 1 : signature.parameters.length;
	let generic: Type | null = null;
	const registers = values.slice(0, plain).map((argument, index) => {
		const what = `argument ${index + 1} of "${name}"`;
		checkWord(name, index, argument);
		const value = lowerExpression(builder, argument);
		const parameter = signature.parameters[index] ?? 'T';
		if (parameter === 'T *') generic = pointedScalar(value, argument, what);
		const type = parameter === 'T' ? (generic ?? voidType) : parameter === 'T *' ? value.type : parameter;
		return builder.register(assignable(builder, value, type, argument, what));
	});
	if (!signature.variadic) return { registers, extra: -1, generic };
	const format = values[plain];
	if (format?.kind !== 'string') {
		return fail(format ?? call, `argument ${plain + 1} of "${name}" is a format: a string literal`, {
			advice: 'to print a text, write "%s", text',
		});
	}
	const printed = lowerFormatArguments(builder, format, values.slice(plain + 1));
	return { registers: [...registers, ...printed], extra: builder.environment.text(format.value), generic };
}

function pointedScalar(value: Value, node: Node, what: string): Type {
	const { type } = value;
	if (type.kind !== 'pointer' || !isScalar(type.to) || isOpaque(type.to)) {
		return fail(node, `${what} is a pointer to one integer, pointer or entry, this is "${typeName(type)}"`);
	}
	return type.to;
}

/** Words of a closed vocabulary, where they are written as literals. */
function checkWord(name: PrimitiveName, index: number, argument: Expression): void {
	if (index !== 0) return;
	if (name === 'violation' || name === 'warning' || name === 'note') {
		if (argument.kind !== 'string') fail(argument, `the kind of a ${name} is a string literal`);
		requireWord(argument, violationKinds, `"${argument.value}" is no kind of violation`);
	}
	if (name === 'view_cell' || name === 'view_badge') {
		for (const literal of literals(argument)) requireWord(literal, viewTones, `"${literal.value}" is no tone`);
	}
}

function requireWord(literal: Expression & { kind: 'string' }, words: readonly string[], message: string): void {
	if (words.includes(literal.value)) return;
	fail(literal, `${message}${didYouMean(literal.value, words)}`, { advice: `the words are ${words.join(', ')}` });
}

function literals(expression: Expression): (Expression & { kind: 'string' })[] {
	if (expression.kind === 'string') return [expression];
	if (expression.kind !== 'conditional') return [];
	return [...literals(expression.then), ...literals(expression.otherwise)];
}
