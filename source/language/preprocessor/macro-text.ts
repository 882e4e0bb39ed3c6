/** Macros as text, as a program keeps them for the debugger's expressions, and back. */

import { entryOf } from '../record.ts';
import { tokenize } from '../tokens/lexer.ts';
import type { Token } from '../tokens/token.ts';
import type { Macro } from './macro.ts';
import { readDefinition } from './macro-definition.ts';

const fileName = '<macro>';

const texts = new WeakMap<Macro, string>();

/** What a #define of this macro has after its name. */
export function macroText(macro: Macro): string {
	const text = texts.get(macro) ?? writeMacro(macro);
	texts.set(macro, text);
	return text;
}

function writeMacro({ parameters, isVariadic, body }: Macro): string {
	const text = body.map((token, index) => `${index > 0 && token.spaceBefore ? ' ' : ''}${token.text}`).join('');
	if (parameters === null) return ` ${text}`;
	const names = parameters.map((name, index) => {
		if (!isVariadic || index < parameters.length - 1) return name;
		return name === '__VA_ARGS__' ? '...' : `${name}...`;
	});
	return `(${names.join(', ')}) ${text}`;
}

/** The macros that the tokens need, and those that these need in turn. */
export function macrosFor(
	tokens: readonly Token[],
	definitions: Readonly<Record<string, string>>,
): ReadonlyMap<string, Macro> {
	const macros = new Map<string, Macro>();
	const rest = [...tokens];
	for (let token = rest.pop(); token !== undefined; token = rest.pop()) {
		if (token.kind !== 'identifier' || macros.has(token.text)) continue;
		const text = entryOf(definitions, token.text);
		const macro = text === undefined ? null : readMacro(token.text, text);
		if (macro === null) continue;
		macros.set(macro.name, macro);
		rest.push(...macro.body);
	}
	return macros;
}

function readMacro(name: string, text: string): Macro | null {
	const line = tokenize(`${name}${text}`, fileName).slice(0, -1);
	const [first] = line;
	return first === undefined ? null : readDefinition(line, first, () => {});
}
