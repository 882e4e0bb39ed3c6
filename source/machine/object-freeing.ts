/** Giving objects back: what may be freed, and what is noticed when it must not be. */

import { costNames } from './costs.ts';
import { cellName, contextName, objectHistory, pointerName, stampText } from './names.ts';
import { callbackContext } from './processor.ts';
import { pointerStride, type Stamp } from './state.ts';
import type { Observer, Store } from './store.ts';

/**
 * The object that a call may free, or null. Reports `double-free` for one that is freed already, and for what kmalloc never
 * returned: an invalid free, as KASAN has it. `text` is the call.
 */
export function objectToFree(store: Store, observer: Observer, pointer: number, text: string): number | null {
	const id = Math.floor(pointer / pointerStride);
	const object = pointer > 0 ? store.object(id) : null;
	const invalid =
		object === null
			? 'it is no object'
			: object.origin !== 'heap'
				? 'it was not allocated by kmalloc()'
				: pointer % pointerStride !== 0
					? 'it points into an object, not to its start'
					: null;
	if (object === null || invalid !== null) {
		observer.report('violation', 'double-free', `invalid free: ${text}: ${invalid}`);
		return null;
	}
	if (object.status === 'freed') {
		observer.report('violation', 'double-free', `${text}: it is freed already`, objectHistory(store, object));
		return null;
	}
	return id;
}

/** Reports every lock in the object that somebody holds. */
function reportHeldLocks(store: Store, observer: Observer, id: number, text: string): void {
	for (let index = 0; index <= callbackContext(store.machine); index++) {
		for (const { lock, since } of store.context(index).held) {
			if (Math.floor(lock / pointerStride) !== id) continue;
			const title = `${text}: ${cellName(store, lock)} is held by ${contextName(store.machine, index)}`;
			observer.report('violation', 'lock-misuse', title, [`taken at ${stampText(store.machine, since)}`]);
		}
	}
}

/** Frees an object: its cells stay as they are, and using them is a use after free from here on. NULL is ignored. */
export function freeObject(store: Store, observer: Observer, pointer: number, at: Stamp): void {
	if (pointer === 0) return;
	const text = `kfree(${pointerName(store, pointer)})`;
	const id = objectToFree(store, observer, pointer, text);
	if (id === null) return;
	reportHeldLocks(store, observer, id, text);
	const queued = store.callbacks().find((callback) => callback.function < 0 && callback.argument === pointer);
	if (queued !== undefined) {
		observer.report('violation', 'double-free', `${text}: kfree_rcu() is about to free it`, [
			`queued at ${stampText(store.machine, queued.queued)}`,
		]);
		store.setCallbacks(store.callbacks().filter((callback) => callback !== queued));
	}
	store.changeObject(id, { status: 'freed', freed: at });
	store.count(costNames.frees, 1);
	observer.event('free', text, pointer);
}
