/**
 * What happened in the step that led to a node, for drawings of it. Few steps are drawn, and the texts of events cost more than the
 * step, so they are made by making the step again; where it is known that a step is going to be drawn, they are kept at once.
 */

import type { Machine, MachineEvent } from '../machine/machine.ts';
import { step } from '../machine/step.ts';
import type { TimelineNode } from './session.ts';

const kept = new WeakMap<TimelineNode, readonly MachineEvent[]>();

/** Keeps the events of the step that led to a node. */
export function keepEvents(node: TimelineNode, events: readonly MachineEvent[]): void {
	kept.set(node, events);
}

/** The events of the step that led to a node; none for the start. */
export function eventsOf(machine: Machine, node: TimelineNode): readonly MachineEvent[] {
	const known = kept.get(node);
	if (known !== undefined) return known;
	const { parent, action } = node;
	if (parent === null || action === null) return [];
	return step(machine, parent.state, action.choice, action.grain, { events: true }).events;
}
