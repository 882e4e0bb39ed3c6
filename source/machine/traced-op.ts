/** What an op did, for those who ask for a trace. */

import type { PrimitiveName } from '../language/primitives.ts';
import type { RunningFrames } from './running-frames.ts';
import { type HeldLock, pointerStride } from './state.ts';
import type { Store } from './store.ts';
import type { TracedAccess, TracedObject } from './trace.ts';

function tracedObject(store: Store, pointer: number): TracedObject | null {
	const object = pointer >= pointerStride ? store.object(Math.floor(pointer / pointerStride)) : null;
	if (object === null) return null;
	const { layout, origin, owner, cpu, allocated } = object;
	return { layout, origin, owner, cpu, allocated };
}

/** Notes an access to the cell that a pointer is to, where a trace is wanted. */
export function traceAccess(
	by: RunningFrames,
	pointer: number,
	what: Pick<TracedAccess, 'access' | 'isRead' | 'isWrite' | 'before' | 'after'>,
): void {
	if (!by.isTraced()) return;
	const object = tracedObject(by.store, pointer);
	if (object === null) return;
	by.journal.trace?.push({
		kind: 'access',
		context: by.context,
		pointer,
		object,
		...what,
		isIndivisible: by.isIndivisible(),
		...by.placesInCode(),
	});
}

/** Notes a primitive that has run. `heldBefore`: the locks that the context held before it. */
export function tracePrimitive(
	by: RunningFrames,
	name: PrimitiveName,
	values: readonly number[],
	result: number,
	heldBefore: readonly HeldLock[],
): void {
	const { store, context } = by;
	if (name.startsWith('__atomic_')) {
		const pointer = values[0] ?? 0;
		const after = store.cell(Math.floor(pointer / pointerStride), pointer % pointerStride);
		traceAccess(by, pointer, { access: 'atomic', isRead: true, isWrite: true, before: result, after });
		return;
	}
	const waits = Array.from({ length: by.machine.configuration.cpus + 1 }, (_, index) => {
		return store.context(index).gracePeriod;
	});
	by.journal.trace?.push({
		kind: 'primitive',
		context,
		name,
		arguments: values,
		object: tracedObject(store, values[0] ?? 0),
		result,
		heldBefore,
		heldAfter: store.context(context).held,
		grace: { callbacks: store.callbacks(), waits },
		...by.placesInCode(),
	});
}
