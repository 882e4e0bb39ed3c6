/** What the locks that one context holds alone have in common: spinlock and mutex. */

import type { PrimitiveBehaviour, PrimitiveCall } from '../store.ts';
import { dropHold, holdToRelease, lockCallText, takeLock, waitForLock } from './held-locks.ts';
import type { LockKind } from './lock-word.ts';

const isFree = (word: number): boolean => word === 0;

function take(call: PrimitiveCall, name: string, kind: LockKind): boolean {
	return takeLock(call, { name, kind }, 'exclusive', isFree, () => call.context + 1);
}

export function exclusiveLock(name: string, kind: LockKind): PrimitiveBehaviour {
	return {
		ready: (call) => waitForLock(call, isFree),
		run(call) {
			// Ready, and yet not to be had: the lock lies in freed memory, where nobody will ever release it.
			if (take(call, name, kind)) call.observer.event('lock', () => lockCallText(call, name), call.arguments[0]);
			else call.observer.stop();
			return 0;
		},
	};
}

export function exclusiveTrylock(name: string, kind: LockKind): PrimitiveBehaviour {
	return {
		run(call) {
			const taken = take(call, name, kind);
			call.observer.event(
				'lock',
				() => `${lockCallText(call, name)}: ${taken ? 'taken' : 'not free'}`,
				call.arguments[0],
			);
			return taken ? 1 : 0;
		},
	};
}

export function exclusiveUnlock(name: string): PrimitiveBehaviour {
	return {
		run(call) {
			const hold = holdToRelease(call, name, 'exclusive');
			if (hold !== null) {
				dropHold(call, hold, () => 0);
				call.observer.event('unlock', () => lockCallText(call, name), call.arguments[0]);
			}
			return 0;
		},
	};
}
