/** Reads a file line by line: directives are carried out, and what stands between them is expanded. */

import type { Diagnostic } from '../diagnostics.ts';
import { plainLine } from '../plain-text.ts';
import type { SourceFile } from '../position.ts';
import { errorAt, report, StopReading } from '../reporting.ts';
import { tokenize } from '../tokens/lexer.ts';
import type { Token } from '../tokens/token.ts';
import { type Condition, conditional, isRead } from './conditions.ts';
import { type Configuration, configurationMacros } from './configuration.ts';
import { constantMacros } from './constant-macros.ts';
import { included } from './includes.ts';
import { KnownSources } from './known-sources.ts';
import { type Macro, spend, spendAll } from './macro.ts';
import { define, undefine } from './macro-directives.ts';
import { complain, type Frame, type Run, startRun } from './preprocessor-run.ts';
import { readSource } from './source-reading.ts';
import type { DirectivePart, SourceText } from './source-text.ts';
import { emitted } from './text-expansion.ts';

/** A file with its includes and macros resolved. */
export interface Preprocessed {
	/** Everything that is left, ending with an `end` token. */
	readonly tokens: readonly Token[];
	/** When there is an error among them, `tokens` are not worth parsing. */
	readonly diagnostics: readonly Diagnostic[];
	/** Every file that was read, the first one first. */
	readonly files: readonly SourceFile[];
	/** The object-like macros at the end of the file whose value is an integer constant, in the signed form of 64 bits. */
	readonly macros: Readonly<Record<string, number>>;
	/** All macros at the end of the file, the configuration's too. */
	readonly definitions: ReadonlyMap<string, Macro>;
	/** Names of macros on which it depended whether and how they are defined. */
	readonly asked: ReadonlySet<string>;
}

/**
 * Preprocesses one model C file.
 *
 * @param path display path of the file
 * @param read the text of a display path, or null when there is no such file
 * @param known what was read before; grows. For one `read` alone
 */
export function preprocess(
	path: string,
	config: Configuration,
	read: (path: string) => string | null,
	known: KnownSources = new KnownSources(),
): Preprocessed {
	const run = startRun(configurationMacros(config, known), read, known);
	const { diagnostics, macros } = run;
	let end = endToken(path);
	try {
		const source = readSource(run, path);
		if (source.kind === 'text') {
			end = source.end;
			preprocessFile(run, path, source);
		} else {
			report(diagnostics, { severity: 'error', message: source.message, position: end.position, length: 1 });
		}
	} catch (error) {
		if (!(error instanceof StopReading)) throw error;
	}
	const definitions = new Map(macros);
	return {
		tokens: [...run.output, end],
		diagnostics,
		files: [...run.files.values()],
		macros: constantMacros(definitions),
		definitions,
		asked: macros.asked,
	};
}

function endToken(file: string): Token {
	const [end] = tokenize('', file).slice(-1);
	if (end === undefined) throw new Error('a list of tokens ends with "end"');
	return end;
}

function preprocessFile(run: Run, path: string, source: SourceText): void {
	const frame: Frame = { path, at: { file: path, line: 1, column: 1 } };
	const conditions: Condition[] = [];
	run.stack.push(frame);
	for (const part of source.parts) {
		if (part.kind === 'directive') {
			spend(run.expander, 1, part.hash);
			directive(run, frame, conditions, part);
		} else {
			spendAll(run.expander, part.tokens);
			if (isRead(conditions)) for (const token of emitted(run, part)) run.output.push(token);
		}
	}
	const open = conditions.at(-1);
	if (open !== undefined) {
		complain(run, errorAt(open.token, `this #${open.token.text} has no #endif`));
	}
	run.stack.pop();
}

function directive(run: Run, frame: Frame, conditions: Condition[], part: DirectivePart): void {
	const { hash, word, rest } = part;
	if (word === null) return; // the null directive
	spend(run.expander, rest.length + 1, word);
	if (conditional(run, conditions, word, rest) || !isRead(conditions)) return;
	switch (word.text) {
		case 'define':
			define(run, part, word);
			return;
		case 'undef':
			undefine(run, word, rest);
			return;
		case 'include': {
			frame.at = hash.position;
			const file = included(run, word, rest);
			if (file !== null) preprocessFile(run, file.path, file.source);
			return;
		}
		case 'pragma':
			if (rest[0]?.text === 'once') run.once.add(word.spelling.file);
			else complain(run, { ...errorAt(word, 'this #pragma has no meaning here'), severity: 'warning' });
			return;
		case 'error':
			complain(run, errorAt(word, `#error${spelledText(rest)}`));
			return;
		case 'warning':
			complain(run, { ...errorAt(word, `#warning${spelledText(rest)}`), severity: 'warning' });
			return;
		default:
			complain(
				run,
				errorAt(
					word,
					`there is no directive #${plainLine(word.text.slice(0, 40))}`,
					'there are #include, #define, #undef, #if, #ifdef, #ifndef, #elif, #else, #endif, #error, #warning and #pragma once',
				),
			);
	}
}

function spelledText(tokens: readonly Token[]): string {
	const text = tokens.map((token) => (token.spaceBefore ? ` ${token.text}` : token.text)).join('');
	return text === '' ? '' : `: ${plainLine(text.trim().slice(0, 200))}`;
}
