/** Commands for notes, recordings, reports, and the end. */

import { plainLine } from '../language/plain-text.ts';
import { wordsOf } from './arguments.ts';
import { dim, plain, said } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import type { Command, CommandResult, Effect, Session } from './session.ts';
import { currentBranch } from './timeline.ts';

export const maxNotes = 10_000;
const maxNoteLength = 4000;

function asks(session: Session, effect: Effect): CommandResult {
	return { session, output: [], effects: [effect], stopped: false };
}

function note(session: Session, argument: string): CommandResult {
	const text = plainLine(argument).slice(0, maxNoteLength);
	if (text === '') throw new CommandError('say what to note: `note here the flush is missing`; `notes` lists them');
	if (session.notes.length >= maxNotes) throw new CommandError(`there are ${maxNotes} notes already`);
	const { cursor } = session.timeline;
	const branch = currentBranch(session.timeline).name;
	const notes = [...session.notes, { branch, depth: cursor.depth, text }];
	return said({ ...session, notes }, [plain(`noted at step ${cursor.depth} of ${branch}`)]);
}

/** A file name that says what is recorded. */
function defaultRecording({ target }: Session): string {
	return `${target.scenario.id}-${target.selection.kernel}.mmstep`.replaceAll(/[^\w.-]/g, '_');
}

function record(session: Session, argument: string): CommandResult {
	const file = argument.trim();
	if (file === 'stop' || file === 'off') return asks(session, { kind: 'stopRecording' });
	if (file === '') return asks(session, { kind: 'record', file: defaultRecording(session), numbered: true });
	return asks(session, { kind: 'record', file: checkedFile(file) });
}

/** @throws CommandError for a name that could do harm on the way to a file or a message */
function checkedFile(file: string): string {
	if (file.length > 4096 || plainLine(file) !== file) {
		throw new CommandError('the file name holds control characters, or blanks that a file name should not have');
	}
	return file;
}

type Format = Extract<Effect, { kind: 'report' }>['format'];
const formats: readonly Format[] = ['text', 'markdown', 'json', 'itf', 'svg', 'asciicast'];
const extensions: Readonly<Record<string, Format>> = {
	md: 'markdown',
	json: 'json',
	'itf.json': 'itf',
	svg: 'svg',
	cast: 'asciicast',
	txt: 'text',
};

function report(session: Session, argument: string): CommandResult {
	const words = wordsOf(argument);
	const named = formats.find((format) => words[0] !== undefined && format === words[0].toLowerCase());
	const rest = argument
		.trim()
		.slice(named === undefined ? 0 : named.length)
		.trim();
	if (rest.startsWith('--'))
		throw new CommandError('report takes the format and the file as they are: `report json race.json`');
	const file = rest === '' ? null : checkedFile(rest);
	const name = (file ?? '').toLowerCase();
	// The longer ending says more: `.itf.json`.
	const extension = Object.keys(extensions)
		.toSorted((a, b) => b.length - a.length)
		.find((ending) => name.endsWith(`.${ending}`));
	const byName = extension === undefined ? undefined : extensions[extension];
	return asks(session, { kind: 'report', format: named ?? byName ?? 'text', file });
}

export const sessionCommands: readonly Command[] = [
	command({
		name: 'note',
		group: 'session',
		usage: 'note TEXT',
		summary: 'Writes a note at this step; it becomes part of the recording and the report.',
		run: note,
	}),
	command({
		name: 'notes',
		group: 'session',
		usage: 'notes',
		summary: 'Lists your notes.',
		run: (session) =>
			said(
				session,
				session.notes.length === 0
					? [dim('no notes: `note TEXT` writes one')]
					: session.notes.map(({ branch, depth, text }) => plain(`${branch}:${depth}: ${text}`)),
			),
	}),
	command({
		name: 'record',
		group: 'session',
		usage: 'record [FILE | stop]',
		summary:
			'Records the session in a file, from its beginning, every branch; alone: in a file named after the scenario.',
		help: 'Every action is written as it happens, so that a killed session loses nothing. `mmstep FILE` opens it again. An existing file is never overwritten.',
		complete: () => ['stop'],
		run: record,
	}),
	command({
		name: 'report',
		group: 'session',
		usage: 'report [FORMAT] [FILE]',
		summary: 'Shows what happened on this branch as a bug report, or writes it into a file.',
		help: `A FORMAT is ${formats.join(', ')}; without one the ending of the file name decides (.md, .json, .itf.json, .svg, .cast), else it is text. An existing file is never overwritten. Which kernels have it, \`mmstep report\` says, of the recording.`,
		complete: () => formats,
		run: report,
	}),
	command({
		name: 'copy',
		group: 'session',
		usage: 'copy',
		summary: 'Copies the report to the clipboard of your terminal.',
		help: 'With OSC 52, which reaches the terminal that you sit at through any number of connections. Some terminals have to be told to allow it; tmux needs `set -g set-clipboard on`.',
		runAlone: (session) => asks(session, { kind: 'copyReport' }),
	}),
	command({
		name: 'quit',
		aliases: ['q', 'exit'],
		group: 'session',
		usage: 'quit',
		summary: 'Leaves mmstep.',
		runAlone: (session) => asks(session, { kind: 'quit' }),
	}),
	command({
		name: 'scenarios',
		aliases: ['picker'],
		group: 'screen',
		usage: 'scenarios',
		summary: 'Goes back to the list of scenarios.',
		run: (session) => asks(session, { kind: 'picker' }),
	}),
	command({
		name: 'pane',
		group: 'screen',
		usage: 'pane NAME',
		summary: 'Shows a pane of the screen.',
		run: (session, argument) => {
			const pane = plainLine(argument);
			if (pane === '') throw new CommandError('say which pane; Tab goes through them');
			return asks(session, { kind: 'pane', pane });
		},
	}),
];
