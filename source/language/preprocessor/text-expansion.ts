/** The text between two directives, with its macros expanded. */

import { Recollection } from '../recollection.ts';
import { errorAt } from '../reporting.ts';
import type { Token } from '../tokens/token.ts';
import { expandMacros, type Macro } from './macro.ts';
import { complain, type Run } from './preprocessor-run.ts';
import type { TextPart } from './source-text.ts';

/** What expanding the macros of a part gave, and the budget that it took. */
interface Emitted {
	readonly tokens: readonly Token[];
	readonly spent: number;
}

const emittedBefore = new Recollection<TextPart, Macro | undefined, Emitted>();

/** Expands macros, and reports what is no token: only now it is known that it is not skipped. */
export function emitted(run: Run, part: TextPart): readonly Token[] {
	const { macros, expander, complaints } = run;
	const { budget } = expander;
	const known = emittedBefore.recall(part, (name) => macros.get(name));
	if (known !== undefined && known.spent <= budget) {
		expander.budget -= known.spent;
		return known.tokens;
	}
	const good = part.tokens.filter((token) => {
		if (token.kind === 'bad') complain(run, errorAt(token, token.problem ?? 'this is no token'));
		return token.kind !== 'bad';
	});
	let tokens: readonly Token[] = [];
	const asked = run.askedMacros.answersTo(() => {
		tokens = expandMacros(expander, good);
	});
	// Complaints are to be made every time.
	if (run.complaints === complaints) emittedBefore.remember(part, asked, { tokens, spent: budget - expander.budget });
	return tokens;
}
