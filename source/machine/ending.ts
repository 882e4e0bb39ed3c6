/** The end of a run: what is checked when every CPU is done and nothing is on its way any more. */

import { Execution } from './interpreter.ts';
import { hardwareSite, type Journal } from './journal.ts';
import { reportLeaks } from './leak.ts';
import { runToEnd } from './run-to-end.ts';
import { firstFrame } from './stack.ts';
import type { Store } from './store.ts';

/** Whether nothing is left to run: no context, no callback, no flush. */
function isOver(store: Store): boolean {
	for (let index = 0; index <= store.machine.configuration.cpus; index++) {
		if (store.context(index).status === 'running') return false;
	}
	return store.callbacks().length === 0 && store.flushes().length === 0;
}

function hasCrashed(store: Store): boolean {
	for (let index = 0; index <= store.machine.configuration.cpus; index++) {
		if (store.context(index).status === 'dead') return true;
	}
	return false;
}

/**
 * Once, when the run is over: calls the `__final` functions and looks for leaks. After a crash neither is done: what the dead
 * context left half done would be reported, and explains nothing.
 */
export function checkEnd(store: Store, journal: Journal): void {
	if (store.finished() || !isOver(store)) return;
	store.setFinished();
	if (hasCrashed(store)) return;
	const { status } = store.context(0);
	for (const [index, fn] of store.machine.program.functions.entries()) {
		if (fn.role !== 'final') continue;
		// Locks and RCU treat it as what it is: code that runs on CPU 0.
		store.changeContext(0, { status: 'running' });
		const execution = new Execution(store, journal, 0, [firstFrame(store, 0, index, [])]);
		journal.site = execution;
		// It only looks at what the run has left: nothing that happened.
		journal.silence(1);
		runToEnd(execution);
		journal.silence(-1);
		execution.leave();
		store.changeContext(0, { status });
		journal.isStopped = false;
	}
	journal.site = hardwareSite('', 0);
	reportLeaks(store, journal);
}
