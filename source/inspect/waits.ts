/** The wait-for graph: who waits for what, and who has it. */

import { actorOf } from '../machine/actors.ts';
import { waitCycles } from '../machine/deadlock.ts';
import { contextName } from '../machine/describe.ts';
import type { ActorStatus, Machine, WaitReason } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';
import type { WaitGraph, WaitRow, WaitsOn } from './views.ts';

/**
 * Whoever waits, and whoever is waited for. `statuses` are the actors of `state`, `earlier` those of the state compared with.
 * A flush interrupt is waited for at the actor that takes it, not at its CPU: with interrupts on, the CPU may do whatever it likes.
 */
export function waitGraph(
	target: Target,
	state: MachineState,
	statuses: readonly ActorStatus[],
	earlier: readonly ActorStatus[] | null,
): WaitGraph {
	const { machine, scenario, selection } = target;
	const program = scenario.programs.find(({ id }) => id === selection.program);
	const waiting = statuses.flatMap(({ actor, wait }) => (wait === null ? [] : [{ actor, wait }]));
	const edges = new Map(waiting.map(({ actor, wait }) => [actor, targetsOf(machine, actor, wait)]));
	const cycles = waitCycles(edges);
	const inCycle = new Set(cycles.flat());
	const involved = new Set([...edges].flatMap(([actor, targets]) => [actor, ...targets]));
	const name = (actor: number): string => nodeName(machine, statuses, actor);
	return {
		actors: statuses
			.filter(({ actor }) => involved.has(actor))
			.map(({ actor, status }) => ({ name: name(actor), role: program?.cpus[actor]?.name ?? '', status })),
		waits: waiting.map(({ actor, wait }): WaitRow => {
			const { kind, what } = wait;
			const before = earlier?.find((other) => other.actor === actor)?.wait ?? null;
			return {
				actor: name(actor),
				kind,
				what,
				on: (edges.get(actor) ?? []).map((to): WaitsOn => ({ actor: name(to), ...holdOf(state, wait, to) })),
				inCycle: inCycle.has(actor),
				changed: earlier !== null && before?.what !== what,
			};
		}),
		ready: statuses.filter(({ status }) => status === 'ready').map(({ actor }) => name(actor)),
		cycles: cycles.map((cycle) => cycle.map(name)),
	};
}

/** `CPU0`, `rcu`, `ipi1`. */
function nodeName(machine: Machine, statuses: readonly ActorStatus[], actor: number): string {
	return actor <= machine.configuration.cpus
		? contextName(machine, actor)
		: (statuses.find((status) => status.actor === actor)?.name ?? `actor${actor}`);
}

/** The actors that a wait ends at. */
function targetsOf(machine: Machine, actor: number, { kind, holders }: WaitReason): readonly number[] {
	const isContext = actor <= machine.configuration.cpus;
	if (kind !== 'interrupt' || !isContext) return holders;
	// Actors that take interrupts come after the contexts; see machine.ts.
	return holders.map((cpu) => machine.configuration.cpus + 1 + cpu).filter((to) => actorOf(machine, to) !== null);
}

/** In what mode and since which step the lock is held that is waited for; nothing of the kind for other waits. */
function holdOf(state: MachineState, { lock }: WaitReason, holder: number): Omit<WaitsOn, 'actor'> {
	const held = state.contexts[holder]?.held.find((hold) => hold.lock === lock);
	return { mode: held?.mode ?? null, since: held?.since.step ?? null };
}
