/** The debugger's worker: looks ahead, or looks for an answer, until another number is wanted. */

import { parentPort, workerData } from 'node:worker_threads';
import { buildTarget } from '../scenario/target.ts';
import { WaySearch } from './goal.ts';
import { Lookahead } from './lookahead.ts';
import type { SearcherData, SearchMessage, SearchReply } from './searcher.ts';
import { Transitions } from './transitions.ts';

/** States whose choices are made between two looks at what is wanted. */
const slice = 100;

/** Milliseconds between two reports. */
const reportEvery = 150;

/** Remembered operations after which everything is forgotten: none is forgotten alone. */
const maxRemembered = 200_000;

const wanted = new Int32Array((workerData as SearcherData).wanted);
const post = (reply: SearchReply): void => parentPort?.postMessage(reply);

let transitions: Transitions | null = null;

parentPort?.on('message', ({ number, target, state, question }: SearchMessage) => {
	if (target !== undefined) {
		transitions = new Transitions(buildTarget(target.scenario, target.selection).machine);
	}
	const isWanted = (): boolean => Atomics.load(wanted, 0) === number;
	if (transitions === null || !isWanted()) return;
	if (transitions.misses > maxRemembered) transitions = new Transitions(transitions.machine);
	const search = question === null ? new Lookahead(transitions, state) : new WaySearch(transitions, state, question);
	let reported = performance.now();
	while (isWanted() && !search.isDone) {
		search.run(slice);
		if (search instanceof WaySearch || search.isDone || performance.now() - reported < reportEvery) continue;
		reported = performance.now();
		post({ number, kind: 'outlook', outlook: search.outlook });
	}
	if (!isWanted()) return;
	if (search instanceof WaySearch) post({ number, kind: 'answer', answer: search.answer });
	else post({ number, kind: 'outlook', outlook: search.outlook });
});
