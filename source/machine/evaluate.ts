/** Runs code to look at a state: debugger expressions and views. On a scratch store that is thrown away, so nothing changes. */

import type { FunctionCode, Instruction, Register, SourceLine } from '../language/code.ts';
import { IntegerError } from '../language/integer.ts';
import { plainLine } from '../language/plain-text.ts';
import { ImmerStore } from './immer-store.ts';
import { Execution } from './interpreter.ts';
import { hardwareSite, Journal } from './journal.ts';
import { type Machine, MachineError, type ViewRow } from './machine.ts';
import { contextName } from './names.ts';
import { firstFrame } from './stack.ts';
import type { MachineState, StackFrame } from './state.ts';
import type { Store } from './store.ts';
import { emptyRow } from './views.ts';

/** A compiled expression, as far as running it needs. */
export interface RunnableExpression {
	readonly code: readonly Instruction[];
	readonly lines: readonly SourceLine[];
	/** The scope function's registers come first. */
	readonly registers: number;
	readonly result: Register;
}

const functions = new WeakMap<RunnableExpression, FunctionCode>();

/** The expression as the body of a function that returns its value. */
function functionOf(expression: RunnableExpression): FunctionCode {
	let fn = functions.get(expression);
	if (fn === undefined) {
		const line = expression.lines.at(-1) ?? { file: -1, line: 1, column: 1, statement: false };
		fn = {
			name: '<expression>',
			type: { result: { kind: 'void' }, parameters: [] },
			file: -1,
			firstLine: 1,
			lastLine: 1,
			comment: '',
			isStatic: true,
			isLibraryHelper: false,
			role: 'plain',
			registers: expression.registers,
			code: [...expression.code, { op: 'return', source: expression.result }],
			lines: [...expression.lines, line],
			locals: [],
			memoryLocals: [],
		};
		functions.set(expression, fn);
	}
	return fn;
}

/**
 * The value of an expression in a state. Calls in it run on a copy. An access that would stop a CPU, a wait, a bound that was
 * passed: not ok, with the reason in one line.
 * @param context whose CPU it runs on and whose locals it names
 * @param frame the stack frame of those locals, 0 innermost
 */
export function evaluate(
	machine: Machine,
	state: MachineState,
	code: RunnableExpression,
	context: number,
	frame: number,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string } {
	const running = state.contexts[context];
	if (running === undefined) return { ok: false, message: 'there is no such CPU' };
	const scope = running.frames.at(-1 - frame);
	const registers = Array.from({ length: code.registers }, (_, index) => scope?.registers[index] ?? 0);
	const first: StackFrame = { function: -1, instruction: 0, registers, locals: scope?.locals ?? [], result: null };
	const store = new ImmerStore(machine, state, state.clock);
	const journal = new Journal(machine, state.clock, hardwareSite(contextName(machine, context), context));
	try {
		const execution = new Execution(store, journal, context, [first], running, functionOf(code));
		execution.runWhole();
		if (execution.status === 'returned') return { ok: true, value: execution.value };
		return { ok: false, message: plainLine(journal.violations.at(-1)?.title ?? 'it cannot be evaluated') };
	} catch (error) {
		return { ok: false, message: failure(error) };
	}
}

/**
 * Whether an expression that names no locals is other than 0, on any store; false where it cannot be evaluated. Calls in it
 * change the store, which is to be thrown away.
 */
export function isTrueOn(store: Store, code: RunnableExpression, context: number): boolean {
	const registers = new Array<number>(code.registers).fill(0);
	const first: StackFrame = { function: -1, instruction: 0, registers, locals: [], result: null };
	const journal = new Journal(store.machine, store.clock, hardwareSite(contextName(store.machine, context), context));
	try {
		const execution = new Execution(store, journal, context, [first], { frames: [] }, functionOf(code));
		execution.runWhole();
		return execution.status === 'returned' && execution.value !== 0;
	} catch (error) {
		failure(error);
		return false;
	}
}

/** The message of an error that running model code may end in; others are thrown on. */
function failure(error: unknown): string {
	if (error instanceof MachineError || error instanceof IntegerError) return plainLine(error.message);
	throw error;
}

/** The rows that a `__view` function draws of a state. When it fails, the last row says why. */
export function drawView(machine: Machine, state: MachineState, functionIndex: number): readonly ViewRow[] {
	const rows: ViewRow[] = [];
	const store = new ImmerStore(machine, state, state.clock);
	const journal = new Journal(machine, state.clock, hardwareSite('', 0), { rows });
	let problem: string | null = null;
	try {
		const execution = new Execution(store, journal, 0, [firstFrame(store, 0, functionIndex, [])], store.context(0));
		execution.runWhole();
		if (execution.status === 'dead') problem = journal.violations.at(-1)?.title ?? 'the view crashed';
	} catch (error) {
		problem = failure(error);
	}
	if (problem !== null) {
		const label = machine.program.functions[functionIndex]?.name ?? '';
		rows.push({ ...emptyRow(label), remarks: [plainLine(problem)] });
	}
	return rows;
}
