/**
 * A value that is made when it is first asked for, and then kept: for what takes long to make and is not needed by every run.
 * @param make must always give the same
 */
export function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | null = null;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}
