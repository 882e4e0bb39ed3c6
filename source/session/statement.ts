/** Statements of the source on one line. */

import { plainLine } from '../language/plain-text.ts';
import type { SourceFile } from '../language/position.ts';
import type { Target } from '../scenario/scenario.ts';

/** Lines that a statement is looked for on. */
const maxLines = 5;

/**
 * The statement that begins on a line (from 1) of a file of the model, on one line, without comments and the final `;` or `{`; empty
 * when there is no such line.
 */
export function statementAt(target: Target, file: string, line: number): string {
	const found = target.machine.program.files.find(({ path }) => path === file);
	if (found === undefined) return '';
	const { lines, statements } = known.get(found) ?? { lines: found.text.split('\n'), statements: new Map() };
	known.set(found, { lines, statements });
	const statement = statements.get(line) ?? statementFrom(lines.slice(line - 1, line - 1 + maxLines));
	statements.set(line, statement);
	return statement;
}

/** Files never change. */
const known = new WeakMap<
	SourceFile,
	{ readonly lines: readonly string[]; readonly statements: Map<number, string> }
>();

function statementFrom(lines: readonly string[]): string {
	let text = '';
	for (const line of lines) {
		text += ` ${line.replace(/\/\*.*?(?:\*\/|$)/g, ' ').replace(/\/\/.*$/, '')}`;
		const open = text.split('(').length - text.split(')').length;
		if (open <= 0 && !/,\s*$/.test(text)) break;
	}
	return plainLine(text).replace(/[;{]$/, '').trim();
}
