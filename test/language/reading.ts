import { type Diagnostic, formatDiagnostics } from '../../source/language/diagnostics.ts';
import { type Preprocessed, preprocess } from '../../source/language/preprocessor/preprocess.ts';
import type { Expression, Statement, SyntaxTree } from '../../source/language/syntax/ast.ts';
import { parse, parseExpression } from '../../source/language/syntax/parser.ts';
import { tokenize } from '../../source/language/tokens/lexer.ts';

/** Preprocesses `a.c`, the first of the files by path. */
export function preprocessed(
	files: Readonly<Record<string, string>> | string,
	config: Readonly<Record<string, string>> = {},
): Preprocessed {
	const texts = new Map(Object.entries(typeof files === 'string' ? { 'a.c': files } : files));
	const [first = ''] = texts.keys();
	return preprocess(first, config, (path) => texts.get(path) ?? null);
}

/** What is left after preprocessing, tokens separated by single spaces. */
export function expanded(
	files: Readonly<Record<string, string>> | string,
	config: Readonly<Record<string, string>> = {},
): string {
	const { tokens, diagnostics } = preprocessed(files, config);
	if (diagnostics.length > 0) throw new Error(formatDiagnostics(diagnostics, []));
	return tokens
		.slice(0, -1)
		.map((token) => token.text)
		.join(' ');
}

/** One line for each diagnostic: `line:column severity: message`, with `file:` before those that are not in a.c. */
export function summaries(diagnostics: readonly Diagnostic[]): string[] {
	return diagnostics.map(({ position: { file, line, column }, severity, message }) => {
		const place = `${file === 'a.c' ? '' : `${file}:`}${line}:${column}`;
		return `${place} ${severity}: ${message}`;
	});
}

/** The errors of preprocessing and parsing a text. */
export function errorsOf(text: string): Diagnostic[] {
	const { tokens, diagnostics } = preprocessed(text);
	return [...diagnostics, ...parse(tokens, 'a.c').diagnostics];
}

/** The tree of a text that has no error. */
export function treeOf(text: string): SyntaxTree {
	const { tokens, diagnostics, files } = preprocessed(text);
	const parsed = parse(tokens, 'a.c');
	const all = [...diagnostics, ...parsed.diagnostics];
	if (all.length > 0) throw new Error(formatDiagnostics(all, files));
	return parsed.tree;
}

/** The statements of a function's body. */
export function statementsOf(body: string, before = ''): readonly Statement[] {
	const last = treeOf(`${before}\nvoid f(void)\n{\n${body}\n}`).declarations.at(-1);
	if (last?.kind !== 'functionDefinition') throw new Error('the last declaration is the function');
	return last.body.statements;
}

/** The tree of an expression that has no error. */
export function expressionOf(text: string, typeNames: readonly string[] = []): Expression {
	const { expression, diagnostics } = parseExpression(tokenize(text, '<expression>'), typeNames);
	if (expression === null) throw new Error(formatDiagnostics(diagnostics, [{ path: '<expression>', text }]));
	return expression;
}

/** A tree without the places of its nodes, and without what differs by place or only says again what is in the tree. */
export function withoutPlaces(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutPlaces);
	if (typeof value !== 'object' || value === null) return value;
	const left = ['position', 'length', 'expansion', 'lastLine', 'addressTaken'];
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !left.includes(key))
			.map(([key, inner]) => [key, withoutPlaces(inner)]),
	);
}
