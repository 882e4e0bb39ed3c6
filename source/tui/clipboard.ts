/**
 * The terminal's clipboard. OSC 52 travels with the output, so that it reaches the terminal at which the user sits, over ssh too.
 * The text is in base64: nothing in it can be taken for anything else.
 */
export function clipboardSequence(text: string): string {
	return `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
}
