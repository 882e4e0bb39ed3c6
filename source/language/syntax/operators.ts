import type { BinaryOperator } from '../code.ts';

/** Binary operators but && and ||, by how tightly they bind. */
export const binaryPrecedence: Readonly<Record<BinaryOperator, number>> = {
	'|': 3,
	'^': 4,
	'&': 5,
	'==': 6,
	'!=': 6,
	'<': 7,
	'<=': 7,
	'>': 7,
	'>=': 7,
	'<<': 8,
	'>>': 8,
	'+': 9,
	'-': 9,
	'*': 10,
	'/': 10,
	'%': 10,
};

export const logicalPrecedence: Readonly<Record<'&&' | '||', number>> = { '||': 1, '&&': 2 };

/** Assignment operators and the operation that each contains; null for `=`. */
export const assignments: ReadonlyMap<string, BinaryOperator | null> = new Map<string, BinaryOperator | null>([
	['=', null],
	['+=', '+'],
	['-=', '-'],
	['*=', '*'],
	['/=', '/'],
	['%=', '%'],
	['&=', '&'],
	['|=', '|'],
	['^=', '^'],
	['<<=', '<<'],
	['>>=', '>>'],
]);

export function isBinaryOperator(text: string): text is BinaryOperator {
	return Object.hasOwn(binaryPrecedence, text);
}
