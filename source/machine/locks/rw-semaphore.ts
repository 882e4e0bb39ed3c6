/** struct rw_semaphore: a sleeping lock for readers or one writer, who may turn into a reader without letting go. */

import { contextName, stampText } from '../names.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from '../store.ts';
import { holdToRelease, lockCallText, lockOf, setLockWord } from './held-locks.ts';
import { sharedLock, sharedTrylock, sharedUnlock } from './shared-lock.ts';

const downRead = sharedLock('down_read', 'rw_semaphore', 'shared');

/**
 * A second down_read() of the same context works here, where readers do not queue behind a writer. In the kernel they do, and
 * a writer that arrives in between stops both.
 */
function warnOfRecursion(call: PrimitiveCall): void {
	const { store, observer, context } = call;
	const lock = lockOf(call);
	const hold = store.context(context).held.find((held) => held.lock === lock && held.mode === 'shared');
	if (hold === undefined) return;
	const title = `${lockCallText(call, 'down_read')}: ${contextName(store.machine, context)} already holds it shared`;
	observer.report('warning', 'lock-misuse', title, [
		`taken at ${stampText(store.machine, hold.since)}`,
		'a writer that arrives in between waits for the first hold, and the second waits for the writer',
	]);
}

export const rwSemaphorePrimitives = {
	down_read: {
		...downRead,
		run(call) {
			warnOfRecursion(call);
			return downRead.run(call);
		},
	},
	down_read_trylock: sharedTrylock('down_read_trylock', 'rw_semaphore', 'shared'),
	up_read: sharedUnlock('up_read', 'shared'),
	down_write: sharedLock('down_write', 'rw_semaphore', 'exclusive'),
	down_write_trylock: sharedTrylock('down_write_trylock', 'rw_semaphore', 'exclusive'),
	up_write: sharedUnlock('up_write', 'exclusive'),
	downgrade_write: {
		run(call) {
			const { store, context, at } = call;
			const hold = holdToRelease(call, 'downgrade_write', 'exclusive');
			if (hold !== null && hold.mode === 'exclusive') {
				const { held } = store.context(context);
				const shared = { ...hold, mode: 'shared', since: at } as const;
				store.changeContext(context, { held: held.with(held.indexOf(hold), shared) });
				setLockWord(store, hold.lock, 1 << context);
				call.observer.event('unlock', () => lockCallText(call, 'downgrade_write'), call.arguments[0]);
			}
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
