import { plainLine } from '../language/plain-text.ts';
import { sessionData } from '../report/session-data.ts';
import { sessionDrawing } from '../report/session-drawing.ts';
import { headingText, isViolated, sessionText } from '../report/session-text.ts';
import { alignColumns, asciiText, wrapProse } from '../report/wrap.ts';
import { bundledIds } from '../scenario/bundled.ts';
import type { KeptResults } from '../scenario/kept-results.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Recording, RecordingError } from '../session/recording.ts';
import { readRecordingFile } from '../session/recording-file.ts';
import { type Divergence, type Replay, replayRecording } from '../session/replay.ts';
import { type ExitCode, exitCodes, UsageError } from './io.ts';
import { looksLikeYaml, openBundledScenario } from './open-scenario.ts';
import { gaveUpText, verifyRecordings } from './replay-verify.ts';
import { timeLimit } from './time-limit.ts';
import type { Verb } from './verb.ts';

/** Lines of differences that are shown for the step at which a recording diverges. */
const maxChanges = 20;

export const replayVerb: Verb = {
	name: 'replay',
	usage: 'replay RECORDING...',
	summary: 'runs a recording again, checks every step, and prints what run prints',
	help: [
		'A recording carries the texts of its scenario; nothing but the model machine is',
		'run, for 60 seconds unless --max-seconds says otherwise.',
		'',
		'Exit status: 3 when the file is no recording, is damaged or incomplete, or when a',
		'step leads to another state than the recorded one (what could be used is printed',
		'all the same); else 4 when the time was over; else 1 when a violation was found.',
		'',
		'--verify asks one thing only, of as many recordings as are named: is every state',
		'the recorded one? It prints a line for each. Exit status: 0 yes, whatever was',
		'found on the way; 1 a step of one leads to another state; 3 a file is no',
		'recording, is damaged or incomplete; 4 the time was over. The worst counts, in',
		'the order 3, 1, 4, 0.',
		'',
		'--json: {format: "mmstep-replay", version: 1, <as for run, without schedule and',
		'error>, end: "whole"|"torn"|"damaged", gaveUp: null|{actions}, branches: [{name,',
		'steps}], notes: [{branch, depth, text}], remarks: [text], divergence: null|{step,',
		'action, actor, message, expected, actual, changes: [{view, label, before, after}]}}.',
		'--verify --json: {format: "mmstep-verify", version: 1, files: [{file, verdict:',
		'"verified"|"diverged"|"torn"|"damaged"|"gave-up"|"unusable", message, steps,',
		'statesVerified, branches: [{name, steps}], notes, violations: [{kind, step,',
		'title}], divergence}]}.',
	],
	flags: ['verify', 'full', 'max-seconds', 'json'],
	operands: { least: 1, most: Number.POSITIVE_INFINITY },
	run: (paths, options, io) => {
		if (options.verify) return verifyRecordings(paths, options, io);
		const [path = '', ...more] = paths;
		if (more.length > 0) throw new UsageError('one recording is replayed at a time; --verify takes several');
		const limit = timeLimit(options.maxSeconds);
		const recording = readRecording(path);
		const replay = replayRecording(recording, (id) => bundledOf(id, io.kept), limit.isOver, io.kept);
		if (options.json) io.out(`${JSON.stringify(replayData(recording, replay), null, 2)}\n`);
		const print = options.json ? io.err : io.out;
		for (const line of replayText(recording, replay, limit.seconds, options.full)) print(`${line}\n`);
		return statusOf(recording, replay);
	},
};

/** Reads a recording, and says what to do instead when it is something else. @throws {RecordingError} */
export function readRecording(path: string): Recording {
	try {
		return readRecordingFile(path);
	} catch (error) {
		if (error instanceof RecordingError && looksLikeYaml(path)) {
			throw new RecordingError(`${error.message} It looks like a scenario.yaml: name the folder that it lies in.`);
		}
		throw error;
	}
}

/** The scenario of that id that comes with the program, or null. */
export function bundledOf(id: string, kept?: KeptResults): Scenario | null {
	return bundledIds().includes(id) ? openBundledScenario(id, kept) : null;
}

function statusOf(recording: Recording, { session, divergence, gaveUp }: Replay): ExitCode {
	if (divergence !== null || recording.end !== 'whole') return exitCodes.input;
	if (gaveUp !== null) return exitCodes.gaveUp;
	return isViolated(session) ? exitCodes.violation : exitCodes.ok;
}

function replayText(recording: Recording, replay: Replay, seconds: number, isFull: boolean): string[] {
	const { session, divergence, gaveUp, remarks } = replay;
	const count = recording.actions.filter(({ kind }) => kind === 'step').length;
	const steps = `${count} step${count === 1 ? '' : 's'}`;
	const agreed = recording.end === 'whole' ? 'every step' : 'every step that could be read';
	const { branches } = session.timeline;
	const tried =
		branches.length > 1 ? `, on ${branches.length} branches; this is ${branches[session.timeline.current]?.name}` : '';
	return [
		...headingText(session.target, ''),
		...alignColumns([['recorded', asciiText(`by ${plainLine(recording.header.tool)}: ${steps}${tried}`)]]),
		...remarks.flatMap((remark) => wrapProse(`note: ${remark}`)),
		'',
		...sessionText(session, sessionDrawing(session, isFull)),
		...(gaveUp === null
			? []
			: ['', ...wrapProse(`not replayed to the end: ${gaveUpText(gaveUp.actions, recording, seconds)}`)]),
		...(divergence !== null
			? divergenceText(divergence)
			: gaveUp === null
				? [`replayed: ${agreed} led to the recorded state`]
				: []),
	].map((line) => line.split('\t').map(asciiText).join('\t'));
}

function divergenceText({ message, expected, actual, changes }: Divergence): string[] {
	const shown = changes
		.slice(0, maxChanges)
		.map(({ view, label, before, after }) => [view, label, `${before} -> ${after}`]);
	return [
		'',
		...wrapProse(`the replay diverges: ${message}`),
		...(expected === '' ? [] : [`  recorded state ${expected}, here ${actual === '' ? 'none' : actual}`]),
		...(shown.length > 0
			? [
					'  what the step changed here:',
					...alignColumns(
						shown.map((row) => row.map(asciiText)),
						'    ',
					),
				]
			: []),
		...(changes.length > maxChanges ? [`    and ${changes.length - maxChanges} more`] : []),
		'  the state above is the last one that agrees',
	];
}

function replayData(recording: Recording, { session, divergence, gaveUp, remarks }: Replay): object {
	return {
		format: 'mmstep-replay',
		version: 1,
		...sessionData(session),
		end: recording.end,
		gaveUp,
		branches: session.timeline.branches.map(({ name, tip }) => ({ name, steps: tip.depth })),
		notes: session.notes,
		remarks: remarks.map(plainLine),
		divergence,
	};
}
