import type { KeptResults } from '../scenario/kept-results.ts';

/** What a verb of the command line may touch; tests hand in their own. */
export interface CommandIo {
	/** Results, to standard output. */
	out(text: string): void;
	/** Everything said beside them, to standard error. */
	err(text: string): void;
	/** Whether there is a terminal to draw on and to read keys from. */
	readonly isInteractive: boolean;
	/** The terminal that standard error goes to, for progress that is drawn over; absent when it goes elsewhere. */
	readonly terminal?: { readonly columns: () => number };
	/** What was read and compiled in earlier runs, and what this one reads and compiles. Absent where nothing is to be kept. */
	readonly kept?: KeptResults;
	/** Asks the user for a line; undefined when there is none any more. Absent without a terminal. */
	readonly ask?: (question: string) => Promise<string | undefined>;
	/** Calls back instead of ending the program when the user interrupts it (Ctrl-C), until the result is called. */
	readonly onInterrupt?: (listener: () => void) => () => void;
}

/** Exit statuses. */
export const exitCodes = {
	/** As expected. */
	ok: 0,
	/** A violation was found, or a verdict other than the expected one. */
	violation: 1,
	/** Wrong use of the command line. */
	usage: 2,
	/** A scenario or recording that cannot be used. */
	input: 3,
	/** Gave up before the end: a bound was reached, or a schedule could not be followed to its end. */
	gaveUp: 4,
	/** The user interrupted it; what a shell reports for a program that SIGINT ended. */
	interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The status that matters most when several things were done: bad use or input over an interruption over a violation over giving up over success. */
export function worst(a: ExitCode, b: ExitCode): ExitCode {
	const order = [
		exitCodes.ok,
		exitCodes.gaveUp,
		exitCodes.violation,
		exitCodes.interrupted,
		exitCodes.input,
		exitCodes.usage,
	];
	return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** Thrown for a command line that makes no sense. The message ends without a full stop and may have several lines. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}
