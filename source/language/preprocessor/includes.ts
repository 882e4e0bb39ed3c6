/** #include: the file that it names. */

import { plainLine } from '../plain-text.ts';
import { errorAt, StopReading } from '../reporting.ts';
import { quoteText, type Token } from '../tokens/token.ts';
import { searchInclude } from './include-path.ts';
import { expandMacros } from './macro.ts';
import { complain, type Run } from './preprocessor-run.ts';
import { readSource } from './source-reading.ts';
import type { SourceText } from './source-text.ts';

/** Files being read at once. */
const depthLimit = 64;

/** Includes while preprocessing one file. */
const countLimit = 1000;

/** A file to be read at the place of an #include. */
export interface Included {
	readonly path: string;
	readonly source: SourceText;
}

/**
 * The file that an #include wants to be read now. Null when it has been read and that is enough, and with a complaint when there
 * is none. `word` is the directive's name.
 *
 * @throws StopReading when there are too many includes, or they nest too deep
 */
export function included(run: Run, word: Token, rest: readonly Token[]): Included | null {
	const wanted = includeName(run, word, rest);
	if (wanted === null) return null;
	const { name, isSystem, at } = wanted;
	const search = searchInclude(word.spelling.file, name, isSystem);
	if (search.kind === 'refused') {
		complain(run, errorAt(at, search.message, search.advice));
		return null;
	}
	for (const path of search.paths) {
		const source = readSource(run, path);
		if (source.kind === 'missing') continue;
		if (source.kind === 'text') return isToBeRead(run, path, source, at) ? { path, source } : null;
		complain(run, errorAt(at, source.message));
		return null;
	}
	complain(
		run,
		errorAt(
			at,
			`there is no file ${quoteText(name)} to include`,
			`looked for ${search.paths.map(plainLine).join(', ')}`,
		),
	);
	return null;
}

function includeName(
	run: Run,
	word: Token,
	rest: readonly Token[],
): { name: string; isSystem: boolean; at: Token } | null {
	const isPlain = rest[0]?.kind === 'string' || rest[0]?.text === '<';
	const line = isPlain ? rest : expandMacros(run.expander, rest);
	const [first, ...more] = line;
	if (first?.kind === 'string' && more.length === 0) {
		return { name: first.text.slice(1, -1), isSystem: false, at: first };
	}
	const last = line.at(-1);
	if (first?.text === '<' && last?.text === '>') {
		const name = line
			.slice(1, -1)
			.map((token) => token.text)
			.join('');
		const end = last.spelling.column + 1;
		// One token for the caret: from < to >.
		return { name, isSystem: true, at: { ...first, text: ' '.repeat(Math.max(1, end - first.spelling.column)) } };
	}
	complain(
		run,
		errorAt(first ?? word, 'expected the name of a file', 'write #include "name.h" or #include <linux/name.h>'),
	);
	return null;
}

/** False for a file that says once is enough, and with a complaint for one that includes itself for ever. */
function isToBeRead(run: Run, path: string, { guard }: SourceText, at: Token): boolean {
	if (run.once.has(path)) return false;
	if (guard !== null && run.macros.has(guard)) return false;
	const cycle = run.stack.findIndex((frame) => frame.path === path);
	if (cycle !== -1) {
		const chain = [...run.stack.slice(cycle).map((frame) => frame.path), path].map(plainLine);
		complain(
			run,
			errorAt(
				at,
				`this include never ends: ${chain.join(' -> ')}`,
				`put #pragma once at the top of ${plainLine(path)}`,
			),
		);
		return false;
	}
	run.includes += 1;
	if (run.stack.length >= depthLimit) {
		complain(run, errorAt(at, `includes nest deeper than ${depthLimit}`));
		throw new StopReading();
	}
	if (run.includes > countLimit) {
		complain(run, errorAt(at, `more than ${countLimit} includes`, 'put #pragma once at the top of headers'));
		throw new StopReading();
	}
	return true;
}
