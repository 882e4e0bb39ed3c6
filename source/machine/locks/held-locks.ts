/** Taking and giving back locks: the word and the holder's list change together. What the kinds of locks have in common. */

import { countAcquisition } from '../costs.ts';
import type { WaitReason } from '../machine.ts';
import { checkAccess } from '../memory.ts';
import { cellPointerName, contextName, stampText } from '../names.ts';
import { type HeldLock, type LockMode, pointerStride } from '../state.ts';
import type { PrimitiveCall, Store } from '../store.ts';
import { isLiveLock, type LockKind, lockClassAt, lockStatus, lockWaitReason, lockWord } from './lock-word.ts';

/** One primitive on a lock: what it is called and on which kind. */
export interface LockCall {
	readonly name: string;
	readonly kind: LockKind;
}

/** The lock that a call is about. */
export function lockOf(call: PrimitiveCall): number {
	return call.arguments[0] ?? 0;
}

/** `spin_lock(&A->lock)`. */
export function lockCallText(call: PrimitiveCall, name: string): string {
	return `${name}(${cellPointerName(call.store, lockOf(call))})`;
}

/**
 * Why the call has to wait for the lock, or null. `canTake` judges the lock word. A lock in memory that is freed, or was never
 * there, is not waited for: the attempt is made, and reported.
 */
export function waitForLock(call: PrimitiveCall, canTake: (word: number) => boolean): WaitReason | null {
	const lock = lockOf(call);
	if (!isLiveLock(call.store, lock) || canTake(lockWord(call.store, lock))) return null;
	return lockWaitReason(call.store, lock, call.context);
}

/** Writes the lock word, unchecked. */
export function setLockWord(store: Store, lock: number, word: number): void {
	store.setCell(Math.floor(lock / pointerStride), lock % pointerStride, word);
}

/** Whether the lock's memory can be used at all. Freed memory can, and is reported. */
export function isUsable(call: PrimitiveCall, name: string): boolean {
	const { store, observer } = call;
	const lock = lockOf(call);
	return isLiveLock(store, lock) || checkAccess(store, observer, lock, lockCallText(call, name));
}

/**
 * Takes the lock when `canTake` says that its word allows it; `taken` makes the new word. Returns whether it was taken.
 * A lock call on freed memory is reported, and takes what the word left there allows.
 */
export function takeLock(
	call: PrimitiveCall,
	{ name, kind }: LockCall,
	mode: LockMode,
	canTake: (word: number) => boolean,
	taken: (word: number) => number,
): boolean {
	const { store, context, at } = call;
	const lock = lockOf(call);
	if (!isUsable(call, name)) return false;
	const word = lockWord(store, lock);
	if (!canTake(word)) return false;
	setLockWord(store, lock, taken(word));
	const { held } = store.context(context);
	store.changeContext(context, { held: [...held, { lock, mode, since: at }] });
	countAcquisition(store, kind, lockClassAt(store, lock));
	return true;
}

/** The latest hold of the calling context on the lock, or null. */
function ownHold(call: PrimitiveCall): HeldLock | null {
	const lock = lockOf(call);
	return call.store.context(call.context).held.findLast((hold) => hold.lock === lock) ?? null;
}

/** Takes one hold off the calling context's list, and the word with it when it was the last. */
export function dropHold(call: PrimitiveCall, hold: HeldLock, released: (word: number) => number): void {
	const { store, context } = call;
	const held = store.context(context).held.toSpliced(store.context(context).held.indexOf(hold), 1);
	store.changeContext(context, { held });
	if (!held.some((other) => other.lock === hold.lock))
		setLockWord(store, hold.lock, released(lockWord(store, hold.lock)));
}

/**
 * The hold that an unlock gives back, or null when the caller holds nothing there. Reports an unlock of a lock that is not
 * held, that somebody else holds, or that is held in the other mode. (An unlock of what others hold then changes nothing.)
 */
export function holdToRelease(call: PrimitiveCall, name: string, mode: LockMode): HeldLock | null {
	const { store, observer, context } = call;
	if (!isUsable(call, name)) return null;
	const hold = ownHold(call);
	if (hold !== null && hold.mode === mode) return hold;
	const text = lockCallText(call, name);
	const self = contextName(store.machine, context);
	if (hold === null) {
		const { holders } = lockStatus(store, lockOf(call));
		const others = holders.map((holder) => contextName(store.machine, holder.context)).join(' and ');
		const why = others === '' ? 'the lock is not held' : `held by ${others}, not by ${self}`;
		const details = holders.flatMap((holder) =>
			holder.since === null ? [] : [`taken at ${stampText(store.machine, holder.since)}`],
		);
		observer.report('violation', 'lock-misuse', `${text}: ${why}`, details);
	} else {
		const title = `${text}: ${self} holds it ${hold.mode}, and releases it as ${mode}`;
		observer.report('violation', 'lock-misuse', title, [`taken at ${stampText(store.machine, hold.since)}`]);
	}
	return hold;
}
