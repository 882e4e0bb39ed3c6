import { quoteText, type Token } from '../tokens/token.ts';
import type { EnumeratorSyntax, FieldSyntax, Node, ParameterSyntax, Specifiers, TypeSyntax } from './ast.ts';
import { parseConditional, parseExpressionOrType } from './parse-expression.ts';
import {
	accept,
	advance,
	at,
	attempt,
	declare,
	expect,
	expectClosing,
	expectName,
	expectSemicolon,
	failAt,
	meaningOf,
	nested,
	type Parser,
	peek,
	placeOf,
	recover,
	span,
	unexpected,
} from './parser-state.ts';
import { basicTypeWords, ignoredCalls, ignoredWords, keywords, storageWords, typeofWords } from './vocabulary.ts';

/** The part of a declaration before its declarators. */
export interface Base {
	readonly specifiers: Specifiers;
	readonly type: TypeSyntax;
}

/** One declared name with its whole type. */
export interface Declarator {
	/** Null only where a type needs no name. */
	readonly name: Token | null;
	readonly type: TypeSyntax;
}

const refusedTypes: ReadonlySet<string> = new Set(['union', 'float', 'double', '_Complex', '__auto_type', '_Atomic']);

/** Whether the next token (or one further on) can only begin a type. */
export function startsType(parser: Parser, ahead = 0): boolean {
	const { kind, text } = peek(parser, ahead);
	if (kind !== 'identifier') return false;
	if (basicTypeWords.has(text) || typeofWords.has(text) || text === 'struct' || text === 'enum') return true;
	if (text === 'const' || text === 'volatile' || refusedTypes.has(text)) return true;
	return meaningOf(parser, text) === 'type';
}

/** Whether the next token begins a declaration. */
export function startsDeclaration(parser: Parser): boolean {
	const { text } = peek(parser);
	return startsType(parser) || storageWords.has(text) || ignoredWords.has(text) || ignoredCalls.has(text);
}

/** Reads a type without a name: in a cast, in sizeof, as an argument. */
export function parseTypeName(parser: Parser): TypeSyntax {
	return nested(parser, () => {
		const base = parseBase(parser, false);
		return parseDeclarator(parser, base.type, 'none').type;
	});
}

/**
 * Reads the words before the declarators.
 *
 * @param mayStore false where `static`, `typedef` and the like have no place
 */
export function parseBase(parser: Parser, mayStore: boolean): Base {
	const start = peek(parser);
	const storage: string[] = [];
	const words: string[] = [];
	let type: TypeSyntax | null = null;
	for (;;) {
		const token = peek(parser);
		const { text } = token;
		if (skipAnnotation(parser)) continue;
		if (isForgottenSemicolon(parser, type, storage)) break;
		if (text === '__percpu' && !mayStore) {
			advance(parser); // says what a pointer points to
			continue;
		}
		if (storageWords.has(text)) {
			if (!mayStore) throw failAt(parser, token, `"${text}" has no place here`, 'leave it out');
			storage.push(text);
			advance(parser);
			continue;
		}
		if (basicTypeWords.has(text)) {
			if (type !== null) throw failAt(parser, token, `"${text}" does not go with the type before it`);
			words.push(text);
			advance(parser);
			continue;
		}
		if (type !== null || words.length > 0 || token.kind !== 'identifier') break;
		if (text === 'struct') type = parseStruct(parser);
		else if (text === 'enum') type = parseEnum(parser);
		else if (typeofWords.has(text)) type = parseTypeof(parser);
		else if (meaningOf(parser, text) === 'type') {
			const name = advance(parser);
			type = { ...placeOf(name), kind: 'named', name: name.text };
		} else break;
	}
	if (type === null) {
		if (words.length === 0) throw missingType(parser);
		const name = basicTypeName(words);
		if (name === null) throw failAt(parser, start, `"${words.join(' ')}" is no type`);
		type = { ...span(parser, start), kind: 'named', name };
	}
	return { specifiers: specifiersOf(parser, start, storage), type };
}

/** Whether a struct's or enum's closing brace should have been followed by a `;`: the next line begins something else. */
function isForgottenSemicolon(parser: Parser, type: TypeSyntax | null, storage: readonly string[]): boolean {
	if (storage.includes('typedef') || !peek(parser).startsLine || !hasBody(type)) return false;
	return startsType(parser) || storageWords.has(peek(parser).text);
}

function hasBody(type: TypeSyntax | null): boolean {
	if (type?.kind === 'struct') return type.fields !== null;
	return type?.kind === 'enum' && type.enumerators !== null;
}

/** Whether the declaration that began with `type` ends here: with a `;`, or where one was forgotten. */
export function endsAfterType(parser: Parser, { type, specifiers }: Base): boolean {
	return at(parser, ';') || isForgottenSemicolon(parser, type, specifiers.isTypedef ? ['typedef'] : []);
}

function missingType(parser: Parser): Error {
	const token = peek(parser);
	if (token.kind !== 'identifier' || keywords.has(token.text)) return unexpected(parser, 'a type');
	if (at(parser, '(', 1)) {
		return failAt(
			parser,
			token,
			`there is no type before ${quoteText(token.text)}`,
			'if it is a macro, include the header that defines it',
		);
	}
	return failAt(
		parser,
		token,
		`${quoteText(token.text)} is not a type`,
		'include the header with its typedef, or write struct before the name',
	);
}

function specifiersOf(parser: Parser, start: Token, storage: readonly string[]): Specifiers {
	const roles = storage.filter((word) => word === '__invariant' || word === '__final' || word === '__view');
	const scopes = storage.filter((word) => word === 'static' || word === 'extern' || word === 'typedef');
	if (new Set(roles).size > 1) throw failAt(parser, start, `a function cannot be both ${roles.join(' and ')}`);
	if (new Set(scopes).size > 1) throw failAt(parser, start, `a declaration cannot be both ${scopes.join(' and ')}`);
	const [role] = roles;
	return {
		isStatic: storage.includes('static'),
		isExtern: storage.includes('extern'),
		isTypedef: storage.includes('typedef'),
		isPerCpu: storage.includes('__percpu'),
		isGhost: storage.includes('__ghost'),
		role: role === '__invariant' ? 'invariant' : role === '__final' ? 'final' : role === '__view' ? 'view' : 'plain',
	};
}

/** `long unsigned int` is `unsigned long`. Null when the words are no type. */
function basicTypeName(words: readonly string[]): string | null {
	const count = (word: string): number => words.filter((other) => other === word).length;
	const only = (...allowed: readonly string[]): boolean => words.every((word) => allowed.includes(word));
	if (count('int') > 1 || count('signed') > 1 || count('unsigned') > 1) return null;
	if (count('signed') > 0 && count('unsigned') > 0) return null;
	if (words.length === 1 && count('void') === 1) return 'void';
	if (words.length === 1 && count('bool') + count('_Bool') === 1) return 'bool';
	const unsigned = count('unsigned') > 0 ? 'unsigned ' : '';
	if (count('char') === 1 && only('char', 'signed', 'unsigned'))
		return `${count('signed') > 0 ? 'signed ' : unsigned}char`;
	if (count('short') === 1 && only('short', 'int', 'signed', 'unsigned')) return `${unsigned}short`;
	const longs = count('long');
	if (longs <= 2 && only('long', 'int', 'signed', 'unsigned')) {
		return `${unsigned}${longs === 0 ? 'int' : longs === 1 ? 'long' : 'long long'}`;
	}
	return null;
}

/** Takes one of the words that a model does not need. */
export function skipAnnotation(parser: Parser): boolean {
	const { text } = peek(parser);
	if (ignoredWords.has(text)) {
		advance(parser);
		return true;
	}
	if (!ignoredCalls.has(text) || !at(parser, '(', 1)) return false;
	advance(parser);
	let open = 0;
	do {
		const token = peek(parser);
		if (token.kind === 'end') throw unexpected(parser, '")"');
		if (token.text === '(') open += 1;
		if (token.text === ')') open -= 1;
		advance(parser);
	} while (open > 0);
	return true;
}

function parseTypeof(parser: Parser): TypeSyntax {
	const word = advance(parser);
	const open = expect(parser, '(', 'after typeof');
	const of = nested(parser, () => parseExpressionOrType(parser));
	expectClosing(parser, ')', open);
	return { ...span(parser, word), kind: 'typeof', of };
}

function parseStruct(parser: Parser): TypeSyntax {
	const word = advance(parser);
	while (skipAnnotation(parser));
	const tag = parseTag(parser, 'struct');
	const open = accept(parser, '{');
	const place = span(parser, word);
	if (open === null) return { ...place, kind: 'struct', tag, fields: null };
	const fields = nested(parser, () => {
		const list: FieldSyntax[] = [];
		while (!at(parser, '}') && peek(parser).kind !== 'end') {
			const { braces } = parser;
			const read = attempt(parser, () => parseFields(parser));
			if (read === null) recover(parser, braces);
			else for (const field of read) list.push(field);
		}
		return list;
	});
	expectClosing(parser, '}', open);
	return { ...place, kind: 'struct', tag, fields };
}

function parseTag(parser: Parser, word: string): string {
	if (at(parser, '{')) return '';
	return expectName(parser, `a tag or "{" after ${word}`).text;
}

/** One line of a struct: `int a, *b;`. */
function parseFields(parser: Parser): FieldSyntax[] {
	if (accept(parser, ';') !== null) return [];
	const start = peek(parser);
	const { type: base } = parseBase(parser, false);
	if (at(parser, ';')) {
		throw failAt(parser, start, 'a field needs a name', 'name the inner struct, and write the name in every access');
	}
	const fields: FieldSyntax[] = [];
	do {
		if (at(parser, ':')) throw bitField(parser);
		const { name, type } = parseDeclarator(parser, base, 'required');
		if (at(parser, ':')) throw bitField(parser);
		while (skipAnnotation(parser));
		if (name !== null) fields.push({ ...placeOf(name), name: name.text, type });
	} while (accept(parser, ',') !== null);
	expectSemicolon(parser, 'after the field');
	return fields;
}

function bitField(parser: Parser): Error {
	return failAt(
		parser,
		peek(parser),
		'bit-fields are not part of model C',
		'use a bool or an integer of its own, or masks in an unsigned long',
	);
}

function parseEnum(parser: Parser): TypeSyntax {
	const word = advance(parser);
	const tag = parseTag(parser, 'enum');
	const open = accept(parser, '{');
	const place = span(parser, word);
	if (open === null) return { ...place, kind: 'enum', tag, enumerators: null };
	const enumerators: EnumeratorSyntax[] = [];
	do {
		if (at(parser, '}')) break;
		const name = expectName(parser, "an enumerator's name");
		const value = accept(parser, '=') === null ? null : parseConditional(parser);
		declare(parser, name.text, 'value');
		enumerators.push({ ...placeOf(name), name: name.text, value });
	} while (accept(parser, ',') !== null);
	expectClosing(parser, '}', open);
	return { ...place, kind: 'enum', tag, enumerators };
}

type Wrap = (inner: TypeSyntax) => TypeSyntax;

/**
 * Reads what stands around a declared name, inside out as C does: `*p[3]`, `(*fault)(struct vm_fault *)`.
 *
 * @param naming whether there must be a name, may be one (parameters), or must be none (casts)
 */
export function parseDeclarator(
	parser: Parser,
	base: TypeSyntax,
	naming: 'required' | 'optional' | 'none',
): Declarator {
	const { name, wrap } = readDeclarator(parser, naming);
	return { name, type: wrap(base) };
}

function readDeclarator(parser: Parser, naming: 'required' | 'optional' | 'none'): { name: Token | null; wrap: Wrap } {
	return nested(parser, () => {
		const stars: Node[] = [];
		for (let star = accept(parser, '*'); star !== null; star = accept(parser, '*')) {
			parser.links += 1;
			stars.push(placeOf(star));
			while (at(parser, '__percpu') ? advance(parser) : skipAnnotation(parser));
		}
		const inner = readInner(parser, naming);
		const suffixes = readSuffixes(parser);
		const wrap: Wrap = (base) => {
			const pointed = stars.reduce<TypeSyntax>((to, node) => ({ ...node, kind: 'pointer', to }), base);
			return inner.wrap(suffixes.reduceRight<TypeSyntax>((type, suffix) => suffix(type), pointed));
		};
		return { name: inner.name, wrap };
	});
}

function readInner(parser: Parser, naming: 'required' | 'optional' | 'none'): { name: Token | null; wrap: Wrap } {
	const token = peek(parser);
	const unwrapped: Wrap = (type) => type;
	if (token.text === '(') {
		const isParameters = naming !== 'required' && (at(parser, ')', 1) || startsType(parser, 1));
		if (!isParameters) {
			const open = advance(parser);
			const inner = readDeclarator(parser, naming);
			expectClosing(parser, ')', open);
			return inner;
		}
	}
	if (naming !== 'none' && token.kind === 'identifier' && !keywords.has(token.text)) {
		return { name: advance(parser), wrap: unwrapped };
	}
	if (naming === 'required') return { name: expectName(parser, 'a name'), wrap: unwrapped };
	return { name: null, wrap: unwrapped };
}

function readSuffixes(parser: Parser): Wrap[] {
	const suffixes: Wrap[] = [];
	for (; ; parser.links += 1) {
		const open = accept(parser, '[') ?? accept(parser, '(');
		if (open === null) return suffixes;
		if (open.text === '[') {
			const size = at(parser, ']') ? null : parseConditional(parser);
			expectClosing(parser, ']', open);
			const place = span(parser, open);
			suffixes.push((element) => ({ ...place, kind: 'array', element, size }));
		} else {
			const parameters = nested(parser, () => parseParameters(parser));
			expectClosing(parser, ')', open);
			const place = span(parser, open);
			suffixes.push((result) => ({ ...place, kind: 'function', result, parameters }));
		}
	}
}

function parseParameters(parser: Parser): ParameterSyntax[] {
	if (at(parser, ')')) return [];
	if (at(parser, 'void') && at(parser, ')', 1)) {
		advance(parser);
		return [];
	}
	const parameters: ParameterSyntax[] = [];
	do {
		const start = peek(parser);
		if (start.text === '...') {
			throw failAt(
				parser,
				start,
				'functions with ... are not part of model C',
				'write a macro with ... and __VA_ARGS__',
			);
		}
		const { type: base } = parseBase(parser, false);
		const { name, type } = parseDeclarator(parser, base, 'optional');
		while (skipAnnotation(parser));
		parameters.push({ ...(name === null ? span(parser, start) : placeOf(name)), name: name?.text ?? '', type });
	} while (accept(parser, ',') !== null);
	return parameters;
}
