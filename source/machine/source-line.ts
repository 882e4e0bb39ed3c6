import { type FunctionCode, type Program, positionOf } from '../language/code.ts';
import { plainLine } from '../language/plain-text.ts';

const linesOf = new WeakMap<Program, ReadonlyMap<string, readonly string[]>>();

/** The source line that an instruction comes from, on one line of plain text; empty when there is none. */
export function sourceLine(program: Program, fn: FunctionCode, instruction: number): string {
	let lines = linesOf.get(program);
	if (lines === undefined) {
		lines = new Map(program.files.map(({ path, text }) => [path, text.split('\n').map(plainLine)]));
		linesOf.set(program, lines);
	}
	const { file, line } = positionOf(program, fn, instruction);
	return lines.get(file)?.[line - 1] ?? '';
}
