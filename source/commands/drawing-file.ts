/** The text of a drawing: a file, or standard input. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { plainLine } from '../language/plain-text.ts';
import { type Drawing, DrawingError, drawingLimits } from '../session/follow/drawing.ts';
import { parseDrawing } from '../session/follow/parse-drawing.ts';
import { faultText } from '../session/recorder.ts';

/** As many bytes as the longest text may have, and one: more is refused by its length. */
const mostBytes = 4 * drawingLimits.characters + 1;

/**
 * Reads a drawing.
 * @param path `-` for standard input
 * @param which the drawing of the text, from 1
 * @throws {DrawingError} when there is no such file, or no drawing in it
 */
export function readDrawing(path: string, which: number): Drawing {
	const bytes = path === '-' ? readAll(0) : readFile(path);
	if (bytes.includes(0)) throw new DrawingError(0, `${plainLine(path)} is not a text`);
	return parseDrawing(new TextDecoder().decode(bytes), which);
}

function readFile(path: string): Uint8Array {
	let handle: number;
	try {
		handle = openSync(path, 'r');
	} catch (error) {
		const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
		throw new DrawingError(0, `${plainLine(path)}: ${isMissing ? 'there is no such file' : faultText(error)}`);
	}
	try {
		const status = fstatSync(handle);
		// A pipe, as a shell makes of <(...), ends like a file; a device may never do.
		if (!status.isFile() && !status.isFIFO()) throw new DrawingError(0, `${plainLine(path)} is not a file`);
		return readAll(handle);
	} finally {
		closeSync(handle);
	}
}

function readAll(handle: number): Uint8Array {
	const bytes = new Uint8Array(mostBytes);
	let length = 0;
	while (length < bytes.length) {
		const count = readMore(handle, bytes, length);
		if (count === 0) break;
		length += count;
	}
	return bytes.subarray(0, length);
}

function readMore(handle: number, bytes: Uint8Array, at: number): number {
	try {
		return readSync(handle, bytes, at, bytes.length - at, null);
	} catch (error) {
		throw new DrawingError(0, faultText(error));
	}
}
