/** The words of a piece of C or of a remark, and how much of one text another has. */

/** Words that say nothing about which step is meant. */
const empty = new Set([
	'the',
	'a',
	'an',
	'and',
	'is',
	'of',
	'in',
	'to',
	'with',
	'by',
	'it',
	'its',
	'that',
	'on',
	'for',
	'new#',
	'struct',
	'mm#',
]);

/** Words that mean the same here. */
const same: Readonly<Record<string, string>> = {
	freed: 'free',
	frees: 'free',
	pfn: 'frame',
	address: 'addr',
	fills: 'fill',
	flushes: 'flush',
	flushed: 'flush',
	invalidates: 'flush',
	allocated: 'alloc',
	allocates: 'alloc',
	allocate: 'alloc',
	maps: 'map',
	mapped: 'map',
	unmaps: 'unmap',
	unmapped: 'unmap',
	reads: 'read',
	writes: 'write',
	stores: 'store',
	loads: 'load',
	clears: 'clear',
	cleared: 'clear',
	truncates: 'truncate',
	splits: 'split',
};

/** Words and numbers in order, names taken apart at `_` and where a capital follows a small letter. */
export function wordsOf(text: string): string[] {
	return text
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.split(/[^A-Za-z0-9]+/)
		.map((word) => word.toLowerCase())
		.filter((word) => word !== '' && !empty.has(word))
		.map((word) => same[word] ?? word);
}

/** How well one word stands for another: 1 the same, less for an abbreviation. */
function likeness(a: string, b: string): number {
	if (a === b) return 1;
	const [short, long] = a.length < b.length ? [a, b] : [b, a];
	return short.length >= 3 && long.startsWith(short) && /[a-z]/.test(short) ? 0.8 : 0;
}

/** The share of `wanted` that is in `given`, from 0 to 1. */
export function shareOf(wanted: readonly string[], given: readonly string[]): number {
	const words = [...new Set(wanted)];
	if (words.length === 0) return 0;
	const known = new Set(given);
	const found = words.reduce((sum, word) => {
		if (known.has(word)) return sum + 1;
		let best = 0;
		for (const other of known) best = Math.max(best, likeness(word, other));
		return sum + best;
	}, 0);
	return found / words.length;
}

/** How alike two names are, from 0 to 1: the words that both have, out of all that they have. */
export function nameLikeness(a: string, b: string): number {
	if (a === b) return 1;
	const [first, second] = [wordsOf(a), wordsOf(b)];
	return (shareOf(first, second) * 2 + shareOf(second, first)) / 3;
}
