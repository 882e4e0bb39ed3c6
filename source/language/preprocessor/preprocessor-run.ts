/** What goes on while one file and all that it includes are preprocessed. */

import type { Diagnostic } from '../diagnostics.ts';
import { plainLine } from '../plain-text.ts';
import type { Position, SourceFile } from '../position.ts';
import { report } from '../reporting.ts';
import type { Token } from '../tokens/token.ts';
import type { KnownSources } from './known-sources.ts';
import { type Expander, type Macro, startExpander } from './macro.ts';
import { AskedMacros, MacroTable } from './macro-table.ts';

/**
 * Tokens read, made and thrown away while preprocessing one file and all it includes. This and the other bounds of the preprocessor
 * are there because a stranger's file can make much of itself.
 */
const tokenLimit = 500_000;

/** A file being read, and where it includes the next. */
export interface Frame {
	readonly path: string;
	at: Position;
}

export interface Run {
	readonly read: (path: string) => string | null;
	readonly diagnostics: Diagnostic[];
	readonly macros: MacroTable;
	readonly askedMacros: AskedMacros;
	readonly expander: Expander;
	readonly output: Token[];
	readonly files: Map<string, SourceFile>;
	readonly known: KnownSources;
	/** Files with #pragma once. */
	readonly once: Set<string>;
	/** The files being read, outermost first. */
	readonly stack: Frame[];
	includes: number;
	/** Calls of `complain`, also those that said nothing new. */
	complaints: number;
}

/** @param defined the macros that there are before the first line */
export function startRun(
	defined: ReadonlyMap<string, Macro>,
	read: (path: string) => string | null,
	known: KnownSources,
): Run {
	const macros = new MacroTable(defined);
	const askedMacros = new AskedMacros(macros);
	const run: Run = {
		read,
		diagnostics: [],
		macros,
		askedMacros,
		expander: startExpander(askedMacros, (diagnostic) => complain(run, diagnostic), tokenLimit),
		output: [],
		files: new Map(),
		known,
		once: new Set(),
		stack: [],
		includes: 0,
		complaints: 0,
	};
	return run;
}

/**
 * Adds a diagnostic, with the chain of includes that led to its file.
 *
 * @throws StopReading see `report`
 */
export function complain(run: Run, diagnostic: Diagnostic): void {
	run.complaints += 1;
	const chain = run.stack
		.slice(0, -1)
		.toReversed()
		.map(({ path, at }) => ({ message: `included from ${plainLine(path)}`, position: at }));
	const notes = [...(diagnostic.notes ?? []), ...chain];
	report(run.diagnostics, notes.length === 0 ? diagnostic : { ...diagnostic, notes });
}
