/** Model C expressions in the debugger: compiled once, evaluated in a state, and shown as C would write them. */

import type { Instruction, Program } from '../language/code.ts';
import { ModelError } from '../language/diagnostics.ts';
import { compileExpression, type ExpressionCode } from '../language/expression.ts';
import { plainLine } from '../language/plain-text.ts';
import type { ScalarType, Type } from '../language/types.ts';
import { describeValue } from '../machine/describe.ts';
import { evaluate } from '../machine/evaluate.ts';
import { type MachineState, type MemoryObject, pointerStride } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';
import { placeOf } from './place.ts';

/** Where names are looked up: a stack frame of a context, 0 innermost. */
export interface Scope {
	readonly context: number;
	readonly frame: number;
}

/** A place in the code, as far as the compiler needs it to know the locals; null: globals only. */
export type CodeScope = { readonly function: number; readonly instruction: number } | null;

export type Evaluated =
	| { readonly ok: true; readonly value: number; readonly type: Type; readonly code: ExpressionCode }
	| { readonly ok: false; readonly message: string };

type Compiled =
	| { readonly ok: true; readonly code: ExpressionCode }
	| { readonly ok: false; readonly message: string; readonly full: string };

const compiled = new WeakMap<Program, Map<string, Compiled>>();
/** Compiled expressions kept per program: a watched one is evaluated at every step. */
const maxCompiled = 500;

/** Compiles an expression, or says in one line why it cannot be; `full` is the message with its caret, several lines. */
export function compileIn(program: Program, text: string, scope: CodeScope): Compiled {
	let known = compiled.get(program);
	if (known === undefined) {
		known = new Map();
		compiled.set(program, known);
	}
	const key = scope === null ? `:${text}` : `${scope.function},${scope.instruction}:${text}`;
	const found = known.get(key);
	if (found !== undefined) return found;
	if (known.size >= maxCompiled) known.clear();
	const result = compileFresh(program, text, scope);
	known.set(key, result);
	return result;
}

function compileFresh(program: Program, text: string, scope: CodeScope): Compiled {
	if (text.trim() === '') return { ok: false, message: 'an expression is missing', full: 'an expression is missing' };
	try {
		return { ok: true, code: compileExpression(program, text, scope) };
	} catch (error) {
		if (!(error instanceof ModelError)) throw error;
		const first = error.diagnostics[0];
		const advice = first?.advice === undefined ? '' : ` (${first.advice})`;
		return { ok: false, message: plainLine(`${first?.message ?? error.message}${advice}`), full: error.message };
	}
}

/** The scope of a stack frame in a state, for the compiler; null when the context has no such frame. */
export function codeScope(target: Target, state: MachineState, scope: Scope): CodeScope {
	const place = placeOf(target, state, scope.context, scope.frame);
	return place === null ? null : { function: place.function, instruction: place.instruction };
}

/** Evaluates an expression in a stack frame of a state. */
export function evaluateIn(target: Target, state: MachineState, text: string, scope: Scope): Evaluated {
	const code = compileIn(target.machine.program, text, codeScope(target, state, scope));
	return code.ok ? run(target, state, code.code, scope) : code;
}

function run(target: Target, state: MachineState, code: ExpressionCode, { context, frame }: Scope): Evaluated {
	const result = evaluate(target.machine, state, code, context, frame);
	return result.ok ? { ok: true, value: result.value, type: code.type, code } : result;
}

/** An expression whose names were settled when it was given, to be followed through other states. */
export interface Followed {
	readonly expression: string;
	readonly context: number;
	/** Null when it speaks of globals only. */
	readonly scope: CodeScope;
}

/**
 * Settles what an expression means: of globals only when it can, else in the scope of the given frame.
 * Returns the compiler's complaint when it means nothing.
 */
export function settle(target: Target, state: MachineState, text: string, scope: Scope): Followed | string {
	const { program } = target.machine;
	const here = codeScope(target, state, scope);
	const local = compileIn(program, text, here);
	if (!local.ok) return local.full;
	// A local hides a global of its name, so the meaning is global only where the text reads no local at all.
	const isGlobal = here === null || (compileIn(program, text, null).ok && !namesLocal(program, text, here));
	return { expression: text, context: scope.context, scope: isGlobal ? null : here };
}

function namesLocal(program: Program, text: string, scope: { readonly function: number }): boolean {
	const names = new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
	return program.functions[scope.function]?.locals.some((local) => names.has(local.name)) ?? false;
}

/**
 * The value of a followed expression in a state, or null where it has none: its function is not running, or a pointer on
 * the way leads nowhere.
 */
export function followedValue(target: Target, state: MachineState, followed: Followed): number | null {
	const code = compileIn(target.machine.program, followed.expression, followed.scope);
	if (!code.ok) return null;
	// Walking through time asks for every state twice, as the later one of a step and as the earlier one of the next.
	const isKnown = lastValue.state === state && lastValue.code === code.code && lastValue.context === followed.context;
	if (isKnown) return lastValue.value;
	const value = valueNow(target, state, followed, code.code);
	lastValue = { state, code: code.code, context: followed.context, value };
	return value;
}

let lastValue: {
	readonly state: MachineState | null;
	readonly code: ExpressionCode | null;
	readonly context: number;
	readonly value: number | null;
} = { state: null, code: null, context: 0, value: null };

function valueNow(target: Target, state: MachineState, followed: Followed, code: ExpressionCode): number | null {
	let frame = 0;
	if (followed.scope !== null) {
		const frames = state.contexts[followed.context]?.frames ?? [];
		const index = frames.findLastIndex(({ function: fn }) => fn === followed.scope?.function);
		if (index === -1) return null;
		frame = frames.length - 1 - index;
	}
	const result = run(target, state, code, { context: followed.context, frame });
	return result.ok ? result.value : null;
}

const ofMemoryOnly = new WeakMap<ExpressionCode, boolean>();
const memoryOps: ReadonlySet<Instruction['op']> = new Set([
	'constant',
	'move',
	'unary',
	'binary',
	'cast',
	'jump',
	'branch',
	'global',
	'field',
	'index',
	'load',
]);

/**
 * Whether a followed expression surely has the same value in two states, seen without evaluating it: it reads nothing but
 * memory, and memory is the same.
 */
export function surelySame(target: Target, followed: Followed, before: MachineState, after: MachineState): boolean {
	if (before.objects !== after.objects || followed.scope !== null) return false;
	const code = compileIn(target.machine.program, followed.expression, followed.scope);
	if (!code.ok) return true;
	let isOfMemory = ofMemoryOnly.get(code.code);
	if (isOfMemory === undefined) {
		isOfMemory = code.code.code.every(({ op }) => memoryOps.has(op));
		ofMemoryOnly.set(code.code, isOfMemory);
	}
	return isOfMemory;
}

/** The type of a followed expression. */
export function followedType(target: Target, followed: Followed): Type {
	const code = compileIn(target.machine.program, followed.expression, followed.scope);
	return code.ok ? code.code.type : { kind: 'void' };
}

export type ValueFormat = 'natural' | 'decimal' | 'hexadecimal';

/** A value as text; pointers and lock words by name unless a number format is asked for. */
export function valueText(
	target: Target,
	state: MachineState,
	type: Type,
	value: number,
	format: ValueFormat = 'natural',
): string {
	switch (format) {
		case 'decimal':
			return String(value);
		case 'hexadecimal':
			return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
		case 'natural':
			return isScalar(type) ? plainLine(describeValue(target.machine, state, type, value)) : String(value);
		default:
			return format satisfies never;
	}
}

export function isScalar(type: Type): type is ScalarType {
	return type.kind === 'integer' || type.kind === 'pointer' || type.kind === 'machine';
}

/** The object that a pointer leads into, or null. */
export function objectAt(state: MachineState, pointer: number): MemoryObject | null {
	return pointer <= 0 ? null : (state.objects[Math.floor(pointer / pointerStride)] ?? null);
}

/** The struct or array that starts at a pointer, one line a cell: `.lock = 0`, `.used_map[2] = 1`. At most `limit` lines. */
export function aggregateLines(
	target: Target,
	state: MachineState,
	type: Type,
	pointer: number,
	format: ValueFormat,
	limit = 200,
): string[] {
	const object = objectAt(state, pointer);
	if (object === null) return [];
	const lines: string[] = [];
	const start = pointer % pointerStride;
	for (const { path, type: cellType, offset } of cellsOf(target.machine.program, type, '')) {
		if (lines.length === limit) return [...lines, '...'];
		const value = object.cells[start + offset];
		if (value === undefined) return [...lines, `${path} lies beyond the end of the object`];
		lines.push(`${path} = ${valueText(target, state, cellType, value, format)}`);
	}
	if (object.status === 'freed') lines.push('(this object has been freed; these are the values that were left)');
	return lines;
}

function* cellsOf(
	program: Program,
	type: Type,
	path: string,
	offset = 0,
): Generator<{ readonly path: string; readonly type: ScalarType; readonly offset: number }> {
	switch (type.kind) {
		case 'struct':
			for (const field of program.structs[type.tag]?.fields ?? []) {
				yield* cellsOf(program, field.type, `${path}.${field.name}`, offset + field.offset);
			}
			return;
		case 'array': {
			const size = cellCount(program, type.element);
			for (let index = 0; index < type.length; index++) {
				yield* cellsOf(program, type.element, `${path}[${index}]`, offset + index * size);
			}
			return;
		}
		case 'function':
		case 'void':
			return;
		default:
			yield { path, type, offset };
	}
}

/** Size of a type in cells. */
export function cellCount(program: Program, type: Type): number {
	switch (type.kind) {
		case 'struct':
			return program.structs[type.tag]?.cells ?? 1;
		case 'array':
			return type.length * cellCount(program, type.element);
		default:
			return 1;
	}
}
