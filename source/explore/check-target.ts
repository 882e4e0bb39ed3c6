/** Checking one machine: what can go wrong on it, and the shortest way there. */

import { type Choice, type Machine, MachineError } from '../machine/machine.ts';
import { contextName } from '../machine/names.ts';
import { initialState } from '../machine/step.ts';
import type { StackEntry, ViolationKind } from '../machine/violation.ts';
import { BreadthFirstSearch } from './breadth-first.ts';
import type { Bound, CheckFinding, CheckProgress, CheckReport, CheckSettings } from './check-job.ts';
import { Replayer, shortestWays, switchesOf, type Wanted, withoutNeedlessSteps } from './counterexample.ts';
import { type LockCycle, lockCycleReport, lockCycles, lockCycleTitle } from './lock-order.ts';
import { raceAlong } from './race-detector.ts';
import { raceReport } from './races.ts';
import { canReduce, ReducedSearch } from './reduction.ts';
import { choiceOf } from './search.ts';
import { type FindingKey, Transitions } from './transitions.ts';

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

/** States that looking for the shortest way may take. */
const maxStatesForShortest = 400_000;

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

	const findings: CheckFinding[] = start.violations.map((violation) => findingOf(violation, violation.title, [], []));
	const cycles = machine.mutedKinds.includes('lock-order') ? [] : lockCycles(transitions.leaves);
	const cycleNumbers = new Map(
		cycles.map((cycle) => [
			transitions.findingNumber(
				{ kind: 'lock-order', severity: 'warning', title: lockCycleTitle(cycle) },
				placeOfCycle(cycle),
			),
			cycle,
		]),
	);
	const isComplete = run.isComplete && run.errors.length === 0;
	const isAnyWay =
		settings.anyWay === 'always' ||
		(settings.anyWay !== undefined &&
			isComplete &&
			isSameSet(
				violationKinds([
					...start.violations,
					...[...run.found.keys()].flatMap((key) => transitions.findings[key] ?? []),
				]),
				settings.anyWay,
			));
	// Where one violation is enough, the ways to what else was seen need not be the shortest.
	const isWanted = (number: number): boolean =>
		settings.allViolations || transitions.findings[number]?.severity === 'violation';
	const wanted: Wanted = {
		findings: new Set([...run.found.keys(), ...cycleNumbers.keys()].filter(isWanted)),
		deadlock: run.deadlock,
		leaves: new Map(
			[...cycleNumbers].map(([number, { acquisitions }]) => [acquisitions[0]?.taking.number ?? -1, number]),
		),
	};
	// Who does not want to wait any longer gets the ways that are known after a moment.
	let hurriedSince: number | null = null;
	const isLate = (): boolean => {
		if (hooks.isInterrupted?.() !== true && seconds() < settings.maxSeconds) return false;
		hurriedSince ??= seconds();
		return seconds() - hurriedSince > moment;
	};
	const ways =
		wanted.findings.size === 0 || isAnyWay
			? new Map<number, readonly Choice[]>()
			: shortestWays(transitions, vector, wanted, settings.shortest, maxStatesForShortest, isLate);
	const nameOf = (context: number) => contextName(machine, context);
	for (const [number, cycle] of cycleNumbers) {
		const key = transitions.findings[number];
		if (key === undefined) continue;
		const way = ways.get(number);
		const run =
			way !== undefined
				? 'The run that is given leads to the first of these acquisitions.'
				: isAnyWay
					? 'No run to it was looked for.'
					: hurriedSince !== null
						? 'No run to it is given: there was no time to look for one.'
						: `No run to it is given: looking for one ended after ${maxStatesForShortest.toLocaleString('en')} states.`;
		findings.push(findingOf(key, key.title, way ?? [], [...lockCycleReport(cycle, nameOf), run]));
	}
	const replayer = new Replayer(machine, start);
	for (const [number, { state, actions }] of run.found) {
		const key = transitions.findings[number];
		if (key === undefined) continue;
		const known = ways.get(number);
		const way = known ?? [...run.wayTo(state), ...actions.map(choiceOf)];
		if (isAnyWay) {
			findings.push(findingOf(key, key.title, way, []));
			continue;
		}
		const race = transitions.raceBehind(number);
		if (race !== null) {
			findings.push(findingOf(key, key.title, way, raceAlong(machine, way, race) ?? raceReport(machine, race)));
			continue;
		}
		const isShort = known !== undefined || !isWanted(number);
		const trace = isShort ? way : withoutNeedlessSteps(machine, start, way, key, isLate);
		const violation = replayer.findingAt(trace, key);
		findings.push(findingOf(key, violation?.title ?? key.title, trace, violation?.details ?? []));
	}
	return {
		findings,
		complete: isComplete,
		bound,
		states: run.states.count,
		transitions: run.transitionCount,
		depth: run.depth,
		seconds: seconds(),
		problem: run.errors[0]?.error.message ?? null,
	};
}

function violationKinds(reports: readonly Pick<FindingKey, 'kind' | 'severity'>[]): ReadonlySet<ViolationKind> {
	return new Set(reports.flatMap(({ kind, severity }) => (severity === 'violation' ? [kind] : [])));
}

function isSameSet(kinds: ReadonlySet<ViolationKind>, others: readonly ViolationKind[]): boolean {
	return kinds.size === others.length && others.every((kind) => kinds.has(kind));
}

/** The first acquisition of a circle in the text. */
function placeOfCycle({ acquisitions }: LockCycle): StackEntry {
	const [first] = acquisitions;
	if (first === undefined) return { function: '', file: '', line: 0 };
	return first.taking.place;
}

function findingOf(
	{ kind, severity, function: fn, file, line }: Omit<FindingKey, 'title'>,
	title: string,
	trace: readonly Choice[],
	details: readonly string[],
): CheckFinding {
	const switches = switchesOf(trace);
	return { kind, severity, title, function: fn, file, line, trace, steps: trace.length, switches, details };
}
