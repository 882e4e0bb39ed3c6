import type { Arguments, FlagName } from './arguments.ts';
import type { CommandIo, ExitCode } from './io.ts';

/** One verb of the command line. */
export interface Verb {
	readonly name: string;
	/** After `mmstep`. */
	readonly usage: string;
	/** One line. */
	readonly summary: string;
	/** Further lines for `mmstep VERB --help`. */
	readonly help: readonly string[];
	readonly flags: readonly FlagName[];
	/** How many words may follow the verb. */
	readonly operands: { readonly least: number; readonly most: number };
	/** Does it. What it throws, main.ts turns into text and an exit status. */
	readonly run: (operands: readonly string[], options: Arguments, io: CommandIo) => Promise<ExitCode> | ExitCode;
}
