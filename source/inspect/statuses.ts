/** The actors of a state, worked out once a state: the views, the list of choices and the next step's comparison all ask for them. */

import type { ActorStatus, Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { actors } from '../machine/step.ts';

const known = new WeakMap<MachineState, { readonly machine: Machine; readonly statuses: readonly ActorStatus[] }>();

/** As `actors`. */
export function statusesOf(machine: Machine, state: MachineState): readonly ActorStatus[] {
	const found = known.get(state);
	if (found?.machine === machine) return found.statuses;
	const statuses = actors(machine, state);
	known.set(state, { machine, statuses });
	return statuses;
}
