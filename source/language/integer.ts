/**
 * C's integer arithmetic on JavaScript numbers, shared by the compiler (constants) and the machine.
 *
 * A value is a safe integer in the range of its type; 64-bit types, signed or not, hold it modulo 2^64 in signed form, so
 * that ULONG_MAX is -1. Everything wraps, signed types too (as the kernel compiles with -fno-strict-overflow). What cannot be
 * represented (|value| above 2^53 after wrapping) or has no meaning in C (division by zero, a shift by the width or more) is
 * an IntegerError.
 */

import type { BinaryOperator, UnaryOperator } from './code.ts';
import type { ScalarType } from './types.ts';

/** Thrown for an operation without a result; the compiler makes a diagnostic of it, the machine a MachineError. */
export class IntegerError extends RangeError {
	override readonly name = 'IntegerError';
}

const two32 = 2 ** 32;

/** The value as it is after conversion to `type`. Types other than integers keep the number. */
export function convert(type: ScalarType, value: number): number {
	if (type.kind !== 'integer') return value;
	switch (type.bits) {
		case 1:
			return value === 0 ? 0 : 1;
		case 8:
			return type.signed ? (value << 24) >> 24 : value & 0xff;
		case 16:
			return type.signed ? (value << 16) >> 16 : value & 0xffff;
		case 32:
			return type.signed ? value | 0 : value >>> 0;
		case 64:
			return value;
	}
}

/** Applies `operator` to an operand of `type` (already promoted, except for `!`). */
export function unary(operator: UnaryOperator, type: ScalarType, operand: number): number {
	switch (operator) {
		case '-':
			return convert(type, 0 - operand);
		case '~':
			return fits(convert(type, -1 - operand));
		case '!':
			return operand === 0 ? 1 : 0;
	}
}

/**
 * Applies `operator` to two operands of `type`, the operands' common type (for shifts, the left operand's type).
 * Comparisons give 0 or 1. Operands that are not integers (pointers, entries) are compared as numbers.
 */
export function binary(operator: BinaryOperator, type: ScalarType, a: number, b: number): number {
	switch (operator) {
		case '==':
			return a === b ? 1 : 0;
		case '!=':
			return a !== b ? 1 : 0;
		case '<':
			return less(type, a, b) ? 1 : 0;
		case '<=':
			return less(type, b, a) ? 0 : 1;
		case '>':
			return less(type, b, a) ? 1 : 0;
		case '>=':
			return less(type, a, b) ? 0 : 1;
		case '+':
			return sum(type, a, b, 1);
		case '-':
			return sum(type, a, b, -1);
		case '*':
			return product(type, a, b);
		case '/':
			return quotient(type, a, b);
		case '%':
			return remainder(type, a, b);
		case '&':
		case '|':
		case '^':
			return bitwise(operator, type, a, b);
		case '<<':
			return shiftLeft(type, a, count(type, b));
		case '>>':
			return shiftRight(type, a, count(type, b));
	}
}

/** The value as C would print it: an unsigned 64-bit value of its real size, the others as they are. */
export function integerText(type: ScalarType, value: number): string {
	if (type.kind === 'integer' && type.bits === 64 && !type.signed && value < 0) return unsigned64(value).toString();
	return value.toString();
}

function isWide(type: ScalarType): boolean {
	return type.kind !== 'integer' || type.bits === 64;
}

function isUnsigned64(type: ScalarType): boolean {
	return type.kind === 'integer' && type.bits === 64 && !type.signed;
}

function unsigned64(value: number): bigint {
	return BigInt.asUintN(64, BigInt(value));
}

function fromBig(value: bigint): number {
	return fits(Number(BigInt.asIntN(64, value)));
}

function fits(value: number): number {
	if (Number.isSafeInteger(value)) return value;
	throw new IntegerError('the value does not fit: results beyond 2^53 are outside the model');
}

function less(type: ScalarType, a: number, b: number): boolean {
	// In signed form an unsigned 64-bit value with its top bit set is negative, and greater than any other.
	if (isUnsigned64(type) && a < 0 !== b < 0) return b < 0;
	return a < b;
}

function sum(type: ScalarType, a: number, b: number, sign: 1 | -1): number {
	const result = a + sign * b;
	if (!isWide(type)) return convert(type, result);
	return Number.isSafeInteger(result) ? result : fromBig(BigInt(a) + BigInt(sign) * BigInt(b));
}

function product(type: ScalarType, a: number, b: number): number {
	if (!isWide(type)) return convert(type, Math.imul(a, b));
	const result = a * b;
	return Number.isSafeInteger(result) ? result + 0 : fromBig(BigInt(a) * BigInt(b));
}

function quotient(type: ScalarType, a: number, b: number): number {
	if (b === 0) throw new IntegerError('division by zero');
	if (isUnsigned64(type) && (a < 0 || b < 0)) return fromBig(unsigned64(a) / unsigned64(b));
	// Exact: the remainder is, and what is left is a multiple of b. Adding zero turns -0 into 0.
	return convert(type, (a - (a % b)) / b + 0);
}

function remainder(type: ScalarType, a: number, b: number): number {
	if (b === 0) throw new IntegerError('division by zero');
	if (isUnsigned64(type) && (a < 0 || b < 0)) return fromBig(unsigned64(a) % unsigned64(b));
	return (a % b) + 0;
}

function bitwise(operator: '&' | '|' | '^', type: ScalarType, a: number, b: number): number {
	if (!isWide(type)) return convert(type, bitwise32(operator, a, b));
	// Sign extension commutes with bitwise operations.
	if (a === (a | 0) && b === (b | 0)) return bitwise32(operator, a, b);
	const high = bitwise32(operator, Math.floor(a / two32), Math.floor(b / two32));
	const low = bitwise32(operator, a, b) >>> 0;
	return fits(high * two32 + low);
}

function bitwise32(operator: '&' | '|' | '^', a: number, b: number): number {
	switch (operator) {
		case '&':
			return a & b;
		case '|':
			return a | b;
		case '^':
			return a ^ b;
	}
}

function count(type: ScalarType, by: number): number {
	const bits = type.kind === 'integer' ? type.bits : 64;
	if (by >= 0 && by < bits) return by;
	throw new IntegerError(`shift of a ${bits}-bit value by ${by}`);
}

function shiftLeft(type: ScalarType, a: number, by: number): number {
	if (!isWide(type)) return convert(type, a << by);
	const result = a * 2 ** by;
	return Number.isSafeInteger(result) ? result + 0 : fromBig(BigInt(a) << BigInt(by));
}

function shiftRight(type: ScalarType, a: number, by: number): number {
	if (isUnsigned64(type) && a < 0) return fromBig(unsigned64(a) >> BigInt(by));
	return Math.floor(a / 2 ** by);
}
