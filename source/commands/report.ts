import { startPool } from '../explore/check-pool.ts';
import { plainLine } from '../language/plain-text.ts';
import { countViolations, makeReport } from '../report/make-report.ts';
import { isViolated } from '../report/session-text.ts';
import { asciiText, wrapProse } from '../report/wrap.ts';
import { replayRecording } from '../session/replay.ts';
import type { Arguments } from './arguments.ts';
import { kernelVerdicts } from './check/kernel-verdicts.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError } from './io.ts';
import { requireNewFile, writeNewFile } from './new-file.ts';
import { bundledOf, readRecording } from './replay.ts';
import { fileFormats, formatWish, sizeWish } from './report-formats.ts';
import { positiveSeconds, timeLimit } from './time-limit.ts';
import type { Verb } from './verb.ts';

/** Seconds for which each kernel of the scenario is searched, unless more is asked for. */
const kernelSeconds = 10;

export const reportVerb: Verb = {
	name: 'report',
	usage: 'report RECORDING',
	summary: 'writes what a recording came to as a bug report, a trace, a picture or a cast',
	help: [
		'FORMAT:',
		...fileFormats.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`),
		'Without --format the ending of the file name decides, else it is text. --size is of',
		'the screen that an asciicast shows (80x24, 120x40).',
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
	flags: ['format', 'output', 'full', 'violation', 'skip-kernels', 'size', 'max-seconds'],
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
	const size = sizeWish(options.size);
	const seconds = options.maxSeconds === undefined ? kernelSeconds : positiveSeconds(options.maxSeconds);
	if (options.output !== undefined) requireNewFile(options.output);
	const limit = timeLimit(undefined);
	const recording = readRecording(path);
	const replay = replayRecording(recording, (id) => bundledOf(id, io.kept), limit.isOver, io.kept);
	const { session, divergence, gaveUp } = replay;
	const remarks = [
		...replay.remarks,
		...(divergence === null ? [] : [`The replay diverges: ${divergence.message}; this is what agrees.`]),
		...(gaveUp === null
			? []
			: [`The replay was given up after ${limit.seconds} seconds; this is what was done by then.`]),
	];
	const violation = violationWish(options.violation, countViolations(session));
	const kernels =
		options.skipKernels || !format.tellsOfKernels ? null : await kernelVerdicts(session.target, seconds, io, start);
	const made = makeReport(session, { full: options.full, file: path, violation, kernels, remarks });
	const text = await format.render(made, session, size);
	if (options.output === undefined) io.out(text);
	else {
		writeNewFile(options.output, text);
		io.err(`${asciiText(`the report is in ${plainLine(options.output)}`)}\n`);
	}
	for (const remark of remarks) for (const line of wrapProse(`note: ${plainLine(remark)}`)) io.err(`${line}\n`);
	if (divergence !== null || recording.end !== 'whole') return exitCodes.input;
	if (gaveUp !== null) return exitCodes.gaveUp;
	return isViolated(session) ? exitCodes.violation : exitCodes.ok;
}

/** The number of a violation that is there. */
function violationWish(text: string | undefined, count: number): number {
	if (text === undefined) return 1;
	const number = Number(text);
	if (/^\d{1,9}$/.test(text) && number >= 1 && number <= count) return number;
	const there = count === 0 ? 'there is no violation' : `there ${count === 1 ? 'is 1' : `are ${count}`}`;
	throw new UsageError(`--violation takes the number of a violation, not "${plainLine(text)}": ${there}`);
}
