/**
 * Vector clocks (Fidge 1988, Mattern 1989): for each context, how many of its moments are known to have come before. Clocks are
 * values: none is changed once it is made.
 */

export type VectorClock = readonly number[];

/** The latest of both, context by context. */
export function joined(one: VectorClock, other: VectorClock): VectorClock {
	if (one === other || isBefore(other, one)) return one;
	return one.map((time, context) => Math.max(time, other[context] ?? 0));
}

/** Whether everything that `one` knows of is known to `other`, too. */
function isBefore(one: VectorClock, other: VectorClock): boolean {
	return one.every((time, context) => time <= (other[context] ?? 0));
}

/** The clock one moment of a context later. */
export function ticked(clock: VectorClock, context: number): VectorClock {
	return clock.with(context, (clock[context] ?? 0) + 1);
}

/** The clock of who knows of nothing, for that many contexts. */
export function zeroClock(contexts: number): VectorClock {
	return new Array<number>(contexts).fill(0);
}
