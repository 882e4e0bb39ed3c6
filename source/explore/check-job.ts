/** One row of a table of verdicts as work for a worker, and what comes back: plain data that can be posted between threads. */

import type { Choice } from '../machine/machine.ts';
import type { Severity, ViolationKind } from '../machine/violation.ts';
import type { Scenario, Selection } from '../scenario/scenario.ts';

/** How a row is searched, and where the search gives up. */
export interface CheckSettings {
	/** Find every kind at every place; otherwise stop at the first violation. */
	readonly allViolations: boolean;
	/** What a counterexample has fewest of: context switches and then steps, or the other way round. */
	readonly shortest: 'switches' | 'steps';
	/**
	 * Where any way to a finding will do, and nobody reads its details: always, or where the search is complete and has found
	 * violations of exactly these kinds. To look for the shortest can take longer than the search itself.
	 */
	readonly anyWay?: 'always' | readonly ViolationKind[];
	readonly reduction: boolean;
	/** Bounds; infinity for none. */
	readonly maxStates: number;
	readonly maxDepth: number;
	readonly maxSeconds: number;
}

export interface CheckJob {
	readonly scenario: Scenario;
	readonly selection: Selection;
	readonly settings: CheckSettings;
}

/** A kind of violation at a place, with one way to it. */
export interface CheckFinding {
	readonly kind: ViolationKind;
	readonly severity: Severity;
	readonly title: string;
	readonly function: string;
	readonly file: string;
	readonly line: number;
	/** Op steps from the start, the last of which reports it. Empty when the set-up does already. */
	readonly trace: readonly Choice[];
	readonly steps: number;
	/** How often another actor goes on than the one before. */
	readonly switches: number;
	/** Further lines of the report. */
	readonly details?: readonly string[];
}

/** Why a search ended before its end. */
export type Bound = 'states' | 'depth' | 'seconds' | 'memory' | 'interrupted';

export interface CheckReport {
	readonly findings: readonly CheckFinding[];
	/** Whether everything that can be reached was seen. */
	readonly complete: boolean;
	/** Null when it is complete, or ended because a violation was all that was wanted. */
	readonly bound: Bound | null;
	readonly states: number;
	readonly transitions: number;
	/** The most steps from the start. */
	readonly depth: number;
	readonly seconds: number;
	/** Why the row could not be searched: a model that does not compile, say. Null when it could. */
	readonly problem: string | null;
}

export interface CheckProgress {
	readonly states: number;
	readonly transitions: number;
	readonly frontier: number;
	readonly depth: number;
	readonly seconds: number;
}

/** What was seen of a row that was not searched to its end, or not at all. */
export function unfinished(bound: Bound, progress: CheckProgress | null): CheckReport {
	return {
		findings: [],
		complete: false,
		bound,
		states: progress?.states ?? 0,
		transitions: progress?.transitions ?? 0,
		depth: progress?.depth ?? 0,
		seconds: progress?.seconds ?? 0,
		problem: null,
	};
}
