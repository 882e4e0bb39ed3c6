/**
 * The text of a comment without its signs: no slashes, no stars at the left, no empty lines at either end.
 * Works for one block comment or one line comment; `source` is the whole comment as written.
 */
export function commentText(source: string): string {
	const lines = source.startsWith('//') ? [source.replace(/^\/+/, '')] : blockLines(source);
	const texts = lines.map((line) => withoutTrailingSpace(line.replace(/^ /, '')));
	return dropEmptyEnds(texts).join('\n');
}

function blockLines(source: string): string[] {
	const inner = source.replace(/^\/\*+/, '').replace(/\*+\/$/, '');
	const [first = '', ...rest] = inner.split(/\r?\n/);
	return [first, ...rest.map((line) => line.replace(/^[ \t]*\*?/, ''))];
}

/** A backslash keeps one space behind it, so that the text can be printed as a comment without becoming a continuation. */
function withoutTrailingSpace(line: string): string {
	const trimmed = line.trimEnd();
	return trimmed.endsWith('\\') ? `${trimmed} ` : trimmed;
}

function dropEmptyEnds(lines: readonly string[]): readonly string[] {
	const first = lines.findIndex((line) => line !== '');
	const last = lines.findLastIndex((line) => line !== '');
	return first === -1 ? [] : lines.slice(first, last + 1);
}
