import type { CheckFinding, CheckReport, CheckSettings } from '../explore/check-job.ts';
import { defaultWorkers, type startPool } from '../explore/check-pool.ts';
import { searchRows } from '../explore/search-rows.ts';
import { plainLine, plainText } from '../language/plain-text.ts';
import type { BugReport } from '../report/bug-report.ts';
import { drawSession } from '../report/diagram.ts';
import { drawColumns } from '../report/draw-columns.ts';
import { makeReport } from '../report/make-report.ts';
import { headingText, reportsOf } from '../report/session-text.ts';
import { splat } from '../report/splat.ts';
import { asciiText, wrapLine, wrapProse } from '../report/wrap.ts';
import { bundledIds, loadBundled } from '../scenario/bundled.ts';
import { isSameSelection } from '../scenario/expected.ts';
import { ScenarioError, type Target } from '../scenario/scenario.ts';
import { buildTarget } from '../scenario/target.ts';
import type { Session } from '../session/session.ts';
import type { Arguments } from './arguments.ts';
import { ProgressWriter } from './check-progress.ts';
import { type CheckRow, distinctRows, rowsToCheck, shardOf } from './check-rows.ts';
import {
	type Columns,
	columnsFor,
	findingText,
	groupName,
	headingLine,
	type Result,
	rowLines,
	rowName,
	summaryLines,
} from './check-text.ts';
import { checkTraceFile, traceSession, writeTrace } from './check-trace.ts';
import { foundKinds, verdictOf, violationsOf } from './check-verdict.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError, worst } from './io.ts';
import { kernelRow } from './kernel-verdicts.ts';
import { requireNewFile, writeNewFile } from './new-file.ts';
import { openScenario } from './open-scenario.ts';
import { formatWish, sizeWish } from './report-formats.ts';
import { positiveSeconds } from './time-limit.ts';
import { asUsage } from './usage.ts';
import type { Verb } from './verb.ts';

/** States after which a row is given up, unless the user says something else. */
const defaultMaxStates = 5_000_000;

/** Rows that one check may have. */
const maxRows = 100_000;

export const checkVerb: Verb = {
	name: 'check',
	usage: 'check [SCENARIO[/KERNEL] | FOLDER ...]',
	summary: 'explores every interleaving, and compares with the expected verdicts',
	help: [
		'A row is a kernel, a program and values of the options. Without arguments: every',
		'row of the table of expected verdicts of every scenario that comes with mmstep. For',
		'a SCENARIO, or a KERNEL of it: the rows of its table; where the table says nothing',
		'about a kernel or program that was named, or there is none, any violation counts as',
		'unexpected. --set: the rows with these values, in the table or not. One row is shown',
		'with its counterexample: the fewest context switches, then the fewest steps; only what',
		'matters of it is drawn, with --full every step.',
		'',
		'"complete" says that every interleaving was covered; "bounded" that the search ended',
		'before, at a limit or by Ctrl-C, and that what was not found may still be there.',
		'',
		'Exit status: 0 when all is as expected; 1 when a violation was found that is not',
		'expected, or one that is expected cannot be reached; else 4 when a limit was reached',
		'before that could be said; 130 after Ctrl-C, which prints what was found so far.',
		'',
		'--json: {format: "mmstep-check", version: 1, results: [{scenario, kernel, program,',
		'options, expected: null|[kind], found: [{kind, severity, title, function, file, line,',
		'steps, switches}], foundKinds: [kind], complete, bound: null|"states"|"depth"|',
		'"seconds"|"memory"|"interrupted", asExpected, verdict: "expected"|"unexpected"|',
		'"undecided"|"broken", problem, states, transitions, depth, seconds}]}. The text for',
		'people is on stderr.',
	],
	flags: [
		'program',
		'set',
		'all-violations',
		'shortest',
		'no-reduction',
		'max-states',
		'max-depth',
		'max-seconds',
		'trace',
		'report',
		'full',
		'shard',
		'jobs',
		'json',
	],
	operands: { least: 0, most: 1000 },
	run: (operands, options, io) => check(operands, options, io, searchRows),
};

/**
 * Checks what the operands name.
 * @param start the pool of workers; tests bring their own
 */
export async function check(
	operands: readonly string[],
	options: Arguments,
	io: CommandIo,
	start: typeof startPool,
): Promise<ExitCode> {
	const settings = settingsOf(options);
	const workers = options.jobs === undefined ? defaultWorkers() : positive('jobs', options.jobs);
	const { rows: all, problems } = rowsOf(operands, options, io);
	const rows = options.shard === undefined ? all : shardOf(all, shardWish(options.shard));
	if (options.trace !== undefined) checkTraceFile(options.trace);
	if (options.report !== undefined) requireNewFile(options.report);
	const print = options.json ? io.err : io.out;
	for (const problem of problems) io.err(`${plainText(problem)}\n`);
	const run = new Run(rows, io, print);
	const began = seconds();
	// A table says nothing of the ways to what was expected.
	const isTable = rows.length > 1 && !options.json && options.trace === undefined && options.report === undefined;
	const jobs = rows.map(({ scenario, selection, expected }) => ({
		scenario,
		selection,
		settings: {
			...settings,
			// A verdict speaks of all kinds.
			allViolations: settings.allViolations || expected !== null,
			...(isTable && expected !== null && { anyWay: expected.kinds }),
		},
	}));
	const pool = start(jobs, workers, run.hooks);
	let isInterrupted = false;
	const stopListening = io.onInterrupt?.(() => {
		isInterrupted = true;
		pool.stop();
	});
	try {
		await pool.finished;
	} finally {
		run.progress.clear();
		stopListening?.();
	}
	const results = run.results();
	const targetOf = targetBuilder();
	const [only] = results;
	if (results.length === 1 && only !== undefined) {
		for (const line of singleText(only, targetOf, options)) print(`${line}\n`);
	}
	for (const line of summaryLines(results, seconds() - began)) print(`${line}\n`);
	if (options.trace !== undefined) print(`${traceText(results, targetOf, options.trace)}\n`);
	if (options.report !== undefined) print(`${await reportFileText(results, targetOf, options.report, options)}\n`);
	if (options.json) {
		io.out(`${JSON.stringify({ format: 'mmstep-check', version: 1, results: results.map(resultData) }, null, 2)}\n`);
	}
	const status = results.map(statusOf).reduce(worst, problems.length > 0 ? exitCodes.input : exitCodes.ok);
	return isInterrupted ? worst(status, exitCodes.interrupted) : status;
}

function seconds(): number {
	return performance.now() / 1000;
}

function settingsOf(options: Arguments): CheckSettings {
	const { shortest = 'switches', maxStates, maxDepth, maxSeconds } = options;
	if (shortest !== 'switches' && shortest !== 'steps') {
		throw new UsageError(`--shortest is "switches" or "steps", not "${plainLine(shortest)}"`);
	}
	return {
		allViolations: options.allViolations,
		shortest,
		reduction: !options.noReduction,
		maxStates: maxStates === undefined ? defaultMaxStates : positive('max-states', maxStates),
		maxDepth: maxDepth === undefined ? Number.POSITIVE_INFINITY : positive('max-depth', maxDepth),
		maxSeconds: maxSeconds === undefined ? Number.POSITIVE_INFINITY : positiveSeconds(maxSeconds),
	};
}

function positive(flag: string, text: string): number {
	const number = Number(text.replaceAll(/(?<=\d)[_,](?=\d)/g, ''));
	if (/^\d[\d_,]*(?:e\d+)?$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number;
	throw new UsageError(`--${flag} takes a whole number from 1 on, not "${plainLine(text)}"`);
}

function shardWish(text: string): { index: number; of: number } {
	const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
	const shard = { index: Number(index), of: Number(of) };
	if (shard.index >= 1 && shard.index <= shard.of) return shard;
	throw new UsageError(`--shard takes I/N with I from 1 to N, not "${plainLine(text)}"`);
}

/** The rows, and what is wrong with scenarios that came with mmstep and cannot be used: they keep no other from being checked. */
function rowsOf(
	operands: readonly string[],
	{ program, set }: Arguments,
	{ kept }: CommandIo,
): { readonly rows: readonly CheckRow[]; readonly problems: readonly string[] } {
	if (operands.length > 0) {
		const rows = operands.flatMap((name) => {
			const { scenario, kernel } = openScenario(name, kept);
			return asUsage(() => rowsToCheck(scenario, { kernel, program, options: set }));
		});
		if (rows.length > maxRows) throw new UsageError(`${rows.length} rows are too many: name a kernel or a program`);
		return { rows: distinctRows(rows), problems: [] };
	}
	if (program !== undefined || Object.keys(set).length > 0) {
		throw new UsageError('--program and --set go with a scenario');
	}
	const problems: string[] = [];
	const rows = bundledIds().flatMap((id) => {
		try {
			const wish = { kernel: null, program: undefined, options: {} };
			return rowsToCheck(loadBundled(id, kept), wish).filter(({ expected }) => expected !== null);
		} catch (error) {
			if (!(error instanceof ScenarioError)) throw error;
			problems.push(`${id} cannot be used\n${error.message}`);
			return [];
		}
	});
	return { rows, problems };
}

/** Takes reports in any order and prints them in the order of the rows. */
class Run {
	readonly progress: ProgressWriter;
	readonly #rows: readonly CheckRow[];
	readonly #columns: Columns;
	readonly #print: (text: string) => void;
	readonly #reports: (CheckReport | undefined)[] = [];
	#printed = 0;

	constructor(rows: readonly CheckRow[], io: CommandIo, print: (text: string) => void) {
		this.#rows = rows;
		this.#columns = columnsFor(rows);
		this.#print = print;
		this.progress = new ProgressWriter(io, rows.length, seconds);
	}

	get hooks(): Parameters<typeof startPool>[2] {
		return {
			onStart: (index) => {
				const row = this.#rows[index];
				if (row !== undefined) this.progress.start(index, `${groupName(row)} ${rowName(row)}`);
			},
			onProgress: (index, progress) => this.progress.update(index, progress),
			onReport: (index, report) => {
				this.#reports[index] = report;
				this.progress.finish(index);
				this.#printReady();
			},
		};
	}

	#printReady(): void {
		for (;;) {
			const row = this.#rows[this.#printed];
			const report = this.#reports[this.#printed];
			if (row === undefined || report === undefined) return;
			this.progress.clear();
			const before = this.#rows[this.#printed - 1];
			if (before === undefined || groupName(before) !== groupName(row)) {
				this.#print(`${groupName(row)}\n`);
				if (before === undefined) this.#print(`${headingLine(this.#columns)}\n`);
			}
			const above = this.#reports[this.#printed - 1] ?? null;
			for (const line of rowLines(row, report, above, this.#columns)) this.#print(`${line}\n`);
			this.#printed++;
		}
	}

	results(): Result[] {
		return this.#rows.flatMap((row, index) => {
			const report = this.#reports[index];
			return report === undefined ? [] : [{ row, report }];
		});
	}
}

type TargetOf = (row: CheckRow) => Target;

/** Builds the target of a row, once. */
function targetBuilder(): TargetOf {
	const built = new Map<CheckRow, Target>();
	return (row) => {
		const target = built.get(row) ?? buildTarget(row.scenario, row.selection);
		built.set(row, target);
		return target;
	};
}

/** Everything about one row: what it is, what is expected, and how to get to what was found. */
function singleText({ row, report }: Result, targetOf: TargetOf, { allViolations, full }: Arguments): string[] {
	if (report.problem !== null) return [];
	const target = targetOf(row);
	const violations = violationsOf(report.findings);
	const others = report.findings.filter(({ severity }) => severity !== 'violation');
	const shown = allViolations ? violations : violations.slice(0, 1);
	const { entry } = row.expected ?? {};
	return [
		'',
		...headingText(target, ''),
		...(entry === undefined || entry.reason === ''
			? []
			: [...wrapProse(`expected: ${entry.kinds.join(', ') || 'none'} (${entry.known}): ${entry.reason}`)]),
		...[...violations, ...others].flatMap((finding) => wrapLine(`found: ${findingText(finding)}`, 79, 7)),
		...shown.flatMap((finding) => counterexample(target, finding, full)),
		'',
	];
}

function counterexample(target: Target, finding: CheckFinding, isFull: boolean): string[] {
	const session = traceSession(target, finding);
	const reports = session.timeline.cursor.violations.filter(({ kind }) => kind === finding.kind);
	return [
		'',
		...(isFull ? drawSession(session) : sliceOf(session, finding)),
		...reports.flatMap((violation) => ['', ...splat(target, violation)]),
	];
}

/** The drawing of a report: what matters to the finding. */
function sliceOf(session: Session, finding: CheckFinding): string[] {
	const { drawing } = makeReport(session, { violation: numberOf(session, finding) });
	return [
		...drawColumns(drawing),
		...(drawing.omitted > 0 ? ['', 'Only what matters is drawn; --full draws every step.'] : []),
	];
}

/** Which of the violations on the way the finding is: others may have come before it. */
function numberOf(session: Session, { kind, title }: CheckFinding): number {
	const violations = reportsOf(session).filter(({ severity }) => severity === 'violation');
	const number = violations.findLastIndex((violation) => violation.kind === kind && violation.title === title) + 1;
	return number === 0 ? Math.max(1, violations.length) : number;
}

/** The first counterexample, that of an unexpected violation before others. */
function firstCounterexample(results: readonly Result[]): { row: CheckRow; finding: CheckFinding } | null {
	const all = results.flatMap(({ row, report }) =>
		violationsOf(report.findings).map((finding) => ({
			row,
			finding,
			isExpected: row.expected?.kinds.includes(finding.kind) === true,
		})),
	);
	return all.find(({ isExpected }) => !isExpected) ?? all[0] ?? null;
}

/** Writes the first counterexample. Says what was done. */
function traceText(results: readonly Result[], targetOf: TargetOf, file: string): string {
	const first = firstCounterexample(results);
	const name = asciiText(plainLine(file));
	if (first === null) return `${name} was not written: no violation was found`;
	const { row, finding } = first;
	writeTrace(file, traceSession(targetOf(row), finding));
	return `the way to ${finding.kind} (${groupName(row)} ${rowName(row)}) is in ${name}; "mmstep ${name}" opens it`;
}

/** Writes a report of the first counterexample. Says what was done. */
async function reportFileText(
	results: readonly Result[],
	targetOf: TargetOf,
	file: string,
	{ trace, maxSeconds }: Arguments,
): Promise<string> {
	const first = firstCounterexample(results);
	const name = asciiText(plainLine(file));
	if (first === null) return `${name} was not written: no violation was found`;
	const { row, finding } = first;
	const session = traceSession(targetOf(row), finding);
	const kernels = kernelsOf(results, row, maxSeconds === undefined ? 0 : Number(maxSeconds));
	const report = makeReport(session, { file: trace ?? null, violation: numberOf(session, finding), kernels });
	writeNewFile(file, await formatWish(undefined, file).render(report, session, sizeWish(undefined)));
	return `the report of ${finding.kind} (${groupName(row)} ${rowName(row)}) is in ${name}`;
}

/** What was found of the other kernels with the same program and options, if they were searched. */
function kernelsOf(results: readonly Result[], row: CheckRow, seconds: number): BugReport['kernels'] {
	const { scenario, selection } = row;
	const same = results.filter(
		({ row: other }) =>
			other.scenario === scenario && isSameSelection({ ...other.selection, kernel: selection.kernel }, selection),
	);
	if (same.length < 2) return null;
	const rows = same.flatMap(({ row: other, report }) => {
		const kernel = scenario.kernels.find(({ id }) => id === other.selection.kernel);
		return kernel === undefined ? [] : [kernelRow(kernel, other === row, report)];
	});
	return { seconds, rows };
}

function resultData({ row, report }: Result): object {
	const { scenario, selection, expected } = row;
	const verdict = verdictOf(row, report);
	return {
		scenario: scenario.id,
		...selection,
		expected: expected?.kinds ?? null,
		found: report.findings.map(({ trace: _trace, title, ...finding }) => ({ ...finding, title: plainLine(title) })),
		foundKinds: foundKinds(report),
		complete: report.complete,
		bound: report.bound,
		asExpected: verdict === 'expected',
		verdict,
		problem: report.problem === null ? null : plainLine(report.problem),
		states: report.states,
		transitions: report.transitions,
		depth: report.depth,
		seconds: report.seconds,
	};
}

function statusOf({ row, report }: Result): ExitCode {
	switch (verdictOf(row, report)) {
		case 'expected':
			return exitCodes.ok;
		case 'unexpected':
			return exitCodes.violation;
		case 'undecided':
			return exitCodes.gaveUp;
		case 'broken':
			return exitCodes.input;
	}
}
