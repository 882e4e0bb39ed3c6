import { describe, expect, it } from 'vitest';
import { expanded, preprocessed, summaries } from '../reading.ts';

const holds = (condition: string): boolean => expanded(`#if ${condition}\nyes\n#endif`) === 'yes';
const problem = (condition: string): string | undefined =>
	summaries(preprocessed(`#if ${condition}\n#endif`).diagnostics)[0];
const constant = (text: string): number | undefined => preprocessed(`#define X ${text}`).macros.X;

describe('conditions after #if', () => {
	it.each([
		['1 + 2 * 3 == 7'],
		['(1 + 2) * 3 == 9'],
		['10 - 4 - 3 == 3'],
		['1 << 2 + 1 == 8'],
		['(6 & 3 | 8 ^ 1) == 11'],
		['7 / 2 == 3 && -7 / 2 == -3 && -7 % 2 == -1'],
		['!0 && !!5 && ~0 == -1'],
		['1 ? 2 : 0'],
		['0 ? 0 : 1 ? 1 : 0'],
		["'a' == 97"],
		['unknown == 0'],
		['true && !false'],
		['0x7fffffffffffffff > 0'],
		['4294967296 > 4294967295'],
		['-1 > 0U'],
		['(0 - 1u) == 0xffffffffffffffff'],
		['(1 ? -1 : 0u) > 0'],
		['0 && 1 / 0 || 1'],
		['1 || 1 / 0'],
		['1 ? 1 : 1 % 0'],
	])('%s holds', (condition) => {
		expect(holds(condition)).toBe(true);
	});

	it.each([['0'], ['1 == 2'], ['-1 > 0'], ['2 < 1 || 3 < 2'], ['defined(X)'], ['!1 ? 1 : 0']])(
		'%s does not',
		(condition) => {
			expect(holds(condition)).toBe(false);
		},
	);

	it.each([
		['1 / 0', '1:7 error: division by zero'],
		['1 % 0', '1:7 error: division by zero'],
		['1 << 64', '1:7 error: the shift is not within 0 to 63'],
		['1 >> -1', '1:7 error: the shift is not within 0 to 63'],
		['(1', '1:2 error: expected ")", found the end of the line'],
		['1 ? 2', '1:2 error: expected ":", found the end of the line'],
		['"s"', '1:5 error: expected a value, found "s"'],
		['= 1', '1:5 error: expected a value, found "="'],
		['1.5', '1:5 error: model C has no floating point'],
		["''", '1:5 error: there is no character between the quotes'],
		['F(1)', '1:6 error: expected an operator, found "("'],
	])('%s is refused', (condition, message) => {
		expect(problem(condition)).toBe(message);
	});
});

// The widths and signs are those of C with 32-bit int and 64-bit long, as gcc has them on the kernel's 64-bit machines.
describe('constants', () => {
	it.each([
		['~0', -1],
		['~0U', 4294967295],
		['~0UL', -1],
		['~0UL >> 63', 1],
		['~0L >> 63', -1],
		['0xffffffff', 4294967295],
		['0xffffffff + 1', 0],
		['4294967295 + 1', 4294967296],
		['-1 + 0u', 4294967295],
		['-1L + 0u', -1],
		['2147483647', 2147483647],
		['1u << 31', 2147483648],
		['1 < 2 ? 5 : 6UL', 5],
		['!7', 0],
		['-2 > 1u', 1],
	])('%s is %d', (text, value) => {
		expect(constant(text)).toBe(value);
	});

	it.each([['1 / 0'], ['1 << 32'], ['x'], ['sizeof(int)'], ['1 2'], ['(1'], ['"1"'], ['1UL << 62']])(
		'%s is none',
		(text) => {
			expect(constant(text)).toBeUndefined();
		},
	);
});
