/** Where a context must not sleep: under a spinning lock, in an RCU read section, with preemption or interrupts off, in a callback. */

import { lockKindAt } from './locks/lock-word.ts';
import { cellName, stampText } from './names.ts';
import { callbackContext } from './processor.ts';
import type { PrimitiveCall, Store } from './store.ts';

/** A reason why a context must not sleep: a few words, and a line with more to it. */
export interface AtomicReason {
	readonly text: string;
	readonly detail: string;
}

/** Why the context must not sleep now; empty when it may. */
export function atomicReasons(store: Store, index: number): readonly AtomicReason[] {
	const context = store.context(index);
	const reasons: AtomicReason[] = context.held.flatMap(({ lock, since }) => {
		const kind = lockKindAt(store, lock);
		if (kind !== 'spinlock' && kind !== 'rwlock') return [];
		const text = `holding ${kind} ${cellName(store, lock)}`;
		return [{ text, detail: `${cellName(store, lock)} was taken at ${stampText(store.machine, since)}` }];
	});
	if (context.rcuDepth > 0) reasons.push({ text: 'in an RCU read section', detail: '' });
	if (context.preemptDepth > 0) reasons.push({ text: 'with preemption disabled', detail: '' });
	if (context.irqsOff) reasons.push({ text: 'with interrupts disabled', detail: '' });
	if (index === callbackContext(store.machine)) reasons.push({ text: 'in an RCU callback', detail: '' });
	return reasons;
}

/**
 * Reports `sleep-in-atomic` when the calling context must not sleep. `what` is the call that may. To be called as a primitive
 * that `sleeps` begins to run: a context that waits in one is reported when it gets on.
 */
export function checkMaySleep(call: PrimitiveCall, what: string): void {
	const reasons = atomicReasons(call.store, call.context);
	if (reasons.length === 0) return;
	const title = `${what} may sleep, ${reasons.map((reason) => reason.text).join(', ')}`;
	const details = reasons.map((reason) => reason.detail).filter((detail) => detail !== '');
	call.observer.report('violation', 'sleep-in-atomic', title, details);
}
