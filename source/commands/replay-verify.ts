/** `mmstep replay --verify`: whether recordings still lead where they led, a line each, for machines that run it every night. */

import { plainLine } from '../language/plain-text.ts';
import { asciiText } from '../report/wrap.ts';
import { type Recording, RecordingError } from '../session/recording.ts';
import { readRecordingFile } from '../session/recording-file.ts';
import { type Divergence, type Replay, replayRecording } from '../session/replay.ts';
import type { Session } from '../session/session.ts';
import { reportingNodes } from '../session/timeline.ts';
import type { Arguments } from './arguments.ts';
import { type CommandIo, type ExitCode, exitCodes, worst } from './io.ts';
import { type TimeLimit, timeLimit } from './time-limit.ts';

/**
 * - `verified`: every state is the recorded one.
 * - `diverged`: a step, or the start, leads to another state, or cannot be made.
 * - `torn`, `damaged`: the file does not hold all that was recorded; what it holds agrees.
 * - `gave-up`: what could be looked at in time agrees.
 * - `unusable`: no recording, or none that can begin.
 */
type Verdict = 'verified' | 'diverged' | 'torn' | 'damaged' | 'gave-up' | 'unusable';

interface Verified {
	readonly file: string;
	readonly verdict: Verdict;
	/** One line; empty when verified. */
	readonly message: string;
	/** Steps that the file holds. */
	readonly steps: number;
	/** States whose fingerprints agree, the start among them. */
	readonly statesVerified: number;
	readonly branches: readonly { readonly name: string; readonly steps: number }[];
	readonly notes: number;
	/** What was reported on any branch. */
	readonly violations: readonly { readonly kind: string; readonly step: number; readonly title: string }[];
	readonly divergence: Divergence | null;
}

const statuses: Readonly<Record<Verdict, ExitCode>> = {
	verified: exitCodes.ok,
	diverged: exitCodes.violation,
	torn: exitCodes.input,
	damaged: exitCodes.input,
	'gave-up': exitCodes.gaveUp,
	unusable: exitCodes.input,
};

/** Verifies recordings one after another, each within the time limit. */
export function verifyRecordings(paths: readonly string[], options: Arguments, io: CommandIo): ExitCode {
	const print = options.json ? io.err : io.out;
	const files = paths.map((path) => {
		const verified = verify(path, timeLimit(options.maxSeconds));
		print(`${verdictLine(verified)}\n`);
		return verified;
	});
	if (options.json) {
		io.out(`${JSON.stringify({ format: 'mmstep-verify', version: 1, files }, null, 2)}\n`);
	}
	return files.map(({ verdict }) => statuses[verdict]).reduce(worst, exitCodes.ok);
}

function verify(path: string, limit: TimeLimit): Verified {
	const file = plainLine(path);
	try {
		const recording = readRecordingFile(path);
		return verdictOf(
			file,
			recording,
			replayRecording(recording, () => null, limit.isOver),
			limit.seconds,
		);
	} catch (error) {
		if (!(error instanceof RecordingError)) throw error;
		const nothing = { steps: 0, statesVerified: 0, branches: [], notes: 0, violations: [], divergence: null };
		return { file, verdict: 'unusable', message: plainLine(error.message), ...nothing };
	}
}

function verdictOf(file: string, recording: Recording, replay: Replay, seconds: number): Verified {
	const { session, divergence, gaveUp } = replay;
	const isStep = ({ kind }: Recording['actions'][number]): boolean => kind === 'step';
	const done = divergence === null ? (gaveUp?.actions ?? recording.actions.length) : Math.max(0, divergence.action - 1);
	const isStartVerified = divergence === null || divergence.action > 0;
	const common = {
		file,
		steps: recording.actions.filter(isStep).length,
		statesVerified: recording.actions.slice(0, done).filter(isStep).length + (isStartVerified ? 1 : 0),
		branches: session.timeline.branches.map(({ name, tip }) => ({ name, steps: tip.depth })),
		notes: session.notes.length,
		violations: violationsOf(session),
		divergence,
	};
	if (divergence !== null) return { ...common, verdict: 'diverged', message: plainLine(divergence.message) };
	if (gaveUp !== null) {
		const message = gaveUpText(gaveUp.actions, recording, seconds);
		return { ...common, verdict: 'gave-up', message };
	}
	if (recording.end === 'whole') return { ...common, verdict: 'verified', message: '' };
	return { ...common, verdict: recording.end, message: plainLine(recording.remarks.at(-1) ?? '') };
}

/** Why a replay came to no end. */
export function gaveUpText(done: number, { actions }: Recording, seconds: number): string {
	const time = `${seconds} second${seconds === 1 ? '' : 's'}`;
	return `the ${time} that a replay may take were over after ${done} of ${actions.length} actions; --max-seconds N allows more`;
}

/** Violations on all branches, each once, in order of branches. */
function violationsOf({ timeline }: Session): Verified['violations'] {
	return reportingNodes(timeline).flatMap(({ violations }) =>
		violations
			.filter(({ severity }) => severity === 'violation')
			.map(({ kind, step, title }) => ({ kind, step, title: plainLine(title) })),
	);
}

/** `verified  race.mmstep: 79 steps on 2 branches (main, late), 3 notes; stale-tlb at step 78` */
function verdictLine({ file, verdict, message, steps, branches, notes, violations }: Verified): string {
	const lead = `${verdict.padEnd(8)}  ${file}: `;
	if (verdict !== 'verified') return asciiText(lead + message);
	const held = [
		count(steps, 'step') +
			(branches.length > 1 ? ` on ${branches.length} branches (${branches.map(({ name }) => name).join(', ')})` : ''),
		...(notes > 0 ? [count(notes, 'note')] : []),
	].join(', ');
	const found = violations.map(({ kind, step }) => `${kind} at step ${step}`).join(', ');
	return asciiText(`${lead}${held}; ${found === '' ? 'no violation' : found}`);
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
