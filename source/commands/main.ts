/** The command line: words in, exit status out. The one place where errors become text. */

import packageJson from '../../package.json' with { type: 'json' };
import { ModelError } from '../language/diagnostics.ts';
import { plainLine, plainText } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { MachineError } from '../machine/machine.ts';
import { ScenarioError } from '../scenario/scenario.ts';
import { DrawingError } from '../session/follow/drawing.ts';
import { RecordingError } from '../session/recording.ts';
import { type Arguments, type FlagName, parseArguments } from './arguments.ts';
import { checkVerb } from './check/check.ts';
import { completionVerb } from './completion/completion.ts';
import { debug } from './debug.ts';
import { diffVerb } from './diff.ts';
import { followVerb } from './follow/follow.ts';
import { generalHelp, verbHelp } from './help.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError } from './io.ts';
import { listVerb } from './list.ts';
import { newVerb } from './new.ts';
import { NewFileError } from './new-file.ts';
import { replayVerb } from './replay.ts';
import { reportVerb } from './report.ts';
import { runVerb } from './run.ts';
import { showVerb } from './show.ts';
import type { Verb } from './verb.ts';

const debuggerFlags: readonly FlagName[] = ['program', 'set', 'schedule', 'record'];
const verbs: readonly Verb[] = [
	listVerb,
	showVerb,
	runVerb,
	checkVerb,
	replayVerb,
	reportVerb,
	followVerb,
	diffVerb,
	newVerb,
	completionVerb(() => verbs, debuggerFlags),
];

/**
 * Runs mmstep.
 * @param argv the words after the program's name
 * @returns the exit status; see exitCodes
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	try {
		return await dispatch(parseArguments(argv), io);
	} catch (error) {
		const failure = explain(error);
		if (failure === null) throw error;
		io.err(`mmstep: ${plainText(failure.text)}\n`);
		return failure.status;
	}
}

async function dispatch(options: Arguments, io: CommandIo): Promise<ExitCode> {
	const [word, ...operands] = options.words;
	const verb = verbs.find(({ name }) => name === word);
	if (options.version) {
		io.out(`${packageJson.version}\n`);
		return exitCodes.ok;
	}
	if (options.help || (word === 'help' && verb === undefined)) {
		const topic = verb ?? verbs.find(({ name }) => name === operands[0]);
		io.out(topic === undefined ? generalHelp(verbs, debuggerFlags) : verbHelp(topic));
		return exitCodes.ok;
	}
	if (verb === undefined) {
		checkFlags(options, debuggerFlags, 'the debugger', word);
		if (options.words.length > 1) {
			const hint = word === undefined ? '' : didYouMean(word, names());
			throw new UsageError(`one scenario, folder or recording is expected, not ${options.words.length} words${hint}`);
		}
		return debug(options.words, options, io, names());
	}
	checkFlags(options, verb.flags, verb.name, verb.name);
	const { least, most } = verb.operands;
	if (operands.length < least || operands.length > most) {
		throw new UsageError(
			`${operands.length < least ? 'something is missing' : 'too many words'}\nusage: mmstep ${verb.usage}`,
		);
	}
	return verb.run(operands, options, io);
}

function checkFlags({ given }: Arguments, allowed: readonly FlagName[], who: string, word: string | undefined): void {
	const wrong = given.find((flag) => !allowed.includes(flag) && flag !== 'help' && flag !== 'version');
	if (wrong === undefined) return;
	const users = verbs.filter((verb) => verb.flags.includes(wrong)).map((verb) => verb.name);
	const hint = word === undefined || names().includes(word) ? '' : didYouMean(word, names());
	throw new UsageError(`--${wrong} is a flag of ${users.join(', ')}, not of ${who}${hint}`);
}

function names(): string[] {
	return verbs.map(({ name }) => name);
}

/** What to say about an error, and the status; null for a bug in mmstep. */
export function explain(error: unknown): { text: string; status: ExitCode } | null {
	if (error instanceof UsageError) return { text: `${error.message}\n(mmstep --help)`, status: exitCodes.usage };
	if (error instanceof ModelError)
		return { text: `the model does not compile\n${error.message}`, status: exitCodes.input };
	if (error instanceof ScenarioError)
		return {
			text: `the scenario${nameText(error.scenario)} cannot be used\n${error.message}`,
			status: exitCodes.input,
		};
	if (error instanceof MachineError)
		return { text: `the model cannot be run\n${error.message}`, status: exitCodes.input };
	if (error instanceof NewFileError) return { text: error.message, status: exitCodes.input };
	if (error instanceof DrawingError)
		return { text: `the drawing cannot be read\n${error.message}`, status: exitCodes.input };
	if (error instanceof RecordingError) return { text: error.message, status: exitCodes.input };
	return null;
}

function nameText(name: string | null): string {
	return name === null ? '' : ` ${plainLine(name)}`;
}
