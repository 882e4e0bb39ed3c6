/** rwlock_t. A context may take it shared again while it holds it shared, as the kernel's readers may. */

import type { PrimitiveBehaviour } from '../store.ts';
import { sharedLock, sharedTrylock, sharedUnlock } from './shared-lock.ts';

export const rwlockPrimitives = {
	read_lock: sharedLock('read_lock', 'rwlock', 'shared'),
	read_trylock: sharedTrylock('read_trylock', 'rwlock', 'shared'),
	read_unlock: sharedUnlock('read_unlock', 'shared'),
	write_lock: sharedLock('write_lock', 'rwlock', 'exclusive'),
	write_trylock: sharedTrylock('write_trylock', 'rwlock', 'exclusive'),
	write_unlock: sharedUnlock('write_unlock', 'exclusive'),
} satisfies Record<string, PrimitiveBehaviour>;
