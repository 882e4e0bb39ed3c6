import type { Diagnostic } from '../diagnostics.ts';
import { Recollection } from '../recollection.ts';
import { StopReading } from '../reporting.ts';
import { describeToken, type Token } from '../tokens/token.ts';
import type { Declaration, Expression, SyntaxTree, TypeSyntax } from './ast.ts';
import { mayBeDeep, tooDeep } from './nesting.ts';
import { parseDeclaratorAndDeclare, parseDeclarators, typeAlone } from './parse-declaration.ts';
import { parseAnyExpression } from './parse-expression.ts';
import { parseBlockInScope } from './parse-statement.ts';
import { type Base, endsAfterType, parseBase, parseTypeName } from './parse-type.ts';
import {
	accept,
	advance,
	at,
	attempt,
	complain,
	declare,
	expectSemicolon,
	failAt,
	inScope,
	meaningInFile,
	type Parser,
	peek,
	placeOf,
	recover,
	startDeclaration,
	startParser,
	unexpected,
} from './parser-state.ts';

export interface Parsed {
	/** What could be read: declarations and statements with errors are left out. */
	readonly tree: SyntaxTree;
	/** At most `errorLimit` errors, in the order in which they were found. */
	readonly diagnostics: readonly Diagnostic[];
	/** The file's typedefs, for `parseExpression`. */
	readonly typeNames: readonly string[];
}

/**
 * Parses one preprocessed file. Never throws: every error is a diagnostic.
 *
 * @param tokens as `preprocess` gives them, ending with `end`
 * @param file display path of the file
 */
export function parse(tokens: readonly Token[], file: string): Parsed {
	const parser = startParser(tokens, []);
	const declarations: Declaration[] = [];
	unlessStopped(() => {
		while (peek(parser).kind !== 'end') for (const declaration of parseNext(parser)) declarations.push(declaration);
	});
	const names = [...(parser.scopes[0] ?? [])].filter(([, meaning]) => meaning === 'type').map(([name]) => name);
	return { tree: { file, declarations }, diagnostics: parser.diagnostics, typeNames: names };
}

/**
 * Parses tokens that are one expression, as a debugger's user types them.
 *
 * @param typeNames names that are types, beside the built-in ones
 * @param valueNames names that are variables in scope, whatever types have the same name
 * @returns the expression, or null with at least one error
 */
export function parseExpression(
	tokens: readonly Token[],
	typeNames: Iterable<string> = [],
	valueNames: Iterable<string> = [],
): { expression: Expression | null; diagnostics: readonly Diagnostic[] } {
	const parser = startParser(tokens, typeNames);
	for (const name of valueNames) declare(parser, name, 'value');
	const expression = alone(parser, () => parseAnyExpression(parser), 'an operator or the end of the expression');
	return { expression, diagnostics: parser.diagnostics };
}

/** Parses tokens that are one type without a name, such as `struct vmap_block *`. */
export function parseType(
	tokens: readonly Token[],
	typeNames: Iterable<string> = [],
): { type: TypeSyntax | null; diagnostics: readonly Diagnostic[] } {
	const parser = startParser(tokens, typeNames);
	const type = alone(parser, () => parseTypeName(parser), 'the end of the type');
	return { type, diagnostics: parser.diagnostics };
}

function alone<T extends Expression | TypeSyntax>(parser: Parser, read: () => T, rest: string): T | null {
	let result: T | null = null;
	unlessStopped(() => {
		result = attempt(parser, () => {
			const node = read();
			if (peek(parser).kind !== 'end') throw unexpected(parser, rest);
			return isShallow(parser, node) ? node : null;
		});
	});
	return result;
}

function unlessStopped(read: () => void): void {
	try {
		read();
	} catch (error) {
		if (!(error instanceof StopReading)) throw error;
	}
}

function isShallow(parser: Parser, node: Declaration | Expression | TypeSyntax): boolean {
	const deep = mayBeDeep(parser) ? tooDeep(node) : null;
	if (deep === null) return true;
	complain(parser, {
		severity: 'error',
		message: 'this is one very long or very deep construct',
		position: deep.position,
		length: deep.length,
		advice: 'split it into several statements',
	});
	return false;
}

/** Declarations that were read without an error. */
interface Known {
	/** What they were read from. Nobody looks further than the `;` or brace that ends them. */
	readonly tokens: readonly Token[];
	/** What names mean after them. */
	readonly declared: ReadonlyMap<string, 'type' | 'value'>;
	readonly declarations: readonly Declaration[];
}

/** By the first token. The files of a model include the same headers, and configurations of it differ little. */
const readBefore = new Recollection<Token, 'type' | 'value' | null, Known>();

/** Reads the declarations that come next. Those with errors are left out. */
function parseNext(parser: Parser): readonly Declaration[] {
	const { index, errors } = parser;
	const start = peek(parser);
	const known = readBefore.recall(
		start,
		(name) => meaningInFile(parser, name),
		({ tokens }) => tokens.every((token, ahead) => parser.tokens[index + ahead] === token),
	);
	if (known !== undefined) {
		for (const [name, meaning] of known.declared) declare(parser, name, meaning);
		parser.index += known.tokens.length;
		return known.declarations;
	}
	startDeclaration(parser);
	const read = attempt(parser, () => parseExternal(parser));
	if (read === null) {
		recover(parser, 0);
		if (at(parser, '}')) advance(parser);
		else if (parser.index === index) advance(parser);
		parser.braces = 0;
		return [];
	}
	const declarations = read.filter((declaration) => isShallow(parser, declaration));
	if (parser.errors === errors) {
		const { asked, declared } = parser.outside;
		readBefore.remember(start, asked, { tokens: parser.tokens.slice(index, parser.index), declared, declarations });
	}
	return declarations;
}

/** Reads one declaration outside functions; several declarators make several declarations. */
function parseExternal(parser: Parser): Declaration[] {
	const start = peek(parser);
	if (accept(parser, ';') !== null) return []; // left by a macro
	if (start.text === '}') throw failAt(parser, start, 'there is no "{" for this "}"');
	const base = parseBase(parser, true);
	if (endsAfterType(parser, base)) {
		const declaration = typeAlone(parser, start, base);
		expectSemicolon(parser, 'after the type');
		return [declaration];
	}
	const first = parseDeclaratorAndDeclare(parser, base);
	if (at(parser, '{')) return [parseFunction(parser, base, first, start)];
	const declarations = parseDeclarators(parser, base, first);
	const hasValue = declarations.some((declaration) => declaration.kind === 'variable' && declaration.initialiser);
	const isFunction = first.type.kind === 'function' && declarations.length === 1 && !hasValue;
	if (isFunction && !at(parser, ';') && !peek(parser).startsLine) {
		throw unexpected(parser, '";" or the body of the function');
	}
	expectSemicolon(parser, 'after the declaration');
	return declarations;
}

function parseFunction(
	parser: Parser,
	{ specifiers }: Base,
	{ name, type }: ReturnType<typeof parseDeclaratorAndDeclare>,
	start: Token,
): Declaration {
	if (name === null || type.kind !== 'function') {
		throw failAt(
			parser,
			peek(parser),
			`expected ";", found ${describeToken(peek(parser))}`,
			'only a function has a body',
		);
	}
	if (specifiers.isTypedef) throw failAt(parser, start, 'a typedef cannot have a body');
	return inScope(parser, () => {
		for (const parameter of type.parameters) declare(parser, parameter.name, 'value');
		parser.addressTaken = new Set();
		const body = parseBlockInScope(parser);
		const close = parser.tokens[parser.index - 1] ?? start;
		return {
			...placeOf(name),
			kind: 'functionDefinition',
			specifiers,
			name: name.text,
			type,
			body,
			addressTaken: [...parser.addressTaken],
			lastLine: close.position.line,
			comment: start.comment,
		};
	});
}
