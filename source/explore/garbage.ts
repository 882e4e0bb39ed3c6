/** Which freed objects something still leads to, in a vector. The rule is that of machine/reachability.ts. */

import type { Components } from './components.ts';

/** By object id: 1 for what a live object, a device, a context or such a freed object has a pointer to. */
export function reachableObjects(components: Components, vector: Int32Array, objects: number): Uint8Array {
	const marks = new Uint8Array(Math.max(0, vector.length - objects));
	const pending: number[] = [];
	const follow = (component: number): void => {
		for (const object of components.referencesOf(component)) {
			if (object >= marks.length || marks[object] === 1) continue;
			marks[object] = 1;
			const id = vector[objects + object] ?? 0;
			if (id !== 0 && components.isFreed(id)) pending.push(id);
		}
	};
	for (const id of vector) if (id !== 0 && !components.isFreed(id)) follow(id);
	for (let id = pending.pop(); id !== undefined; id = pending.pop()) follow(id);
	return marks;
}
