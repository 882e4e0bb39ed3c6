/** spinlock_t. A context that spins is simply not ready; one that takes its own lock again waits for itself for ever. */

import type { PrimitiveBehaviour } from '../store.ts';
import { exclusiveLock, exclusiveTrylock, exclusiveUnlock } from './exclusive-lock.ts';
import { isUsable, lockOf } from './held-locks.ts';
import { isLiveLock, lockStatus, lockWord } from './lock-word.ts';

export const spinlockPrimitives = {
	spin_lock: exclusiveLock('spin_lock', 'spinlock'),
	spin_trylock: exclusiveTrylock('spin_trylock', 'spinlock'),
	spin_unlock: exclusiveUnlock('spin_unlock'),
	spin_is_locked: {
		run(call) {
			if (!isUsable(call, 'spin_is_locked')) return 0;
			return lockWord(call.store, lockOf(call)) === 0 ? 0 : 1;
		},
	},
	lock_is_held: {
		run: (call) => (call.store.context(call.context).held.some((hold) => hold.lock === lockOf(call)) ? 1 : 0),
	},
	lock_owner: {
		run: (call) => lockStatus(call.store, lockOf(call)).holders.find(({ mode }) => mode === 'exclusive')?.context ?? -1,
	},
	lock_is_taken: {
		run: (call) => (isLiveLock(call.store, lockOf(call)) && lockWord(call.store, lockOf(call)) !== 0 ? 1 : 0),
	},
} satisfies Record<string, PrimitiveBehaviour>;
