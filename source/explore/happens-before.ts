/**
 * Data races along one run, by happens-before. Two accesses to one cell race when they conflict (at least one writes), at least one
 * of them is plain, and nothing in the run orders them: not the order of one context's code, no lock that was released and then
 * taken, no grace period, no interrupt with its answer, no value that was written and then read.
 *
 * That last order, from a write to every read that sees it, is Mathur, Kini and Viswanathan's *schedulable happens-before* ("What
 * Happens-After the First Race?", OOPSLA 2018): with it every race that is reported, and not only the first, is one that another
 * schedule shows as two accesses one right after the other. So it is a race for the search (races.ts), too. It is also what makes an
 * acquire that reads from a release, `rcu_dereference()` of what was assigned, an atomic operation after another and a wait for a
 * flag order what is around them. As memory is sequentially consistent here, a marked read that sees a marked write does so without
 * an acquire: what only a weaker machine would reorder is not reported.
 *
 * What orders what:
 * - A lock: what was done before it was released comes before what is done after it is taken; readers come before the next writer,
 *   not before one another; a downgrade releases what was exclusive. A trylock that fails comes after the lock was taken.
 * - RCU: read sections that began before a grace period come before its end, and so does what its caller had done.
 * - A flush interrupt: after it was sent, and before the end of its sender's ipi_wait().
 * - Page tables, TLBs and frames: a walk, a load or a store by the MMU comes after the stores that it may have seen. Allocating a
 *   frame comes after it was given back.
 * - Everything comes after the set-up.
 *
 * What is kept of a cell is the last write and, of each context, the last accesses of each sort (as in FastTrack; Flanagan and
 * Freund, PLDI 2009): what is ordered after the last of a sort is ordered after the others.
 */

import type { Machine } from '../machine/machine.ts';
import { cpuOf } from '../machine/processor.ts';
import { type HeldLock, type LockMode, pointerStride, type RcuCallback, type Stamp } from '../machine/state.ts';
import type { GraceState, TracedAccess, TracedObject, TracedOp, TracedPrimitive } from '../machine/trace.ts';
import { joined, ticked, type VectorClock, zeroClock } from './vector-clock.ts';

/** An access, and the moment of its context at which it was done. */
export interface TimedAccess {
	readonly op: TracedAccess;
	/** The number of the step that did it. */
	readonly step: number;
	readonly time: number;
}

/** Two accesses that race, in the order in which they were done. */
export interface ObservedRace {
	readonly earlier: TimedAccess;
	readonly later: TimedAccess;
}

interface CellHistory {
	/** What the last write knew; null before the first. */
	readonly written: VectorClock | null;
	readonly accesses: readonly TimedAccess[];
}

interface LockHistory {
	/** What those knew who released it exclusively, who released it shared, and whoever changed it. */
	readonly exclusive: VectorClock;
	readonly shared: VectorClock;
	readonly any: VectorClock;
}

/** A grace period that something waits for. */
interface GracePeriod {
	readonly clock: VectorClock;
	readonly waitsFor: readonly number[];
}

const noAccesses: readonly TimedAccess[] = [];
const unwritten: CellHistory = { written: null, accesses: noAccesses };

/** Follows a run, step by step. */
export class HappensBefore {
	private readonly machine: Machine;
	private readonly zero: VectorClock;
	private clocks: VectorClock[];
	/** By context: what it knew when it last left a read section. */
	private sections: VectorClock[];
	/** By CPU: what the interrupts that others answered it have told it. */
	private answers: VectorClock[];
	/** By CPU: of the flush interrupts on the way to it, in order, what their senders knew. */
	private interrupts: (readonly { readonly sender: number; readonly clock: VectorClock }[])[];
	private cells = new Map<number, CellHistory>();
	private locks = new Map<number, LockHistory>();
	/** By object: when it was allocated, as of the last access. */
	private births = new Map<number, Stamp | null>();
	private gracePeriods = new Map<string, GracePeriod>();
	private frames = new Map<number, VectorClock>();
	/** By CPU: what those knew who turned its interrupts on. */
	private enabled: VectorClock[];
	/** What was known to those who wrote what an MMU reads, and to those whose MMU may have written to tables. */
	private tables: VectorClock;
	private mmu: VectorClock;

	constructor(machine: Machine) {
		this.machine = machine;
		const contexts = machine.configuration.cpus + 1;
		this.zero = zeroClock(contexts);
		// Everybody's first moment is 1: of what was never done, nothing is known.
		this.clocks = Array.from({ length: contexts }, (_, context) => ticked(this.zero, context));
		this.sections = new Array<VectorClock>(contexts).fill(this.zero);
		this.answers = new Array<VectorClock>(contexts).fill(this.zero);
		this.interrupts = Array.from({ length: contexts }, () => []);
		this.enabled = new Array<VectorClock>(contexts).fill(this.zero);
		this.tables = this.zero;
		this.mmu = this.zero;
	}

	/** Another one that goes on from here by itself. */
	copy(): HappensBefore {
		const copy = new HappensBefore(this.machine);
		copy.clocks = [...this.clocks];
		copy.sections = [...this.sections];
		copy.answers = [...this.answers];
		copy.interrupts = [...this.interrupts];
		copy.cells = new Map(this.cells);
		copy.locks = new Map(this.locks);
		copy.births = new Map(this.births);
		copy.gracePeriods = new Map(this.gracePeriods);
		copy.frames = new Map(this.frames);
		copy.enabled = [...this.enabled];
		copy.tables = this.tables;
		copy.mmu = this.mmu;
		return copy;
	}

	/**
	 * Takes in what a step did.
	 * @param step its number
	 * @param grace what waits for grace periods after it, when all that belongs to the step is done
	 * @returns the races whose later access it made, in order
	 */
	follow(ops: readonly TracedOp[], step: number, grace: GraceState): readonly ObservedRace[] {
		const races: ObservedRace[] = [];
		for (const op of ops) this.take(op, step, races);
		this.settle(grace);
		return races;
	}

	private take(op: TracedOp, step: number, races: ObservedRace[]): void {
		switch (op.kind) {
			case 'access':
				this.access(op, step, races);
				return;
			case 'primitive':
				this.primitive(op);
				return;
			case 'interrupt': {
				const [next, ...others] = this.interrupts[op.cpu] ?? [];
				if (next === undefined) return;
				this.interrupts[op.cpu] = others;
				this.learn(op.cpu, next.clock);
				this.learn(op.cpu, this.enabled[op.cpu]);
				this.answers[next.sender] = joined(this.answers[next.sender] ?? this.zero, this.tell(op.cpu));
				return;
			}
			case 'callback': {
				this.learn(this.machine.configuration.cpus, this.end(callbackKey(op.callback)));
				return;
			}
			default:
				op satisfies never;
		}
	}

	// Clocks

	private clock(context: number): VectorClock {
		return this.clocks[context] ?? this.zero;
	}

	/** From now on the context comes after what that clock knows of. */
	private learn(context: number, clock: VectorClock | undefined): void {
		if (clock !== undefined) this.clocks[context] = joined(this.clock(context), clock);
	}

	/** What the context knows, to be given to others; what it does from here on is not part of it. */
	private tell(context: number): VectorClock {
		const clock = this.clock(context);
		this.clocks[context] = ticked(clock, context);
		return clock;
	}

	// Memory

	private access(op: TracedAccess, step: number, races: ObservedRace[]): void {
		const { context, pointer } = op;
		this.meet(pointer, op.object);
		const before = this.cells.get(pointer) ?? unwritten;
		const known = this.clock(context);
		const timed: TimedAccess = { op, step, time: known[context] ?? 0 };
		for (const earlier of before.accesses) {
			if (earlier.time > (known[earlier.op.context] ?? 0) && conflicts(earlier.op, op)) {
				races.push({ earlier, later: timed });
			}
		}
		const isEntry = this.isEntry(op);
		if (op.isRead && before.written !== null) this.learn(context, before.written);
		if (op.isRead && isEntry) this.learn(context, this.mmu);
		const kept = before.accesses.filter((earlier) => !isCovered(earlier, timed, known));
		const written = op.isWrite ? this.tell(context) : before.written;
		if (op.isWrite && isEntry) this.tables = joined(this.tables, written ?? this.zero);
		// What is indivisible by decree races with nothing, but what it writes is seen.
		this.cells.set(pointer, { written, accesses: op.isIndivisible ? before.accesses : [...kept, timed] });
	}

	/** Forgets what was done to whatever had the object's id before. */
	private meet(pointer: number, { allocated }: TracedObject): void {
		const object = Math.floor(pointer / pointerStride);
		const known = this.births.get(object);
		if (known !== undefined && isSameStamp(known, allocated)) return;
		this.births.set(object, allocated);
		if (known === undefined) return;
		for (const history of [this.cells, this.locks]) {
			for (const other of history.keys()) if (Math.floor(other / pointerStride) === object) history.delete(other);
		}
	}

	private isEntry({ pointer, object }: TracedAccess): boolean {
		const type = this.machine.program.layouts[object.layout]?.cells[pointer % pointerStride]?.type;
		return type?.kind === 'machine' && type.name === 'entry';
	}

	// Primitives

	private primitive(op: TracedPrimitive): void {
		const { name, context, heldBefore, heldAfter } = op;
		if (heldBefore !== heldAfter) this.changeLocks(op);
		switch (name) {
			case 'spin_trylock':
			case 'read_trylock':
			case 'write_trylock':
			case 'mutex_trylock':
			case 'down_read_trylock':
			case 'down_write_trylock':
			case 'spin_is_locked':
			case 'lock_is_taken':
			case 'lock_owner':
				// Whether it was taken or not depends on who did what to it.
				this.learn(context, this.locks.get(op.arguments[0] ?? 0)?.any);
				return;
			case 'rcu_read_unlock':
				this.sections[context] = this.tell(context);
				this.settle(op.grace);
				return;
			case 'call_rcu':
			case 'kfree_rcu':
			case 'cond_resched':
				this.settle(op.grace);
				return;
			case 'synchronize_rcu':
				this.synchronize(op);
				return;
			case 'ipi_flush': {
				const target = op.arguments[0] ?? 0;
				this.interrupts[target] = [...(this.interrupts[target] ?? []), { sender: context, clock: this.tell(context) }];
				return;
			}
			case 'ipi_wait':
				this.learn(context, this.answers[context]);
				return;
			case 'local_irq_enable': {
				const cpu = cpuOf(this.machine, context);
				this.enabled[cpu] = joined(this.enabled[cpu] ?? this.zero, this.tell(context));
				return;
			}
			case 'frame_alloc':
				this.learn(context, this.frames.get(op.result));
				return;
			case 'frame_free':
				this.tellFrame(context, op.arguments[0] ?? 0);
				return;
			case 'frame_read':
				this.learn(context, this.frames.get(op.arguments[0] ?? 0));
				this.learn(context, this.mmu);
				return;
			case 'frame_write':
				this.tables = joined(this.tables, this.tellFrame(context, op.arguments[0] ?? 0));
				return;
			default:
				if (/^(mmu|tlb|__table|__entry|frame)_/.test(name)) this.walkTables(context);
		}
	}

	/** A walk, or a look at a TLB: it sees what was written to the tables, and others see what it leaves behind. */
	private walkTables(context: number): void {
		this.learn(context, this.tables);
		this.learn(context, this.mmu);
		this.mmu = joined(this.mmu, this.tell(context));
	}

	private tellFrame(context: number, frame: number): VectorClock {
		const clock = joined(this.frames.get(frame) ?? this.zero, this.tell(context));
		this.frames.set(frame, clock);
		return clock;
	}

	// Locks

	private changeLocks({ context, heldBefore, heldAfter, object, arguments: [argument = 0] }: TracedPrimitive): void {
		if (object !== null) this.meet(argument, object);
		for (const lock of new Set([...heldBefore, ...heldAfter].map((held) => held.lock))) {
			const was = modesOf(heldBefore, lock);
			const is = modesOf(heldAfter, lock);
			if (was.exclusive === is.exclusive && was.shared === is.shared) continue;
			const history = this.locks.get(lock) ?? { exclusive: this.zero, shared: this.zero, any: this.zero };
			if (is.exclusive > was.exclusive) this.learn(context, joined(history.exclusive, history.shared));
			else if (is.shared > was.shared) this.learn(context, history.exclusive);
			const clock = this.tell(context);
			this.locks.set(lock, {
				exclusive: is.exclusive < was.exclusive ? joined(history.exclusive, clock) : history.exclusive,
				shared: is.shared < was.shared ? joined(history.shared, clock) : history.shared,
				any: joined(history.any, clock),
			});
		}
	}

	// Grace periods

	private synchronize(op: TracedPrimitive): void {
		const { context, grace } = op;
		const isWaiting = grace.waits[context] != null;
		const key = waiterKey(context);
		if (!isWaiting && !this.gracePeriods.has(key)) this.begin(key, context, []);
		if (!isWaiting) this.learn(context, this.end(key));
		this.settle(grace);
	}

	/** Brings what is known of grace periods up to date with who is still waited for. */
	private settle({ callbacks, waits }: GraceState): void {
		for (const callback of callbacks) {
			const { queued, waitsFor } = callback;
			// What the set-up has queued comes after nothing that was done since.
			this.settleOne(callbackKey(callback), queued.step === 0 ? null : queued.context, waitsFor);
		}
		for (const [context, waitsFor] of waits.entries()) {
			if (waitsFor !== null) this.settleOne(waiterKey(context), context, waitsFor);
		}
	}

	private settleOne(key: string, beginner: number | null, waitsFor: readonly number[]): void {
		const known = this.gracePeriods.get(key);
		if (known === undefined) {
			this.begin(key, beginner, waitsFor);
			return;
		}
		if (known.waitsFor === waitsFor) return;
		const left = known.waitsFor.filter((context) => !waitsFor.includes(context));
		this.gracePeriods.set(key, { clock: this.together(known.clock, left), waitsFor });
	}

	/** A grace period begins: those who read now will be waited for, and who has read before is done with it. */
	private begin(key: string, beginner: number | null, waitsFor: readonly number[]): void {
		let clock = beginner === null ? this.zero : this.tell(beginner);
		// With classic RCU, who is not waited for is not running.
		const isClassic = this.machine.configuration.rcu === 'classic';
		for (const [context, section] of this.sections.entries()) {
			if (!waitsFor.includes(context)) clock = joined(clock, isClassic ? this.tell(context) : section);
		}
		this.gracePeriods.set(key, { clock, waitsFor });
	}

	/** What comes before the end of a grace period, which is over; undefined when it is not known. */
	private end(key: string): VectorClock | undefined {
		const period = this.gracePeriods.get(key);
		this.gracePeriods.delete(key);
		// Who is still named has come to the end of its code.
		return period === undefined ? undefined : this.together(period.clock, period.waitsFor);
	}

	private together(clock: VectorClock, contexts: readonly number[]): VectorClock {
		return contexts.reduce((all, context) => joined(all, this.tell(context)), clock);
	}
}

function callbackKey({ queued, argument, function: fn }: RcuCallback): string {
	return `${queued.step} ${queued.context} ${fn} ${argument}`;
}

function waiterKey(context: number): string {
	return `context ${context}`;
}

function modesOf(held: readonly HeldLock[], lock: number): Readonly<Record<LockMode, number>> {
	const count = (mode: LockMode) => held.filter((hold) => hold.lock === lock && hold.mode === mode).length;
	return { exclusive: count('exclusive'), shared: count('shared') };
}

function isSameStamp(one: Stamp | null, other: Stamp | null): boolean {
	if (one === null || other === null) return one === other;
	const isSamePlace = one.function === other.function && one.instruction === other.instruction;
	return isSamePlace && one.step === other.step && one.context === other.context;
}

function isPlain({ access }: TracedAccess): boolean {
	return access === 'plain';
}

function conflicts(one: TracedAccess, other: TracedAccess): boolean {
	if (one.isIndivisible || other.isIndivisible || one.context === other.context) return false;
	return (one.isWrite || other.isWrite) && (isPlain(one) || isPlain(other));
}

/** Whether whatever races with the earlier access races with the later one, too. */
function isCovered(earlier: TimedAccess, { op }: TimedAccess, known: VectorClock): boolean {
	const isOrdered = earlier.time <= (known[earlier.op.context] ?? 0);
	if (isPlain(op) && op.isWrite) return isOrdered;
	const isSameSort = isPlain(earlier.op) === isPlain(op) && earlier.op.isWrite === op.isWrite;
	return isSameSort && earlier.op.context === op.context;
}
