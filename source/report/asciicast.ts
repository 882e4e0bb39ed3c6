/**
 * Recordings of a terminal as asciinema plays them: asciicast v2 (docs.asciinema.org/manual/asciicast/v2), which every player
 * knows, and v3, which asciinema 3 writes.
 */

import { plainLine } from '../language/plain-text.ts';

export interface CastFrame {
	/** Seconds for which it is looked at before the next. */
	readonly seconds: number;
	/** What the terminal is sent. */
	readonly output: string;
	/** Name of the marker at it; players jump from one to the next. Null for none. */
	readonly marker: string | null;
}

export interface Cast {
	readonly columns: number;
	readonly rows: number;
	readonly title: string;
	readonly frames: Iterable<CastFrame>;
}

export type CastVersion = 2 | 3;

const terminal = 'xterm-256color';

/** Characters of a marker's name. */
const longestMarker = 100;

/** A cast as the lines of a `.cast` file, each with its line end, one at a time: a long session need not be in memory twice. */
export function* castLines(cast: Cast, version: CastVersion): Generator<string> {
	const { columns, rows } = cast;
	const title = plainLine(cast.title);
	yield line(
		version === 2
			? { version, width: columns, height: rows, title, env: { TERM: terminal } }
			: { version, term: { cols: columns, rows, type: terminal }, title },
	);
	// Milliseconds, so that v3's intervals add up to v2's times without rounding away.
	let now = 0;
	let last = 0;
	for (const { seconds, output, marker } of cast.frames) {
		const events: [string, string][] = [
			['o', output],
			// After the frame: who stops at markers wants to see what it is about.
			...(marker === null ? [] : [['m', plainLine(marker).slice(0, longestMarker)] satisfies [string, string]]),
		];
		for (const [code, data] of events) {
			yield line([(version === 2 ? now : now - last) / 1000, code, data]);
			last = now;
		}
		now += Math.round(seconds * 1000);
	}
	// Without an event at the end the last frame would be gone as soon as it is there.
	yield line([(version === 2 ? now : now - last) / 1000, 'o', '']);
}

function line(value: unknown): string {
	return `${JSON.stringify(value)}\n`;
}
