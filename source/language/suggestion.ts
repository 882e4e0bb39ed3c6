/** Helping somebody who mistyped a name. */

/** The candidate that `word` was probably meant to be, or null when nothing is near enough. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
	let best: string | null = null;
	// A third of the letters may be wrong; for short words one.
	let limit = Math.max(1, Math.floor(word.length / 3)) + 1;
	const lower = word.toLowerCase();
	for (const candidate of candidates) {
		const distance = editDistance(lower, candidate.toLowerCase(), limit);
		if (distance < limit) {
			best = candidate;
			limit = distance;
		}
	}
	return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
	const found = nearest(word, candidates);
	return found === null ? '' : `; did you mean "${found}"?`;
}

/** Insertions, deletions, changes and swaps of neighbours that turn `a` into `b`; anything from `limit` on is `limit`. */
function editDistance(a: string, b: string, limit: number): number {
	if (Math.abs(a.length - b.length) >= limit) return limit;
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1];
			let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
				cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
			}
			row.push(cost);
		}
		beforeLast = last;
		last = row;
	}
	return Math.min(limit, last[b.length] ?? limit);
}
