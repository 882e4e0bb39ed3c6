/** A place in a source text. Lines and columns count from 1; a tab counts as one column. */
export interface Position {
	/** Display path of the file: relative to the scenario folder, or `kernel/...` for the model library. */
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/** One source text as it was read. `path` is what positions name; it never holds a path of the machine it was read on. */
export interface SourceFile {
	readonly path: string;
	readonly text: string;
}
