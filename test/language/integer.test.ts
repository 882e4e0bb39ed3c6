import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryOperator } from '../../source/language/code.ts';
import { binary, convert, IntegerError, integerText, unary } from '../../source/language/integer.ts';
import { builtinTypes } from '../../source/language/semantics/typing.ts';
import type { IntegerType } from '../../source/language/types.ts';

function integer(name: string): IntegerType {
	const type = builtinTypes[name];
	if (type?.kind !== 'integer') throw new Error(name);
	return type;
}

const names = ['s8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64'];
/** Arithmetic is done in these, after promotion. */
const computed = ['s32', 'u32', 's64', 'u64'];

/** The value as a mathematical integer: 64-bit unsigned ones are kept in signed form. */
function mathematical({ bits, signed }: IntegerType, value: number): bigint {
	return bits === 64 && !signed ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
}

/** The form in which a mathematical integer is kept, or null when it is beyond 2^53. */
function kept({ bits, signed }: IntegerType, value: bigint): number | null {
	const wrapped = signed || bits === 64 ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
	const result = Number(wrapped);
	return Number.isSafeInteger(result) ? result : null;
}

const edges = [0, 1, 2, 7, 31, 32, 63, 255, 256, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const anyValue = fc.oneof(
	fc.constantFrom(...edges, ...edges.map((value) => -value)),
	fc.maxSafeInteger(),
	fc.integer({ min: -300, max: 300 }),
);

function valuesOf(type: IntegerType): fc.Arbitrary<number> {
	return anyValue.map((value) => kept(type, BigInt(value)) ?? 0);
}

const truth = (condition: boolean): bigint => (condition ? 1n : 0n);

/** What C says, on integers without bounds; null where it says nothing. */
const meaning: Readonly<Record<BinaryOperator, (a: bigint, b: bigint, bits: number) => bigint | null>> = {
	'+': (a, b) => a + b,
	'-': (a, b) => a - b,
	'*': (a, b) => a * b,
	'/': (a, b) => (b === 0n ? null : a / b),
	'%': (a, b) => (b === 0n ? null : a % b),
	'&': (a, b) => a & b,
	'|': (a, b) => a | b,
	'^': (a, b) => a ^ b,
	'<<': (a, b, bits) => (b < 0n || b >= bits ? null : a << b),
	'>>': (a, b, bits) => (b < 0n || b >= bits ? null : a >> b),
	'==': (a, b) => truth(a === b),
	'!=': (a, b) => truth(a !== b),
	'<': (a, b) => truth(a < b),
	'<=': (a, b) => truth(a <= b),
	'>': (a, b) => truth(a > b),
	'>=': (a, b) => truth(a >= b),
};
const comparisons = ['==', '!=', '<', '<=', '>', '>='];

describe('binary operators agree with integers without bounds, wrapped', () => {
	it.each(computed.flatMap((name) => Object.keys(meaning).map((operator) => [name, operator])))(
		'%s %s',
		(name, written) => {
			const type = integer(name);
			const operator = written as BinaryOperator;
			fc.assert(
				fc.property(valuesOf(type), valuesOf(type), (a, b) => {
					const exact = meaning[operator](mathematical(type, a), mathematical(type, b), type.bits);
					const wanted = exact === null ? null : comparisons.includes(operator) ? Number(exact) : kept(type, exact);
					if (wanted === null) expect(() => binary(operator, type, a, b)).toThrow(IntegerError);
					else expect(binary(operator, type, a, b)).toBe(wanted);
				}),
				{ numRuns: 300 },
			);
		},
	);
});

describe('unary operators and conversions', () => {
	it.each(computed)('- and ~ of %s', (name) => {
		const type = integer(name);
		fc.assert(
			fc.property(valuesOf(type), (value) => {
				for (const [operator, exact] of [
					['-', -mathematical(type, value)],
					['~', ~mathematical(type, value)],
				] as const) {
					const wanted = kept(type, exact);
					if (wanted === null) expect(() => unary(operator, type, value)).toThrow(IntegerError);
					else expect(unary(operator, type, value)).toBe(wanted);
				}
			}),
		);
	});

	it.each(names.flatMap((from) => names.map((to) => [from, to])))('%s to %s', (from, to) => {
		fc.assert(
			fc.property(valuesOf(integer(from)), (value) => {
				expect(convert(integer(to), value)).toBe(kept(integer(to), mathematical(integer(from), value)));
			}),
			{ numRuns: 100 },
		);
	});

	it('to bool is whether it is not zero', () => {
		expect([0, 1, 256, -1, 2 ** 40].map((value) => convert(integer('bool'), value))).toEqual([0, 1, 1, 1, 1]);
	});

	it('! is 1 for zero and nothing else', () => {
		expect([0, 1, -1, 2 ** 40].map((value) => unary('!', integer('long'), value))).toEqual([1, 0, 0, 0]);
	});
});

describe('known values', () => {
	const u64 = integer('u64');
	it.each([
		['ULONG_MAX / 4096', () => binary('/', u64, -1, 4096), 2 ** 52 - 1],
		['ULONG_MAX > 1', () => binary('>', u64, -1, 1), 1],
		['~0UL >> 12', () => binary('>>', u64, unary('~', u64, 0), 12), 2 ** 52 - 1],
		['-4096UL & 0xfff', () => binary('&', u64, -4096, 0xfff), 0],
		['0xffffffff as int', () => convert(integer('int'), 0xffffffff), -1],
		['no negative zero: 0 * -1', () => Object.is(binary('*', integer('long'), 0, -1), -0), false],
		['no negative zero: -4 % 2', () => Object.is(binary('%', integer('long'), -4, 2), -0), false],
	])('%s', (_text, compute, wanted) => {
		expect(compute()).toBe(wanted);
	});

	it('are printed as C would', () => {
		expect(integerText(u64, -1)).toBe('18446744073709551615');
		expect(integerText(integer('s64'), -1)).toBe('-1');
		expect(integerText(integer('u32'), 4294967295)).toBe('4294967295');
	});
});
