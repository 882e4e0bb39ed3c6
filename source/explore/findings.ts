/** What a search has found, each kind at each place once: the shortest way there, and the report that comes at its end. */

import type { Choice, Machine, StepResult } from '../machine/machine.ts';
import { contextName } from '../machine/names.ts';
import type { StackEntry, ViolationKind } from '../machine/violation.ts';
import type { BreadthFirstSearch } from './breadth-first.ts';
import type { CheckFinding, CheckSettings } from './check-job.ts';
import { Replayer, shortestWays, switchesOf, type Wanted, withoutNeedlessSteps } from './counterexample.ts';
import { type LockCycle, lockCycleReport, lockCycles, lockCycleTitle } from './lock-order.ts';
import { raceAlong } from './race-detector.ts';
import { raceReport } from './races.ts';
import type { ReducedSearch } from './reduction.ts';
import { choiceOf } from './search.ts';
import type { FindingKey, Leaf, Transitions } from './transitions.ts';

/** A search that has ended. */
export interface Searched {
	readonly machine: Machine;
	readonly start: StepResult;
	readonly transitions: Transitions;
	/** The start, encoded. */
	readonly vector: Int32Array;
	readonly run: BreadthFirstSearch | ReducedSearch;
	readonly isComplete: boolean;
}

/** States that looking for the shortest way may take. */
const maxStatesForShortest = 400_000;

/** Circles of locks by the number of their finding. No single step shows one: it is seen in all acquisitions together. */
type Cycles = ReadonlyMap<number, LockCycle<Leaf>>;

/** By the number of a finding. */
type Ways = ReadonlyMap<number, readonly Choice[]>;

/**
 * What a search has found.
 * @param isLate asked now and then: true ends looking for shorter ways
 */
export function findingsOf(searched: Searched, settings: CheckSettings, isLate: () => boolean): CheckFinding[] {
	const { start, transitions, run } = searched;
	const cycles = cyclesOf(searched);
	const isAnyWay = isAnyWayEnough(searched, settings);
	// Where one violation is enough, the ways to what else was seen need not be the shortest.
	const isWanted = (number: number): boolean =>
		settings.allViolations || transitions.findings[number]?.severity === 'violation';
	const wanted: Wanted = {
		findings: new Set([...run.found.keys(), ...cycles.keys()].filter(isWanted)),
		deadlock: run.deadlock,
		leaves: new Map([...cycles].map(([number, { acquisitions }]) => [acquisitions[0]?.taking.number ?? -1, number])),
	};
	let wasLate = false;
	const isLateNow = (): boolean => {
		wasLate ||= isLate();
		return wasLate;
	};
	const ways =
		wanted.findings.size === 0 || isAnyWay
			? (new Map() as Ways)
			: shortestWays(transitions, searched.vector, wanted, settings.shortest, maxStatesForShortest, isLateNow);
	const whyNoWay = isAnyWay
		? 'No run to it was looked for.'
		: wasLate
			? 'No run to it is given: there was no time to look for one.'
			: `No run to it is given: looking for one ended after ${maxStatesForShortest.toLocaleString('en')} states.`;
	return [
		...start.violations.map((violation) => findingOf(violation, violation.title, [], [])),
		...cycleFindings(searched, cycles, ways, whyNoWay),
		...(isAnyWay ? roughFindings(searched) : stepFindings(searched, ways, isWanted, isLateNow)),
	];
}

function cyclesOf({ machine, transitions }: Searched): Cycles {
	if (machine.mutedKinds.includes('lock-order')) return new Map();
	return new Map(
		lockCycles(transitions.leaves).map((cycle) => {
			const report = { kind: 'lock-order', severity: 'warning', title: lockCycleTitle(cycle) } as const;
			return [transitions.findingNumber(report, placeOfCycle(cycle)), cycle];
		}),
	);
}

/** The first acquisition of a circle in the text. */
function placeOfCycle({ acquisitions }: LockCycle): StackEntry {
	return acquisitions[0]?.taking.place ?? { function: '', file: '', line: 0 };
}

/** Whether any way to a finding will do, and nobody reads its details. */
function isAnyWayEnough({ start, run, transitions, isComplete }: Searched, { anyWay }: CheckSettings): boolean {
	if (anyWay === undefined || anyWay === 'always') return anyWay === 'always';
	const found = [...run.found.keys()].flatMap((number) => transitions.findings[number] ?? []);
	const kinds = violationKinds([...start.violations, ...found]);
	return isComplete && kinds.size === anyWay.length && anyWay.every((kind) => kinds.has(kind));
}

function violationKinds(reports: readonly Pick<FindingKey, 'kind' | 'severity'>[]): ReadonlySet<ViolationKind> {
	return new Set(reports.flatMap(({ kind, severity }) => (severity === 'violation' ? [kind] : [])));
}

function cycleFindings(
	{ machine, transitions }: Searched,
	cycles: Cycles,
	ways: Ways,
	whyNoWay: string,
): CheckFinding[] {
	const nameOf = (context: number) => contextName(machine, context);
	return [...cycles].flatMap(([number, cycle]) => {
		const key = transitions.findings[number];
		if (key === undefined) return [];
		const way = ways.get(number);
		const run = way === undefined ? whyNoWay : 'The run that is given leads to the first of these acquisitions.';
		return [findingOf(key, key.title, way ?? [], [...lockCycleReport(cycle, nameOf), run])];
	});
}

/** What steps show, by the ways on which the search came there, without a report. */
function roughFindings({ run, transitions }: Searched): CheckFinding[] {
	return [...run.found].flatMap(([number, { state, actions }]) => {
		const key = transitions.findings[number];
		return key === undefined ? [] : [findingOf(key, key.title, [...run.wayTo(state), ...actions.map(choiceOf)], [])];
	});
}

/** What steps show: the shortest way to each, or one without needless steps, with the report of the immutable machine. */
function stepFindings(
	{ machine, start, run, transitions }: Searched,
	ways: Ways,
	isWanted: (number: number) => boolean,
	isLate: () => boolean,
): CheckFinding[] {
	const replayer = new Replayer(machine, start);
	return [...run.found].flatMap(([number, { state, actions }]) => {
		const key = transitions.findings[number];
		if (key === undefined) return [];
		const known = ways.get(number);
		const way = known ?? [...run.wayTo(state), ...actions.map(choiceOf)];
		const race = transitions.raceBehind(number);
		if (race !== null) {
			return [findingOf(key, key.title, way, raceAlong(machine, way, race) ?? raceReport(machine, race))];
		}
		const isShort = known !== undefined || !isWanted(number);
		const trace = isShort ? way : withoutNeedlessSteps(machine, start, way, key, isLate);
		const violation = replayer.findingAt(trace, key);
		return [findingOf(key, violation?.title ?? key.title, trace, violation?.details ?? [])];
	});
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
