/** Searches beside the keys: what the choices at the session's place can lead to, and what a command asked for. */

import type { Searcher } from '../explore/searcher.ts';
import { plainLine } from '../language/plain-text.ts';
import type { FindRequest, OutputLine, Session } from '../session/session.ts';
import type { AppEvent } from './app/events.ts';

/** Milliseconds for which nobody moves before it is looked ahead: whoever holds a key down does not want to know yet. */
const restBeforeLooking = 80;

/** The debugger for which it is searched. */
export interface SearchingDebugger {
	/** Null while there is none. */
	readonly session: () => Session | null;
	/** Takes in what a search has found; may come at any time. */
	readonly take: (event: AppEvent) => void;
	/** Runs what may go wrong. */
	readonly guard: (action: () => void) => void;
}

export class SideSearch {
	readonly #searcher: Searcher | undefined;
	readonly #debugger: SearchingDebugger;
	#timer: NodeJS.Timeout | undefined;

	/** @param searcher without it nothing is searched */
	constructor(searcher: Searcher | undefined, debugging: SearchingDebugger) {
		this.#searcher = searcher;
		this.#debugger = debugging;
	}

	/** After a move: what was being searched is of no use any more; what can happen here will be. */
	lookAhead(): void {
		const searcher = this.#searcher;
		const { session: current, take, guard } = this.#debugger;
		const session = current();
		clearTimeout(this.#timer);
		searcher?.cancel();
		if (searcher === undefined || session === null) return;
		const { target, timeline } = session;
		const node = timeline.cursor;
		this.#timer = setTimeout(() => {
			guard(() => searcher.look(target, node.state, (outlook) => take({ kind: 'outlook', node, outlook })));
		}, restBeforeLooking);
	}

	/** Looks for what a command asked for, from where the session is. Null, or why that cannot be done. */
	find(request: FindRequest): OutputLine | null {
		const searcher = this.#searcher;
		const { session: current, take } = this.#debugger;
		const session = current();
		if (session === null) return null;
		if (searcher === undefined) {
			return { tone: 'error', text: 'searches cannot be made from here; `mmstep check` makes them' };
		}
		clearTimeout(this.#timer);
		const { target, timeline } = session;
		const node = timeline.cursor;
		searcher.ask(
			target,
			node.state,
			request.question,
			(answer) => {
				take({ kind: 'answered', node, request, answer });
				// The outlook was given up for the question.
				if (current()?.timeline.cursor === node) this.lookAhead();
			},
			(message) => {
				const text = `the search failed: ${plainLine(message)}`;
				take({ kind: 'say', message: { tone: 'error', text } });
			},
		);
		return null;
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#searcher?.close();
	}
}
