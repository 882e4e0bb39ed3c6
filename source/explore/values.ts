/**
 * Structured parts of a state (stack frames, held locks, lists of TLB entries ...) as numbers: equal parts have the same number.
 * Provenance is left out, so that what comes back from a number has constant stamps and no names.
 */

import type { Program } from '../language/code.ts';
import { visitLive } from '../machine/liveness.ts';
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

	intern(key: string, make: () => Value): number {
		let number = this.numbers.get(key);
		if (number === undefined) {
			number = this.values.length;
			this.numbers.set(key, number);
			this.values.push(make());
		}
		return number;
	}

	get(number: number): Value {
		const value = this.values[number];
		if (value === undefined) throw new RangeError(`there is no value ${number}`);
		return value;
	}
}

const ascending = (a: number, b: number): number => a - b;

/** All the structured values of one machine. */
export class Values {
	private readonly machine: Machine;
	private readonly stacks = new Numbered<readonly StackFrame[]>();
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
		const { program } = this.machine;
		const packed = frames.map((frame, depth) => {
			const isAlone = frames.length === 1;
			const registers = relevantRegisters(this.machine, program, frame, frames[depth + 1]?.result ?? null, isAlone);
			return [frame.function, frame.instruction, frame.result ?? -1, frame.locals, registers] as const;
		});
		return this.stacks.intern(JSON.stringify(packed), () =>
			packed.map(([fn, instruction, result, locals, registers]) => ({
				function: fn,
				instruction,
				registers,
				locals: [...locals],
				result: result === -1 ? null : result,
			})),
		);
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

/** All registers of a frame, with 0 for those that do not matter. */
function relevantRegisters(
	machine: Machine,
	program: Program,
	frame: StackFrame,
	pending: number | null,
	isAlone: boolean,
): readonly number[] {
	// Classic RCU tells a context that has come back to its beginning from one that has not begun by what it has in hand.
	if (machine.configuration.rcu === 'classic' && isAlone && frame.instruction === 0) return [...frame.registers];
	const registers = frame.registers.map(() => 0);
	for (const register of liveIn(program, frame, pending)) registers[register] = frame.registers[register] ?? 0;
	return registers;
}

function liveIn(program: Program, frame: StackFrame, pending: number | null): readonly number[] {
	// Numbers of the registers, by a frame in which each holds its own.
	const found: number[] = [];
	const numbered = { ...frame, registers: frame.registers.map((_, register) => register) };
	visitLive(program, numbered, pending, (register) => found.push(register));
	return found;
}
