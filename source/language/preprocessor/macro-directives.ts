/** #define and #undef. */

import { errorAt } from '../reporting.ts';
import type { Token } from '../tokens/token.ts';
import { isConfigured } from './configuration.ts';
import { onlyName } from './directive-name.ts';
import { type Macro, reservedMacros } from './macro.ts';
import { isSameMacro, readDefinition } from './macro-definition.ts';
import { complain, type Run } from './preprocessor-run.ts';
import type { DirectivePart } from './source-text.ts';

/** Carries out a #define. `word` is the directive's name. */
export function define(run: Run, part: DirectivePart, word: Token): void {
	const macro = macroOf(run, part, word);
	if (macro !== null) enterMacro(run, macro, part.rest[0] ?? word);
}

/** Carries out an #undef. `word` is the directive's name. */
export function undefine(run: Run, word: Token, rest: readonly Token[]): void {
	const name = onlyName(run, word, rest);
	if (name === null) return;
	if (reservedMacros.has(name)) complain(run, errorAt(rest[0] ?? word, `"${name}" cannot be undefined`));
	else run.macros.delete(name);
}

/** Without mistakes, the same object every time: what depends on it can be found again. */
const definedBy = new WeakMap<DirectivePart, Macro>();

function macroOf(run: Run, part: DirectivePart, word: Token): Macro | null {
	const known = definedBy.get(part);
	if (known !== undefined) return known;
	const macro = readDefinition(part.rest, word, run.expander.complain);
	if (macro !== null) definedBy.set(part, macro);
	return macro;
}

function enterMacro(run: Run, macro: Macro, name: Token): void {
	const before = run.macros.get(macro.name);
	if (before !== undefined && before !== macro && !isSameMacro(before, macro)) {
		const isFromConfiguration = isConfigured(before);
		complain(run, {
			...errorAt(
				name,
				`"${macro.name}" is already defined, differently`,
				isFromConfiguration
					? "the kernel's configuration defines it: put #ifndef around this"
					: 'write #undef before it',
			),
			...(isFromConfiguration ? {} : { notes: [{ message: 'the earlier definition', position: before.position }] }),
		});
		return;
	}
	run.macros.set(macro.name, macro);
}
