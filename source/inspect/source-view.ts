/** The source text around the place where a context stands. */

import { positionOf } from '../language/code.ts';
import { plainSourceLine } from '../language/plain-text.ts';
import type { SourceFile } from '../language/position.ts';
import type { MachineState } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';
import type { SourceView } from './views.ts';

const linesOf = new WeakMap<SourceFile, SourceView['lines']>();

/**
 * The file a stack frame is in (`frame` 0 is the innermost), with the line about to run, or, in a caller, the line of the call.
 * Null when the context has no such frame.
 */
export function sourceView(target: Target, state: MachineState, context: number, frame: number): SourceView | null {
	const frames = state.contexts[context]?.frames ?? [];
	const place = frames[frames.length - 1 - frame];
	const { program } = target.machine;
	const fn = place === undefined ? undefined : program.functions[place.function];
	if (place === undefined || fn === undefined) return null;
	const { file, line } = positionOf(program, fn, frame === 0 ? place.instruction : Math.max(0, place.instruction - 1));
	const source = program.files.find((candidate) => candidate.path === file);
	if (source === undefined) return null;
	return { file, lines: splitLines(source), current: line, function: fn.name };
}

/** The lines of a file, tabs expanded to 8 columns, as they are shown. Split once a file. */
export function splitLines(file: SourceFile): SourceView['lines'] {
	const known = linesOf.get(file);
	if (known !== undefined) return known;
	const lines = file.text.split('\n').map((text, index) => ({ number: index + 1, text: plainSourceLine(text) }));
	linesOf.set(file, lines);
	return lines;
}
