/**
 * Searches of a few rows: right here as long as that takes a moment, since most take less than the start of a worker; else on
 * the pool's workers, which leave this thread free to draw and to be interrupted.
 */

import { type Pool, type PoolHooks, startPool } from './check-pool.ts';

/** More rows than these are better shared out at once. */
const fewRows = 3;

/**
 * Milliseconds of work that this thread may do, those of the compiler's threads with it: what almost every single row takes. A row
 * that takes longer begins anew on a worker, so less than this would make the rows just above it twice as slow.
 */
const patience = 2500;

/** Like startPool. */
export const searchRows: typeof startPool = (jobs, workers, hooks) => {
	if (jobs.length > fewRows) return startPool(jobs, workers, hooks);
	let isStopped = false;
	let pool: Pool | null = null;
	const run = async (): Promise<void> => {
		// Loaded only here: whoever starts workers needs no engine in this thread.
		const { searchHere } = await import('./search-here.ts');
		const done = searchHere(jobs, patience, hooks);
		if (done === jobs.length) return;
		pool = startPool(jobs.slice(done), workers, shifted(hooks, done));
		if (isStopped) pool.stop();
		await pool.finished;
	};
	return {
		finished: run(),
		stop: () => {
			isStopped = true;
			pool?.stop();
		},
	};
};

/** Hooks for rows that are counted from the `first` one on. */
function shifted({ onStart, onProgress, onReport }: PoolHooks, first: number): PoolHooks {
	return {
		onStart: (row) => onStart?.(row + first),
		onProgress: (row, progress) => onProgress?.(row + first, progress),
		onReport: (row, report) => onReport(row + first, report),
	};
}
