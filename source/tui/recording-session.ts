/** The recording beside the session on the screen: starting, following, stopping, and going on with one that was opened. */

import type { KeptResults } from '../scenario/kept-results.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { continueRecorder, type Recorder, startRecorder } from '../session/recorder.ts';
import { RecordingError } from '../session/recording.ts';
import { readRecordingFile } from '../session/recording-file.ts';
import { replayRecording } from '../session/replay.ts';
import type { OutputLine, Session } from '../session/session.ts';

/** A recording that was replayed. */
export interface OpenedRecording {
	readonly session: Session;
	/** What the user should know about it; empty when every step led to the recorded state. */
	readonly remarks: readonly OutputLine[];
	/** Goes on recording in it; null when it is not fit for that. */
	readonly recorder: Recorder | null;
}

/** Milliseconds for which opening a recording may keep the user waiting; `mmstep replay --max-seconds` may take longer. */
const longestReplay = 60_000;

/**
 * Opens a recording at its end, or before the first step that went differently. It is gone on with when it is whole.
 * @throws RecordingError when it is none, or cannot be replayed at all
 */
export function openRecording(
	path: string,
	bundled: (id: string) => Scenario | null,
	kept?: KeptResults,
): OpenedRecording {
	const recording = readRecordingFile(path);
	const end = performance.now() + longestReplay;
	const isOver = (): boolean => performance.now() >= end;
	const { session, divergence, gaveUp, remarks } = replayRecording(recording, bundled, isOver, kept);
	const lines: OutputLine[] = remarks.map((text) => ({ tone: 'warning', text }));
	if (divergence !== null) {
		lines.push({ tone: 'error', text: divergence.message });
		for (const { view, label, before, after } of divergence.changes) {
			lines.push({
				tone: 'plain',
				text: `  ${view}: ${label}: ${before === '' ? 'nothing' : before} -> ${after === '' ? 'nothing' : after}`,
			});
		}
		lines.push({
			tone: 'dim',
			text: 'The screen shows the last step before that. Steps made from here are not added to the recording.',
		});
		return { session, remarks: lines, recorder: null };
	}
	if (gaveUp !== null) {
		const text = `The replay took more than ${longestReplay / 1000} seconds: the screen shows where it was after ${gaveUp.actions} of ${recording.actions.length} actions. Steps made from here are not added to the recording.`;
		return { session, remarks: [...lines, { tone: 'error', text }], recorder: null };
	}
	try {
		return { session, remarks: lines, recorder: continueRecorder(path, recording, session) };
	} catch (error) {
		if (!(error instanceof RecordingError)) throw error;
		// It can be looked at all the same: it may be somebody else's, or write-protected.
		return { session, remarks: [...lines, { tone: 'warning', text: error.message }], recorder: null };
	}
}

export interface RecordingKeeper {
	readonly file: () => string | null;
	/** Starts a recording of all of `session`; what it says is for the message line. */
	readonly start: (file: string, isNumbered: boolean, session: Session) => OutputLine;
	readonly adopt: (recorder: Recorder) => void;
	/** Writes what is new. Null, or that it has failed. */
	readonly follow: (session: Session) => OutputLine | null;
	readonly stop: () => OutputLine;
	/** Ends the recording without a word, as another session begins. */
	readonly release: () => void;
}

export function keepRecording(): RecordingKeeper {
	let recorder: Recorder | null = null;
	const file = (): string | null => (recorder?.isRecording() === true ? recorder.file : null);
	const release = (): void => {
		recorder?.close();
		recorder = null;
	};
	return {
		file,
		release,
		start: (name, isNumbered, session) => {
			const current = file();
			if (current !== null) return { tone: 'warning', text: `recording in ${current} already; :record stop ends it` };
			try {
				recorder = startRecorder(name, session, { numbered: isNumbered });
				return { tone: 'plain', text: `recording in ${recorder.file}, from the beginning of the session` };
			} catch (error) {
				if (!(error instanceof RecordingError)) throw error;
				return { tone: 'error', text: error.message };
			}
		},
		adopt: (opened) => {
			release();
			recorder = opened;
		},
		follow: (session) => {
			const fault = recorder?.follow(session) ?? null;
			return fault === null ? null : { tone: 'error', text: fault };
		},
		stop: () => {
			const current = file();
			release();
			return current === null
				? { tone: 'warning', text: 'nothing is being recorded' }
				: { tone: 'plain', text: `the recording ${current} is complete` };
		},
	};
}
