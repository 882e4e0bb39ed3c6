/** YAML text -> plain data, with the places of everything, so that a complaint about a value can point at it. */

import { isMap, isNode, isPair, isScalar, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { SourceFile } from '../language/position.ts';

export type Path = readonly (string | number)[];

export interface YamlText {
	/** What the text says; undefined when there are errors. */
	readonly data: unknown;
	readonly errors: readonly Diagnostic[];
	/** The value at `path`, or undefined. */
	valueAt(path: Path): unknown;
	/** Whether the last key of `path` is not there at all. */
	isMissing(path: Path): boolean;
	/** A complaint about the value at `path` (about its key when `key`), or about the nearest thing that is there. */
	complain(
		path: Path,
		message: string,
		extra?: { key?: boolean; offset?: number; length?: number; advice?: string },
	): Diagnostic;
}

/** Levels of nesting that are read; a scenario has six. */
const maxDepth = 40;

/** Characters that are read; the parser takes seconds for a megabyte made to annoy it. */
const maxLength = 200_000;

/** Reads a YAML text. Never throws. */
export function readYaml(source: SourceFile): YamlText {
	const counter = new LineCounter();
	const at = (offset: number, length: number, message: string, advice?: string): Diagnostic => {
		const { line, col } = counter.linePos(Math.max(0, Math.min(offset, source.text.length)));
		return {
			severity: 'error',
			message,
			position: { file: source.path, line: Math.max(1, line), column: Math.max(1, col) },
			length: Math.max(1, length),
			...(advice === undefined ? {} : { advice }),
		};
	};
	const unreadable = (errors: Diagnostic[]): YamlText => ({
		data: undefined,
		errors,
		valueAt: () => undefined,
		isMissing: () => true,
		complain: (_path, message) => at(0, 1, message),
	});

	if (source.text.length > maxLength) return unreadable([at(0, 1, `longer than ${maxLength} characters`)]);
	const depth = flowDepth(source.text);
	// Lines are counted by the parser, which does not run on such a text.
	if (depth !== null) for (const newline of source.text.matchAll(/^/gm)) counter.addNewLine(newline.index);
	if (depth !== null) return unreadable([at(depth, 1, `nested more than ${maxDepth} levels deep`)]);
	const errors: Diagnostic[] = [];
	let document: ReturnType<typeof parseDocument>;
	let data: unknown;
	try {
		document = parseDocument(source.text, {
			lineCounter: counter,
			prettyErrors: false,
			stringKeys: true,
			uniqueKeys: false, // it compares every key with every other; see below
		});
		// After a mistake of syntax the parser complains about all that follows: the first one is the one that helps.
		const problem = document.errors[0] ?? document.warnings[0];
		if (problem !== undefined) {
			const [start, end] = problem.pos;
			errors.push(at(start, end - start, `YAML: ${inWords(problem.message)}`, adviceFor(problem.code)));
		}
		visit(document, {
			Alias: (_key, node) => {
				const start = node.range?.[0] ?? 0;
				errors.push(at(start, node.source.length + 1, 'aliases are not supported here; write the value out'));
				return errors.length > 20 ? visit.BREAK : undefined;
			},
			Map: (_key, map) => {
				const seen = new Set<unknown>();
				for (const { key } of map.items) {
					if (!isScalar(key)) continue;
					if (seen.has(key.value) && errors.length <= 20) {
						const [start, end] = key.range ?? [0, 1];
						const advice = 'for several items, write one key and a list below it';
						errors.push(at(start, end - start, `the key "${String(key.value)}" is given twice`, advice));
					}
					seen.add(key.value);
				}
			},
		});
		if (errors.length === 0) data = document.toJS({ maxAliasCount: 0 });
	} catch (error) {
		// The parser recurses; a text made for it can exhaust the stack.
		return unreadable([at(0, 1, `cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`)]);
	}
	if (errors.length > 0) return unreadable(errors);

	const place = (path: Path, key: boolean): { start: number; length: number; node: Node | null } => {
		for (let count = path.length; count >= 0; count--) {
			const exact = count === path.length;
			const found = find(document.contents, path.slice(0, count));
			const node = key && exact && isPair(found) ? keyNode(found) : valueNode(found);
			const target = !exact && isPair(found) ? keyNode(found) : node;
			if (target?.range) {
				const [start, end] = target.range;
				return { start, length: firstLine(source.text.slice(start, end)).length, node: target };
			}
		}
		return { start: 0, length: 1, node: null };
	};
	return {
		data,
		errors: [],
		valueAt: (path) => path.reduce<unknown>(itemOf, data),
		isMissing: (path) => find(document.contents, path) === undefined,
		complain: (path, message, { key = false, offset, length, advice } = {}) => {
			const found = place(path, key);
			// Inside a scalar, characters can be counted only where the text is written as it is meant: on one line, without escapes.
			const written = source.text.slice(found.start, found.start + found.length);
			const value = isScalar(found.node) && typeof found.node.value === 'string' ? found.node.value : null;
			const shift = value === null || offset === undefined ? -1 : written.indexOf(value);
			return shift < 0 || offset === undefined
				? at(found.start, found.length, message, advice)
				: at(found.start + shift + offset, length ?? 1, message, advice);
		},
	};
}

function itemOf(data: unknown, key: string | number): unknown {
	return typeof data === 'object' && data !== null && Object.hasOwn(data, key)
		? (data as Record<string | number, unknown>)[key]
		: undefined;
}

function find(root: unknown, path: Path): unknown {
	let at: unknown = root;
	for (const part of path) {
		const value = isPair(at) ? at.value : at;
		if (isMap(value)) at = value.items.find((pair) => isScalar(pair.key) && pair.key.value === part);
		else if (isNode(value) && 'items' in value && typeof part === 'number') at = (value.items as unknown[])[part];
		else return undefined;
	}
	return at;
}

function keyNode(pair: Pair): Node | null {
	return isNode(pair.key) ? pair.key : null;
}

function valueNode(found: unknown): Node | null {
	if (isPair(found)) return isNode(found.value) ? found.value : keyNode(found);
	return isNode(found) ? found : null;
}

function firstLine(text: string): string {
	return text.split('\n', 1)[0] ?? '';
}

const tokenNames: Readonly<Record<string, string>> = {
	'flow-seq-start': '"["',
	'flow-seq-end': '"]"',
	'flow-map-start': '"{"',
	'flow-map-end': '"}"',
	'seq-item-ind': '"-"',
	'map-value-ind': '":"',
	'explicit-key-ind': '"?"',
	'block-scalar-header': '">" or "|"',
	'flow-error-end': 'the end of the brackets',
	scalar: 'text',
	comma: '","',
};

/** The parser's first line, with its names of tokens as characters. */
function inWords(message: string): string {
	return firstLine(message)
		.replace(/[a-z]+(?:-[a-z]+)+|\bscalar\b|\bcomma\b/g, (name) => tokenNames[name] ?? name)
		.replace(/ at node end$/, ' after a value');
}

function adviceFor(code: string): string | undefined {
	switch (code) {
		case 'TAB_AS_INDENT':
			return 'indent with blanks; YAML does not allow tabs there';
		case 'BLOCK_IN_FLOW':
		case 'MISSING_CHAR':
		case 'UNEXPECTED_TOKEN':
		case 'BAD_INDENT':
			return 'a text that holds ": ", " #", quotes or (between braces) commas and brackets has to be written in quotes';
		case 'BLOCK_AS_IMPLICIT_KEY':
		case 'MULTILINE_IMPLICIT_KEY':
			return 'look for a ": " inside an unquoted text on the line above, or for wrong indentation';
		default:
			return undefined;
	}
}

/** Offset at which brackets or indentation go deeper than any scenario, or null. Cheap, and before the recursive parser runs. */
function flowDepth(text: string): number | null {
	let depth = 0;
	for (let i = 0; i < text.length; i++) {
		const character = text[i];
		if (character === '[' || character === '{') depth++;
		else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
		else if (character === '\n') depth = Math.min(depth, maxDepth / 2);
		if (depth > maxDepth) return i;
	}
	const deep = /^(?:[ ]*[-?:] ){40}|^ {400}/m.exec(text);
	return deep === null ? null : deep.index;
}
