/** A session as a bug report: the violation it came to, and what a reader needs to see why. */

import packageJson from '../../package.json' with { type: 'json' };
import { contextName } from '../machine/describe.ts';
import type { Violation } from '../machine/violation.ts';
import { bundledIds } from '../scenario/bundled.ts';
import type { Target } from '../scenario/scenario.ts';
import { codeHashOf } from '../scenario/target.ts';
import { contextOfActor } from '../session/place.ts';
import type { Session, TimelineNode } from '../session/session.ts';
import { currentBranch, reportsBetween, reportsUpTo } from '../session/timeline.ts';
import type { BugReport, Drawing, DrawnEvent, ReportedViolation } from './bug-report.ts';
import { withoutNoise } from './diagram.ts';
import { type DiagramRow, rowsOfStep, waitRows } from './diagram-rows.ts';
import { drawnEvents } from './drawn-events.ts';
import { withEndlessWaits } from './endless-waits.ts';
import { involvedState } from './involved-state.ts';
import { withLostWrite } from './lost-write.ts';
import { withPointNumbers } from './point-numbers.ts';
import { namedSteps, nestingOf, type RelevantRows, relevantRows } from './relevant-rows.ts';
import { pathOf } from './session-text.ts';
import { shortLine } from './short-line.ts';
import { splat } from './splat.ts';
import { violationPhrase, withoutKind } from './violation-phrases.ts';
import { waitCycle } from './wait-cycle.ts';

export interface ReportOptions {
	/** Draw everything, not only what matters. */
	readonly full?: boolean;
	/** The recording as the reader will have it, for the command that opens it; null when there is none. */
	readonly file?: string | null;
	/** Which of the violations on the way it is about, from 1 on; the first by default. */
	readonly violation?: number;
	/** From the checker; null when it was not asked. */
	readonly kernels?: BugReport['kernels'];
	readonly remarks?: readonly string[];
}

/** Rows of a drawing: with the heads, and events that need two lines, under two screens of 40. */
const room = 46;

/** Steps before the harm that are looked at; a race is not longer. */
const maxSteps = 50_000;

/** Rows of these: a step of a model that somebody wrote for the purpose can have thousands. */
const maxRows = 200_000;

/** Points that are numbered. */
const maxPoints = 15;

/** Reports that are told in full. */
const maxViolations = 20;

/** How many violations there are on the way to the cursor: what `violation` of the options may be. */
export function countViolations(session: Session): number {
	return violationsUpTo(session.timeline.cursor).length;
}

/** The report of a session up to its cursor. One violation on the way is what it is about; without any it says so. */
export function makeReport(session: Session, options: ReportOptions = {}): BugReport {
	const { target, timeline } = session;
	const { scenario, selection, machine } = target;
	const which = options.violation ?? 1;
	const found = violationsUpTo(timeline.cursor)[which - 1] ?? null;
	const end = found?.node ?? timeline.cursor;
	const story = tell(session, end, found?.violation ?? null, options.full ?? false);
	const reports = reportsUpTo(timeline.cursor);
	const ordered = [
		...(story.violation === null ? [] : [story.violation]),
		...reports.filter((report) => report.severity === 'violation' && report !== found?.violation),
		...reports.filter(({ severity }) => severity !== 'violation'),
	];
	const program = scenario.programs.find(({ id }) => id === selection.program);
	const kernel = scenario.kernels.find(({ id }) => id === selection.kernel);
	const branch = currentBranch(timeline).name;
	const { violation } = story;
	return {
		format: 'mmstep-report',
		version: 1,
		tool: `mmstep ${packageJson.version}`,
		subject: subjectOf(target, violation, story.drawing.events),
		summary: summaryOf(target, violation, end, story, { which, reports: reports.length }),
		scenario: {
			id: shortLine(scenario.id),
			title: shortLine(scenario.title),
			source: {
				subject: shortLine(scenario.source.subject),
				author: shortLine(scenario.source.author),
				date: shortLine(scenario.source.date),
				messageId: shortLine(scenario.source.messageId),
			},
		},
		kernel: { id: selection.kernel, title: shortLine(kernel?.title ?? '') },
		program: { id: selection.program, title: shortLine(program?.title ?? '') },
		options: scenario.options.map(({ id, default: usual }) => {
			const value = selection.options[id] ?? usual;
			return { id, value: shortLine(value), isDefault: value === (program?.options[id] ?? usual) };
		}),
		memoryModel: machine.configuration.memoryModel,
		codeHash: codeHashOf(target),
		schedule:
			session.schedule === null
				? null
				: {
						id: shortLine(session.schedule.schedule.id),
						title: shortLine(session.schedule.schedule.title),
					},
		steps: end.depth,
		drawing: story.drawing,
		points: story.points,
		violations: ordered.slice(0, maxViolations).map((one) => reported(target, one)),
		state: involvedState(
			target,
			story.before,
			end,
			violation === null ? [] : [violation.title, ...violation.details],
			story.core,
		),
		kernels: options.kernels ?? null,
		reproduce: reproduceWith(session, options.file ?? null),
		notes: session.notes
			.filter((note) => note.branch === branch && note.depth <= timeline.cursor.depth)
			.map(({ branch, depth, text }) => ({ branch: shortLine(branch), step: depth, text: shortLine(text) })),
		remarks: (options.remarks ?? []).map((remark) => shortLine(remark)),
	};
}

/** Drawings of harm, which do not change while one goes on after it. */
const known = new WeakMap<TimelineNode, { readonly schedule: Session['schedule']; readonly drawing: Drawing }>();

/**
 * What the report of the session as it stands draws. As long as nothing was found, the last steps are drawn.
 * @param steps how many of them
 */
export function reportDrawing(session: Session, steps: number): Drawing {
	const { cursor } = session.timeline;
	const [found] = violationsUpTo(cursor);
	if (found === undefined) return tell(session, cursor, null, true, steps).drawing;
	const before = known.get(found.node);
	if (before !== undefined && before.schedule === session.schedule) return before.drawing;
	const { drawing } = tell(session, found.node, found.violation, false);
	known.set(found.node, { schedule: session.schedule, drawing });
	return drawing;
}

/** The violations on the way, in order of time, and where they were found. */
function violationsUpTo(cursor: TimelineNode): { readonly node: TimelineNode; readonly violation: Violation }[] {
	return reportsBetween(null, cursor).flatMap((node) =>
		node.violations.filter(({ severity }) => severity === 'violation').map((violation) => ({ node, violation })),
	);
}

interface Story {
	/** What it is about, with what the drawing tells of it. */
	readonly violation: Violation | null;
	readonly drawing: BugReport['drawing'];
	readonly points: BugReport['points'];
	/** The state compared with: before the first event that is drawn for its own sake. */
	readonly before: TimelineNode;
	/** What is drawn for its own sake. */
	readonly core: readonly DiagramRow[];
}

function tell(session: Session, end: TimelineNode, found: Violation | null, isFull: boolean, steps = maxSteps): Story {
	const { target } = session;
	// Without harm nothing tells what matters, and the last steps are as good as any.
	const path = pathTo(target, end, found === null && !isFull ? Math.min(steps, room * 4) : steps);
	const [first = end] = path;
	const all = path.flatMap((node) => rowsOfStep(target, node));
	const context = end.action === null ? 0 : contextOfActor(target, end.action.choice.actor);
	const cut = beforeHarm(all, found, end.depth);
	const names = contextNames(target);
	const violation =
		found === null
			? null
			: withEndlessWaits(
					withLostWrite(found, cut, (index) => names[index] ?? ''),
					all,
					end.state,
					names,
				);
	const depths = first.parent?.state.contexts.map(({ rcuDepth }) => rcuDepth) ?? [];
	const isSliced = !isFull && violation !== null;
	const cycle = violation === null ? [] : cycleContexts(target, violation);
	const rows = [
		...(isSliced ? cut : withoutNoise(cut, depths)),
		...(violation === null || violation.kind === 'deadlock'
			? target.machine.entries
					.flatMap((_, actor) => waitRows(target, end, actor))
					.filter((row) => !isSliced || isPartOf(cycle, row))
			: []),
	];
	const nesting = nestingOf(rows);
	const relevant = violation === null ? nothing : relevantRows(rows, nesting, violation, end, room, cycle);
	const choice = isSliced
		? withWaits(rows, relevant)
		: { ...relevant, rows: [...rows.keys()].slice(isFull ? 0 : -room) };
	// Of those who wait for one another, whoever came last has closed the circle.
	const closing = cut.findLast((row) => cycle.includes(row.context))?.context ?? context;
	const harm = violation === null ? null : { violation, context: cycle.length > 0 ? closing : context, cycle };
	const { columns, events, eventOf } = drawnEvents(target, rows, nesting, choice.rows, harm);
	const { numbered, points } = numberPoints(session, rows, choice, events, eventOf, violation);
	const told = numbered.map((event) =>
		event.kind === 'wait' ? { ...event, text: withPointNumbers(points, event.text) } : event,
	);
	const core = [...choice.core].flatMap((index) => rows[index] ?? []);
	const changes = core.filter(({ kind }) => kind !== 'call');
	const start = changes.reduce((least, { step }) => Math.min(least, step), violation === null ? 0 : end.depth);
	return {
		violation,
		drawing: { columns, events: told, isFull: !isSliced && isFull, omitted: rows.length - choice.rows.length },
		points,
		before: path.find((node) => node.depth === start)?.parent ?? first,
		core,
	};
}

function contextNames({ machine }: Target): string[] {
	return Array.from({ length: machine.configuration.cpus + 1 }, (_, context) => contextName(machine, context));
}

/** The contexts that wait for one another; empty for harm of another kind. */
function cycleContexts(target: Target, { title, details }: Violation): number[] {
	const names = contextNames(target);
	const found = waitCycle(title, details)?.actors.map((actor) => names.indexOf(actor)) ?? [];
	return found.includes(-1) ? [] : found;
}

/** Whether a wait at the end belongs to the picture: of those who wait for one another, and who waits for a lock of theirs. */
function isPartOf(cycle: readonly number[], { context, text }: DiagramRow): boolean {
	return cycle.length === 0 || cycle.includes(context) || /, (?:held by|which it holds) /.test(text);
}

const nothing: RelevantRows = { rows: [], core: new Set(), named: new Map() };

/** The last steps up to a node, the start too when it reports anything: at most so many, and so many rows of theirs. */
function pathTo(target: Target, end: TimelineNode, steps: number): TimelineNode[] {
	const path: TimelineNode[] = [];
	let rows = 0;
	for (let node: TimelineNode | null = end; node !== null; node = node.parent) {
		if (path.length >= steps || rows >= maxRows) break;
		if (node.parent === null && node.violations.length === 0) break;
		rows += rowsOfStep(target, node).length;
		path.push(node);
	}
	return path.reverse();
}

/** The rows up to the harm: reports are drawn elsewhere, and what the last step did after it is of no interest. */
function beforeHarm(rows: readonly DiagramRow[], violation: Violation | null, step: number): DiagramRow[] {
	const events = rows.filter(({ kind }) => kind !== 'violation' && kind !== 'warning');
	if (violation === null) return events;
	const inside = events.findLastIndex((row) => row.step === step && row.function === violation.function);
	const real = events.findLastIndex((row) => row.step === step && row.kind !== 'call' && row.kind !== 'return');
	const last = Math.max(inside, inside < 0 ? real : inside);
	return last < 0 ? events : events.slice(0, last + 1);
}

/** Who waits in the end belongs to the picture. */
function withWaits(rows: readonly DiagramRow[], choice: RelevantRows): RelevantRows {
	const waits = [...rows.keys()].filter((index) => rows[index]?.kind === 'wait');
	return { ...choice, rows: [...new Set([...choice.rows, ...waits])].sort((a, b) => a - b) };
}

/** Numbers the events that the report names, and those that the schedule has something to say about. */
function numberPoints(
	session: Session,
	rows: readonly DiagramRow[],
	choice: RelevantRows,
	events: readonly DrawnEvent[],
	eventOf: ReadonlyMap<number, number>,
	violation: Violation | null,
): { readonly numbered: DrawnEvent[]; readonly points: BugReport['points'] } {
	const texts = new Map<number, { readonly steps: number[]; readonly notes: string[] }>();
	const at = (event: number): { readonly steps: number[]; readonly notes: string[] } => {
		const point = texts.get(event) ?? { steps: [], notes: [] };
		texts.set(event, point);
		return point;
	};
	if (violation !== null) {
		for (const step of namedSteps(violation)) {
			const event = eventOf.get(choice.named.get(step) ?? -1);
			if (event !== undefined && (texts.has(event) || texts.size < maxPoints)) at(event).steps.push(step);
		}
	}
	for (const { from, to, text } of scheduleNotes(session)) {
		const inside = [...choice.rows].filter((index) => {
			const step = rows[index]?.step ?? 0;
			return step > from && step <= to && eventOf.has(index);
		});
		const event = eventOf.get(inside.at(-1) ?? -1);
		if (event !== undefined && (texts.has(event) || texts.size < maxPoints)) at(event).notes.push(text);
	}
	const order = [...texts.keys()].sort((a, b) => a - b);
	const numberOf = new Map(order.map((event, index) => [event, index + 1]));
	const points = order.flatMap((event) => {
		const { steps = [], notes = [] } = texts.get(event) ?? {};
		const own = steps.length > 0 ? steps : [events[event]?.step ?? 0];
		const text = shortLine(notes.join(' '));
		return own.map((step, index) => ({ number: numberOf.get(event) ?? 1, step, text: index === 0 ? text : '' }));
	});
	return {
		numbered: events.map((event, index) => ({ ...event, point: numberOf.get(index) ?? null })),
		points,
	};
}

/** What the schedule that was followed says about its entries, and the steps that these took. */
function scheduleNotes({ schedule }: Session): { readonly from: number; readonly to: number; readonly text: string }[] {
	if (schedule === null) return [];
	return schedule.ends.flatMap((to, index) => {
		const note = schedule.schedule.entries[index]?.note ?? '';
		return note === '' ? [] : [{ from: schedule.ends[index - 1] ?? 0, to, text: note }];
	});
}

/** `mm/vmalloc: stale TLB entry in vm_unmap_aliases() [model]`. */
function subjectOf(target: Target, violation: Violation | null, events: readonly DrawnEvent[]): string {
	const { scenario, selection } = target;
	if (violation === null) return shortLine(`${scenario.id}/${selection.kernel}: no violation [model]`);
	const place = subjectPlace(violation, events);
	const part = /^kernel\/(.+)\.[ch]$/.exec(place.file)?.[1] ?? scenario.id;
	const where = place.function === '' ? '' : ` in ${place.function}()`;
	return shortLine(`${part}: ${violationPhrase(violation.kind)}${where} [model]`);
}

/**
 * The innermost function of the kernel: what a contract or a program reports is not what has the bug. Where nobody in particular
 * is caught, as in a deadlock, where whoever closed the circle waits; else what the program has called, or what was done last.
 */
function subjectPlace(
	violation: Violation,
	events: readonly DrawnEvent[],
): { readonly function: string; readonly file: string } {
	const column = events.at(-1)?.column;
	const own = events.toReversed().filter((event) => event.column === column);
	const waits = own.filter(({ kind }) => kind === 'wait');
	// Caught in the program itself, when the calls of the kernel are over: which of these it was, its own lines do not say.
	const isOver = violation.stack.length > 0 && violation.stack.every(({ file }) => !file.startsWith('kernel/'));
	const calls = isOver ? own.filter(({ kind, depth }) => kind === 'call' && depth === 0) : [];
	const last = events.toReversed().filter(({ kind }) => kind !== 'violation' && kind !== 'wait');
	const frames = [violation, ...violation.stack, ...waits, ...calls, ...last];
	return frames.find(({ file }) => file.startsWith('kernel/') && !/-contract\.c$/.test(file)) ?? violation;
}

function summaryOf(
	target: Target,
	violation: Violation | null,
	end: TimelineNode,
	{ drawing }: Story,
	{ which: number, reports }: { readonly which: number; readonly reports: number },
): string[] {
	const { scenario, selection } = target;
	const kernel = scenario.kernels.find(({ id }) => id === selection.kernel);
	const title = shortLine(kernel?.title ?? '');
	const which = `kernel "${selection.kernel}"${title === '' ? '' : ` (${title})`}`;
	const steps = `${end.depth} step${end.depth === 1 ? '' : 's'}`;
	if (violation === null) return [shortLine(`In a model of ${which}, no violation was found in ${steps}.`)];
	const calls = drawing.columns
		.map((column, index) => {
			const call = drawing.events.findLast(
				(event) => event.column === index && event.kind === 'call' && event.depth === 0,
			);
			return call === undefined ? '' : `${call.text.replace(/\(.*$/, '()')} on ${column.actor}`;
		})
		.filter((text) => text !== '');
	const race = calls.length > 1 ? ` Involved are ${listText(calls)}.` : '';
	const more =
		reports > 1
			? ` (${reports} reports in all; this is ${number === 1 ? 'the first violation' : `violation ${number}`}.)`
			: '';
	return [
		shortLine(
			`In a model of ${which}, this sequence of ${steps} ends in: ${violationPhrase(violation.kind)}. ${sentence(violation)}${race}${more}`,
		),
	];
}

/** The title without the kind in front of it, as a sentence. */
function sentence({ kind, title: own, details }: Violation): string {
	// Who waits for whom is told better by the first of those who wait.
	const title = kind === 'deadlock' ? (waitCycle(own, details)?.text ?? details[0] ?? own) : own;
	const bare = withoutKind(kind, title.replace(/[;.]+$/, ''));
	// A name keeps its case.
	return `${bare.replace(/^[a-z]+(?=[ ,])/, (word) => word.slice(0, 1).toUpperCase() + word.slice(1))}.`;
}

function listText(items: readonly string[]): string {
	return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function reported(target: Target, violation: Violation): ReportedViolation {
	const title = shortLine(violation.title);
	const details = violation.details.map((detail) => shortLine(detail));
	return {
		kind: violation.kind,
		severity: violation.severity,
		title,
		step: violation.step,
		actor: shortLine(violation.actor),
		function: violation.function,
		file: violation.file,
		line: violation.line,
		stack: violation.stack.map(({ function: fn, file, line }) => ({ function: fn, file, line })),
		details,
		splat: splat(target, { ...violation, title, details }),
	};
}

/** Commands that lead to the same: the recording, a schedule by its name, and the steps by themselves where they are few. */
function reproduceWith(session: Session, file: string | null): string[] {
	const { scenario, selection } = session.target;
	const program = scenario.programs.find(({ id }) => id === selection.program);
	const options = scenario.options.filter(
		({ id, default: usual }) => selection.options[id] !== (program?.options[id] ?? usual),
	);
	const selected = [
		// Of a folder of the user's own, only the user knows where it lies.
		quoted(`${bundledIds().includes(scenario.id) ? '' : './'}${scenario.id}/${selection.kernel}`),
		`--program ${quoted(selection.program)}`,
		...options.map(({ id }) => `--set ${quoted(`${id}=${selection.options[id] ?? ''}`)}`),
	].join(' ');
	const { schedule, timeline } = session;
	const hasViolation = violationsUpTo(timeline.cursor).length > 0;
	const isWhole =
		schedule !== null && schedule.next === schedule.schedule.entries.length && schedule.at === timeline.cursor;
	const steps = isWhole ? quoted(schedule.schedule.id) : stepsOf(session);
	const commands = [
		...(file === null ? [] : [`mmstep replay ${quoted(shortLine(file))}`]),
		...(steps === null ? [] : [`mmstep run ${selected} --schedule ${steps}`]),
	];
	// Whoever has nothing to go by can look for the shortest way there.
	return commands.length > 0 || !hasViolation ? commands : [`mmstep check ${selected} --trace race.mmstep`];
}

/** Steps that can be typed: `"0*3 1 0*2"`; null when they are not all line steps of CPUs, or too many. */
function stepsOf(session: Session): string | null {
	const runs: { readonly actor: number; readonly times: number }[] = [];
	for (const { action } of pathOf(session)) {
		if (action === null) continue;
		const { choice, grain } = action;
		if (grain !== 'line' || choice.alternative !== 0 || choice.actor >= session.target.machine.configuration.cpus)
			return null;
		const last = runs.at(-1);
		if (last?.actor === choice.actor) runs[runs.length - 1] = { ...last, times: last.times + 1 };
		else runs.push({ actor: choice.actor, times: 1 });
		if (runs.length > 40) return null;
	}
	if (runs.length === 0) return null;
	return `"${runs.map(({ actor, times }) => (times === 1 ? `${actor}` : `${actor}*${times}`)).join(' ')}"`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
