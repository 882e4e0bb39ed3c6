/** The one way the machine advances. Pure: a state and a choice in, a state and what happened out. */

import { freeze } from 'immer';
import { IntegerError } from '../language/integer.ts';
import { actorName, actorOf, blockedContext, waitOf } from './actors.ts';
import { countLockWait } from './costs.ts';
import { type StepEnd, stepContext } from './cpu-step.ts';
import { reportDeadlock, type Waiting } from './deadlock.ts';
import { checkEnd } from './ending.ts';
import { globalObjects } from './globals.ts';
import { ImmerStore } from './immer-store.ts';
import { Execution } from './interpreter.ts';
import { canTakeFlush, deliverFlush } from './interrupts.ts';
import { checkInvariants, invariantFunctions } from './invariants.ts';
import { hardwareSite, Journal, type Site } from './journal.ts';
import { lockClassAt } from './locks/lock-word.ts';
import { type Choice, type Grain, type Machine, MachineError, type StepResult } from './machine.ts';
import { fillSpeculatively, speculativeFills } from './mmu.ts';
import { cellName, contextName } from './names.ts';
import { readyCallbacks, sleepBegins, takeCallback } from './rcu.ts';
import { runToEnd } from './run-to-end.ts';
import { firstFrame } from './stack.ts';
import { idleContext, type MachineState, type PageFrame } from './state.ts';
import type { Store } from './store.ts';
import type { Trace } from './trace.ts';
import type { Violation } from './violation.ts';

export { actorIndex, actorName, actors, choices } from './actors.ts';

/** Thrown for a choice that cannot be made in that state. */
export class ChoiceError extends Error {
	override readonly name = 'ChoiceError';
}

export interface StepOptions {
	/** Whether to make the texts of events; they cost more than the step. Default false: no events. */
	readonly events?: boolean;
	/** Where to note what the ops do to what others share. Default: nowhere. */
	readonly trace?: Trace;
}

/**
 * The state in which time begins: globals as initialised, the set-up function run to its end on CPU 0, each CPU before the
 * first statement of its entry function.
 * @throws MachineError when the set-up or an entry function is not there, or the set-up cannot be run
 */
export function initialState(machine: Machine): StepResult {
	const { configuration } = machine;
	const frames: PageFrame[] = Array.from({ length: configuration.frames + 1 }, () => ({
		owner: 0,
		isFree: true,
		generation: 0,
		word: 0,
		changed: null,
	}));
	const empty: MachineState = freeze<MachineState>(
		{
			clock: 0,
			objects: globalObjects(machine),
			contexts: Array.from({ length: configuration.cpus + 1 }, () => idleContext),
			tlbs: Array.from({ length: configuration.cpus }, () => []),
			spaces: [],
			frames,
			callbacks: [],
			flushes: [],
			ranges: [],
			costs: {},
			alarms: [],
			finished: false,
		},
		true,
	);
	const store = new ImmerStore(machine, empty, 0);
	const journal = new Journal(machine, 0, hardwareSite('', 0));
	return guarded(journal, () => {
		if (machine.setup !== null) runSetup(store, journal, functionIndex(machine, machine.setup));
		for (const [cpu, entry] of machine.entries.entries()) {
			if (entry === null || cpu >= configuration.cpus) continue;
			const frame = firstFrame(store, cpu, functionIndex(machine, entry), []);
			store.changeContext(cpu, { status: 'running', frames: [frame] });
		}
		journal.site = hardwareSite('', 0);
		checkInvariants(store, journal, 0, store.context(0));
		checkEnd(store, journal);
		return settleWaits(machine, store.finish(), journal, true);
	});
}

function functionIndex(machine: Machine, name: string): number {
	const index = machine.program.functions.findIndex((fn) => fn.name === name);
	const fn = machine.program.functions[index];
	if (fn === undefined) throw new MachineError(`there is no function ${name}()`, '');
	if (fn.type.parameters.length > 0) throw new MachineError(`${name}() must not have parameters`, '');
	return index;
}

function runSetup(store: ImmerStore, journal: Journal, index: number): void {
	store.changeContext(0, { status: 'running', frames: [firstFrame(store, 0, index, [])] });
	const execution = new Execution(store, journal, 0, store.context(0).frames);
	journal.site = execution;
	runToEnd(execution, () => {
		// Nobody else runs yet, but interrupts are taken.
		const [flush] = store.flushes();
		if (flush === undefined || !canTakeFlush(store, flush.target)) return false;
		deliverFlush(store, journal, flush.target);
		return true;
	});
	if (execution.status === 'dead') {
		const why = journal.violations.at(-1)?.title ?? 'it crashed';
		throw execution.error(`the set-up failed: ${why}`);
	}
	execution.writeBack();
	reportUnbalancedReturn(store, journal, 0);
	const { held, rcuDepth, preemptDepth, irqsOff } = idleContext;
	store.changeContext(0, { status: 'idle', frames: [], held, rcuDepth, preemptDepth, irqsOff, gracePeriod: null });
}

/** Reports what a context still holds when its outermost function has returned. */
function reportUnbalancedReturn(store: Store, journal: Journal, index: number): void {
	const { held, rcuDepth, preemptDepth, irqsOff } = store.context(index);
	const who = contextName(store.machine, index);
	for (const { lock, since } of held) {
		const title = `${who} is done and still holds ${cellName(store, lock)}`;
		journal.report('violation', 'lock-misuse', title, [`taken at step ${since.step}`]);
	}
	if (rcuDepth > 0) journal.report('violation', 'lock-misuse', `${who} is done inside an RCU read section`);
	if (preemptDepth > 0) journal.report('violation', 'lock-misuse', `${who} is done with preemption disabled`);
	if (irqsOff) journal.report('violation', 'lock-misuse', `${who} is done with interrupts disabled`);
}

/**
 * One step of one actor.
 * @throws ChoiceError when the choice is not one of `choices(machine, state)`
 * @throws MachineError for what the model cannot mean: an endless loop, a stack too deep, a value beyond 2^53
 */
export function step(
	machine: Machine,
	state: MachineState,
	choice: Choice,
	grain: Grain,
	options: StepOptions = {},
): StepResult {
	const actor = actorOf(machine, choice.actor);
	if (actor === null) throw new ChoiceError(`there is no actor ${choice.actor}`);
	const clock = state.clock + 1;
	const store = new ImmerStore(machine, state, clock);
	const name = actorName(machine, choice.actor);
	const { events = false, trace } = options;
	const site = hardwareSite(name, actor.index);
	const journal = new Journal(machine, clock, site, trace === undefined ? { events } : { events, trace });
	return guarded(journal, () => {
		switch (actor.kind) {
			case 'cpu':
				if (choice.alternative !== 0) throw noAlternative(name, choice);
				return stepRunning(machine, state, store, journal, actor.index, grain);
			case 'rcu':
				return stepCallbacks(machine, state, store, journal, choice, grain);
			case 'ipi':
				if (choice.alternative !== 0) throw noAlternative(name, choice);
				if (!canTakeFlush(store, actor.index)) throw new ChoiceError(`${name} has no interrupt to take now`);
				journal.trace?.push({ kind: 'interrupt', cpu: actor.index });
				deliverFlush(store, journal, actor.index);
				return finishStep(machine, store, journal, actor.index, null, true);
			case 'mmu': {
				const fills = machine.configuration.fill === 'speculative' ? speculativeFills(store, actor.index) : [];
				const fill = fills[choice.alternative];
				if (fill === undefined) throw noAlternative(name, choice);
				const at = { step: clock, context: actor.index, function: -1, instruction: 0 };
				fillSpeculatively(store, journal, actor.index, fill, at);
				// A fill ends nobody's wait, and its being possible is no way out of a deadlock.
				return finishStep(machine, store, journal, actor.index, null, false);
			}
		}
	});
}

function noAlternative(name: string, choice: Choice): ChoiceError {
	return new ChoiceError(`${name} has no possibility number ${choice.alternative} now`);
}

/** Gives errors of the arithmetic and of bounds the place where the code stands. */
function guarded<T>(journal: Journal, run: () => T): T {
	try {
		return run();
	} catch (error) {
		if (journal.site instanceof Execution) throw journal.site.located(error);
		throw error instanceof IntegerError ? new MachineError(error.message, '') : error;
	}
}

function stepRunning(
	machine: Machine,
	state: MachineState,
	store: ImmerStore,
	journal: Journal,
	index: number,
	grain: Grain,
): StepResult {
	const context = state.contexts[index];
	if (context?.status !== 'running') {
		throw new ChoiceError(`${contextName(machine, index)} is ${context?.status ?? 'not there'}`);
	}
	const execution = new Execution(store, journal, index, context.frames);
	journal.site = execution;
	const hasInvariants = invariantFunctions(machine.program).length > 0;
	const afterOp = (site: Site): void => {
		if (!hasInvariants || !execution.touched) return;
		execution.touched = false;
		journal.site = site;
		checkInvariants(store, journal, index, { frames: execution.frames() });
		journal.site = execution;
	};
	const end = stepContext(execution, grain, afterOp);
	if (!('completed' in end)) throw new ChoiceError(`${contextName(machine, index)} ${end.text}`);
	if (end.ops === 0 && grain !== 'op') requireReady(machine, state, index, end);
	execution.writeBack();
	settleContext(store, journal, index, execution);
	return finishStep(machine, store, journal, index, end, true);
}

/**
 * A line without an op is a step, but not where the op that follows must wait: who has to wait is no choice. Nor is it one
 * where no op follows: of a loop that nobody else can see, each round would be a step, for ever.
 */
function requireReady(machine: Machine, state: MachineState, index: number, end: StepEnd): void {
	if (end.next === 'ready' || end.next === 'ended') return;
	const reason = end.next === 'unknown' ? (waitOf(machine, state, index)?.reason ?? null) : end.next;
	if (reason !== null) throw new ChoiceError(`${contextName(machine, index)} ${reason.text}`);
}

/** After a context has run: one that has crashed stays where it is; one whose outermost function has returned is put to rest. */
export function settleContext(store: Store, journal: Journal, index: number, execution: Execution): void {
	if (execution.status === 'dead') store.changeContext(index, { status: 'dead' });
	if (execution.status !== 'returned') return;
	const { machine } = store;
	journal.site = execution;
	reportUnbalancedReturn(store, journal, index);
	const isCallback = index === machine.configuration.cpus;
	store.changeContext(index, { status: isCallback ? 'idle' : 'done', frames: [] });
	if (!isCallback) journal.event('end', `${contextName(machine, index)} is done`);
	journal.site = hardwareSite(contextName(machine, index), index);
}

function stepCallbacks(
	machine: Machine,
	state: MachineState,
	store: ImmerStore,
	journal: Journal,
	choice: Choice,
	grain: Grain,
): StepResult {
	const index = machine.configuration.cpus;
	if (state.contexts[index]?.status !== 'idle') {
		if (choice.alternative !== 0) throw noAlternative('rcu', choice);
		return stepRunning(machine, state, store, journal, index, grain);
	}
	const ready = readyCallbacks(store)[choice.alternative];
	if (ready === undefined) throw noAlternative('rcu', choice);
	const at = { step: store.clock, context: index, function: -1, instruction: 0 };
	const callback = store.callbacks()[ready];
	if (callback !== undefined) journal.trace?.push({ kind: 'callback', callback });
	const call = takeCallback(store, journal, ready, at);
	if (call === null) return finishStep(machine, store, journal, index, null, true);
	store.changeContext(index, { status: 'running', frames: [firstFrame(store, index, call.function, [call.argument])] });
	if (grain !== 'op') return finishStep(machine, store, journal, index, null, true);
	const execution = new Execution(store, journal, index, store.context(index).frames);
	journal.site = execution;
	execution.runInvisible(false);
	execution.writeBack();
	settleContext(store, journal, index, execution);
	return finishStep(machine, store, journal, index, null, true);
}

/**
 * What every step ends with.
 * @param end how the context's own step ended; null for a step of hardware, after which invariants are due
 * @param mayDeadlock whether the step can have led into a deadlock
 */
function finishStep(
	machine: Machine,
	store: ImmerStore,
	journal: Journal,
	index: number,
	end: StepEnd | null,
	mayDeadlock: boolean,
): StepResult {
	if (end === null) checkInvariants(store, journal, index, store.context(index));
	else if (typeof end.next === 'object' && end.next.lock !== null)
		countLockWait(store, lockClassAt(store, end.next.lock));
	checkEnd(store, journal);
	const isReady = end?.next === 'ready';
	return settleWaits(machine, store.finish(), journal, mayDeadlock && !isReady, end?.completed ?? true);
}

/** The contexts that must wait, when nothing can run: no context, no callback, no interrupt. Else null. */
function stuck(machine: Machine, state: MachineState): readonly Waiting[] | null {
	const { cpus } = machine.configuration;
	const waiting: Waiting[] = [];
	for (let context = 0; context <= cpus; context++) {
		if (state.contexts[context]?.status !== 'running') continue;
		const blocked = blockedContext(machine, state, context);
		if (blocked === null) return null;
		waiting.push({ context, reason: blocked.reason });
	}
	if (waiting.length === 0) return null;
	const store = new ImmerStore(machine, state, state.clock);
	if (state.contexts[cpus]?.status === 'idle' && readyCallbacks(store).length > 0) return null;
	for (let cpu = 0; cpu < cpus; cpu++) if (canTakeFlush(store, cpu)) return null;
	return waiting;
}

/** Notes who has gone to sleep, where that matters, and reports a deadlock. */
function settleWaits(
	machine: Machine,
	state: MachineState,
	journal: Journal,
	mayDeadlock: boolean,
	completed = true,
): StepResult {
	const settled = noteSleepers(machine, state);
	const waiting = mayDeadlock ? stuck(machine, settled) : null;
	if (waiting !== null) reportDeadlock(new ImmerStore(machine, settled, settled.clock), journal, waiting);
	const violations: readonly Violation[] = journal.violations;
	return { state: settled, violations, events: journal.events, completed };
}

/** With classic RCU, a context that sleeps holds up no grace period. */
function noteSleepers(machine: Machine, state: MachineState): MachineState {
	if (machine.configuration.rcu !== 'classic') return state;
	const isAwaited = (index: number) =>
		state.callbacks.some(({ waitsFor }) => waitsFor.includes(index)) ||
		state.contexts.some(({ gracePeriod }) => gracePeriod?.includes(index) === true);
	const store = new ImmerStore(machine, state, state.clock);
	let isChanged = false;
	for (const [index, context] of state.contexts.entries()) {
		if (context.status !== 'running' || !isAwaited(index)) continue;
		if (blockedContext(machine, state, index)?.isSleeping !== true) continue;
		sleepBegins(store, index);
		isChanged = true;
	}
	return isChanged ? store.finish() : state;
}
