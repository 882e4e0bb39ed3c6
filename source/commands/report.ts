import { startPool } from '../explore/check-pool.ts';
import { plainLine } from '../language/plain-text.ts';
import { findFormat, formatOfFile, type ReportFormat, reportFormats } from '../report/formats.ts';
import { makeReport } from '../report/make-report.ts';
import { isViolated } from '../report/session-text.ts';
import { asciiText, wrapProse } from '../report/wrap.ts';
import { replayRecording } from '../session/replay.ts';
import type { Arguments } from './arguments.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError } from './io.ts';
import { kernelVerdicts } from './kernel-verdicts.ts';
import { requireNewFile, writeNewFile } from './new-file.ts';
import { bundledOf, readRecording } from './replay.ts';
import { positiveSeconds, timeLimit } from './time-limit.ts';
import type { Verb } from './verb.ts';

/** Seconds for which each kernel of the scenario is searched, unless more is asked for. */
const kernelSeconds = 10;

export const reportVerb: Verb = {
	name: 'report',
	usage: 'report RECORDING',
	summary: 'writes what a recording came to as a bug report: mail, Markdown, JSON',
	help: [
		'FORMAT:',
		...reportFormats.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
		'Without --format the ending of the file name decides, else it is text.',
		'',
		'The drawing shows only what matters: the steps that the violation names, what changed',
		'the same before, who read it at the wrong time, and the calls and locks around them.',
		'',
		'The other kernels of the scenario are searched with the same program and options, for',
		`at most ${kernelSeconds} seconds each unless --max-seconds says otherwise; the report says of each`,
		'whether that was complete. --skip-kernels leaves that out.',
		'',
		'Exit status: as for replay: 3 when the recording is damaged or a step leads elsewhere',
		'(what could be used is reported all the same), else 1 when a violation was found.',
	],
	flags: ['format', 'output', 'full', 'skip-kernels', 'max-seconds'],
	operands: { least: 1, most: 1 },
	run: ([path = ''], options, io) => report(path, options, io, startPool),
};

/**
 * Reports on a recording.
 * @param start the pool of workers; tests bring their own
 */
export async function report(
	path: string,
	options: Arguments,
	io: CommandIo,
	start: typeof startPool,
): Promise<ExitCode> {
	const format = formatWish(options.format, options.output);
	const seconds = options.maxSeconds === undefined ? kernelSeconds : positiveSeconds(options.maxSeconds);
	if (options.output !== undefined) requireNewFile(options.output);
	const limit = timeLimit(undefined);
	const recording = readRecording(path);
	const replay = replayRecording(recording, bundledOf, limit.isOver);
	const { session, divergence } = replay;
	const remarks = [
		...replay.remarks,
		...(divergence === null ? [] : [`The replay diverges: ${divergence.message}; this is what agrees.`]),
		...(limit.isOver()
			? [`The replay was given up after ${limit.seconds} seconds; this is what was done by then.`]
			: []),
	];
	const kernels = options.skipKernels ? null : await kernelVerdicts(session.target, seconds, io, start);
	const made = makeReport(session, { full: options.full, file: path, kernels, remarks });
	const text = format.render(made, session);
	if (options.output === undefined) io.out(text);
	else {
		writeNewFile(options.output, text);
		io.err(`${asciiText(`the report is in ${plainLine(options.output)}`)}\n`);
	}
	for (const remark of remarks) for (const line of wrapProse(`note: ${plainLine(remark)}`)) io.err(`${line}\n`);
	if (divergence !== null || recording.end !== 'whole') return exitCodes.input;
	return isViolated(session) ? exitCodes.violation : exitCodes.ok;
}

/**
 * What was asked for by --format, or else by the file's name.
 * @throws {UsageError} for a format that there is not
 */
export function formatWish(name: string | undefined, file: string | undefined): ReportFormat {
	const [usual] = reportFormats;
	const found = name === undefined ? (formatOfFile(file ?? '') ?? usual) : findFormat(name);
	if (found !== null && found !== undefined) return found;
	const known = reportFormats.map((format) => format.name).join(', ');
	throw new UsageError(`there is no format "${plainLine(name ?? '')}"; there are ${known}`);
}
