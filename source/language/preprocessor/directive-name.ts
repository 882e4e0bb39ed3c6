import { errorAt } from '../reporting.ts';
import { describeToken, type Token } from '../tokens/token.ts';
import { complain, type Run } from './preprocessor-run.ts';

/** The one name after #ifdef, #ifndef, #undef. Null, with a complaint, when there is none. */
export function onlyName(run: Run, word: Token, rest: readonly Token[]): string | null {
	const [name, extra] = rest;
	if (name === undefined || name.kind !== 'identifier') {
		const found = name === undefined ? 'the end of the line' : describeToken(name);
		complain(run, errorAt(name ?? word, `expected a name after #${word.text}, found ${found}`));
		return null;
	}
	if (extra !== undefined) {
		complain(run, errorAt(extra, `unexpected ${describeToken(extra)} after #${word.text} ${name.text}`));
	}
	return name.text;
}
