/** Records whose keys come from a stranger's text. */

/** The value of an own key: `constructor` and its like are names like any other. */
export function entryOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** An empty record in which every key, `__proto__` too, is an ordinary one. */
export function emptyRecord<T>(): Record<string, T> {
	return Object.create(null);
}
