/** What the keyboard sends, one unit at a time. */

/** A key press. */
export interface KeyPress {
	readonly kind: 'key';
	/**
	 * The character itself for what prints (`a`, `A`, `1`, `é`, a blank), else a name: `enter`, `escape`, `tab`, `up`, `f5`, `pagedown`,
	 * with `ctrl-`, `alt-`, `shift-` in that order before it: `ctrl-c`, `shift-tab`, `ctrl-alt-left`.
	 */
	readonly name: string;
	/** What the terminal sent. */
	readonly bytes: string;
}

/** A text pasted between the terminal's paste brackets. */
export interface Paste {
	readonly kind: 'paste';
	readonly text: string;
	/** False when it was too long and has been cut, or its end never came. */
	readonly complete: boolean;
}

export type InputUnit = KeyPress | Paste;

/** The character a key press types into a text, or null when it types none. */
export function typedCharacter(key: KeyPress): string | null {
	return key.name === key.bytes && !isControl(key.name) ? key.name : null;
}

function isControl(text: string): boolean {
	const code = text.codePointAt(0) ?? 0;
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
