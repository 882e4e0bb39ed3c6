import { errorAt, StopReading } from '../reporting.ts';
import { quoteText, type Token } from '../tokens/token.ts';
import type { Expression, Statement } from './ast.ts';
import { parseLocalDeclaration } from './parse-declaration.ts';
import { parseAnyExpression, parseConditional } from './parse-expression.ts';
import { startsDeclaration } from './parse-type.ts';
import {
	accept,
	advance,
	at,
	attempt,
	complain,
	expect,
	expectClosing,
	expectName,
	expectSemicolon,
	failAt,
	inScope,
	meaningOf,
	nested,
	type Parser,
	peek,
	placeOf,
	recover,
	span,
	unexpected,
} from './parser-state.ts';
import { keywords, refusedWords } from './vocabulary.ts';

export type Block = Statement & { readonly kind: 'block' };

/** Reads `{ ... }` in a scope of its own. An error in a statement is reported, and the statement left out. */
export function parseBlock(parser: Parser): Block {
	return inScope(parser, () => parseBlockInScope(parser));
}

/** The same in the scope that is open: a function's body shares the scope of its parameters. */
export function parseBlockInScope(parser: Parser): Block {
	const open = expect(parser, '{');
	const place = span(parser, open);
	const statements: Statement[] = [];
	while (!at(parser, '}')) {
		if (peek(parser).kind === 'end') throw neverClosed(parser, open);
		const { braces, index } = parser;
		const statement = attempt(parser, () => parseStatement(parser));
		if (statement !== null) statements.push(statement);
		else {
			recover(parser, braces);
			if (parser.index === index && !at(parser, '}')) advance(parser);
		}
	}
	advance(parser);
	return { ...place, kind: 'block', statements };
}

function neverClosed(parser: Parser, open: Token): StopReading {
	complain(parser, errorAt(open, 'this "{" is never closed', 'a "}" is missing further down'));
	return new StopReading();
}

/** Reads one statement or declaration. */
function parseStatement(parser: Parser): Statement {
	return nested(parser, () => {
		const start = peek(parser);
		switch (start.text) {
			case '{':
				return parseBlock(parser);
			case ';':
				advance(parser);
				return { ...span(parser, start), kind: 'empty' };
			case 'if':
				return parseIf(parser);
			case 'while': {
				advance(parser);
				const condition = parseCondition(parser, 'while');
				const place = span(parser, start);
				return { ...place, kind: 'while', condition, body: parseInner(parser) };
			}
			case 'do':
				return parseDo(parser);
			case 'for':
				return inScope(parser, () => parseFor(parser));
			case 'switch': {
				advance(parser);
				const value = parseCondition(parser, 'switch');
				const place = span(parser, start);
				return { ...place, kind: 'switch', value, body: parseInner(parser) };
			}
			case 'case':
				return parseCase(parser);
			case 'default': {
				advance(parser);
				expect(parser, ':', 'after default');
				const place = span(parser, start);
				return { ...place, kind: 'default', statement: parseLabelled(parser) };
			}
			case 'goto':
				return parseGoto(parser);
			case 'break':
			case 'continue': {
				const word = advance(parser);
				const place = span(parser, start);
				expectSemicolon(parser, `after ${word.text}`);
				return { ...place, kind: start.text };
			}
			case 'return': {
				advance(parser);
				const value = at(parser, ';') || at(parser, '}') ? null : parseAnyExpression(parser);
				const place = span(parser, start);
				expectSemicolon(parser, 'after return');
				return { ...place, kind: 'return', value };
			}
			case 'else':
				throw failAt(parser, start, 'there is no if before this else', 'if branches of several statements need braces');
			default:
				return parseOther(parser);
		}
	});
}

/** A statement that begins with no keyword. */
function parseOther(parser: Parser): Statement {
	const start = peek(parser);
	if (start.kind === 'identifier') {
		if (at(parser, ':', 1) && !keywords.has(start.text)) {
			advance(parser);
			advance(parser);
			const place = placeOf(start);
			return { ...place, kind: 'label', name: start.text, statement: parseLabelled(parser) };
		}
		if ((start.text === 'atomic' || start.text === 'ghost') && at(parser, '{', 1)) {
			advance(parser);
			const place = placeOf(start);
			return { ...place, kind: start.text, body: parseBlock(parser) };
		}
		if (start.text === 'fallthrough' && at(parser, ';', 1)) {
			advance(parser);
			advance(parser);
			return { ...placeOf(start), kind: 'empty' };
		}
		if (startsDeclaration(parser)) return parseLocalDeclaration(parser);
		if (isUnknownType(parser)) {
			throw failAt(
				parser,
				start,
				`${quoteText(start.text)} is not a type`,
				'include the header with its typedef, or write struct before the name',
			);
		}
	}
	const value = parseAnyExpression(parser);
	const place = span(parser, start);
	expectSemicolon(parser, 'after the expression');
	return { ...place, kind: 'expression', value };
}

/** `foo_t x`, or `foo_t *x` with a foo_t that nobody declared. */
function isUnknownType(parser: Parser): boolean {
	const { text } = peek(parser);
	if (keywords.has(text) || refusedWords.has(text)) return false;
	const isName = (ahead: number): boolean => {
		const token = peek(parser, ahead);
		return token.kind === 'identifier' && !keywords.has(token.text);
	};
	if (isName(1)) return !peek(parser, 1).startsLine;
	return at(parser, '*', 1) && isName(2) && meaningOf(parser, text) === null && /^[;=,]$/.test(peek(parser, 3).text);
}

function parseCondition(parser: Parser, word: string): Expression {
	const open = expect(parser, '(', `after ${word}`);
	const condition = parseAnyExpression(parser);
	expectClosing(parser, ')', open);
	return condition;
}

/** The statement that a keyword governs. */
function parseInner(parser: Parser): Statement {
	const start = peek(parser);
	const isLabel = start.kind === 'identifier' && at(parser, ':', 1);
	if (startsDeclaration(parser) && !isLabel) {
		throw failAt(parser, start, 'a declaration cannot stand alone here', 'put it in braces with what uses it');
	}
	if (start.text === '}') throw unexpected(parser, 'a statement', 'an empty statement is ";"');
	return parseStatement(parser);
}

/** The statement behind a label. At the end of a block there need not be one. */
function parseLabelled(parser: Parser): Statement {
	const next = peek(parser);
	return next.text === '}' ? { ...placeOf(next), kind: 'empty' } : parseStatement(parser);
}

function parseIf(parser: Parser): Statement {
	const start = advance(parser);
	const condition = parseCondition(parser, 'if');
	const place = span(parser, start);
	const then = parseInner(parser);
	const otherwise = accept(parser, 'else') === null ? null : parseInner(parser);
	return { ...place, kind: 'if', condition, then, otherwise };
}

function parseDo(parser: Parser): Statement {
	const start = advance(parser);
	const place = span(parser, start);
	const body = parseInner(parser);
	expect(parser, 'while', 'after the body of do');
	const condition = parseCondition(parser, 'while');
	expectSemicolon(parser, 'after do ... while (...)');
	return { ...place, kind: 'doWhile', body, condition };
}

function parseFor(parser: Parser): Statement {
	const start = advance(parser);
	const open = expect(parser, '(', 'after for');
	const initialise = parseForStart(parser);
	const condition = at(parser, ';') ? null : parseAnyExpression(parser);
	expect(parser, ';', "after the for's condition");
	const advanceExpression = at(parser, ')') ? null : parseForAdvance(parser);
	expectClosing(parser, ')', open);
	const place = span(parser, start);
	return { ...place, kind: 'for', initialise, condition, advance: advanceExpression, body: parseInner(parser) };
}

function parseForStart(parser: Parser): Statement | null {
	if (accept(parser, ';') !== null) return null;
	if (startsDeclaration(parser)) return parseLocalDeclaration(parser);
	const start = peek(parser);
	const statements = parseSequence(parser);
	const place = span(parser, start);
	expect(parser, ';', "after the for's start");
	const [only, ...more] = statements;
	return more.length === 0 && only !== undefined ? only : { ...place, kind: 'block', statements };
}

function parseForAdvance(parser: Parser): Expression {
	const start = peek(parser);
	const statements = parseSequence(parser);
	const place = span(parser, start);
	const [only, ...more] = statements;
	if (more.length === 0 && only !== undefined) return only.value;
	return { ...place, kind: 'statementExpression', body: { ...place, kind: 'block', statements } };
}

/** `a = 1, b = 2`. */
function parseSequence(parser: Parser): (Statement & { readonly kind: 'expression' })[] {
	const statements: (Statement & { readonly kind: 'expression' })[] = [];
	do {
		const start = peek(parser);
		const value = parseAnyExpression(parser);
		statements.push({ ...span(parser, start), kind: 'expression', value });
	} while (accept(parser, ',') !== null);
	return statements;
}

function parseCase(parser: Parser): Statement {
	const start = advance(parser);
	const value = parseConditional(parser);
	if (at(parser, '...')) {
		throw failAt(parser, peek(parser), 'model C has no ranges of cases', 'write one case for each value');
	}
	expect(parser, ':', 'after the case value');
	const place = span(parser, start);
	return { ...place, kind: 'case', value, statement: parseLabelled(parser) };
}

function parseGoto(parser: Parser): Statement {
	const start = advance(parser);
	if (at(parser, '*')) {
		throw failAt(parser, peek(parser), 'a goto goes to a label, not to an address', 'use a switch');
	}
	const label = expectName(parser, "a label's name after goto").text;
	const place = span(parser, start);
	expectSemicolon(parser, 'after goto');
	return { ...place, kind: 'goto', label };
}
