/** Virtual addresses and page numbers: unsigned numbers in the machine's signed form, where the address -1 is ULONG_MAX. */

/** Negative, zero or positive as `a` lies below, at or above `b`. For addresses and for page numbers. */
export function compareAddresses(a: number, b: number): number {
	if (a < 0 !== b < 0) return a < 0 ? 1 : -1;
	return a - b;
}

/** The number of the page that holds the address. Right for the signed form too: the page size divides 2^64. */
export function pageOf(address: number, pageSize: number): number {
	return Math.floor(address / pageSize);
}

/** Page numbers, both included. */
export interface PageSpan {
	readonly first: number;
	readonly last: number;
}

/** The pages that the addresses `start` to before `end` touch; null for an empty or inverted range. */
export function pagesOfRange(start: number, end: number, pageSize: number): PageSpan | null {
	if (compareAddresses(start, end) >= 0) return null;
	return { first: pageOf(start, pageSize), last: pageOf(end - 1, pageSize) };
}

export function spansOverlap(a: PageSpan, b: PageSpan): boolean {
	return compareAddresses(a.first, b.last) <= 0 && compareAddresses(b.first, a.last) <= 0;
}
