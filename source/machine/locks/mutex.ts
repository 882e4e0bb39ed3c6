/** struct mutex. Waiting for it is sleeping: see sleeping.ts. */

import type { PrimitiveBehaviour } from '../store.ts';
import { exclusiveLock, exclusiveTrylock, exclusiveUnlock } from './exclusive-lock.ts';

export const mutexPrimitives = {
	mutex_lock: exclusiveLock('mutex_lock', 'mutex'),
	mutex_trylock: exclusiveTrylock('mutex_trylock', 'mutex'),
	mutex_unlock: exclusiveUnlock('mutex_unlock'),
} satisfies Record<string, PrimitiveBehaviour>;
