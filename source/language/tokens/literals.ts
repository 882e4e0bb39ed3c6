/** Literals as written, decoded. */

export type IntegerSuffix = '' | 'U' | 'L' | 'UL' | 'LL' | 'ULL';

export interface IntegerLiteral {
	/** Below 2^64, not negative. */
	readonly value: bigint;
	readonly suffix: IntegerSuffix;
	/** Decimal literals never become unsigned by their size. */
	readonly isDecimal: boolean;
}

export type Decoded<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problem: string; readonly advice?: string };

const integerForm = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlL]*)$/;
const floatForm = /^(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)[fFlL]?$/;
const suffixes: Readonly<Record<string, IntegerSuffix>> = {
	'': '',
	u: 'U',
	l: 'L',
	ul: 'UL',
	lu: 'UL',
	ll: 'LL',
	ull: 'ULL',
	llu: 'ULL',
};
/** More digits than any number of 64 bits has; longer ones are not worth converting. */
const longestNumber = 80;

/** Decodes `0x1fUL`, `42`, `017`, `0b11`. */
export function decodeInteger(text: string): Decoded<IntegerLiteral> {
	const [, digits, letters] = integerForm.exec(text) ?? [];
	if (digits === undefined || letters === undefined) {
		if (floatForm.test(text)) {
			return { ok: false, problem: 'model C has no floating point', advice: 'use integers, as the kernel does' };
		}
		if (/^0[0-9]+$/.test(text))
			return { ok: false, problem: 'a number that begins with 0 is octal: digits are 0 to 7' };
		return { ok: false, problem: 'this is not a number' };
	}
	const suffix = suffixes[letters.toLowerCase()];
	if (suffix === undefined) return { ok: false, problem: `"${letters.slice(0, 8)}" is no suffix of an integer` };
	const isOctal = /^0[0-7]+$/.test(digits);
	const value = digits.length > longestNumber ? null : BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
	if (value === null || value >= 1n << 64n) return { ok: false, problem: 'this number has more than 64 bits' };
	return { ok: true, value: { value, suffix, isDecimal: /^[1-9]/.test(digits) } };
}

const simpleEscapes: Readonly<Record<string, string>> = {
	n: '\n',
	t: '\t',
	r: '\r',
	a: '\x07',
	b: '\b',
	f: '\f',
	v: '\v',
	e: '\x1b',
	'\\': '\\',
	'"': '"',
	"'": "'",
	'?': '?',
};

/** Decodes a string literal with its quotes, `"a\n"`, or what is between the quotes of a character. */
export function decodeString(text: string): Decoded<string> {
	let unknown: string | null = null;
	const value = text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/gs, (whole, code: string) => {
		if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
		if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
		const plain = Object.hasOwn(simpleEscapes, code) ? simpleEscapes[code] : undefined;
		if (plain === undefined) unknown ??= whole;
		return plain ?? '';
	});
	if (unknown !== null) return { ok: false, problem: 'unknown escape sequence', advice: 'write \\\\ for a backslash' };
	return { ok: true, value };
}

/** Decodes `'a'`, `'\n'` to the character's code. */
export function decodeCharacter(text: string): Decoded<number> {
	const decoded = decodeString(text);
	if (!decoded.ok) return decoded;
	const [only, ...more] = decoded.value;
	if (only === undefined) return { ok: false, problem: 'there is no character between the quotes' };
	if (more.length > 0) {
		return { ok: false, problem: 'more than one character between the quotes', advice: 'a string has double quotes' };
	}
	return { ok: true, value: only.codePointAt(0) ?? 0 };
}

/** A value in the form in which 64-bit cells hold it: signed, modulo 2^64. Null when JavaScript's numbers cannot hold it exactly. */
export function toCellValue(value: bigint): number | null {
	const signed = Number(BigInt.asIntN(64, value));
	return Number.isSafeInteger(signed) ? signed : null;
}
