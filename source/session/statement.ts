/** Statements of the source on one line. */

import { plainLine } from '../language/plain-text.ts';
import type { Target } from '../scenario/scenario.ts';

/** Lines that a statement is looked for on. */
const maxLines = 5;

/** The statement that begins on a line (from 1), on one line, without comments and the final `;` or `{`. */
export function statementText(source: string, line: number): string {
	return statementFrom(source.split('\n').slice(line - 1, line - 1 + maxLines));
}

/** The same of a file of the model; empty when there is no such line. */
export function statementAt(target: Target, file: string, line: number): string {
	const found = target.machine.program.files.find(({ path }) => path === file);
	if (found === undefined) return '';
	let lines = known.get(found);
	if (lines === undefined) {
		lines = found.text.split('\n');
		known.set(found, lines);
	}
	return statementFrom(lines.slice(line - 1, line - 1 + maxLines));
}

/** Files never change. */
const known = new WeakMap<object, readonly string[]>();

function statementFrom(lines: readonly string[]): string {
	let text = '';
	for (const line of lines) {
		text += ` ${line.replace(/\/\*.*?(?:\*\/|$)/g, ' ').replace(/\/\/.*$/, '')}`;
		const open = text.split('(').length - text.split(')').length;
		if (open <= 0 && !/,\s*$/.test(text)) break;
	}
	return plainLine(text).replace(/[;{]$/, '').trim();
}
