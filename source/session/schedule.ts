/**
 * Following a schedule of the scenario: each entry lets one actor run until what the entry says has happened. Entries speak of
 * functions, lines and conditions, so that they survive edits of the model; here they become steps.
 */

import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import type { Machine, MachineEvent } from '../machine/machine.ts';
import { actorIndex, actors } from '../machine/step.ts';
import type { ScenarioSchedule, ScheduleEntry, ScheduleStep } from '../scenario/scenario.ts';
import { CommandError } from './command-error.ts';
import { evaluateIn } from './expressions.ts';
import { contextOfActor, entered, placeOf, placeText, sourceLine } from './place.ts';
import type { ScheduleProgress, Session, TimelineNode } from './session.ts';
import { eventsOf } from './step-events.ts';
import { firstChoice, hasViolation, jump, take } from './stepping.ts';
import { countHits, hitsAt } from './stops.ts';
import { isOnPath } from './timeline.ts';

/** Steps that one entry may take: one that never comes true must not run for ever. */
export const maxEntrySteps = 10_000;

type Partial = NonNullable<ScheduleProgress['partial']>;

export interface FinishedEntry {
	readonly index: number;
	readonly entry: ScheduleEntry;
	/** Where it ended. */
	readonly node: TimelineNode;
}

export interface ScheduleRun {
	readonly session: Session;
	/** The entries that were finished, in order. */
	readonly finished: readonly FinishedEntry[];
	/** `session.stop` says what it stopped for; `failed`: `error` says why the entry cannot be followed. */
	readonly end: 'counted' | 'finished' | 'stopped' | 'failed';
	readonly error: string;
	readonly complaints: readonly string[];
}

/** Selects a schedule and goes to the start, where it begins. Nothing is run yet. */
export function selectSchedule(session: Session, schedule: ScenarioSchedule): Session {
	const { root } = session.timeline;
	return {
		...jump(session, root),
		schedule: { schedule, next: 0, ends: [], at: root, partial: null },
	};
}

/** Why a schedule does not suit what is running, a line each; empty when it was written for it. */
export function scheduleMismatch(session: Session, schedule: ScenarioSchedule): readonly string[] {
	const { selection } = session.target;
	const remarks: string[] = [];
	if (schedule.program !== selection.program) {
		remarks.push(
			`schedule ${schedule.id} is written for program ${schedule.program}, and ${selection.program} is running: restart mmstep with --program ${schedule.program}`,
		);
	}
	if (schedule.kernels.length > 0 && !schedule.kernels.includes(selection.kernel)) {
		remarks.push(
			`schedule ${schedule.id} is written for kernel ${schedule.kernels.join(', ')}, not ${selection.kernel}`,
		);
	}
	for (const [option, value] of Object.entries(schedule.options)) {
		const set = selection.options[option];
		if (set !== undefined && set !== value) {
			remarks.push(`schedule ${schedule.id} is written for ${option}=${value}, and ${option} is ${set}`);
		}
	}
	return remarks;
}

/** Whether the cursor stands where following the schedule stopped, so that the next entry can run. */
export function isOnSchedule({ schedule, timeline }: Session): boolean {
	return schedule !== null && schedule.at === timeline.cursor;
}

/** Whether the cursor is on the way that the schedule took, at its end or before. */
export function isBehindSchedule({ schedule, timeline }: Session): boolean {
	return schedule !== null && isOnPath(timeline.cursor, schedule.at);
}

/**
 * Runs the next `count` entries of the schedule; the cursor must be where it stopped (see isOnSchedule).
 * With `stops`, breakpoints and violations stop it in the middle of an entry, which goes on with the next call; without, it
 * runs through.
 * @throws CommandError when no schedule is being followed, or it was left
 */
export function runSchedule(session: Session, count = Number.POSITIVE_INFINITY, stops = true): ScheduleRun {
	if (session.schedule === null) throw new CommandError('no schedule is being followed: `schedules` lists them');
	if (!isOnSchedule(session)) {
		throw new CommandError(`the schedule was left at step ${session.schedule.at.depth}: \`schedule\` goes back there`);
	}
	const { schedule } = session.schedule;
	const finished: FinishedEntry[] = [];
	const complaints: string[] = [];
	let at = session;
	let progress: ScheduleProgress = session.schedule;
	const result = (end: ScheduleRun['end'], error = ''): ScheduleRun => ({
		session: { ...at, schedule: progress },
		finished,
		end,
		error,
		complaints,
	});
	while (finished.length < count) {
		const entry = schedule.entries[progress.next];
		if (entry === undefined) return result('finished');
		const run = runEntry(at, entry, progress.partial ?? { taken: 0, inside: null }, stops, complaints);
		at = run.session;
		const node = at.timeline.cursor;
		if (run.end === 'failed' || run.end === 'inside') {
			progress = { ...progress, at: node, partial: run.partial };
			if (run.end === 'inside') return result('stopped');
			const which = `entry ${progress.next + 1} of ${schedule.entries.length}, \`${plainLine(entry.text)}\``;
			return result('failed', `${which}: ${run.error}`);
		}
		finished.push({ index: progress.next, entry, node });
		progress = { ...progress, next: progress.next + 1, ends: [...progress.ends, node.depth], at: node, partial: null };
		if (run.end === 'stopped') return result('stopped');
	}
	return result(progress.next === schedule.entries.length ? 'finished' : 'counted');
}

interface EntryRun {
	readonly session: Session;
	readonly partial: Partial;
	/** `inside`: stopped before the entry's end; `stopped`: at its end, with something to see. */
	readonly end: 'done' | 'stopped' | 'inside' | 'failed';
	readonly error: string;
}

/** Why a step's actor can be nobody on this machine; empty when it is somebody. */
export function actorThatIsMissing(machine: Machine, { actor }: ScheduleEntry['step']): string {
	if (actorIndex(machine, actor) !== -1) return '';
	const cpus = machine.configuration.cpus - 1;
	return `this machine has no actor ${plainLine(actor)}: its CPUs are cpu0${cpus === 0 ? '' : ` to cpu${cpus}`}`;
}

/** What the step names and the model does not have, in words; empty when it has everything. Expressions speak for themselves. */
function nameThatIsMissing({ target: { machine } }: Session, step: ScheduleEntry['step']): string {
	const { functions, files } = machine.program;
	const missing = actorThatIsMissing(machine, step);
	if (missing !== '') return missing;
	if (step.kind === 'untilFunction' && !functions.some(({ name }) => name === step.function)) {
		const names = functions.map(({ name }) => name);
		return `there is no function ${plainLine(step.function)}${didYouMean(step.function, names)}`;
	}
	if (step.kind === 'untilLine' && !files.some(({ text }) => text.includes(step.text))) {
		return `no line of the model has the text "${plainLine(step.text)}"`;
	}
	return '';
}

function runEntry(start: Session, entry: ScheduleEntry, from: Partial, stops: boolean, complaints: string[]): EntryRun {
	const actor = actorIndex(start.target.machine, entry.step.actor);
	let session = start;
	let partial = from;
	/** Where the actor stood before its last steps, so that a return can be met exactly; see functionEvent. */
	const trail: Session[] = [];
	const failed = (error: string): EntryRun => ({ session, partial, end: 'failed', error });
	const missing = nameThatIsMissing(start, entry.step);
	if (missing !== '') return failed(missing);
	for (;;) {
		const goal = goalBefore(session, entry.step, actor, partial);
		if (goal.error !== '') return failed(goal.error);
		if (goal.reached) return { session, partial, end: 'done', error: '' };
		if (partial.taken >= maxEntrySteps) {
			return failed(`gave up after ${maxEntrySteps} steps; ${standing(session, actor)}`);
		}
		const before = session;
		partial = { taken: partial.taken + 1, inside: goal.inside };
		try {
			session = take(before, firstChoice(actor), 'line');
			if (entry.step.kind === 'untilFunction') {
				trail.push(before);
				if (trail.length > maxTrail) trail.shift();
				const reached = functionEvent(trail, session, actor, entry.step);
				if (reached !== null) return finish(reached, partial, stops, complaints);
			}
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			return failed(`${error.message}${entry.step.kind === 'times' ? '' : `; ${standing(session, actor)}`}`);
		}
		if (stops) {
			const run = finish(session, partial, stops, complaints);
			session = run.session;
			if (run.end === 'stopped') {
				const now = goalBefore(session, entry.step, actor, partial);
				return { ...run, partial: { ...partial, inside: now.inside }, end: now.reached ? 'stopped' : 'inside' };
			}
		}
	}
}

/** The end of a step: whether something stops here. */
function finish(session: Session, partial: Partial, stops: boolean, complaints: string[]): EntryRun {
	if (!stops) return { session, partial, end: 'done', error: '' };
	const check = hitsAt(session, session.timeline.cursor);
	const counted = countHits(session, check);
	complaints.push(...counted.complaints);
	const hits = check.hits.map(({ text }) => text).join('; ');
	const isStop = hits !== '' || hasViolation(session.timeline.cursor.violations);
	return { session: { ...counted.session, stop: hits }, partial, end: isStop ? 'stopped' : 'done', error: '' };
}

interface Goal {
	readonly reached: boolean;
	readonly inside: Partial['inside'];
	readonly error: string;
}

/** Whether an entry's end is reached before another step is taken. */
function goalBefore(session: Session, entry: ScheduleStep, actor: number, partial: Partial): Goal {
	const goal = (reached: boolean, inside: Partial['inside'] = null): Goal => ({ reached, inside, error: '' });
	switch (entry.kind) {
		case 'times':
			return goal(partial.taken >= entry.count);
		case 'untilFunction':
			return goal(false);
		case 'untilLine':
			return lineGoal(session, entry, actor, partial);
		case 'untilExpression': {
			const scope = { context: contextOfActor(session.target, actor), frame: 0 };
			const { target, timeline } = session;
			const value = evaluateIn(target, timeline.cursor.state, entry.expression, scope);
			// An expression of another function's locals has no value yet; at the end of the code it never will.
			if (value.ok || !isOver(session, scope.context)) return goal(value.ok && value.value !== 0);
			return { reached: false, inside: null, error: `the condition never had a value: ${value.message}` };
		}
		case 'untilStatus':
			return statusGoal(session, entry.status, actor);
		default:
			return entry satisfies never;
	}
}

function isOver(session: Session, context: number): boolean {
	const status = session.timeline.cursor.state.contexts[context]?.status;
	return status === 'done' || status === 'dead';
}

function statusGoal(session: Session, wanted: 'blocked' | 'done', actor: number): Goal {
	const { target, timeline } = session;
	const status = actors(target.machine, timeline.cursor.state).find((candidate) => candidate.actor === actor)?.status;
	const reached = status === (wanted === 'blocked' ? 'waiting' : 'done');
	const isOtherEnd = !reached && (status === 'done' || status === 'dead');
	const error = isOtherEnd ? `${status === 'done' ? 'it finished' : 'it crashed'} before it was ${wanted}` : '';
	return { reached, inside: null, error };
}

function lineGoal(
	session: Session,
	entry: Extract<ScheduleStep, { kind: 'untilLine' }>,
	actor: number,
	partial: Partial,
): Goal {
	const { target, timeline } = session;
	const place = placeOf(target, timeline.cursor.state, contextOfActor(target, actor));
	const { inside } = partial;
	if (inside === null) {
		const isHere = place !== null && sourceLine(target, place.file, place.line).includes(entry.text);
		if (isHere && !entry.after) return { reached: true, inside: null, error: '' };
		return { reached: false, inside: isHere ? { depth: place.depth, line: place.line } : null, error: '' };
	}
	const isLeft = place === null || place.depth < inside.depth;
	const isPast = place !== null && place.depth === inside.depth && place.line !== inside.line;
	// A loop of one line: it has been executed when its statement begins again.
	const isAgain =
		place !== null && place.depth === inside.depth && place.atStatement && timeline.cursor.completed && !isPast;
	return { reached: isLeft || isPast || isAgain, inside, error: '' };
}

/** Steps that may be taken back to meet a return exactly. */
const maxTrail = 20;

/**
 * The session at the moment the function returned or was called, when the last line step did it; null otherwise. When that
 * line did more after the return, or went over the call, the last steps are made of ops instead: those of `trail`, the
 * sessions before each of the last line steps, from as late a one as leads to the very moment.
 */
function functionEvent(
	trail: readonly Session[],
	after: Session,
	actor: number,
	entry: Extract<ScheduleStep, { kind: 'untilFunction' }>,
): Session | null {
	const kind = entry.event === 'returns' ? 'return' : 'call';
	const before = trail.at(-1);
	if (before === undefined || !happened(before, after, actor, entry.function, kind)) return null;
	if (!doesMore(after, actor, entry.function, kind)) return after;
	for (const start of trail.toReversed()) {
		const exact = opsUntil(start, actor, entry.function, kind);
		if (exact !== null && !doesMore(exact, actor, entry.function, kind)) return exact;
	}
	return after;
}

/** Whether the step between two sessions called the function, or returned from it. */
function happened(before: Session, after: Session, actor: number, name: string, kind: 'call' | 'return'): boolean {
	const seen = stackEvent(before, after, actor, name, kind);
	return (
		seen === 'yes' ||
		(seen === 'ask' &&
			eventsOf(after.target.machine, after.timeline.cursor).some((event) => isOf(event, actor, name, kind)))
	);
}

/** Op steps from a session until the function is called or has returned; null when that does not come soon. */
function opsUntil(start: Session, actor: number, name: string, kind: 'call' | 'return'): Session | null {
	let session = start;
	for (let ops = 0; ops < 200; ops++) {
		const last = session;
		try {
			session = take(last, firstChoice(actor), 'op');
		} catch (error) {
			if (error instanceof CommandError) return null;
			throw error;
		}
		if (happened(last, session, actor, name, kind)) return session;
	}
	return null;
}

/** What the stacks say about a call or return of the function; `ask`: only the events can tell. */
function stackEvent(before: Session, after: Session, actor: number, name: string, kind: 'call' | 'return') {
	const { functions } = before.target.machine.program;
	const was = before.timeline.cursor.state.contexts[actor]?.frames ?? [];
	const is = after.timeline.cursor.state.contexts[actor]?.frames ?? [];
	const count = (frames: typeof was) => frames.filter((frame) => functions[frame.function]?.name === name).length;
	const named = functions.flatMap((fn, index) => (fn.name === name ? [{ fn, index }] : []));
	if (kind === 'return' && count(was) > count(is)) return 'yes';
	const entries = named.map(({ fn, index }) =>
		entered(
			was,
			is,
			index,
			fn.lines.findIndex(({ statement }) => statement),
		),
	);
	if (kind === 'call' && entries.includes('yes')) return 'yes';
	const mayBeInside = named.some(({ fn }) => fn.isLibraryHelper) || after.timeline.cursor.action?.grain === 'op';
	if (mayBeInside || entries.includes('unclear')) return 'ask';
	// The function returned and was called again within the line, as in f(f(x)).
	return kind === 'return' && count(was) > 0 && entries.includes('yes') ? 'ask' : 'no';
}

/** Whether an event is a call (`f(1)`) or return (`f() returns 0`) of the function by that actor. */
function isOf(event: MachineEvent, actor: number, name: string, kind: 'call' | 'return'): boolean {
	return event.kind === kind && event.context === actor && event.text.startsWith(`${name}(`);
}

const effects: ReadonlySet<MachineEvent['kind']> = new Set([
	'load',
	'store',
	'atomic',
	'lock',
	'unlock',
	'rcu',
	'allocate',
	'free',
	'tlb-fill',
	'tlb-hit',
	'tlb-flush',
	'interrupt',
	'frame',
]);

/** Whether a step, after it called the function or returned from it, went on with what others can see. */
function doesMore(after: Session, actor: number, name: string, kind: 'call' | 'return'): boolean {
	if (kind === 'call') {
		// Standing in the function is what was asked for.
		const frames = after.timeline.cursor.state.contexts[actor]?.frames ?? [];
		const { functions } = after.target.machine.program;
		if (frames.some((frame) => functions[frame.function]?.name === name)) return false;
	}
	const events = eventsOf(after.target.machine, after.timeline.cursor);
	const index = events.findIndex((event) => isOf(event, actor, name, kind));
	if (index === -1) return false;
	return events.slice(index + 1).some((event) => event.context === actor && effects.has(event.kind));
}

function standing(session: Session, actor: number): string {
	const place = placeOf(session.target, session.timeline.cursor.state, contextOfActor(session.target, actor));
	return place === null ? 'it is not running anything' : `it stands in ${placeText(place)}`;
}
