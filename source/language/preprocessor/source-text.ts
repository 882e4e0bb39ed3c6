/** A file cut into tokens, and these into directives and what stands between them. */

import { tokenize } from '../tokens/lexer.ts';
import type { Token } from '../tokens/token.ts';

export interface SourceText {
	readonly kind: 'text';
	readonly text: string;
	readonly parts: readonly SourcePart[];
	readonly end: Token;
	/** The macro of an include guard around the whole file. */
	readonly guard: string | null;
}

export type SourcePart = TextPart | DirectivePart;

/** All that stands between two directives: macros are expanded in all of it at once, since arguments may span lines. */
export interface TextPart {
	readonly kind: 'text';
	readonly tokens: readonly Token[];
}

export interface DirectivePart {
	readonly kind: 'directive';
	readonly hash: Token;
	/** What follows on the line; none in the null directive. */
	readonly word: Token | null;
	/** What follows the word. */
	readonly rest: readonly Token[];
}

/** @param path display path of the file */
export function cutSource(text: string, path: string): SourceText {
	const tokens = tokenize(text, path);
	const end = tokens.pop();
	if (end === undefined) throw new Error('a list of tokens ends with "end"');
	const parts: SourcePart[] = [];
	for (let index = 0; index < tokens.length; ) {
		const token = tokens[index];
		if (token === undefined) break;
		const isDirective = isHash(token);
		let last = index + 1;
		for (let next = tokens[last]; next !== undefined; next = tokens[last]) {
			if (isDirective ? next.startsLine : isHash(next)) break;
			last += 1;
		}
		parts.push(
			isDirective
				? {
						kind: 'directive',
						hash: token,
						word: last > index + 1 ? (tokens[index + 1] ?? null) : null,
						rest: tokens.slice(index + 2, last),
					}
				: { kind: 'text', tokens: tokens.slice(index, last) },
		);
		index = last;
	}
	return { kind: 'text', text, parts, end, guard: guardOf(parts) };
}

function isHash(token: Token): boolean {
	return token.startsLine && token.text === '#';
}

/** The X of `#ifndef X`, `#define X` ... `#endif` around all tokens of a file. */
function guardOf([ifndef, define, ...rest]: readonly SourcePart[]): string | null {
	const name = restOf(ifndef)[0]?.text ?? null;
	if (wordOf(ifndef) !== 'ifndef' || restOf(ifndef).length !== 1) return null;
	if (wordOf(define) !== 'define' || restOf(define)[0]?.text !== name) return null;
	let open = 1;
	for (const [index, part] of rest.entries()) {
		const word = wordOf(part);
		if (word === 'if' || word === 'ifdef' || word === 'ifndef') open += 1;
		if (word !== 'endif') continue;
		open -= 1;
		if (open === 0) return index === rest.length - 1 && restOf(part).length === 0 ? name : null;
	}
	return null;
}

function restOf(part: SourcePart | undefined): readonly Token[] {
	return part?.kind === 'directive' ? part.rest : [];
}

function wordOf(part: SourcePart | undefined): string | undefined {
	return part?.kind === 'directive' ? part.word?.text : undefined;
}
