import { createHash } from 'node:crypto';

/**
 * A hash of plain data: 16 hex digits of SHA-256 over a text in which the order of an object's keys does not matter.
 * @param value what JSON can hold
 */
export function contentHash(value: unknown): string {
	return createHash('sha256').update(canonicalText(value)).digest('hex').slice(0, 16);
}

function canonicalText(value: unknown): string {
	return JSON.stringify(value, (_key, part: unknown) => {
		if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
		return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
	});
}
