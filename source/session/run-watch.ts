/**
 * Watches a session for what shows only to who has followed a run from its start: data races, and circles in the order of locks.
 * What is known of a run is kept beside the timeline: with the last node that was made, and with every so manieth on the way there; from the nearest of these the
 * rest is found out again. None of it is part of a state or of a session.
 */

import { RunDetectors } from '../explore/run-detectors.ts';
import type { Choice, Grain, Machine, StepResult } from '../machine/machine.ts';
import { step } from '../machine/step.ts';
import type { Trace } from '../machine/trace.ts';
import type { TimelineNode } from './session.ts';
import { keepEvents } from './step-events.ts';

/** Steps between two nodes that keep what is known. */
const interval = 256;

const detectors = new WeakMap<TimelineNode, RunDetectors>();

/** A step from a node, with what the detectors of runs have to say about it. */
export interface WatchedStep {
	readonly result: StepResult;
	/** To be called with the node that was made of the step. */
	readonly keep: (node: TimelineNode) => void;
}

/**
 * Makes a step from a node. What it completes is among the violations, after the step's own.
 * @param wantsEvents whether the events are needed too, see step-events.ts
 * @throws ChoiceError, MachineError as `step` does
 */
export function watchedStep(
	machine: Machine,
	from: TimelineNode,
	choice: Choice,
	grain: Grain,
	wantsEvents = false,
): WatchedStep {
	const trace: Trace = [];
	const result = step(machine, from.state, choice, grain, { trace, events: wantsEvents });
	const detector = detectorAt(machine, from);
	const found = detector.follow(trace, result.state);
	const violations = found.length === 0 ? result.violations : [...result.violations, ...found];
	const keep = (node: TimelineNode): void => {
		detectors.set(node, detector);
		if (wantsEvents) keepEvents(node, result.events);
	};
	return { result: { ...result, violations }, keep };
}

/** A detector that has followed the run to a node, to go on with. */
function detectorAt(machine: Machine, node: TimelineNode): RunDetectors {
	const way: TimelineNode[] = [];
	let at = node;
	for (; at.parent !== null && !detectors.has(at); at = at.parent) way.push(at);
	const detector = taken(machine, at);
	for (const next of way.toReversed()) {
		if (next.parent === null || next.action === null) continue;
		const trace: Trace = [];
		step(machine, next.parent.state, next.action.choice, next.action.grain, { trace });
		detector.follow(trace, next.state);
		if (isKeeper(next)) detectors.set(next, detector.copy());
	}
	return detector;
}

/** The detector of a node, which goes on to another: a keeper is left a copy of it. */
function taken(machine: Machine, node: TimelineNode): RunDetectors {
	const detector = detectors.get(node) ?? RunDetectors.of(machine);
	if (isKeeper(node)) detectors.set(node, detector.copy());
	else detectors.delete(node);
	return detector;
}

function isKeeper({ depth }: TimelineNode): boolean {
	return depth % interval === 0;
}
