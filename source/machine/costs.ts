/**
 * Names of the cost counters that the machine keeps. Model C adds its own with count(). They are provenance: two states that
 * differ in costs alone are the same state.
 *
 * - `spinlock acquisitions`, `rwlock acquisitions`, `mutex acquisitions`, `rw_semaphore acquisitions`, and each again by lock
 *   class: `spinlock acquisitions: vmap_block.lock`. Successful trylocks count, failed ones do not.
 * - `lock waits`, and again by class: how often a step ended with its context standing before a lock it could not get.
 * - `TLB hits`, `TLB fills`: accesses served by a TLB; translations cached.
 * - `TLB invalidations`: invalidations carried out, one for each CPU and range; `TLB entries dropped`: entries they removed.
 * - `interrupts sent`, `interrupts taken`: flush requests to other CPUs.
 * - `allocations`, `frees`: objects; `frame allocations`, `frame frees`: pages.
 * - `RCU callbacks`: callbacks queued; `grace periods waited for`: calls of synchronize_rcu().
 */

import type { LockKind } from './locks/lock-word.ts';
import type { Store } from './store.ts';

export const costNames = {
	lockWaits: 'lock waits',
	tlbHits: 'TLB hits',
	tlbFills: 'TLB fills',
	tlbInvalidations: 'TLB invalidations',
	tlbDropped: 'TLB entries dropped',
	interruptsSent: 'interrupts sent',
	interruptsTaken: 'interrupts taken',
	allocations: 'allocations',
	frees: 'frees',
	frameAllocations: 'frame allocations',
	frameFrees: 'frame frees',
	rcuCallbacks: 'RCU callbacks',
	gracePeriods: 'grace periods waited for',
} as const;

/** Counts one acquisition of a lock, in all and by class. */
export function countAcquisition(store: Store, kind: LockKind, lockClass: string): void {
	store.count(`${kind} acquisitions`, 1);
	store.count(`${kind} acquisitions: ${lockClass}`, 1);
}

/** Counts that a step ended before a lock which its context has to wait for. */
export function countLockWait(store: Store, lockClass: string): void {
	store.count(costNames.lockWaits, 1);
	store.count(`${costNames.lockWaits}: ${lockClass}`, 1);
}
