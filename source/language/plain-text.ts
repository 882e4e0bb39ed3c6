/**
 * Texts of a stranger's scenario or recording on their way to a terminal. A title that held an escape sequence could recolour
 * the screen, move the cursor or ask the terminal to type; so nothing of the kind is ever written.
 */

// C0 and C1 controls, DEL, line and paragraph separators, bidirectional overrides, zero-width and other invisible format
// characters, tag characters, lone surrogates: whatever changes how the rest of a line is shown, or hides in it.
const unprintable =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** `text` with every character that could steer a terminal shown as `?`; newlines stay, tabs become blanks. CR LF counts as a newline. */
export function plainText(text: string): string {
	return text.replaceAll('\r\n', '\n').replaceAll('\t', ' ').replace(unprintable, '?');
}

/** The same on one line: every run of white space is one blank. */
export function plainLine(text: string): string {
	return plainText(text).replace(/\s+/g, ' ').trim();
}

/** The same on one line with its blanks as they are, for what is laid out in columns. */
export function plainRow(text: string): string {
	return plainText(text).replaceAll('\n', ' ').trimEnd();
}

/** The same for a line of source text: tabs reach to the next multiple of 8, as in the kernel's own style. */
export function plainSourceLine(text: string): string {
	let line = '';
	for (const character of text.replace(/\r$/, '')) {
		line += character === '\t' ? ' '.repeat(8 - (line.length % 8)) : plainText(character);
	}
	return line;
}
