/** The formats in which a report can be written to a file: those made of plain data, and casts, which need the screen. */

import { plainLine } from '../language/plain-text.ts';
import type { BugReport } from '../report/bug-report.ts';
import { formatAmong, formatByEnding, reportFormats } from '../report/formats.ts';
import type { Session } from '../session/session.ts';
import { UsageError } from './io.ts';
import { type CastSize, sessionCast, usualCastSize } from './session-cast.ts';

export interface FileFormat {
	/** As `--format` takes it. */
	readonly name: string;
	/** Endings of file names, without the dot. */
	readonly extensions: readonly string[];
	readonly summary: string;
	/** Whether it says of the other kernels whether they have the same, so that they are worth searching. */
	readonly tellsOfKernels: boolean;
	/** The text of the file. The session stands where the report was made. */
	readonly render: (report: BugReport, session: Session, size: CastSize) => string | Promise<string>;
}

const withKernels: readonly string[] = ['text', 'markdown', 'json'];

/** The first is what is written unless something else is asked for. */
export const fileFormats: readonly FileFormat[] = [
	...reportFormats.map((format) => ({ ...format, tellsOfKernels: withKernels.includes(format.name) })),
	{
		name: 'asciicast',
		extensions: ['cast'],
		summary: 'the session on the screen, for asciinema: asciicast v2, a marker a step',
		tellsOfKernels: false,
		render: async (_report, session, size) => [...(await sessionCast(session, 2, size))].join(''),
	},
	{
		name: 'asciicast-v3',
		extensions: [],
		summary: 'the same as asciicast v3, for asciinema 3',
		tellsOfKernels: false,
		render: async (_report, session, size) => [...(await sessionCast(session, 3, size))].join(''),
	},
];

/**
 * What was asked for by --format, or else by the file's name.
 * @throws {UsageError} for a format that there is not
 */
export function formatWish(name: string | undefined, file: string | undefined): FileFormat {
	const [usual] = fileFormats;
	const found =
		name === undefined ? (formatByEnding(fileFormats, file ?? '') ?? usual) : formatAmong(fileFormats, name);
	if (found !== null && found !== undefined) return found;
	const known = fileFormats.map((format) => format.name).join(', ');
	throw new UsageError(`there is no format "${plainLine(name ?? '')}"; there are ${known}`);
}

/** The screen that --size asks for. @throws {UsageError} for what is no size, or one that the screen cannot have */
export function sizeWish(text: string | undefined): CastSize {
	if (text === undefined) return usualCastSize;
	const [, columns = '', rows = ''] = /^(\d{1,4})x(\d{1,4})$/.exec(text) ?? [];
	const size = { columns: Number(columns), rows: Number(rows) };
	if (columns !== '' && size.columns >= 40 && size.columns <= 300 && size.rows >= 12 && size.rows <= 100) return size;
	throw new UsageError(`--size takes COLUMNSxROWS, 40x12 to 300x100, not "${plainLine(text)}"`);
}
