import { createHash } from 'node:crypto';

/**
 * A hash of plain data: 16 hex digits of SHA-256 over a text in which the order of an object's keys does not matter.
 * @param value what JSON can hold
 */
export function contentHash(value: unknown): string {
	return createHash('sha256').update(canonicalText(value)).digest('hex').slice(0, 16);
}

/** A hash of several texts: all 64 hex digits of SHA-256. Where one ends and the next begins counts. */
export function textHash(texts: readonly string[]): string {
	const hash = createHash('sha256');
	// Not UTF-8, in which half a character is like any other half.
	for (const text of texts) hash.update(`${text.length}:`).update(text, 'utf16le');
	return hash.digest('hex');
}

/** What JSON.stringify() says of the value with every object's keys in order. */
export function canonicalText(value: unknown): string {
	// To copy and let the engine write is several times as fast as to write, above all in the first second of a process.
	return JSON.stringify(typeof value === 'object' && value !== null ? inOrder(value, new Map()) : value) ?? 'null';
}

/** Keys in order. */
interface Shape {
	readonly order: readonly string[];
	/** Whether all of them are ordinary keys of an ordinary object. */
	readonly isPlain: boolean;
}

/** A copy whose keys come in order. @param shapes what is known, by keys as they come */
function inOrder(value: object, shapes: Map<string, Shape>): object {
	if (Array.isArray(value)) {
		const list: unknown[] = [];
		for (const part of value) list.push(typeof part === 'object' && part !== null ? inOrder(part, shapes) : part);
		return list;
	}
	const { order, isPlain } = shapeOf(Object.keys(value), shapes);
	const copy: Record<string, unknown> = isPlain ? {} : Object.create(null);
	for (const key of order) {
		const part = (value as Record<string, unknown>)[key];
		copy[key] = typeof part === 'object' && part !== null ? inOrder(part, shapes) : part;
	}
	return copy;
}

/** The engine puts array indices before other keys, by value, in whatever order they are written to an object. */
function shapeOf(keys: string[], shapes: Map<string, Shape>): Shape {
	const name = keys.join('\n');
	const known = shapes.get(name);
	// What is kept has no line break in a key, so as many keys with the same name are the same keys.
	if (known !== undefined && known.order.length === keys.length) return known;
	const shape = { order: keys.toSorted(), isPlain: !keys.includes('__proto__') };
	if (!keys.some((key) => key.includes('\n'))) shapes.set(name, shape);
	return shape;
}
