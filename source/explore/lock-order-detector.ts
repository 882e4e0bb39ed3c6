/**
 * Reports circles in the order of locks along one run, each when the acquisition that closes it is made. See lock-order.ts.
 * The search knows every order that any run has, and names a shortest circle through each. A run that has seen only some of them
 * may name a longer way round; then the search has a shorter one through each of its locks.
 */

import { type Primitive, primitives } from '../language/primitives.ts';
import { contextName } from '../machine/describe.ts';
import { ImmerStore } from '../machine/immer-store.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import type { TracedOp, TracedPrimitive } from '../machine/trace.ts';
import type { Violation } from '../machine/violation.ts';
import { entryAt } from './code-place.ts';
import { type LockTaking, lockCycleReport, lockCycles, lockCycleTitle } from './lock-order.ts';
import { acquisitionOf } from './operations.ts';

/** Follows a run and reports its circles, each once. */
export class LockOrderDetector {
	private readonly machine: Machine;
	/** By what matters of an acquisition: the first of its sort. */
	private readonly takings: Map<string, LockTaking>;
	private readonly reported: Set<string>;

	constructor(
		machine: Machine,
		takings: ReadonlyMap<string, LockTaking> = new Map(),
		reported: ReadonlySet<string> = new Set(),
	) {
		this.machine = machine;
		this.takings = new Map(takings);
		this.reported = new Set(reported);
	}

	/** Another one that goes on from here by itself. */
	copy(): LockOrderDetector {
		return new LockOrderDetector(this.machine, this.takings, this.reported);
	}

	/**
	 * Takes in a step: what it did (`StepOptions.trace`) and the state after it.
	 * @returns a warning for each circle that it closed
	 */
	follow(ops: readonly TracedOp[], state: MachineState): readonly Violation[] {
		return ops.flatMap((op) => (op.kind === 'primitive' ? this.take(op, state) : []));
	}

	private take(op: TracedPrimitive, state: MachineState): readonly Violation[] {
		const { context, heldBefore } = op;
		// A trylock does not wait, and closes no circle.
		if (heldBefore.length === 0 || (primitives[op.name] as Primitive).blocks !== true) return [];
		const acquisition = acquisitionOf(new ImmerStore(this.machine, state, state.clock), heldBefore, op.heldAfter);
		if (acquisition === null) return [];
		const key = [acquisition.taken, ...acquisition.under].map((held) => Object.values(held).join(' ')).join(', ');
		if (this.takings.has(key)) return [];
		const place = entryAt(this.machine, op.place);
		this.takings.set(key, { acquisition, context, place });
		const name = (index: number) => contextName(this.machine, index);
		return lockCycles([...this.takings.values()]).flatMap((cycle) => {
			const title = lockCycleTitle(cycle);
			if (this.reported.has(title)) return [];
			this.reported.add(title);
			return [
				{
					kind: 'lock-order',
					severity: 'warning',
					title,
					actor: name(context),
					...place,
					step: state.clock,
					stack: op.stack.map((at) => entryAt(this.machine, at)),
					details: lockCycleReport(cycle, name),
				},
			];
		});
	}
}
