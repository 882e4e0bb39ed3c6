/** Leaks: objects that were allocated and that nobody can free any more. */

import { objectHistory, objectName } from './names.ts';
import { memoryOf, reachableFromGlobals } from './reachability.ts';
import type { Observer, Store } from './store.ts';

/** Reports every live heap object that no global leads to. To be called when nothing runs any more. */
export function reportLeaks(store: Store, observer: Observer): void {
	const memory = memoryOf(store);
	const marks = reachableFromGlobals(memory);
	for (const [id, object] of memory.objects.entries()) {
		if (object === null || object.origin !== 'heap' || object.status !== 'live' || marks[id] !== 0) continue;
		const type = store.machine.program.layouts[object.layout]?.name ?? 'object';
		const title = `leak: ${objectName(store, id)} (${type}) was never freed, and nothing points to it`;
		observer.report('violation', 'leak', title, objectHistory(store, object));
	}
}
