/** How every primitive behaves. The type makes it complete: a name added to the language must be added here. */

import type { PrimitiveName } from '../../language/primitives.ts';
import { allocatorPrimitives } from '../allocator.ts';
import { atomicPrimitives } from '../atomics.ts';
import { framePrimitives } from '../frames.ts';
import { interruptPrimitives } from '../interrupts.ts';
import { mutexPrimitives } from '../locks/mutex.ts';
import { rwSemaphorePrimitives } from '../locks/rw-semaphore.ts';
import { rwlockPrimitives } from '../locks/rwlock.ts';
import { spinlockPrimitives } from '../locks/spinlock.ts';
import { mmuPrimitives } from '../mmu.ts';
import { rcuPrimitives } from '../rcu.ts';
import { reportPrimitives } from '../report.ts';
import { runningContextPrimitives } from '../running-context.ts';
import type { PrimitiveBehaviour } from '../store.ts';
import { tlbPrimitives } from '../tlb.ts';
import { viewPrimitives } from '../views.ts';

/** The behaviour of every primitive, by name. That a primitive may sleep where it must not is checked by who runs it. */
export const behaviours: Readonly<Record<PrimitiveName, PrimitiveBehaviour>> = {
	...allocatorPrimitives,
	...atomicPrimitives,
	...framePrimitives,
	...interruptPrimitives,
	...mmuPrimitives,
	...mutexPrimitives,
	...rcuPrimitives,
	...reportPrimitives,
	...runningContextPrimitives,
	...rwSemaphorePrimitives,
	...rwlockPrimitives,
	...spinlockPrimitives,
	...tlbPrimitives,
	...viewPrimitives,
};
