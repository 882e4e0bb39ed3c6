/** #if and what belongs to it: which text is read, and which is skipped. */

import { errorAt, StopReading } from '../reporting.ts';
import type { Token } from '../tokens/token.ts';
import { onlyName } from './directive-name.ts';
import { expandMacros, reservedMacros } from './macro.ts';
import { ConstantProblem, evaluateConstant } from './preprocessor-expression.ts';
import { complain, type Run } from './preprocessor-run.ts';

/** Conditions open at once in one file. */
const depthLimit = 200;

/** One #if and what became of it. */
export interface Condition {
	readonly token: Token;
	/** What is around it is read. */
	readonly outer: boolean;
	/** This branch is read. */
	active: boolean;
	/** Some branch has been read. */
	taken: boolean;
	sawElse: boolean;
}

/** Whether the text after these conditions is read. */
export function isRead(conditions: readonly Condition[]): boolean {
	return conditions.at(-1)?.active ?? true;
}

/**
 * Handles the directives that are followed in skipped text too. False when `word` is none of them.
 *
 * @throws StopReading when they nest too deep
 */
export function conditional(run: Run, conditions: Condition[], word: Token, rest: readonly Token[]): boolean {
	const current = conditions.at(-1);
	const isActive = isRead(conditions);
	switch (word.text) {
		case 'if':
		case 'ifdef':
		case 'ifndef': {
			if (conditions.length >= depthLimit) {
				complain(run, errorAt(word, `conditions nest deeper than ${depthLimit}`));
				throw new StopReading();
			}
			const holds = isActive && opens(run, word, rest);
			conditions.push({ token: word, outer: isActive, active: holds, taken: holds, sawElse: false });
			return true;
		}
		case 'elif':
			if (current === undefined || current.sawElse) {
				complain(run, errorAt(word, current === undefined ? '#elif without #if' : '#elif after #else'));
				return true;
			}
			current.active = current.outer && !current.taken && condition(run, word, rest);
			current.taken ||= current.active;
			return true;
		case 'else':
			if (current === undefined || current.sawElse) {
				complain(run, errorAt(word, current === undefined ? '#else without #if' : 'a second #else'));
				return true;
			}
			current.active = current.outer && !current.taken;
			current.taken = true;
			current.sawElse = true;
			return true;
		case 'endif':
			if (conditions.pop() === undefined) complain(run, errorAt(word, '#endif without #if'));
			return true;
		default:
			return false;
	}
}

function opens(run: Run, word: Token, rest: readonly Token[]): boolean {
	if (word.text === 'if') return condition(run, word, rest);
	const name = onlyName(run, word, rest);
	if (name === null) return false;
	return isDefined(run, name) === (word.text === 'ifdef');
}

function isDefined(run: Run, name: string): boolean {
	return run.macros.has(name) || reservedMacros.has(name);
}

function condition(run: Run, word: Token, rest: readonly Token[]): boolean {
	const tokens = resolveDefined(run, rest);
	if (tokens === null) return false;
	try {
		return evaluateConstant(expandMacros(run.expander, tokens), word, 'condition') !== 0n;
	} catch (error) {
		if (!(error instanceof ConstantProblem)) throw error;
		const message = rest.length === 0 ? `#${word.text} needs a condition` : error.message;
		complain(run, errorAt(error.token, message));
		return false;
	}
}

/** Replaces `defined X` and `defined(X)` by 1 or 0, before macros are expanded. */
function resolveDefined(run: Run, tokens: readonly Token[]): Token[] | null {
	const result: Token[] = [];
	for (let index = 0; index < tokens.length; index += 1) {
		const token = tokens[index];
		if (token === undefined) break;
		if (token.text !== 'defined') {
			result.push(token);
			continue;
		}
		const hasParenthesis = tokens[index + 1]?.text === '(';
		const name = tokens[index + (hasParenthesis ? 2 : 1)];
		const isClosed = !hasParenthesis || tokens[index + 3]?.text === ')';
		if (name === undefined || name.kind !== 'identifier' || !isClosed) {
			complain(run, errorAt(token, '"defined" needs a name: defined(CONFIG_X)'));
			return null;
		}
		result.push({ ...token, kind: 'number', text: isDefined(run, name.text) ? '1' : '0' });
		index += hasParenthesis ? 3 : 1;
	}
	return result;
}
