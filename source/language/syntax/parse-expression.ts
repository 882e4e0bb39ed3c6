import {
	type Decoded,
	decodeCharacter,
	decodeInteger,
	decodeString,
	type IntegerLiteral,
	toCellValue,
} from '../tokens/literals.ts';
import type { Token } from '../tokens/token.ts';
import type { Expression, TypeArgument } from './ast.ts';
import { assignments, binaryPrecedence, isBinaryOperator, logicalPrecedence } from './operators.ts';
import { parseBlock } from './parse-statement.ts';
import { parseTypeName, startsType } from './parse-type.ts';
import {
	accept,
	advance,
	at,
	expect,
	expectClosing,
	expectName,
	failAt,
	nested,
	type Parser,
	peek,
	placeOf,
	span,
	unexpected,
} from './parser-state.ts';
import { keywords } from './vocabulary.ts';

/** Reads any expression; model C has no comma operator. */
export function parseAnyExpression(parser: Parser): Expression {
	return nested(parser, () => {
		const start = peek(parser);
		const target = parseConditional(parser);
		const operator = assignments.get(peek(parser).text);
		if (operator === undefined || peek(parser).kind !== 'punctuator') return target;
		advance(parser);
		const value = parseAnyExpression(parser);
		return { ...span(parser, start), kind: 'assign', operator, target, value };
	});
}

/** Reads an expression without an assignment, as constants are. */
export function parseConditional(parser: Parser): Expression {
	const start = peek(parser);
	const condition = parseBinary(parser, 0);
	if (accept(parser, '?') === null) return condition;
	if (at(parser, ':')) {
		throw failAt(parser, peek(parser), '"a ?: b" is not part of model C', 'write a ? a : b');
	}
	const then = parseAnyExpression(parser);
	expect(parser, ':', 'between the two values of "?"');
	const otherwise = nested(parser, () => parseConditional(parser));
	return { ...span(parser, start), kind: 'conditional', condition, then, otherwise };
}

/** Reads a type when the next token begins one, otherwise an expression. */
export function parseExpressionOrType(parser: Parser): Expression | TypeArgument {
	if (!startsType(parser)) return parseAnyExpression(parser);
	const start = peek(parser);
	const type = parseTypeName(parser);
	return { ...span(parser, start), kind: 'typeArgument', type };
}

/** Reads operators that bind more tightly than `loosest`. */
function parseBinary(parser: Parser, loosest: number): Expression {
	const start = peek(parser);
	let left = parseUnary(parser);
	for (; ; parser.links += 1) {
		const { kind, text } = peek(parser);
		if (kind !== 'punctuator') return left;
		if (text === '&&' || text === '||') {
			const precedence = logicalPrecedence[text];
			if (precedence <= loosest) return left;
			advance(parser);
			const right = parseBinary(parser, precedence);
			left = { ...span(parser, start), kind: 'logical', operator: text, left, right };
		} else if (isBinaryOperator(text)) {
			const precedence = binaryPrecedence[text];
			if (precedence <= loosest) return left;
			advance(parser);
			const right = parseBinary(parser, precedence);
			left = { ...span(parser, start), kind: 'binary', operator: text, left, right };
		} else {
			return left;
		}
	}
}

function parseUnary(parser: Parser): Expression {
	const start = peek(parser);
	const { text } = start;
	switch (text) {
		case '-':
		case '~':
		case '!':
		case '+': {
			advance(parser);
			const operand = parseOperand(parser);
			return { ...span(parser, start), kind: 'unary', operator: text, operand };
		}
		case '&': {
			advance(parser);
			const operand = parseOperand(parser);
			const name = variableOf(operand);
			if (name !== null) parser.addressTaken.add(name);
			return { ...span(parser, start), kind: 'addressOf', operand };
		}
		case '*': {
			advance(parser);
			const operand = parseOperand(parser);
			return { ...span(parser, start), kind: 'dereference', operand };
		}
		case '++':
		case '--': {
			advance(parser);
			const operand = parseOperand(parser);
			return { ...span(parser, start), kind: 'increment', operator: text, prefix: true, operand };
		}
		case 'sizeof':
			return parseSizeof(parser);
		case '(':
			return startsType(parser, 1) ? parseCast(parser) : parsePostfix(parser);
		default:
			return parsePostfix(parser);
	}
}

/** The variable that a place belongs to; null when it is behind a pointer. */
function variableOf(place: Expression): string | null {
	if (place.kind === 'name') return place.name;
	if (place.kind === 'member' && !place.arrow) return variableOf(place.object);
	return place.kind === 'index' ? variableOf(place.array) : null;
}

/** What a prefix operator applies to. */
function parseOperand(parser: Parser): Expression {
	return nested(parser, () => parseUnary(parser));
}

function parseSizeof(parser: Parser): Expression {
	const start = advance(parser);
	if (!at(parser, '(') || !startsType(parser, 1)) {
		const of = parseOperand(parser);
		return { ...span(parser, start), kind: 'sizeof', of };
	}
	const open = advance(parser);
	const of = parseExpressionOrType(parser);
	expectClosing(parser, ')', open);
	return { ...span(parser, start), kind: 'sizeof', of };
}

function parseCast(parser: Parser): Expression {
	const open = advance(parser);
	const type = parseTypeName(parser);
	expectClosing(parser, ')', open);
	if (at(parser, '{')) {
		throw failAt(parser, open, 'compound literals are not part of model C', 'declare a variable and initialise it');
	}
	const operand = parseOperand(parser);
	return { ...span(parser, open), kind: 'cast', type, operand };
}

function parsePostfix(parser: Parser): Expression {
	const start = peek(parser);
	let value = parsePrimary(parser);
	for (; ; parser.links += 1) {
		const token = peek(parser);
		switch (token.text) {
			case '(': {
				advance(parser);
				const list = parseArguments(parser);
				expectClosing(parser, ')', token);
				value = { ...span(parser, start), kind: 'call', callee: value, arguments: list };
				break;
			}
			case '[': {
				advance(parser);
				const index = parseAnyExpression(parser);
				expectClosing(parser, ']', token);
				value = { ...span(parser, start), kind: 'index', array: value, index };
				break;
			}
			case '.':
			case '->': {
				advance(parser);
				const { text } = expectName(parser, `a field's name after "${token.text}"`);
				value = { ...span(parser, start), kind: 'member', object: value, name: text, arrow: token.text === '->' };
				break;
			}
			case '++':
			case '--':
				advance(parser);
				value = { ...span(parser, start), kind: 'increment', operator: token.text, prefix: false, operand: value };
				break;
			default:
				return value;
		}
	}
}

function parseArguments(parser: Parser): (Expression | TypeArgument)[] {
	const list: (Expression | TypeArgument)[] = [];
	if (at(parser, ')')) return list;
	do list.push(parseExpressionOrType(parser));
	while (accept(parser, ',') !== null);
	return list;
}

function parsePrimary(parser: Parser): Expression {
	const token = peek(parser);
	switch (token.kind) {
		case 'number':
			advance(parser);
			return numberOf(parser, token);
		case 'character': {
			advance(parser);
			const value = decoded(parser, token, decodeCharacter(token.text));
			return { ...placeOf(token), kind: 'number', value, suffix: '' };
		}
		case 'string':
			return parseStrings(parser);
		case 'identifier':
			if (keywords.has(token.text)) throw unexpected(parser, 'an expression');
			advance(parser);
			return { ...placeOf(token), kind: 'name', name: token.text };
		case 'punctuator': {
			if (token.text !== '(') throw unexpected(parser, 'an expression');
			advance(parser);
			if (at(parser, '{')) {
				const body = parseBlock(parser);
				expectClosing(parser, ')', token);
				return { ...span(parser, token), kind: 'statementExpression', body };
			}
			const inner = parseAnyExpression(parser);
			expectClosing(parser, ')', token);
			return inner;
		}
		case 'bad':
		case 'end':
			throw unexpected(parser, 'an expression');
	}
}

/** Strings that follow each other are one. */
function parseStrings(parser: Parser): Expression {
	const start = peek(parser);
	const parts: string[] = [];
	for (let token = start; token.kind === 'string'; token = peek(parser)) {
		advance(parser);
		parts.push(decoded(parser, token, decodeString(token.text)));
	}
	return { ...span(parser, start), kind: 'string', value: parts.join('') };
}

function numberOf(parser: Parser, token: Token): Expression {
	const literal: IntegerLiteral = decoded(parser, token, decodeInteger(token.text));
	const value = toCellValue(literal.value);
	if (value === null) {
		throw failAt(
			parser,
			token,
			'this number does not fit: a cell holds integers up to 2^53, and the same distance below 2^64',
			'scale the model down: few pages, small addresses',
		);
	}
	const needsUnsigned = value < 0 && !literal.suffix.startsWith('U');
	// 0xffffffff is an unsigned int, where 4294967295 is a long.
	const fitsUnsigned = !literal.isDecimal && literal.suffix === '' && value > 0x7fffffff && value <= 0xffffffff;
	const wide = literal.suffix === 'LL' ? 'ULL' : 'UL';
	const suffix = needsUnsigned ? wide : fitsUnsigned ? 'U' : literal.suffix;
	return { ...placeOf(token), kind: 'number', value, suffix };
}

function decoded<T>(parser: Parser, token: Token, result: Decoded<T>): T {
	if (result.ok) return result.value;
	throw failAt(parser, token, result.problem, result.advice);
}
