/** `info` and its topics: the views of inspect as lines of text. */

import { viewsOf } from '../inspect/state-views.ts';
import { treeText } from '../inspect/tree-drawing.ts';
import type { StateViews } from '../inspect/views.ts';
import { drawWaits } from '../inspect/wait-drawing.ts';
import { plainLine } from '../language/plain-text.ts';
import { actors } from '../machine/step.ts';
import { dim, focusText, heading, plain, said, timeText, violationLines } from './arrival.ts';
import { branchLines } from './branch-commands.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { localLines, stackLines } from './looking-commands.ts';
import { placeOf } from './place.ts';
import type { Command, OutputLine, Session } from './session.ts';
import { breakpointLines } from './stop-commands.ts';
import { reportsUpTo } from './timeline.ts';

interface Topic {
	readonly name: string;
	readonly summary: string;
	readonly lines: (session: Session) => readonly OutputLine[];
}

/** A topic shown from the views of the cursor's state compared with the step before. */
function view(name: string, summary: string, none: string, lines: (views: StateViews) => readonly OutputLine[]): Topic {
	return {
		name,
		summary,
		lines: ({ target, timeline: { cursor } }) => {
			const shown = lines(viewsOf(target, cursor.state, cursor.parent?.state ?? null));
			return shown.length === 0 ? [dim(none)] : shown;
		},
	};
}

const mark = (changed: boolean) => (changed ? '  (changed)' : '');

const topics: readonly Topic[] = [
	{
		name: 'actors',
		summary: 'who can run, and what each would do',
		lines: ({ target, timeline }) =>
			actors(target.machine, timeline.cursor.state)
				.filter(({ status }) => status !== 'idle')
				.map(({ name, status, alternatives, wait }) =>
					plain(
						`${name}: ${status}${alternatives.length > 0 ? `: ${alternatives.map(plainLine).join(' | ')}` : ''}${wait === null ? '' : `: ${plainLine(wait.text)}`}`,
					),
				),
	},
	{
		name: 'branches',
		summary: 'the branches of the timeline',
		lines: branchLines,
	},
	{
		name: 'breakpoints',
		summary: 'breakpoints and watchpoints, with their hits',
		lines: breakpointLines,
	},
	view('costs', 'lock acquisitions, flushes and allocations so far', 'nothing has been counted yet', ({ costs }) =>
		costs.map(({ name, value, growth }) => plain(`${plainLine(name)}: ${value}${growth === 0 ? '' : ` (+${growth})`}`)),
	),
	view('cpus', 'every CPU: where it stands, what it holds and waits for', 'no CPU', ({ cpus }) =>
		cpus.flatMap(({ name, role, status, stack, waitsFor, holds }) => {
			const top = stack[0];
			const where = top === undefined ? '' : ` in ${top.function} at ${top.file}:${top.line}`;
			return [
				plain(`${name}${role === '' ? '' : ` (${role})`}: ${status}${where}`),
				...(waitsFor === '' ? [] : [plain(`  ${waitsFor}`)]),
				...holds.map((line) => dim(`  ${line}`)),
			];
		}),
	),
	{
		name: 'files',
		summary: "the model's source files",
		lines: ({ target }) => target.machine.program.files.map(({ path }) => plain(plainLine(path))),
	},
	{
		name: 'frame',
		summary: 'the focused frame',
		lines: (session) => [plain(focusText(session)), ...stackLines(session, session.focus.context)],
	},
	{
		name: 'functions',
		summary: "the model's functions",
		lines: ({ target }) => {
			const { functions, files } = target.machine.program;
			return functions
				.filter(({ role, isLibraryHelper }) => role === 'plain' && !isLibraryHelper)
				.map(({ name, file, firstLine }) => plain(`${name} at ${files[file]?.path ?? ''}:${firstLine}`));
		},
	},
	view('interrupts', 'flushes on their way to other CPUs', 'no interrupt is on its way', ({ interrupts }) =>
		interrupts.map(({ text }) => plain(text)),
	),
	{
		name: 'line',
		summary: 'file, line and function of the focused frame',
		lines: ({ target, timeline, focus }) => {
			const place = placeOf(target, timeline.cursor.state, focus.context, focus.frame);
			if (place === null) return [dim('the focused CPU runs nothing')];
			return [plain(`line ${place.line} of ${place.file}, in ${place.name}`)];
		},
	},
	{ name: 'locals', summary: 'variables of the focused frame', lines: localLines },
	view('locks', 'who holds and waits for which lock', 'no lock is held or waited for', ({ locks }) =>
		locks.flatMap(({ name, kind, holders, waiters, changed }) => {
			if (holders.length === 0 && waiters.length === 0 && !changed) return [];
			const held = holders.map(({ actor, mode, since }) => `${actor} (${mode}, since step ${since})`).join(', ');
			const waits = waiters.join(', ');
			return [
				plain(
					`${name} (${kind}): ${held === '' ? 'free' : `held by ${held}`}${waits === '' ? '' : `; waited for by ${waits}`}${mark(changed)}`,
				),
			];
		}),
	),
	view('objects', 'objects in memory', 'no object is in memory', ({ objects }) =>
		objects.map(({ name, type, status, allocated, freed, changed }) => {
			const history = [allocated === '' ? '' : `allocated at ${allocated}`, freed === '' ? '' : `freed at ${freed}`];
			const told = history.filter((text) => text !== '').join(', ');
			return plain(`${name} (${type}): ${status}${told === '' ? '' : `, ${told}`}${mark(changed)}`);
		}),
	),
	view(
		'pages',
		'page frames: owner, generation, who maps and caches them',
		'the machine has no page frames',
		({ frames }) =>
			frames.map(({ frame, owner, generation, aliases, changed }) =>
				plain(
					`${frame}: ${owner}, generation ${generation}${aliases.length === 0 ? '' : `; ${aliases.join(', ')}`}${mark(changed)}`,
				),
			),
	),
	view('page-tables', 'the page tables, level by level', 'there are no page tables', ({ pageTables }) => {
		const shown = pageTables.filter(
			({ depth, present, lock, changed }) => depth === 0 || present || changed || lock !== '',
		);
		const left = pageTables.length - shown.length;
		return [
			...shown.map(({ depth, label, entry, lock, changed }) =>
				plain(`${'  '.repeat(depth)}${label}: ${entry}${lock === '' ? '' : ` (locked by ${lock})`}${mark(changed)}`),
			),
			...(left === 0 ? [] : [dim(`and ${left} entries that map nothing`)]),
		];
	}),
	view('rcu', 'readers and callbacks', 'no reader is inside, and no callback waits', ({ rcu }) => [
		...rcu.readers.map(({ actor, depth }) =>
			plain(`${actor} is in a read section${depth > 1 ? ` (depth ${depth})` : ''}`),
		),
		...rcu.callbacks.map(({ text, waitsFor }) =>
			plain(`${text}: ${waitsFor.length === 0 ? 'ready' : `waits for ${waitsFor.join(', ')}`}`),
		),
	]),
	{
		name: 'schedule',
		summary: 'the schedule that is followed, and how far it is',
		lines: ({ schedule }) => {
			if (schedule === null) return [dim('no schedule is followed: `schedules` lists them')];
			const { schedule: followed, next } = schedule;
			return [
				heading(`${followed.id}: ${plainLine(followed.title)}`),
				...followed.entries.flatMap(({ text, note }, index): OutputLine[] => [
					plain(`${index < next ? 'x' : index === next ? '>' : ' '} ${index + 1} ${plainLine(text)}`),
					...(note === '' ? [] : [dim(`      ${plainLine(note)}`)]),
				]),
			];
		},
	},
	{
		name: 'threads',
		summary: 'the stack of every CPU',
		lines: (session) =>
			session.timeline.cursor.state.contexts.flatMap((_, context) => [
				heading(context < session.target.machine.configuration.cpus ? `CPU${context}` : 'rcu'),
				...stackLines(session, context),
			]),
	},
	{ name: 'time', summary: 'where in time one is', lines: (session) => [plain(timeText(session))] },
	view('tlb', "every CPU's cached translations", 'no translation is cached', ({ tlbs }) =>
		tlbs.flatMap(({ label, pte, cells }) => {
			const cached = cells.filter(({ state }) => state !== 'empty');
			return [
				plain(`${label}: PTE ${pte}`),
				...cached.map(({ cpu, text, state, remark, changed }) =>
					plain(`  CPU${cpu}: ${text} (${state}${remark === '' ? '' : `, ${remark}`})${mark(changed)}`),
				),
			];
		}),
	),
	view('views', 'what the model draws of itself', 'the model draws no view of itself', ({ custom }) =>
		custom.flatMap(({ title, rows }) => [
			heading(title),
			...treeText(rows, 78).map(plain),
			...rows
				.filter(({ tree }) => tree === null)
				.map(({ label, cells, badges, fields, changed }) => {
					const strip = cells.length === 0 ? '' : `[${cells.map(({ text }) => text).join(' ')}] `;
					const more = [...badges.map(({ text }) => text), ...fields.map(({ name, value }) => `${name}=${value}`)];
					return plain(plainLine(`${label} ${strip}${more.join(' ')}${mark(changed)}`));
				}),
		]),
	),
	view('waits', 'who waits for whom: the wait-for graph, with its cycles', 'nobody waits', ({ waits }) =>
		drawWaits(waits, 78, { isAscii: true }).map(({ kind, rails, words, remark }): OutputLine => {
			const text = plainLine(`${words}${remark === '' ? '' : ` (${remark})`}`);
			return kind === 'cycle' ? { tone: 'violation', text } : plain(`${rails}${text}`);
		}),
	),
	{
		name: 'violations',
		summary: 'what has been reported on the way here',
		lines: ({ timeline }) => {
			const found = reportsUpTo(timeline.cursor);
			return found.length === 0 ? [dim('nothing has been reported on the way here')] : found.flatMap(violationLines);
		},
	},
];

export const infoCommands: readonly Command[] = [
	command({
		name: 'info',
		aliases: ['i'],
		group: 'looking',
		usage: 'info TOPIC',
		summary: 'Shows locks, waits, cpus, tlb, pages, objects, rcu, costs, breakpoints, branches and more.',
		help: `Topics: ${topics.map(({ name, summary }) => `${name} (${summary})`).join('; ')}. A topic may be cut short, as in \`info lo\`.`,
		complete: () => topics.map(({ name }) => name),
		run: (session, argument) => {
			const word = argument.trim().toLowerCase();
			if (word === '') {
				return said(session, [
					heading('info knows:'),
					...topics.map(({ name, summary }) => plain(`  ${name.padEnd(12)} ${summary}`)),
				]);
			}
			const exact = topics.find(({ name }) => name === word);
			const candidates = topics.filter(({ name }) => name.startsWith(word));
			const found = exact ?? candidates[0];
			if (found === undefined) {
				throw new CommandError(
					`info knows nothing of ${plainLine(word)}: it knows ${topics.map(({ name }) => name).join(', ')}`,
				);
			}
			if (exact === undefined && candidates.length > 1) {
				throw new CommandError(`info ${plainLine(word)} may be ${candidates.map(({ name }) => name).join(', ')}`);
			}
			return said(session, found.lines(session));
		},
	}),
];
