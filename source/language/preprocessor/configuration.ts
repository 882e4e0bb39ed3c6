/** The macros that a configuration of the kernel defines. */

import type { Position } from '../position.ts';
import { tokenize } from '../tokens/lexer.ts';
import type { KnownSources } from './known-sources.ts';
import type { Macro } from './macro.ts';

/** The kernel's CONFIG_ symbols: `y` defines one as 1, `n` leaves it undefined, anything else is its text. */
export type Configuration = Readonly<Record<string, string>>;

/** The position of every macro that a configuration defines. */
const inConfiguration: Position = { file: '<config>', line: 1, column: 1 };

/** The macros by name. With the same value, a name has the same macro every time: what depends on it can be found again. */
export function configurationMacros(config: Configuration, { configured }: KnownSources): Map<string, Macro> {
	const macros = new Map<string, Macro>();
	for (const [name, value] of Object.entries(config)) {
		if (value === 'n') continue;
		const key = `${name} ${value}`;
		const macro = configured.get(key) ?? configuredMacro(name, value === 'y' ? '1' : value);
		configured.set(key, macro);
		macros.set(name, macro);
	}
	return macros;
}

/** Whether a configuration, and no #define, has defined the macro. */
export function isConfigured(macro: Macro | undefined): boolean {
	return macro?.position === inConfiguration;
}

function configuredMacro(name: string, value: string): Macro {
	const body = tokenize(value, inConfiguration.file).slice(0, -1);
	return { name, parameters: null, isVariadic: false, body, position: inConfiguration };
}
