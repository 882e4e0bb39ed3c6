/** How many terminal cells a text takes. */

import stringWidth from 'string-width';

/** Whether a text is printable ASCII only, one cell a character. */
export function isAscii(text: string): boolean {
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < 0x20 || code > 0x7e) return false;
	}
	return true;
}

/** Characters that every terminal draws in one cell: ASCII, Latin, box drawing and the few signs that the screen itself uses. */
export function isNarrow(code: number): boolean {
	return (
		(code >= 0x20 && code < 0x7f) ||
		(code >= 0xa1 && code < 0x300 && code !== 0xad) ||
		code === 0x2016 ||
		code === 0x2026 ||
		(code >= 0x2190 && code <= 0x2193) ||
		(code >= 0x2500 && code <= 0x257f) ||
		code === 0x25b6 ||
		code === 0x25c0 ||
		code === 0x25cf ||
		code === 0x2713 ||
		code === 0x2717 ||
		code === 0x276f
	);
}

/** Width in terminal cells. The common characters are counted here: most of a screen are blanks and rules. */
export function textWidth(text: string): number {
	for (let index = 0; index < text.length; index++) if (!isNarrow(text.charCodeAt(index))) return stringWidth(text);
	return text.length;
}
