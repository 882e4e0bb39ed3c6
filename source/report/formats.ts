/** The formats of a report that are made from plain data: what they are called, and how they are written. */

import type { Session } from '../session/session.ts';
import type { BugReport } from './bug-report.ts';
import { reportJson } from './report-json.ts';
import { reportMarkdown } from './report-markdown.ts';
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
		summary: 'all of it as data: schemas/report.schema.json',
		render: reportJson,
	},
];

/** The format of that name, or null. */
export function findFormat(name: string): ReportFormat | null {
	return reportFormats.find((format) => format.name === name.toLowerCase()) ?? null;
}

/** The format that a file name asks for by its ending, or null. */
export function formatOfFile(file: string): ReportFormat | null {
	const ending = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase();
	return ending === undefined ? null : (reportFormats.find(({ extensions }) => extensions.includes(ending)) ?? null);
}
