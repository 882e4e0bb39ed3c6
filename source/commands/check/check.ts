import { defaultWorkers, type startPool } from '../../explore/check-pool.ts';
import { searchRows } from '../../explore/search-rows.ts';
import { plainText } from '../../language/plain-text.ts';
import type { Target } from '../../scenario/scenario.ts';
import { buildTarget } from '../../scenario/target.ts';
import type { Arguments } from '../arguments.ts';
import { type CommandIo, type ExitCode, exitCodes, worst } from '../io.ts';
import { requireNewFile } from '../new-file.ts';
import { requireRecordable } from '../recording-target.ts';
import type { Verb } from '../verb.ts';
import { rowsOf } from './named-rows.ts';
import { resultsJson } from './results-json.ts';
import { type Result, summaryLines } from './row-lines.ts';
import { type CheckRow, shardOf } from './rows.ts';
import { positive, settingsOf, shardWish } from './settings.ts';
import { rowText } from './single-row.ts';
import { CheckTable } from './table.ts';
import { verdictOf } from './verdict.ts';
import { writeReportFile, writeTraceFile } from './written-files.ts';

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
		'steps, switches, details: [line]}], foundKinds: [kind], complete, bound: null|"states"|',
		'"depth"|"seconds"|"memory"|"interrupted", asExpected, verdict: "expected"|',
		'"unexpected"|"undecided"|"broken", problem: null|text, states, transitions, depth,',
		'seconds}]}. The text for people is on stderr.',
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
	if (options.trace !== undefined) requireRecordable(options.trace);
	if (options.report !== undefined) requireNewFile(options.report);
	const print = options.json ? io.err : io.out;
	for (const problem of problems) io.err(`${plainText(problem)}\n`);
	const table = new CheckTable(rows, io, print, seconds);
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
	const pool = start(jobs, workers, table.hooks);
	let isInterrupted = false;
	const stopListening = io.onInterrupt?.(() => {
		isInterrupted = true;
		pool.stop();
	});
	try {
		await pool.finished;
	} finally {
		table.progress.clear();
		stopListening?.();
	}
	const results = table.results();
	const targetOf = targetBuilder();
	const [only] = results;
	if (results.length === 1 && only !== undefined) {
		for (const line of rowText(only, targetOf, options)) print(`${line}\n`);
	}
	for (const line of summaryLines(results, seconds() - began)) print(`${line}\n`);
	if (options.trace !== undefined) print(`${writeTraceFile(results, targetOf, options.trace)}\n`);
	if (options.report !== undefined) print(`${await writeReportFile(results, targetOf, options.report, options)}\n`);
	if (options.json) io.out(`${resultsJson(results)}\n`);
	const status = results.map(statusOf).reduce(worst, problems.length > 0 ? exitCodes.input : exitCodes.ok);
	return isInterrupted ? worst(status, exitCodes.interrupted) : status;
}

function seconds(): number {
	return performance.now() / 1000;
}

/** Builds the target of a row, once. */
function targetBuilder(): (row: CheckRow) => Target {
	const built = new Map<CheckRow, Target>();
	return (row) => {
		const target = built.get(row) ?? buildTarget(row.scenario, row.selection);
		built.set(row, target);
		return target;
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
