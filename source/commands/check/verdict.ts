/** What a search of a row says about it. */

import type { CheckFinding, CheckReport } from '../../explore/check-job.ts';
import type { ViolationKind } from '../../machine/violation.ts';
import type { CheckRow } from './rows.ts';

export type Verdict =
	/** What can be reached is what was expected; or nothing can, where nothing was said. */
	| 'expected'
	/** A violation that was not expected, or one that was and cannot be reached. */
	| 'unexpected'
	/** The search ended too early to say. */
	| 'undecided'
	/** The row could not be searched. */
	| 'broken';

/** Kinds of the violations found, sorted, each once; warnings and notes do not count. */
export function foundKinds({ findings }: CheckReport): ViolationKind[] {
	return [...new Set(violationsOf(findings).map(({ kind }) => kind))].sort();
}

export function violationsOf(findings: readonly CheckFinding[]): CheckFinding[] {
	return findings.filter(({ severity }) => severity === 'violation');
}

/** Compares what was found with what is expected. Where nothing is expected of a row, it should have no violation. */
export function verdictOf({ expected }: CheckRow, report: CheckReport): Verdict {
	if (report.problem !== null) return 'broken';
	const wanted: readonly ViolationKind[] = expected?.kinds ?? [];
	const found = foundKinds(report);
	if (found.some((kind) => !wanted.includes(kind))) return 'unexpected';
	if (!report.complete) return 'undecided';
	return found.length === wanted.length ? 'expected' : 'unexpected';
}
