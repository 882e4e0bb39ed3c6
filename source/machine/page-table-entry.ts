/**
 * How a page-table entry is packed into one number: flags in the low byte, and above it the payload, which is a frame number
 * in a leaf and the object id of the next table elsewhere. Zero is the empty entry. The layout is the model's own; only the
 * meaning of the flags follows the hardware.
 */

/** Flag bits of an entry. The `soft` ones mean nothing to the MMU. */
export const entryFlags = {
	present: 1,
	write: 2,
	accessed: 4,
	dirty: 8,
	leaf: 16,
	soft1: 32,
	soft2: 64,
	soft3: 128,
} as const;

const payloadUnit = 256;

/** Packs a payload (frame number or object id, not negative) and flag bits. */
export function makeEntry(payload: number, flags: number): number {
	return payload * payloadUnit + (flags & (payloadUnit - 1));
}

/** The frame number of a leaf, or the object id of the next table. */
export function entryPayload(entry: number): number {
	return Math.floor(entry / payloadUnit);
}

/** The low byte. */
export function entryFlagBits(entry: number): number {
	return entry - entryPayload(entry) * payloadUnit;
}

export function isPresent(entry: number): boolean {
	return (entryFlagBits(entry) & entryFlags.present) !== 0;
}

export function isWritable(entry: number): boolean {
	return (entryFlagBits(entry) & entryFlags.write) !== 0;
}

/** Whether the entry maps a frame when it stands in a table of `level` (0 is the root): the last level has nothing but leaves. */
export function isLeaf(entry: number, level: number, levels: number): boolean {
	return level === levels - 1 || (entryFlagBits(entry) & entryFlags.leaf) !== 0;
}

/** The entry with more flag bits set. */
export function withFlags(entry: number, flags: number): number {
	return makeEntry(entryPayload(entry), entryFlagBits(entry) | flags);
}

/** The letters of the flags that are set, other than present: ` W A D`, each with a blank before it. */
export function flagLetters(entry: number): string {
	const letters = [
		[entryFlags.write, 'W'],
		[entryFlags.accessed, 'A'],
		[entryFlags.dirty, 'D'],
		[entryFlags.leaf, 'L'],
		[entryFlags.soft1, 's1'],
		[entryFlags.soft2, 's2'],
		[entryFlags.soft3, 's3'],
	] as const;
	const bits = entryFlagBits(entry);
	return letters.map(([flag, letter]) => ((bits & flag) === 0 ? '' : ` ${letter}`)).join('');
}
