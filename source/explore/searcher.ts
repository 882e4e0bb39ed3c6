/**
 * Searches from states of the debugger, in a worker of their own, so that no key waits for them. One at a time: a new one ends
 * the one before.
 */

import { Worker } from 'node:worker_threads';
import type { MachineState } from '../machine/state.ts';
import type { Scenario, Selection, Target } from '../scenario/scenario.ts';
import type { Answer, Question } from './goal.ts';
import type { Outlook } from './lookahead.ts';

/** To the worker. */
export interface SearchMessage {
	readonly number: number;
	/** Present when it is another one than before. */
	readonly target?: { readonly scenario: Scenario; readonly selection: Selection };
	readonly state: MachineState;
	/** Null to look ahead along every choice. */
	readonly question: Question | null;
}

export interface SearcherData {
	/** One word: the number of the search that is wanted; any other ends. */
	readonly wanted: SharedArrayBuffer;
}

/** From the worker. */
export type SearchReply = { readonly number: number } & (
	| { readonly kind: 'outlook'; readonly outlook: Outlook }
	| { readonly kind: 'answer'; readonly answer: Answer }
);

export class Searcher {
	#worker: Worker | null = null;
	readonly #wanted = new Int32Array(new SharedArrayBuffer(4));
	#number = 0;
	#target: Target | null = null;
	#onReply: (reply: SearchReply) => void = () => {};
	#onFailure: (message: string) => void = () => {};

	/** Looks along every choice of a state; calls back a few times a second while more comes out, and at the end. */
	look(target: Target, state: MachineState, onOutlook: (outlook: Outlook) => void): void {
		this.#onFailure = () => {};
		this.#onReply = (reply) => {
			if (reply.kind === 'outlook') onOutlook(reply.outlook);
		};
		this.#begin(target, state, null);
	}

	/** Looks for an answer. `onFailure`: the search could not be done, with the reason. */
	ask(
		target: Target,
		state: MachineState,
		question: Question,
		onAnswer: (answer: Answer) => void,
		onFailure: (message: string) => void,
	): void {
		this.#onFailure = onFailure;
		this.#onReply = (reply) => {
			if (reply.kind === 'answer') onAnswer(reply.answer);
		};
		this.#begin(target, state, question);
	}

	/** Ends the search that is going on, without a word. */
	cancel(): void {
		this.#number++;
		Atomics.store(this.#wanted, 0, this.#number);
	}

	close(): void {
		this.cancel();
		void this.#worker?.terminate();
		this.#worker = null;
	}

	#begin(target: Target, state: MachineState, question: Question | null): void {
		this.cancel();
		const worker = this.#started();
		const { scenario, selection } = target;
		const isNew = this.#target !== target;
		this.#target = target;
		const message = { number: this.#number, state, question, ...(isNew ? { target: { scenario, selection } } : {}) };
		worker.postMessage(message satisfies SearchMessage);
	}

	#started(): Worker {
		if (this.#worker !== null) return this.#worker;
		const url = new URL(`./searcher.worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
		const workerData: SearcherData = { wanted: this.#wanted.buffer };
		const worker = new Worker(url, { workerData });
		this.#worker = worker;
		this.#target = null;
		// It must not keep the program from ending.
		worker.unref();
		worker.on('message', (reply: SearchReply) => {
			if (reply.number === this.#number) this.#onReply(reply);
		});
		worker.on('error', (error) => {
			// The next search starts another one.
			if (this.#worker === worker) this.#worker = null;
			this.#onFailure(error instanceof Error ? error.message : String(error));
		});
		return worker;
	}
}
