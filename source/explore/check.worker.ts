/** A worker of the pool: searches the rows that it is sent, one after another, until it is sent null. */

import { totalmem } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Scenario } from '../scenario/scenario.ts';
import type { JobMessage, WorkerData, WorkerMessage } from './check-pool.ts';
import { runCheckJob } from './run-check-job.ts';

/** Milliseconds between two reports of progress. */
const progressEvery = 100;

/** Milliseconds between two looks at the memory that is left. */
const memoryEvery = 20;

/** Bytes that a search leaves to everybody else. */
const leastMemory = Math.max(300_000_000, totalmem() / 10);

const { stop } = workerData as WorkerData;
const word = new Int32Array(stop);
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

let scenario: Scenario | null = null;
let lookedAt = 0;
let isShort = false;

/** To ask the system takes long enough to be done now and then only. */
function isMemoryShort(): boolean {
	const now = performance.now();
	if (now - lookedAt < memoryEvery) return isShort;
	lookedAt = now;
	isShort = process.availableMemory() < leastMemory;
	return isShort;
}

parentPort?.on('message', (job: JobMessage | null) => {
	if (job?.scenario !== undefined) scenario = job.scenario;
	if (job === null || scenario === null) {
		parentPort?.close();
		return;
	}
	let last = performance.now();
	const report = runCheckJob(scenario, job, {
		isStopped: () => Atomics.load(word, 0) !== 0,
		isMemoryShort,
		onProgress: (progress) => {
			if (performance.now() - last < progressEvery) return;
			last = performance.now();
			post({ kind: 'progress', progress });
		},
	});
	post({ kind: 'report', report });
});
