/**
 * The machine on the first bundled scenario: what a step, looking at the choices and a fingerprint cost, as multiples of
 * copying the state as JSON and back, which is what a debugger without sharing would have to do; and the memory that every
 * further state keeps. Processor time, so that a busy machine does not matter much.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fingerprint } from '../../source/machine/identity.ts';
import type { Grain, Machine } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import { bundledScenarios, loadBundled } from '../../source/scenario/bundled.ts';
import { buildTarget } from '../../source/scenario/target.ts';

const rounds = 40;
/** Rounds before anything is measured. */
const warmUp = 15;

export async function run(): Promise<void> {
	const [bundled] = bundledScenarios();
	if (bundled === undefined) return;
	const scenario = loadBundled(bundled.id);
	const schedule = scenario.schedules[0];
	const { machine } = buildTarget(scenario, { kernel: schedule?.kernels[0], program: schedule?.program });
	const unit = copyTime(initialState(machine).state);
	console.log(`${scenario.id}: copying a state as JSON takes ${(unit * 1000).toFixed(0)} us, taken as 1`);
	for (const grain of ['op', 'line'] as const) measure(machine, grain, unit);
}

function processorTime(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

function copyTime(state: MachineState): number {
	const copy = () => JSON.parse(JSON.stringify(state));
	for (let count = 0; count < 300; count++) copy();
	const start = processorTime();
	for (let count = 0; count < 1000; count++) copy();
	return (processorTime() - start) / 1000;
}

function measure(machine: Machine, grain: Grain, unit: number): void {
	const collect = garbageCollector();
	const first = initialState(machine).state;
	const times = { step: 0, choices: 0, fingerprint: 0 };
	const kept: MachineState[] = [];
	let steps = 0;
	let before = 0;
	for (let round = 0; round < rounds; round++) {
		if (round === warmUp) {
			times.step = times.choices = times.fingerprint = 0;
			kept.length = steps = 0;
			collect();
			before = process.memoryUsage().heapUsed;
		}
		let random = round + 1;
		for (let state = first; ; ) {
			const start = processorTime();
			const open = choices(machine, state);
			const chosen = processorTime();
			random = (Math.imul(random, 1103515245) + 12345) >>> 0;
			const choice = open[(random >>> 8) % open.length];
			if (choice === undefined) break;
			state = step(machine, state, choice, grain).state;
			const stepped = processorTime();
			fingerprint(machine, state);
			times.choices += chosen - start;
			times.step += stepped - chosen;
			times.fingerprint += processorTime() - stepped;
			kept.push(state);
			steps++;
		}
	}
	collect();
	const bytes = (process.memoryUsage().heapUsed - before) / kept.length;
	const ratio = (time: number) => (time / steps / unit).toFixed(2);
	console.log(
		`${grain} steps: step ${ratio(times.step)} (${((times.step / steps) * 1000).toFixed(0)} us), ` +
			`choices ${ratio(times.choices)}, fingerprint ${ratio(times.fingerprint)}; ` +
			`${bytes.toFixed(0)} bytes a step with its fingerprint`,
	);
}

function garbageCollector(): () => void {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc');
}
