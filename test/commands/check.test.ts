import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseArguments } from '../../source/commands/arguments.ts';
import { check } from '../../source/commands/check/check.ts';
import { explain } from '../../source/commands/main.ts';
import type { CheckFinding, CheckJob, CheckReport } from '../../source/explore/check-job.ts';
import type { startPool } from '../../source/explore/check-pool.ts';
import { counter, mmstep, type Outcome } from './command-line.ts';
import { naivePool } from './naive-pool.ts';

/** Runs `mmstep check` with a simple search instead of the engine and its workers. */
async function checking(argv: readonly string[], start: typeof startPool = naivePool): Promise<Outcome> {
	let out = '';
	let err = '';
	const io = {
		out: (text: string) => {
			out += text;
		},
		err: (text: string) => {
			err += text;
		},
		isInteractive: false,
	};
	try {
		const options = parseArguments(argv);
		return { status: await check(options.words, options, io, start), out, err };
	} catch (error) {
		const failure = explain(error);
		if (failure === null) throw error;
		return { status: failure.status, out, err: err + failure.text };
	}
}

const nothing: CheckReport = {
	findings: [],
	complete: true,
	bound: null,
	states: 1234,
	transitions: 56789,
	depth: 7,
	seconds: 0.5,
	problem: null,
};

/** A pool that answers every row with the same report. */
function answering(report: Partial<CheckReport>): typeof startPool {
	return (jobs, _workers, hooks) => {
		const finished = Promise.resolve().then(() => {
			for (const row of jobs.keys()) hooks.onReport(row, { ...nothing, ...report });
		});
		return { finished, stop: () => {} };
	};
}

const leak: CheckFinding = {
	kind: 'leak',
	severity: 'violation',
	title: 'A is lost',
	function: 'f',
	file: 'a.c',
	line: 3,
	trace: [],
	steps: 1,
	switches: 0,
};

function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'mmstep-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

describe('check', () => {
	it('compares every row of the table with what the search finds', async () => {
		const { status, out } = await checking([counter]);
		expect(status).toBe(0);
		const lines = out.split('\n');
		expect(lines[0]).toBe('counter/no-lock');
		expect(lines[2]).toMatch(/^ {2}both +\d+ +\d+ +[\d.]+ s complete invariant$/);
		expect(lines[3]).toBe('counter/lock');
		expect(lines[4]).toMatch(/^ {2}both +\d+ +\d+ +[\d.]+ s complete none$/);
		expect(lines[5]).toMatch(/^2 rows: 2 as expected; complete; \d+ states/);
	});

	it('shows one row with its counterexample, drawn and reported', async () => {
		const { status, out } = await checking([`${counter}/no-lock`]);
		expect(status).toBe(0);
		expect(out).toContain('kernel    no-lock: Without a lock');
		expect(out).toContain('expected: invariant (argument): The second store overwrites the first.');
		expect(out).toMatch(/found: invariant in \w+ \(counter\.c:\d+\), \d+ steps, \d context switches: /);
		expect(out).toMatch(/CPU0 \(counts\)\s+CPU1 \(counts\)/);
		expect(out).toMatch(/\*\*\* broken invariant \*\*\*\n\nOnly what matters is drawn; --full draws every step\.\n/);
		expect(out).toContain('BUG: mmstep: invariant');
		expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
		const whole = await checking([`${counter}/no-lock`, '--full']);
		expect(whole.out).toMatch(/CPU0 \(counts\) +CPU1 \(counts\)\n/);
		expect(whole.out).not.toContain('Only what matters');
	});

	it('has it as one JSON object, with the text for people beside it', async () => {
		const { status, out, err } = await checking([counter, '--json']);
		expect(status).toBe(0);
		expect(JSON.parse(out)).toMatchObject({
			format: 'mmstep-check',
			version: 1,
			results: [
				{
					scenario: 'counter',
					kernel: 'no-lock',
					program: 'both',
					options: {},
					expected: ['invariant'],
					found: [{ kind: 'invariant', severity: 'violation', file: 'counter.c' }],
					complete: true,
					asExpected: true,
				},
				{ kernel: 'lock', expected: [], found: [], complete: true, asExpected: true },
			],
		});
		expect(err).toContain('counter/no-lock');
	});

	it('keeps the lines of a problem and of the details in JSON', async () => {
		const problem = 'a.c:1:2: error: no\n  lok();\n  ^\x1b[2J';
		const report = { problem, findings: [{ ...leak, details: ['held by\x1b', 'since'] }] };
		const { out } = await checking([counter, '--json'], answering(report));
		expect(JSON.parse(out).results[0]).toMatchObject({
			problem: 'a.c:1:2: error: no\n  lok();\n  ^?[2J',
			found: [{ details: ['held by?', 'since'] }],
		});
	});

	it('fails when a violation that is expected cannot be reached, or another can', async () => {
		const missing = await checking([counter], answering({}));
		expect(missing.status).toBe(1);
		expect(missing.out).toMatch(/^! both .*complete none\n {6}expected: invariant$/m);
		const other = await checking([counter], answering({ findings: [leak] }));
		expect(other.status).toBe(1);
		expect(other.out).toContain('leak in f (a.c:3), 1 step, 0 context switches: A is lost');
		expect(other.out).toContain('2 rows: 0 as expected, 2 NOT AS EXPECTED');
	});

	it('looks for the shortest way only where it is shown or nobody expected it', async () => {
		const asked: (readonly CheckJob[])[] = [];
		const asking: typeof startPool = (jobs, workers, hooks) => {
			asked.push(jobs);
			return answering({})(jobs, workers, hooks);
		};
		const folder = temporaryFolder();
		for (const more of [[], ['--json'], ['--trace', join(folder, 'a.jsonl')]]) {
			await checking([counter, ...more], asking);
		}
		const ways = asked.map((jobs) => jobs.map(({ settings }) => settings.anyWay ?? 'shortest'));
		expect(ways[0]).toEqual([['invariant'], []]);
		expect(new Set(ways.slice(1).flat())).toEqual(new Set(['shortest']));
	});

	it('does not take a warning for a violation', async () => {
		expect(
			(await checking([`${counter}/lock`], answering({ findings: [{ ...leak, severity: 'warning' }] }))).status,
		).toBe(0);
	});

	it('says nothing that it does not know: a search that gave up decides nothing', async () => {
		const { status, out } = await checking([counter, '--max-states', '3']);
		expect(status).toBe(4);
		expect(out).toMatch(/^\? both .* bounded {2}none so far$/m);
		expect(out).toContain('bounded: the limit of states was reached (--max-states)');
		expect(out).toContain('2 rows: 0 as expected, 2 undecided; bounded: 2 of them not searched to the end');
	});

	it('calls a row wrong that shows something unexpected before it gives up', async () => {
		const pool = answering({ findings: [leak], complete: false, bound: 'seconds' });
		const { status, out } = await checking([counter], pool);
		expect(status).toBe(1);
		expect(out).toContain('bounded: the time was up (--max-seconds)');
	});

	it('reports a model that cannot be searched, and goes on with the others', async () => {
		const { status, out } = await checking([counter], answering({ problem: 'counter.c:7: endless loop\x1b[2J' }));
		expect(status).toBe(3);
		expect(out).toContain('! both\n      counter.c:7: endless loop');
		expect(out).not.toContain('\x1b');
		expect(out).toContain('2 rows: 0 as expected, 2 COULD NOT BE CHECKED; 2,468 states');
	});

	it('shows where a model is wrong as a compiler does, and once for rows with the same mistake', async () => {
		const problem = [
			'counter.c:7:9: error: there is no function "lok"; did you mean "lock", which is declared in another file of this model?',
			'        lok(&counter);',
			'        ^~~',
			'advice: declare it before its use',
		].join('\n');
		const { out } = await checking([counter], answering({ problem }));
		expect(out.split('\n').slice(2, 10)).toEqual([
			'! both',
			'      counter.c:7:9: error: there is no function "lok"; did you mean "lock",',
			'        which is declared in another file of this model?',
			'              lok(&counter);',
			'              ^~~',
			'      advice: declare it before its use',
			expect.stringMatching(/^counter\//),
			'! both: the same',
		]);
	});

	it('searches every row of a shard once', async () => {
		const of = async (shard: string): Promise<string[]> => {
			const { out } = await checking([counter, '--shard', shard, '--json']);
			return (JSON.parse(out) as { results: { kernel: string }[] }).results.map(({ kernel }) => kernel);
		};
		expect(await of('1/2')).toEqual(['no-lock']);
		expect(await of('2/2')).toEqual(['lock']);
		expect(await of('3/3')).toEqual([]);
	});

	it('writes a counterexample that replay confirms', async () => {
		const file = join(temporaryFolder(), 'trace.jsonl');
		const { status, out } = await checking([`${counter}/no-lock`, '--trace', file]);
		expect(status).toBe(0);
		expect(out).toContain(`is in ${file}`);
		const replay = await mmstep('replay', file, '--json');
		const { steps, violations, divergence, finished } = JSON.parse(replay.out);
		expect(replay.status).toBe(1);
		expect(divergence).toBeNull();
		expect(finished).toBe(true);
		expect(violations).toMatchObject([{ kind: 'invariant', step: steps.length }]);
	});

	it('does not overwrite anything, and says so before it searches', async () => {
		const file = join(temporaryFolder(), 'mine');
		writeFileSync(file, 'x');
		const { status, out, err } = await checking([counter, '--trace', file]);
		expect([status, out]).toEqual([3, '']);
		expect(err).toContain('never overwritten');
	});

	it.each(['--trace', '--report'])('does not search first where %s cannot be written in the end', async (flag) => {
		const message = 'there is no such folder';
		const { status, out, err } = await checking([counter, flag, join(temporaryFolder(), 'no', 'folder')]);
		expect([status, out]).toEqual([3, '']);
		expect(err).toContain(message);
		const file = join(temporaryFolder(), 'mine');
		writeFileSync(file, 'x');
		const through = await checking([counter, flag, join(file, 'name')]);
		expect([through.status, through.out]).toEqual([3, '']);
		expect(through.err).toContain(message);
	});

	it('says which of several folders cannot be used', async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'scenario.yaml'), 'title: [');
		const { status, err } = await checking([counter, folder]);
		expect(status).toBe(3);
		expect(err).toContain(`the scenario ${folder} cannot be used`);
		expect(err).toContain('scenario.yaml:1:');
	});

	it('gives rows that Ctrl-C kept from being begun one line each', async () => {
		const pool = answering({ complete: false, bound: 'interrupted', states: 0 });
		const { out } = await checking([counter], pool);
		expect(out.match(/^\? both\b.*$/gm)).toEqual(['? both    not begun', '? both    not begun']);
		expect(out).not.toContain('bounded: interrupted');
		expect(out).toContain('2 undecided');
	});

	it('writes no trace when there is nothing to show', async () => {
		const file = join(temporaryFolder(), 'trace.jsonl');
		const { status, out } = await checking([`${counter}/lock`, '--trace', file]);
		expect(status).toBe(0);
		expect(out).toContain('was not written: no violation was found');
		expect(existsSync(file)).toBe(false);
	});

	it.each([
		[['--shard', '0/2'], '--shard takes I/N'],
		[['--shard', '3/2'], '--shard takes I/N'],
		[['--max-states', '0'], '--max-states takes a whole number'],
		[['--max-seconds', 'x'], '--max-seconds takes a number'],
		[['--jobs', '1.5'], '--jobs takes a whole number'],
		[['--shortest', 'way'], '--shortest is "switches" or "steps"'],
		[['--program', 'bth'], 'counter has no program "bth"; did you mean "both"?'],
		[['--no-reduktion'], 'unknown flag --no-reduktion'],
		[['--reduction'], 'unknown flag --reduction'],
	])('refuses %j', async (flags, message) => {
		const { status, err } = await checking([counter, ...flags]);
		expect(status).toBe(2);
		expect(err).toContain(message);
	});

	it('refuses a program without a scenario', async () => {
		const { status, err } = await checking(['--program', 'both']);
		expect([status, err]).toEqual([2, expect.stringContaining('--program and --set go with a scenario')]);
	});
});
