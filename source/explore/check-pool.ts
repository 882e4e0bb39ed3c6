/**
 * Searches of independent rows on several processors: each worker takes another row when it has finished one, of the same kernel
 * while there are any, because that is compiled. Reports come back in the order in which they are finished.
 */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type CheckJob, type CheckProgress, type CheckReport, unfinished } from './check-job.ts';

/** To a worker. */
export interface WorkerData {
	/** One word: other than 0 when every search has to stop. */
	readonly stop: SharedArrayBuffer;
}

/** To a worker: a row; its scenario only when it is another one than that of the row before. Null ends the worker. */
export type JobMessage = Omit<CheckJob, 'scenario'> & { readonly scenario?: CheckJob['scenario'] };

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
	/** Rows that nobody has taken, in order. */
	const waiting = new Set(jobs.keys());
	/** Kernels that some worker is at. */
	const busy = new Map<Worker, string>();
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
		let scenario: CheckJob['scenario'] | null = null;
		let last: CheckProgress | null = null;
		const worker = new Worker(workerUrl(), { workerData: { stop } satisfies WorkerData });
		const takeNext = (): void => {
			last = null;
			row = -1;
			if (Atomics.load(word, 0) !== 0) {
				for (const index of waiting) report(index, unfinished('interrupted', null));
				waiting.clear();
			}
			const index = choose(jobs, waiting, busy.get(worker), new Set(busy.values()));
			const job = index === null ? undefined : jobs[index];
			if (index === null || job === undefined) {
				busy.delete(worker);
				worker.postMessage(null);
				return;
			}
			waiting.delete(index);
			busy.set(worker, kernelOf(job));
			row = index;
			hooks.onStart?.(row);
			const { scenario: its, ...rest } = job;
			worker.postMessage(its === scenario ? rest : job);
			scenario = its;
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
			busy.delete(worker);
			if (waiting.size > 0) startWorker();
		});
		takeNext();
	};
	if (jobs.length === 0) resolve();
	for (let count = 0; count < Math.min(workers, jobs.length); count++) startWorker();
	return { finished, stop: () => Atomics.store(word, 0, 1) };
}

/** The row for a worker to take: one of the kernel that it has compiled, else one of a kernel that no other is at, else the first. */
function choose(
	jobs: readonly CheckJob[],
	waiting: ReadonlySet<number>,
	own: string | undefined,
	busy: ReadonlySet<string>,
): number | null {
	let first: number | null = null;
	let fresh: number | null = null;
	for (const index of waiting) {
		const job = jobs[index];
		if (job === undefined) continue;
		const kernel = kernelOf(job);
		if (kernel === own) return index;
		first ??= index;
		if (!busy.has(kernel)) fresh ??= index;
	}
	return fresh ?? first;
}

function kernelOf({ scenario, selection }: CheckJob): string {
	return `${scenario.id}/${selection.kernel}`;
}

/** Beside this file in the bundle, and in the sources. */
function workerUrl(): URL {
	return new URL(`./check.worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}
