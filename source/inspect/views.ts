/**
 * Typed views of a state, for the screen, for `--json` and for tests. Every text in them is plain, single-line and free of
 * control characters. Values are written as a kernel developer would: symbolic names for addresses, frames and objects.
 */

import type { ActorStatus, ViewRow, WaitReason } from '../machine/machine.ts';
import type { StackEntry } from '../machine/violation.ts';

export interface VariableView {
	readonly name: string;
	readonly type: string;
	readonly value: string;
	/** The value in the state compared with, when it differs. */
	readonly before: string | null;
}

export interface CpuView {
	readonly context: number;
	/** `CPU0`, `rcu`. */
	readonly name: string;
	/** The program's label for it: `maps and calls`. */
	readonly role: string;
	readonly status: 'ready' | 'waiting' | 'idle' | 'done' | 'dead';
	/** Innermost first. */
	readonly stack: readonly StackEntry[];
	/** One line saying what it waits for, or empty. */
	readonly waitsFor: string;
	/** Held locks with mode and since which step, RCU depth, preempt and irq state, one line each. */
	readonly holds: readonly string[];
	readonly locals: readonly VariableView[];
}

/** Source lines around a place. */
export interface SourceView {
	readonly file: string;
	readonly lines: readonly { readonly number: number; readonly text: string }[];
	/** The line about to run. */
	readonly current: number;
	readonly function: string;
}

export interface PageTableRow {
	/** 0 for the root table. */
	readonly depth: number;
	/** `kernel root`, `A+2`, `[3]`. */
	readonly label: string;
	/** `none`, `P3 W A D`, `table pte#2`. */
	readonly entry: string;
	/** Who holds the lock that lives in the table page, or empty. */
	readonly lock: string;
	readonly present: boolean;
	readonly changed: boolean;
}

export interface TlbCell {
	readonly cpu: number;
	/** `P3`, or empty when nothing is cached. */
	readonly text: string;
	/** `live`: agrees with the tables. `stale`: the tables have changed since. */
	readonly state: 'empty' | 'live' | 'stale';
	/** `filled step 16; stale since step 18`. */
	readonly remark: string;
	readonly changed: boolean;
}

export interface TlbRow {
	/** `A+2`. */
	readonly label: string;
	readonly space: string;
	readonly page: number;
	/** What the tables say now: `P3 W`, `none`. */
	readonly pte: string;
	readonly cells: readonly TlbCell[];
}

export interface LockRow {
	/** `A.lock`, `vmap_purge_lock`. */
	readonly name: string;
	readonly kind: 'spinlock' | 'rwlock' | 'mutex' | 'rw_semaphore' | 'rcu';
	readonly holders: readonly { readonly actor: string; readonly mode: string; readonly since: number }[];
	readonly waiters: readonly string[];
	readonly changed: boolean;
}

/** An actor of the wait-for graph: it waits, or is waited for. */
export interface WaitActor {
	/** `CPU0`, `rcu`, `ipi1`: whoever takes CPU 1's next interrupt. */
	readonly name: string;
	readonly role: string;
	readonly status: ActorStatus['status'];
}

/** An edge of the wait-for graph. */
export interface WaitsOn {
	readonly actor: string;
	/** How it holds the lock, and since which step (0: the set-up); null when what is waited for is no lock. */
	readonly mode: 'shared' | 'exclusive' | null;
	readonly since: number | null;
}

/** One actor's wait. It ends when all of `on` have done their part; nobody there means that it is for nobody in particular. */
export interface WaitRow {
	readonly actor: string;
	readonly kind: WaitReason['kind'];
	/** `mutex page.lock`, `wait_event(done)`. */
	readonly what: string;
	readonly on: readonly WaitsOn[];
	readonly inCycle: boolean;
	readonly changed: boolean;
}

export interface WaitGraph {
	readonly actors: readonly WaitActor[];
	readonly waits: readonly WaitRow[];
	/** Names of the actors that can go on, involved or not: whoever waits for nobody in particular waits for one of these, or for ever. */
	readonly ready: readonly string[];
	/** Names of actors, each waiting for the next, the last for the first. Whoever is in one waits for ever. */
	readonly cycles: readonly (readonly string[])[];
}

export interface FrameRow {
	readonly frame: string;
	readonly owner: string;
	readonly generation: number;
	readonly word: number;
	/** Where it is mapped and cached: `PTE A+2`, `TLB1 A+2 (stale)`. */
	readonly aliases: readonly string[];
	readonly changed: boolean;
}

export interface ObjectRow {
	readonly name: string;
	readonly type: string;
	readonly status: 'live' | 'freed';
	/** `step 5, CPU0 in new_vmap_block (mm/vmalloc.c:120)`; empty for globals. */
	readonly allocated: string;
	readonly freed: string;
	readonly fields: readonly VariableView[];
	readonly changed: boolean;
}

export interface RcuView {
	readonly readers: readonly { readonly actor: string; readonly depth: number }[];
	readonly callbacks: readonly { readonly text: string; readonly waitsFor: readonly string[] }[];
}

export interface InterruptRow {
	readonly text: string;
}

/** A row that is a node of a tree. */
export interface TreeNode {
	/** `row`: index of the row that the pointer leads to, -1 when it leads to what has no row; `to` names it, empty for NULL. */
	readonly children: readonly { readonly name: string; readonly row: number; readonly to: string }[];
	/** Variables of running functions that point to it: `CPU0 node`. */
	readonly walkers: readonly string[];
}

export interface CustomViewRow extends Omit<ViewRow, 'node' | 'children'> {
	/** Null for a row that is none. */
	readonly tree: TreeNode | null;
	readonly changed: boolean;
}

export interface CustomView {
	/** Name of the `__view` function, with `_` as blanks: `vmap blocks`. */
	readonly title: string;
	readonly rows: readonly CustomViewRow[];
}

export interface CostRow {
	readonly name: string;
	readonly value: number;
	/** Growth since the state compared with. */
	readonly growth: number;
}

/** Everything the panes show, of one state compared with an earlier one. */
export interface StateViews {
	readonly cpus: readonly CpuView[];
	readonly pageTables: readonly PageTableRow[];
	readonly tlbs: readonly TlbRow[];
	readonly locks: readonly LockRow[];
	readonly waits: WaitGraph;
	readonly frames: readonly FrameRow[];
	readonly objects: readonly ObjectRow[];
	readonly rcu: RcuView;
	readonly interrupts: readonly InterruptRow[];
	readonly custom: readonly CustomView[];
	readonly costs: readonly CostRow[];
}

/** One thing that differs between two states. */
export interface Difference {
	/** Which view it is from: `locks`, `TLBs`, `vmap blocks`. */
	readonly view: string;
	/** `A.free`, `CPU1 A+2`. */
	readonly label: string;
	readonly before: string;
	readonly after: string;
}
