/** Files that are written as a whole: whoever reads the name finds all of it or nothing. */

import {
	accessSync,
	closeSync,
	constants,
	fsyncSync,
	linkSync,
	openSync,
	renameSync,
	statSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { plainLine } from '../language/plain-text.ts';
import { faultText } from '../session/recorder.ts';

/** Thrown when a file cannot be written. One line, ready for people. */
export class NewFileError extends Error {
	override readonly name = 'NewFileError';
}

/**
 * Writes a file that must not exist yet. It is written under another name beside it and then gets its own, so that neither a
 * full disk nor a killed program leaves half of it behind.
 * @throws {NewFileError} when there is such a file already, or it cannot be written
 */
export function writeNewFile(path: string, text: string): void {
	requireNewFile(path);
	const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${process.pid}.part`);
	try {
		writeSynced(temporary, text);
		rename(temporary, path);
	} catch (error) {
		removeQuietly(temporary);
		throw new NewFileError(`${plainLine(path)} was not written: ${reasonOf(error)}`);
	}
}

/** Complains before the work is done. @throws {NewFileError} when there is such a file already, or the folder takes none */
export function requireNewFile(path: string): void {
	const reason = isThere(path) ? existing : folderFault(path);
	if (reason !== null) throw new NewFileError(`${plainLine(path)} was not written: ${reason}`);
}

/** Why no file of this name can be made in its folder; null when nothing is known against it. */
export function folderFault(path: string): string | null {
	try {
		// The dot tells a file in the place of the folder from a folder that may not be written to.
		accessSync(`${dirname(path)}/.`, constants.W_OK | constants.X_OK);
		return null;
	} catch (error) {
		return faultText(error);
	}
}

/** A path that leads through a file is for folderFault. */
function isThere(path: string): boolean {
	try {
		return statSync(path, { throwIfNoEntry: false }) !== undefined;
	} catch {
		return false;
	}
}

const existing = 'there is such a file already';

function writeSynced(path: string, text: string): void {
	const file = openSync(path, 'wx');
	try {
		writeFileSync(file, text);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

/** A link, unlike a rename, does not replace what has come into being meanwhile; not every file system has links. */
function rename(from: string, to: string): void {
	try {
		linkSync(from, to);
	} catch (error) {
		if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP') throw error;
		renameSync(from, to);
		return;
	}
	unlinkSync(from);
}

function removeQuietly(path: string): void {
	try {
		unlinkSync(path);
	} catch {
		// It was never made.
	}
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function reasonOf(error: unknown): string {
	return codeOf(error) === 'EEXIST' ? existing : faultText(error);
}
