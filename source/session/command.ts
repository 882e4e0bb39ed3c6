/** Making entries of the command table. */

import type { Command, CommandResult, Session } from './session.ts';

/** What a command's file says; the rest has defaults. */
export interface CommandSpec {
	readonly name: string;
	readonly aliases?: readonly string[];
	readonly group: Command['group'];
	readonly usage: string;
	readonly summary: string;
	/** Further paragraphs. */
	readonly help?: string;
	readonly complete?: Command['complete'];
	readonly run: (session: Session, argument: string) => CommandResult;
}

export function command(spec: CommandSpec): Command {
	return { aliases: [], help: '', complete: () => [], ...spec };
}
