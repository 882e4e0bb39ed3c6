/** Commands that look at the state at the cursor and change nothing but the focus. */

import { stackOf } from '../inspect/cpus.ts';
import { localsOf } from '../inspect/locals.ts';
import { splitLines } from '../inspect/source-view.ts';
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { contextName } from '../machine/describe.ts';
import { actors } from '../machine/step.ts';
import { countArgument, numberArgument } from './arguments.ts';
import { dim, focusText, heading, plain, said, timeText } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { functionNames, identifiers, locations } from './completion.ts';
import {
	aggregateLines,
	cellCount,
	codeScope,
	compileIn,
	evaluateIn,
	isScalar,
	objectAt,
	type ValueFormat,
	valueText,
} from './expressions.ts';
import { placeOf } from './place.ts';
import { findFile, parseLocation } from './points.ts';
import { depthOf } from './running.ts';
import type { Command, CommandResult, OutputLine, Session } from './session.ts';

function print(session: Session, argument: string): CommandResult {
	const { target, timeline, focus } = session;
	const match = /^\s*\/([a-z])\s*(.*)$/s.exec(argument);
	const format = formatOf(match?.[1]);
	const text = (match === null ? argument : (match[2] ?? '')).trim();
	if (text === '') throw new CommandError('say what to print: `print vb->free`, `print /x flags`');
	const { state } = timeline.cursor;
	const compiled = compileIn(target.machine.program, text, codeScope(target, state, focus));
	if (!compiled.ok) {
		// What is too large for a value is shown cell by cell, through its address.
		const address = compileIn(target.machine.program, `&(${text})`, codeScope(target, state, focus));
		if (!address.ok) throw new CommandError(`${compiled.full}${whereLooked(session, compiled.message)}`);
		return said(session, aggregate(session, text, format));
	}
	if (!isScalar(compiled.code.type)) {
		if (compiled.code.type.kind === 'void') throw new CommandError(`${plainLine(text)} has no value`);
		return said(session, aggregate(session, text, format));
	}
	const result = evaluateIn(target, state, text, focus);
	if (!result.ok) throw new CommandError(`${plainLine(text)} cannot be evaluated here: ${plainLine(result.message)}`);
	return said(session, [plain(`${plainLine(text)} = ${valueText(target, state, result.type, result.value, format)}`)]);
}

/** Where a name was looked for that is not there, and how to look elsewhere. */
function whereLooked({ target, timeline, focus }: Session, message: string): string {
	if (!/ is not declared/.test(message)) return '';
	const place = placeOf(target, timeline.cursor.state, focus.context, focus.frame);
	const locals =
		place === null ? '' : `the locals of ${place.name} (${contextName(target.machine, focus.context)}) and `;
	return `\nlooked for among ${locals}the globals; \`focus N\`, \`up\` and \`down\` look into other frames`;
}

function aggregate(session: Session, text: string, format: ValueFormat): OutputLine[] {
	const { target, timeline, focus } = session;
	const pointer = evaluateIn(target, timeline.cursor.state, `&(${text})`, focus);
	if (!pointer.ok) throw new CommandError(`${plainLine(text)} cannot be shown: ${plainLine(pointer.message)}`);
	if (pointer.type.kind !== 'pointer') throw new CommandError(`${plainLine(text)} is not in memory`);
	const { to } = pointer.type;
	if (objectAt(timeline.cursor.state, pointer.value) === null) {
		const where = valueText(target, timeline.cursor.state, pointer.type, pointer.value);
		throw new CommandError(`${plainLine(text)} cannot be shown: ${where} leads to no object`);
	}
	const count = cellCount(target.machine.program, to);
	return [
		plain(`${plainLine(text)} = {${count} cell${count === 1 ? '' : 's'}}`),
		...aggregateLines(target, timeline.cursor.state, to, pointer.value, format).map((line) => plain(`  ${line}`)),
	];
}

function formatOf(letter: string | undefined): ValueFormat {
	switch (letter) {
		case undefined:
			return 'natural';
		case 'd':
		case 'u':
			return 'decimal';
		case 'x':
			return 'hexadecimal';
		default:
			throw new CommandError(`there is no format /${letter}: say /x (hexadecimal) or /d (decimal)`);
	}
}

const listed = 11;

function list(session: Session, argument: string): CommandResult {
	const { target, timeline, focus } = session;
	const here = placeOf(target, timeline.cursor.state, focus.context, focus.frame);
	if (argument.trim() === '') {
		if (here === null) throw new CommandError('the focused CPU runs nothing: `list FUNCTION` shows code');
		return said(session, sourceLinesAround(session, here.file, here.line, here.name));
	}
	const line = /^(?:(.+):)?(\d{1,7})$/.exec(argument.trim());
	const file = line?.[1] === undefined ? here?.file : findFile(session, line[1]);
	if (line !== null && file !== undefined) {
		const lines = sourceLinesAround(session, file, Number(line[2]), '');
		if (lines.length < 2) throw new CommandError(`${file} has no line ${line[2]}`);
		return said(session, lines);
	}
	const { location } = parseLocation(session, argument);
	if (location.kind === 'line') return said(session, sourceLinesAround(session, location.file, location.line, ''));
	const { program } = target.machine;
	const fn = program.functions.find(({ name }) => name === location.function);
	const source = fn === undefined ? undefined : program.files[fn.file];
	if (fn === undefined || source === undefined) throw new CommandError(`there is no function ${location.function}`);
	return said(session, sourceRange(session, source.path, fn.firstLine, fn.lastLine, fn.name));
}

function sourceLinesAround(session: Session, file: string, line: number, name: string): OutputLine[] {
	const first = Math.max(1, line - (listed - 1) / 2);
	return sourceRange(session, file, first, first + listed - 1, name);
}

/** Lines of a file; `=>` marks where the focused frame stands, `B` lines with a breakpoint. */
function sourceRange(session: Session, path: string, first: number, last: number, name: string): OutputLine[] {
	const { target, timeline, focus } = session;
	const file = target.machine.program.files.find((candidate) => candidate.path === path);
	if (file === undefined) return [];
	const here = placeOf(target, timeline.cursor.state, focus.context, focus.frame);
	const lines = splitLines(file).slice(first - 1, last);
	const width = String(last).length;
	return [
		heading(`${path}${name === '' ? '' : `, ${name}`}`),
		...lines.map(({ number, text }) => {
			const isHere = here !== null && here.file === path && here.line === number;
			const isBreakpoint = session.breakpoints.some(
				(breakpoint) => breakpoint.kind === 'line' && breakpoint.file === path && breakpoint.line === number,
			);
			return plain(`${isBreakpoint ? 'B' : ' '}${isHere ? '=>' : '  '} ${String(number).padStart(width)} ${text}`);
		}),
	];
}

/** The stack of a context, one line a frame, innermost first. */
export function stackLines(session: Session, context: number): OutputLine[] {
	const { machine } = session.target;
	const found = session.timeline.cursor.state.contexts[context];
	const stack = found === undefined ? [] : stackOf(machine, found);
	if (stack.length === 0)
		return [dim(`${contextName(machine, context)} runs nothing (${found?.status ?? 'not there'})`)];
	return stack.map(({ function: name, file, line }, index) => {
		const isFocus = context === session.focus.context && index === session.focus.frame;
		return plain(`${isFocus ? '*' : ' '}#${index} ${name} at ${file}:${line}`);
	});
}

function selectFrame(session: Session, frame: number): CommandResult {
	const depth = depthOf(session, session.focus.context);
	if (depth === 0) throw new CommandError(`${focusText(session)}: it has no stack`);
	if (frame < 0) throw new CommandError('this is the innermost frame');
	if (frame >= depth) throw new CommandError(`this is the outermost frame: frames are numbered 0 to ${depth - 1}`);
	const selected = { ...session, focus: { ...session.focus, frame } };
	return said(selected, [plain(`#${frame} ${focusText(selected)}`)]);
}

function focusOn(session: Session, argument: string): CommandResult {
	const { machine } = session.target;
	const { cpus } = machine.configuration;
	const word = argument.trim().toLowerCase();
	const context = word === 'rcu' ? cpus : numberArgument(word.replace(/^cpu/, ''), 'a CPU, or rcu');
	if (context > cpus || (context === cpus && word !== 'rcu')) {
		throw new CommandError(
			`there is no CPU ${context}: they are numbered 0 to ${cpus - 1}; \`focus rcu\` for the callbacks`,
		);
	}
	const selected = { ...session, focus: { context, frame: 0 } };
	return said(selected, [plain(focusText(selected))]);
}

function whyNot(session: Session, argument: string): CommandResult {
	const { machine } = session.target;
	const statuses = actors(machine, session.timeline.cursor.state);
	const word = argument
		.trim()
		.toLowerCase()
		.replace(/^(\d+)$/, 'cpu$1')
		.replace(/^cpu\s+/, 'cpu');
	const chosen =
		word === '' ? statuses.filter(({ status }) => status !== 'idle') : statuses.filter(({ name }) => name === word);
	if (chosen.length === 0 && word !== '') {
		const names = statuses.map(({ name }) => name);
		throw new CommandError(
			`there is no actor ${plainLine(word)}; there are ${names.join(', ')}${didYouMean(word, names)}`,
		);
	}
	return said(
		session,
		chosen.flatMap((status): OutputLine[] => {
			const { name } = status;
			switch (status.status) {
				case 'ready':
					return [plain(`${name} can run: ${status.alternatives.map(plainLine).join(' | ')}`)];
				case 'waiting':
					return [
						plain(`${name} ${plainLine(status.wait?.text ?? 'waits')}`),
						...(status.wait?.holders ?? []).map((holder) => dim(`  ${holderText(session, holder)}`)),
					];
				case 'idle':
					return [dim(`${name} has nothing to do`)];
				case 'done':
					return [dim(`${name} has finished: its function returned`)];
				case 'dead':
					return [plain(`${name} is dead: it crashed`)];
				default:
					return status.status satisfies never;
			}
		}),
	);
}

/** What the one in the way is doing. */
function holderText(session: Session, context: number): string {
	const { machine } = session.target;
	const place = placeOf(session.target, session.timeline.cursor.state, context);
	const name = contextName(machine, context);
	if (place === null) return `${name} runs nothing`;
	const status = actors(machine, session.timeline.cursor.state).find(({ actor }) => actor === context);
	const doing = status?.status === 'waiting' ? plainLine(status.wait?.text ?? 'waits itself') : (status?.status ?? '');
	return `${name} stands in ${place.name} at ${place.file}:${place.line} (${doing})`;
}

const maxMatches = 50;

function search(session: Session, argument: string): CommandResult {
	const text = argument.trim();
	if (text === '') throw new CommandError('say what to look for: `search free_list`');
	const wanted = text.toLowerCase();
	const { program } = session.target.machine;
	const functions = program.functions.filter(({ name }) => name.toLowerCase().includes(wanted));
	const output: OutputLine[] = functions
		.slice(0, maxMatches)
		.map(({ name, file, firstLine }) => heading(`${program.files[file]?.path ?? ''}:${firstLine}: ${name}()`));
	let left = 0;
	for (const file of program.files) {
		for (const { number, text: line } of splitLines(file)) {
			if (!line.toLowerCase().includes(wanted)) continue;
			if (output.length < maxMatches) output.push(plain(`${file.path}:${number}: ${line.trim()}`));
			else left++;
		}
	}
	if (left > 0) output.push(dim(`... and ${left} more`));
	if (output.length === 0) throw new CommandError(`nothing in the model's source holds ${plainLine(text)}`);
	return said(session, output);
}

/** The locals of the focused frame, one line each. */
export function localLines(session: Session): OutputLine[] {
	const { target, timeline, focus } = session;
	const frames = timeline.cursor.state.contexts[focus.context]?.frames ?? [];
	const frame = frames[frames.length - 1 - focus.frame];
	const locals = frame === undefined ? [] : localsOf(target.machine, timeline.cursor.state, frame, null);
	if (locals.length === 0) return [dim('no locals')];
	return locals.map(({ name, type, value }) => plain(`${name} = ${value}  (${type})`));
}

export const lookingCommands: readonly Command[] = [
	command({
		name: 'print',
		aliases: ['p', 'inspect'],
		group: 'looking',
		usage: 'print [/x | /d] EXPRESSION',
		summary: 'Shows the value of a model C expression in the focused frame; structs field by field.',
		help: 'Calls of functions run on a copy of the state; nothing that an expression does is kept. Assignments are refused: time travel needs states that only steps make.',
		complete: identifiers,
		run: print,
	}),
	command({
		name: 'list',
		aliases: ['l'],
		group: 'looking',
		usage: 'list [FUNCTION | FILE:LINE | LINE]',
		summary: 'Shows source: around the focused frame, around a line, or a whole function.',
		complete: locations,
		run: list,
	}),
	command({
		name: 'backtrace',
		aliases: ['bt', 'where', 'w'],
		group: 'looking',
		usage: 'backtrace',
		summary: "Shows the focused CPU's stack, innermost frame first.",
		run: (session) => said(session, stackLines(session, session.focus.context)),
	}),
	command({
		name: 'frame',
		aliases: ['fr'],
		group: 'looking',
		usage: 'frame [N]',
		summary: 'Looks at a frame of the stack; 0 is the innermost.',
		run: (session, argument) =>
			selectFrame(session, argument.trim() === '' ? session.focus.frame : numberArgument(argument, "a frame's number")),
	}),
	command({
		name: 'up',
		group: 'looking',
		usage: 'up [N]',
		summary: "Looks at the caller's frame.",
		run: (session, argument) => selectFrame(session, session.focus.frame + countArgument(argument)),
	}),
	command({
		name: 'down',
		aliases: ['do', 'dow'],
		group: 'looking',
		usage: 'down [N]',
		summary: 'Looks at the frame that this one called.',
		run: (session, argument) => selectFrame(session, session.focus.frame - countArgument(argument)),
	}),
	command({
		name: 'focus',
		aliases: ['thread', 't'],
		group: 'looking',
		usage: 'focus CPU | rcu',
		summary: 'Looks at another CPU; step, print and the others then mean that one.',
		complete: ({ target }) => [...target.machine.entries.map((_, cpu) => String(cpu)), 'rcu'],
		run: focusOn,
	}),
	command({
		name: 'why-not',
		aliases: ['why', 'y'],
		group: 'looking',
		usage: 'why-not [ACTOR]',
		summary: 'Says why an actor cannot run: what it waits for, who holds it since when.',
		complete: ({ target, timeline }) => actors(target.machine, timeline.cursor.state).map(({ name }) => name),
		run: whyNot,
	}),
	command({
		name: 'search',
		group: 'looking',
		usage: 'search TEXT',
		summary: "Looks for functions and lines of the model's source.",
		complete: functionNames,
		run: search,
	}),
	command({
		name: 'when',
		group: 'looking',
		usage: 'when',
		summary: 'Says where in time one is.',
		run: (session) => said(session, [plain(timeText(session))]),
	}),
];
