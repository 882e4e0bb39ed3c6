/**
 * The state of the machine: plain immutable data. Two states are the same state when their `identityOf` is; the parts marked
 * *provenance* explain how the state came about and take no part in that.
 */

/** Cells per object that a pointer can name: a pointer is `object * pointerStride + cell`, NULL is 0, ERR_PTR is negative. */
export const pointerStride = 4096;

/** Provenance: when and where something happened. `step` counts the steps from the start; 0 is the set-up. */
export interface Stamp {
	readonly step: number;
	readonly context: number;
	/** Index into Program.functions and into its code. */
	readonly function: number;
	readonly instruction: number;
}

/** An object in memory: a global, a per-CPU copy, a local whose address is taken, or what kmalloc returned. */
export interface MemoryObject {
	/** Index into Program.layouts. */
	readonly layout: number;
	readonly origin: 'global' | 'stack' | 'heap';
	/** Global index (and CPU, for per-CPU data) when `origin` is global; owning context for stack; -1 otherwise. */
	readonly owner: number;
	readonly cpu: number;
	readonly status: 'live' | 'freed';
	/** One number a cell; what is freed keeps its cells, so that a use after free reads what was left. */
	readonly cells: readonly number[];
	/** Provenance. */
	readonly allocated: Stamp | null;
	/** Provenance. */
	readonly freed: Stamp | null;
	/** Provenance: a name given by name_object, or empty. */
	readonly name: string;
}

export interface StackFrame {
	/** Index into Program.functions. */
	readonly function: number;
	/** Next instruction to run. */
	readonly instruction: number;
	readonly registers: readonly number[];
	/** Object ids of the memory locals, parallel to FunctionCode.memoryLocals. */
	readonly locals: readonly number[];
	/** Register of the caller that takes the result, or null. */
	readonly result: number | null;
}

export type LockMode = 'exclusive' | 'shared';

export interface HeldLock {
	/** Pointer to the lock's cell. */
	readonly lock: number;
	readonly mode: LockMode;
	/** Provenance. */
	readonly since: Stamp;
}

/** Something that runs code: a CPU, or the softirq context in which RCU callbacks run (the last context). */
export interface Context {
	/** `idle`: a callback context with nothing to run. `done`: the entry function returned. `dead`: stopped by a failed BUG_ON or a wild access. */
	readonly status: 'running' | 'idle' | 'done' | 'dead';
	/** Outermost first. */
	readonly frames: readonly StackFrame[];
	/** In order of acquisition. */
	readonly held: readonly HeldLock[];
	readonly rcuDepth: number;
	readonly preemptDepth: number;
	readonly irqsOff: boolean;
	/** Contexts that synchronize_rcu() still waits for; null when not waiting. */
	readonly gracePeriod: readonly number[] | null;
	/** Open `atomic` regions; 0 between ops. */
	readonly atomicDepth: number;
}

/** A context that runs nothing. */
export const idleContext: Context = {
	status: 'idle',
	frames: [],
	held: [],
	rcuDepth: 0,
	preemptDepth: 0,
	irqsOff: false,
	gracePeriod: null,
	atomicDepth: 0,
};

/** A cached translation. */
export interface TlbEntry {
	readonly space: number;
	/** First virtual page number (address / page size). */
	readonly page: number;
	/** Pages covered: 1, or more for a leaf at an upper level. */
	readonly pages: number;
	readonly frame: number;
	/** Generation of the frame when the entry was filled. */
	readonly generation: number;
	readonly writable: boolean;
	readonly dirty: boolean;
	/** Pointers to the table entries that the walk read, root first. */
	readonly path: readonly number[];
	readonly stale: boolean;
	/** Ghost mark for contracts; see tlb_set_mark. */
	readonly mark: number;
	/** Provenance. */
	readonly filled: Stamp;
	/** Provenance. */
	readonly staleSince: Stamp | null;
}

export interface AddressSpace {
	readonly name: string;
	/** Pointer to the root table page. */
	readonly root: number;
	/** First address that the root maps. */
	readonly base: number;
}

/** A physical page. Frame numbers count from 1. */
export interface PageFrame {
	/** Index into Program.texts; 0 when free. */
	readonly owner: number;
	readonly isFree: boolean;
	readonly generation: number;
	/** The one word of content that the model keeps. */
	readonly word: number;
	/** Provenance. */
	readonly changed: Stamp | null;
}

/** A callback of call_rcu or kfree_rcu that has not been called. */
export interface RcuCallback {
	/** Function to call (Program.functions), or -1 to free the object. */
	readonly function: number;
	/** Pointer: the rcu_head, or the object to free. */
	readonly argument: number;
	/** Contexts whose read section it still waits for. */
	readonly waitsFor: readonly number[];
	/** Provenance. */
	readonly queued: Stamp;
}

/** A flush on its way to another CPU. */
export interface PendingFlush {
	readonly target: number;
	readonly sender: number;
	readonly space: number;
	readonly start: number;
	readonly end: number;
	/** Provenance. */
	readonly sent: Stamp;
}

export interface NamedRange {
	readonly space: number;
	readonly start: number;
	readonly end: number;
	readonly name: string;
}

export interface MachineState {
	/** Provenance: number of steps from the start. */
	readonly clock: number;
	/** By object id; id 0 is never used. A hole is an id that may be used again. */
	readonly objects: readonly (MemoryObject | null)[];
	/** CPUs in order, then the callback context. */
	readonly contexts: readonly Context[];
	/** By CPU; entries in order of space, then page. */
	readonly tlbs: readonly (readonly TlbEntry[])[];
	readonly spaces: readonly AddressSpace[];
	/** By frame number; index 0 is not a frame. */
	readonly frames: readonly PageFrame[];
	/** In order of queueing. */
	readonly callbacks: readonly RcuCallback[];
	/** In order of sending. */
	readonly flushes: readonly PendingFlush[];
	/** Provenance: names for display. */
	readonly ranges: readonly NamedRange[];
	/** Provenance: cost counters by name, see machine/costs. */
	readonly costs: Readonly<Record<string, number>>;
	/** Conditions (kind, place and what they are about) that invariants found broken in this state: each is reported when it begins. */
	readonly alarms: readonly string[];
	/** Whether the end was reached and the final checks have run. */
	readonly finished: boolean;
}
