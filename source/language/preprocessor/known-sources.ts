import type { Macro } from './macro.ts';
import type { SourceText } from './source-text.ts';

/** Files that have been cut into tokens, by display path, and the macros of configurations, by name and value. */
export class KnownSources {
	readonly texts = new Map<string, SourceText>();
	readonly configured = new Map<string, Macro>();
}
