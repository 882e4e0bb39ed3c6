/** Checking one machine: the search of everything that it can do, within bounds. */

import { type Machine, MachineError } from '../machine/machine.ts';
import { initialState } from '../machine/step.ts';
import { BreadthFirstSearch } from './breadth-first.ts';
import type { Bound, CheckProgress, CheckReport, CheckSettings } from './check-job.ts';
import { findingsOf } from './findings.ts';
import { canReduce, ReducedSearch } from './reduction.ts';
import { Transitions } from './transitions.ts';

export interface CheckHooks {
	/** Called every now and then. */
	readonly onProgress?: (progress: CheckProgress) => void;
	/** Asked every now and then: true ends the search with what has been found. */
	readonly isInterrupted?: () => boolean;
}

export const unboundedSettings: CheckSettings = {
	allViolations: true,
	shortest: 'switches',
	reduction: true,
	maxStates: Number.POSITIVE_INFINITY,
	maxDepth: Number.POSITIVE_INFINITY,
	maxSeconds: Number.POSITIVE_INFINITY,
};

/** Seconds for which shorter ways are looked for when the search itself was ended. */
const moment = 0.5;

/**
 * Searches what a machine can do from its start.
 * @param now milliseconds since some moment, for the bound on time and the seconds reported
 */
export function checkMachine(
	machine: Machine,
	settings: CheckSettings,
	hooks: CheckHooks = {},
	now: () => number = () => performance.now(),
): CheckReport {
	const began = now();
	const seconds = () => (now() - began) / 1000;
	try {
		return search(machine, settings, hooks, seconds);
	} catch (error) {
		if (!(error instanceof MachineError)) throw error;
		return {
			findings: [],
			complete: false,
			bound: null,
			states: 0,
			transitions: 0,
			depth: 0,
			seconds: seconds(),
			problem: error.message,
		};
	}
}

function search(machine: Machine, settings: CheckSettings, hooks: CheckHooks, seconds: () => number): CheckReport {
	const start = initialState(machine);
	const transitions = new Transitions(machine);
	const vector = transitions.encode(start.state);
	const hasViolation = (): boolean =>
		[...run.found.keys()].some((found) => transitions.findings[found]?.severity === 'violation');
	let bound: Bound | null = null;
	// Without reduction the first ways found are short; with it, depth says little, so a bound on it is kept without.
	const isReduced = settings.reduction && canReduce(machine) && settings.maxDepth === Number.POSITIVE_INFINITY;
	const Engine = isReduced ? ReducedSearch : BreadthFirstSearch;
	const bounds = { states: settings.maxStates, depth: settings.maxDepth };
	const run: BreadthFirstSearch | ReducedSearch = new Engine(transitions, vector, bounds, {
		shouldStop: (progress) => {
			hooks.onProgress?.({ ...progress, seconds: seconds() });
			if (hooks.isInterrupted?.() === true) bound = 'interrupted';
			else if (seconds() >= settings.maxSeconds) bound = 'seconds';
			return bound !== null;
		},
		isEnough: () => !settings.allViolations && hasViolation(),
	});
	const isAtStart = start.violations.some(({ severity }) => severity === 'violation');
	if (settings.allViolations || !isAtStart) run.run();
	const isCut = !settings.allViolations && (isAtStart || hasViolation());
	if (bound === null && !run.isComplete && !isCut) bound = run.states.count >= settings.maxStates ? 'states' : 'depth';

	const isComplete = run.isComplete && run.errors.length === 0;
	// Who does not want to wait any longer gets the ways that are known after a moment.
	let hurriedSince: number | null = null;
	const isLate = (): boolean => {
		if (hooks.isInterrupted?.() !== true && seconds() < settings.maxSeconds) return false;
		hurriedSince ??= seconds();
		return seconds() - hurriedSince > moment;
	};
	return {
		findings: findingsOf({ machine, start, transitions, vector, run, isComplete }, settings, isLate),
		complete: isComplete,
		bound,
		states: run.states.count,
		transitions: run.transitionCount,
		depth: run.depth,
		seconds: seconds(),
		problem: run.errors[0]?.error.message ?? null,
	};
}
