import { identityOf } from '../../source/machine/identity.ts';
import type { Grain, Machine, StepResult } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import type { Violation } from '../../source/machine/violation.ts';

export interface Played {
	readonly state: MachineState;
	readonly violations: readonly Violation[];
	readonly last: StepResult;
}

/** Plays a schedule of actor numbers from the start. Violations of the start are included. */
export function play(machine: Machine, schedule: readonly number[], grain: Grain = 'op'): Played {
	let last = initialState(machine);
	const violations = [...last.violations];
	for (const actor of schedule) {
		last = step(machine, last.state, { actor, alternative: 0 }, grain);
		violations.push(...last.violations);
	}
	return { state: last.state, violations, last };
}

/** Every end that steps of that grain can reach, as `read` sees it, each once, sorted. */
export function outcomes(
	machine: Machine,
	read: (state: MachineState) => string,
	grain: Grain = 'op',
): readonly string[] {
	const found = new Set<string>();
	const seen = new Set<string>();
	const visit = (state: MachineState): void => {
		const identity = identityOf(machine, state);
		if (seen.has(identity)) return;
		seen.add(identity);
		const open = choices(machine, state);
		if (open.length === 0) found.add(read(state));
		for (const choice of open) visit(step(machine, state, choice, grain).state);
	};
	visit(initialState(machine).state);
	return [...found].sort();
}

/** The first cell of the global of that number. */
export function globalValue(state: MachineState, index: number): number {
	return state.objects[index + 1]?.cells[0] ?? 0;
}
