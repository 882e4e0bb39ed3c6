/** The formats of a report that are made from plain data: what they are called, and how they are written. */

import type { Session } from '../session/session.ts';
import type { BugReport } from './bug-report.ts';
import { itfTrace } from './itf.ts';
import { reportJson } from './report-json.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportSvg } from './report-svg.ts';
import { reportText } from './report-text.ts';

export interface ReportFormat {
	/** As `--format` takes it. */
	readonly name: string;
	/** Endings of file names, without the dot. */
	readonly extensions: readonly string[];
	/** What it is for, in a few words. */
	readonly summary: string;
	/** The text of the file. The session stands where the report was made. */
	readonly render: (report: BugReport, session: Session) => string;
}

export const reportFormats: readonly ReportFormat[] = [
	{
		name: 'text',
		extensions: ['txt', 'eml'],
		summary: 'the body of a mail: plain ASCII, 80 columns',
		render: (report) => `${reportText(report).join('\n')}\n`,
	},
	{
		name: 'markdown',
		extensions: ['md', 'markdown'],
		summary: 'an issue on GitHub',
		render: reportMarkdown,
	},
	{
		name: 'json',
		extensions: ['json'],
		summary: 'all of it as data: source/report/report.schema.json',
		render: reportJson,
	},
	{
		name: 'itf',
		extensions: ['itf.json'],
		summary: 'every state, in the Informal Trace Format of Apalache and Quint',
		render: (_report, session) => itfTrace(session),
	},
	{ name: 'svg', extensions: ['svg'], summary: 'the drawing as a picture', render: reportSvg },
];

/** What formats are told apart by. */
interface NamedFormat {
	readonly name: string;
	readonly extensions: readonly string[];
}

/** The format of that name, or null. */
export function findFormat(name: string): ReportFormat | null {
	return formatAmong(reportFormats, name);
}

/** The same among other formats. */
export function formatAmong<F extends NamedFormat>(formats: readonly F[], name: string): F | null {
	return formats.find((format) => format.name === name.toLowerCase()) ?? null;
}

/** The format that a file name asks for by its ending, or null. */
export function formatByEnding<F extends NamedFormat>(formats: readonly F[], file: string): F | null {
	const name = file.toLowerCase();
	const endings = formats.flatMap((format) => format.extensions.map((ending) => ({ format, ending })));
	// The longer ending says more: `.itf.json`.
	const longest = endings.toSorted((a, b) => b.ending.length - a.ending.length);
	return longest.find(({ ending }) => name.endsWith(`.${ending}`))?.format ?? null;
}
