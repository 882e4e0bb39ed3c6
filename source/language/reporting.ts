import type { Diagnostic } from './diagnostics.ts';
import type { Token } from './tokens/token.ts';

/** Warnings beyond these are not kept. */
const warningLimit = 20;

/** Errors after which a text is given up: more would hardly help, and a hostile file must not flood the screen. */
export const errorLimit = 20;

/** Thrown to leave a text that is not worth reading further. Never leaves this layer. */
export class StopReading extends Error {
	override readonly name = 'StopReading';
}

/**
 * Adds a diagnostic; the same error at the same place is kept once.
 *
 * @throws StopReading once there are as many errors as anybody wants to read
 */
export function report(diagnostics: Diagnostic[], diagnostic: Diagnostic): void {
	const count = diagnostics.filter(({ severity }) => severity === diagnostic.severity).length;
	if (diagnostic.severity === 'warning' && count >= warningLimit) return;
	if (diagnostics.some((other) => isSame(other, diagnostic))) return;
	diagnostics.push(diagnostic);
	if (diagnostic.severity === 'error' && count + 1 >= errorLimit) throw new StopReading();
}

/** Two complaints about one place would only say what the first one caused. */
function isSame(a: Diagnostic, b: Diagnostic): boolean {
	return (
		a.severity === b.severity &&
		a.position.file === b.position.file &&
		a.position.line === b.position.line &&
		a.position.column === b.position.column
	);
}

/**
 * An error at a token. Inside a macro's body the caret is at the invocation, and a note names the place in the body.
 */
export function errorAt(token: Token, message: string, advice?: string): Diagnostic {
	const written = token.macro === null;
	return {
		severity: 'error',
		message,
		position: written ? token.spelling : token.position,
		length: written ? Math.max(1, token.text.length) : token.length,
		...(advice === undefined ? {} : { advice }),
		...(written
			? {}
			: { notes: [{ message: `in the expansion of the macro "${token.macro}"`, position: token.spelling }] }),
	};
}
