/** The report of a session, where the user wants it: on the screen, in a file, in the terminal's clipboard. */

import { plainLine, plainSourceLine } from '../language/plain-text.ts';
import type { BugReport } from '../report/bug-report.ts';
import { findFormat } from '../report/formats.ts';
import { makeReport } from '../report/make-report.ts';
import { reportText } from '../report/report-text.ts';
import type { Effect, OutputLine, Session } from '../session/session.ts';
import type { AppEvent } from './app/events.ts';
import { clipboardSequence } from './clipboard.ts';

/** In which format, and in which file; without one it is shown. */
export type ReportWish = Extract<Effect, { kind: 'report' }>;

/** Lines of a report that can be looked at; a file has them all. */
const shownLines = 5000;

/**
 * Makes a report, and writes it when that was wished. The event shows it, or says what was done or why it was not.
 *
 * @param recording file that the session is being recorded in
 * @param writeFile see `DebuggerInput`
 */
export function deliverReport(
	session: Session,
	{ format, file }: ReportWish,
	recording: string | null,
	writeFile: ((path: string, text: string) => void) | undefined,
): AppEvent {
	const found = findFormat(format);
	if (found === null) {
		return said('error', `there is no ${format} report from here; \`mmstep report\` may have one`);
	}
	const text = found.render(reportOf(session, recording), session);
	if (file === null) {
		const lines = text.split('\n', shownLines).map((line): OutputLine => {
			const tone = /\*\*\*/.test(line) ? 'violation' : 'plain';
			return { tone, text: plainSourceLine(line) };
		});
		const title = format === 'text' ? 'report' : `report as ${found.name}`;
		return { kind: 'show', title, lines, isReport: true };
	}
	if (writeFile === undefined) {
		return said('error', 'files cannot be written from here; `report` alone shows the report');
	}
	try {
		writeFile(file, text);
		return said('plain', `the report is in ${file}`);
	} catch (error) {
		return said('error', error instanceof Error ? error.message : String(error));
	}
}

/**
 * What hands the report to the terminal, which may or may not put it into its clipboard: it does not answer.
 *
 * @param recording file that the session is being recorded in
 */
export function reportForClipboard(
	session: Session,
	recording: string | null,
): { readonly output: string; readonly said: AppEvent } {
	const lines = reportText(reportOf(session, recording));
	return {
		output: clipboardSequence(`${lines.join('\n')}\n`),
		said: said(
			'plain',
			`the report (${lines.length} lines) was handed to your terminal's clipboard; :report FILE saves it`,
		),
	};
}

function reportOf(session: Session, recording: string | null): BugReport {
	return makeReport(session, { file: recording });
}

function said(tone: OutputLine['tone'], text: string): AppEvent {
	return { kind: 'say', message: { tone, text: plainLine(text) } };
}
