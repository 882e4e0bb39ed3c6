import { plainLine } from '../language/plain-text.ts';
import { MachineError } from '../machine/machine.ts';
import { sessionData } from '../report/session-data.ts';
import { sessionDrawing } from '../report/session-drawing.ts';
import { costsText, headingText, isViolated, sessionText } from '../report/session-text.ts';
import { asciiText, wrapLine } from '../report/wrap.ts';
import type { Scenario, ScenarioSchedule, ScheduleEntry } from '../scenario/scenario.ts';
import { parseScheduleLine, ScheduleSyntaxError } from '../scenario/schedule-syntax.ts';
import { buildTarget, type PartialSelection, resolveSelection } from '../scenario/target.ts';
import { startSession } from '../session/commands.ts';
import { type Recorder, startRecorder } from '../session/recorder.ts';
import { actorThatIsMissing, runSchedule, scheduleMismatch, selectSchedule } from '../session/schedule.ts';
import type { Session } from '../session/session.ts';
import type { Arguments } from './arguments.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError, worst } from './io.ts';
import { openScenario } from './open-scenario.ts';
import { asUsage } from './usage.ts';
import type { Verb } from './verb.ts';

export const runVerb: Verb = {
	name: 'run',
	usage: 'run SCENARIO[/KERNEL]',
	summary: 'steps without a screen; prints the drawing, the state and the violations',
	help: [
		'KERNEL: one of the scenario, or "all" for each in turn; default: the one the',
		'schedule is for.',
		'NAME: a schedule of the scenario; default: the first. STEPS, separated by ";":',
		'  0 0 1*3 rcu ipi1             CPU0 twice, CPU1 three times, an RCU callback, an',
		'                               interrupt on CPU1',
		'  cpu0 until vb_alloc returns  until FUNCTION returns | FUNCTION called |',
		'                               line "TEXT" | (EXPRESSION) | blocked | done',
		'  cpu1 line "pmd_clear"        until a line with that text has been executed',
		'',
		'Of a violation only what matters to it is drawn, with --full every step.',
		'',
		'Exit status: 1 when a violation was found, else 4 when the schedule could not be',
		'followed to its end.',
		'',
		'--json: {format: "mmstep-run", version: 1, scenario, kernel, program, options,',
		'memoryModel, codeHash, schedule, end: "finished"|"failed", error, steps: [{index,',
		'actor, alternative, grain, function, file, line, text, completed}], violations:',
		'[{kind, severity, title, step, actor, function, file, line, stack, details}],',
		'finished, state: <views of the last state>}; for kernel all',
		'{format: "mmstep-runs", version: 1, runs: [...]}. People\'s text is on stderr.',
	],
	flags: ['schedule', 'program', 'set', 'costs', 'full', 'record', 'json'],
	operands: { least: 1, most: 1 },
	run: ([name = ''], options, io) => {
		const { scenario, kernel } = openScenario(name, io.kept);
		const kernels = kernel === 'all' ? scenario.kernels.map(({ id }) => id) : [kernel ?? undefined];
		if (options.record !== undefined && kernels.length > 1) {
			throw new UsageError('--record writes one session: name one kernel');
		}
		const wish = wishOf(scenario, options.schedule);
		const selections = kernels.map((id): PartialSelection => {
			const selection = { kernel: id, program: options.program, options: options.set, schedule: wish.id ?? undefined };
			return asUsage(() => resolveSelection(scenario, selection)) && selection;
		});
		const runs = selections.map((selection) => runOnce(scenario, selection, wish, options.record));
		printRuns(runs, kernel === 'all', options, io);
		return runs.map(statusOf).reduce(worst, exitCodes.ok);
	},
};

/** What the user wants to be followed. */
type Wish = { readonly id: string; readonly entries: null } | { readonly id: null; readonly entries: ScheduleEntry[] };

interface Run {
	readonly session: Session;
	readonly schedule: ScenarioSchedule;
	/** Why the schedule could not be followed to its end, or empty. */
	readonly error: string;
	/** Whether that is because the model did what no machine can do: an endless loop, say. */
	readonly isModelFault: boolean;
	readonly remarks: readonly string[];
}

function wishOf(scenario: Scenario, text: string | undefined): Wish {
	const ids = scenario.schedules.map(({ id }) => id);
	const [first] = ids;
	if (text === undefined) {
		if (first !== undefined) return { id: first, entries: null };
		throw new UsageError(`${scenario.id} has no schedules: say what to do with --schedule, for example "0 1 0 1"`);
	}
	if (ids.includes(text)) return { id: text, entries: null };
	try {
		return { id: null, entries: parseScheduleLine(text) };
	} catch (error) {
		if (!(error instanceof ScheduleSyntaxError)) throw error;
		// A single word is more likely a name than a step.
		if (/^[\w-]+$/.test(text)) {
			asUsage(() => resolveSelection(scenario, { schedule: text }));
		}
		const line = text.replaceAll(/\s/g, ' ');
		throw new UsageError(
			`--schedule: ${error.message}\n    ${line}\n    ${' '.repeat(error.offset)}^${'~'.repeat(error.length - 1)}`,
		);
	}
}

function runOnce(scenario: Scenario, selection: PartialSelection, wish: Wish, record: string | undefined): Run {
	const target = buildTarget(scenario, selection);
	for (const { step } of wish.entries ?? []) {
		const missing = actorThatIsMissing(target.machine, step);
		if (missing !== '') throw new UsageError(`--schedule: ${missing}`);
	}
	const schedule: ScenarioSchedule = scenario.schedules.find(({ id }) => id === wish.id) ?? {
		id: 'steps',
		title: 'steps from the command line',
		summary: '',
		kernels: [target.selection.kernel],
		program: target.selection.program,
		options: {},
		entries: wish.entries ?? [],
	};
	const start = selectSchedule(startSession(target), schedule);
	const recorder = record === undefined ? null : startRecorder(record, recordable(start));
	const remarks = [...scheduleMismatch(start, schedule)];
	try {
		return { ...follow(start, recorder, remarks), schedule, remarks };
	} finally {
		recorder?.close();
	}
}

/** Runs the schedule entry by entry, so that what was done before a fault is kept. */
function follow(
	start: Session,
	recorder: Recorder | null,
	remarks: string[],
): { session: Session; error: string; isModelFault: boolean } {
	let session = start;
	for (;;) {
		try {
			const run = runSchedule(session, 1, false);
			session = run.session;
			remarks.push(...run.complaints);
			const fault = recorder?.follow(recordable(session)) ?? null;
			if (fault !== null) remarks.push(fault);
			if (run.end === 'failed') return { session, error: run.error, isModelFault: false };
			if (run.end === 'finished') return { session, error: '', isModelFault: false };
		} catch (error) {
			if (!(error instanceof MachineError)) throw error;
			return { session, error: `the model cannot go on: ${error.message}`, isModelFault: true };
		}
	}
}

/** The session as a recording can hold it: a schedule that was typed is not one of the scenario's. */
function recordable(session: Session): Session {
	const { schedule, target } = session;
	const isKnown = schedule === null || target.scenario.schedules.includes(schedule.schedule);
	return isKnown ? session : { ...session, schedule: null };
}

function statusOf({ session, error, isModelFault }: Run): ExitCode {
	if (isModelFault) return exitCodes.input;
	if (isViolated(session)) return exitCodes.violation;
	return error === '' ? exitCodes.ok : exitCodes.gaveUp;
}

function printRuns(runs: readonly Run[], areAll: boolean, { json, costs, full }: Arguments, io: CommandIo): void {
	if (json) {
		const data = runs.map(runData);
		const object = !areAll ? data[0] : { format: 'mmstep-runs', version: 1, runs: data };
		io.out(`${JSON.stringify(object, null, 2)}\n`);
	}
	const print = json ? io.err : io.out;
	for (const [index, run] of runs.entries()) {
		if (index > 0) print('\n');
		for (const line of runText(run, costs, full)) print(`${line}\n`);
	}
}

function runData({ session, schedule, error }: Run): object {
	return {
		format: 'mmstep-run',
		version: 1,
		...sessionData(session),
		schedule: schedule.id,
		end: error === '' ? 'finished' : 'failed',
		error: plainLine(error),
	};
}

function runText({ session, schedule, error, remarks }: Run, onlyCosts: boolean, isFull: boolean): string[] {
	const title = schedule.title === schedule.id ? schedule.id : `${schedule.id}: ${schedule.title}`;
	return [
		...headingText(session.target, title),
		...remarks.flatMap((remark) => wrapLine(asciiText(`note: ${remark}`), 79, 6)),
		'',
		...(onlyCosts ? costsText(session) : sessionText(session, sessionDrawing(session, isFull))),
		...(error === '' ? [] : wrapLine(asciiText(`the schedule could not be followed to its end: ${error}`), 79, 2)),
	];
}
