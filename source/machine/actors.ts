/** Who can be chosen to advance: CPUs, RCU callbacks, pending flush interrupts, speculative fills. See machine.ts for the numbers. */

import { ImmerStore } from './immer-store.ts';
import { Execution } from './interpreter.ts';
import { canTakeFlush, flushText, nextFlush } from './interrupts.ts';
import { hardwareSite, Journal } from './journal.ts';
import { type ActorStatus, type Choice, type Machine, MachineError, type WaitReason } from './machine.ts';
import { speculativeFills, speculativeFillText } from './mmu.ts';
import { contextName } from './names.ts';
import { interruptsOff } from './processor.ts';
import { callbackText, callbackWaitReason, readyCallbacks } from './rcu.ts';
import { sourceLine } from './source-line.ts';
import type { MachineState } from './state.ts';
import type { Store } from './store.ts';

/** What an actor's number stands for. `index` is the context, or the CPU. */
export interface Actor {
	readonly kind: 'cpu' | 'rcu' | 'ipi' | 'mmu';
	readonly index: number;
}

/** The actor of that number, or null. */
export function actorOf(machine: Machine, actor: number): Actor | null {
	const { cpus } = machine.configuration;
	if (!Number.isInteger(actor) || actor < 0 || actor > 3 * cpus) return null;
	if (actor < cpus) return { kind: 'cpu', index: actor };
	if (actor === cpus) return { kind: 'rcu', index: cpus };
	return actor <= 2 * cpus ? { kind: 'ipi', index: actor - cpus - 1 } : { kind: 'mmu', index: actor - 2 * cpus - 1 };
}

/** `cpu0`, `rcu`, `ipi1`, `mmu1`. */
export function actorName(machine: Machine, actor: number): string {
	const found = actorOf(machine, actor);
	if (found === null) return `actor${actor}`;
	return found.kind === 'rcu' ? 'rcu' : `${found.kind}${found.index}`;
}

/** The number of the actor of that name, whatever its case; -1 when there is none. */
export function actorIndex(machine: Machine, name: string): number {
	const wanted = name.toLowerCase();
	for (let actor = 0; actor <= 3 * machine.configuration.cpus; actor++) {
		if (actorName(machine, actor) === wanted) return actor;
	}
	return -1;
}

/** Why a running context cannot do its next op. */
export interface Blocked {
	readonly reason: WaitReason;
	/** Whether it sleeps meanwhile, as opposed to spinning. */
	readonly isSleeping: boolean;
}

/** Why a running context must wait, or null when it can do its next op. Tried on a copy: the state is not touched. */
export function blockedContext(machine: Machine, state: MachineState, context: number): Blocked | null {
	try {
		return waitOf(machine, state, context);
	} catch (error) {
		// The step itself will say what is wrong.
		if (error instanceof MachineError) return null;
		throw error;
	}
}

/**
 * The same for a context whose step is being made.
 * @throws MachineError when it never comes to an op
 */
export function waitOf(machine: Machine, state: MachineState, context: number): Blocked | null {
	const frames = state.contexts[context]?.frames ?? [];
	const store = new ImmerStore(machine, state, state.clock + 1);
	const journal = new Journal(machine, state.clock + 1, hardwareSite('', context));
	const execution = new Execution(store, journal, context, frames);
	if (execution.runInvisible(true) !== 'op') return null;
	const reason = execution.waitReason();
	return reason === null ? null : { reason, isSleeping: execution.isAtSleepingOp() };
}

function contextStatus(machine: Machine, state: MachineState, context: number): Omit<ActorStatus, 'actor' | 'name'> {
	const status = state.contexts[context]?.status ?? 'idle';
	if (status !== 'running') return { status, alternatives: [], wait: null };
	const blocked = blockedContext(machine, state, context);
	if (blocked !== null) return { status: 'waiting', alternatives: [], wait: blocked.reason };
	return { status: 'ready', alternatives: [nextText(machine, state, context)], wait: null };
}

/** The line that a context stands at: `vb_alloc: spin_lock(&vb->lock);`. */
function nextText(machine: Machine, state: MachineState, context: number): string {
	const { program } = machine;
	const frame = state.contexts[context]?.frames.at(-1);
	const fn = program.functions[frame?.function ?? -1];
	if (frame === undefined || fn === undefined) return '';
	return `${fn.name}: ${sourceLine(program, fn, frame.instruction)}`;
}

function callbackStatus(machine: Machine, state: MachineState, store: Store): Omit<ActorStatus, 'actor' | 'name'> {
	const context = machine.configuration.cpus;
	if (state.contexts[context]?.status !== 'idle') return contextStatus(machine, state, context);
	const callbacks = store.callbacks();
	const alternatives = readyCallbacks(store).flatMap((index) => {
		const callback = callbacks[index];
		return callback === undefined ? [] : [callbackText(store, callback)];
	});
	if (alternatives.length > 0) return { status: 'ready', alternatives, wait: null };
	const wait = callbackWaitReason(store);
	return { status: wait === null ? 'idle' : 'waiting', alternatives, wait };
}

function interruptStatus(machine: Machine, store: Store, cpu: number): Omit<ActorStatus, 'actor' | 'name'> {
	const flush = nextFlush(store, cpu);
	if (flush === null) return { status: 'idle', alternatives: [], wait: null };
	if (canTakeFlush(store, cpu))
		return { status: 'ready', alternatives: [`takes ${flushText(store, flush)}`], wait: null };
	const who = contextName(machine, cpu);
	const wait: WaitReason = {
		kind: 'interrupt',
		what: `interrupts on ${who}`,
		text: `waits for ${who} to enable interrupts`,
		lock: null,
		holders: [cpu],
	};
	return { status: 'waiting', alternatives: [], wait: interruptsOff(store, cpu) ? wait : null };
}

function fillStatus(machine: Machine, store: Store, cpu: number): Omit<ActorStatus, 'actor' | 'name'> {
	const fills = machine.configuration.fill === 'speculative' ? speculativeFills(store, cpu) : [];
	const alternatives = fills.map((fill) => speculativeFillText(store, fill));
	return { status: alternatives.length > 0 ? 'ready' : 'idle', alternatives, wait: null };
}

/**
 * Every actor as it stands: the CPUs and `rcu` at their numbers, then an `ipiN` for each CPU with a flush on its way and, with
 * speculative fills, the `mmuN`.
 */
export function actors(machine: Machine, state: MachineState): readonly ActorStatus[] {
	const { cpus } = machine.configuration;
	const store = new ImmerStore(machine, state, state.clock);
	const all: ActorStatus[] = [];
	for (let actor = 0; actor <= 3 * cpus; actor++) {
		const found = actorOf(machine, actor);
		if (found === null) continue;
		if (found.kind === 'ipi' && nextFlush(store, found.index) === null) continue;
		if (found.kind === 'mmu' && machine.configuration.fill !== 'speculative') continue;
		all.push({ actor, name: actorName(machine, actor), ...statusOf(machine, state, store, found) });
	}
	return all;
}

function statusOf(
	machine: Machine,
	state: MachineState,
	store: Store,
	actor: Actor,
): Omit<ActorStatus, 'actor' | 'name'> {
	switch (actor.kind) {
		case 'cpu':
			return contextStatus(machine, state, actor.index);
		case 'rcu':
			return callbackStatus(machine, state, store);
		case 'ipi':
			return interruptStatus(machine, store, actor.index);
		case 'mmu':
			return fillStatus(machine, store, actor.index);
	}
}

/** Everything that can happen next, in order of actor and alternative. */
export function choices(machine: Machine, state: MachineState): readonly Choice[] {
	return actors(machine, state).flatMap(({ actor, alternatives }) =>
		alternatives.map((_, alternative) => ({ actor, alternative })),
	);
}
