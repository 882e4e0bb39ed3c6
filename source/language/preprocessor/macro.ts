import type { Diagnostic } from '../diagnostics.ts';
import type { Position } from '../position.ts';
import { errorAt, StopReading } from '../reporting.ts';
import { tokenize } from '../tokens/lexer.ts';
import { describeToken, type Token } from '../tokens/token.ts';

/** A definition by #define or by a kernel's configuration. */
export interface Macro {
	readonly name: string;
	/** Null for an object-like macro. The rest of a variadic one has the last name. */
	readonly parameters: readonly string[] | null;
	readonly isVariadic: boolean;
	readonly body: readonly Token[];
	readonly position: Position;
}

/** What expanding needs and uses up. */
export interface Expander {
	readonly macros: Pick<ReadonlyMap<string, Macro>, 'get'>;
	readonly complain: (diagnostic: Diagnostic) => void;
	/** Tokens that may still be looked at or made: hostile macros double with every line. */
	budget: number;
	/** Hide sets with one more name, by set: expansions ask for the same ones again and again. */
	readonly largerSets: WeakMap<ReadonlySet<string>, Map<string, ReadonlySet<string>>>;
}

/** @param budget tokens that may be looked at or made */
export function startExpander(
	macros: Expander['macros'],
	complain: (diagnostic: Diagnostic) => void,
	budget: number,
): Expander {
	return { macros, complain, budget, largerSets: new WeakMap() };
}

/** Names that cannot be defined, because the preprocessor gives them their meaning. */
export const reservedMacros: ReadonlySet<string> = new Set([
	'defined',
	'__FILE__',
	'__LINE__',
	'__VA_ARGS__',
	'IS_ENABLED',
]);

const deepestMacros = 200;

/** A token on its way, with the macros that may not be expanded in it again (Prosser's hide sets). */
interface Item {
	readonly token: Token;
	readonly hidden: ReadonlySet<string>;
}

const nothingHidden: ReadonlySet<string> = new Set();

/**
 * Expands every macro in the tokens, as C says: arguments first, then the body again, never a macro within itself.
 *
 * @throws StopReading when the budget is used up or there are too many errors
 */
export function expandMacros(expander: Expander, tokens: readonly Token[]): Token[] {
	return expand(
		expander,
		tokens.map((token) => ({ token, hidden: nothingHidden })),
		0,
	).map((item) => item.token);
}

function expand(expander: Expander, items: readonly Item[], depth: number): Item[] {
	const result: Item[] = [];
	const rest = items.toReversed();
	/** First token of an invocation that gave nothing: the next token inherits its comment and its place in the line. */
	let vanished: Token | null = null;
	for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
		spend(expander, 1, item.token);
		const replacement = invoke(expander, item, rest, depth);
		if (replacement !== null) {
			if (replacement.length === 0) vanished ??= item.token;
			for (const [index, made] of replacement.toReversed().entries()) {
				const isFirst = index === replacement.length - 1;
				rest.push({ token: placed(made.token, isFirst ? item.token : null), hidden: made.hidden });
			}
			continue;
		}
		result.push(vanished === null ? item : { token: inherit(item.token, vanished), hidden: item.hidden });
		vanished = null;
	}
	return result;
}

/** The first token of an expansion stands where the macro's name stood; the others follow it on its line. */
function placed(token: Token, name: Token | null): Token {
	if (name === null) return token.startsLine ? { ...token, startsLine: false } : token;
	return { ...token, startsLine: name.startsLine, spaceBefore: name.spaceBefore, comment: name.comment };
}

function inherit(token: Token, vanished: Token): Token {
	return {
		...token,
		startsLine: token.startsLine || vanished.startsLine,
		comment: token.comment === '' ? vanished.comment : token.comment,
	};
}

/**
 * Counts tokens against the budget.
 *
 * @throws StopReading, after an error at the token, when it is used up
 */
export function spend(expander: Expander, tokens: number, at: Token): void {
	expander.budget -= tokens;
	if (expander.budget >= 0) return;
	expander.complain(errorAt(at, 'the text grows too large here: too many tokens after macro expansion and includes'));
	throw new StopReading();
}

/** The same for tokens that are looked at one after the other. */
export function spendAll(expander: Expander, tokens: readonly Token[]): void {
	const first = tokens[Math.min(expander.budget, tokens.length - 1)];
	if (first !== undefined) spend(expander, tokens.length, first);
}

/** What the token is replaced by, or null when it stays. Takes the arguments from `rest`, whose end comes next. */
function invoke(expander: Expander, item: Item, rest: Item[], depth: number): Item[] | null {
	const { token, hidden } = item;
	if (token.kind !== 'identifier') return null;
	if (token.text === '__LINE__') return [madeItem(token, 'number', `${token.position.line}`)];
	if (token.text === '__FILE__') return [madeItem(token, 'string', quoted(token.position.file))];
	if (token.text === 'IS_ENABLED') return isEnabled(expander, item, rest);
	if (hidden.has(token.text)) return null;
	const macro = expander.macros.get(token.text);
	if (macro === undefined) return null;
	if (hidden.size >= deepestMacros) {
		expander.complain(errorAt(token, `macros nest deeper than ${deepestMacros}`));
		throw new StopReading();
	}
	if (macro.parameters === null) {
		return substitute(expander, macro, [], { at: token, hidden: withName(expander, hidden, macro.name) }, depth);
	}
	if (rest.at(-1)?.token.text !== '(') return null;
	const call = takeArguments(expander, item, rest);
	if (call === null) return [];
	const values = matchParameters(expander, macro, call.values, token);
	if (values === null) return [];
	const both = withName(expander, intersection(hidden, call.close.hidden), macro.name);
	return substitute(expander, macro, values, { at: wholeInvocation(token, call.close.token), hidden: both }, depth);
}

function withName({ largerSets }: Expander, names: ReadonlySet<string>, name: string): ReadonlySet<string> {
	if (names.has(name)) return names;
	const larger = largerSets.get(names) ?? new Map<string, ReadonlySet<string>>();
	const result = larger.get(name) ?? new Set([...names, name]);
	larger.set(name, result);
	largerSets.set(names, larger);
	return result;
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
	return a === b ? a : new Set([...a].filter((name) => b.has(name)));
}

/** The name's token, its length covering the invocation when that is on one line. */
function wholeInvocation(name: Token, close: Token): Token {
	if (name.macro !== null || close.macro !== null || name.position !== name.spelling) return name;
	const { line, column } = name.position;
	if (close.spelling.file !== name.position.file || close.spelling.line !== line) return name;
	return { ...name, length: Math.max(name.length, close.spelling.column + close.text.length - column) };
}

function takeArguments(expander: Expander, name: Item, rest: Item[]): { values: Item[][]; close: Item } | null {
	rest.pop(); // the opening parenthesis
	const values: Item[][] = [[]];
	let open = 0;
	for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
		spend(expander, 1, item.token);
		const { text } = item.token;
		if (text === ')' && open === 0) return { values, close: item };
		if (text === ',' && open === 0) {
			values.push([]);
			continue;
		}
		if (text === '(') open += 1;
		if (text === ')') open -= 1;
		values.at(-1)?.push(item);
	}
	expander.complain(
		errorAt(
			name.token,
			`the arguments of macro "${name.token.text}" have no closing ")"`,
			'an invocation cannot contain a # directive, nor go beyond its file',
		),
	);
	return null;
}

/** One value for every parameter, or null after an error. The rest of a variadic macro has none when it was left out. */
function matchParameters(expander: Expander, macro: Macro, values: Item[][], at: Token): Item[][] | null {
	const parameters = macro.parameters ?? [];
	const given = parameters.length === 0 && values.length === 1 && values[0]?.length === 0 ? [] : values;
	if (macro.isVariadic) {
		const fixed = parameters.length - 1;
		const isOmitted = given.length === fixed || (fixed === 0 && given.length === 1 && given[0]?.length === 0);
		if (isOmitted) return given.slice(0, fixed);
		if (given.length > fixed) {
			const variadic = given.slice(fixed).flatMap((value, index) => {
				const comma = at; // only its place counts
				return index === 0 ? value : [madeItem(comma, 'punctuator', ','), ...value];
			});
			return [...given.slice(0, fixed), variadic];
		}
	} else if (given.length === parameters.length) {
		return given;
	}
	const count = macro.isVariadic ? parameters.length - 1 : parameters.length;
	const needs = `${macro.isVariadic ? 'at least ' : ''}${count} argument${count === 1 ? '' : 's'}`;
	expander.complain({
		...errorAt(at, `macro "${macro.name}" takes ${needs}, but is given ${given.length}`),
		notes: [{ message: `"${macro.name}" is defined here`, position: macro.position }],
	});
	return null;
}

/** `IS_ENABLED(CONFIG_X)`: 1 when CONFIG_X is defined as 1 or y. The argument itself is not expanded. */
function isEnabled(expander: Expander, item: Item, rest: Item[]): Item[] | null {
	if (rest.at(-1)?.token.text !== '(') return null;
	const call = takeArguments(expander, item, rest);
	if (call === null) return [];
	const at = wholeInvocation(item.token, call.close.token);
	const [value, ...more] = call.values;
	const [symbol, ...extra] = value ?? [];
	if (symbol === undefined || more.length > 0 || extra.length > 0) {
		expander.complain(errorAt(item.token, 'IS_ENABLED takes one CONFIG_ symbol'));
		return [madeItem(at, 'number', '0')];
	}
	return [madeItem(at, 'number', isOn(expander, symbol.token) ? '1' : '0')];
}

function isOn(expander: Expander, symbol: Token): boolean {
	const on = (text: string | undefined): boolean => text === '1' || text === 'y';
	if (on(symbol.text)) return true; // the symbol came through another macro, already expanded
	const macro = expander.macros.get(symbol.text);
	return macro !== undefined && macro.parameters === null && macro.body.length === 1 && on(macro.body[0]?.text);
}

function madeItem(at: Token, kind: Token['kind'], text: string): Item {
	return { token: { ...at, kind, text, problem: null }, hidden: nothingHidden };
}

function quoted(text: string): string {
	return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

interface Site {
	/** The invocation, for the places of the tokens made. */
	readonly at: Token;
	readonly hidden: ReadonlySet<string>;
}

function substitute(
	expander: Expander,
	macro: Macro,
	values: readonly (readonly Item[])[],
	site: Site,
	depth: number,
): Item[] {
	const { body } = macro;
	const result: Item[] = [];
	const isPaste = (index: number): boolean => macro.body[index]?.text === '##';
	const expanded = new Map<number, Item[]>();
	const expandedValue = (parameter: number): Item[] => {
		const known = expanded.get(parameter);
		if (known !== undefined) return known;
		if (depth >= deepestMacros) {
			expander.complain(errorAt(site.at, `macro invocations nest deeper than ${deepestMacros}`));
			throw new StopReading();
		}
		const made = expand(expander, values[parameter] ?? [], depth + 1);
		expanded.set(parameter, made);
		return made;
	};

	let pasting = false;
	let leftIsEmpty = true;
	for (let index = 0; index < body.length; ) {
		const token = body[index];
		if (token === undefined) break;
		if (token.text === '##') {
			pasting = true;
			index += 1;
			continue;
		}
		const stringises = token.text === '#' && macro.parameters !== null;
		const named = stringises ? body[index + 1] : token;
		const parameter = named?.kind === 'identifier' ? (macro.parameters?.indexOf(named.text) ?? -1) : -1;
		const next = index + (stringises ? 2 : 1);
		const isRest = macro.isVariadic && parameter === (macro.parameters?.length ?? 0) - 1;
		const commaBeforeRest = pasting && isRest && !stringises && result.at(-1)?.token.text === ',';

		let piece: Item[];
		if (stringises) piece = [madeItem(site.at, 'string', stringised(values[parameter] ?? []))];
		else if (parameter === -1) piece = [{ token: atSite(token, site, macro), hidden: nothingHidden }];
		else {
			const raw = pasting || isPaste(next);
			const value = raw ? (values[parameter] ?? []) : expandedValue(parameter);
			piece = value.map((item, place) => ({
				token: argumentAt(item.token, site, place === 0 ? token : null),
				hidden: item.hidden,
			}));
		}
		index = next;

		if (commaBeforeRest) {
			// The GNU way to leave out the comma with a rest that is left out: `, ##__VA_ARGS__`.
			leftIsEmpty = values.length < (macro.parameters?.length ?? 0);
			if (leftIsEmpty) result.pop();
			else append(result, piece);
		} else if (pasting && !leftIsEmpty && piece.length > 0) {
			const [right, ...others] = piece;
			const left = result.pop();
			if (left !== undefined && right !== undefined) {
				result.push(paste(expander, left, right, site, macro));
				append(result, others);
			}
		} else {
			append(result, piece);
			leftIsEmpty = pasting ? leftIsEmpty && piece.length === 0 : piece.length === 0;
		}
		pasting = false;
		spend(expander, piece.length, site.at);
	}
	const unions = new Map<ReadonlySet<string>, ReadonlySet<string>>();
	return result.map(({ token, hidden }) => {
		const known = unions.get(hidden) ?? (hidden.size === 0 ? site.hidden : new Set([...hidden, ...site.hidden]));
		unions.set(hidden, known);
		return { token, hidden: known };
	});
}

/** Unlike push with a spread, for any number of items. */
function append(items: Item[], more: readonly Item[]): void {
	for (const item of more) items.push(item);
}

/** A token of a macro's body, moved to the invocation. */
function atSite(token: Token, site: Site, macro: Macro): Token {
	return {
		...token,
		position: site.at.position,
		length: site.at.length,
		macro: macro.name,
		startsLine: false,
		comment: '',
	};
}

/** An argument's token, moved to the invocation unless it stands on that line. `parameter` is what it replaces, for the first. */
function argumentAt(token: Token, site: Site, parameter: Token | null): Token {
	const { position, length } = site.at;
	const isOnLine = token.position.file === position.file && token.position.line === position.line;
	return {
		...token,
		...(isOnLine ? {} : { position, length }),
		startsLine: false,
		comment: '',
		...(parameter === null ? {} : { spaceBefore: parameter.spaceBefore }),
	};
}

function stringised(items: readonly Item[]): string {
	const text = items
		.map(({ token }, index) => {
			const space = index > 0 && (token.spaceBefore || token.startsLine) ? ' ' : '';
			const isQuoted = token.kind === 'string' || token.kind === 'character';
			return space + (isQuoted ? token.text.replace(/[\\"]/g, '\\$&') : token.text);
		})
		.join('');
	return `"${text}"`;
}

function paste(expander: Expander, left: Item, right: Item, site: Site, macro: Macro): Item {
	const [token, end] = tokenize(left.token.text + right.token.text, '');
	if (token === undefined || token.kind === 'bad' || end?.kind !== 'end') {
		expander.complain({
			...errorAt(
				site.at,
				`pasting ${describeToken(left.token)} and ${describeToken(right.token)} does not give one token`,
			),
			notes: [{ message: `in the expansion of the macro "${macro.name}"`, position: macro.position }],
		});
		return left;
	}
	return {
		token: { ...left.token, kind: token.kind, text: token.text, macro: macro.name },
		hidden: intersection(left.hidden, right.hidden),
	};
}
