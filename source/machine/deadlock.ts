/** The report of a state in which nobody can run although somebody has not come to an end. */

import { describeStamp } from './describe.ts';
import { hardwareSite, type Journal } from './journal.ts';
import type { Machine, WaitReason } from './machine.ts';
import { cellName, contextName } from './names.ts';
import type { Store } from './store.ts';

/** A context that must wait, and why. */
export interface Waiting {
	readonly context: number;
	readonly reason: WaitReason;
}

/**
 * Cycles of waits: each actor waits for the next, the last for the first. `waits` says of each who waits whom it needs, all of
 * them. In order of their first actors; no two begin with an actor of another.
 */
export function waitCycles(waits: ReadonlyMap<number, readonly number[]>): readonly (readonly number[])[] {
	const cycles: (readonly number[])[] = [];
	for (const start of waits.keys()) {
		if (cycles.some((cycle) => cycle.includes(start))) continue;
		const found = pathBack(start, start, waits, new Set());
		if (found !== null) cycles.push(found);
	}
	return cycles;
}

function pathBack(
	from: number,
	to: number,
	waits: ReadonlyMap<number, readonly number[]>,
	seen: Set<number>,
): readonly number[] | null {
	if (seen.has(from)) return null;
	seen.add(from);
	for (const holder of waits.get(from) ?? []) {
		if (holder === to) return [from];
		const rest = pathBack(holder, to, waits, seen);
		if (rest !== null) return [from, ...rest];
	}
	return null;
}

/** Reports that all these contexts wait and nothing can ever end it. */
export function reportDeadlock(store: Store, journal: Journal, waiting: readonly Waiting[]): void {
	const { machine } = store;
	const [cycle = []] = waitCycles(new Map(waiting.map(({ context, reason }) => [context, reason.holders])));
	const name = (context: number) => contextName(machine, context);
	const [first] = cycle;
	const title =
		first === undefined
			? `deadlock: nothing can end the wait of ${waiting.map(({ context }) => name(context)).join(' and ')}`
			: `deadlock: ${[...cycle, first].map(name).join(' -> ')}`;
	const order = [...cycle, ...waiting.map(({ context }) => context).filter((context) => !cycle.includes(context))];
	const details = order.flatMap((context) => {
		const reason = waiting.find((other) => other.context === context)?.reason;
		return [`${name(context)} ${reason?.text ?? 'waits'}`, ...holdsOf(store, machine, context)];
	});
	journal.site = hardwareSite('', first ?? waiting[0]?.context ?? 0);
	journal.report('violation', 'deadlock', title, details);
}

function holdsOf(store: Store, machine: Machine, context: number): readonly string[] {
	return store
		.context(context)
		.held.map(
			({ lock, mode, since }) =>
				`  ${contextName(machine, context)} holds ${cellName(store, lock)}${mode === 'shared' ? ' shared' : ''}, taken at ${describeStamp(machine, since)}`,
		);
}
