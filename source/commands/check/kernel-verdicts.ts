/** Which kernels of a scenario have what a report is about: the checker's answer, a kernel a row. */

import type { CheckJob, CheckReport } from '../../explore/check-job.ts';
import { defaultWorkers, type startPool } from '../../explore/check-pool.ts';
import { plainLine } from '../../language/plain-text.ts';
import type { BugReport, KernelRow } from '../../report/bug-report.ts';
import type { Target } from '../../scenario/scenario.ts';
import type { CommandIo } from '../io.ts';
import { foundKinds } from './verdict.ts';

/** States of one kernel: more take more time than a report should. */
const maxStates = 2_000_000;

/**
 * Searches every kernel of the scenario with the same program and options.
 * @param seconds limit for each
 */
export async function kernelVerdicts(
	{ scenario, selection }: Target,
	seconds: number,
	io: CommandIo,
	start: typeof startPool,
): Promise<BugReport['kernels']> {
	const settings = {
		allViolations: true,
		anyWay: 'always',
		shortest: 'steps',
		reduction: true,
		maxStates,
		maxDepth: Number.POSITIVE_INFINITY,
		maxSeconds: seconds,
	} as const;
	const jobs = scenario.kernels.map(
		({ id }): CheckJob => ({
			scenario,
			selection: { ...selection, kernel: id },
			settings,
		}),
	);
	const rows: KernelRow[] = [];
	const pool = start(jobs, Math.min(defaultWorkers(), jobs.length), {
		onReport: (index, report) => {
			const kernel = scenario.kernels[index];
			if (kernel !== undefined) rows[index] = kernelRow(kernel, kernel.id === selection.kernel, report);
		},
	});
	const stopListening = io.onInterrupt?.(() => pool.stop());
	try {
		await pool.finished;
	} finally {
		stopListening?.();
	}
	return { seconds, rows: rows.filter((row) => row !== undefined) };
}

/** A kernel's row, from what the checker said of it. */
export function kernelRow(
	{ id, title }: { readonly id: string; readonly title: string },
	isReported: boolean,
	report: CheckReport,
): KernelRow {
	const kinds = foundKinds(report);
	const outcome =
		report.problem !== null ? 'failed' : kinds.length > 0 ? 'found' : report.complete ? 'none' : 'undecided';
	return {
		kernel: plainLine(id),
		title: plainLine(title),
		isReported,
		outcome,
		kinds,
		complete: report.complete && report.problem === null,
		bound: report.bound ?? '',
		states: report.states,
	};
}
