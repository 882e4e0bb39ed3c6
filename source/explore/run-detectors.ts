/** What only shows to who has followed a run from its start: data races, and circles in the order of locks. */

import type { Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import type { TracedOp } from '../machine/trace.ts';
import type { Violation } from '../machine/violation.ts';
import { LockOrderDetector } from './lock-order-detector.ts';
import { RaceDetector } from './race-detector.ts';

/** Follows a run with every such detector that the scenario has not muted. */
export class RunDetectors {
	private readonly detectors: readonly (RaceDetector | LockOrderDetector)[];

	private constructor(detectors: readonly (RaceDetector | LockOrderDetector)[]) {
		this.detectors = detectors;
	}

	static of(machine: Machine): RunDetectors {
		const isOn = (kind: string) => !machine.mutedKinds.includes(kind);
		return new RunDetectors([
			...(isOn('data-race') ? [new RaceDetector(machine)] : []),
			...(isOn('lock-order') ? [new LockOrderDetector(machine)] : []),
		]);
	}

	/** Others that go on from here by themselves. */
	copy(): RunDetectors {
		return new RunDetectors(this.detectors.map((detector) => detector.copy()));
	}

	/** Takes in a step: what it did (`StepOptions.trace`) and the state after it. Steps are to be told in order. */
	follow(ops: readonly TracedOp[], state: MachineState): readonly Violation[] {
		return this.detectors.flatMap((detector) => detector.follow(ops, state));
	}
}
