/** A scenario as its folder describes it, after scenario.yaml has been read and checked. Plain data. */

import type { SourceFile } from '../language/position.ts';
import type { Machine } from '../machine/machine.ts';
import type { ViolationKind } from '../machine/violation.ts';

export interface ScenarioProgram {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	/** Model C function run to its end before time begins; null for none. */
	readonly setup: string | null;
	/** By CPU: its label for people (`maps and calls`), and the function it runs (null: takes interrupts only). */
	readonly cpus: readonly { readonly name: string; readonly entry: string | null }[];
	/** CONFIG_ symbols this program sets. */
	readonly config: Readonly<Record<string, string>>;
	/** Option values that are this program's defaults. */
	readonly options: Readonly<Record<string, string>>;
}

export interface ScenarioOption {
	readonly id: string;
	readonly title: string;
	readonly values: readonly string[];
	readonly default: string;
	/**
	 * Symbol that carries the value: `CONFIG_X=value` for a number; for a word, `CONFIG_X_WORD=1` (upper case, `-` as `_`).
	 * Null when the option is a setting of the machine alone.
	 */
	readonly define: string | null;
	/** Field of MachineConfiguration that the value sets, or null. */
	readonly machine: 'rcu' | 'fill' | 'cpus' | 'frames' | null;
}

export interface ScenarioKernel {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	/** CONFIG_ symbols this kernel sets; `y` is 1. */
	readonly config: Readonly<Record<string, string>>;
}

export interface ExpectedVerdict {
	/** Kernel ids, or every kernel. */
	readonly kernels: readonly string[];
	readonly programs: readonly string[];
	/** Option values that the row speaks of; options not named keep their defaults. */
	readonly options: Readonly<Record<string, string>>;
	/** Options that the row speaks of with several values, each with each. None of them is in `options`. */
	readonly across: Readonly<Record<string, readonly string[]>>;
	/** Kinds of violation that are reachable; empty for none. Warnings and notes do not count. */
	readonly kinds: readonly ViolationKind[];
	readonly reason: string;
	/** Where it is known from: `mail`, `search`, `argument`, `open`. */
	readonly known: string;
}

/** One line of a schedule, parsed. */
export type ScheduleStep =
	/** `cpu0`, `cpu1 x3`, `ipi1`, `rcu`: that many line steps. */
	| { readonly kind: 'times'; readonly actor: string; readonly count: number }
	/** `cpu0 until vb_alloc returns`, `cpu0 until vb_free called`: until the function's next return or entry by that actor. */
	| {
			readonly kind: 'untilFunction';
			readonly actor: string;
			readonly function: string;
			readonly event: 'returns' | 'called';
	  }
	/** `cpu1 line "pmd_clear"`: until a line that contains the text has been executed; `until line "..."`: until it is next. */
	| { readonly kind: 'untilLine'; readonly actor: string; readonly text: string; readonly after: boolean }
	/** `cpu0 until (vb->free == 0)`: until the model C expression, in that actor's scope or of globals, is true. */
	| { readonly kind: 'untilExpression'; readonly actor: string; readonly expression: string }
	/** `cpu0 until blocked`, `cpu0 until done`. */
	| { readonly kind: 'untilStatus'; readonly actor: string; readonly status: 'blocked' | 'done' };

export interface ScheduleEntry {
	/** As written. */
	readonly text: string;
	readonly step: ScheduleStep;
	/** The thread's argument beside this step; empty when there is none. */
	readonly note: string;
	/** A short name of the moment after this entry (`S27`, `mail line 2`), or empty. */
	readonly mark: string;
}

export interface ScenarioSchedule {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	/** The kernels it is written for; the first is the default. */
	readonly kernels: readonly string[];
	readonly program: string;
	readonly options: Readonly<Record<string, string>>;
	readonly entries: readonly ScheduleEntry[];
}

export interface Scenario {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	/** What it proves, in a few sentences. */
	readonly proves: string;
	/** The thread: subject, author, date, message id; what is left out and why. */
	readonly source: {
		readonly subject: string;
		readonly author: string;
		readonly date: string;
		readonly messageId: string;
	};
	/** Model C files to compile, relative to the scenario folder, or `kernel/...`. */
	readonly files: readonly string[];
	/** Machine settings with which the scenario starts. */
	readonly machine: { readonly cpus: number; readonly frames: number; readonly tableSizes: readonly number[] };
	readonly programs: readonly ScenarioProgram[];
	readonly options: readonly ScenarioOption[];
	readonly kernels: readonly ScenarioKernel[];
	readonly expected: readonly ExpectedVerdict[];
	readonly schedules: readonly ScenarioSchedule[];
	/** Detectors switched off, each with its reason. */
	readonly muted: readonly { readonly kind: ViolationKind; readonly reason: string }[];
	/** Names of panes to show first, in order. */
	readonly panes: readonly string[];
	/** Every text that belongs to it (scenario.yaml first, then every file that was included), so that a recording can carry it. */
	readonly texts: readonly SourceFile[];
}

/** What the user picked. Options that are not named have their defaults. */
export interface Selection {
	readonly kernel: string;
	readonly program: string;
	readonly options: Readonly<Record<string, string>>;
}

/** A scenario on one kernel, compiled and ready to step. */
export interface Target {
	readonly scenario: Scenario;
	readonly selection: Selection;
	readonly machine: Machine;
}

/** Thrown for a scenario folder or selection that cannot be used. The message is ready for people: path, line, column, caret, advice. */
export class ScenarioError extends Error {
	override readonly name = 'ScenarioError';
	/** What the user called it, where that has been said: of several, which one. */
	readonly scenario: string | null;

	constructor(message: string, scenario: string | null = null) {
		super(message);
		this.scenario = scenario;
	}
}
