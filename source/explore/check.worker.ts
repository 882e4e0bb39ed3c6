/** A worker of the pool: searches the rows that it is sent, one after another, until it is sent null. */

import { totalmem } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Compilation } from '../scenario/target.ts';
import type { JobMessage, WorkerData, WorkerMessage } from './check-pool.ts';
import { runCheckJob } from './run-check-job.ts';

/** Milliseconds between two reports of progress. */
const progressEvery = 100;

/** Bytes that a search leaves to everybody else. */
const leastMemory = Math.max(300_000_000, totalmem() / 10);

const { stop } = workerData as WorkerData;
const word = new Int32Array(stop);
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

let compiled: Compilation | null = null;

parentPort?.on('message', (job: JobMessage | null) => {
	if (job?.scenario !== undefined) compiled = new Compilation(job.scenario);
	if (job === null || compiled === null) {
		parentPort?.close();
		return;
	}
	let last = performance.now();
	const report = runCheckJob(compiled, job, {
		isStopped: () => Atomics.load(word, 0) !== 0,
		isMemoryShort: () => process.availableMemory() < leastMemory,
		onProgress: (progress) => {
			if (performance.now() - last < progressEvery) return;
			last = performance.now();
			post({ kind: 'progress', progress });
		},
	});
	post({ kind: 'report', report });
});
