/** What the report of a counterexample draws can be followed back to the same violation: a kernel of every scenario for each kind. */

import { describe, expect, it } from 'vitest';
import { traceSession } from '../../../source/commands/check/trace.ts';
import { checkMachine, unboundedSettings } from '../../../source/explore/check-target.ts';
import { drawSession } from '../../../source/report/diagram.ts';
import { makeReport } from '../../../source/report/make-report.ts';
import { reportText } from '../../../source/report/report-text.ts';
import { bundledIds } from '../../../source/scenario/bundled.ts';
import { type ExpectedRow, expectedRows, isSameSelection } from '../../../source/scenario/expected.ts';
import { compareDrawing, followDrawing } from '../../../source/session/follow/follow.ts';
import { parseDrawing } from '../../../source/session/follow/parse-drawing.ts';
import type { Session } from '../../../source/session/session.ts';
import { bundled, targetOf } from '../../scenarios/follow.ts';

/** States that a row may have to be searched here. */
const maxStates = 20_000;

/** Rows each of which has a kind that none before it has: kernels with the same race have the same drawing, nearly. */
function rowsOf(id: string): ExpectedRow[] {
	const kinds = new Set<string>();
	return expectedRows(bundled(id)).filter(({ entry }) => {
		const isNew = entry.kinds.some((kind) => !kinds.has(kind));
		for (const kind of entry.kinds) kinds.add(kind);
		return isNew;
	});
}

/** The drawing of `run` is tried on the first row only: it has more lines than a report. */
const formats: Readonly<Record<string, (session: Session) => readonly string[]>> = {
	report: (session) => reportText(makeReport(session, { kernels: null })),
	drawing: (session) => drawSession(session),
};

describe.each(bundledIds())('%s', (id) => {
	it.each(
		rowsOf(id).map(
			(row) => [`${row.selection.kernel} ${row.selection.program} ${row.entry.kinds.join(' ')}`, row] as const,
		),
	)('%s', (_, row) => {
		const target = targetOf(id, row.selection);
		const { findings } = checkMachine(target.machine, { ...unboundedSettings, allViolations: false, maxStates });
		const finding = findings.find(({ severity, trace }) => severity === 'violation' && trace.length > 0);
		expect(finding).toBeDefined();
		if (finding === undefined) return;
		const session = traceSession(target, finding);
		const isFirst = isSameSelection(row.selection, rowsOf(id)[0]?.selection ?? row.selection);
		for (const [format, draw] of Object.entries(formats).slice(0, isFirst ? 2 : 1)) {
			const comparison = compareDrawing(target, parseDrawing(draw(session).join('\n')));
			const unclear = comparison.items.filter((item) => item.kind === 'step' && ['unsure', 'none'].includes(item.how));
			expect([format, unclear.map(({ item }) => item.text)]).toEqual([format, []]);
			const { outcome, violations } = followDrawing(comparison);
			expect([format, outcome]).toEqual([format, 'followed']);
			expect(violations.map(({ kind, title }) => `${kind}: ${title}`)).toContain(`${finding.kind}: ${finding.title}`);
		}
	});
});
