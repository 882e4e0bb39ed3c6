import { createHash } from 'node:crypto';

/**
 * A hash of plain data: 16 hex digits of SHA-256 over a text in which the order of an object's keys does not matter.
 * @param value what JSON can hold
 */
export function contentHash(value: unknown): string {
	return createHash('sha256').update(canonicalText(value)).digest('hex').slice(0, 16);
}

/** What JSON.stringify() says of the value with every object's keys in order, without the detour of a replacer. */
export function canonicalText(value: unknown): string {
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
	const parts: string[] = [];
	for (const [key, part] of Object.entries(value).sort(byKey)) {
		if (part !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalText(part)}`);
	}
	return `{${parts.join(',')}}`;
}

/** Keys that are array indices come first, by value, as in every JavaScript object. */
function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
	const first = arrayIndex(a);
	const second = arrayIndex(b);
	if (first !== null || second !== null) return (first ?? Number.MAX_VALUE) - (second ?? Number.MAX_VALUE);
	return a < b ? -1 : a > b ? 1 : 0;
}

function arrayIndex(key: string): number | null {
	return /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1 ? Number(key) : null;
}
