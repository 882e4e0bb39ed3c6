/**
 * Searches of independent rows on several processors: each worker takes the next row when it has finished one. Rows are given
 * out in their order; reports come back in the order in which they are finished.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type CheckJob, type CheckProgress, type CheckReport, unfinished } from './check-job.ts';

/** To a worker. */
export interface WorkerData {
	/** One word: other than 0 when every search has to stop. */
	readonly stop: SharedArrayBuffer;
}

/** From a worker. */
export type WorkerMessage =
	| { readonly kind: 'progress'; readonly progress: CheckProgress }
	| { readonly kind: 'report'; readonly report: CheckReport };

export interface PoolHooks {
	/** A few times a second while a row is searched. */
	readonly onProgress?: (row: number, progress: CheckProgress) => void;
	readonly onStart?: (row: number) => void;
	readonly onReport: (row: number, report: CheckReport) => void;
}

export interface Pool {
	/** Resolves when every row has its report. */
	readonly finished: Promise<void>;
	/** Ends the searches; what they have found so far is reported, rows that have not begun are reported as interrupted. */
	readonly stop: () => void;
}

/** Workers when nobody says how many. */
export function defaultWorkers(): number {
	return availableParallelism();
}

/** Searches rows on `workers` threads. A worker that dies costs its row, which is reported as bounded by memory. */
export function startPool(jobs: readonly CheckJob[], workers: number, hooks: PoolHooks): Pool {
	const stop = new SharedArrayBuffer(4);
	const word = new Int32Array(stop);
	let next = 0;
	let left = jobs.length;
	let resolve = (): void => {};
	let reject = (_reason: Error): void => {};
	const finished = new Promise<void>((onResolve, onReject) => {
		resolve = onResolve;
		reject = onReject;
	});
	const report = (row: number, result: CheckReport): void => {
		hooks.onReport(row, result);
		left--;
		if (left === 0) resolve();
	};
	const startWorker = (): void => {
		let row = -1;
		let last: CheckProgress | null = null;
		const worker = new Worker(workerUrl(), { workerData: { stop } satisfies WorkerData });
		const takeNext = (): void => {
			last = null;
			row = -1;
			while (next < jobs.length && Atomics.load(word, 0) !== 0) report(next++, unfinished('interrupted', null));
			const job = jobs[next];
			if (job === undefined) {
				worker.postMessage(null);
				return;
			}
			row = next++;
			hooks.onStart?.(row);
			worker.postMessage(job);
		};
		worker.on('message', (message: WorkerMessage) => {
			switch (message.kind) {
				case 'progress':
					last = message.progress;
					hooks.onProgress?.(row, message.progress);
					break;
				case 'report':
					report(row, message.report);
					takeNext();
			}
		});
		worker.on('error', (error) => {
			// A search that needs more memory than there is must not take the others with it.
			const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
			if (!isMemory && !(error instanceof RangeError)) {
				Atomics.store(word, 0, 1);
				reject(error);
				return;
			}
			if (row >= 0) report(row, unfinished('memory', last));
			if (next < jobs.length) startWorker();
		});
		takeNext();
	};
	if (jobs.length === 0) resolve();
	for (let count = 0; count < Math.min(workers, jobs.length); count++) startWorker();
	return { finished, stop: () => Atomics.store(word, 0, 1) };
}

/** Beside this file in the bundle, and in the sources. */
function workerUrl(): URL {
	return new URL(`./check.worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}
