/** What each kind of violation is called in a sentence. */

import type { ViolationKind } from '../machine/violation.ts';

/** A noun phrase without an article: the last line of a drawing, and the subject of a mail. */
export function violationPhrase(kind: ViolationKind): string {
	return phrases[kind];
}

/**
 * A title without the kind in front of it, for where that is said already: `CPU0 -> CPU1 -> CPU0` of `deadlock: CPU0 -> ...`,
 * `in vb_free: ...` of `data-race in vb_free: ...`.
 */
export function withoutKind(kind: ViolationKind, title: string): string {
	const lead = [kind, phrases[kind]].find((words) => title.toLowerCase().startsWith(words)) ?? '';
	const rest = title.slice(lead.length);
	if (rest.startsWith(': ')) return rest.slice(2);
	return rest.startsWith(' in ') ? rest.slice(1) : title;
}

const phrases: Readonly<Record<ViolationKind, string>> = {
	'stale-tlb': 'stale TLB entry',
	'stale-use': 'access through a stale TLB entry',
	'va-reuse': 'address reused under a stale TLB entry',
	'use-after-free': 'use after free',
	'double-free': 'double free',
	leak: 'memory leak',
	'lost-store': 'lost store',
	'missed-mapping': 'mapping missed by the rmap walk',
	'wild-walk': 'page table walk through a cleared entry',
	'torn-read': 'two readings of one entry mixed up',
	'duplicate-report': 'range reported twice',
	hole: 'range not reported',
	'garbage-mapping': 'mapping of a page that is none',
	'orphan-pte': 'PTE in a table that nobody owns',
	'stale-protection': 'mapping with old protection',
	'mapped-after-truncate': 'page mapped after truncation',
	'bad-range': 'bad flush range',
	'data-race': 'data race',
	'lock-misuse': 'lock misuse',
	'lock-order': 'circular lock order',
	'sleep-in-atomic': 'sleeping function called in atomic context',
	deadlock: 'deadlock',
	assertion: 'failed assertion',
	invariant: 'broken invariant',
};
