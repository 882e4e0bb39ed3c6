/** What `mmstep check` prints about a single row: all there is to know. */

import type { CheckFinding } from '../../explore/check-job.ts';
import { drawSession } from '../../report/diagram.ts';
import { violationDrawing } from '../../report/session-drawing.ts';
import { headingText } from '../../report/session-text.ts';
import { splat } from '../../report/splat.ts';
import { wrapLine, wrapProse } from '../../report/wrap.ts';
import type { Target } from '../../scenario/scenario.ts';
import type { Arguments } from '../arguments.ts';
import { findingText, type Result } from './row-lines.ts';
import type { CheckRow } from './rows.ts';
import { numberOf, traceSession } from './trace.ts';
import { violationsOf } from './verdict.ts';

/** Everything about one row: what it is, what is expected, and how to get to what was found. */
export function rowText(
	{ row, report }: Result,
	targetOf: (row: CheckRow) => Target,
	{ allViolations, full }: Arguments,
): string[] {
	if (report.problem !== null) return [];
	const target = targetOf(row);
	const violations = violationsOf(report.findings);
	const others = report.findings.filter(({ severity }) => severity !== 'violation');
	const shown = allViolations ? violations : violations.slice(0, 1);
	const { entry } = row.expected ?? {};
	return [
		'',
		...headingText(target, ''),
		...(entry === undefined || entry.reason === ''
			? []
			: [...wrapProse(`expected: ${entry.kinds.join(', ') || 'none'} (${entry.known}): ${entry.reason}`)]),
		...[...violations, ...others].flatMap((finding) => wrapLine(`found: ${findingText(finding)}`, 79, 7)),
		...shown.flatMap((finding) => counterexample(target, finding, full)),
		'',
	];
}

function counterexample(target: Target, finding: CheckFinding, isFull: boolean): string[] {
	const session = traceSession(target, finding);
	const reports = session.timeline.cursor.violations.filter(({ kind }) => kind === finding.kind);
	return [
		'',
		...(isFull ? drawSession(session) : violationDrawing(session, numberOf(session, finding))),
		...reports.flatMap((violation) => ['', ...splat(target, violation)]),
	];
}
