/** Commands that run until something happens, and those of the scenario's schedules. */

import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { countArgument } from './arguments.ts';
import { dim, heading, moved, plain, said, warning } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { identifiers, locations, scheduleNames } from './completion.ts';
import { codeScope, compileIn, evaluateIn } from './expressions.ts';
import { parseLocation } from './points.ts';
import { depthOf, maxRun, type Run, runActor } from './running.ts';
import {
	isBehindSchedule,
	isOnSchedule,
	runSchedule,
	type ScheduleRun,
	scheduleMismatch,
	selectSchedule,
} from './schedule.ts';
import type { Command, CommandResult, OutputLine, Session } from './session.ts';
import { firstChoice, jump } from './stepping.ts';
import { reaches } from './stops.ts';
import { ancestorAt, branchThrough } from './timeline.ts';

function ranTo(before: Session, run: Run, extra: readonly OutputLine[] = []): CommandResult {
	const result = moved(before, run.session, [...extra, ...run.complaints.map(warning)]);
	return { ...result, stopped: result.stopped || run.end !== 'goal' };
}

function runToLocation(session: Session, argument: string, isLeftWithFrame: boolean): CommandResult {
	const { location, remark } = parseLocation(session, argument);
	const { context } = session.focus;
	const depth = depthOf(session, context);
	const run = runActor(session, firstChoice(context), 'line', (at) => {
		if (reaches(at.target, at.timeline.cursor, location)) return true;
		return isLeftWithFrame && depthOf(at, context) < depth;
	});
	return ranTo(session, run, remark === '' ? [] : [dim(remark)]);
}

/** `until` without a place: like `next`, but not back to an earlier line of a loop. */
function untilLaterLine(session: Session): CommandResult {
	const { context } = session.focus;
	const depth = depthOf(session, context);
	const start = session.timeline.cursor.state.contexts[context]?.frames.at(-1)?.instruction ?? -1;
	const run = runActor(session, firstChoice(context), 'over', (at) => {
		const innermost = at.timeline.cursor.state.contexts[context]?.frames.at(-1);
		return depthOf(at, context) !== depth || (innermost?.instruction ?? 0) > start;
	});
	return ranTo(session, run);
}

function continueRun(session: Session): CommandResult {
	const { schedule } = session;
	if (schedule !== null && isOnSchedule(session) && schedule.next < schedule.schedule.entries.length) {
		return followed(session, runSchedule(session), []);
	}
	const run = runActor(session, firstChoice(session.focus.context), 'line', () => false);
	const note = schedule !== null && !isOnSchedule(session) ? leftRemark(session) : [];
	return ranTo(session, run, note);
}

function leftRemark({ schedule }: Session): OutputLine[] {
	return schedule === null
		? []
		: [dim(`schedule ${schedule.schedule.id} was left at step ${schedule.at.depth}; \`schedule\` goes back there`)];
}

/** What following the schedule did: its entries with their notes, then where one is. */
function followed(before: Session, run: ScheduleRun, extra: readonly OutputLine[]): CommandResult {
	const total = run.session.schedule?.schedule.entries.length ?? 0;
	const entries = run.finished.flatMap(({ entry, index }): OutputLine[] => [
		heading(`${index + 1}/${total} ${plainLine(entry.text)}${entry.mark === '' ? '' : `  [${plainLine(entry.mark)}]`}`),
		...(entry.note === '' ? [] : [dim(`  ${plainLine(entry.note)}`)]),
	]);
	const isAtEnd = run.end !== 'failed' && run.session.schedule?.next === total;
	const ends: OutputLine[] = [];
	if (run.end === 'failed') ends.push({ tone: 'error', text: plainLine(run.error) });
	if (isAtEnd) ends.push(dim('end of the schedule'));
	const result = moved(before, run.session, [...run.complaints.map(warning), ...ends]);
	const end = isAtEnd ? 'end of the schedule' : plainLine(run.error);
	const stop = result.session.stop === '' ? end : result.session.stop;
	return {
		...result,
		session: { ...result.session, stop },
		output: [...extra, ...entries, ...result.output],
		stopped: result.stopped || run.end !== 'counted',
	};
}

/** Why there is no next entry while no schedule is followed, and what to do about it. */
function noSchedule(session: Session): string {
	const { schedules } = session.target.scenario;
	if (schedules.length === 0) return 'this scenario has no schedule';
	const fitting = schedules.find((schedule) => scheduleMismatch(session, schedule).length === 0);
	return fitting === undefined
		? 'no schedule is written for this kernel and program: `schedules` lists those for others, a digit lets a CPU take a line'
		: `no schedule is being followed: say \`schedule ${fitting.id}\`, or \`schedules\` to see them all`;
}

/** The next entry; in the schedule's own past, forward along the entries that were taken. */
function nextEntries(session: Session, count: number): CommandResult {
	const progress = session.schedule;
	if (progress === null) throw new CommandError(noSchedule(session));
	if (isOnSchedule(session)) {
		if (progress.next >= progress.schedule.entries.length) {
			throw new CommandError('the schedule is at its end; `restart` and `mail` walk along it again');
		}
		return followed(session, runSchedule(session, count), []);
	}
	if (!isBehindSchedule(session)) {
		throw new CommandError(
			`you left schedule ${progress.schedule.id} at step ${progress.at.depth}: \`schedule\` goes back there`,
		);
	}
	const { cursor } = session.timeline;
	const passed = progress.ends.findIndex((depth) => depth > cursor.depth);
	const index = passed === -1 ? progress.ends.length : Math.min(passed + count - 1, progress.ends.length - 1);
	const depth = progress.ends[index] ?? progress.at.depth;
	const node = ancestorAt(progress.at, depth);
	const branch = branchThrough(session.timeline, node);
	if (branch === null) throw new CommandError('the steps of the schedule are gone');
	const entry = progress.schedule.entries[index];
	const output =
		entry === undefined
			? []
			: [
					heading(`${index + 1}/${progress.schedule.entries.length} ${plainLine(entry.text)} (again)`),
					...(entry.note === '' ? [] : [dim(`  ${plainLine(entry.note)}`)]),
				];
	const result = moved(session, jump(session, node, branch));
	return { ...result, output: [...output, ...result.output] };
}

function chooseSchedule(session: Session, argument: string): CommandResult {
	const id = argument.trim();
	const progress = session.schedule;
	if (id === '') {
		if (progress === null)
			throw new CommandError('no schedule is being followed: say `schedule NAME`; `schedules` lists them');
		const branch = branchThrough(session.timeline, progress.at);
		if (branch === null) throw new CommandError('the steps of the schedule are gone');
		return moved(session, jump(session, progress.at, branch));
	}
	if (id === 'off') return said({ ...session, schedule: null }, [plain('no schedule is followed any more')]);
	const { schedules } = session.target.scenario;
	const schedule = schedules.find((candidate) => candidate.id === id);
	if (schedule === undefined) {
		const ids = schedules.map((candidate) => candidate.id);
		throw new CommandError(
			`there is no schedule ${plainLine(id)}; ${ids.length === 0 ? 'this scenario has none' : '`schedules` lists them'}${didYouMean(id, ids)}`,
		);
	}
	const selected = selectSchedule(session, schedule);
	const result = moved(session, selected, scheduleMismatch(session, schedule).map(warning));
	return {
		...result,
		output: [
			heading(plainLine(schedule.title)),
			...(schedule.summary === '' ? [] : [dim(plainLine(schedule.summary))]),
			...result.output,
			dim(`${schedule.entries.length} entries: \`mail\` takes the next one, \`continue\` runs to the end`),
		],
	};
}

export const runningCommands: readonly Command[] = [
	command({
		name: 'continue',
		aliases: ['c'],
		group: 'running',
		usage: 'continue',
		summary: 'Goes on along the schedule when one is followed; else the focused CPU runs until something stops it.',
		help: `Without a schedule, or after its end, or when it was left, only the focused CPU runs: to a breakpoint, a violation, a wait, its end, or ${maxRun} steps.`,
		run: (session, argument) => {
			if (argument.trim() !== '') throw new CommandError('continue takes no argument: `step N` makes N steps');
			return continueRun(session);
		},
	}),
	command({
		name: 'until',
		group: 'running',
		usage: 'until [FUNCTION | FILE:LINE | LINE]',
		summary: 'Lets the focused CPU run to a place, or out of this function; alone: to a later line.',
		complete: locations,
		run: (session, argument) =>
			argument.trim() === '' ? untilLaterLine(session) : runToLocation(session, argument, true),
	}),
	command({
		name: 'advance',
		group: 'running',
		usage: 'advance FUNCTION | FILE:LINE | LINE',
		summary: 'Lets the focused CPU run to a place, wherever that is.',
		complete: locations,
		run: (session, argument) => runToLocation(session, argument, false),
	}),
	command({
		name: 'run-until',
		group: 'running',
		usage: 'run-until EXPRESSION',
		summary: 'Lets the focused CPU run until the expression is true.',
		help: 'Names are looked up in the function that the CPU is in, line by line; where they mean nothing, it runs on.',
		complete: identifiers,
		run: (session, argument) => {
			const { target, timeline, focus } = session;
			const { program } = target.machine;
			const here = compileIn(program, argument, codeScope(target, timeline.cursor.state, focus));
			// A local of a function that has not been called yet is fine; text that means nothing anywhere is not.
			if (!here.ok && !program.functions.some((_fn, index) => compilesSomewhere(session, argument, index))) {
				throw new CommandError(here.full);
			}
			const run = runActor(session, firstChoice(focus.context), 'line', (at) => {
				const scope = { context: focus.context, frame: 0 };
				const value = evaluateIn(at.target, at.timeline.cursor.state, argument, scope);
				return value.ok && value.value !== 0;
			});
			return ranTo(session, run);
		},
	}),
	command({
		name: 'mail',
		aliases: ['m'],
		group: 'running',
		usage: 'mail [N]',
		summary: "Takes the next entry of the schedule (the mail's own sequence).",
		help: 'After going back, it goes forward along the entries that were taken before. When you have stepped something else, `schedule` goes back to where the schedule was left.',
		run: (session, argument) => nextEntries(session, countArgument(argument)),
	}),
	command({
		name: 'schedule',
		group: 'running',
		usage: 'schedule [NAME | off]',
		summary: 'Follows a schedule from the start; alone: goes back to where the one followed was left.',
		complete: (session) => [...scheduleNames(session), 'off'],
		run: chooseSchedule,
	}),
	command({
		name: 'schedules',
		group: 'running',
		usage: 'schedules',
		summary: "Lists the scenario's schedules.",
		run: (session) => {
			const { schedules } = session.target.scenario;
			if (schedules.length === 0) return said(session, [plain('this scenario has no schedule: step the CPUs by hand')]);
			return said(
				session,
				schedules.map(({ id, title, entries }) =>
					plain(
						`${session.schedule?.schedule.id === id ? '* ' : '  '}${id}: ${plainLine(title)} (${entries.length} entries)`,
					),
				),
			);
		},
	}),
];

function compilesSomewhere(session: Session, text: string, fn: number): boolean {
	const { program } = session.target.machine;
	const code = program.functions[fn];
	if (code === undefined || code.role !== 'plain') return false;
	return [0, code.code.length - 1].some((instruction) => compileIn(program, text, { function: fn, instruction }).ok);
}
