import type { Token } from '../tokens/token.ts';
import type { Declaration, Initialiser, InitialiserItem, Statement } from './ast.ts';
import { parseAnyExpression, parseConditional } from './parse-expression.ts';
import { type Base, endsAfterType, parseBase, parseDeclarator, skipAnnotation } from './parse-type.ts';
import {
	accept,
	advance,
	at,
	declare,
	expect,
	expectClosing,
	expectName,
	expectSemicolon,
	failAt,
	nested,
	type Parser,
	peek,
	placeOf,
	span,
} from './parser-state.ts';

/** Reads a declaration within a function, with its `;`. */
export function parseLocalDeclaration(parser: Parser): Statement {
	const start = peek(parser);
	const base = parseBase(parser, true);
	const declarations = endsAfterType(parser, base)
		? [typeAlone(parser, start, base)]
		: parseDeclarators(parser, base, parseDeclaratorAndDeclare(parser, base));
	const place = span(parser, start);
	const last = declarations.at(-1);
	if (at(parser, '{') && last?.kind === 'variable' && last.type.kind === 'function') {
		throw failAt(
			parser,
			peek(parser),
			'a function cannot be defined within a function',
			'perhaps a "}" is missing further up',
		);
	}
	expectSemicolon(parser, 'after the declaration');
	return { ...place, kind: 'declaration', declarations };
}

/** A declarator whose name is known from here on, even in its own initialiser. */
export function parseDeclaratorAndDeclare(parser: Parser, base: Base): ReturnType<typeof parseDeclarator> {
	const declarator = parseDeclarator(parser, base.type, 'required');
	while (skipAnnotation(parser));
	if (declarator.name !== null) declare(parser, declarator.name.text, base.specifiers.isTypedef ? 'type' : 'value');
	return declarator;
}

/** Reads what follows the first declarator: its initialiser, and further declarators. Leaves the `;`. */
export function parseDeclarators(parser: Parser, base: Base, first: ReturnType<typeof parseDeclarator>): Declaration[] {
	const declarations: Declaration[] = [];
	let declarator = first;
	for (;;) {
		const { name, type } = declarator;
		if (name === null) throw new Error('a declarator that requires a name has one');
		if (base.specifiers.isTypedef) {
			if (at(parser, '=')) throw failAt(parser, peek(parser), 'a typedef has no value');
			declarations.push({ ...placeOf(name), kind: 'typedef', name: name.text, type });
		} else {
			const initialiser = accept(parser, '=') === null ? null : parseInitialiser(parser);
			declarations.push({
				...placeOf(name),
				kind: 'variable',
				specifiers: base.specifiers,
				name: name.text,
				type,
				initialiser,
			});
		}
		if (accept(parser, ',') === null) return declarations;
		declarator = parseDeclaratorAndDeclare(parser, base);
	}
}

/** `struct x { ... };` and the like. */
export function typeAlone(parser: Parser, start: Token, { specifiers, type }: Base): Declaration {
	if (specifiers.isTypedef) throw failAt(parser, peek(parser), 'a typedef needs a name');
	if (type.kind !== 'struct' && type.kind !== 'enum') {
		throw failAt(parser, peek(parser), 'this declares nothing: a name is missing after the type');
	}
	return { ...span(parser, start), kind: 'type', type };
}

function parseInitialiser(parser: Parser): Initialiser {
	return nested(parser, () => {
		const start = peek(parser);
		if (accept(parser, '{') === null) {
			const value = parseAnyExpression(parser);
			return { ...span(parser, start), kind: 'expression', value };
		}
		const items: InitialiserItem[] = [];
		do {
			if (at(parser, '}')) break;
			items.push(parseInitialiserItem(parser));
		} while (accept(parser, ',') !== null);
		expectClosing(parser, '}', start);
		return { ...span(parser, start), kind: 'list', items };
	});
}

function parseInitialiserItem(parser: Parser): InitialiserItem {
	const start = peek(parser);
	const designator = parseDesignator(parser);
	if (designator !== null) {
		if (at(parser, '.') || at(parser, '[')) {
			throw failAt(parser, peek(parser), 'model C has no nested designators', 'write .a = { .b = value }');
		}
		expect(parser, '=', 'after the designator');
	}
	const value = parseInitialiser(parser);
	return { ...span(parser, start), designator, value };
}

function parseDesignator(parser: Parser): InitialiserItem['designator'] {
	if (accept(parser, '.') !== null) {
		return { kind: 'field', name: expectName(parser, "a field's name").text };
	}
	if (!at(parser, '[')) return null;
	const open = advance(parser);
	const value = parseConditional(parser);
	if (at(parser, '...')) {
		throw failAt(parser, peek(parser), 'model C has no ranges in initialisers', 'write one element for each index');
	}
	expectClosing(parser, ']', open);
	return { kind: 'index', value };
}
