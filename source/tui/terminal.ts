/** The terminal and the process around the screen: job control, hang-up, and giving everything back. */

import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TerminalMode } from './input/ink-input.ts';
import type { TerminalInput } from './input/key-stream.ts';
import type { TerminalOutput } from './screen/screen-stream.ts';
import type { Environment } from './text/theme.ts';

/** What the debugger needs of the world; tests hand in their own. */
export interface TerminalAccess {
	readonly input: TerminalInput & TerminalMode;
	readonly output: TerminalOutput;
	readonly environment: Environment;
	/** Says something on the normal screen, when ours is gone. */
	readonly say: (text: string) => void;
	/** Stops the process group, as the shell expects of Ctrl-Z; resolves when it has been continued. */
	readonly stop: () => Promise<void>;
	/** Calls back when somebody else wants the process stopped; returns how to end that. */
	readonly onStopRequest: (callback: () => void) => () => void;
	/** Calls back when the process goes on after it was stopped, by whatever; returns how to end that. */
	readonly onContinue: (callback: () => void) => () => void;
	/** Calls back with what nobody has caught, in place of the end of the process; returns how to end that. */
	readonly onUncaught: (callback: (error: unknown) => void) => () => void;
}

export function processTerminal(): TerminalAccess {
	let listener: (() => void) | null = null;
	// A terminal that is gone answers every write with an error. The hang-up signal ends the process; until then: nothing.
	process.stdout.on('error', () => {});
	return {
		input: process.stdin,
		output: process.stdout,
		environment: process.env,
		say: (text) => process.stderr.write(text),
		stop: async () => {
			// With a listener in place the signal would not stop anything.
			if (listener !== null) process.off('SIGTSTP', listener);
			process.kill(0, 'SIGTSTP');
			// Where nobody can continue it (no shell), the kernel ignores the signal, and this is all that happens.
			await sleep(20);
			if (listener !== null) process.on('SIGTSTP', listener);
		},
		onContinue: (callback) => {
			process.on('SIGCONT', callback);
			return () => process.off('SIGCONT', callback);
		},
		onUncaught: (callback) => {
			process.on('uncaughtException', callback);
			return () => process.off('uncaughtException', callback);
		},
		onStopRequest: (callback) => {
			listener = callback;
			process.on('SIGTSTP', callback);
			return () => {
				process.off('SIGTSTP', callback);
				listener = null;
			};
		},
	};
}
