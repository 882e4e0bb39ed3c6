/** Choosing what to step: kernel, program, options, schedule. */

import type { Scenario, ScenarioSchedule } from '../../scenario/scenario.ts';
import { resolveSelection } from '../../scenario/target.ts';
import type { Setup } from './state.ts';

/** An entry of the set-up screen. Choosing one takes its next value; `start` begins. */
export interface SetupItem {
	readonly value: string;
	readonly label: string;
	/** What is chosen now; empty for `start`. */
	readonly shown: string;
	/** What that means. */
	readonly explanation: string;
}

/** What is proposed for a kernel: its first schedule, and what that is written for. */
export function proposeSetup(scenario: Scenario, kernel: string): Setup {
	const schedule = schedulesFor(scenario, kernel)[0];
	if (schedule !== undefined)
		return withSchedule({ scenario, kernel, program: '', options: {}, schedule: null }, schedule);
	return withProgram(scenario, kernel, scenario.programs[0]?.id ?? '');
}

/** The schedules that are written for a kernel. */
export function schedulesFor(scenario: Scenario, kernel: string): readonly ScenarioSchedule[] {
	return scenario.schedules.filter((schedule) => schedule.kernels.includes(kernel));
}

function withSchedule({ scenario, kernel }: Setup, schedule: ScenarioSchedule): Setup {
	const { program, options } = resolveSelection(scenario, { kernel, schedule: schedule.id });
	return { scenario, kernel, program, options, schedule: schedule.id };
}

function withProgram(scenario: Scenario, kernel: string, program: string): Setup {
	const { options } = resolveSelection(scenario, { kernel, program });
	return { scenario, kernel, program, options, schedule: null };
}

/** The entries of the set-up screen, in order. */
export function setupItems(setup: Setup): readonly SetupItem[] {
	const { scenario, kernel } = setup;
	const schedule = scenario.schedules.find(({ id }) => id === setup.schedule);
	const program = scenario.programs.find(({ id }) => id === setup.program);
	const schedules = schedulesFor(scenario, kernel);
	return [
		{ value: 'start', label: 'Start', shown: '', explanation: 'Begins with what is chosen below.' },
		...(schedules.length === 0
			? []
			: [
					{
						value: 'schedule',
						label: 'Schedule',
						shown: schedule?.title ?? 'none: step by hand',
						explanation: schedule?.summary ?? 'No sequence is followed; `:schedule NAME` chooses one at any time.',
					},
				]),
		...(scenario.programs.length < 2
			? []
			: [
					{
						value: 'program',
						label: 'Program',
						shown: program?.title ?? setup.program,
						explanation: program?.summary ?? '',
					},
				]),
		...scenario.options.map((option) => ({
			value: `option ${option.id}`,
			label: option.title,
			shown: setup.options[option.id] ?? option.default,
			explanation: `${option.title}: one of ${option.values.join(', ')}; ${option.default} unless chosen otherwise.`,
		})),
	];
}

/** The set-up after an entry other than `start` has been chosen: its next value. */
export function changeSetup(setup: Setup, value: string): Setup {
	const { scenario, kernel } = setup;
	if (value === 'schedule') {
		const schedules = schedulesFor(scenario, kernel);
		const next = schedules[schedules.findIndex(({ id }) => id === setup.schedule) + 1];
		return next === undefined ? { ...setup, schedule: null } : withSchedule(setup, next);
	}
	if (value === 'program') {
		const program = following(
			scenario.programs.map(({ id }) => id),
			setup.program,
		);
		const changed = withProgram(scenario, kernel, program);
		const schedule = schedulesFor(scenario, kernel).find((candidate) => candidate.program === program);
		return schedule === undefined ? changed : withSchedule(changed, schedule);
	}
	const option = scenario.options.find(({ id }) => value === `option ${id}`);
	if (option === undefined) return setup;
	const options = {
		...setup.options,
		[option.id]: following(option.values, setup.options[option.id] ?? option.default),
	};
	return { ...setup, options };
}

function following(values: readonly string[], current: string): string {
	return values[(values.indexOf(current) + 1) % values.length] ?? current;
}
