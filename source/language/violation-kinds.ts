/**
 * The closed vocabulary of what may be reported. It is kept with the language, because the compiler checks the kinds that a
 * model names in violation(), warning() and note().
 */
export const violationKinds = [
	'stale-tlb',
	'stale-use',
	'va-reuse',
	'use-after-free',
	'double-free',
	'leak',
	'lost-store',
	'missed-mapping',
	'wild-walk',
	'torn-read',
	'duplicate-report',
	'hole',
	'garbage-mapping',
	'orphan-pte',
	'stale-protection',
	'mapped-after-truncate',
	'bad-range',
	'data-race',
	'lock-misuse',
	'lock-order',
	'sleep-in-atomic',
	'deadlock',
	'assertion',
	'invariant',
] as const;

export type ViolationKind = (typeof violationKinds)[number];
