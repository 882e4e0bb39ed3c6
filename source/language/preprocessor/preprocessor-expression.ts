import { decodeCharacter, decodeInteger, toCellValue } from '../tokens/literals.ts';
import { describeToken, type Token } from '../tokens/token.ts';

/**
 * How to evaluate:
 * - `condition`: after #if. Everything has 64 bits; names that are no macros are 0.
 * - `constant`: a macro's value as C code would see it. Integers have C's widths; a name makes it no constant.
 */
export type ConstantMode = 'condition' | 'constant';

/** Why an expression has no value, and at which token. */
export class ConstantProblem extends Error {
	override readonly name = 'ConstantProblem';
	readonly token: Token;

	constructor(token: Token, message: string) {
		super(message);
		this.token = token;
	}
}

interface Value {
	readonly value: bigint;
	readonly bits: 32 | 64;
	readonly unsigned: boolean;
}

interface Reader {
	readonly tokens: readonly Token[];
	readonly end: Token;
	readonly mode: ConstantMode;
	index: number;
	depth: number;
	/** Zero in the part that && || ?: does not evaluate: dividing by zero there is no error. */
	skipping: number;
}

const deepest = 100;

/** Binary operators by how tightly they bind, loosest first. */
const levels: readonly (readonly string[])[] = [
	['||'],
	['&&'],
	['|'],
	['^'],
	['&'],
	['==', '!='],
	['<', '<=', '>', '>='],
	['<<', '>>'],
	['+', '-'],
	['*', '/', '%'],
];

/**
 * The value of an integer constant expression of expanded tokens, in the signed form of 64 bits.
 *
 * @param end the token to point at when the expression stops too early
 * @throws ConstantProblem when it is none
 */
export function evaluateConstant(tokens: readonly Token[], end: Token, mode: ConstantMode): bigint {
	const reader: Reader = { tokens, end, mode, index: 0, depth: 0, skipping: 0 };
	const { value } = conditional(reader);
	const rest = tokens[reader.index];
	if (rest !== undefined) throw new ConstantProblem(rest, `expected an operator, found ${describeToken(rest)}`);
	return BigInt.asIntN(64, value);
}

/** The value of a macro for expressions, or null when it is no integer constant, or does not fit a cell. */
export function constantValue(tokens: readonly Token[]): number | null {
	const [first] = tokens;
	if (first === undefined || tokens.some(({ kind }) => kind === 'identifier')) return null;
	try {
		return toCellValue(evaluateConstant(tokens, first, 'constant'));
	} catch (error) {
		if (error instanceof ConstantProblem) return null;
		throw error;
	}
}

function peek(reader: Reader): Token {
	return reader.tokens[reader.index] ?? reader.end;
}

function accept(reader: Reader, text: string): boolean {
	const token = reader.tokens[reader.index];
	if (token === undefined || token.text !== text) return false;
	reader.index += 1;
	return true;
}

function problemAt(reader: Reader, expected: string): ConstantProblem {
	const token = reader.tokens[reader.index];
	const found = token === undefined ? 'the end of the line' : describeToken(token);
	return new ConstantProblem(token ?? reader.end, `expected ${expected}, found ${found}`);
}

function nested<T>(reader: Reader, read: () => T): T {
	if (reader.depth >= deepest) throw new ConstantProblem(peek(reader), `this expression nests deeper than ${deepest}`);
	reader.depth += 1;
	const result = read();
	reader.depth -= 1;
	return result;
}

function skippingIf<T>(reader: Reader, skip: boolean, read: () => T): T {
	if (skip) reader.skipping += 1;
	const result = read();
	if (skip) reader.skipping -= 1;
	return result;
}

function conditional(reader: Reader): Value {
	return nested(reader, () => {
		const condition = binary(reader, 0);
		if (!accept(reader, '?')) return condition;
		const isTrue = condition.value !== 0n;
		const then = skippingIf(reader, !isTrue, () => conditional(reader));
		if (!accept(reader, ':')) throw problemAt(reader, '":"');
		const otherwise = skippingIf(reader, isTrue, () => conditional(reader));
		const { bits, unsigned } = common(then, otherwise);
		return wrap(isTrue ? then.value : otherwise.value, bits, unsigned);
	});
}

function binary(reader: Reader, level: number): Value {
	const operators = levels[level];
	if (operators === undefined) return unary(reader);
	let left = binary(reader, level + 1);
	for (;;) {
		const operator = peek(reader);
		if (reader.index >= reader.tokens.length || !operators.includes(operator.text)) return left;
		reader.index += 1;
		const decided = operator.text === '&&' ? left.value === 0n : operator.text === '||' && left.value !== 0n;
		const right = skippingIf(reader, decided, () => binary(reader, level + 1));
		left = combine(reader, operator, left, right);
	}
}

function combine(reader: Reader, operator: Token, left: Value, right: Value): Value {
	const truth = (value: boolean): Value => ({ value: value ? 1n : 0n, bits: literalBits(reader), unsigned: false });
	const { bits, unsigned } = common(left, right);
	const a = wrap(left.value, bits, unsigned).value;
	const b = wrap(right.value, bits, unsigned).value;
	switch (operator.text) {
		case '||':
			return truth(left.value !== 0n || right.value !== 0n);
		case '&&':
			return truth(left.value !== 0n && right.value !== 0n);
		case '==':
			return truth(a === b);
		case '!=':
			return truth(a !== b);
		case '<':
			return truth(a < b);
		case '<=':
			return truth(a <= b);
		case '>':
			return truth(a > b);
		case '>=':
			return truth(a >= b);
		case '|':
			return wrap(a | b, bits, unsigned);
		case '^':
			return wrap(a ^ b, bits, unsigned);
		case '&':
			return wrap(a & b, bits, unsigned);
		case '+':
			return wrap(a + b, bits, unsigned);
		case '-':
			return wrap(a - b, bits, unsigned);
		case '*':
			return wrap(a * b, bits, unsigned);
		case '<<':
		case '>>':
			return shift(reader, operator, left, right);
		case '/':
		case '%':
			if (b === 0n) {
				if (reader.skipping > 0) return wrap(0n, bits, unsigned);
				throw new ConstantProblem(operator, 'division by zero');
			}
			return wrap(operator.text === '/' ? a / b : a % b, bits, unsigned);
		default:
			throw new ConstantProblem(operator, `${describeToken(operator)} cannot be used here`);
	}
}

/** The result of a shift has the left side's type. */
function shift(reader: Reader, operator: Token, left: Value, right: Value): Value {
	if (right.value < 0n || right.value >= BigInt(left.bits)) {
		if (reader.skipping > 0) return left;
		throw new ConstantProblem(operator, `the shift is not within 0 to ${left.bits - 1}`);
	}
	const value = operator.text === '<<' ? left.value << right.value : left.value >> right.value;
	return wrap(value, left.bits, left.unsigned);
}

function unary(reader: Reader): Value {
	return nested(reader, () => {
		if (accept(reader, '!')) {
			const { value } = unary(reader);
			return { value: value === 0n ? 1n : 0n, bits: literalBits(reader), unsigned: false };
		}
		if (accept(reader, '~')) {
			const { value, bits, unsigned } = unary(reader);
			return wrap(~value, bits, unsigned);
		}
		if (accept(reader, '-')) {
			const { value, bits, unsigned } = unary(reader);
			return wrap(-value, bits, unsigned);
		}
		if (accept(reader, '+')) return unary(reader);
		return primary(reader);
	});
}

function primary(reader: Reader): Value {
	const token = reader.tokens[reader.index];
	if (token === undefined) throw problemAt(reader, 'a value');
	if (accept(reader, '(')) {
		const inner = conditional(reader);
		if (!accept(reader, ')')) throw problemAt(reader, '")"');
		return inner;
	}
	reader.index += 1;
	switch (token.kind) {
		case 'number':
			return integer(reader, token);
		case 'character': {
			const decoded = decodeCharacter(token.text);
			if (!decoded.ok) throw new ConstantProblem(token, decoded.problem);
			return { value: BigInt(decoded.value), bits: literalBits(reader), unsigned: false };
		}
		case 'identifier':
			if (reader.mode === 'constant') throw new ConstantProblem(token, 'a name is no constant');
			return { value: token.text === 'true' ? 1n : 0n, bits: 64, unsigned: false };
		case 'bad':
		case 'end':
		case 'punctuator':
		case 'string':
			reader.index -= 1;
			throw problemAt(reader, 'a value');
	}
}

function integer(reader: Reader, token: Token): Value {
	const decoded = decodeInteger(token.text);
	if (!decoded.ok) throw new ConstantProblem(token, decoded.problem);
	const { value, suffix, isDecimal } = decoded.value;
	const wide = reader.mode === 'condition' || suffix.includes('L');
	const mayBeUnsigned = !isDecimal || suffix.includes('U');
	const mustBeUnsigned = suffix.includes('U');
	if (!wide) {
		if (!mustBeUnsigned && value < 1n << 31n) return { value, bits: 32, unsigned: false };
		if (mayBeUnsigned && value < 1n << 32n) return { value, bits: 32, unsigned: true };
	}
	return { value, bits: 64, unsigned: mustBeUnsigned || value >= 1n << 63n };
}

function literalBits(reader: Reader): 32 | 64 {
	return reader.mode === 'condition' ? 64 : 32;
}

function common(left: Value, right: Value): { bits: 32 | 64; unsigned: boolean } {
	if (left.bits !== right.bits) {
		const wider = left.bits > right.bits ? left : right;
		return { bits: wider.bits, unsigned: wider.unsigned };
	}
	return { bits: left.bits, unsigned: left.unsigned || right.unsigned };
}

function wrap(value: bigint, bits: 32 | 64, unsigned: boolean): Value {
	return { value: unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value), bits, unsigned };
}
