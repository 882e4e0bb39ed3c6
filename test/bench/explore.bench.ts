/**
 * How fast the checker is, on the ring of fixtures/scenarios/ring: N CPUs, N locks, M rounds. Times are of the processor, so that
 * a busy machine does not show; ratios compare with the plainest way of counting the same states.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/bundle.js';
import { BreadthFirstSearch } from '../../source/explore/breadth-first.ts';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
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

function ringFamily(): void {
	console.log('without reduction: every state, every transition');
	row(['N', 'M', 'states', 'transitions', 'seconds', 'Mtrans/s', 'Mstates/s', 'bytes/state', 'growth']);
	let before = 0;
	for (const [cpus, rounds] of sizes) {
		const search = withoutReduction(ring(cpus, rounds));
		const time = seconds(() => search.run());
		const { states, transitionCount } = search;
		if (!search.isComplete) {
			row([cpus, rounds, `>${mostStates}`]);
			continue;
		}
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
			before === 0 ? '' : (states.count / before).toFixed(1),
		]);
		before = states.count;
	}
	console.log('\nwith reduction');
	row(['N', 'M', 'states', 'transitions', 'seconds']);
	for (const [cpus, rounds] of sizes) {
		const search = withReduction(ring(cpus, rounds));
		const time = seconds(() => search.run());
		row([cpus, rounds, search.states.count, search.transitionCount, time.toFixed(2)]);
	}
}

/** Every bundled scenario, kernel and program with the default options, on one processor; compiling is counted apart. */
function corpus(): void {
	const scenarios = join(root, 'scenarios');
	let rows = 0;
	let states = 0;
	let compiling = 0;
	let searching = 0;
	let slowest = { name: '', time: 0 };
	for (const id of readdirSync(scenarios)) {
		if (!existsSync(join(scenarios, id, 'scenario.yaml'))) continue;
		const scenario = loadScenarioFolder(join(scenarios, id), libraryFolder());
		for (const kernel of scenario.kernels) {
			for (const program of scenario.programs) {
				let machine: Machine | null = null;
				compiling += seconds(() => {
					machine = buildTarget(scenario, { kernel: kernel.id, program: program.id }).machine;
				});
				const time = seconds(() => {
					if (machine === null) return;
					states += checkMachine(machine, { ...unboundedSettings, allViolations: false }).states;
					rows++;
				});
				searching += time;
				if (time > slowest.time) slowest = { name: `${id}/${kernel.id} ${program.id}`, time };
			}
		}
	}
	console.log(`\nthe corpus: ${rows} rows, ${states} states, ${searching.toFixed(1)} s of processor time`);
	console.log(`(and ${compiling.toFixed(1)} s for compiling the models)`);
	console.log(`slowest: ${slowest.name}, ${slowest.time.toFixed(2)} s`);
}

export async function run(): Promise<void> {
	ringFamily();
	corpus();
}
