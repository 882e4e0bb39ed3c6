import { plainLine, plainRow, plainText } from '../../language/plain-text.ts';
import type { Result } from './row-lines.ts';
import { foundKinds, verdictOf } from './verdict.ts';

/** What `mmstep check --json` prints: the help of the command has its fields. */
export function resultsJson(results: readonly Result[]): string {
	return JSON.stringify({ format: 'mmstep-check', version: 1, results: results.map(resultData) }, null, 2);
}

function resultData({ row, report }: Result): object {
	const { scenario, selection, expected } = row;
	const verdict = verdictOf(row, report);
	return {
		scenario: scenario.id,
		...selection,
		expected: expected?.kinds ?? null,
		found: report.findings.map(({ trace: _trace, title, details = [], ...finding }) => ({
			...finding,
			title: plainLine(title),
			details: details.map(plainRow),
		})),
		foundKinds: foundKinds(report),
		complete: report.complete,
		bound: report.bound,
		asExpected: verdict === 'expected',
		verdict,
		problem: report.problem === null ? null : plainText(report.problem),
		states: report.states,
		transitions: report.transitions,
		depth: report.depth,
		seconds: report.seconds,
	};
}
