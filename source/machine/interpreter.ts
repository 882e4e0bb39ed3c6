/**
 * Runs instructions of one context against a Store: to the next op, through an op, or to the end, and as a try that can be taken
 * back. What runs is in running-frames.ts, calls and returns in calls.ts.
 */

import type { Instruction } from '../language/code.ts';
import { binary, convert, IntegerError, unary } from '../language/integer.ts';
import { type Primitive, primitives } from '../language/primitives.ts';
import { Calls, Irrevocable } from './calls.ts';
import { conditionWait } from './condition-wait.ts';
import { describeCell, describePointer, describeValue } from './describe.ts';
import { globalObject } from './globals.ts';
import type { JournalMark } from './journal.ts';
import { MachineError, type WaitReason } from './machine.ts';
import { loadCell, storeCell } from './memory.ts';
import { behaviours } from './primitives/table.ts';
import { cpuOf } from './processor.ts';
import { checkMaySleep } from './sleeping.ts';
import { type Context, pointerStride, type StackFrame } from './state.ts';
import type { PrimitiveCall } from './store.ts';
import { traceAccess, tracePrimitive } from './traced-op.ts';
import { opKind } from './visibility.ts';

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

/** Invisible instructions that looking ahead follows. */
const maxLookAhead = 2000;

export class Execution extends Calls {
	/** Instructions run since the last op began; an endless loop shows here. */
	instructions = 0;
	/** Whether it has written to what invariants may look at. */
	touched = false;

	/** The last await region's condition, when it was zero. */
	private isAwaiting = false;
	/** The CPU that the last await region named as the one to end the wait; -1 when it named none. */
	private waker = -1;

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
		return conditionWait(this.machine, this.code, this.next, waker);
	}

	// Instructions

	private execute(): void {
		if (++this.instructions > this.machine.configuration.maxInstructions) throw this.endlessLoop();
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
				this.returnFrom(instruction.source === null ? 0 : (registers[instruction.source] ?? 0));
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
		traceAccess(this, address, { access, isRead: true, isWrite: false, before: value, after: value });
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
		traceAccess(this, address, { access, isRead: false, isWrite: true, before, after: value });
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
			tracePrimitive(this, name, call.arguments, value, heldBefore);
		}
		if (instruction.result !== null) this.registers[instruction.result] = value;
		if (behaviour.unfinished?.(call) !== true) this.afterEffect();
		else if (this.isInRegion()) {
			throw this.error(`${this.regionName()} cannot hold ${name}(), which takes more than one op`);
		}
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

	/** Reports what the hardware would trap on; the context stops there. */
	private crash(title: string): void {
		this.journal.report('violation', 'assertion', title);
		this.journal.stop();
		this.status = 'dead';
	}

	/**
	 * The error of a loop without an op. Finds the loop: runs on for a while, and takes the last jump backwards in the outermost
	 * frame that was seen meanwhile. (The step is lost anyway.)
	 */
	private endlessLoop(): MachineError {
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
		return this.errorIn(head.code, head.instruction, `endless loop in ${head.code.name}()? ${what}`);
	}

	private isAtRest(): boolean {
		return !this.isInRegion() && this.kindHere() === opKind.visible;
	}
}
