/** Searches of rows in this thread, one after the other, that are given up when they take long. */

import type { CheckJob } from './check-job.ts';
import type { PoolHooks } from './check-pool.ts';
import { runCheckJob } from './run-check-job.ts';

/** Milliseconds for which nobody can interrupt it at most. */
const longest = 4000;

/** Thrown out of a search that takes too long. Never leaves this file. */
class TakesLong extends Error {}

/**
 * Searches rows from the first one on until that has taken `milliseconds` of the processor's time: on a busy machine it is the
 * search that counts, and not the waiting, up to a point.
 * @returns how many rows have their report; the one that was being searched when the time was up has none
 */
export function searchHere(jobs: readonly CheckJob[], milliseconds: number, hooks: PoolHooks): number {
	const began = performance.now();
	const before = process.cpuUsage();
	const checkTime = (): boolean => {
		const { user, system } = process.cpuUsage(before);
		const isOver = (user + system) / 1000 >= milliseconds || performance.now() - began >= longest;
		if (isOver) throw new TakesLong();
		return false;
	};
	for (const [row, { scenario, ...job }] of jobs.entries()) {
		try {
			const report = runCheckJob(scenario, job, {
				isStopped: checkTime,
				isMemoryShort: () => false,
				onProgress: () => {},
			});
			hooks.onStart?.(row);
			hooks.onReport(row, report);
		} catch (error) {
			if (error instanceof TakesLong) return row;
			throw error;
		}
	}
	return jobs.length;
}
