import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tokenize } from '../../../source/language/tokens/lexer.ts';
import { preprocessed } from '../reading.ts';

/** Random macros, invocations and conditions are expanded as gcc expands them, where there is a gcc. */

const hasGcc = spawnSync('gcc', ['--version']).status === 0;
const names = ['A', 'B', 'F', 'G', 'H'];
const marker = 'END_OF_TEXT';

const body = fc.array(
	fc.constantFrom(
		...names,
		'x',
		'y',
		'(',
		')',
		',',
		'1',
		'+',
		'"s"',
		'# x',
		'##',
		'##',
		'__VA_ARGS__',
		', ##__VA_ARGS__',
	),
	{ maxLength: 7 },
);
const definition = fc
	.tuple(
		fc.constantFrom(...names),
		fc.constantFrom('', '', '()', '(x)', '(x)', '(x, y)', '(...)', '(x, ...)', '(x, y...)'),
		body,
	)
	.map(([name, parameters, words]) => `#undef ${name}\n#define ${name}${parameters} ${words.join(' ')}`);
const invocation = fc
	.array(fc.constantFrom(...names, 'F(', 'G(', 'H(', ')', ')', ',', '1', 'x', '"s"', '+', '\n'), { maxLength: 14 })
	.map((words) => {
		const open = words.reduce((count, word) => count + (word.endsWith('(') ? 1 : word === ')' ? -1 : 0), 0);
		return `${words.join(' ')} ${')'.repeat(Math.max(0, open))}`;
	});
const condition = fc
	.tuple(fc.constantFrom('#if A', '#ifdef F', '#ifndef G', '#if defined(A) && B', '#if 1 ? 0 : F(1)'), invocation)
	.map(([head, text]) => `${head}\n${text}\n#else\nno\n#endif`);
const text = fc
	.array(fc.oneof({ weight: 3, arbitrary: definition }, { weight: 2, arbitrary: invocation }, condition), {
		minLength: 4,
		maxLength: 8,
	})
	.map((parts) => `${parts.join('\n')}\n`)
	// A comma that was left out is pasted again by gcc: nobody means that.
	.filter((source) => !/## *(__VA_ARGS__|y) *##/.test(source));

function wordsOf(source: string): string {
	return tokenize(source, 'a.c')
		.slice(0, -1)
		.map((token) => token.text)
		.join(' ');
}

it.skipIf(!hasGcc)('expands as gcc does', { timeout: 60_000 }, () => {
	const accepted = fc.sample(text, 1500).flatMap((source) => {
		const { tokens, diagnostics } = preprocessed(source);
		if (diagnostics.some(({ severity }) => severity === 'error')) return [];
		const own = tokens.slice(0, -1).map((token) => token.text);
		return [{ source, own: own.join(' ') }];
	});
	expect(accepted.length).toBeGreaterThan(100);
	const undefine = names.map((name) => `#undef ${name}\n`).join('');
	const input = accepted.map(({ source }) => `${undefine}${source}\n${marker}\n`).join('');
	const output = execFileSync('gcc', ['-E', '-P', '-w', '-std=gnu11', '-x', 'c', '-'], { input, encoding: 'utf8' });
	const theirs = output.split(marker).map(wordsOf);
	for (const [index, { source, own }] of accepted.entries()) {
		expect({ source, expanded: own }).toEqual({ source, expanded: theirs[index] });
	}
});
