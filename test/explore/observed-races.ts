/** Data races seen along one run, and all that a search of every state knows. */

import { HappensBefore } from '../../source/explore/happens-before.ts';
import { asRace, RaceDetector } from '../../source/explore/race-detector.ts';
import { isRace, type Race, raceOf } from '../../source/explore/races.ts';
import { StateSpace } from '../../source/explore/state-space.ts';
import { type Leaf, Transitions } from '../../source/explore/transitions.ts';
import { type Choice, type Grain, type Machine, MachineError } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import type { Trace } from '../../source/machine/trace.ts';
import type { Violation } from '../../source/machine/violation.ts';

/** Which of the open choices to take next; null to end the run. */
export type Chooser = (open: readonly Choice[], at: number) => Choice | null;

/** Follows a run: what each step did, and the state after it. Ends also where the machine cannot go on. */
function* run(
	machine: Machine,
	choose: Chooser,
	grain: (at: number) => Grain,
): Generator<{ readonly trace: Trace; readonly state: MachineState }> {
	let state: MachineState = initialState(machine).state;
	for (let at = 0; at < 1000; at++) {
		const choice = choose(choices(machine, state), at);
		if (choice === null) return;
		const trace: Trace = [];
		try {
			({ state } = step(machine, state, choice, grain(at), { trace }));
		} catch (error) {
			if (error instanceof MachineError || (error instanceof Error && error.name === 'ChoiceError')) return;
			throw error;
		}
		yield { trace, state };
	}
}

/** What the race detector reports along a run. */
export function racesAlong(machine: Machine, choose: Chooser, grain: (at: number) => Grain = () => 'op'): Violation[] {
	const detector = new RaceDetector(machine);
	return [...run(machine, choose, grain)].flatMap(({ trace, state }) => detector.follow(trace, state));
}

/** The races along a run as `racesOfEveryState` writes them, each as often as it is seen. */
export function racesOfRun(machine: Machine, choose: Chooser, grain: (at: number) => Grain): readonly string[] {
	const order = new HappensBefore(machine);
	return [...run(machine, choose, grain)].flatMap(({ trace, state }) => {
		const waits = state.contexts.map(({ gracePeriod }) => gracePeriod);
		const races = order.follow(trace, state.clock, { callbacks: state.callbacks, waits });
		return races.map((race) => raceText(asRace(machine, race)));
	});
}

function raceText({ first, second }: Race): string {
	return `${first.access?.name} ${first.place.line} ${second.place.line}`;
}

/** Always the first actor of this order that can run. Actors that it does not name come last. */
export function inOrder(...order: readonly number[]): Chooser {
	const rank = ({ actor }: Choice) => (order.includes(actor) ? order.indexOf(actor) : order.length + actor);
	return (open) => open.toSorted((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** `first line second line` of every pair of accesses that can both be done next in some state; null beyond so many states. */
export function racesOfEveryState(machine: Machine, maxStates: number): ReadonlySet<string> | null {
	const transitions = new Transitions(machine);
	const space = new StateSpace(transitions, initialState(machine).state);
	const found = new Set<string>();
	for (let state = 0; state < space.count; state++) {
		if (space.count > maxStates) return null;
		space.goTo(state);
		const ready: Leaf[] = [];
		for (let actor = 0; actor <= transitions.cpus; actor++) {
			const leaf = transitions.leafOf(space.cursor.vector, actor, 0);
			if (leaf?.kind === 'done') ready.push(leaf);
		}
		for (const one of ready) {
			for (const other of ready) {
				if (one.context >= other.context || !isRace(one.access, other.access)) continue;
				found.add(raceText(raceOf(one, other)));
			}
		}
		space.expand(state, () => {});
	}
	return found;
}
