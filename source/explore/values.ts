/**
 * Structured parts of a state (stack frames, held locks, lists of TLB entries ...) as numbers: equal parts have the same number.
 * Provenance is left out, so that what comes back from a number has constant stamps and no names.
 */

import { liveIn } from '../machine/liveness.ts';
import type { Machine } from '../machine/machine.ts';
import type {
	AddressSpace,
	HeldLock,
	MemoryObject,
	PageFrame,
	PendingFlush,
	RcuCallback,
	StackFrame,
	Stamp,
	TlbEntry,
} from '../machine/state.ts';

/** The stamp of everything in a state that the search has made. */
export const constantStamp: Stamp = Object.freeze({ step: 0, context: 0, function: -1, instruction: 0 });

/** What an object is, apart from its cells and whether it is freed. */
export type ObjectHeader = Pick<MemoryObject, 'layout' | 'origin' | 'owner' | 'cpu'>;

/** Numbers for values of one type. */
class Numbered<Value> {
	private readonly numbers = new Map<string, number>();
	private readonly values: Value[] = [];

	intern(key: string, make: (number: number) => Value): number {
		let number = this.numbers.get(key);
		if (number === undefined) {
			number = this.values.length;
			this.numbers.set(key, number);
			this.values.push(make(number));
		}
		return number;
	}

	get(number: number): Value {
		const value = this.values[number];
		if (value === undefined) throw new RangeError(`there is no value ${number}`);
		return value;
	}
}

/** A frame that has a number, and as what it got it. */
interface KnownFrame {
	readonly number: number;
	readonly pending: number | null;
	readonly isAlone: boolean;
}

const ascending = (a: number, b: number): number => a - b;

/** All the structured values of one machine. */
export class Values {
	private readonly machine: Machine;
	private readonly stacks = new Numbered<readonly StackFrame[]>();
	private readonly stackFrames = new Numbered<StackFrame>();
	/** Of the frames that have been made here. */
	private readonly knownFrames = new WeakMap<StackFrame, KnownFrame>();
	private readonly holds = new Numbered<readonly HeldLock[]>();
	private readonly gracePeriods = new Numbered<readonly number[] | null>();
	private readonly tlbs = new Numbered<readonly TlbEntry[]>();
	private readonly pageFrames = new Numbered<PageFrame>();
	private readonly spaceLists = new Numbered<readonly AddressSpace[]>();
	private readonly callbackLists = new Numbered<readonly RcuCallback[]>();
	private readonly flushLists = new Numbered<readonly PendingFlush[]>();
	private readonly alarmLists = new Numbered<readonly string[]>();
	private readonly headers = new Numbered<ObjectHeader>();

	constructor(machine: Machine) {
		this.machine = machine;
	}

	frames(frames: readonly StackFrame[]): number {
		const numbers = frames.map((frame, depth) =>
			this.frame(frame, frames[depth + 1]?.result ?? null, frames.length === 1),
		);
		return this.stacks.intern(numbers.join(), () => numbers.map((number) => this.stackFrames.get(number)));
	}

	/**
	 * @param pending the register of the frame that its callee's result is still to be written to
	 * @param isAlone whether it is the only one of its context
	 */
	private frame(frame: StackFrame, pending: number | null, isAlone: boolean): number {
		// Callers stay what they are while the frames above them run.
		const known = this.knownFrames.get(frame);
		if (known?.pending === pending && known.isAlone === isAlone) return known.number;
		const { function: fn, instruction, result, locals } = frame;
		const relevant = relevantRegisters(this.machine, frame, isAlone);
		const values = relevant.map((register) => (register === pending ? 0 : (frame.registers[register] ?? 0)));
		const key = `${fn} ${instruction} ${result} ${pending} ${locals.join()} ${values.join()}`;
		return this.stackFrames.intern(key, (number) => {
			const registers = frame.registers.map(() => 0);
			for (const [at, register] of relevant.entries()) registers[register] = values[at] ?? 0;
			const interned = { function: fn, instruction, registers, locals: [...locals], result };
			this.knownFrames.set(interned, { number, pending, isAlone });
			return interned;
		});
	}

	framesOf(number: number): readonly StackFrame[] {
		return this.stacks.get(number);
	}

	held(held: readonly HeldLock[]): number {
		const sorted = held.toSorted((a, b) => a.lock - b.lock);
		return this.holds.intern(JSON.stringify(sorted.map(({ lock, mode }) => [lock, mode])), () =>
			sorted.map(({ lock, mode }) => ({ lock, mode, since: constantStamp })),
		);
	}

	heldOf(number: number): readonly HeldLock[] {
		return this.holds.get(number);
	}

	gracePeriod(contexts: readonly number[] | null): number {
		const sorted = contexts?.toSorted(ascending) ?? null;
		return this.gracePeriods.intern(JSON.stringify(sorted), () => sorted);
	}

	gracePeriodOf(number: number): readonly number[] | null {
		return this.gracePeriods.get(number);
	}

	tlb(entries: readonly TlbEntry[]): number {
		const plain = entries.map((entry) => ({
			space: entry.space,
			page: entry.page,
			pages: entry.pages,
			frame: entry.frame,
			generation: entry.generation,
			writable: entry.writable,
			dirty: entry.dirty,
			path: entry.path,
			stale: entry.stale,
			mark: entry.mark,
		}));
		return this.tlbs.intern(JSON.stringify(plain), () =>
			plain.map((entry) => ({ ...entry, filled: constantStamp, staleSince: entry.stale ? constantStamp : null })),
		);
	}

	tlbOf(number: number): readonly TlbEntry[] {
		return this.tlbs.get(number);
	}

	pageFrame({ owner, isFree, generation, word }: PageFrame): number {
		return this.pageFrames.intern(`${owner} ${isFree} ${generation} ${word}`, () => ({
			owner,
			isFree,
			generation,
			word,
			changed: constantStamp,
		}));
	}

	pageFrameOf(number: number): PageFrame {
		return this.pageFrames.get(number);
	}

	spaces(spaces: readonly AddressSpace[]): number {
		return this.spaceLists.intern(JSON.stringify(spaces.map(({ root, base }) => [root, base])), () => spaces);
	}

	spacesOf(number: number): readonly AddressSpace[] {
		return this.spaceLists.get(number);
	}

	callbacks(callbacks: readonly RcuCallback[]): number {
		const plain = callbacks.map(({ function: fn, argument, waitsFor }) => ({
			function: fn,
			argument,
			waitsFor: waitsFor.toSorted(ascending),
		}));
		return this.callbackLists.intern(JSON.stringify(plain), () =>
			plain.map((callback) => ({ ...callback, queued: constantStamp })),
		);
	}

	callbacksOf(number: number): readonly RcuCallback[] {
		return this.callbackLists.get(number);
	}

	flushes(flushes: readonly PendingFlush[]): number {
		const plain = flushes.map(({ target, sender, space, start, end }) => ({ target, sender, space, start, end }));
		return this.flushLists.intern(JSON.stringify(plain), () =>
			plain.map((flush) => ({ ...flush, sent: constantStamp })),
		);
	}

	flushesOf(number: number): readonly PendingFlush[] {
		return this.flushLists.get(number);
	}

	alarms(alarms: readonly string[]): number {
		return this.alarmLists.intern(JSON.stringify(alarms), () => [...alarms]);
	}

	alarmsOf(number: number): readonly string[] {
		return this.alarmLists.get(number);
	}

	header({ layout, origin, owner, cpu }: ObjectHeader): number {
		return this.headers.intern(`${layout} ${origin} ${owner} ${cpu}`, () => ({ layout, origin, owner, cpu }));
	}

	headerOf(number: number): ObjectHeader {
		return this.headers.get(number);
	}
}

/** Registers of a frame that matter. */
function relevantRegisters(
	{ program, configuration }: Machine,
	frame: StackFrame,
	isAlone: boolean,
): readonly number[] {
	// Classic RCU tells a context that has come back to its beginning from one that has not begun by what it has in hand.
	const isBeginning = configuration.rcu === 'classic' && isAlone && frame.instruction === 0;
	return (isBeginning ? null : liveIn(program, frame)) ?? [...frame.registers.keys()];
}
