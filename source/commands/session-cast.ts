/** A session as a cast for asciinema: the frames of the screen, in a time in which they can be read. */

import { type CastFrame, type CastVersion, castLines } from '../report/asciicast.ts';
import type { Session } from '../session/session.ts';
import type { PlayedFrame } from '../tui/playback.tsx';

/** Of the screen that a cast shows. */
export interface CastSize {
	readonly columns: number;
	readonly rows: number;
}

export const usualCastSize: CastSize = { columns: 80, rows: 24 };

/** Seconds for a step of the CPU that moved before, and for one of another. */
const sameCpu = 0.5;
const otherCpu = 1;
/** Characters that are read in a second, and the longest that is waited for them. */
const readingSpeed = 25;
const longestReading = 8;
const violationSeconds = 4;
const lastSeconds = 5;

/** The lines of the cast of a session up to its cursor. The screen is loaded only here: most commands never draw it. */
export async function sessionCast(session: Session, version: CastVersion, size: CastSize): Promise<Iterable<string>> {
	const { endOfPlay, playSession } = await import('../tui/playback.tsx');
	const { makeTheme } = await import('../tui/text/theme.ts');
	const { scenario, selection } = session.target;
	function* frames(): Generator<CastFrame> {
		for (const frame of playSession(session, size, makeTheme(true, true))) {
			yield { seconds: secondsFor(frame), output: frame.output, marker: frame.label };
		}
		yield { seconds: lastSeconds, output: endOfPlay(size), marker: null };
	}
	return castLines(
		{ ...size, title: `${scenario.title} (${scenario.id}/${selection.kernel})`, frames: frames() },
		version,
	);
}

/** How long a frame is looked at. */
function secondsFor({ isSwitch, reading, hasViolation }: PlayedFrame): number {
	const toRead = Math.min(longestReading, reading / readingSpeed);
	return (isSwitch ? otherCpu : sameCpu) + toRead + (hasViolation ? violationSeconds : 0);
}
