/**
 * The one interface to the machine: `initialState`, `actors`, `choices`, `step`. The debugger, replay and the checker all
 * go through it. Every function is pure: data in, data out.
 */

import type { Program } from '../language/code.ts';
import type { MachineState } from './state.ts';
import type { Violation } from './violation.ts';

/** The settings of the machine that are not model C. */
export interface MachineConfiguration {
	readonly cpus: number;
	/** Number of page frames. */
	readonly frames: number;
	/** Entries per table, root level first; the last level holds PTEs. `[12]` is a single table of 12 entries. */
	readonly tableSizes: readonly number[];
	readonly pageSize: number;
	readonly rcu: 'preemptible' | 'classic';
	/** `speculative`: a CPU may cache any present translation at any time, as a choice of its own. */
	readonly fill: 'explicit' | 'speculative';
	readonly memoryModel: 'sc';
	/** Instructions one step may run before it is taken for an endless loop. */
	readonly maxInstructions: number;
	readonly maxStackDepth: number;
	readonly maxObjects: number;
}

/** A machine ready to run: code, settings, and what each CPU runs. */
export interface Machine {
	readonly program: Program;
	readonly configuration: MachineConfiguration;
	/** Function run to its end on CPU 0 before time begins; null for none. */
	readonly setup: string | null;
	/** Entry function of each CPU, parallel to the CPUs; null for a CPU that only takes interrupts. */
	readonly entries: readonly (string | null)[];
	/** Kinds switched off by the scenario, each of which says why there. */
	readonly mutedKinds: readonly string[];
}

/**
 * Actors are numbered: CPUs `0..n-1` (`cpu0`), the RCU callback context `n` (`rcu`), pending flush interrupts
 * `n+1..2n` (`ipi0`: the next interrupt taken by CPU 0), speculative fills `2n+1..3n` (`mmu0`).
 */
export interface Choice {
	readonly actor: number;
	/** Which of the actor's possibilities: which ready callback, which page to cache. 0 for the others. */
	readonly alternative: number;
}

/**
 * How far a step goes. `op`: one visible operation. `line`: to the next source line, into the kernel's functions but over the
 * library's helpers. `over`: to the next line of this function or its caller. `out`: until this function has returned.
 * All stop early when the actor must wait, and after an op that reported a violation.
 */
export type Grain = 'op' | 'line' | 'over' | 'out';

/** Why an actor cannot run. */
export interface WaitReason {
	/** What has to happen: a lock to be released, a wait_event() condition to hold, an interrupt to be taken, readers to leave. */
	readonly kind: 'lock' | 'condition' | 'interrupt' | 'grace-period';
	/** What is waited for, without the verb: `spinlock A.lock`, `wait_event(done)`, `a flush interrupt`. */
	readonly what: string;
	/** One line in lock terms: `waits for spinlock A.lock, held by CPU0 since step 7`. */
	readonly text: string;
	/** The lock's address, when it is a lock. */
	readonly lock: number | null;
	/** Contexts that stand in the way. */
	readonly holders: readonly number[];
}

/** An actor as it stands in a state. */
export interface ActorStatus {
	readonly actor: number;
	/** `cpu0`, `rcu`, `ipi1`, `mmu1`. */
	readonly name: string;
	readonly status: 'ready' | 'waiting' | 'idle' | 'done' | 'dead';
	/** Alternatives that can be chosen; empty unless ready. Each says what the step would do. */
	readonly alternatives: readonly string[];
	readonly wait: WaitReason | null;
}

/** Something that happened inside a step, for the log and the diagram. Computed when asked for, never kept. */
export interface MachineEvent {
	readonly kind:
		| 'call'
		| 'return'
		| 'load'
		| 'store'
		| 'atomic'
		| 'lock'
		| 'unlock'
		| 'rcu'
		| 'allocate'
		| 'free'
		| 'tlb-fill'
		| 'tlb-hit'
		| 'tlb-flush'
		| 'interrupt'
		| 'frame'
		| 'fault'
		| 'end';
	/** Context that did it; for hardware, the CPU. */
	readonly context: number;
	/** Index into Program.functions, -1 for hardware. */
	readonly function: number;
	readonly instruction: number;
	/** Stack depth of the context, 1 for the entry function. */
	readonly depth: number;
	/** The cell, lock or object that it is about, whatever its name at the time; 0 for none. */
	readonly pointer: number;
	/** One line in kernel words: `spin_lock(&A->lock)`, `A->free: 2 -> 0`, `TLB hit A+2 -> P3 (stale)`. */
	readonly text: string;
}

export interface StepResult {
	readonly state: MachineState;
	/** In order; also those that invariants and the final checks found. */
	readonly violations: readonly Violation[];
	readonly events: readonly MachineEvent[];
	/** False when the actor had to stop before the end of its line, function or op because it must wait. */
	readonly completed: boolean;
}

/** Thrown for what the model did that the machine cannot give a meaning to: an endless loop, a stack too deep, a value beyond 2^53. */
export class MachineError extends Error {
	override readonly name = 'MachineError';
	/** `file:line:column`, or empty. */
	readonly where: string;

	constructor(message: string, where: string) {
		super(where === '' ? message : `${where}: ${message}`);
		this.where = where;
	}
}

/** One row that a `__view` function drew. */
export interface ViewRow {
	readonly label: string;
	/** The strip, one cell after another. */
	readonly cells: readonly { readonly tone: string; readonly text: string }[];
	/** Brackets under the strip: from cell `start` to before cell `end`. */
	readonly range: { readonly start: number; readonly end: number } | null;
	readonly badges: readonly { readonly tone: string; readonly text: string }[];
	readonly fields: readonly { readonly name: string; readonly value: string }[];
	readonly remarks: readonly string[];
	/** Pointer to the object that the row stands for in a tree; 0 when it is no node of one. */
	readonly node: number;
	/** What its pointers to others hold, 0 for none. */
	readonly children: readonly { readonly name: string; readonly to: number }[];
}
