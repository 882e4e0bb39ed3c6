/** The cycle of waits that a deadlock's report names, in words and as columns of a drawing. */

/** Actors of a cycle: each waits for the next, the last for the first. */
export interface WaitCycle {
	/** Names, in order, each once: `CPU0`, `CPU1`. */
	readonly actors: readonly string[];
	/** What each of them waits for: `CPU0 waits for spinlock A.lock, held by CPU1; CPU1 waits for ...`. */
	readonly text: string;
}

/**
 * Finds the cycle in a report of machine/deadlock.ts: its title has the names, its details what each of them waits for.
 * @returns null when nobody waits for one another: what all wait for can come from nobody
 */
export function waitCycle(title: string, details: readonly string[]): WaitCycle | null {
	const [, chain] = /^deadlock: (\S+(?: -> \S+)+)$/.exec(title) ?? [];
	if (chain === undefined) return null;
	const actors = chain.split(' -> ').slice(0, -1);
	const waits = actors.flatMap((actor) => {
		const wait = details.find((detail) => detail.startsWith(`${actor} waits for `));
		return wait === undefined ? [] : [withoutDetail(wait)];
	});
	return { actors, text: waits.join('; ') };
}

/** Since when a lock is held, and the words of a condition, are said elsewhere. */
function withoutDetail(wait: string): string {
	return wait.replace(/(the condition at \S+:\d+): .*$/, '$1').replace(/ since (?:step \d+|the set-up)$/, '');
}
