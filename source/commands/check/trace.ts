/** A counterexample of the checker as a session of the debugger, which draws it and writes it as a recording. */

import type { CheckFinding } from '../../explore/check-job.ts';
import { reportsOf } from '../../report/session-text.ts';
import type { Target } from '../../scenario/scenario.ts';
import { startSession } from '../../session/commands.ts';
import { startRecorder } from '../../session/recorder.ts';
import type { Session } from '../../session/session.ts';
import { take } from '../../session/stepping.ts';

/** Follows the steps of a finding; the cursor is then where it is reported. Whoever wants that draws them. */
export function traceSession(target: Target, { trace }: CheckFinding): Session {
	return trace.reduce((session, choice) => take(session, choice, 'op', true), startSession(target));
}

/** Writes a session as a recording. @throws {RecordingError} when the file is there already or cannot be written */
export function writeTrace(file: string, session: Session): void {
	startRecorder(file, session).close();
}

/** Which of the violations on the way the finding is: others may have come before it. */
export function numberOf(session: Session, { kind, title }: CheckFinding): number {
	const violations = reportsOf(session).filter(({ severity }) => severity === 'violation');
	const number = violations.findLastIndex((violation) => violation.kind === kind && violation.title === title) + 1;
	return number === 0 ? Math.max(1, violations.length) : number;
}
