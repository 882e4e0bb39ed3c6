import { entryOf } from '../record.ts';
import { type Configuration, configurationMacros, isConfigured } from './configuration.ts';
import { constantMacros } from './constant-macros.ts';
import type { KnownSources } from './known-sources.ts';
import type { Macro } from './macro.ts';
import type { Preprocessed } from './preprocess.ts';

/**
 * What preprocessing the same file with another configuration gives, when nobody asked for a name in which the two differ: all
 * but the macros that the configurations define is the same. Null when somebody did.
 */
export function withConfiguration(
	known: Preprocessed,
	before: Configuration,
	config: Configuration,
	sources: KnownSources,
): Pick<Preprocessed, 'macros' | 'definitions'> | null {
	for (const name of [...Object.keys(before), ...Object.keys(config)]) {
		if (valueIn(before, name) !== valueIn(config, name) && known.asked.has(name)) return null;
	}
	const definitions = new Map<string, Macro>();
	for (const [name, macro] of configurationMacros(config, sources)) {
		const isGone = known.asked.has(name) && !isConfigured(known.definitions.get(name));
		if (!isGone) definitions.set(name, macro);
	}
	for (const macro of known.definitions.values()) if (!isConfigured(macro)) definitions.set(macro.name, macro);
	return { definitions, macros: constantMacros(definitions) };
}

function valueIn(config: Configuration, name: string): string | undefined {
	const value = entryOf(config, name);
	return value === 'n' ? undefined : value;
}
