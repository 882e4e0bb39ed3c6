/** The command line as data. */

import meow from 'meow';
import packageJson from '../../package.json' with { type: 'json' };
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { UsageError } from './io.ts';

/** Flags by name; which of them a verb takes is in its own file. */
export const flagTable = {
	program: { type: 'string', value: 'ID', summary: 'program to run (default: the first, or the one of the schedule)' },
	set: { type: 'string', isMultiple: true, value: 'OPTION=VALUE', summary: 'value of an option; may be repeated' },
	schedule: {
		type: 'string',
		value: 'NAME|STEPS',
		summary: 'a schedule of the scenario, or steps: "0 0 1*3 rcu; cpu0 until done"',
	},
	costs: { type: 'boolean', summary: 'print what the run cost, and nothing else' },
	record: { type: 'string', value: 'FILE', summary: 'write a recording of the session; the file must not exist yet' },
	'all-violations': {
		type: 'boolean',
		summary: 'every kind of violation at every place, where no verdict is expected; otherwise the first one',
	},
	shortest: {
		type: 'string',
		value: 'switches|steps',
		summary: 'what a counterexample has fewest of (default: switches)',
	},
	'no-reduction': { type: 'boolean', summary: 'search every order of steps, also of those that do not touch the same' },
	'max-states': { type: 'string', value: 'N', summary: 'give up a row after N states' },
	'max-depth': { type: 'string', value: 'N', summary: 'search no further than N steps from the start' },
	'max-seconds': { type: 'string', value: 'N', summary: 'give up a row, or a replay, after N seconds' },
	trace: {
		type: 'string',
		value: 'FILE',
		summary: 'write the first counterexample as a recording; the file must not exist yet',
	},
	format: {
		type: 'string',
		value: 'FORMAT',
		summary: 'format of the report (default: by the name of the file, else text)',
	},
	output: { type: 'string', value: 'FILE', summary: 'write the report to a file, which must not exist yet' },
	full: { type: 'boolean', summary: 'draw every step, not only those that matter' },
	violation: { type: 'string', value: 'N', summary: 'report the Nth violation on the way (default: the first)' },
	'skip-kernels': { type: 'boolean', summary: 'do not search the kernels of the scenario for the same' },
	size: { type: 'string', value: 'COLUMNSxROWS', summary: 'screen of an asciicast (default: 80x24)' },
	report: {
		type: 'string',
		value: 'FILE',
		summary: 'write a report of the first counterexample; its ending says the format',
	},
	verify: { type: 'boolean', summary: 'only say, in a line a file, whether every state is the recorded one' },
	drawing: { type: 'string', value: 'N', summary: 'the Nth drawing of the file (default: the first)' },
	column: {
		type: 'string',
		isMultiple: true,
		value: 'HEAD=CPU',
		summary: 'whose a column of the drawing is: "CPU 1=CPU0", or its number, 1=cpu0; may be repeated',
	},
	yes: { type: 'boolean', summary: 'take what is most alike for lines that are not sure' },
	shard: { type: 'string', value: 'I/N', summary: 'check every Nth row, from the Ith on (1 to N)' },
	jobs: { type: 'string', value: 'N', summary: 'rows searched at the same time (default: one a processor)' },
	json: { type: 'boolean', summary: 'results as one JSON object on standard output' },
	help: { type: 'boolean', shortFlag: 'h', summary: 'show help' },
	version: { type: 'boolean', shortFlag: 'V', summary: 'show the version' },
} as const satisfies Readonly<Record<string, Flag>>;

interface Flag {
	readonly type: 'string' | 'boolean';
	readonly isMultiple?: true;
	readonly shortFlag?: string;
	/** What stands for the value in help texts. */
	readonly value?: string;
	readonly summary: string;
}

export type FlagName = keyof typeof flagTable;
const flagNames = Object.keys(flagTable) as readonly FlagName[];

export interface Arguments {
	/** Words that are no flags, the verb included. */
	readonly words: readonly string[];
	readonly program: string | undefined;
	/** Option values, by option id. */
	readonly set: Readonly<Record<string, string>>;
	readonly schedule: string | undefined;
	readonly costs: boolean;
	readonly record: string | undefined;
	readonly allViolations: boolean;
	readonly shortest: string | undefined;
	readonly noReduction: boolean;
	readonly maxStates: string | undefined;
	readonly maxDepth: string | undefined;
	readonly maxSeconds: string | undefined;
	readonly trace: string | undefined;
	readonly format: string | undefined;
	readonly size: string | undefined;
	readonly output: string | undefined;
	readonly full: boolean;
	readonly violation: string | undefined;
	readonly skipKernels: boolean;
	readonly report: string | undefined;
	readonly verify: boolean;
	readonly drawing: string | undefined;
	/** Names of actors, by heads or numbers of columns. */
	readonly column: Readonly<Record<string, string>>;
	readonly yes: boolean;
	readonly shard: string | undefined;
	readonly jobs: string | undefined;
	readonly json: boolean;
	readonly help: boolean;
	readonly version: boolean;
	/** Flags that were given. */
	readonly given: readonly FlagName[];
}

/**
 * Reads the words after the program's name.
 * @throws {UsageError} for an unknown flag, a value that is missing, or a flag given twice
 */
export function parseArguments(argv: readonly string[]): Arguments {
	const end = argv.indexOf('--');
	const flagWords = end === -1 ? argv : argv.slice(0, end);
	const given: FlagName[] = [];
	for (const [index, word] of flagWords.entries()) {
		const match = /^--?([^=]+)(=.*)?$/s.exec(word);
		if (match === null || isValue(flagWords, index)) continue;
		given.push(checkFlag(word, match[1] ?? '', match[2] !== undefined, flagWords[index + 1]));
	}
	for (const name of given) {
		const flag: Flag = flagTable[name];
		if (flag.isMultiple !== true && flag.type === 'string' && given.filter((other) => other === name).length > 1) {
			throw new UsageError(`--${name} can be given only once`);
		}
	}
	const { input, flags } = meow('', {
		// A bundle has no package.json beside it for meow to find, so it is handed over.
		importMeta: import.meta,
		pkg: { name: packageJson.name, version: packageJson.version },
		argv,
		autoHelp: false,
		autoVersion: false,
		inferType: false,
		flags: {
			program: { type: 'string' },
			set: { type: 'string', isMultiple: true },
			schedule: { type: 'string' },
			costs: { type: 'boolean' },
			record: { type: 'string' },
			allViolations: { type: 'boolean' },
			shortest: { type: 'string' },
			// meow reads --no-reduction as the opposite of --reduction, which is no flag of its own: checkFlag refuses it.
			reduction: { type: 'boolean', default: true },
			maxStates: { type: 'string' },
			maxDepth: { type: 'string' },
			maxSeconds: { type: 'string' },
			trace: { type: 'string' },
			format: { type: 'string' },
			size: { type: 'string' },
			output: { type: 'string' },
			full: { type: 'boolean' },
			violation: { type: 'string' },
			skipKernels: { type: 'boolean' },
			report: { type: 'string' },
			verify: { type: 'boolean' },
			drawing: { type: 'string' },
			column: { type: 'string', isMultiple: true },
			yes: { type: 'boolean' },
			shard: { type: 'string' },
			jobs: { type: 'string' },
			json: { type: 'boolean' },
			help: { type: 'boolean', shortFlag: 'h' },
			version: { type: 'boolean', shortFlag: 'V' },
		},
	});
	return {
		words: input.map(String),
		program: flags.program,
		set: settings('set', flags.set ?? []),
		schedule: flags.schedule,
		costs: flags.costs === true,
		record: flags.record,
		allViolations: flags.allViolations === true,
		shortest: flags.shortest,
		noReduction: flags.reduction === false,
		maxStates: flags.maxStates,
		maxDepth: flags.maxDepth,
		maxSeconds: flags.maxSeconds,
		trace: flags.trace,
		format: flags.format,
		size: flags.size,
		output: flags.output,
		full: flags.full === true,
		violation: flags.violation,
		skipKernels: flags.skipKernels === true,
		report: flags.report,
		verify: flags.verify === true,
		drawing: flags.drawing,
		column: settings('column', flags.column ?? []),
		yes: flags.yes === true,
		shard: flags.shard,
		jobs: flags.jobs,
		json: flags.json === true,
		help: flags.help === true,
		version: flags.version === true,
		given,
	};
}

/** Whether the word at `index` is the value of the flag before it: `--schedule -x`. */
function isValue(words: readonly string[], index: number): boolean {
	const before = /^--([a-z-]+)$/.exec(words[index - 1] ?? '')?.[1];
	const flag: Flag | undefined = flagNames.includes(before as FlagName) ? flagTable[before as FlagName] : undefined;
	return flag?.type === 'string' && !/^--[a-z]/.test(words[index] ?? '');
}

function checkFlag(word: string, name: string, hasValue: boolean, next: string | undefined): FlagName {
	const isLong = word.startsWith('--');
	const found = flagNames.find((candidate) => {
		const flag: Flag = flagTable[candidate];
		return isLong ? candidate === name : flag.shortFlag === name;
	});
	if (found === undefined) {
		const hint = isLong
			? didYouMean(
					`--${name}`,
					flagNames.map((flag) => `--${flag}`),
				)
			: '';
		throw new UsageError(`unknown flag ${plainLine(word)}${hint}`);
	}
	const flag: Flag = flagTable[found];
	const isEmpty = hasValue ? word.endsWith('=') : next === undefined || /^--[a-z]/.test(next);
	if (flag.type === 'string' && isEmpty) throw new UsageError(`--${found} needs a value: --${found} ${flag.value}`);
	if (flag.type === 'boolean' && hasValue) throw new UsageError(`--${found} takes no value`);
	return found;
}

/** `NAME=VALUE` of a flag that may be repeated. */
function settings(flag: 'set' | 'column', words: readonly string[]): Record<string, string> {
	const values: Record<string, string> = {};
	for (const word of words) {
		const at = word.indexOf('=');
		if (at < 1) throw new UsageError(`--${flag} takes ${flagTable[flag].value}, not "${plainLine(word)}"`);
		const id = word.slice(0, at);
		if (Object.hasOwn(values, id)) {
			throw new UsageError(`${flag === 'set' ? 'option' : flag} "${plainLine(id)}" is set twice`);
		}
		values[id] = word.slice(at + 1);
	}
	return values;
}
