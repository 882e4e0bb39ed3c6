/** What the locks that many readers or one writer may hold have in common: rwlock and rw_semaphore. */

import type { LockMode } from '../state.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from '../store.ts';
import { dropHold, holdToRelease, type LockCall, lockCallText, takeLock, waitForLock } from './held-locks.ts';
import type { LockKind } from './lock-word.ts';

/** A lock word without a writer; readers do not queue behind a waiting writer. */
const admitsReader = (word: number): boolean => word >= 0;
const admitsWriter = (word: number): boolean => word === 0;

/** What the word must allow for a hold of that mode. */
function admits(mode: LockMode): (word: number) => boolean {
	return mode === 'shared' ? admitsReader : admitsWriter;
}

/** The word without the context's hold. */
function withoutContext(word: number, context: number): number {
	return word < 0 ? 0 : word & ~(1 << context);
}

function take(call: PrimitiveCall, lockCall: LockCall, mode: LockMode): boolean {
	const { context } = call;
	const taken = (word: number) => (mode === 'shared' ? word | (1 << context) : -(context + 1));
	return takeLock(call, lockCall, mode, admits(mode), taken);
}

export function sharedLock(name: string, kind: LockKind, mode: LockMode): PrimitiveBehaviour {
	return {
		ready: (call) => waitForLock(call, admits(mode)),
		run(call) {
			if (take(call, { name, kind }, mode))
				call.observer.event('lock', () => lockCallText(call, name), call.arguments[0]);
			else call.observer.stop();
			return 0;
		},
	};
}

export function sharedTrylock(name: string, kind: LockKind, mode: LockMode): PrimitiveBehaviour {
	return {
		run(call) {
			const taken = take(call, { name, kind }, mode);
			call.observer.event(
				'lock',
				() => `${lockCallText(call, name)}: ${taken ? 'taken' : 'not free'}`,
				call.arguments[0],
			);
			return taken ? 1 : 0;
		},
	};
}

export function sharedUnlock(name: string, mode: LockMode): PrimitiveBehaviour {
	return {
		run(call) {
			const hold = holdToRelease(call, name, mode);
			if (hold !== null) {
				dropHold(call, hold, (word) => withoutContext(word, call.context));
				call.observer.event('unlock', () => lockCallText(call, name), call.arguments[0]);
			}
			return 0;
		},
	};
}
