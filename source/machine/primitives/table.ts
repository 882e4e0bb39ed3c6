/** How every primitive behaves. The type makes it complete: a name added to the language must be added here. */

import { type Primitive, type PrimitiveName, primitives } from '../../language/primitives.ts';
import { allocatorPrimitives } from '../allocator.ts';
import { atomicPrimitives } from '../atomics.ts';
import { framePrimitives } from '../frames.ts';
import { interruptPrimitives } from '../interrupts.ts';
import { mmuPrimitives } from '../mmu.ts';
import { mutexPrimitives } from '../mutex.ts';
import { rcuPrimitives } from '../rcu.ts';
import { reportPrimitives } from '../report.ts';
import { runningContextPrimitives } from '../running-context.ts';
import { rwSemaphorePrimitives } from '../rw-semaphore.ts';
import { rwlockPrimitives } from '../rwlock.ts';
import { checkMaySleep } from '../sleeping.ts';
import { spinlockPrimitives } from '../spinlock.ts';
import type { PrimitiveBehaviour } from '../store.ts';
import { tlbPrimitives } from '../tlb.ts';
import { viewPrimitives } from '../views.ts';

const families: Readonly<Record<PrimitiveName, PrimitiveBehaviour>> = {
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

/**
 * The behaviour with the check that sleeping is allowed. It is made as the op runs: a context that waits in such a call is
 * reported when it gets on.
 */
function sleepChecked(name: string, behaviour: PrimitiveBehaviour): PrimitiveBehaviour {
	return {
		...behaviour,
		run(call) {
			checkMaySleep(call, `${name}()`);
			return behaviour.run(call);
		},
	};
}

/** The behaviour of every primitive, by name. */
export const behaviours: Readonly<Record<PrimitiveName, PrimitiveBehaviour>> = Object.fromEntries(
	Object.entries<PrimitiveBehaviour>(families).map(([name, behaviour]) => {
		const known: Primitive = primitives[name as PrimitiveName];
		return [name, known.sleeps === true ? sleepChecked(name, behaviour) : behaviour];
	}),
) as Record<PrimitiveName, PrimitiveBehaviour>;
