/** The search of one row: the one place where the checker's engine is called for a table of verdicts. */

import { ModelError } from '../language/diagnostics.ts';
import { type Scenario, ScenarioError } from '../scenario/scenario.ts';
import { buildTarget } from '../scenario/target.ts';
import { type CheckJob, type CheckProgress, type CheckReport, unfinished } from './check-job.ts';
import { checkMachine } from './check-target.ts';

export interface JobHooks {
	/** Asked every few thousand states; true ends the search. */
	readonly isStopped: () => boolean;
	/** Whether the machine is about to run out of memory: the search ends before the system ends the program. */
	readonly isMemoryShort: () => boolean;
	readonly onProgress: (progress: CheckProgress) => void;
}

/** Searches a row. What is wrong with the model comes back as the report's `problem`. */
export function runCheckJob(
	scenario: Scenario,
	{ selection, settings }: Omit<CheckJob, 'scenario'>,
	hooks: JobHooks,
): CheckReport {
	const began = performance.now();
	try {
		const { machine } = buildTarget(scenario, selection);
		let isShort = false;
		const report = checkMachine(machine, settings, {
			isInterrupted: () => {
				isShort ||= hooks.isMemoryShort();
				return isShort || hooks.isStopped();
			},
			onProgress: hooks.onProgress,
		});
		return isShort && report.bound === 'interrupted' ? { ...report, bound: 'memory' } : report;
	} catch (error) {
		const isModel = error instanceof ModelError || error instanceof ScenarioError;
		const seconds = (performance.now() - began) / 1000;
		if (isModel) return { ...unfinished('memory', null), bound: null, seconds, problem: error.message };
		if (isAllocationFailure(error)) return { ...unfinished('memory', null), seconds };
		throw error;
	}
}

function isAllocationFailure(error: unknown): boolean {
	return error instanceof RangeError && /allocation failed|Invalid typed array length/i.test(error.message);
}
