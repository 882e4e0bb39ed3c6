/**
 * What the ops of a step did to what others share, in the order in which they did it, for those who ask for it (`StepOptions.trace`).
 * Ghost regions, invariants and whatever else only looks leave no trace.
 */

import type { Access } from '../language/code.ts';
import type { PrimitiveName } from '../language/primitives.ts';
import type { HeldLock, MemoryObject, RcuCallback } from './state.ts';

/** A place in the code: indices into Program.functions and into its code. */
export interface CodePlace {
	readonly function: number;
	readonly instruction: number;
}

/** An object as it was when it was used. Its id says too little: ids are used again. */
export type TracedObject = Pick<MemoryObject, 'layout' | 'origin' | 'owner' | 'cpu' | 'allocated'>;

/** Who does something, and where. */
interface Doer {
	readonly context: number;
	/** Innermost first. */
	readonly stack: readonly CodePlace[];
	/** The place that reports are about: the innermost that is not inside a library helper. */
	readonly place: CodePlace;
}

/** A load, a store, or an atomic update, which is both. */
export interface TracedAccess extends Doer {
	readonly kind: 'access';
	readonly pointer: number;
	readonly object: TracedObject;
	readonly access: Access | 'atomic';
	readonly isRead: boolean;
	readonly isWrite: boolean;
	readonly before: number;
	readonly after: number;
	/** Whether it is part of `atomic {}` or of the condition of a wait. */
	readonly isIndivisible: boolean;
}

/** A call of a primitive that others can see or that looks at what they do. */
export interface TracedPrimitive extends Doer {
	readonly kind: 'primitive';
	readonly name: PrimitiveName;
	readonly arguments: readonly number[];
	/** What the first argument points into, when it is a pointer. */
	readonly object: TracedObject | null;
	readonly result: number;
	/** The locks that the context held before it and after it. */
	readonly heldBefore: readonly HeldLock[];
	readonly heldAfter: readonly HeldLock[];
	readonly grace: GraceState;
}

/** What is waiting for grace periods, and for whom. */
export interface GraceState {
	readonly callbacks: readonly RcuCallback[];
	/** By context: whom its synchronize_rcu() waits for. */
	readonly waits: readonly (readonly number[] | null)[];
}

export type TracedOp =
	| TracedAccess
	| TracedPrimitive
	/** A CPU takes its next flush interrupt. */
	| { readonly kind: 'interrupt'; readonly cpu: number }
	/** The callback context takes a callback whose grace period is over. */
	| { readonly kind: 'callback'; readonly callback: RcuCallback };

/** Where traced ops go. */
export type Trace = TracedOp[];
