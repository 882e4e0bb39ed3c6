/**
 * The frames of a context while they run: where each stands, for reports, stamps and traces, and what the running one is inside of.
 * The registers of the running frame are a plain array until the step is over, when `writeBack` puts the frames into the store; so
 * nothing but the context itself may rely on its frames meanwhile.
 */

import { type FunctionCode, positionOf } from '../language/code.ts';
import { IntegerError } from '../language/integer.ts';
import type { Journal, Site } from './journal.ts';
import { type Machine, MachineError } from './machine.ts';
import { contextName } from './names.ts';
import type { Context, StackFrame, Stamp } from './state.ts';
import type { Store } from './store.ts';
import type { CodePlace } from './trace.ts';
import type { StackEntry } from './violation.ts';
import { opKinds } from './visibility.ts';

const nothingBelow = { frames: [] };

/** One object with what runs them (calls.ts, interpreter.ts): every instruction touches its fields. */
export abstract class RunningFrames implements Site {
	readonly store: Store;
	readonly machine: Machine;
	readonly journal: Journal;
	readonly context: number;
	/** `returned`: the last frame is gone. */
	status: 'running' | 'returned' | 'dead' = 'running';
	/** Identifies the running frame among all that this execution has entered or come back to. */
	serial = 0;

	protected readonly below: Pick<Context, 'frames'>;
	private readonly pseudoCode: FunctionCode | null;
	/** Callers of the running frame, outermost first. They are never written to. */
	protected callers: StackFrame[];
	protected serials: number[];
	protected lastSerial = 0;
	protected code: FunctionCode;
	/** Of `code`, see visibility.ts. */
	protected kinds: Uint8Array;
	protected functionIndex: number;
	protected next: number;
	protected registers: number[];
	protected locals: readonly number[];
	protected result: number | null;
	private wroteFrames = false;

	protected ghostDepth = 0;
	/** Number of callers of the frame that has the outermost open ghost region. */
	protected ghostCallers = 0;
	protected atomicDepth = 0;
	protected awaitDepth = 0;
	protected isWhole = false;

	/**
	 * Goes on where frames stand, the last one running.
	 * @param below has the frames of the same context that lie under these and are not run; they are looked at only when it matters
	 * @param code stands for the code of the running frame's function when that is no function of the program
	 */
	constructor(
		store: Store,
		journal: Journal,
		context: number,
		frames: readonly StackFrame[],
		below: Pick<Context, 'frames'> = nothingBelow,
		code: FunctionCode | null = null,
	) {
		this.store = store;
		this.machine = store.machine;
		this.journal = journal;
		this.context = context;
		this.below = below;
		this.callers = frames.slice(0, -1);
		this.serials = this.callers.map(() => ++this.lastSerial);
		const frame = frames.at(-1);
		if (frame === undefined) throw new MachineError(`${contextName(this.machine, context)} has no frame to run`, '');
		this.pseudoCode = code;
		this.code = this.codeOf(frame);
		this.kinds = opKinds(this.code);
		this.functionIndex = frame.function;
		this.next = frame.instruction;
		this.registers = frame.registers.slice();
		this.locals = frame.locals;
		this.result = frame.result;
		this.serial = ++this.lastSerial;
	}

	get actor(): string {
		return contextName(this.machine, this.context);
	}

	get function(): number {
		return this.functionIndex;
	}

	get instruction(): number {
		return this.next;
	}

	/** Stack depth, 1 for the entry function. */
	get depth(): number {
		return this.below.frames.length + this.callers.length + 1;
	}

	get runningCode(): FunctionCode {
		return this.code;
	}

	stack(): readonly StackEntry[] {
		return this.stackOf(this.code, this.next, this.framesBelow());
	}

	private stackOf(code: FunctionCode, instruction: number, callers: readonly StackFrame[]): readonly StackEntry[] {
		const entries: StackEntry[] = [this.entryAt(code, instruction)];
		for (const frame of callers.toReversed()) {
			const fn = this.machine.program.functions[frame.function];
			if (fn !== undefined) entries.push(this.entryAt(fn, callOf(frame)));
		}
		return entries;
	}

	place(): StackEntry {
		const { program } = this.machine;
		// What checking code reports is about the code that it checks: the frame whose ghost region called it.
		const checked = this.ghostDepth > 0 ? this.callers[this.ghostCallers] : undefined;
		const fn = checked === undefined ? undefined : program.functions[checked.function];
		if (checked !== undefined && fn?.isLibraryHelper === false) return this.entryAt(fn, callOf(checked));
		const stamp = this.stamp();
		return this.entryAt(program.functions[stamp.function] ?? this.code, stamp.instruction);
	}

	/** This moment and place, for provenance. Inside a library helper the place is the call that led there. */
	stamp(): Stamp {
		let at = { function: this.functionIndex, instruction: this.next };
		if (this.code.isLibraryHelper) {
			const isOwn = (frame: StackFrame) => this.machine.program.functions[frame.function]?.isLibraryHelper === false;
			const caller = this.callers.findLast(isOwn) ?? this.below.frames.findLast(isOwn);
			if (caller !== undefined) at = { function: caller.function, instruction: callOf(caller) };
		}
		return { step: this.store.clock, context: this.context, ...at };
	}

	private entryAt(fn: FunctionCode, instruction: number): StackEntry {
		const { file, line } = positionOf(this.machine.program, fn, instruction);
		return { function: fn.name, file, line };
	}

	private codeOf(frame: StackFrame): FunctionCode {
		return frame.function < 0 && this.pseudoCode !== null ? this.pseudoCode : this.functionAt(frame.function);
	}

	protected functionAt(index: number): FunctionCode {
		const fn = this.machine.program.functions[index];
		if (fn === undefined) throw new MachineError(`there is no function ${index}`, '');
		return fn;
	}

	/** The place where it stands now, kept as it is when it goes on. */
	site(): Site {
		const { actor, context, functionIndex, next, depth } = this;
		const frames = this.framesBelow();
		const code = this.code;
		const stack = () => this.stackOf(code, next, frames);
		const at = this.stamp();
		return {
			actor,
			context,
			function: functionIndex,
			instruction: next,
			depth,
			stack,
			place: () => this.entryAt(this.machine.program.functions[at.function] ?? code, at.instruction),
		};
	}

	/** The frames under the running one, outermost first. */
	private framesBelow(): readonly StackFrame[] {
		return [...this.below.frames, ...this.callers];
	}

	/** The frames as they stand, outermost first, without those below. */
	frames(): readonly StackFrame[] {
		return this.status === 'returned' ? [] : [...this.callers, this.frame()];
	}

	protected frame(): StackFrame {
		return {
			function: this.functionIndex,
			instruction: this.next,
			registers: this.registers.slice(),
			locals: this.locals,
			result: this.result,
		};
	}

	/** Puts the frames into the store. */
	writeBack(): void {
		this.wroteFrames = true;
		this.store.changeContext(this.context, { frames: [...this.below.frames, ...this.frames()] });
	}

	/** For code that was run on top of a context: takes its frames away again. */
	leave(): void {
		if (this.wroteFrames) this.store.changeContext(this.context, { frames: this.below.frames });
	}

	/** Reads a register of the running frame. */
	register(index: number): number {
		return this.registers[index] ?? 0;
	}

	/** Makes `frame`, which had been left where it stands, the running one again. */
	protected resume(frame: StackFrame, serial: number): void {
		this.code = this.codeOf(frame);
		this.kinds = opKinds(this.code);
		this.functionIndex = frame.function;
		this.next = frame.instruction;
		this.registers = frame.registers.slice();
		this.locals = frame.locals;
		this.result = frame.result;
		this.serial = serial;
	}

	// What it is inside of

	protected isInRegion(): boolean {
		return this.isWhole || this.atomicDepth > 0 || this.ghostDepth > 0 || this.awaitDepth > 0;
	}

	protected regionName(): string {
		if (this.isWhole) return 'code that only looks';
		if (this.ghostDepth > 0) return 'a ghost region';
		return this.atomicDepth > 0 ? 'an atomic region' : 'the condition of a wait';
	}

	/** Whether what ops do is to be noted: not what only looks. */
	isTraced(): boolean {
		return this.journal.trace !== null && !this.journal.isSilenced;
	}

	/** Whether it is inside a region whose accesses are one op. */
	isIndivisible(): boolean {
		return this.atomicDepth > 0 || this.awaitDepth > 0;
	}

	/** The same places as `stamp` and `stack`, as positions in code. */
	placesInCode(): { readonly place: CodePlace; readonly stack: readonly CodePlace[] } {
		const { function: fn, instruction } = this.stamp();
		const stack = [{ function: this.functionIndex, instruction: this.next }];
		for (const frame of this.framesBelow().toReversed()) {
			stack.push({ function: frame.function, instruction: callOf(frame) });
		}
		return { place: { function: fn, instruction }, stack };
	}

	// Errors

	/** An error of the arithmetic or of a bound as a MachineError with the place where it stands; any other as it is. */
	located(error: unknown): unknown {
		if (error instanceof IntegerError || (error instanceof MachineError && error.where === '')) {
			return this.error(error.message);
		}
		return error;
	}

	/** A MachineError at the place where it stands. */
	error(message: string): MachineError {
		return this.errorIn(this.code, this.next, message);
	}

	protected errorIn(code: FunctionCode, instruction: number, message: string): MachineError {
		if (code === this.pseudoCode) return new MachineError(message, '');
		const { file, line, column } = positionOf(this.machine.program, code, instruction);
		return new MachineError(message, `${file}:${line}:${column}`);
	}
}

/** The instruction at which a caller stands: its call, the one before the next. */
export function callOf(frame: StackFrame): number {
	return Math.max(0, frame.instruction - 1);
}
