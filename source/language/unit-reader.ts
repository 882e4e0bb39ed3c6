import type { Diagnostic } from './diagnostics.ts';
import type { SourceFile } from './position.ts';
import { KnownSources } from './preprocessor/known-sources.ts';
import { withConfiguration } from './preprocessor/other-configuration.ts';
import { type Preprocessed, preprocess } from './preprocessor/preprocess.ts';
import type { SyntaxTree } from './syntax/ast.ts';
import { parse } from './syntax/parser.ts';

/** A file of a model with all that it includes, preprocessed and parsed. */
export interface ReadUnit {
	/** Null when there are errors. */
	readonly tree: SyntaxTree | null;
	readonly diagnostics: readonly Diagnostic[];
	readonly files: readonly SourceFile[];
	readonly macros: Preprocessed['macros'];
	readonly definitions: Preprocessed['definitions'];
}

/** What was read before, and with which configuration. */
interface Known {
	readonly config: Readonly<Record<string, string>>;
	/** Without its tokens, which are many. */
	readonly preprocessed: Preprocessed;
	readonly tree: SyntaxTree;
}

/** Readings of one file that are kept, the last ones used. */
const keptReadings = 128;

/**
 * Reads the files of one model, for one configuration after the other: files are cut into tokens once, and a file is preprocessed
 * and parsed again only when it depends on a symbol in which the configuration differs from those before.
 */
export class UnitReader {
	private readonly read: (path: string) => string | null;
	private readonly sources = new KnownSources();
	private readonly known = new Map<string, Known[]>();

	/** @param read the text of a display path, or null when there is no such file; must always give the same */
	constructor(read: (path: string) => string | null) {
		this.read = read;
	}

	/** @param config see `preprocess` */
	unit(path: string, config: Readonly<Record<string, string>>): ReadUnit {
		const readings = this.known.get(path) ?? [];
		for (const [index, { config: before, preprocessed, tree }] of readings.entries()) {
			const again = withConfiguration(preprocessed, before, config, this.sources);
			if (again === null) continue;
			readings.unshift(...readings.splice(index, 1));
			return { tree, diagnostics: preprocessed.diagnostics, files: preprocessed.files, ...again };
		}
		const preprocessed = preprocess(path, config, this.read, this.sources);
		const { files, macros, definitions } = preprocessed;
		if (preprocessed.diagnostics.some(isError)) {
			return { tree: null, diagnostics: preprocessed.diagnostics, files, macros, definitions };
		}
		const parsed = parse(preprocessed.tokens, path);
		const diagnostics = [...preprocessed.diagnostics, ...parsed.diagnostics];
		if (diagnostics.some(isError)) return { tree: null, diagnostics, files, macros, definitions };
		const kept = { ...preprocessed, tokens: [], diagnostics };
		this.known.set(path, [{ config, preprocessed: kept, tree: parsed.tree }, ...readings].slice(0, keptReadings));
		return { tree: parsed.tree, diagnostics, files, macros, definitions };
	}
}

function isError({ severity }: Diagnostic): boolean {
	return severity === 'error';
}
