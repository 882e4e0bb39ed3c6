/** How long a command may take. */

import { plainLine } from '../language/plain-text.ts';
import { UsageError } from './io.ts';

/** Seconds that opening a stranger's recording may take unless more is asked for. */
const replaySeconds = 60;

/** @throws {UsageError} for what is no positive number */
export function positiveSeconds(text: string): number {
	const number = Number(text);
	if (/^\d+(?:\.\d+)?$/.test(text) && number > 0) return number;
	throw new UsageError(`--max-seconds takes a number of seconds, not "${plainLine(text)}"`);
}

export interface TimeLimit {
	readonly seconds: number;
	readonly isOver: () => boolean;
}

/** A limit that begins now. @param wish what the user gave with --max-seconds */
export function timeLimit(wish: string | undefined): TimeLimit {
	const seconds = wish === undefined ? replaySeconds : positiveSeconds(wish);
	const end = performance.now() + seconds * 1000;
	return { seconds, isOver: () => performance.now() >= end };
}
