import type { Diagnostic } from '../diagnostics.ts';
import { errorAt, report, StopReading } from '../reporting.ts';
import { describeToken, type Token } from '../tokens/token.ts';
import type { Node } from './ast.ts';
import { builtInTypeNames, keywords, refusedWords } from './vocabulary.ts';

/** Where the parser is, and what it knows by now. */
export interface Parser {
	/** At least the `end` token. */
	readonly tokens: readonly Token[];
	readonly end: Token;
	readonly diagnostics: Diagnostic[];
	/** What names mean, innermost scope last: C cannot be parsed without knowing which names are types. */
	readonly scopes: Map<string, Meaning>[];
	index: number;
	/** Open constructs around this place. */
	depth: number;
	/** Open braces around this place. */
	braces: number;
	/** Errors found, also those that were said before. */
	errors: number;
	/** The most open constructs there have been in this declaration. */
	deepest: number;
	/** Operators, arguments, stars and the like in this declaration that make its tree deeper without a construct being open. */
	links: number;
	/** Names of the variables whose address this function takes. */
	addressTaken: Set<string>;
	/** What this declaration has asked and changed outside of itself. */
	outside: Outside;
}

type Meaning = 'type' | 'value';

/** What a declaration of a file had to know of those before it, and what it tells those behind it. */
export interface Outside {
	/** Meanings that were asked for. */
	readonly asked: Map<string, Meaning | null>;
	/** Meanings that were given. */
	readonly declared: Map<string, Meaning>;
}

/** Thrown to leave a construct whose error has been reported. Never leaves the parser. */
class SyntaxFailure extends Error {
	override readonly name = 'SyntaxFailure';
}

/** Constructs within constructs, so that a hostile text ends in an error rather than in a stack overflow. */
const deepest = 200;

export function startParser(tokens: readonly Token[], typeNames: Iterable<string>): Parser {
	const last = tokens.at(-1);
	if (last === undefined || last.kind !== 'end') throw new Error('a list of tokens ends with "end"');
	const names = [...builtInTypeNames, ...typeNames];
	return {
		tokens,
		end: last,
		diagnostics: [],
		scopes: [new Map(names.map((name) => [name, 'type']))],
		index: 0,
		depth: 0,
		braces: 0,
		errors: 0,
		deepest: 0,
		links: 0,
		addressTaken: new Set(),
		outside: { asked: new Map(), declared: new Map() },
	};
}

/** Begins the next declaration of a file. */
export function startDeclaration(parser: Parser): void {
	parser.deepest = 0;
	parser.links = 0;
	parser.outside = { asked: new Map(), declared: new Map() };
}

/** The token that comes next, or one further on. */
export function peek(parser: Parser, ahead = 0): Token {
	return parser.tokens[parser.index + ahead] ?? parser.end;
}

/** Whether the token that comes next (or one further on) is this word or sign. */
export function at(parser: Parser, text: string, ahead = 0): boolean {
	return peek(parser, ahead).text === text;
}

/** Takes the next token; stays before the end. */
export function advance(parser: Parser): Token {
	const token = peek(parser);
	if (token.kind === 'end') return token;
	if (token.text === '{') parser.braces += 1;
	if (token.text === '}') parser.braces -= 1;
	parser.index += 1;
	return token;
}

/** Takes the next token if it is this word or sign. */
export function accept(parser: Parser, text: string): Token | null {
	return at(parser, text) ? advance(parser) : null;
}

/**
 * Takes the next token, which has to be this sign.
 *
 * @param where goes on after "expected `x`": `after the condition`
 */
export function expect(parser: Parser, text: string, where = ''): Token {
	const token = accept(parser, text);
	if (token !== null) return token;
	throw unexpected(parser, `"${text}"${where === '' ? '' : ` ${where}`}`);
}

/** Takes the parenthesis or bracket that closes `open`. */
export function expectClosing(parser: Parser, text: ')' | ']' | '}', open: Token): Token {
	const { line, column } = open.spelling;
	const isNear = peek(parser).spelling.line === line;
	return expect(parser, text, isNear ? '' : `to close the "${open.text}" at ${line}:${column}`);
}

/** Takes a `;`. When it is merely missing at a line's end, says so and goes on as if it were there. */
export function expectSemicolon(parser: Parser, where: string): void {
	if (accept(parser, ';') !== null) return;
	const next = peek(parser);
	const previous = parser.tokens[parser.index - 1];
	const isForgotten = next.startsLine || next.text === '}' || next.kind === 'end';
	if (previous === undefined || !isForgotten || next.kind === 'bad') throw unexpected(parser, `";" ${where}`);
	const { position, length } = errorAt(previous, '');
	complain(parser, {
		severity: 'error',
		message: `expected ";" ${where}`,
		position: { ...position, column: position.column + length },
		length: 1,
	});
}

/** Reports an error. */
export function complain(parser: Parser, error: Diagnostic): void {
	parser.errors += 1;
	report(parser.diagnostics, error);
}

/** Reports an error at a token. The result is to be thrown, to leave the construct. */
export function failAt(parser: Parser, token: Token, message: string, advice?: string): SyntaxFailure {
	complain(parser, errorAt(token, message, advice));
	return new SyntaxFailure(message);
}

/** Reports that the next token is not what was expected. The result is to be thrown. */
export function unexpected(parser: Parser, expected: string, advice?: string): SyntaxFailure {
	const token = peek(parser);
	if (token.kind === 'bad') return failAt(parser, token, token.problem ?? 'this is no token');
	const refusal = refusedWords.get(token.text);
	if (refusal !== undefined) return failAt(parser, token, refusal.message, refusal.advice);
	if (token.text === ',' && /^"[;)\]:]"/.test(expected)) {
		return failAt(
			parser,
			token,
			'the comma operator is not part of model C',
			'write two statements; only the first and last part of a for may have commas',
		);
	}
	return failAt(parser, token, `expected ${expected}, found ${describeToken(token)}`, advice);
}

/** Takes a name that is to be declared or selected. */
export function expectName(parser: Parser, what: string): Token {
	const token = peek(parser);
	if (token.kind !== 'identifier') throw unexpected(parser, what);
	if (keywords.has(token.text)) {
		throw unexpected(parser, what, `"${token.text}" is a word of the language: choose another name`);
	}
	return advance(parser);
}

/** Reads a construct that may contain itself. */
export function nested<T>(parser: Parser, read: () => T): T {
	if (parser.depth >= deepest) {
		complain(parser, errorAt(peek(parser), `this is nested more than ${deepest} levels deep`));
		throw new StopReading();
	}
	parser.depth += 1;
	if (parser.depth > parser.deepest) parser.deepest = parser.depth;
	const result = read();
	parser.depth -= 1;
	return result;
}

/** Reads a construct in a scope of its own. */
export function inScope<T>(parser: Parser, read: () => T): T {
	parser.scopes.push(new Map());
	const result = read();
	parser.scopes.pop();
	return result;
}

/** Reads a construct; null when that failed, with the parser where the failure was. */
export function attempt<T>(parser: Parser, read: () => T): T | null {
	const { depth } = parser;
	const scopes = parser.scopes.length;
	try {
		return read();
	} catch (error) {
		if (!(error instanceof SyntaxFailure)) throw error;
		parser.depth = depth;
		parser.scopes.length = scopes;
		return null;
	}
}

/**
 * Skips the rest of a construct that failed: to behind its `;` or its closing brace, but not beyond the `}` of what is around it.
 *
 * @param braces open braces where the construct began
 */
export function recover(parser: Parser, braces: number): void {
	for (;;) {
		const token = peek(parser);
		if (token.kind === 'end') return;
		if (token.text === '}' && parser.braces <= braces) return;
		advance(parser);
		if (parser.braces > braces) continue;
		if (token.text === ';') return;
		if (token.text === '}') {
			const next = peek(parser);
			if (next.text !== ';' && (next.startsLine || next.text === '}')) return;
		}
	}
}

export function declare(parser: Parser, name: string, meaning: Meaning): void {
	if (parser.scopes.length === 1) parser.outside.declared.set(name, meaning);
	parser.scopes.at(-1)?.set(name, meaning);
}

/** What a name means here, or null when it has not been declared. */
export function meaningOf(parser: Parser, name: string): Meaning | null {
	for (let index = parser.scopes.length - 1; index > 0; index -= 1) {
		const meaning = parser.scopes[index]?.get(name);
		if (meaning !== undefined) return meaning;
	}
	const meaning = meaningInFile(parser, name);
	const { asked, declared } = parser.outside;
	if (!declared.has(name)) asked.set(name, meaning);
	return meaning;
}

/** What a name means outside functions. */
export function meaningInFile(parser: Parser, name: string): Meaning | null {
	return parser.scopes[0]?.get(name) ?? null;
}

/** The place of a node that began with `start` and ends with the token taken last. */
export function span(parser: Parser, start: Token): Node {
	const last = parser.tokens[parser.index - 1] ?? start;
	const { position } = start;
	const end = last.position.column + last.length;
	const isOnLine = last.position.line === position.line && last.position.file === position.file;
	const node = { position, length: isOnLine && end > position.column ? end - position.column : start.length };
	return start.macro === null ? node : { ...node, expansion: { macro: start.macro, position: start.spelling } };
}

/** The place of a node at one token. */
export function placeOf(token: Token): Node {
	const { position, length } = token;
	return token.macro === null
		? { position, length }
		: { position, length, expansion: { macro: token.macro, position: token.spelling } };
}
