/**
 * What one op step of each kind of actor does, on any Store: the parts of machine/step.ts that depend on what the op reads, each
 * on its own, so that each can be remembered. That they add up to `step` is tested state by state.
 */

import type { Access } from '../language/code.ts';
import { type Primitive, primitives } from '../language/primitives.ts';
import { Execution } from '../machine/interpreter.ts';
import { canTakeFlush, deliverFlush } from '../machine/interrupts.ts';
import { hardwareSite, type Journal } from '../machine/journal.ts';
import { lockClassAt } from '../machine/locks/lock-word.ts';
import { fillSpeculatively, speculativeFills } from '../machine/mmu.ts';
import { readyCallbacks, takeCallback } from '../machine/rcu.ts';
import { firstFrame } from '../machine/stack.ts';
import { type HeldLock, type LockMode, pointerStride } from '../machine/state.ts';
import { settleContext } from '../machine/step.ts';
import type { Store } from '../machine/store.ts';
import type { StackEntry } from '../machine/violation.ts';
import { cellText } from './races.ts';

/** A load, a store or an atomic update (a marked write) of one cell. */
export interface CellAccess {
	readonly object: number;
	readonly cell: number;
	/** The cell by its type: `struct vmap_block.dirty`. */
	readonly name: string;
	readonly isWrite: boolean;
	readonly access: Access;
}

/** A hold on a lock, by the lock and by its class. */
export interface LockHold {
	readonly lock: number;
	readonly lockClass: string;
	readonly mode: LockMode;
}

/** A lock taken under others, in a way that waits for it. */
export interface Acquisition {
	readonly taken: LockHold;
	readonly under: readonly LockHold[];
}

/** What an op came to. */
export type Outcome =
	/**
	 * It cannot be done now. `isSleeping`: whoever waits there sleeps. `lock`: the lock
	 * that it waits for, or null.
	 */
	| {
			readonly kind: 'waits';
			readonly isSleeping: boolean;
			readonly lock: number | null;
	  }
	| {
			readonly kind: 'done';
			/** Whether invariants are due. */
			readonly touched: boolean;
			/** Where the op stands in the text; what invariants find is found there. */
			readonly place: StackEntry;
			/** For an op that is a single load, store or atomic. */
			readonly access: CellAccess | null;
			/** The lock that it took while it held others. */
			readonly acquisition: Acquisition | null;
	  };

const nowhere: StackEntry = { function: '', file: '', line: 0 };

/** One op of a running context, with what is invisible before it and after it. */
export function contextOp(store: Store, journal: Journal, index: number): Outcome {
	const execution = new Execution(store, journal, index, store.context(index).frames);
	journal.site = execution;
	let access: CellAccess | null = null;
	const heldBefore = store.context(index).held;
	let mayWait = false;
	const isOp = execution.runInvisible(true) === 'op';
	const reason = isOp ? execution.waitReason() : null;
	if (reason !== null) {
		return { kind: 'waits', isSleeping: execution.isAtSleepingOp(), lock: reason.lock };
	}
	const site = execution.site();
	if (isOp) {
		access = accessOf(execution);
		mayWait = isWaitingPrimitive(execution);
		execution.runOp();
		execution.runInvisible(false);
	}
	execution.writeBack();
	const acquisition = mayWait ? acquisitionOf(store, heldBefore, store.context(index).held) : null;
	settleContext(store, journal, index, execution);
	return { kind: 'done', touched: execution.touched, place: site.place(), access, acquisition };
}

/** Whether the op is a primitive that waits for what it wants; a trylock is not, and closes no circle. */
function isWaitingPrimitive(execution: Execution): boolean {
	const instruction = execution.runningCode.code[execution.instruction];
	return instruction?.op === 'primitive' && (primitives[instruction.name] as Primitive).blocks === true;
}

/** The lock that is held after an op and was not before, when others were; else null. */
export function acquisitionOf(
	store: Store,
	before: readonly HeldLock[],
	after: readonly HeldLock[],
): Acquisition | null {
	const hold = ({ lock, mode }: HeldLock): LockHold => ({ lock, lockClass: lockClassAt(store, lock), mode });
	const taken = after.find(({ lock }) => !before.some((old) => old.lock === lock));
	return taken === undefined || before.length === 0 ? null : { taken: hold(taken), under: before.map(hold) };
}

/** The cell that a context standing before a load, a store or an atomic is about to use; null before any other op. */
function accessOf(execution: Execution): CellAccess | null {
	const instruction = execution.runningCode.code[execution.instruction];
	if (instruction?.op === 'primitive' && instruction.name.startsWith('__atomic_')) {
		return cellAccess(execution, instruction.arguments[0] ?? 0, true, 'once');
	}
	if (instruction?.op !== 'load' && instruction?.op !== 'store') return null;
	return cellAccess(execution, instruction.pointer, instruction.op === 'store', instruction.access);
}

function cellAccess(execution: Execution, register: number, isWrite: boolean, access: Access): CellAccess | null {
	const pointer = execution.register(register);
	const id = Math.floor(pointer / pointerStride);
	const object = pointer >= pointerStride ? execution.store.object(id) : null;
	if (object === null) return null;
	const cell = pointer % pointerStride;
	return { object: id, cell, name: cellText(execution.machine, object, cell), isWrite, access };
}

const hardwareDone: Outcome = { kind: 'done', touched: true, place: nowhere, access: null, acquisition: null };
const waits: Outcome = { kind: 'waits', isSleeping: false, lock: null };

/** The callback context, which is idle, takes its ready callback number `alternative`. Waits when there are fewer. */
export function callbackOp(store: Store, journal: Journal, alternative: number): Outcome {
	const { machine } = store;
	const index = machine.configuration.cpus;
	const ready = readyCallbacks(store)[alternative];
	if (ready === undefined) return waits;
	const at = { step: store.clock, context: index, function: -1, instruction: 0 };
	const call = takeCallback(store, journal, ready, at);
	if (call === null) return hardwareDone;
	store.changeContext(index, { status: 'running', frames: [firstFrame(store, index, call.function, [call.argument])] });
	const execution = new Execution(store, journal, index, store.context(index).frames);
	journal.site = execution;
	execution.runInvisible(false);
	execution.writeBack();
	settleContext(store, journal, index, execution);
	return hardwareDone;
}

/** A CPU takes its next flush interrupt. Waits when there is none, or interrupts are off. */
export function interruptOp(store: Store, journal: Journal, cpu: number): Outcome {
	if (!canTakeFlush(store, cpu)) return waits;
	deliverFlush(store, journal, cpu);
	return hardwareDone;
}

/** A CPU caches a translation without having been asked. Waits when there are fewer than `alternative` that it could. */
export function fillOp(store: Store, journal: Journal, cpu: number, alternative: number): Outcome {
	const fill = speculativeFills(store, cpu)[alternative];
	if (fill === undefined) return waits;
	const at = { step: store.clock, context: cpu, function: -1, instruction: 0 };
	fillSpeculatively(store, journal, cpu, fill, at);
	return hardwareDone;
}

/** The site of what hardware does. */
export function siteOfHardware(name: string, index: number): ReturnType<typeof hardwareSite> {
	return hardwareSite(name, index);
}
