/**
 * How fast the checker is: on the ring of fixtures/scenarios/ring (N CPUs, N locks, M rounds), in seconds of the processor, so that
 * a busy machine hardly shows; and from the shell on the bundled scenarios, in multiples of the time that `node -e 0` takes.
 */

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/bundle.js';
import { BreadthFirstSearch } from '../../source/explore/breadth-first.ts';
import { ReducedSearch } from '../../source/explore/reduction.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { initialState } from '../../source/machine/step.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import { buildTarget, libraryFolder } from '../../source/scenario/target.ts';

const sizes: readonly (readonly [cpus: number, rounds: number])[] = [
	[4, 1],
	[4, 2],
	[4, 4],
	[4, 6],
	[5, 2],
	[6, 1],
	[6, 2],
	[7, 1],
	[8, 1],
	[9, 1],
	[10, 1],
	[12, 1],
	[16, 1],
];

/** Above this, a search without reduction is left out: `--large` sets it higher. */
const mostStates = process.env.BENCH_LARGE === undefined ? 1_500_000 : 20_000_000;

const unbounded = { states: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

function seconds(work: () => void): number {
	const before = process.cpuUsage();
	work();
	return Math.max(process.cpuUsage(before).user, 1) / 1e6;
}

function ring(cpus: number, rounds: number): Machine {
	const scenario = loadScenarioFolder(join(root, 'fixtures/scenarios/ring'), libraryFolder());
	return buildTarget(scenario, { options: { cpus: String(cpus), rounds: String(rounds) } }).machine;
}

function row(cells: readonly (string | number)[]): void {
	console.log(cells.map((cell) => String(cell).padStart(12)).join(''));
}

function withoutReduction(machine: Machine): BreadthFirstSearch {
	const transitions = new Transitions(machine);
	const start = transitions.encode(initialState(machine).state);
	return new BreadthFirstSearch(transitions, start, { ...unbounded, states: mostStates });
}

function withReduction(machine: Machine): ReducedSearch {
	const transitions = new Transitions(machine);
	return new ReducedSearch(transitions, transitions.encode(initialState(machine).state), unbounded);
}

const titles = ['N', 'M', 'states', 'transitions', 'seconds', 'Mtrans/s', 'Mstates/s', 'bytes/state', 'per CPU'];

/** Searches the whole family in one way, a line for each size. The last column: how many times as many states one CPU more makes. */
function ringFamily(searchOf: (machine: Machine) => BreadthFirstSearch | ReducedSearch): void {
	row(titles);
	const before = new Map<number, { readonly cpus: number; readonly states: number }>();
	for (const [cpus, rounds] of sizes) {
		const search = searchOf(ring(cpus, rounds));
		const time = seconds(() => search.run());
		const { states, transitionCount } = search;
		if (!search.isComplete) {
			row([cpus, rounds, `>${mostStates}`]);
			continue;
		}
		const smaller = before.get(rounds);
		const bytes = states.bytes + 4 * (search.parents.data.length + search.actions.data.length);
		row([
			cpus,
			rounds,
			states.count,
			transitionCount,
			time.toFixed(2),
			(transitionCount / time / 1e6).toFixed(2),
			(states.count / time / 1e6).toFixed(2),
			Math.round(bytes / states.count),
			smaller === undefined ? '' : ((states.count / smaller.states) ** (1 / (cpus - smaller.cpus))).toFixed(2),
		]);
		before.set(rounds, { cpus, states: states.count });
	}
}

/** Seconds from the start to the end of a run of Node.js, the least of some, and what it printed. */
function runNode(words: readonly string[], times: number): { readonly time: number; readonly output: string } {
	let time = Number.POSITIVE_INFINITY;
	let output = '';
	for (let run = 0; run < times; run++) {
		const began = performance.now();
		const { stdout, error } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
		if (error !== undefined) throw error;
		time = Math.min(time, (performance.now() - began) / 1000);
		output = stdout;
	}
	return { time, output };
}

interface CheckedRow {
	readonly scenario: string;
	readonly kernel: string;
	readonly program: string;
	readonly options: Readonly<Record<string, string>>;
	readonly states: number;
	readonly transitions: number;
	readonly asExpected: boolean;
	readonly foundKinds: readonly string[];
	readonly seconds: number;
}

/** Removes what the program keeps from one run to the next: models, and what Node.js has compiled of the program. */
function forget(): void {
	rmSync(join(root, 'dist/compiled'), { recursive: true, force: true });
}

/**
 * Single rows as a user checks them, from the shell prompt to the verdict: the first time ever, with the program known and the
 * row new, and again.
 */
function singleRows(rows: readonly CheckedRow[], nothing: number): void {
	const inNothings = (time: number): string => `${(time / nothing).toFixed(1)} (${time.toFixed(2)} s)`;
	const models = join(root, 'dist/compiled/models');
	const situations: readonly (() => void)[] = [
		forget,
		() => rmSync(models, { recursive: true, force: true }),
		() => {},
	];
	/** The least times of a command in each situation, in turns, so that a busy moment is not one situation's alone. */
	const measure = (name: string, words: readonly string[]): void => {
		const least = situations.map(() => Number.POSITIVE_INFINITY);
		for (let round = 0; round < 5; round++) {
			for (const [index, prepare] of situations.entries()) {
				prepare();
				least[index] = Math.min(least[index] ?? 0, runNode(words, 1).time);
			}
		}
		console.log(`  ${least.map(inNothings).join(', ')}: ${name}`);
	};
	console.log('\none row, in multiples of node -e 0: first run of all, first of the row, again');
	measure('--version', ['bin/mmstep.js', '--version']);
	for (const { scenario, kernel, program, options, states } of rows) {
		const set = Object.entries(options).flatMap(([id, value]) => ['--set', `${id}=${value}`]);
		const words = ['bin/mmstep.js', 'check', `${scenario}/${kernel}`, '--program', program, ...set];
		measure(`${scenario}/${kernel} ${program}, ${states} states`, words);
	}
}

/** `mmstep check` as a user runs it, of everything and of single rows: some of the slowest and some as they come. */
function corpus(): void {
	runNode(['scripts/build.js', '--if-changed'], 1);
	const nothing = runNode(['-e', '0'], 5).time;
	const inNothings = (time: number): string => `${time.toFixed(2)} s, ${(time / nothing).toFixed(1)} times node -e 0`;
	const all = runNode(['bin/mmstep.js', 'check', '--json'], 1);
	const { results } = JSON.parse(all.output) as { readonly results: readonly CheckedRow[] };
	const sum = (of: (one: CheckedRow) => number): number => results.reduce((total, one) => total + of(one), 0);
	const states = sum((one) => one.states);
	const unexpected = results.filter(({ asExpected }) => !asExpected).length;
	console.log(`\nnode -e 0: ${nothing.toFixed(3)} s`);
	console.log(`the corpus: ${results.length} rows, ${unexpected} not as expected, ${states} states`);
	console.log(`  from start to exit: ${inNothings(all.time)}; ${Math.round(states / all.time)} states/s`);
	console.log(`  in the searches alone: ${sum((one) => one.seconds).toFixed(1)} s`);
	const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, 3);
	// The first row of each scenario that finds something, or its first.
	const usual = [...Map.groupBy(results, ({ scenario }) => scenario).values()].flatMap(
		(rows) => rows.find(({ foundKinds }) => foundKinds.length > 0) ?? rows.slice(0, 1),
	);
	singleRows([...slowest, ...usual], nothing);
}

export async function run(): Promise<void> {
	console.log('without reduction: every state, every transition');
	ringFamily(withoutReduction);
	console.log('\nwith reduction');
	ringFamily(withReduction);
	corpus();
}
