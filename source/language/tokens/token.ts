import { plainLine } from '../plain-text.ts';
import type { Position } from '../position.ts';

/**
 * What a token is. `bad` is text that is no token of model C; its `problem` says why. `end` closes every list of tokens.
 * Keywords are identifiers: the parser knows them.
 */
export type TokenKind = 'identifier' | 'number' | 'string' | 'character' | 'punctuator' | 'bad' | 'end';

/** One token of a text, before or after preprocessing. */
export interface Token {
	readonly kind: TokenKind;
	/** As written, without line continuations; with the quotes for `string` and `character`; empty for `end`. */
	readonly text: string;
	/**
	 * Where stepping and carets belong. Differs from `spelling` for tokens that came through a macro: a token of a macro's
	 * body is at the outermost invocation, and so is one of its arguments unless it is written on that same line.
	 */
	readonly position: Position;
	/** Characters to underline from `position` on, at least 1. */
	readonly length: number;
	/** Where the token's own characters are. */
	readonly spelling: Position;
	/** The macro whose body holds the token; null when it is written in the text itself or in a macro's argument. */
	readonly macro: string | null;
	/** First token of a line. */
	readonly startsLine: boolean;
	/** Blank space or a comment comes before it on its line. */
	readonly spaceBefore: boolean;
	/** The comment block right above the token's line, without its stars; empty when there is none. */
	readonly comment: string;
	/** Why a `bad` token is none; null for the others. */
	readonly problem: string | null;
}

const longestShown = 40;

/** A stranger's text in quotes, on one line, safe to show, cut when it is long. */
export function quoteText(text: string): string {
	return `"${shorten(text)}"`;
}

function shorten(text: string): string {
	return plainLine(text.length > longestShown ? `${text.slice(0, longestShown)}...` : text);
}

/** How a message names the token that was found. */
export function describeToken(token: Token): string {
	switch (token.kind) {
		case 'end':
			return 'the end of the text';
		case 'identifier':
		case 'number':
		case 'punctuator':
		case 'bad':
			return quoteText(token.text);
		case 'string':
		case 'character':
			return shorten(token.text); // it has quotes of its own
	}
}
