/** Making entries of the command table. */

import { CommandError } from './command-error.ts';
import type { Command, CommandResult, Session } from './session.ts';

/** What a command's file says; the rest has defaults. */
export type CommandSpec = Described & (Taking | Alone);

interface Described {
	readonly name: string;
	readonly aliases?: readonly string[];
	readonly group: Command['group'];
	readonly usage: string;
	readonly summary: string;
	/** Further paragraphs. */
	readonly help?: string;
	readonly complete?: Command['complete'];
}

interface Taking {
	readonly run: Command['run'];
}

/** A command that takes no argument: it throws CommandError when there is one. */
interface Alone {
	readonly runAlone: (session: Session) => CommandResult;
}

/** An entry of the command table. */
export function command(spec: CommandSpec): Command {
	const run = 'run' in spec ? spec.run : alone(spec.name, spec.runAlone);
	return { aliases: [], help: '', complete: () => [], ...spec, run };
}

function alone(name: string, run: (session: Session) => CommandResult): Command['run'] {
	return (session, argument) => {
		if (argument.trim() !== '') throw new CommandError(`${name} takes no argument`);
		return run(session);
	};
}
