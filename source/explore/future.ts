/**
 * What an actor may still do from a local state: locations it may read and write, and with each the locks that it takes before in
 * any case. Sets of locks are bits (dependence.ts gives them out). See reduction.ts for what this is good for.
 */

/** What is not done at all, in any circumstances. */
const never = -1;

/** By location: the locks that are taken before it is accessed, as bits; `never` where it is not. */
class LockMasks {
	private masks = new Int32Array(8).fill(never);
	/** One past the last location that is accessed. */
	private end = 0;

	get(location: number): number {
		return location < this.end ? (this.masks[location] ?? never) : never;
	}

	private extend(end: number): void {
		if (end <= this.end) return;
		if (end > this.masks.length) {
			const masks = new Int32Array(Math.max(end, this.masks.length * 2)).fill(never);
			masks.set(this.masks);
			this.masks = masks;
		}
		this.end = end;
	}

	/** Returns whether anything is new. */
	add(location: number, locks: number): boolean {
		this.extend(location + 1);
		const before = this.masks[location] ?? never;
		this.masks[location] = before & locks;
		return (before & locks) !== before;
	}

	/** Adds what is done after the locks have been taken; lists the locations about which something is new. */
	addAll(after: LockMasks, locks: number, changed: number[]): void {
		this.extend(after.end);
		for (let location = 0; location < after.end; location++) {
			const before = this.masks[location] ?? never;
			const merged = before & ((after.masks[location] ?? never) | locks);
			if (merged === before) continue;
			this.masks[location] = merged;
			changed.push(location);
		}
	}

	/** The same for some locations alone. */
	addSome(after: LockMasks, locations: readonly number[], locks: number, changed: number[]): void {
		for (const location of locations) if (this.add(location, after.get(location) | locks)) changed.push(location);
	}
}

/** Whether something that is done after taking these locks can be done while others hold those. */
export function isPossible(locks: number, held: number): boolean {
	return locks !== never && (locks & held) === 0;
}

/** What somebody may still do from a local state. */
export class Future {
	readonly reads = new LockMasks();
	readonly writes = new LockMasks();
	/** Locks taken before it writes what invariants read. */
	touches = never;
	/** Whether anything was noted at all. */
	isEmpty = true;
	/** The version of all knowledge at which something became known of this. */
	version = 0;
	/** With the locks that are taken on the way from there to here. */
	readonly predecessors = new Map<Future, number>();
	/** Numbers of what was noted already, with the locks. */
	readonly noted = new Map<number, number>();

	/**
	 * Whether it never writes to the word of a lock without having taken it.
	 * @param word location of the word
	 * @param taking the bit of whoever takes the lock
	 */
	respects(word: number, taking: number): boolean {
		const mask = this.writes.get(word);
		return mask === never || (mask & taking) !== 0;
	}

	/** Notes that it comes to where the other begins after taking these locks, as far as invariants go; returns whether that is new. */
	mergeTouches(after: Future, locks: number): boolean {
		const touches = this.touches & (after.touches | locks);
		const isChanged = touches !== this.touches;
		this.touches = touches;
		if (!after.isEmpty) this.isEmpty = false;
		return isChanged;
	}
}
