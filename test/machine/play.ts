import type { Choice, Grain, Machine, StepResult } from '../../source/machine/machine.ts';
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

/** Always takes the choice that `pick` points to, until nothing is left or `limit` steps are done. */
export function playRandomly(machine: Machine, picks: readonly number[], grain: Grain = 'op'): readonly StepResult[] {
	const results = [initialState(machine)];
	for (const pick of picks) {
		const { state } = results.at(-1) as StepResult;
		const open = choices(machine, state);
		const choice: Choice | undefined = open[pick % open.length];
		if (choice === undefined) break;
		results.push(step(machine, state, choice, grain));
	}
	return results;
}

/** Every final state that op steps can reach, as `read` sees it, each once. */
export function outcomes(machine: Machine, read: (state: MachineState) => string): readonly string[] {
	const found = new Set<string>();
	const visit = (state: MachineState): void => {
		const open = choices(machine, state);
		if (open.length === 0) found.add(read(state));
		for (const choice of open) visit(step(machine, state, choice, 'op').state);
	};
	visit(initialState(machine).state);
	return [...found].sort();
}

/** The first cell of the global of that number. */
export function globalValue(state: MachineState, index: number): number {
	return state.objects[index + 1]?.cells[0] ?? 0;
}
