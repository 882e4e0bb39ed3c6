/** The object allocator: kmalloc() and kfree(). Frees are judged in object-freeing.ts. */

import { costNames } from './costs.ts';
import { errorAt } from './error-at.ts';
import { objectName } from './names.ts';
import { freeObject } from './object-freeing.ts';
import { checkMaySleep } from './sleeping.ts';
import { pointerStride } from './state.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from './store.ts';

/** Flag of the gfp argument: the allocation may sleep. */
const gfpMaySleep = 1;

function allocate(call: PrimitiveCall, name: string): number {
	const { store, observer, context, extra, at } = call;
	const [gfp = 0] = call.arguments;
	const layout = store.machine.program.layouts[extra];
	if (layout === undefined) throw errorAt(store.machine, at, `${name}: there is no type number ${extra}`);
	if ((gfp & gfpMaySleep) !== 0) checkMaySleep(call, `${name}(GFP_KERNEL)`);
	const id = store.addObject({
		layout: extra,
		origin: 'heap',
		owner: -1,
		cpu: -1,
		status: 'live',
		// What kmalloc() returns holds anything; zero is as good as any, and keeps states few.
		cells: layout.cells.map(() => 0),
		allocated: { ...at, context },
		freed: null,
		name: '',
	});
	store.count(costNames.allocations, 1);
	store.count(`${costNames.allocations}: ${layout.name}`, 1);
	observer.event('allocate', () => `${name}(${layout.name}) = ${objectName(store, id)}`, id * pointerStride);
	return id * pointerStride;
}

export const allocatorPrimitives = {
	kmalloc: { run: (call) => allocate(call, 'kmalloc') },
	kzalloc: { run: (call) => allocate(call, 'kzalloc') },
	kfree: {
		run(call) {
			freeObject(call.store, call.observer, call.arguments[0] ?? 0, call.at);
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
