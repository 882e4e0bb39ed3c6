import { plainLine } from '../../language/plain-text.ts';
import type { FlagName } from '../arguments.ts';
import { exitCodes, UsageError } from '../io.ts';
import type { Verb } from '../verb.ts';
import { completionTable } from './completed-words.ts';
import { fishCompletion } from './fish.ts';
import { bashCompletion, zshCompletion } from './posix.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

function isShell(name: string): name is keyof typeof shells {
	return Object.hasOwn(shells, name);
}

/** The verb that writes completions of all verbs, itself among them. */
export function completionVerb(verbs: () => readonly Verb[], debuggerFlags: readonly FlagName[]): Verb {
	return {
		name: 'completion',
		usage: 'completion bash|zsh|fish',
		summary: 'prints what makes a shell complete verbs, flags, scenarios',
		help: [
			'Verbs, flags and their values; the scenarios that come with mmstep with their kernels,',
			'programs, options and schedules, as they are when it is printed.',
			'',
			'  bash  eval "$(mmstep completion bash)" in ~/.bashrc',
			'  zsh   source <(mmstep completion zsh) in ~/.zshrc, after compinit',
			'  fish  mmstep completion fish > ~/.config/fish/completions/mmstep.fish',
		],
		flags: [],
		operands: { least: 1, most: 1 },
		run: ([shell = ''], _options, io) => {
			if (!isShell(shell)) {
				throw new UsageError(
					`there is no completion for "${plainLine(shell)}"; there is for ${Object.keys(shells).join(', ')}`,
				);
			}
			io.out(shells[shell](completionTable(verbs(), debuggerFlags)));
			return exitCodes.ok;
		},
	};
}
