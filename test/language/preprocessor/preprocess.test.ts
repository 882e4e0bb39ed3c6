import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../../source/language/diagnostics.ts';
import { preprocess } from '../../../source/language/preprocessor/preprocess.ts';
import { expanded, preprocessed, summaries } from '../reading.ts';

const errors = (files: Readonly<Record<string, string>> | string): string[] =>
	summaries(preprocessed(files).diagnostics);

describe('macros', () => {
	it('stand for their body', () => {
		expect(expanded('#define N 4\nint a[N];')).toBe('int a [ 4 ] ;');
		expect(expanded('#define EMPTY\na EMPTY b')).toBe('a b');
		expect(expanded('#define A B\n#define B 1\nA')).toBe('1');
	});

	it('with parameters take arguments, which may span lines and hold commas in parentheses', () => {
		expect(expanded('#define F(x, y) y x\nF(1, 2)')).toBe('2 1');
		expect(expanded('#define F(x, y) y x\nF((a,b),\n c d)')).toBe('c d ( a , b )');
		expect(expanded('#define F(x) [x]\nF()')).toBe('[ ]');
		expect(expanded('#define F() 1\nF()')).toBe('1');
	});

	it('with parameters stay as they are without parentheses behind', () => {
		expect(expanded('#define F(x) 1\nF + F (2)')).toBe('F + 1');
		expect(expanded('#define F (x)\nF')).toBe('( x )');
	});

	it('are not expanded within themselves', () => {
		expect(expanded('#define f(x) f(x + 1)\nf(2)')).toBe('f ( 2 + 1 )');
		expect(expanded('#define a b\n#define b a\na b')).toBe('a b');
	});

	// The example of the C standard, 6.10.3.5, with its result there.
	it('expand as in the example of the C standard', () => {
		const text = `
#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`;
		expect(expanded(text).replaceAll(' ', '')).toBe(
			`f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1);
f(2 * (2+(3,4)-0,1)) | f(2 * (~ 5)) & f(2 * (0,1))^m(0,1);
int i[] = { 1, 23, 4, 5, };
char c[2][6] = { "hello", "" };`.replace(/[ \n]/g, ''),
		);
	});

	it('make strings of arguments as they are written', () => {
		expect(expanded('#define S(x) #x\nS( a  + "b\\n" )')).toBe(String.raw`"a + \"b\\n\""`);
		expect(expanded('#define S(x) #x\n#define N 1\nS(N)')).toBe('"N"');
		expect(expanded('#define S(x) #x\n#define T(x) S(x)\n#define N 1\nT(N)')).toBe('"1"');
	});

	it('paste tokens', () => {
		expect(expanded('#define C(a, b) a##b\nC(vb_, alloc)(C(1, 2))')).toBe('vb_alloc ( 12 )');
		expect(expanded('#define C(a) a##_##a\n#define N 1\nC(N)')).toBe('N_N');
	});

	it('take any number of arguments with ...', () => {
		expect(expanded('#define L(fmt, ...) p(fmt, __VA_ARGS__)\nL("x", 1, 2)')).toBe('p ( "x" , 1 , 2 )');
		expect(expanded('#define L(fmt, ...) p(fmt, ##__VA_ARGS__)\nL("x")')).toBe('p ( "x" )');
		// As gcc does: a rest that is there stays behind its comma, even when it is empty, and is expanded only once.
		expect(expanded('#define L(fmt, ...) p(fmt, ##__VA_ARGS__)\nL("x", )')).toBe('p ( "x" , )');
		expect(expanded('#define L(...) p(0, ##__VA_ARGS__)\nL()')).toBe('p ( 0 )');
		expect(expanded('#define L(...) p(0, ##__VA_ARGS__)\nL(L(1))')).toBe('p ( 0 , L ( 1 ) )');
		expect(expanded('#define L(fmt, args...) p(fmt, ##args)\nL("x", 1)')).toBe('p ( "x" , 1 )');
	});

	it('know file and line of the invocation', () => {
		expect(expanded('#define W() w(__FILE__, __LINE__)\n\nW(\n)')).toBe('w ( "a.c" , 3 )');
	});

	it('come from the configuration too', () => {
		expect(expanded('CONFIG_A CONFIG_N CONFIG_OFF', { CONFIG_A: 'y', CONFIG_N: '4', CONFIG_OFF: 'n' })).toBe(
			'1 4 CONFIG_OFF',
		);
	});

	it('can be undefined, and defined again when they are the same', () => {
		expect(expanded('#define N 1\n#undef N\nN')).toBe('N');
		expect(expanded('#define N 1\n#define N 1\nN')).toBe('1');
		expect(errors('#define N 1\n#define N 2')).toEqual(['2:9 error: "N" is already defined, differently']);
	});

	it('complain about wrong definitions and invocations', () => {
		expect(errors('#define F(a) a\nF(1, 2)')).toEqual(['2:1 error: macro "F" takes 1 argument, but is given 2']);
		expect(errors('#define F(a, ...) a\n#define G(a, b) a\nG(1)')).toEqual([
			'3:1 error: macro "G" takes 2 arguments, but is given 1',
		]);
		expect(errors('#define F(a) a\nF(1')).toEqual(['2:1 error: the arguments of macro "F" have no closing ")"']);
		expect(errors('#define F(a) a\nF(1\n#undef X\n)')).toEqual([
			'2:1 error: the arguments of macro "F" have no closing ")"',
		]);
		expect(errors('#define')).toEqual(['1:2 error: expected the name of the macro after #define']);
		expect(errors('#define F(a, a) 1')).toEqual(['1:14 error: two parameters are named "a"']);
		expect(errors('#define F(a b) 1')).toEqual(['1:13 error: expected "," or ")", found "b"']);
		expect(errors('#define F(a) #b')).toEqual([
			'1:14 error: "#" makes a string of a macro parameter: expected its name',
		]);
		expect(errors('#define F ## x')).toEqual(['1:11 error: "##" needs something on both sides']);
		expect(errors('#define defined 1')).toEqual([
			'1:9 error: "defined" has a meaning of its own and cannot be defined',
		]);
		expect(errors('#define C(a, b) a##b\nC(+, x)')).toEqual(['2:1 error: pasting "+" and "x" does not give one token']);
	});
});

describe('places of expanded tokens', () => {
	const text = '#define INNER(x) in(x)\n#define OUTER(x) \\\n\tout(INNER(x))\n\n  OUTER(a +\n    b);\n';
	const { tokens } = preprocessed(text);
	const find = (name: string) => tokens.find((token) => token.text === name);

	it('are the outermost invocation for stepping, the body for reading', () => {
		expect(find('out')).toMatchObject({
			position: { line: 5, column: 3 },
			spelling: { line: 3, column: 2 },
			macro: 'OUTER',
		});
		expect(find('in')).toMatchObject({
			position: { line: 5, column: 3 },
			spelling: { line: 1, column: 18 },
			macro: 'INNER',
		});
	});

	it('are their own for arguments on the line of the invocation, and the invocation for the others', () => {
		expect(find('a')).toMatchObject({ position: { line: 5, column: 9 }, macro: null });
		expect(find('b')).toMatchObject({
			position: { line: 5, column: 3 },
			spelling: { line: 6, column: 5 },
			macro: null,
		});
	});

	it('cover the whole invocation when it is on one line', () => {
		const made = preprocessed('#define F(x) f(x)\n F(1, (2) + 3);'.replace('1, ', '')).tokens;
		expect(made.find((token) => token.text === 'f')).toMatchObject({
			position: { column: 2 },
			length: 'F((2) + 3)'.length,
		});
	});

	it('keep the comment and the line start of the invocation', () => {
		const made = preprocessed('#define NOTHING\n#define S static\n/* c */\nS x;\n/* d */\nNOTHING y').tokens;
		expect(made.map(({ text: own, comment, startsLine }) => [own, comment, startsLine])).toEqual([
			['static', 'c', true],
			['x', '', false],
			[';', '', false],
			['y', 'd', true],
			['', '', true],
		]);
	});
});

describe('conditions', () => {
	it('choose one branch', () => {
		const text = '#if A == 1\none\n#elif A == 2\ntwo\n#elif A\nmany\n#else\nnone\n#endif';
		expect(expanded(`#define A 1\n${text}`)).toBe('one');
		expect(expanded(`#define A 2\n${text}`)).toBe('two');
		expect(expanded(`#define A 3\n${text}`)).toBe('many');
		expect(expanded(text)).toBe('none');
	});

	it('nest, and skip what is in a skipped branch, whatever it looks like', () => {
		expect(expanded("#if 0\n#if 1\na\n#else\nb\n#endif\ndon't @ #\n#nonsense\n#error no\n#else\nc\n#endif")).toBe('c');
	});

	it('ask what is defined', () => {
		expect(expanded('#define X\n#ifdef X\na\n#endif\n#ifndef X\nb\n#endif')).toBe('a');
		expect(expanded('#define X\n#if defined(X) && !defined Y\na\n#endif')).toBe('a');
	});

	it('ask for kernel options with IS_ENABLED, in code too', () => {
		const text = '#if IS_ENABLED(CONFIG_A)\na\n#else\nb\n#endif\nif (IS_ENABLED(CONFIG_A)) c;';
		expect(expanded(text, { CONFIG_A: 'y' })).toBe('a if ( 1 ) c ;');
		expect(expanded(text, { CONFIG_A: '1' })).toBe('a if ( 1 ) c ;');
		expect(expanded(text, { CONFIG_A: 'n' })).toBe('b if ( 0 ) c ;');
		expect(expanded(text, { CONFIG_A: '2' })).toBe('b if ( 0 ) c ;');
		expect(expanded(text)).toBe('b if ( 0 ) c ;');
		expect(expanded('#define ON(x) IS_ENABLED(x)\nON(CONFIG_A) ON(CONFIG_B)', { CONFIG_A: 'y' })).toBe('1 0');
	});

	it('complain when they do not fit together', () => {
		expect(errors('#if 1\nx')).toEqual(['1:2 error: this #if has no #endif']);
		expect(errors('#endif')).toEqual(['1:2 error: #endif without #if']);
		expect(errors('#else')).toEqual(['1:2 error: #else without #if']);
		expect(errors('#if 1\n#else\n#else\n#endif')).toEqual(['3:2 error: a second #else']);
		expect(errors('#if 1\n#else\n#elif 1\n#endif')).toEqual(['3:2 error: #elif after #else']);
		expect(errors('#if\n#endif')).toEqual(['1:2 error: #if needs a condition']);
		expect(errors('#if 1 +\n#endif')).toEqual(['1:2 error: expected a value, found the end of the line']);
		expect(errors('#if 1 2\n#endif')).toEqual(['1:7 error: expected an operator, found "2"']);
		expect(errors('#if defined(\n#endif')).toEqual(['1:5 error: "defined" needs a name: defined(CONFIG_X)']);
		expect(errors('#ifdef 1\n#endif')).toEqual(['1:8 error: expected a name after #ifdef, found "1"']);
	});
});

describe('other directives', () => {
	it('report errors and warnings of the text', () => {
		expect(errors("#error needs CONFIG_SMP, doesn't it")).toEqual(["1:2 error: #error: needs CONFIG_SMP, doesn't it"]);
		expect(errors('#warning old')).toEqual(['1:2 warning: #warning: old']);
		expect(errors('#error \u001b[31m')).toEqual(['1:2 error: #error: ?[31m']);
	});

	it('that nobody knows are errors', () => {
		expect(errors('#line 3')).toEqual(['1:2 error: there is no directive #line']);
		expect(errors('#')).toEqual([]);
	});

	it('report what is no token, in code that is not skipped', () => {
		expect(errors('int x = "open;\n@')).toEqual([
			'1:9 error: this string is not closed on its line',
			'2:1 error: this is no character of model C',
		]);
	});
});

describe('includes', () => {
	it('look beside the file, then in the scenario folder, then in the library', () => {
		expect(expanded({ 'a.c': '#include "x.h"', 'x.h': 'scenario', 'kernel/include/x.h': 'library' })).toBe('scenario');
		expect(expanded({ 'a.c': '#include "x.h"', 'kernel/include/x.h': 'library' })).toBe('library');
		expect(expanded({ 'kernel/mm/a.c': '#include "x.h"', 'x.h': 'scenario', 'kernel/mm/x.h': 'beside' })).toBe(
			'beside',
		);
		expect(expanded({ 'kernel/mm/a.c': '#include "x.h"', 'x.h': 'scenario', 'kernel/include/x.h': 'library' })).toBe(
			'scenario',
		);
		expect(expanded({ 'sub/a.c': '#include "../x.h"', 'x.h': 'above' })).toBe('above');
	});

	it('in angle brackets look in the library only', () => {
		expect(expanded({ 'a.c': '#include <linux/x.h>', 'linux/x.h': 'no', 'kernel/include/linux/x.h': 'yes' })).toBe(
			'yes',
		);
	});

	it('may be named by a macro', () => {
		expect(expanded({ 'a.c': '#define H "x.h"\n#include H', 'x.h': 'x' })).toBe('x');
	});

	it('say where they looked', () => {
		const { diagnostics } = preprocessed('\n#include "x.h"');
		expect(summaries(diagnostics)).toEqual(['2:10 error: there is no file "x.h" to include']);
		expect(diagnostics[0]?.advice).toBe('looked for x.h, kernel/include/x.h');
		expect(diagnostics[0]?.length).toBe('"x.h"'.length);
	});

	it('say who included the file with the error', () => {
		const { diagnostics } = preprocessed({ 'a.c': '#include "x.h"', 'x.h': '\n#include "y.h"', 'y.h': '#error y' });
		expect(summaries(diagnostics)).toEqual(['y.h:1:2 error: #error: y']);
		expect(diagnostics[0]?.notes?.map(({ message, position }) => `${message}, line ${position.line}`)).toEqual([
			'included from x.h, line 2',
			'included from a.c, line 1',
		]);
	});

	it.each([
		['"/etc/passwd"', 'an include cannot name an absolute path'],
		['"../x.h"', 'this include leaves the scenario folder'],
		['"sub/../../x.h"', 'this include leaves the scenario folder'],
		['<../../x.h>', 'an include in angle brackets cannot contain ..'],
		['"C:\\x.h"', 'an include cannot name an absolute path'],
		['"a\\..\\x.h"', 'an include cannot have a backslash or a control character in its name'],
		['""', 'the name of the file to include is empty'],
	])('do not leave their folders: %s', (name, message) => {
		expect(errors(`#include ${name}`)).toEqual([`1:10 error: ${message}`]);
	});

	it('do not leave the library either, and are never read with ..', () => {
		const seen: string[] = [];
		const texts = new Map([['kernel/a.c', '#include "../secret.h"\n#include "./mm//../mm/x.h"']]);
		expect(summaries(preprocessedWith(texts, seen))[0]).toBe(
			'kernel/a.c:1:10 error: this include leaves the model library',
		);
		expect(seen).toContain('kernel/mm/x.h');
		expect(seen.filter((path) => path.includes('..') || path.includes('secret'))).toEqual([]);
	});

	it('happen once with #pragma once or a guard', () => {
		const twice = '#include "x.h"\n#include "x.h"';
		expect(expanded({ 'a.c': twice, 'x.h': 'x' })).toBe('x x');
		expect(expanded({ 'a.c': twice, 'x.h': '#pragma once\nx' })).toBe('x');
		expect(expanded({ 'a.c': twice, 'x.h': '#ifndef X_H\n#define X_H\nx\n#endif /* X_H */' })).toBe('x');
	});

	it('in a cycle are an error that names the chain', () => {
		const { diagnostics } = preprocessed({ 'a.c': '#include "x.h"', 'x.h': '#include "y.h"', 'y.h': '#include "x.h"' });
		expect(summaries(diagnostics)).toEqual(['y.h:1:10 error: this include never ends: x.h -> y.h -> x.h']);
		expect(diagnostics[0]?.advice).toBe('put #pragma once at the top of x.h');
		expect(errors('#include "a.c"')).toEqual(['1:10 error: this include never ends: a.c -> a.c']);
	});

	it('in a cycle that guards or #pragma once break are fine', () => {
		const guard = (name: string, body: string): string => `#ifndef ${name}\n#define ${name}\n${body}\n#endif\n`;
		expect(
			expanded({
				'a.c': '#include "x.h"',
				'x.h': guard('X', '#include "y.h"\nx'),
				'y.h': guard('Y', '#include "x.h"\ny'),
			}),
		).toBe('y x');
		expect(
			expanded({ 'a.c': '#include "x.h"', 'x.h': '#pragma once\n#include "y.h"\nx', 'y.h': '#include "x.h"\ny' }),
		).toBe('y x');
	});

	it('that are missing or badly written say what is expected', () => {
		expect(errors('#include')).toEqual(['1:2 error: expected the name of a file']);
		expect(errors('#include x')).toEqual(['1:10 error: expected the name of a file']);
	});

	it('return every file that was read, for the carets', () => {
		const { files } = preprocessed({ 'a.c': '#include "x.h"\n#include "x.h"', 'x.h': 'x' });
		expect(files).toEqual([
			{ path: 'a.c', text: '#include "x.h"\n#include "x.h"' },
			{ path: 'x.h', text: 'x' },
		]);
	});

	it('that do not exist at all are an error of the file', () => {
		expect(summaries(preprocessed({ 'a.c': '' }).diagnostics)).toEqual([]);
		expect(summaries(preprocessedWith(new Map([['b.c', '']]), []))).toEqual([]);
	});
});

describe('constants for expressions', () => {
	it('are the object-like macros with an integer value, as C computes it', () => {
		const { macros } = preprocessed(
			`#define BITS 8
			#define MASK ((1UL << BITS) - 1)
			#define ALL (~0UL)
			#define HALF (ALL >> 60)
			#define WORD (~0U)
			#define MINUS -12
			#define CHAR 'a'
			#define F(x) 1
			#define TEXT "x"
			#define NAME other
			#define CAST ((unsigned long)1)
			#define NOTHING
			#define HUGE (1UL << 60)
			#define GONE 1
			#undef GONE`,
			{ CONFIG_LEVELS: '4', CONFIG_ON: 'y' },
		);
		expect(macros).toEqual({
			CONFIG_LEVELS: 4,
			CONFIG_ON: 1,
			BITS: 8,
			MASK: 255,
			ALL: -1,
			HALF: 15,
			WORD: 4294967295,
			MINUS: -12,
			CHAR: 97,
		});
	});

	it('are data, whatever their names', () => {
		const { macros } = preprocessed('#define __proto__ 3\n#define constructor 4');
		expect(Object.entries(macros)).toEqual([
			['__proto__', 3],
			['constructor', 4],
		]);
	});
});

describe('hostile texts end in an error', () => {
	const lastError = (files: Readonly<Record<string, string>> | string): string | undefined =>
		preprocessed(files).diagnostics.findLast(({ severity }) => severity === 'error')?.message;

	it('when macros double', () => {
		const lines = Array.from({ length: 64 }, (_, n) => `#define A${n + 1} A${n} A${n}`);
		expect(lastError(`#define A0 x\n${lines.join('\n')}\nA64`)).toMatch(/too many tokens/);
		const calls = Array.from({ length: 64 }, (_, n) => `#define F${n + 1}(x) F${n}(x x)`);
		expect(lastError(`#define F0(x) x\n${calls.join('\n')}\nF64(1)`)).toMatch(/too many tokens/);
	});

	it('when macros double into nothing', () => {
		const lines = Array.from({ length: 64 }, (_, n) => `#define A${n + 1} A${n} A${n}`);
		expect(lastError(`#define A0\n${lines.join('\n')}\nA64`)).toMatch(/too many tokens/);
	});

	it('when macros or invocations nest deeply', () => {
		const chain = Array.from({ length: 5000 }, (_, n) => `#define A${n + 1} A${n}`).join('\n');
		expect(lastError(`#define A0 x\n${chain}\nA5000`)).toMatch(/macros nest deeper than/);
		expect(lastError(`#define F(x) x\n${'F('.repeat(300)}1${')'.repeat(300)}`)).toMatch(/invocations nest deeper than/);
	});

	it('when includes nest deeply or double', () => {
		const chain = Object.fromEntries(
			Array.from({ length: 100 }, (_, n) => [n === 0 ? 'a.c' : `x${n}.h`, `#include "x${n + 1}.h"\n`]),
		);
		expect(lastError(chain)).toBe('includes nest deeper than 64');
		const doubling = Object.fromEntries(
			Array.from({ length: 40 }, (_, n) => [n === 0 ? 'a.c' : `x${n}.h`, `#include "x${n + 1}.h"\n`.repeat(2)]),
		);
		expect(lastError({ ...doubling, 'x40.h': '' })).toBe('more than 1000 includes');
	});

	it('when conditions nest deeply', () => {
		expect(lastError('#if 1\n'.repeat(300))).toMatch(/conditions nest deeper than/);
		expect(lastError(`#if ${'('.repeat(5000)}1\n#endif`)).toMatch(/nests deeper than/);
		expect(lastError(`#if ${'!'.repeat(5000)}1\n#endif`)).toMatch(/nests deeper than/);
	});

	it('when a file is huge', () => {
		expect(lastError('x'.repeat(600 * 1024))).toMatch(/is longer than 512 KiB/);
		expect(lastError({ 'a.c': '#include "x.h"', 'x.h': ' '.repeat(600 * 1024) })).toMatch(/is longer than 512 KiB/);
	});

	it('when there are too many errors', () => {
		expect(preprocessed('@ \n'.repeat(1000)).diagnostics).toHaveLength(20);
	});
});

it('renders an error in a header with its line, its caret and the chain', () => {
	const { diagnostics, files } = preprocessed({ 'a.c': '#include "x.h"\n', 'x.h': '#define F(x) x\n  F(1, 2);\n' });
	expect(formatDiagnostics(diagnostics, files)).toBe(
		[
			'x.h:2:3: error: macro "F" takes 1 argument, but is given 2',
			'      F(1, 2);',
			'      ^',
			'  x.h:1:9: note: "F" is defined here',
			'  a.c:1:1: note: included from a.c',
		].join('\n'),
	);
});

function preprocessedWith(texts: ReadonlyMap<string, string>, seen: string[]) {
	const [first = ''] = texts.keys();
	const { diagnostics } = preprocess(first, {}, (path) => {
		seen.push(path);
		return texts.get(path) ?? null;
	});
	return diagnostics;
}
