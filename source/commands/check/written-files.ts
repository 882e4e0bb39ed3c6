/** The files that `mmstep check` writes: the way to a violation, and a report of it. */

import type { CheckFinding } from '../../explore/check-job.ts';
import { plainLine } from '../../language/plain-text.ts';
import type { BugReport } from '../../report/bug-report.ts';
import { makeReport } from '../../report/make-report.ts';
import { asciiText } from '../../report/wrap.ts';
import { isSameSelection } from '../../scenario/expected.ts';
import type { Target } from '../../scenario/scenario.ts';
import type { Arguments } from '../arguments.ts';
import { writeNewFile } from '../new-file.ts';
import { formatWish, sizeWish } from '../report-formats.ts';
import { kernelRow } from './kernel-verdicts.ts';
import { groupName, type Result, rowName } from './row-lines.ts';
import type { CheckRow } from './rows.ts';
import { numberOf, traceSession, writeTrace } from './trace.ts';
import { violationsOf } from './verdict.ts';

/** The first counterexample, that of an unexpected violation before others. */
function firstCounterexample(results: readonly Result[]): { row: CheckRow; finding: CheckFinding } | null {
	const all = results.flatMap(({ row, report }) =>
		violationsOf(report.findings).map((finding) => ({
			row,
			finding,
			isExpected: row.expected?.kinds.includes(finding.kind) === true,
		})),
	);
	return all.find(({ isExpected }) => !isExpected) ?? all[0] ?? null;
}

/** Writes the first counterexample. Says what was done. */
export function writeTraceFile(results: readonly Result[], targetOf: (row: CheckRow) => Target, file: string): string {
	const first = firstCounterexample(results);
	const name = asciiText(plainLine(file));
	if (first === null) return `${name} was not written: no violation was found`;
	const { row, finding } = first;
	writeTrace(file, traceSession(targetOf(row), finding));
	return `the way to ${finding.kind} (${groupName(row)} ${rowName(row)}) is in ${name}; "mmstep ${name}" opens it`;
}

/** Writes a report of the first counterexample. Says what was done. */
export async function writeReportFile(
	results: readonly Result[],
	targetOf: (row: CheckRow) => Target,
	file: string,
	{ trace, maxSeconds }: Arguments,
): Promise<string> {
	const first = firstCounterexample(results);
	const name = asciiText(plainLine(file));
	if (first === null) return `${name} was not written: no violation was found`;
	const { row, finding } = first;
	const session = traceSession(targetOf(row), finding);
	const kernels = kernelsOf(results, row, maxSeconds === undefined ? 0 : Number(maxSeconds));
	const report = makeReport(session, { file: trace ?? null, violation: numberOf(session, finding), kernels });
	writeNewFile(file, await formatWish(undefined, file).render(report, session, sizeWish(undefined)));
	return `the report of ${finding.kind} (${groupName(row)} ${rowName(row)}) is in ${name}`;
}

/** What was found of the other kernels with the same program and options, if they were searched. */
function kernelsOf(results: readonly Result[], row: CheckRow, seconds: number): BugReport['kernels'] {
	const { scenario, selection } = row;
	const same = results.filter(
		({ row: other }) =>
			other.scenario === scenario && isSameSelection({ ...other.selection, kernel: selection.kernel }, selection),
	);
	if (same.length < 2) return null;
	const rows = same.flatMap(({ row: other, report }) => {
		const kernel = scenario.kernels.find(({ id }) => id === other.selection.kernel);
		return kernel === undefined ? [] : [kernelRow(kernel, other === row, report)];
	});
	return { seconds, rows };
}
