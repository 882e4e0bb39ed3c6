import { commentText } from './comments.ts';
import type { Token, TokenKind } from './token.ts';

/** Longest first, so that the first match is the token. */
const punctuators = [
	...['...', '<<=', '>>='],
	...['->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='],
	...['##', '#', '[', ']', '(', ')', '{', '}', '.', '&', '*', '+', '-', '~', '!', '/', '%', '<', '>', '^', '|'],
	...['?', ':', ';', '=', ','],
];

/** One group for each kind of token; see `kindOf`. */
const token = new RegExp(
	[
		/([A-Za-z_]\w*)/,
		// The preprocessor's idea of a number: more than what model C accepts, so that one mistake is one token.
		/(\.?\d(?:[eEpP][+-]|[\w.])*)/,
		/("(?:[^"\\\n]|\\[^\n])*")/,
		/('(?:[^'\\\n]|\\[^\n])*')/,
	]
		.map(({ source }) => source)
		.concat(`(${punctuators.map((text) => text.replace(/[^\w]/g, '\\$&')).join('|')})`)
		.join('|'),
	'y',
);
const blanks: ReadonlySet<string> = new Set([' ', '\t', '\r', '\v', '\f']);
const lineComment = /\/\/[^\n]*/y;
const restOfLine = /[^\n]*/y;
const strange = /[^\s\w"'/.,;:?=(){}[\]<>#&*+~!%^|-]+/y;

/**
 * Cuts a text into tokens; the last one is `end`. Never fails: what is no token becomes a `bad` token that says why, since it
 * may stand in a part that the preprocessor skips.
 *
 * @param text a whole file or a typed expression; a backslash before a line's end joins the lines
 * @param file display path for positions
 */
export function tokenize(text: string, file: string): Token[] {
	const { joined, locate } = joinLines(text);
	const tokens: Token[] = [];
	let offset = 0;
	let startsLine = true;
	let spaceBefore = false;
	let lastTokenLine = 0;
	let above: { text: string; lastLine: number } | null = null;

	const match = (pattern: RegExp): string | null => {
		pattern.lastIndex = offset;
		return pattern.exec(joined)?.[0] ?? null;
	};
	const push = (kind: TokenKind, tokenText: string, problem: string | null = null): void => {
		const { line, column } = locate(offset);
		const position = { file, line, column };
		const comment = above !== null && startsLine && line - above.lastLine <= 1 ? above.text : '';
		tokens.push({
			kind,
			text: tokenText,
			position,
			length: Math.max(1, tokenText.length),
			spelling: position,
			macro: null,
			startsLine,
			spaceBefore,
			comment,
			problem,
		});
		offset += tokenText.length;
		above = null;
		lastTokenLine = line;
		startsLine = false;
		spaceBefore = false;
	};
	const skipComment = (source: string): void => {
		const firstLine = locate(offset).line;
		offset += source.length;
		const lastLine = locate(offset).line;
		spaceBefore = true;
		if (firstLine === lastTokenLine) {
			above = null; // it belongs to the code before it
			return;
		}
		const own = commentText(source);
		above = { text: above !== null && firstLine - above.lastLine <= 1 ? `${above.text}\n${own}` : own, lastLine };
	};

	while (offset < joined.length) {
		const first = joined.charAt(offset);
		if (first === '\n') {
			offset += 1;
			startsLine = true;
			spaceBefore = false;
			continue;
		}
		if (blanks.has(first)) {
			offset += 1;
			spaceBefore = true;
			continue;
		}
		if (first === '/' && joined[offset + 1] === '*') {
			const end = joined.indexOf('*/', offset + 2);
			if (end === -1) push('bad', joined.slice(offset), 'this comment is never closed');
			else skipComment(joined.slice(offset, end + 2));
			continue;
		}
		if (first === '/' && joined[offset + 1] === '/') {
			skipComment(match(lineComment) ?? '');
			continue;
		}
		token.lastIndex = offset;
		const found = token.exec(joined);
		if (found !== null) push(kindOf(found), found[0]);
		else if (first === '"') push('bad', match(restOfLine) ?? '"', 'this string is not closed on its line');
		else if (first === "'") push('bad', match(restOfLine) ?? "'", 'this character is not closed on its line');
		else push('bad', match(strange) ?? joined.slice(offset, offset + 1), 'this is no character of model C');
	}
	startsLine = true;
	push('end', '');
	return tokens;
}

function kindOf([, word, number, string, character]: readonly (string | undefined)[]): TokenKind {
	if (word !== undefined) return 'identifier';
	if (number !== undefined) return 'number';
	if (string !== undefined) return 'string';
	return character === undefined ? 'punctuator' : 'character';
}

/** Removes line continuations. `locate` gives line and column in the original text; its offsets must not decrease. */
function joinLines(text: string): {
	joined: string;
	locate: (offset: number) => { line: number; column: number };
} {
	/** Offsets in the joined text at which something was cut out, and how much. */
	const cuts: { readonly at: number; readonly length: number }[] = [];
	let removed = 0;
	const joined = text.replace(/\\\r?\n/g, (cut, at: number) => {
		cuts.push({ at: at - removed, length: cut.length });
		removed += cut.length;
		return '';
	});

	let nextCut = 0;
	let shift = 0;
	let line = 1;
	let lineStart = 0;
	let lineEnd = text.indexOf('\n');
	const locate = (offset: number): { line: number; column: number } => {
		for (let cut = cuts[nextCut]; cut !== undefined && cut.at <= offset; cut = cuts[nextCut]) {
			shift += cut.length;
			nextCut += 1;
		}
		const original = offset + shift;
		while (lineEnd !== -1 && lineEnd < original) {
			line += 1;
			lineStart = lineEnd + 1;
			lineEnd = text.indexOf('\n', lineStart);
		}
		return { line, column: original - lineStart + 1 };
	};
	return { joined, locate };
}
