import type { ViolationKind } from '../language/violation-kinds.ts';

export type { ViolationKind } from '../language/violation-kinds.ts';
/** The closed vocabulary of what a detector may report (README and `show` explain each). */
export { violationKinds } from '../language/violation-kinds.ts';

export type Severity = 'violation' | 'warning' | 'note';

/** One frame of a stack, innermost first in lists. */
export interface StackEntry {
	readonly function: string;
	readonly file: string;
	readonly line: number;
}

/** What a detector reports. Plain data, so that it can be recorded and compared. */
export interface Violation {
	readonly kind: ViolationKind;
	readonly severity: Severity;
	/** One line: what is wrong, with the names of what is involved. */
	readonly title: string;
	/** Who did it: `CPU0`, `rcu`; empty for what nobody did (deadlock, leak at the end). */
	readonly actor: string;
	readonly function: string;
	readonly file: string;
	readonly line: number;
	/** The number of the step at which it was found, counted from the start of the session. */
	readonly step: number;
	readonly stack: readonly StackEntry[];
	/** Further lines: who filled the entry, who freed the object and where, why nobody flushed. */
	readonly details: readonly string[];
}
