import type { Diagnostic } from '../diagnostics.ts';
import { errorAt } from '../reporting.ts';
import { describeToken, type Token } from '../tokens/token.ts';
import { type Macro, reservedMacros } from './macro.ts';

const restName = '__VA_ARGS__';

type Complain = (diagnostic: Diagnostic) => void;

interface Head {
	readonly parameters: readonly string[] | null;
	readonly isVariadic: boolean;
	readonly body: readonly Token[];
}

/**
 * Reads the line of a #define after the word `define`. Null after an error.
 *
 * @param directive the token `define`, to point at when the line is empty
 */
export function readDefinition(line: readonly Token[], directive: Token, complain: Complain): Macro | null {
	const [name, ...rest] = line;
	if (name === undefined || name.kind !== 'identifier') {
		complain(errorAt(name ?? directive, 'expected the name of the macro after #define'));
		return null;
	}
	if (reservedMacros.has(name.text)) {
		complain(errorAt(name, `"${name.text}" has a meaning of its own and cannot be defined`));
		return null;
	}
	const [first] = rest;
	const isFunctionLike = first !== undefined && first.text === '(' && !first.spaceBefore;
	const head = isFunctionLike ? readParameters(rest.slice(1), first, complain) : plainHead(rest);
	if (head === null || !checkBody(head, complain)) return null;
	return { name: name.text, ...head, position: name.spelling };
}

/** Whether defining a macro again changes nothing. */
export function isSameMacro(a: Macro, b: Macro): boolean {
	const text = ({ parameters, isVariadic, body }: Macro): string =>
		JSON.stringify([parameters, isVariadic, body.map((token, index) => [index > 0 && token.spaceBefore, token.text])]);
	return text(a) === text(b);
}

function plainHead(body: readonly Token[]): Head {
	return { parameters: null, isVariadic: false, body };
}

/** Reads `a, b, ...)` and what follows. */
function readParameters(tokens: readonly Token[], open: Token, complain: Complain): Head | null {
	const parameters: string[] = [];
	const fail = (token: Token | undefined, expected: string): null => {
		const found = token === undefined ? 'the end of the line' : describeToken(token);
		complain(errorAt(token ?? open, `expected ${expected}, found ${found}`));
		return null;
	};
	if (tokens[0]?.text === ')') return { parameters, isVariadic: false, body: tokens.slice(1) };
	for (let index = 0; ; index += 1) {
		const token = tokens[index];
		let isVariadic = false;
		if (token?.text === '...') {
			isVariadic = true;
			parameters.push(restName);
		} else if (token?.kind === 'identifier' && token.text !== restName) {
			if (parameters.includes(token.text)) {
				complain(errorAt(token, `two parameters are named "${token.text}"`));
				return null;
			}
			parameters.push(token.text);
			if (tokens[index + 1]?.text === '...') {
				isVariadic = true;
				index += 1;
			}
		} else {
			return fail(token, "a macro parameter's name");
		}
		index += 1;
		const separator = tokens[index];
		if (separator?.text === ')') return { parameters, isVariadic, body: tokens.slice(index + 1) };
		if (isVariadic) return fail(separator, '")" after "..."');
		if (separator?.text !== ',') return fail(separator, '"," or ")"');
	}
}

function checkBody({ parameters, isVariadic, body }: Head, complain: Complain): boolean {
	for (const [index, token] of body.entries()) {
		const next = body[index + 1];
		if (token.kind === 'bad') {
			complain(errorAt(token, token.problem ?? 'this is no token'));
			return false;
		}
		if (token.text === '##' && (index === 0 || next === undefined)) {
			complain(errorAt(token, '"##" needs something on both sides'));
			return false;
		}
		const isParameter = next?.kind === 'identifier' && parameters?.includes(next.text) === true;
		if (token.text === '#' && parameters !== null && !isParameter) {
			complain(errorAt(token, '"#" makes a string of a macro parameter: expected its name'));
			return false;
		}
		if (token.text === restName && !(isVariadic && parameters?.at(-1) === restName)) {
			complain(errorAt(token, `"${restName}" stands for the "..." of a macro that has one`));
			return false;
		}
	}
	return true;
}
