/** What is worked out once per point of a timeline and kept as long as the point itself. */

import { viewsOf } from '../../inspect/state-views.ts';
import { statusesOf } from '../../inspect/statuses.ts';
import type { StateViews } from '../../inspect/views.ts';
import type { ActorStatus, MachineEvent } from '../../machine/machine.ts';
import type { Violation } from '../../machine/violation.ts';
import type { Target } from '../../scenario/scenario.ts';
import type { TimelineNode } from '../../session/session.ts';
import { eventsOf } from '../../session/step-events.ts';

const views = new WeakMap<TimelineNode, { readonly since: TimelineNode | null; readonly views: StateViews }>();

/** The views of a point, compared with an earlier one. */
export function viewsAt(target: Target, node: TimelineNode, since: TimelineNode | null): StateViews {
	const known = views.get(node);
	if (known !== undefined && known.since === since) return known.views;
	const made = viewsOf(target, node.state, since?.state ?? null);
	views.set(node, { since, views: made });
	return made;
}

/** Who could go on from a point. */
export function actorsAt(target: Target, node: TimelineNode): readonly ActorStatus[] {
	return statusesOf(target.machine, node.state);
}

const events = new WeakMap<TimelineNode, readonly MachineEvent[]>();

/** What happened in the step that led to a point. */
export function eventsAt(target: Target, node: TimelineNode): readonly MachineEvent[] {
	const made = events.get(node) ?? eventsOf(target.machine, node);
	events.set(node, made);
	return made;
}

/** What was reported on the way from the start to a point, the last report first. */
export interface Reports {
	readonly count: number;
	readonly violations: number;
	readonly warnings: number;
	readonly latest: { readonly node: TimelineNode; readonly violation: Violation; readonly before: Reports } | null;
}

const none: Reports = { count: 0, violations: 0, warnings: 0, latest: null };
const reports = new WeakMap<TimelineNode, Reports>();

/** The reports on the way to a point. They are linked, so that a hundred thousand steps share them. */
export function reportsAt(node: TimelineNode): Reports {
	const unknown: TimelineNode[] = [];
	let at: TimelineNode | null = node;
	let found: Reports | undefined;
	while (at !== null) {
		found = reports.get(at);
		if (found !== undefined) break;
		unknown.push(at);
		at = at.parent;
	}
	let result = found ?? none;
	for (let index = unknown.length - 1; index >= 0; index--) {
		const here = unknown[index];
		if (here === undefined) continue;
		for (const violation of here.violations) {
			result = {
				count: result.count + 1,
				violations: result.violations + (violation.severity === 'violation' ? 1 : 0),
				warnings: result.warnings + (violation.severity === 'warning' ? 1 : 0),
				latest: { node: here, violation, before: result },
			};
		}
		reports.set(here, result);
	}
	return result;
}
