/** The drawing of a session for a terminal: what matters to a violation, or every step. */

import type { Session } from '../session/session.ts';
import { drawSession } from './diagram.ts';
import { drawColumns } from './draw-columns.ts';
import { countViolations, makeReport } from './make-report.ts';
import { pointsText, stepsText } from './report-text.ts';
import { wrapProse } from './wrap.ts';

/**
 * The lines of the drawing that the report of a violation has, and what they leave out.
 * @param violation which of those on the way to the cursor, from 1 on
 */
export function violationDrawing(session: Session, violation: number): string[] {
	const report = makeReport(session, { violation });
	const { drawing } = report;
	const rest = [...pointsText(report), ...stepsText(report)];
	const which = countViolations(session) > 1 ? ` to violation ${violation}` : '';
	return [
		...drawColumns(drawing),
		...(drawing.omitted > 0 ? ['', ...wrapProse(`Only what matters${which} is drawn; --full draws every step.`)] : []),
		...(rest.length > 0 ? ['', ...rest.slice(0, -1)] : []),
	];
}

/** The first violation on the way to the cursor; every step where there is none, for then nothing tells what matters. */
export function sessionDrawing(session: Session, isFull: boolean): string[] {
	return isFull || countViolations(session) === 0 ? drawSession(session) : violationDrawing(session, 1);
}
