/** The command table, and `execute`, which runs a line of text on a session. */

import { once } from '../language/once.ts';
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { MachineError } from '../machine/machine.ts';
import { initialState } from '../machine/step.ts';
import { ScenarioError, type Target } from '../scenario/scenario.ts';
import { heading, plain, said } from './arrival.ts';
import { branchCommands } from './branch-commands.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { findingCommands } from './finding-commands.ts';
import { infoCommands } from './info-commands.ts';
import { lookingCommands } from './looking-commands.ts';
import { runningCommands } from './running-commands.ts';
import { selectSchedule } from './schedule.ts';
import type { Command, CommandResult, OutputLine, Session } from './session.ts';
import { sessionCommands } from './session-commands.ts';
import { steppingCommands } from './stepping-commands.ts';
import { stopCommands } from './stop-commands.ts';
import { timeCommands } from './time-commands.ts';
import { startTimeline } from './timeline.ts';

/** Characters that one command line may have. */
const maxLine = 8000;

/**
 * A new session at the start of the target, following one of the scenario's schedules when it is named.
 * @throws ScenarioError when there is no such schedule
 * @throws MachineError when the set-up does what the machine cannot give a meaning to
 */
export function startSession(target: Target, schedule?: string): Session {
	const start = initialState(target.machine);
	const firstCpu = target.machine.entries.findIndex((entry) => entry !== null);
	const session: Session = {
		target,
		timeline: startTimeline(start.state, start.violations),
		breakpoints: [],
		displays: [],
		notes: [],
		schedule: null,
		focus: { context: Math.max(0, firstCpu), frame: 0 },
		nextId: 1,
		followed: '',
		stop: '',
	};
	if (schedule === undefined) return session;
	const found = target.scenario.schedules.find(({ id }) => id === schedule);
	if (found === undefined) {
		const ids = target.scenario.schedules.map(({ id }) => id);
		throw new ScenarioError(
			`scenario ${target.scenario.id} has no schedule ${plainLine(schedule)}; it has ${ids.length === 0 ? 'none' : ids.join(', ')}${didYouMean(schedule, ids)}`,
		);
	}
	return selectSchedule(session, found);
}

const groupTitles: Readonly<Record<Command['group'], string>> = {
	stepping: 'Stepping',
	running: 'Running and schedules',
	time: 'Time and branches',
	stops: 'Breakpoints and watches',
	looking: 'Looking',
	session: 'Session',
	screen: 'Screen',
};

/** The heading of a group in help and reference. */
export function groupTitle(group: Command['group']): string {
	return groupTitles[group];
}

const help = command({
	name: 'help',
	aliases: ['h', '?'],
	group: 'session',
	usage: 'help [COMMAND]',
	summary: 'Lists the commands, or explains one. A command may be cut short as long as it is clear which is meant.',
	complete: () => commandTable.map(({ name }) => name),
	run: (session, argument) => {
		const word = argument.trim();
		if (word === '') {
			const result = said(session, overview());
			return { ...result, effects: [{ kind: 'help', topic: null }] };
		}
		return said(session, commandHelp(findCommand(word)));
	},
});

/** Every command, in order of groups. */
export const commandTable: readonly Command[] = [
	...steppingCommands,
	...runningCommands,
	...findingCommands,
	...timeCommands,
	...branchCommands,
	...stopCommands,
	...lookingCommands,
	...infoCommands,
	...sessionCommands,
	help,
];

function overview(): OutputLine[] {
	return Object.entries(groupTitles).flatMap(([group, title]) => [
		heading(title),
		...commandTable
			.filter((entry) => entry.group === group)
			.map(({ name, summary }) => plain(`  ${name.padEnd(17)} ${summary}`)),
	]);
}

/** Usage, other names, summary and help of a command, a line each. */
export function commandHelp({ usage, aliases, summary, help: more }: Command): OutputLine[] {
	return [
		heading(usage),
		plain(summary),
		...(more === '' ? [] : [plain(more)]),
		...(aliases.length === 0 ? [] : [plain(`Also: ${aliases.join(', ')}`)]),
	];
}

/**
 * The command that a word means: its name, another name of it, or the beginning of just one.
 * @throws CommandError when it is none, or may be several
 */
export function findCommand(word: string): Command {
	const lower = word.toLowerCase();
	const named = (text: string) => commandTable.find(({ name, aliases }) => name === text || aliases.includes(text));
	const exact = named(word) ?? named(lower);
	if (exact !== undefined) return exact;
	const candidates = commandTable.filter(({ name }) => name.startsWith(lower));
	const [only, second] = candidates;
	if (only !== undefined && second === undefined) return only;
	if (second !== undefined) {
		throw new CommandError(`${plainLine(word)} may be ${candidates.map(({ name }) => name).join(', ')}`);
	}
	const names = commandTable.flatMap(({ name, aliases }) => [name, ...aliases.filter((alias) => alias.length > 2)]);
	throw new CommandError(`there is no command ${plainLine(word)}; \`help\` lists them${didYouMean(lower, names)}`);
}

/** A line as the command's word and its argument: `p/x a` is `p` and `/x a`, `1 over` is `cpu` and `1 over`. */
export function splitLine(line: string): { readonly word: string; readonly argument: string } {
	const text = line.trim();
	const actor = /^(?:cpu)?(\d+)(?![\w-])\s*(.*)$/s.exec(text);
	if (actor !== null) return { word: 'cpu', argument: `${actor[1]} ${actor[2]}`.trim() };
	const numbered = /^(ipi|mmu)(\d+)\s*(.*)$/s.exec(text);
	if (numbered !== null) return { word: numbered[1] ?? '', argument: `${numbered[2]} ${numbered[3]}`.trim() };
	const match = /^([A-Za-z][A-Za-z-]*|[^\sA-Za-z])\s*(.*)$/s.exec(text);
	return { word: match?.[1] ?? text, argument: match?.[2] ?? '' };
}

/**
 * Runs one line of text. Nothing is ever thrown for what a user may type: what cannot be done is said in the output, with
 * the session unchanged.
 */
export function execute(session: Session, line: string): CommandResult {
	if (line.trim() === '') return said(session, []);
	if (line.length > maxLine) return failed(session, `a command may have ${maxLine} characters`);
	try {
		const { word, argument } = splitLine(line);
		return findCommand(word).run(session, argument);
	} catch (error) {
		if (error instanceof CommandError) return failed(session, error.message);
		// The model did what has no meaning: an endless loop, a value too large. The step is not taken.
		if (error instanceof MachineError) return failed(session, `the model cannot go on: ${error.message}`);
		throw error;
	}
}

function failed(session: Session, message: string): CommandResult {
	const output = message.split('\n').map((text): OutputLine => ({ tone: 'error', text: text.trimEnd() }));
	return { session, output, effects: [], stopped: false };
}

/** To make one takes several milliseconds, which only those who complete words should wait. */
const byName = once(() => new Intl.Collator('en', { numeric: true }).compare);

/** Candidates that one completion may offer. */
const maxCandidates = 200;

/**
 * What the line may go on as: whole lines, in alphabetical order, numbers by size. Empty when nothing fits.
 */
export function complete(session: Session, line: string): readonly string[] {
	const start = /^\s*/.exec(line)?.[0] ?? '';
	const text = line.slice(start.length);
	const match = /^(\S+)\s+(.*)$/s.exec(text);
	if (match === null) {
		const names = commandTable.map(({ name }) => name);
		return names
			.filter((name) => name.startsWith(text.toLowerCase()))
			.sort(byName())
			.map((name) => `${start}${name} `);
	}
	const [, word = '', argument = ''] = match;
	let found: Command;
	try {
		// `print/x` is print.
		found = findCommand(splitLine(word).word);
	} catch (error) {
		if (error instanceof CommandError) return [];
		throw error;
	}
	const before = text.slice(0, text.length - argument.length);
	const lastWord = /\S*$/.exec(argument)?.[0] ?? '';
	const rest = argument.slice(0, argument.length - lastWord.length);
	const candidates = found.complete(session, argument).filter((candidate) => candidate.startsWith(lastWord));
	return [...new Set(candidates)]
		.sort(byName())
		.slice(0, maxCandidates)
		.map((candidate) => `${start}${before}${rest}${candidate}`);
}
