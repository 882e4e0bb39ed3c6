/** The search of one row: the one place where the checker's engine is called for a table of verdicts. */

import { ModelError } from '../language/diagnostics.ts';
import { type Choice, type Machine, MachineError } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { initialState, step } from '../machine/step.ts';
import type { Violation } from '../machine/violation.ts';
import { ScenarioError } from '../scenario/scenario.ts';
import { buildTarget } from '../scenario/target.ts';
import { BreadthFirstSearch } from './breadth-first.ts';
import {
	type Bound,
	type CheckFinding,
	type CheckJob,
	type CheckProgress,
	type CheckReport,
	type CheckSettings,
	unfinished,
} from './check-job.ts';
import { maxAlternatives } from './search.ts';
import { Transitions } from './transitions.ts';

export interface JobHooks {
	/** Asked every few thousand states; true ends the search. */
	readonly isStopped: () => boolean;
	readonly onProgress: (progress: CheckProgress) => void;
}

/** Searches a row. What is wrong with the model comes back as the report's `problem`. */
export function runCheckJob({ scenario, selection, settings }: CheckJob, hooks: JobHooks): CheckReport {
	const began = performance.now();
	try {
		return search(buildTarget(scenario, selection).machine, settings, hooks);
	} catch (error) {
		const isModel = error instanceof ModelError || error instanceof ScenarioError || error instanceof MachineError;
		const seconds = (performance.now() - began) / 1000;
		if (isModel) return { ...unfinished('memory', null), bound: null, seconds, problem: error.message };
		if (isAllocationFailure(error)) return { ...unfinished('memory', null), seconds };
		throw error;
	}
}

function isAllocationFailure(error: unknown): boolean {
	return error instanceof RangeError && /allocation failed|Invalid typed array length/i.test(error.message);
}

function search(machine: Machine, settings: CheckSettings, hooks: JobHooks): CheckReport {
	const began = performance.now();
	const elapsed = (): number => (performance.now() - began) / 1000;
	const start = initialState(machine);
	const transitions = new Transitions(machine);
	const searching = new BreadthFirstSearch(transitions, transitions.encode(start.state));
	const isFound = (): boolean =>
		searching.stuck.length > 0 ||
		[...searching.found.keys()].some((finding) => transitions.findings[finding]?.severity === 'violation');
	let stopped: Bound | null = null;
	searching.run(
		{ states: settings.maxStates, depth: settings.maxDepth },
		{
			shouldStop: (progress) => {
				hooks.onProgress({ ...progress, seconds: elapsed() });
				if (hooks.isStopped()) stopped = 'interrupted';
				else if (elapsed() >= settings.maxSeconds) stopped = 'seconds';
				return stopped !== null;
			},
			isEnough: () => !settings.allViolations && isFound(),
		},
	);
	const [fault] = searching.errors;
	if (fault !== undefined) throw fault.error;
	const { isComplete, states, transitionCount, depth } = searching;
	const isEnough = !isComplete && stopped === null && !settings.allViolations && isFound();
	const limit: Bound = states.count >= settings.maxStates ? 'states' : 'depth';
	return {
		findings: findingsOf(machine, start, searching),
		complete: isComplete,
		bound: isComplete || isEnough ? null : (stopped ?? limit),
		states: states.count,
		transitions: transitionCount,
		depth,
		seconds: elapsed(),
		problem: null,
	};
}

interface Start {
	readonly state: MachineState;
	readonly violations: readonly Violation[];
}

/** Every finding once, with the shortest way to it. */
function findingsOf(machine: Machine, start: Start, searching: BreadthFirstSearch): CheckFinding[] {
	const { transitions, found, stuck } = searching;
	const findings = start.violations.map((violation) => findingOf(violation, []));
	for (const [number, { state, action }] of found) {
		const key = transitions.findings[number];
		if (key === undefined) continue;
		const trace = [...traceTo(searching, state), choiceOf(action)];
		const violation = lastViolations(machine, start, trace).find(
			({ kind, function: fn, file, line }) =>
				kind === key.kind && fn === key.function && file === key.file && line === key.line,
		);
		findings.push(findingOf(violation ?? key, trace));
	}
	for (const state of stuck) {
		const trace = traceTo(searching, state);
		const violation = lastViolations(machine, start, trace).find(({ kind }) => kind === 'deadlock');
		const isNew = !findings.some(({ kind, title }) => kind === 'deadlock' && title === violation?.title);
		if (violation !== undefined && isNew) findings.push(findingOf(violation, trace));
	}
	return findings;
}

function findingOf(
	violation: Pick<Violation, 'kind' | 'severity' | 'title' | 'function' | 'file' | 'line'>,
	trace: readonly Choice[],
): CheckFinding {
	const { kind, severity, title, function: fn, file, line } = violation;
	const switches = trace.filter((choice, index) => index > 0 && choice.actor !== trace[index - 1]?.actor).length;
	return { kind, severity, title, function: fn, file, line, trace, steps: trace.length, switches };
}

function choiceOf(action: number): Choice {
	return { actor: Math.floor(action / maxAlternatives), alternative: action % maxAlternatives };
}

function traceTo({ parents, actions }: BreadthFirstSearch, state: number): Choice[] {
	const trace: Choice[] = [];
	for (let at = state; (parents.data[at] ?? -1) >= 0; at = parents.data[at] ?? 0) {
		trace.push(choiceOf(actions.data[at] ?? 0));
	}
	return trace.reverse();
}

/** What the last step of a trace reports. */
function lastViolations(machine: Machine, start: Start, trace: readonly Choice[]): readonly Violation[] {
	let { state, violations } = start;
	for (const choice of trace) ({ state, violations } = step(machine, state, choice, 'op'));
	return violations;
}
