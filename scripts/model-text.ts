/**
 * The statements of a model's text, by layout: the models are written one statement a line, or a line with its continuations, the
 * braces of blocks at the ends of lines. Ghost code and what the preprocessor reads are no statements.
 */

export interface Statement {
	readonly function: string;
	/** Lines, counted from 0: the first, the one after the last, and the one after the ghost code that follows. */
	readonly first: number;
	readonly next: number;
	readonly afterGhost: number;
	readonly indent: string;
	/** In one line, without comments. */
	readonly text: string;
	/** The whole statement is a call of a function or macro by name. */
	readonly call: { readonly name: string; readonly arguments: string } | null;
	/** It is an `if (...)`; `leaves` is the goto, return, break or continue that is all it does, or empty. */
	readonly condition: {
		readonly before: string;
		readonly text: string;
		readonly after: string;
		readonly leaves: string;
	} | null;
	/** The body, without braces, of an `if` or a loop. */
	readonly isBody: boolean;
	/** Inside `atomic { }`. */
	readonly isIndivisible: boolean;
}

/** By line: the function whose body it is in, or empty. */
export function functionsOf(lines: readonly string[]): string[] {
	let name = '';
	let inside = '';
	return lines.map((line) => {
		if (/^[a-z_].*\)?$/.test(line) && !line.endsWith(';')) name = /([\w]+)\(/.exec(line)?.[1] ?? name;
		// What runs before time begins races with nobody.
		if (line === '{') inside = name.endsWith('_init') ? '' : name;
		if (line.startsWith('}')) inside = '';
		return inside;
	});
}

const leaving = /^(?:goto \w+|return\b.*|continue|break);$/;

export function isLeaving(text: string): boolean {
	return leaving.test(text);
}

/** All statements inside functions, in order. */
export function statementsOf(lines: readonly string[]): Statement[] {
	const functions = functionsOf(lines);
	const found: Statement[] = [];
	let indivisible = '';
	let isComment = false;
	for (let at = 0; at < lines.length; ) {
		const line = lines[at] ?? '';
		const fn = functions[at] ?? '';
		const indent = /^\t*/.exec(line)?.[0] ?? '';
		if (isComment || /^\s*\/\*/.test(line)) {
			isComment = !line.includes('*/');
			at++;
			continue;
		}
		if (indivisible !== '' && line === indivisible) indivisible = '';
		if (fn === '' || line.startsWith('#') || !/^\t/.test(line)) {
			at++;
			continue;
		}
		if (/^\t+ghost \{/.test(line)) {
			at = endOfGhost(lines, at);
			continue;
		}
		if (/^\t+atomic \{$/.test(stripped(line)) && indivisible === '') indivisible = `${indent}}`;
		const next = endOfStatement(lines, at);
		const text = lines
			.slice(at, next)
			.map((part) => stripped(part).trim())
			.join(' ');
		if (text !== '' && !/^[{}]*$/.test(text)) {
			const previous = found.at(-1);
			let afterGhost = next;
			while (/^\t+ghost \{/.test(lines[afterGhost] ?? '')) afterGhost = endOfGhost(lines, afterGhost);
			const [, name, of = ''] = /^(?:\(void\))?([A-Za-z_]\w*)\((.*)\);$/.exec(text) ?? [];
			found.push({
				function: fn,
				first: at,
				next,
				afterGhost,
				indent,
				text,
				call: name === undefined || !isOneCall(text) ? null : { name, arguments: of },
				condition: conditionOf(text, stripped(lines[next] ?? '').trim()),
				isBody: previous?.next === at && previous.function === fn && opensBody(previous.text),
				isIndivisible: indivisible !== '',
			});
		}
		at = next;
	}
	return found;
}

function stripped(line: string): string {
	return line.replace(/\s*\/\*.*?\*\/\s*$/, '').trimEnd();
}

/** `f(a); g(b);` on one line is two. */
function isOneCall(text: string): boolean {
	return !text.slice(0, -1).includes(';');
}

function opensBody(text: string): boolean {
	return (
		/^(?:\} )?(?:else\b|if\b|for\b|while\b|\w*for_each\w*)/.test(text) && !text.endsWith('{') && !text.endsWith(';')
	);
}

function conditionOf(text: string, body: string): Statement['condition'] {
	const match = /^((?:\} )?(?:else )?if \()(.*)(\)(?: \{)?)$/.exec(text);
	if (match === null) return null;
	const [, before = '', condition = '', after = ''] = match;
	return { before, text: condition, after, leaves: isLeaving(body) ? body : '' };
}

/** The line after a statement that may go on over several lines. */
function endOfStatement(lines: readonly string[], first: number): number {
	let depth = 0;
	for (let at = first; at < lines.length; at++) {
		const text = stripped(lines[at] ?? '');
		for (const char of text) {
			if (char === '(') depth++;
			if (char === ')') depth--;
		}
		const isOpen = depth > 0 || /(?:&&|\|\||[-+=?,]|[^)]:)$/.test(text);
		if (!isOpen || /\{$/.test(text) || /^\t*\w+:$/.test(text)) return at + 1;
	}
	return lines.length;
}

/** The line after a ghost block. */
function endOfGhost(lines: readonly string[], first: number): number {
	let depth = 0;
	for (let at = first; at < lines.length; at++) {
		for (const char of lines[at] ?? '') {
			if (char === '{') depth++;
			if (char === '}') depth--;
		}
		if (depth <= 0) return at + 1;
	}
	return lines.length;
}

/** The lines with empty statements in the place of some. */
export function blank(lines: readonly string[], gone: readonly Statement[]): string[] {
	return lines.map((line, at) => {
		const statement = gone.find(({ first, next }) => at >= first && at < next);
		if (statement === undefined) return line;
		return at === statement.first ? `${statement.indent};` : '';
	});
}
