/**
 * Writing a recording while the session goes on: every action is appended and handed to the system before the next key is
 * looked at, so that a killed session loses nothing. A fault (a full disk) is reported once and ends the recording; the
 * session goes on.
 *
 * An existing file with something in it is never overwritten. A recording that was replayed to its end can be continued in
 * place: what was torn off its last line by a crash is cut away first. One that is damaged or that diverged is left as it
 * is, evidence of what happened; record into a new file instead.
 */

import packageJson from '../../package.json' with { type: 'json' };
import { actionsBetween, beginningOf, recordingHeader } from './history.ts';
import { encodeAction, encodeHeader, type Recording, RecordingError } from './recording.ts';
import { withSums } from './recording-check.ts';
import { type FileError, nodeFiles, type RecordingFiles } from './recording-file.ts';
import type { Session } from './session.ts';

export interface Recorder {
	/** The file that is written, as it was named or numbered. */
	readonly file: string;
	/** Whether it still records; false after a fault or `close`. */
	isRecording(): boolean;
	/** Writes what has happened since the last call. Returns a message, once, when that fails; null otherwise. */
	follow(session: Session): string | null;
	close(): void;
}

const tool = `mmstep ${packageJson.version}`;

/**
 * Starts recording into a new file, or one that is empty, with everything that the session holds.
 * With `numbered`, an existing file makes it `name-2.ext`, `name-3.ext` and so on.
 * @throws RecordingError when the file holds something already or cannot be written
 */
export function startRecorder(
	file: string,
	session: Session,
	{ numbered = false, files = nodeFiles }: { numbered?: boolean; files?: RecordingFiles } = {},
): Recorder {
	const path = numbered ? freeName(file, files) : file;
	const handle = open(path, files);
	try {
		const { bytes, isFile } = files.status(handle);
		if (!isFile) throw new RecordingError(`Cannot record into ${path}: it is not a file.`);
		if (bytes > 0) {
			throw new RecordingError(
				`Cannot record into ${path}: the file exists and is not empty, and is never overwritten. Choose another name.`,
			);
		}
		const text = encodeHeader(recordingHeader(session, tool));
		const recorder = recorderOn(path, handle, beginningOf(session), 0, '', files);
		const fault = recorder.append(text, session);
		if (fault !== null) throw new RecordingError(fault);
		return recorder;
	} catch (error) {
		files.close(handle);
		throw error;
	}
}

/**
 * Goes on with the recording that `session` was replayed from. `session` must be what the replay ended with.
 * @throws RecordingError when the recording is damaged, the file has changed since it was read, or it cannot be written
 */
export function continueRecorder(
	file: string,
	recording: Recording,
	session: Session,
	{ files = nodeFiles }: { files?: RecordingFiles } = {},
): Recorder {
	if (recording.end === 'damaged') {
		throw new RecordingError(`Cannot continue ${file}: it is damaged. Record into a new file instead.`);
	}
	const handle = open(file, files);
	try {
		const { bytes, isFile } = files.status(handle);
		const isAsRead = recording.end === 'torn' ? bytes > recording.goodBytes : bytes === recording.goodBytes;
		if (!isFile || !isAsRead) {
			throw new RecordingError(
				`Cannot continue ${file}: it has changed since it was opened. Record into a new file instead.`,
			);
		}
		if (bytes > recording.goodBytes) files.truncate(handle, recording.goodBytes);
		return recorderOn(file, handle, session, recording.goodBytes, recording.sum, files);
	} catch (error) {
		files.close(handle);
		throw error instanceof RecordingError ? error : new RecordingError(`Cannot continue ${file}: ${faultText(error)}.`);
	}
}

interface OpenRecorder extends Recorder {
	append(text: string, session: Session): string | null;
}

function recorderOn(
	file: string,
	handle: number,
	start: Session,
	written: number,
	/** Check sum of the last line that was written; null to go on without. */
	lastSum: string | null,
	files: RecordingFiles,
): OpenRecorder {
	let last = start;
	let good = written;
	let sum = lastSum;
	let recording = true;

	function append(prefix: string, session: Session): string | null {
		if (!recording || (session === last && prefix === '')) return null;
		const lines = prefix + actionsBetween(last, session).map(encodeAction).join('');
		last = session;
		if (lines === '') return null;
		const { text, sum: after } = sum === null ? { text: lines, sum } : withSums(lines, sum);
		const bytes = Buffer.from(text);
		try {
			for (let at = 0; at < bytes.length; ) at += files.write(handle, bytes.subarray(at));
			good += bytes.length;
			sum = after;
			return null;
		} catch (error) {
			recording = false;
			const fault = faultText(error);
			// Half a line at the end would be dropped by every reader; better that there is none.
			attempt(() => files.truncate(handle, good));
			attempt(() => files.close(handle));
			return `The recording ${file} has stopped: ${fault}. What was written before is complete.`;
		}
	}

	return {
		file,
		isRecording: () => recording,
		append,
		follow: (session) => append('', session),
		close: () => {
			if (!recording) return;
			recording = false;
			attempt(() => files.close(handle));
		},
	};
}

/** Does what may fail without anybody being able to help it. */
function attempt(action: () => void): void {
	try {
		action();
	} catch {
		// The fault that led here has been reported.
	}
}

function open(file: string, files: RecordingFiles): number {
	try {
		return files.open(file);
	} catch (error) {
		throw new RecordingError(`Cannot record into ${file}: ${faultText(error)}.`);
	}
}

/** `name.ext`, or `name-2.ext` ... when that is taken. */
function freeName(file: string, files: RecordingFiles): string {
	const dot = file.lastIndexOf('.');
	const [stem, extension] = dot <= 0 ? [file, ''] : [file.slice(0, dot), file.slice(dot)];
	for (let number = 1; number < 1000; number++) {
		const name = number === 1 ? file : `${stem}-${number}${extension}`;
		if (!files.exists(name)) return name;
	}
	throw new RecordingError(`Cannot record: ${file} and its numbered names are all taken. Say \`record FILE\`.`);
}

const faults: Readonly<Record<string, string>> = {
	EACCES: 'permission denied',
	EPERM: 'permission denied',
	ENOSPC: 'the disk is full',
	EDQUOT: 'the disk quota is used up',
	EROFS: 'the file system is read-only',
	ENOENT: 'there is no such folder',
	ENOTDIR: 'there is no such folder',
	EISDIR: 'it is a folder',
	ENXIO: 'it is not a file',
	EFBIG: 'the file is too large',
	EIO: 'the disk reports an error',
	EMFILE: 'too many files are open',
	ENAMETOOLONG: 'the name is too long',
};

/** A fault of the file system in words. */
export function faultText(error: unknown): string {
	const { code } = error as FileError;
	if (code === undefined) throw error;
	return faults[code] ?? code;
}
