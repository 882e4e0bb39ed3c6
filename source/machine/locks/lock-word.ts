/**
 * Locks as the machine keeps them: a word in memory, which decides, and on each context the list of what it holds, which
 * explains. Exclusive kinds (spinlock, mutex): 0 when free, else the holder's context + 1. Shared kinds (rwlock,
 * rw_semaphore): 0 when free, -(context + 1) for a writer, else one bit for each reading context.
 */

import type { WaitReason } from '../machine.ts';
import { cellName, contextName, type NameSource } from '../names.ts';
import { type LockMode, pointerStride, type Stamp } from '../state.ts';
import type { Store } from '../store.ts';

export type LockKind = 'spinlock' | 'rwlock' | 'mutex' | 'rw_semaphore';

export interface LockHolder {
	readonly context: number;
	readonly mode: LockMode;
	/** Null when the word names a holder that never took the lock: somebody wrote to it. */
	readonly since: Stamp | null;
}

/** A lock as it stands. */
export interface LockStatus {
	/** Null when the pointer is to no lock. */
	readonly kind: LockKind | null;
	readonly holders: readonly LockHolder[];
}

/** What a lock's state is read from. A Store is one. */
export type LockSource = NameSource & Pick<Store, 'cell'>;

const kinds: Readonly<Record<string, LockKind>> = {
	spinlock_t: 'spinlock',
	rwlock_t: 'rwlock',
	mutex: 'mutex',
	rw_semaphore: 'rw_semaphore',
};

/** The kind of lock in a cell, freed or not; null when there is none. */
export function lockKindAt(source: NameSource, pointer: number): LockKind | null {
	const object = pointer > 0 ? source.object(Math.floor(pointer / pointerStride)) : null;
	if (object === null) return null;
	const type = source.machine.program.layouts[object.layout]?.cells[pointer % pointerStride]?.type;
	return type?.kind === 'machine' ? (kinds[type.name] ?? null) : null;
}

/** The class of a lock, as lockdep would have it: `vmap_block.lock`, or a global's name. */
export function lockClassAt(source: NameSource, pointer: number): string {
	const object = source.object(Math.floor(pointer / pointerStride));
	const layout = object === null ? undefined : source.machine.program.layouts[object.layout];
	const path = layout?.cells[pointer % pointerStride]?.path ?? '';
	const member = path.replace(/\[\d+\]/g, '[]');
	if (layout?.type.kind === 'struct') return `${layout.type.tag}.${member}`;
	const global = object?.origin === 'global' ? source.machine.program.globals[object.owner]?.name : undefined;
	return `${global ?? layout?.name ?? 'lock'}${member}`;
}

/** The lock word, unchecked; 0 when there is no such cell. */
export function lockWord(source: LockSource, pointer: number): number {
	return source.cell(Math.floor(pointer / pointerStride), pointer % pointerStride);
}

/** Whether the pointer is to a lock in live memory, so that waiting for it makes sense. */
export function isLiveLock(source: NameSource, pointer: number): boolean {
	return lockKindAt(source, pointer) !== null && source.object(Math.floor(pointer / pointerStride))?.status === 'live';
}

/** The contexts that the word names, with their mode. */
function namedByWord(kind: LockKind, word: number, contexts: number): readonly Omit<LockHolder, 'since'>[] {
	if (word === 0) return [];
	const isShared = kind === 'rwlock' || kind === 'rw_semaphore';
	if (!isShared) return [{ context: word - 1, mode: 'exclusive' }];
	if (word < 0) return [{ context: -word - 1, mode: 'exclusive' }];
	return Array.from({ length: contexts }, (_, context) => context)
		.filter((context) => (word & (1 << context)) !== 0)
		.map((context) => ({ context, mode: 'shared' }));
}

/** Who holds the lock that the pointer is to, in what mode and since when. */
export function lockStatus(source: LockSource, pointer: number): LockStatus {
	const kind = lockKindAt(source, pointer);
	if (kind === null) return { kind: null, holders: [] };
	const contexts = source.machine.configuration.cpus + 1;
	const holders = namedByWord(kind, lockWord(source, pointer), contexts).map(({ context, mode }) => {
		const isContext = context >= 0 && context < contexts;
		const held = isContext ? source.context(context).held.find((hold) => hold.lock === pointer) : undefined;
		return { context, mode, since: held?.since ?? null };
	});
	return { kind, holders };
}

function holderText(source: LockSource, holder: LockHolder, waiter: number): string {
	const who =
		holder.context === waiter ? 'which it holds itself' : `held by ${contextName(source.machine, holder.context)}`;
	const mode = holder.mode === 'shared' ? ' shared' : '';
	const since =
		holder.since === null ? '' : holder.since.step === 0 ? ' since the set-up' : ` since step ${holder.since.step}`;
	return `${who}${mode}${since}`;
}

/** Why `context` cannot have the lock now: `waits for spinlock A.lock, held by CPU0 since step 7`. */
export function lockWaitReason(source: LockSource, pointer: number, context: number): WaitReason {
	const kind = lockKindAt(source, pointer);
	const contexts = source.machine.configuration.cpus + 1;
	const named = kind === null ? [] : namedByWord(kind, lockWord(source, pointer), contexts);
	return {
		kind: 'lock',
		// Made when it is asked for: whoever only wants to know who can run reads no more than the word.
		get what() {
			return `${kind ?? 'lock'} ${cellName(source, pointer)}`;
		},
		get text() {
			const whom = lockStatus(source, pointer).holders.map((holder) => holderText(source, holder, context));
			return `waits for ${this.what}, ${whom.join(' and ')}`;
		},
		lock: pointer,
		holders: named.map((holder) => holder.context),
	};
}
