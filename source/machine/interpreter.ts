/**
 * Runs instructions of one context against a Store. The registers of the running frame are a plain array until the step is
 * over, when `writeBack` puts the frames into the store; so nothing but the context itself may rely on its frames meanwhile.
 */

import { type FunctionCode, type Instruction, positionOf } from '../language/code.ts';
import { binary, convert, IntegerError, unary } from '../language/integer.ts';
import { type Primitive, type PrimitiveName, primitives } from '../language/primitives.ts';
import { describeCell, describePointer, describeValue } from './describe.ts';
import { globalObject } from './globals.ts';
import type { Journal, JournalMark, Site } from './journal.ts';
import { type Machine, MachineError, type WaitReason } from './machine.ts';
import { loadCell, storeCell } from './memory.ts';
import { contextName } from './names.ts';
import { behaviours } from './primitives/table.ts';
import { cpuOf } from './processor.ts';
import { checkMaySleep } from './sleeping.ts';
import { sourceLine } from './source-line.ts';
import { dropLocals, firstRegisters, makeLocals } from './stack.ts';
import { type Context, type HeldLock, pointerStride, type StackFrame, type Stamp } from './state.ts';
import type { PrimitiveCall, Store } from './store.ts';
import type { CodePlace, TracedAccess, TracedObject } from './trace.ts';
import type { StackEntry } from './violation.ts';
import { opKind, opKinds } from './visibility.ts';

type Operation<K extends Instruction['op']> = Extract<Instruction, { op: K }>;

/** How `runInvisible` came to its end. */
export type Halt =
	/** Before an op. */
	| 'op'
	/** Before a ghost region that belongs to the op after it. */
	| 'ghostBefore'
	/** The last frame has returned. */
	| 'returned'
	/** The context has crashed. */
	| 'dead';

/** A place to come back to after trying how far invisible instructions lead. */
interface Checkpoint {
	readonly callers: readonly StackFrame[];
	readonly serials: readonly number[];
	readonly frame: StackFrame;
	readonly serial: number;
	readonly context: Context;
	readonly journal: JournalMark;
	readonly instructions: number;
}

/** What a context may not do while its place may still be given up. */
class Irrevocable extends Error {}

/** Invisible instructions that looking ahead follows. */
const maxLookAhead = 2000;

const noLocals: readonly number[] = [];
const nothingBelow = { frames: [] };

export class Execution implements Site {
	readonly store: Store;
	readonly machine: Machine;
	readonly journal: Journal;
	readonly context: number;
	/** `returned`: the last frame is gone. */
	status: 'running' | 'returned' | 'dead' = 'running';
	/** What the last frame returned. */
	value = 0;
	/** Identifies the running frame among all that this execution has entered or come back to. */
	serial = 0;
	/** Instructions run since the last op began; an endless loop shows here. */
	instructions = 0;

	/** Whether it has written to what invariants may look at. */
	touched = false;

	private readonly below: Pick<Context, 'frames'>;
	private readonly pseudoCode: FunctionCode | null;
	/** Callers of the running frame, outermost first. They are never written to. */
	private callers: StackFrame[];
	private serials: number[];
	private lastSerial = 0;
	private code: FunctionCode;
	/** Of `code`, see visibility.ts. */
	private kinds: Uint8Array;
	private functionIndex: number;
	private next: number;
	private registers: number[];
	private locals: readonly number[];
	private result: number | null;

	private ghostDepth = 0;
	/** Number of callers of the frame that has the outermost open ghost region. */
	private ghostCallers = 0;
	private atomicDepth = 0;
	private awaitDepth = 0;
	/** The last await region's condition, when it was zero. */
	private isAwaiting = false;
	/** The CPU that the last await region named as the one to end the wait; -1 when it named none. */
	private waker = -1;
	private isRevocable = false;
	private isWhole = false;
	private wroteFrames = false;

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

	// Where it stands

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

	private functionAt(index: number): FunctionCode {
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

	private frame(): StackFrame {
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

	// Running

	/**
	 * Runs what no other actor can see, to the next op. Ghost regions on the way are run; one that belongs to the op after it
	 * only with `throughGhosts`.
	 */
	runInvisible(throughGhosts: boolean): Halt {
		for (;;) {
			const halt = this.haltHere(throughGhosts);
			if (halt !== null) return halt;
			this.advance();
		}
	}

	private haltHere(throughGhosts: boolean): Halt | null {
		if (this.status !== 'running') return this.status;
		const kind = this.kinds[this.next];
		if (kind === opKind.visible) return 'op';
		return kind === opKind.ghostBefore && !throughGhosts ? 'ghostBefore' : null;
	}

	/** The opKind of the instruction it stands before. */
	kindHere(): number {
		return this.kinds[this.next] ?? opKind.invisible;
	}

	/** Runs one invisible instruction, or the ghost region that begins here. */
	advance(): void {
		this.execute();
		while (this.ghostDepth > 0 && this.status === 'running') this.execute();
	}

	/**
	 * Runs to the end of the last frame in one go, as code that only looks does: invariants, views, expressions.
	 * @throws MachineError when it would have to wait
	 */
	runWhole(): void {
		this.isWhole = true;
		try {
			while (this.status === 'running') this.execute();
		} catch (error) {
			throw this.located(error);
		}
	}

	/** Why the op it stands before cannot run, or null when it can. Changes nothing. */
	waitReason(): WaitReason | null {
		const instruction = this.code.code[this.next];
		if (instruction?.op === 'awaitBegin') return this.awaitReason();
		if (instruction?.op !== 'primitive') return null;
		const { ready } = behaviours[instruction.name];
		return ready === undefined ? null : ready(this.call(instruction));
	}

	/** Whether the op it stands before puts the context to sleep while it waits, as opposed to spinning. */
	isAtSleepingOp(): boolean {
		const instruction = this.code.code[this.next];
		if (instruction?.op === 'awaitBegin') return true;
		return instruction?.op === 'primitive' && (primitives[instruction.name] as Primitive).sleeps === true;
	}

	/** Runs the op it stands before. It must be ready. */
	runOp(): void {
		this.instructions = 0;
		if (this.code.code[this.next]?.op === 'awaitBegin') {
			const { store, context } = this;
			checkMaySleep(
				{ store, observer: this.journal, context, arguments: [], extra: -1, at: this.stamp() },
				'wait_event()',
			);
		}
		this.execute();
		while ((this.atomicDepth > 0 || this.awaitDepth > 0) && this.status === 'running') this.execute();
		this.atomicDepth = 0;
		this.awaitDepth = 0;
		if (this.isAwaiting) throw this.error('the condition that was waited for does not hold');
	}

	/**
	 * Runs invisible instructions to see where they lead. When that is a ghost region that belongs to the last op, it stays
	 * there (`ghostAfter`); else it is back where it was, and the answer says what the next op waits for, as far as that can be
	 * told without changing anything (`unknown` otherwise).
	 */
	lookAhead(): 'ghostAfter' | 'ready' | 'unknown' | WaitReason {
		const checkpoint = this.checkpoint();
		this.isRevocable = true;
		try {
			for (;;) {
				if (this.status !== 'running') break;
				const kind = this.kindHere();
				if (kind === opKind.ghostAfter) return 'ghostAfter';
				if (kind === opKind.ghostBefore) break;
				if (kind === opKind.visible) {
					const reason = this.waitReason();
					this.restore(checkpoint);
					return reason ?? 'ready';
				}
				if (this.instructions - checkpoint.instructions > maxLookAhead) break;
				this.execute();
			}
		} catch (error) {
			if (!(error instanceof Irrevocable || error instanceof MachineError || error instanceof IntegerError))
				throw error;
		} finally {
			this.isRevocable = false;
		}
		this.restore(checkpoint);
		return 'unknown';
	}

	private checkpoint(): Checkpoint {
		return {
			callers: this.callers.slice(),
			serials: this.serials.slice(),
			frame: this.frame(),
			serial: this.serial,
			context: this.store.context(this.context),
			journal: this.journal.mark(),
			instructions: this.instructions,
		};
	}

	/** Makes `frame`, which had been left where it stands, the running one again. */
	private resume(frame: StackFrame, serial: number): void {
		this.code = this.codeOf(frame);
		this.kinds = opKinds(this.code);
		this.functionIndex = frame.function;
		this.next = frame.instruction;
		this.registers = frame.registers.slice();
		this.locals = frame.locals;
		this.result = frame.result;
		this.serial = serial;
	}

	private restore(checkpoint: Checkpoint): void {
		this.callers = checkpoint.callers.slice();
		this.serials = checkpoint.serials.slice();
		this.resume(checkpoint.frame, checkpoint.serial);
		this.status = 'running';
		this.instructions = checkpoint.instructions;
		this.ghostDepth = 0;
		this.awaitDepth = 0;
		this.isAwaiting = false;
		if (this.store.context(this.context) !== checkpoint.context) {
			this.store.changeContext(this.context, checkpoint.context);
		}
		this.journal.rollBack(checkpoint.journal);
	}

	/** Whether the await region it stands before has a condition that does not hold. */
	private awaitReason(): WaitReason | null {
		const checkpoint = this.checkpoint();
		this.execute();
		while (this.awaitDepth > 0 && this.status === 'running') this.execute();
		const { isAwaiting: isWaiting, waker } = this;
		this.restore(checkpoint);
		if (!isWaiting) return null;
		const isCpu = waker >= 0 && waker < this.machine.configuration.cpus;
		const { program } = this.machine;
		const { file, line } = positionOf(program, this.code, this.next);
		const source = sourceLine(program, this.code, this.next);
		const who = isCpu ? `${contextName(this.machine, waker)} to bring about ` : '';
		return {
			kind: 'condition',
			what: source.replace(/;$/, ''),
			text: `waits for ${who}the condition at ${file}:${line}: ${source}`,
			lock: null,
			holders: isCpu ? [waker] : [],
		};
	}

	// Instructions

	private execute(): void {
		if (++this.instructions > this.machine.configuration.maxInstructions) this.throwEndlessLoop();
		const instruction = this.code.code[this.next];
		if (instruction === undefined) throw this.error('the code ends without a return');
		const { registers } = this;
		switch (instruction.op) {
			case 'constant':
				registers[instruction.result] = instruction.value;
				this.next++;
				return;
			case 'move':
				registers[instruction.result] = registers[instruction.source] ?? 0;
				this.next++;
				return;
			case 'unary':
				registers[instruction.result] = unary(
					instruction.operator,
					instruction.type,
					registers[instruction.operand] ?? 0,
				);
				this.next++;
				return;
			case 'binary':
				this.executeBinary(instruction);
				return;
			case 'cast':
				registers[instruction.result] = convert(instruction.type, registers[instruction.source] ?? 0);
				this.next++;
				return;
			case 'jump':
				this.next = instruction.target;
				return;
			case 'branch':
				this.next = registers[instruction.condition] === 0 ? instruction.target : this.next + 1;
				return;
			case 'global': {
				const cpu = instruction.cpu === null ? cpuOf(this.machine, this.context) : (registers[instruction.cpu] ?? 0);
				const isCopy = this.machine.program.globals[instruction.global]?.isPerCpu === true;
				if (isCopy && (cpu < 0 || cpu >= this.machine.configuration.cpus)) {
					this.crash(`per-CPU data of CPU ${cpu}, which is not there`);
					return;
				}
				registers[instruction.result] = globalObject(this.machine, instruction.global, cpu) * pointerStride;
				this.next++;
				return;
			}
			case 'local':
				registers[instruction.result] = (this.locals[instruction.local] ?? 0) * pointerStride;
				this.next++;
				return;
			case 'field':
				registers[instruction.result] = (registers[instruction.pointer] ?? 0) + instruction.offset;
				this.next++;
				return;
			case 'index': {
				const index = registers[instruction.index] ?? 0;
				if (index < 0 || index >= instruction.length) {
					this.crash(`array index ${index} is outside 0..${instruction.length - 1}`);
					return;
				}
				registers[instruction.result] = (registers[instruction.pointer] ?? 0) + index * instruction.stride;
				this.next++;
				return;
			}
			case 'load':
				this.executeLoad(instruction);
				return;
			case 'store':
				this.executeStore(instruction);
				return;
			case 'call':
				this.enter(instruction.function, instruction);
				return;
			case 'callPointer': {
				const callee = (registers[instruction.callee] ?? 0) - 1;
				if (this.machine.program.functions[callee] === undefined) {
					const what = callee === -1 ? 'NULL' : describePointer(this.machine, this.store, callee + 1);
					this.crash(`call through a function pointer that is ${what}`);
					return;
				}
				this.enter(callee, instruction);
				return;
			}
			case 'return':
				this.executeReturn(instruction.source === null ? 0 : (registers[instruction.source] ?? 0));
				return;
			case 'primitive':
				this.executePrimitive(instruction);
				return;
			case 'fence':
				this.next++;
				return;
			case 'atomicBegin':
				this.atomicDepth++;
				this.next++;
				return;
			case 'atomicEnd':
				this.atomicDepth--;
				this.next++;
				return;
			case 'awaitBegin':
				this.awaitDepth++;
				this.next++;
				return;
			case 'awaitEnd':
				this.awaitDepth--;
				this.isAwaiting = registers[instruction.condition] === 0;
				this.waker = instruction.waker === undefined ? -1 : (registers[instruction.waker] ?? -1);
				if (this.isAwaiting && this.isInRegion()) {
					throw this.error(`${this.regionName()} would have to wait for a condition`);
				}
				this.next++;
				return;
			case 'ghostBegin':
				if (this.ghostDepth === 0) this.ghostCallers = this.callers.length;
				this.ghostDepth++;
				this.journal.silence(1);
				this.next++;
				return;
			case 'ghostEnd':
				this.ghostDepth--;
				this.journal.silence(-1);
				this.next++;
				return;
		}
	}

	private executeBinary({ result, operator, left, right, type }: Operation<'binary'>): void {
		const { registers } = this;
		const a = registers[left] ?? 0;
		const b = registers[right] ?? 0;
		if (b === 0 && (operator === '/' || operator === '%')) {
			this.crash('division by zero');
			return;
		}
		registers[result] = binary(operator, type, a, b);
		this.next++;
	}

	private executeLoad({ result, pointer, type, access }: Operation<'load'>): void {
		const { store, machine, journal, registers } = this;
		const address = registers[pointer] ?? 0;
		const value = loadCell(store, journal, address);
		if (journal.wantsEvents && !journal.isStopped) {
			journal.event(
				'load',
				() => `${describeCell(machine, store, address)} = ${describeValue(machine, store, type, value)}`,
				address,
			);
		}
		this.traceAccess(address, { access, isRead: true, isWrite: false, before: value, after: value });
		registers[result] = value;
		this.afterEffect();
	}

	private executeStore({ pointer, source, type, access }: Operation<'store'>): void {
		const { store, machine, journal, registers } = this;
		const address = registers[pointer] ?? 0;
		const value = registers[source] ?? 0;
		const isAsked = journal.wantsEvents || journal.trace !== null;
		const before = isAsked ? store.cell(Math.floor(address / pointerStride), address % pointerStride) : 0;
		storeCell(store, journal, address, value, () => this.stamp());
		this.traceAccess(address, { access, isRead: false, isWrite: true, before, after: value });
		this.touched = true;
		if (journal.wantsEvents && !journal.isStopped) {
			const text = (shown: number) => describeValue(machine, store, type, shown);
			journal.event(
				'store',
				() => `${describeCell(machine, store, address)}: ${text(before)} -> ${text(value)}`,
				address,
			);
		}
		this.afterEffect();
	}

	private executePrimitive(instruction: Operation<'primitive'>): void {
		const { name } = instruction;
		const behaviour = behaviours[name];
		const { effect, sleeps } = primitives[name] as Primitive;
		if (this.isRevocable && effect === 'ghost') throw new Irrevocable();
		const call = this.call(instruction);
		// An allocation looks for an id that nothing refers to, so it must see what the registers hold.
		if (name === 'kmalloc' || name === 'kzalloc') this.writeBack();
		if (effect === 'visible' || effect === 'ghost') this.touched = true;
		const isGoingOn = behaviour.unfinished?.(call) === true;
		if (sleeps === true && !isGoingOn) checkMaySleep(call, `${name}()`);
		if (this.isInRegion()) {
			const reason = behaviour.ready?.(call) ?? null;
			if (reason !== null) throw this.error(`${this.regionName()} would have to wait: ${reason.text}`);
		}
		// A search notes everything that is read, so nothing is where nobody asks for a trace.
		const heldBefore = this.isTraced() ? this.store.context(this.context).held : null;
		const value = behaviour.run(call);
		if (heldBefore !== null && (effect === 'visible' || effect === 'pure')) {
			this.tracePrimitive(name, call.arguments, value, heldBefore);
		}
		if (instruction.result !== null) this.registers[instruction.result] = value;
		if (behaviour.unfinished?.(call) !== true) this.afterEffect();
		else if (this.isInRegion()) {
			throw this.error(`${this.regionName()} cannot hold ${name}(), which takes more than one op`);
		}
	}

	// What it did, for those who ask

	private isTraced(): boolean {
		return this.journal.trace !== null && !this.journal.isSilenced;
	}

	private placesInCode(): { readonly place: CodePlace; readonly stack: readonly CodePlace[] } {
		const { function: fn, instruction } = this.stamp();
		const stack = [{ function: this.functionIndex, instruction: this.next }];
		for (const frame of this.framesBelow().toReversed()) {
			stack.push({ function: frame.function, instruction: callOf(frame) });
		}
		return { place: { function: fn, instruction }, stack };
	}

	private tracedObject(pointer: number): TracedObject | null {
		const object = pointer >= pointerStride ? this.store.object(Math.floor(pointer / pointerStride)) : null;
		if (object === null) return null;
		const { layout, origin, owner, cpu, allocated } = object;
		return { layout, origin, owner, cpu, allocated };
	}

	private traceAccess(
		pointer: number,
		what: Pick<TracedAccess, 'access' | 'isRead' | 'isWrite' | 'before' | 'after'>,
	): void {
		if (!this.isTraced()) return;
		const object = this.tracedObject(pointer);
		if (object === null) return;
		const { context } = this;
		const isIndivisible = this.atomicDepth > 0 || this.awaitDepth > 0;
		this.journal.trace?.push({
			kind: 'access',
			context,
			pointer,
			object,
			...what,
			isIndivisible,
			...this.placesInCode(),
		});
	}

	private tracePrimitive(
		name: PrimitiveName,
		values: readonly number[],
		result: number,
		heldBefore: readonly HeldLock[],
	): void {
		const { store, context } = this;
		if (name.startsWith('__atomic_')) {
			const pointer = values[0] ?? 0;
			const after = store.cell(Math.floor(pointer / pointerStride), pointer % pointerStride);
			this.traceAccess(pointer, { access: 'atomic', isRead: true, isWrite: true, before: result, after });
			return;
		}
		const waits = Array.from({ length: this.machine.configuration.cpus + 1 }, (_, index) => {
			return store.context(index).gracePeriod;
		});
		this.journal.trace?.push({
			kind: 'primitive',
			context,
			name,
			arguments: values,
			object: this.tracedObject(values[0] ?? 0),
			result,
			heldBefore,
			heldAfter: store.context(context).held,
			grace: { callbacks: store.callbacks(), waits },
			...this.placesInCode(),
		});
	}

	private afterEffect(): void {
		if (this.journal.isStopped) this.status = 'dead';
		else this.next++;
	}

	private call(instruction: Operation<'primitive'>): PrimitiveCall {
		const { registers } = this;
		return {
			store: this.store,
			observer: this.journal,
			context: this.context,
			arguments: instruction.arguments.map((register) => registers[register] ?? 0),
			extra: instruction.extra,
			at: this.stamp(),
		};
	}

	private isInRegion(): boolean {
		return this.isWhole || this.atomicDepth > 0 || this.ghostDepth > 0 || this.awaitDepth > 0;
	}

	private regionName(): string {
		if (this.isWhole) return 'code that only looks';
		if (this.ghostDepth > 0) return 'a ghost region';
		return this.atomicDepth > 0 ? 'an atomic region' : 'the condition of a wait';
	}

	/** Reports what the hardware would trap on; the context stops there. */
	private crash(title: string): void {
		this.journal.report('violation', 'assertion', title);
		this.journal.stop();
		this.status = 'dead';
	}

	private enter(index: number, instruction: Operation<'call'> | Operation<'callPointer'>): void {
		const fn = this.functionAt(index);
		if (this.isRevocable && fn.memoryLocals.length > 0) throw new Irrevocable();
		const { maxStackDepth } = this.machine.configuration;
		// What only looks has a stack of its own: whether it can be run does not depend on what it looks at.
		if ((this.isWhole ? this.callers.length + 1 : this.depth) >= maxStackDepth) {
			throw this.error(
				`the stack of ${this.actor} is ${maxStackDepth} calls deep: does ${fn.name}() call itself for ever?`,
			);
		}
		const { registers } = this;
		const values = instruction.arguments.map((register) => registers[register] ?? 0);
		this.next++;
		// The registers belong to the caller's frame from here on, and are not written to any more.
		this.callers.push({
			function: this.functionIndex,
			instruction: this.next,
			registers,
			locals: this.locals,
			result: this.result,
		});
		this.serials.push(this.serial);
		this.serial = ++this.lastSerial;
		this.code = fn;
		this.kinds = opKinds(fn);
		this.functionIndex = index;
		this.next = 0;
		this.registers = firstRegisters(fn, values);
		this.result = instruction.result;
		this.locals = noLocals;
		if (fn.memoryLocals.length > 0) {
			this.writeBack();
			this.locals = makeLocals(this.store, this.context, index, this.stamp());
		}
		if (this.journal.wantsEvents) {
			this.journal.event('call', () => `${fn.name}(${this.argumentTexts(fn, values)})`);
		}
	}

	private argumentTexts(fn: FunctionCode, values: readonly number[]): string {
		return fn.type.parameters
			.map((type, index) => describeValue(this.machine, this.store, type, values[index] ?? 0))
			.join(', ');
	}

	private executeReturn(value: number): void {
		const { locals, journal, code } = this;
		if (this.isRevocable && locals.length > 0) throw new Irrevocable();
		if (journal.wantsEvents) {
			const { result } = code.type;
			journal.event('return', () =>
				result.kind === 'void'
					? `${code.name}() returns`
					: `${code.name}() returns ${describeValue(this.machine, this.store, result, value)}`,
			);
		}
		const at = locals.length > 0 ? this.stamp() : null;
		const caller = this.callers.pop();
		if (caller === undefined) {
			this.status = 'returned';
			this.value = value;
		} else {
			const { result } = this;
			this.resume(caller, this.serials.pop() ?? 0);
			if (result !== null) this.registers[result] = value;
		}
		if (at !== null) {
			this.writeBack();
			dropLocals(this.store, locals, at);
		}
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

	private errorIn(code: FunctionCode, instruction: number, message: string): MachineError {
		if (code === this.pseudoCode) return new MachineError(message, '');
		const { file, line, column } = positionOf(this.machine.program, code, instruction);
		return new MachineError(message, `${file}:${line}:${column}`);
	}

	/**
	 * Finds the loop: runs on for a while, and takes the last jump backwards in the outermost frame that was seen meanwhile.
	 * (The step is lost anyway.)
	 */
	private throwEndlessLoop(): never {
		const { maxInstructions } = this.machine.configuration;
		this.instructions = Number.NEGATIVE_INFINITY;
		let outermost = Number.POSITIVE_INFINITY;
		let head = { code: this.code, instruction: this.next };
		for (let left = maxInstructions; left > 0 && this.status === 'running' && !this.isAtRest(); left--) {
			const { depth, next } = this;
			this.execute();
			if (this.depth < outermost) {
				outermost = this.depth;
				head = { code: this.code, instruction: this.next };
			} else if (this.depth === outermost && depth === outermost && this.next <= next) {
				head = { code: this.code, instruction: this.next };
			}
		}
		const region = this.isInRegion() ? ` in ${this.regionName()}` : '';
		const what = `${maxInstructions} instructions${region} without anything that another CPU could see or change`;
		throw this.errorIn(head.code, head.instruction, `endless loop in ${head.code.name}()? ${what}`);
	}

	private isAtRest(): boolean {
		return !this.isInRegion() && this.kindHere() === opKind.visible;
	}
}

/** The instruction at which a caller stands: its call, the one before the next. */
function callOf(frame: StackFrame): number {
	return Math.max(0, frame.instruction - 1);
}
