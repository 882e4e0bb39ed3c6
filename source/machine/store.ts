/**
 * A state under construction. The interpreter and every primitive read and write the machine through this interface alone, so
 * that the same code runs on immutable snapshots (immer-store.ts) and on whatever faster representation the checker uses.
 * Device data (TLBs, callbacks, frames ...) is small and is replaced as a whole: values handed in are never changed afterwards.
 */

import type { Machine, MachineEvent, ViewRow, WaitReason } from './machine.ts';
import type {
	AddressSpace,
	Context,
	MemoryObject,
	NamedRange,
	PageFrame,
	PendingFlush,
	RcuCallback,
	Stamp,
	TlbEntry,
} from './state.ts';
import type { Severity, ViolationKind } from './violation.ts';

export interface Store {
	readonly machine: Machine;
	/** Number of the step being run; the set-up is step 0. */
	readonly clock: number;

	/** Null for an id that is not in use. */
	object(id: number): MemoryObject | null;
	/** Highest id in use. */
	lastObject(): number;
	/** Adds an object under the lowest id that is free, or whose object is freed and that nothing in the state points to. */
	addObject(object: MemoryObject): number;
	changeObject(id: number, change: Partial<Pick<MemoryObject, 'status' | 'freed' | 'name'>>): void;
	/** Takes a stack object away without a trace; its frame must be gone and nothing point to it. */
	dropObject(id: number): void;
	/**
	 * Whether something in the state as it is now leads to a freed object, as reachability.ts has it. For stores that can tell
	 * without looking at everything.
	 */
	isReferenced?(id: number): boolean;
	/** The cell, unchecked. */
	cell(object: number, cell: number): number;
	setCell(object: number, cell: number, value: number): void;

	context(index: number): Context;
	changeContext(index: number, change: Partial<Context>): void;

	tlb(cpu: number): readonly TlbEntry[];
	setTlb(cpu: number, entries: readonly TlbEntry[]): void;
	spaces(): readonly AddressSpace[];
	setSpaces(spaces: readonly AddressSpace[]): void;
	frame(number: number): PageFrame | null;
	setFrame(number: number, frame: PageFrame): void;
	callbacks(): readonly RcuCallback[];
	setCallbacks(callbacks: readonly RcuCallback[]): void;
	flushes(): readonly PendingFlush[];
	setFlushes(flushes: readonly PendingFlush[]): void;
	ranges(): readonly NamedRange[];
	setRanges(ranges: readonly NamedRange[]): void;
	/** Adds to a cost counter. */
	count(name: string, amount: number): void;
	/** See MachineState.alarms. */
	alarms(): readonly string[];
	setAlarms(alarms: readonly string[]): void;
	/** See MachineState.finished. */
	finished(): boolean;
	setFinished(): void;
}

/** What the running op may say: events for the log, reports for the user, rows for a view. */
export interface Observer {
	/** A text that takes work to make is better given as a function: it is only called when somebody wants the events. */
	event(kind: MachineEvent['kind'], text: string | (() => string), pointer?: number): void;
	/**
	 * @param subject what it is about, without names, which take no part in a state: tells what one place of an invariant reports
	 * apart. Absent: it reports one thing.
	 */
	report(
		severity: Severity,
		kind: ViolationKind,
		title: string,
		details?: readonly string[],
		subject?: readonly number[],
	): void;
	/** Adds a line to the last report of this op. */
	detail(text: string): void;
	/** Stops the running context: it has crashed (failed BUG_ON, wild access). */
	stop(): void;
	/** Rows drawn so far; null where drawing makes no sense. */
	readonly rows: ViewRow[] | null;
}

/** One call of a primitive, with its arguments evaluated. */
export interface PrimitiveCall {
	readonly store: Store;
	readonly observer: Observer;
	/** Context that makes the call. */
	readonly context: number;
	readonly arguments: readonly number[];
	/** See the `primitive` instruction. */
	readonly extra: number;
	/** Where and when, for provenance. */
	readonly at: Stamp;
}

/** How a primitive behaves. */
export interface PrimitiveBehaviour {
	/** Null when the call can go ahead, else why it has to wait. Must not change anything. Absent: never waits. */
	readonly ready?: (call: PrimitiveCall) => WaitReason | null;
	/** Does it; returns the result, 0 for void. Called only when ready. */
	readonly run: (call: PrimitiveCall) => number;
	/**
	 * After `run`: whether the op has only begun (a grace period was started), so that the context stays before the same
	 * instruction, which is asked again whether it is ready. Absent: never.
	 */
	readonly unfinished?: (call: PrimitiveCall) => boolean;
}
