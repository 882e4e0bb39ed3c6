/** Recordings and the file system: the only place in the session that touches it. */

import { closeSync, constants, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { decodeRecording, type Recording, RecordingError } from './recording.ts';

/** What node:fs throws. */
export interface FileError {
	readonly code?: string;
}

/** What writing a recording needs; a test puts a failing disk here. */
export interface RecordingFiles {
	/** Opens for appending only, and creates what is not there. Never waits. */
	open(path: string): number;
	status(handle: number): { readonly bytes: number; readonly isFile: boolean };
	/** Hands bytes to the system, and returns how many it took. */
	write(handle: number, bytes: Uint8Array): number;
	truncate(handle: number, bytes: number): void;
	close(handle: number): void;
	exists(path: string): boolean;
}

export const nodeFiles: RecordingFiles = {
	// Without O_NONBLOCK a pipe of that name would wait for a reader for ever.
	open: (path) =>
		openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o644),
	status: (handle) => {
		const status = fstatSync(handle);
		return { bytes: status.size, isFile: status.isFile() };
	},
	write: (handle, bytes) => writeSync(handle, bytes),
	truncate: ftruncateSync,
	close: closeSync,
	exists: existsSync,
};

const chunkBytes = 64 * 1024;

/**
 * Reads a recording from a file, no more of it than its bounds allow.
 * @throws RecordingError when it cannot be read or is not a recording
 */
export function readRecordingFile(path: string): Recording {
	let handle: number;
	try {
		handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	} catch (error) {
		throw new RecordingError(`Cannot open ${path}: ${readFault(error)}.`);
	}
	try {
		if (!fstatSync(handle).isFile()) throw new RecordingError(`Cannot open ${path}: it is not a file.`);
		return decodeRecording(chunksOf(handle));
	} catch (error) {
		if (error instanceof RecordingError) throw error;
		throw new RecordingError(`Cannot read ${path}: ${readFault(error)}.`);
	} finally {
		closeSync(handle);
	}
}

function* chunksOf(handle: number): Generator<Uint8Array> {
	const buffer = Buffer.alloc(chunkBytes);
	for (;;) {
		const bytes = readSync(handle, buffer, 0, chunkBytes, null);
		if (bytes === 0) return;
		yield buffer.subarray(0, bytes);
	}
}

function readFault(error: unknown): string {
	const { code } = error as FileError;
	if (code === undefined) throw error;
	switch (code) {
		case 'ENOENT':
			return 'there is no such file';
		case 'EACCES':
		case 'EPERM':
			return 'permission denied';
		case 'EISDIR':
			return 'it is a folder';
		default:
			return code;
	}
}
