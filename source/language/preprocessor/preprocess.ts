import type { Diagnostic } from '../diagnostics.ts';
import { plainLine } from '../plain-text.ts';
import type { Position, SourceFile } from '../position.ts';
import { Recollection } from '../recollection.ts';
import { entryOf } from '../record.ts';
import { errorAt, report, StopReading } from '../reporting.ts';
import { tokenize } from '../tokens/lexer.ts';
import { describeToken, quoteText, type Token } from '../tokens/token.ts';
import { searchInclude } from './include-path.ts';
import { type Expander, expandMacros, type Macro, reservedMacros, spend, spendAll, startExpander } from './macro.ts';
import { isSameMacro, readDefinition } from './macro-definition.ts';
import { ConstantProblem, constantValue, evaluateConstant } from './preprocessor-expression.ts';
import { cutSource, type DirectivePart, type SourceText, type TextPart } from './source-text.ts';

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

/** Bounds on what a stranger's file can make of itself. */
const limits = {
	/** Characters of one file. */
	fileLength: 512 * 1024,
	includeDepth: 64,
	includes: 1000,
	/** Tokens read, made and thrown away while preprocessing one file and all it includes. */
	tokens: 500_000,
	/** The same, while finding out which macros are constants. */
	constantTokens: 100_000,
	conditionDepth: 200,
};

/** Files that have been cut into tokens, by display path, and the macros of configurations, by name and value. */
export class KnownSources {
	readonly texts = new Map<string, SourceText>();
	readonly configured = new Map<string, Macro>();
}

interface NoSource {
	readonly kind: 'missing' | 'refused';
	readonly message: string;
}

interface Run {
	readonly read: (path: string) => string | null;
	readonly diagnostics: Diagnostic[];
	readonly macros: MacroTable;
	readonly askedMacros: AskedMacros;
	readonly expander: Expander;
	readonly output: Token[];
	readonly files: Map<string, SourceFile>;
	readonly known: KnownSources;
	/** Files with #pragma once. */
	readonly once: Set<string>;
	/** The files being read, outermost first, and where each includes the next. */
	readonly stack: { readonly path: string; at: Position }[];
	includes: number;
	/** Calls of `complain`, also those that said nothing new. */
	complaints: number;
}

/** One #if and what became of it. */
interface Condition {
	readonly token: Token;
	/** What is around it is read. */
	readonly outer: boolean;
	/** This branch is read. */
	active: boolean;
	/** Some branch has been read. */
	taken: boolean;
	sawElse: boolean;
}

/**
 * Preprocesses one model C file.
 *
 * @param path display path of the file
 * @param config the kernel's CONFIG_ symbols: `y` defines one as 1, `n` leaves it undefined, anything else is its text
 * @param read the text of a display path, or null when there is no such file
 * @param known what was read before; grows. For one `read` alone
 */
export function preprocess(
	path: string,
	config: Readonly<Record<string, string>>,
	read: (path: string) => string | null,
	known: KnownSources = new KnownSources(),
): Preprocessed {
	const diagnostics: Diagnostic[] = [];
	const macros = new MacroTable(configurationMacros(config, known));
	const askedMacros = new AskedMacros(macros);
	const run: Run = {
		read,
		diagnostics,
		macros,
		askedMacros,
		expander: startExpander(askedMacros, (diagnostic) => complain(run, diagnostic), limits.tokens),
		output: [],
		files: new Map(),
		known,
		once: new Set(),
		stack: [],
		includes: 0,
		complaints: 0,
	};
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

/**
 * What preprocessing the same file with another configuration gives, when nobody asked for a name in which the two differ: all
 * but the macros that the configurations define is the same. Null when somebody did.
 */
export function withConfiguration(
	known: Preprocessed,
	before: Readonly<Record<string, string>>,
	config: Readonly<Record<string, string>>,
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

function valueIn(config: Readonly<Record<string, string>>, name: string): string | undefined {
	const value = entryOf(config, name);
	return value === 'n' ? undefined : value;
}

function isConfigured(macro: Macro | undefined): boolean {
	return macro?.position === inConfiguration;
}

/** Macros by name, and the names that anybody has asked for or taken away. */
class MacroTable extends Map<string, Macro> {
	readonly asked = new Set<string>();

	override get(name: string): Macro | undefined {
		this.asked.add(name);
		return super.get(name);
	}

	override has(name: string): boolean {
		this.asked.add(name);
		return super.has(name);
	}

	override delete(name: string): boolean {
		this.asked.add(name);
		return super.delete(name);
	}
}

/** Macros for an expander, with what it asks for. */
class AskedMacros {
	private readonly macros: ReadonlyMap<string, Macro>;
	private answers: Map<string, Macro | undefined> | null = null;

	constructor(macros: ReadonlyMap<string, Macro>) {
		this.macros = macros;
	}

	get(name: string): Macro | undefined {
		const macro = this.macros.get(name);
		this.answers?.set(name, macro);
		return macro;
	}

	/** Runs `task` and says what was answered to it. */
	answersTo(task: () => void): ReadonlyMap<string, Macro | undefined> {
		const answers = new Map<string, Macro | undefined>();
		this.answers = answers;
		task();
		this.answers = null;
		return answers;
	}
}

/** The position of every macro that a configuration defines. */
const inConfiguration: Position = { file: '<config>', line: 1, column: 1 };

function endToken(file: string): Token {
	const [end] = tokenize('', file).slice(-1);
	if (end === undefined) throw new Error('a list of tokens ends with "end"');
	return end;
}

function configurationMacros(
	config: Readonly<Record<string, string>>,
	{ configured }: KnownSources,
): Map<string, Macro> {
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

function configuredMacro(name: string, value: string): Macro {
	const body = tokenize(value, inConfiguration.file).slice(0, -1);
	return { name, parameters: null, isVariadic: false, body, position: inConfiguration };
}

/** A macro's value, and the budget that it took to find it. */
interface Constant {
	readonly value: number | null;
	readonly spent: number;
}

const constantBefore = new Recollection<Macro, Macro | undefined, Constant>();

function constantMacros(macros: ReadonlyMap<string, Macro>): Readonly<Record<string, number>> {
	const values: [string, number][] = [];
	const asked = new AskedMacros(macros);
	const expander = startExpander(asked, () => {}, limits.constantTokens);
	try {
		for (const macro of macros.values()) {
			if (macro.parameters !== null) continue;
			const value = constantMacro(expander, asked, macro);
			if (value !== null) values.push([macro.name, value]);
		}
	} catch (error) {
		if (!(error instanceof StopReading)) throw error;
	}
	return Object.fromEntries(values);
}

function constantMacro(expander: Expander, macros: AskedMacros, macro: Macro): number | null {
	const { budget } = expander;
	const known = constantBefore.recall(macro, (name) => macros.get(name));
	if (known !== undefined && known.spent <= budget) {
		expander.budget -= known.spent;
		return known.value;
	}
	let value: number | null = null;
	const asked = macros.answersTo(() => {
		value = constantValue(expandMacros(expander, macro.body));
	});
	constantBefore.remember(macro, asked, { value, spent: budget - expander.budget });
	return value;
}

/** The file's tokens, or why there are none. Each file is cut into tokens once. */
function readSource(run: Run, path: string): SourceText | NoSource {
	const known = run.known.texts.get(path);
	if (known !== undefined) {
		if (!run.files.has(path)) run.files.set(path, { path, text: known.text });
		return known;
	}
	const text = run.read(path);
	if (text === null) return { kind: 'missing', message: `there is no file ${quoteText(path)}` };
	if (text.length > limits.fileLength) {
		const message = `${quoteText(path)} is longer than ${limits.fileLength / 1024} KiB: this is no model`;
		return { kind: 'refused', message };
	}
	const source = cutSource(text, path);
	run.files.set(path, { path, text });
	run.known.texts.set(path, source);
	return source;
}

function preprocessFile(run: Run, path: string, source: SourceText): void {
	const frame = { path, at: { file: path, line: 1, column: 1 } };
	const conditions: Condition[] = [];
	run.stack.push(frame);
	for (const part of source.parts) {
		if (part.kind === 'directive') {
			spend(run.expander, 1, part.hash);
			directive(run, frame, conditions, part);
		} else {
			spendAll(run.expander, part.tokens);
			if (conditions.at(-1)?.active ?? true) for (const token of emitted(run, part)) run.output.push(token);
		}
	}
	const open = conditions.at(-1);
	if (open !== undefined) {
		complain(run, errorAt(open.token, `this #${open.token.text} has no #endif`));
	}
	run.stack.pop();
}

/** What expanding the macros of a part gave, and the budget that it took. */
interface Emitted {
	readonly tokens: readonly Token[];
	readonly spent: number;
}

const emittedBefore = new Recollection<TextPart, Macro | undefined, Emitted>();

/** Expands macros, and reports what is no token: only now it is known that it is not skipped. */
function emitted(run: Run, part: TextPart): readonly Token[] {
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

/** Adds a diagnostic, with the chain of includes that led to its file. */
function complain(run: Run, diagnostic: Diagnostic): void {
	run.complaints += 1;
	const chain = run.stack
		.slice(0, -1)
		.toReversed()
		.map(({ path, at }) => ({ message: `included from ${plainLine(path)}`, position: at }));
	const notes = [...(diagnostic.notes ?? []), ...chain];
	report(run.diagnostics, notes.length === 0 ? diagnostic : { ...diagnostic, notes });
}

function directive(run: Run, frame: { at: Position }, conditions: Condition[], part: DirectivePart): void {
	const { hash, word, rest } = part;
	if (word === null) return; // the null directive
	spend(run.expander, rest.length + 1, word);
	const isActive = conditions.at(-1)?.active ?? true;
	if (conditional(run, conditions, word, rest, isActive) || !isActive) return;
	switch (word.text) {
		case 'define': {
			const macro = macroOf(run, part, word, rest);
			if (macro !== null) define(run, macro, rest[0] ?? word);
			return;
		}
		case 'undef':
			undefine(run, word, rest);
			return;
		case 'include':
			frame.at = hash.position;
			include(run, word, rest);
			return;
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

/** Without mistakes, the same object every time: what depends on it can be found again. */
const definedBy = new WeakMap<DirectivePart, Macro>();

function macroOf(run: Run, part: DirectivePart, word: Token, rest: readonly Token[]): Macro | null {
	const known = definedBy.get(part);
	if (known !== undefined) return known;
	const macro = readDefinition(rest, word, run.expander.complain);
	if (macro !== null) definedBy.set(part, macro);
	return macro;
}

function define(run: Run, macro: Macro, name: Token): void {
	const before = run.macros.get(macro.name);
	if (before !== undefined && before !== macro && !isSameMacro(before, macro)) {
		const isFromConfiguration = isConfigured(before);
		complain(run, {
			...errorAt(
				name,
				`"${macro.name}" is already defined, differently`,
				isFromConfiguration
					? "the kernel's configuration defines it: put #ifndef around this"
					: 'write #undef before it',
			),
			...(isFromConfiguration ? {} : { notes: [{ message: 'the earlier definition', position: before.position }] }),
		});
		return;
	}
	run.macros.set(macro.name, macro);
}

function undefine(run: Run, word: Token, rest: readonly Token[]): void {
	const name = onlyName(run, word, rest);
	if (name === null) return;
	if (reservedMacros.has(name)) complain(run, errorAt(rest[0] ?? word, `"${name}" cannot be undefined`));
	else run.macros.delete(name);
}

/** The one name after #ifdef, #ifndef, #undef. */
function onlyName(run: Run, word: Token, rest: readonly Token[]): string | null {
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

/** Handles the directives that are followed in skipped text too. False when `word` is none of them. */
function conditional(
	run: Run,
	conditions: Condition[],
	word: Token,
	rest: readonly Token[],
	isActive: boolean,
): boolean {
	const current = conditions.at(-1);
	switch (word.text) {
		case 'if':
		case 'ifdef':
		case 'ifndef': {
			if (conditions.length >= limits.conditionDepth) {
				complain(run, errorAt(word, `conditions nest deeper than ${limits.conditionDepth}`));
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

function include(run: Run, word: Token, rest: readonly Token[]): void {
	const wanted = includeName(run, word, rest);
	if (wanted === null) return;
	const { name, isSystem, at } = wanted;
	const search = searchInclude(word.spelling.file, name, isSystem);
	if (search.kind === 'refused') {
		complain(run, errorAt(at, search.message, search.advice));
		return;
	}
	for (const path of search.paths) {
		const source = readSource(run, path);
		if (source.kind === 'missing') continue;
		if (source.kind === 'text') enter(run, path, source, at);
		else complain(run, errorAt(at, source.message));
		return;
	}
	complain(
		run,
		errorAt(
			at,
			`there is no file ${quoteText(name)} to include`,
			`looked for ${search.paths.map(plainLine).join(', ')}`,
		),
	);
}

function includeName(
	run: Run,
	word: Token,
	rest: readonly Token[],
): { name: string; isSystem: boolean; at: Token } | null {
	const isPlain = rest[0]?.kind === 'string' || rest[0]?.text === '<';
	const line = isPlain ? rest : expandMacros(run.expander, rest);
	const [first, ...more] = line;
	if (first?.kind === 'string' && more.length === 0) {
		return { name: first.text.slice(1, -1), isSystem: false, at: first };
	}
	const last = line.at(-1);
	if (first?.text === '<' && last?.text === '>') {
		const name = line
			.slice(1, -1)
			.map((token) => token.text)
			.join('');
		const end = last.spelling.column + 1;
		// One token for the caret: from < to >.
		return { name, isSystem: true, at: { ...first, text: ' '.repeat(Math.max(1, end - first.spelling.column)) } };
	}
	complain(
		run,
		errorAt(first ?? word, 'expected the name of a file', 'write #include "name.h" or #include <linux/name.h>'),
	);
	return null;
}

function enter(run: Run, path: string, text: SourceText, at: Token): void {
	if (run.once.has(path)) return;
	if (text.guard !== null && run.macros.has(text.guard)) return;
	const cycle = run.stack.findIndex((frame) => frame.path === path);
	if (cycle !== -1) {
		const chain = [...run.stack.slice(cycle).map((frame) => frame.path), path].map(plainLine);
		complain(
			run,
			errorAt(
				at,
				`this include never ends: ${chain.join(' -> ')}`,
				`put #pragma once at the top of ${plainLine(path)}`,
			),
		);
		return;
	}
	run.includes += 1;
	if (run.stack.length >= limits.includeDepth) {
		complain(run, errorAt(at, `includes nest deeper than ${limits.includeDepth}`));
		throw new StopReading();
	}
	if (run.includes > limits.includes) {
		complain(run, errorAt(at, `more than ${limits.includes} includes`, 'put #pragma once at the top of headers'));
		throw new StopReading();
	}
	preprocessFile(run, path, text);
}
