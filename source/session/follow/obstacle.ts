/** Why the next line of a drawing cannot happen, in terms of locks and of what the others would have to do first. */

import type { MonitoredSearch } from '../../explore/monitored-search.ts';
import { plainLine } from '../../language/plain-text.ts';
import { contextName } from '../../machine/describe.ts';
import type { WaitReason } from '../../machine/machine.ts';
import type { MachineState } from '../../machine/state.ts';
import { actors } from '../../machine/step.ts';
import type { Target } from '../../scenario/scenario.ts';
import { placeOf, sourceLine } from '../place.ts';
import type { DrawnOrder, Shown } from './drawn-order.ts';
import type { MatchedItem } from './matching.ts';

export interface Obstacle {
	/** Index of the line that cannot come. */
	readonly item: number;
	/**
	 * `waits`: its CPU has to wait. `over`: its CPU has come to its end without it. `elsewhere`: its CPU can go on, and never comes
	 * to it. `harm`: nothing is reported. `none`: the model has nothing like it.
	 */
	readonly kind: 'waits' | 'over' | 'elsewhere' | 'harm' | 'none';
	/** A sentence each. */
	readonly reasons: readonly string[];
	/** Lines further down that would have to come before. */
	readonly before: readonly number[];
	/** The node of the search that shows it. */
	readonly node: number;
}

export function obstacleAt(
	target: Target,
	items: readonly MatchedItem[],
	monitor: DrawnOrder,
	search: MonitoredSearch<Shown>,
): Obstacle | null {
	const [first] = search.farthest;
	if (first === undefined) return null;
	const [item] = monitor.missing(search.progressOf(first));
	const matched = item === undefined ? undefined : items[item];
	if (item === undefined || matched === undefined) return null;
	const who = contextName(target.machine, matched.context);
	const obstacle = (kind: Obstacle['kind'], node: number, ...reasons: string[]): Obstacle => ({
		item,
		kind,
		reasons,
		before: [],
		node,
	});
	if (matched.kind === 'harm') {
		const what = matched.kinds.length > 0 ? matched.kinds.join(' or ') : 'violation';
		return obstacle('harm', first, `no ${what} is reported on any execution that has the lines above in their order`);
	}
	if (matched.kind === 'step' && matched.how === 'none') {
		return obstacle('none', first, `nothing that ${who} does on this kernel is like it`);
	}
	// Where its CPU has come farthest by itself.
	const ownSteps = (node: number): number =>
		search.wayTo(node).filter(({ choice }) => choice.actor === matched.context).length;
	const node = search.farthest
		.filter((other) => monitor.missing(search.progressOf(other))[0] === item)
		.reduce((best, other) => (ownSteps(other) > ownSteps(best) ? other : best), first);
	const state = search.stateOf(node);
	const wait = waitingFor(target, state, matched.context);
	if (wait !== null) {
		const { reasons, before } = waiting(target, items, monitor, search.progressOf(node), state, matched.context, wait);
		return { item, kind: 'waits', reasons, before, node };
	}
	const status = state.contexts[matched.context]?.status;
	if (status !== 'running') {
		const how = status === 'dead' ? 'has crashed' : status === 'idle' ? 'runs nothing' : 'has come to its end';
		return obstacle('over', node, `${who} ${how} without doing it`, ...mostLike(matched));
	}
	const place = placeOf(target, state, matched.context);
	const code = place === null ? '' : plainLine(sourceLine(target, place.file, place.line));
	const here = place === null ? '' : ` at ${place.file}:${place.line}: ${code}`;
	return obstacle('elsewhere', node, `${who} goes on${here}, and does not come to it`, ...mostLike(matched));
}

function waitingFor(target: Target, state: MachineState, context: number): WaitReason | null {
	const status = actors(target.machine, state).find(({ actor }) => actor === context);
	return status?.status === 'waiting' ? status.wait : null;
}

function waiting(
	target: Target,
	items: readonly MatchedItem[],
	monitor: DrawnOrder,
	progress: number,
	state: MachineState,
	context: number,
	wait: WaitReason,
): Pick<Obstacle, 'reasons' | 'before'> {
	const who = contextName(target.machine, context);
	const place = placeOf(target, state, context);
	const where = place === null ? '' : ` (${place.name} at ${place.file}:${place.line})`;
	const reasons = [`${who} ${plainLine(wait.text).replace(/;$/, '')}${where}`];
	const before: number[] = [];
	for (const holder of wait.holders) {
		if (holder === context) continue;
		const name = contextName(target.machine, holder);
		const next = monitor.nextOf(progress, holder);
		const other = waitingFor(target, state, holder);
		const line = next === null ? undefined : items[next]?.item;
		if (other !== null) reasons.push(`${name} ${plainLine(other.text).replace(/;$/, '')}`);
		else if (next !== null && line !== undefined) {
			before.push(next);
			reasons.push(
				`${name} does not release it before line ${line.line} (${plainLine(line.text)}), which is drawn below`,
			);
		} else reasons.push(`nothing more is drawn of ${name}`);
	}
	return { reasons, before };
}

function mostLike(matched: MatchedItem): string[] {
	const best = matched.kind === 'step' ? matched.candidates[0]?.seen : undefined;
	if (best === undefined) return [];
	const where = best.function === '' ? 'by hardware' : `in ${best.function} at ${best.file}:${best.line}`;
	return [`most like it, on other executions or before, is ${plainLine(best.text)} ${where}`];
}
