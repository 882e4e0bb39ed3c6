/** Every lock in live memory: who holds it since when, and who waits. */

import { contextName, describeCell } from '../machine/describe.ts';
import type { ActorStatus, Machine } from '../machine/machine.ts';
import { type MachineState, pointerStride } from '../machine/state.ts';
import type { LockRow } from './views.ts';

const lockKinds = { spinlock_t: 'spinlock', rwlock_t: 'rwlock', mutex: 'mutex', rw_semaphore: 'rw_semaphore' } as const;

/** In order of objects and cells. `statuses` are the actors of `state`. */
export function lockRows(
	machine: Machine,
	state: MachineState,
	before: MachineState | null,
	statuses: readonly ActorStatus[],
): readonly LockRow[] {
	const rows: LockRow[] = [];
	for (const [id, object] of state.objects.entries()) {
		if (object === null || object.status !== 'live') continue;
		for (const [index, { type }] of (machine.program.layouts[object.layout]?.cells ?? []).entries()) {
			if (type.kind !== 'machine' || !(type.name in lockKinds)) continue;
			const lock = id * pointerStride + index;
			rows.push({
				name: describeCell(machine, state, lock),
				kind: lockKinds[type.name as keyof typeof lockKinds],
				holders: holdersOf(machine, state, lock),
				waiters: statuses.filter(({ wait }) => wait?.lock === lock).map(({ actor }) => contextName(machine, actor)),
				changed: before !== null && before.objects[id]?.cells[index] !== object.cells[index],
			});
		}
	}
	return rows;
}

function holdersOf(machine: Machine, state: MachineState, lock: number): LockRow['holders'] {
	return state.contexts.flatMap((context, index) =>
		context.held
			.filter((held) => held.lock === lock)
			.map(({ mode, since }) => ({ actor: contextName(machine, index), mode, since: since.step })),
	);
}
