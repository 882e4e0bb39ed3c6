/**
 * RCU. A grace period is over when every context that was a reader as it began has since ceased to be one. Who is a reader:
 * - `preemptible`: a running context inside rcu_read_lock().
 * - `classic`: every running context, until it passes a quiescent state: cond_resched(), synchronize_rcu(), having to wait in
 *   a sleeping primitive, the end. rcu_read_lock() then only forbids sleeping.
 * A context that is done, dead or idle reads nothing in either, nor does one that has not run anything yet.
 *
 * What a grace period is waited for: callbacks, and contexts in synchronize_rcu(). Callbacks whose grace period is over are
 * ready in any order, as they would be on different CPUs.
 */

import { costNames } from './costs.ts';
import { errorAt } from './error-at.ts';
import type { WaitReason } from './machine.ts';
import { checkAccess } from './memory.ts';
import { cellPointerName, contextName, pointerName, stampText } from './names.ts';
import { freeObject, objectToFree } from './object-freeing.ts';
import { callbackContext } from './processor.ts';
import { atomicReasons } from './sleeping.ts';
import type { RcuCallback, Stamp } from './state.ts';
import type { Observer, PrimitiveBehaviour, PrimitiveCall, Store } from './store.ts';

/**
 * Whether a context has run nothing yet, and so has found nothing: it stands at its first instruction and holds no value. (A loop
 * that leads back there with a value in hand is told apart by that.)
 */
function isUntouched(store: Store, index: number): boolean {
	const [frame, ...others] = store.context(index).frames;
	if (frame === undefined || others.length > 0 || frame.instruction !== 0) return false;
	const isZero = (value: number) => value === 0;
	return frame.registers.every(isZero) && frame.locals.every((local) => store.object(local)?.cells.every(isZero));
}

/** Contexts that a grace period has to wait for when `self`, which is running, begins it now. */
function readersNow(store: Store, self: number): readonly number[] {
	const isClassic = store.machine.configuration.rcu === 'classic';
	const readers: number[] = [];
	for (let index = 0; index <= callbackContext(store.machine); index++) {
		const context = store.context(index);
		if (context.status !== 'running') continue;
		// The frames of the running context are not up to date; but it has begun, since it is here.
		if (context.rcuDepth > 0 || (isClassic && (index === self || !isUntouched(store, index)))) readers.push(index);
	}
	return readers;
}

/** Those of the readers that may still be reading. */
function remaining(store: Store, readers: readonly number[]): readonly number[] {
	return readers.filter((index) => store.context(index).status === 'running');
}

/**
 * Notes that a context reads nothing that it may have found before: no grace period that has begun waits for it any longer.
 * The caller has made sure that this is so.
 */
export function leaveReaders(store: Store, context: number): void {
	const callbacks = store.callbacks();
	if (callbacks.some((callback) => callback.waitsFor.includes(context))) {
		store.setCallbacks(
			callbacks.map((callback) =>
				callback.waitsFor.includes(context)
					? { ...callback, waitsFor: callback.waitsFor.filter((other) => other !== context) }
					: callback,
			),
		);
	}
	for (let index = 0; index <= callbackContext(store.machine); index++) {
		const { gracePeriod } = store.context(index);
		if (gracePeriod?.includes(context) === true) {
			store.changeContext(index, { gracePeriod: gracePeriod.filter((other) => other !== context) });
		}
	}
}

/**
 * To be called when a context goes to sleep: it stands before a sleeping primitive or a wait_event() and is not ready. For
 * classic RCU that is a quiescent state, unless the context must not sleep there. Calling it again does no harm.
 */
export function sleepBegins(store: Store, context: number): void {
	if (store.machine.configuration.rcu !== 'classic' || atomicReasons(store, context).length > 0) return;
	leaveReaders(store, context);
}

/** Numbers (in `store.callbacks()`) of the callbacks whose grace period is over. */
export function readyCallbacks(store: Store): readonly number[] {
	return store
		.callbacks()
		.map((callback, index) => (remaining(store, callback.waitsFor).length === 0 ? index : -1))
		.filter((index) => index !== -1);
}

/** `frees A`, `calls free_table(&T->rcu)`: what a callback does, for the list of choices. */
export function callbackText(store: Store, callback: RcuCallback): string {
	if (callback.function < 0) return `frees ${pointerName(store, callback.argument)}`;
	const name = store.machine.program.functions[callback.function]?.name ?? 'a function';
	return `calls ${name}(${cellPointerName(store, callback.argument)})`;
}

/** Why callbacks cannot be called yet, or null when there are none or one is ready. */
export function callbackWaitReason(store: Store): WaitReason | null {
	const callbacks = store.callbacks();
	if (callbacks.length === 0 || readyCallbacks(store).length > 0) return null;
	const holders = [...new Set(callbacks.flatMap((callback) => remaining(store, callback.waitsFor)))].sort();
	return graceWait(store, holders);
}

function graceWait(store: Store, holders: readonly number[]): WaitReason {
	const whom = holders.map((holder) => contextName(store.machine, holder)).join(' and ');
	const text =
		store.machine.configuration.rcu === 'classic'
			? `waits for a quiescent state of ${whom}`
			: `waits for ${whom} to leave the RCU read section`;
	return { kind: 'grace-period', what: 'the end of a grace period', text, lock: null, holders };
}

/** A call that the callback context is to make. */
export interface CallbackCall {
	/** Index into Program.functions. */
	readonly function: number;
	/** The rcu_head. */
	readonly argument: number;
}

/**
 * Takes a ready callback off the queue. One of kfree_rcu() frees its object at once; the call that another wants made is
 * returned. The callback context must be idle.
 */
export function takeCallback(store: Store, observer: Observer, index: number, at: Stamp): CallbackCall | null {
	const callbacks = store.callbacks();
	const callback = callbacks[index];
	if (callback === undefined) return null;
	store.setCallbacks(callbacks.toSpliced(index, 1));
	// It was idle until now, and so holds up nobody.
	leaveReaders(store, callbackContext(store.machine));
	observer.event('rcu', () => `grace period over: ${callbackText(store, callback)}`);
	if (callback.function < 0) {
		freeObject(store, observer, callback.argument, at);
		return null;
	}
	return { function: callback.function, argument: callback.argument };
}

function queue(call: PrimitiveCall, fn: number, argument: number): void {
	const { store, context, at } = call;
	const callbacks = store.callbacks();
	const { maxObjects } = store.machine.configuration;
	if (callbacks.length >= maxObjects)
		throw errorAt(store.machine, at, `more than ${maxObjects} RCU callbacks are waiting`);
	store.setCallbacks([...callbacks, { function: fn, argument, waitsFor: readersNow(store, context), queued: at }]);
	store.count(costNames.rcuCallbacks, 1);
}

/** Reports that what is being queued waits for its grace period already. */
function reportQueuedTwice(call: PrimitiveCall, text: string, queued: RcuCallback): void {
	const { store, observer } = call;
	observer.report('violation', 'double-free', `${text}: it is queued already`, [
		`queued at ${stampText(store.machine, queued.queued)}`,
	]);
}

export const rcuPrimitives = {
	rcu_read_lock: {
		run({ store, observer, context }) {
			store.changeContext(context, { rcuDepth: store.context(context).rcuDepth + 1 });
			observer.event('rcu', 'rcu_read_lock()');
			return 0;
		},
	},
	rcu_read_unlock: {
		run({ store, observer, context }) {
			const { rcuDepth } = store.context(context);
			if (rcuDepth === 0) {
				const who = contextName(store.machine, context);
				observer.report('violation', 'lock-misuse', `rcu_read_unlock(): ${who} is in no RCU read section`);
				return 0;
			}
			store.changeContext(context, { rcuDepth: rcuDepth - 1 });
			observer.event('rcu', 'rcu_read_unlock()');
			if (rcuDepth === 1 && store.machine.configuration.rcu === 'preemptible') leaveReaders(store, context);
			return 0;
		},
	},
	rcu_read_lock_held: { run: ({ store, context }) => (store.context(context).rcuDepth > 0 ? 1 : 0) },
	call_rcu: {
		run(call) {
			const { store, observer } = call;
			const [head = 0, pointer = 0] = call.arguments;
			const text = `call_rcu(${cellPointerName(store, head)})`;
			if (!checkAccess(store, observer, head, text)) return 0;
			if (store.machine.program.functions[pointer - 1] === undefined) {
				observer.report('violation', 'assertion', `${text}: the callback is no function`);
				observer.stop();
				return 0;
			}
			const queued = store.callbacks().find((other) => other.function >= 0 && other.argument === head);
			if (queued !== undefined) {
				reportQueuedTwice(call, text, queued);
				return 0;
			}
			queue(call, pointer - 1, head);
			observer.event('rcu', text);
			return 0;
		},
	},
	kfree_rcu: {
		run(call) {
			const { store, observer } = call;
			const [pointer = 0] = call.arguments;
			if (pointer === 0) return 0;
			const text = `kfree_rcu(${pointerName(store, pointer)})`;
			const queued = store.callbacks().find((other) => other.function < 0 && other.argument === pointer);
			if (queued !== undefined) reportQueuedTwice(call, text, queued);
			else if (objectToFree(store, observer, pointer, text) !== null) {
				queue(call, -1, pointer);
				observer.event('rcu', text);
			}
			return 0;
		},
	},
	synchronize_rcu: {
		// Two ops: the first notes who is reading, the second comes when they have left.
		ready({ store, context }) {
			const holders = remaining(store, store.context(context).gracePeriod ?? []);
			return holders.length === 0 ? null : graceWait(store, holders);
		},
		run({ store, observer, context }) {
			const { gracePeriod, rcuDepth } = store.context(context);
			if (gracePeriod !== null) {
				store.changeContext(context, { gracePeriod: null });
				observer.event('rcu', 'synchronize_rcu(): grace period over');
				return 0;
			}
			store.count(costNames.gracePeriods, 1);
			if (rcuDepth > 0) {
				const who = contextName(store.machine, context);
				const title = `synchronize_rcu() in an RCU read section: ${who} would wait for itself`;
				observer.report('violation', 'lock-misuse', title);
				return 0;
			}
			sleepBegins(store, context);
			const readers = readersNow(store, context).filter((reader) => reader !== context);
			if (readers.length > 0) store.changeContext(context, { gracePeriod: readers });
			observer.event('rcu', readers.length > 0 ? 'synchronize_rcu() begins' : 'synchronize_rcu(): no reader');
			return 0;
		},
		unfinished: ({ store, context }) => store.context(context).gracePeriod !== null,
	},
	cond_resched: {
		run({ store, observer, context }) {
			sleepBegins(store, context);
			observer.event('rcu', 'cond_resched()');
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
