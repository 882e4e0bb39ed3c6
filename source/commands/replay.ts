import { plainLine } from '../language/plain-text.ts';
import { sessionData } from '../report/session-data.ts';
import { headingText, isViolated, sessionText } from '../report/session-text.ts';
import { alignColumns, asciiText, wrapProse } from '../report/wrap.ts';
import { bundledIds, loadBundled } from '../scenario/bundled.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Recording, RecordingError } from '../session/recording.ts';
import { readRecordingFile } from '../session/recording-file.ts';
import { type Divergence, type Replay, replayRecording } from '../session/replay.ts';
import { type ExitCode, exitCodes } from './io.ts';
import { looksLikeYaml } from './open-scenario.ts';
import type { Verb } from './verb.ts';

/** Lines of differences that are shown for the step at which a recording diverges. */
const maxChanges = 20;

export const replayVerb: Verb = {
	name: 'replay',
	usage: 'replay RECORDING',
	summary: 'runs a recording again, checks every step, and prints what run prints',
	help: [
		'A recording carries the texts of its scenario; nothing but the model machine is',
		'run.',
		'',
		'Exit status: 3 when the file is no recording, is damaged or incomplete, or when a',
		'step leads to another state than the recorded one (what could be used is printed',
		'all the same); else 1 when a violation was found.',
		'',
		'--json: {format: "mmstep-replay", version: 1, <as for run>, end: "whole"|"torn"|',
		'"damaged", remarks: [text], divergence: null|{step, action, actor, message,',
		'expected, actual, changes: [{view, label, before, after}]}}.',
	],
	flags: ['json'],
	operands: { least: 1, most: 1 },
	run: ([path = ''], { json }, io) => {
		const recording = read(path);
		const replay = replayRecording(recording, bundledOf);
		if (json) io.out(`${JSON.stringify(replayData(recording, replay), null, 2)}\n`);
		const print = json ? io.err : io.out;
		for (const line of replayText(recording, replay)) print(`${line}\n`);
		return statusOf(recording, replay);
	},
};

function read(path: string): Recording {
	try {
		return readRecordingFile(path);
	} catch (error) {
		if (error instanceof RecordingError && looksLikeYaml(path)) {
			throw new RecordingError(`${error.message} It looks like a scenario.yaml: name the folder that it lies in.`);
		}
		throw error;
	}
}

function bundledOf(id: string): Scenario | null {
	return bundledIds().includes(id) ? loadBundled(id) : null;
}

function statusOf(recording: Recording, { session, divergence }: Replay): ExitCode {
	if (divergence !== null || recording.end !== 'whole') return exitCodes.input;
	return isViolated(session) ? exitCodes.violation : exitCodes.ok;
}

function replayText(recording: Recording, { session, divergence, remarks }: Replay): string[] {
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
		...sessionText(session),
		...(divergence === null ? [`replayed: ${agreed} led to the recorded state`] : divergenceText(divergence)),
	].map(asciiText);
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

function replayData(recording: Recording, { session, divergence, remarks }: Replay): object {
	return {
		format: 'mmstep-replay',
		version: 1,
		...sessionData(session),
		end: recording.end,
		remarks: remarks.map(plainLine),
		divergence,
	};
}
