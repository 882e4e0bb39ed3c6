/** How the checker complains: one error ends the statement it is in, and the next statement is checked. */

import { type Diagnostic, ModelError } from '../diagnostics.ts';
import type { Position, SourceFile } from '../position.ts';
import type { Node } from '../syntax/ast.ts';

/** More errors than this are not shown: they are mostly consequences. */
const maximumErrors = 20;

/** Thrown to the nearest statement or declaration, which notes it and goes on. */
export class Complaint extends Error {
	override readonly name = 'Complaint';
	/** Null when it was noted before and this is a consequence. */
	readonly diagnostic: Diagnostic | null;

	constructor(diagnostic: Diagnostic | null) {
		super(diagnostic?.message ?? 'consequence of an earlier error');
		this.diagnostic = diagnostic;
	}
}

export interface ComplaintOptions {
	/** What to write instead. */
	readonly advice?: string;
	readonly notes?: Diagnostic['notes'];
}

/** An error at a node, with a note when the node comes from a macro. */
export function complain(node: Node, message: string, options: ComplaintOptions = {}): Diagnostic {
	const { expansion } = node;
	const notes = [...(options.notes ?? [])];
	if (expansion !== undefined) {
		notes.push({ message: `in the expansion of the macro "${expansion.macro}"`, position: expansion.position });
	}
	return {
		severity: 'error',
		message,
		position: node.position,
		length: Math.max(1, node.length),
		...(options.advice === undefined ? {} : { advice: options.advice }),
		...(notes.length === 0 ? {} : { notes }),
	};
}

/** Gives up the current statement. */
export function fail(node: Node, message: string, options: ComplaintOptions = {}): never {
	throw new Complaint(complain(node, message, options));
}

/** Collects what was found wrong in all files. */
export class Complaints {
	readonly found: Diagnostic[] = [];

	add(diagnostic: Diagnostic): void {
		this.found.push(diagnostic);
	}

	/** Runs `task`; notes a complaint that it throws. Returns null then. */
	guard<T>(task: () => T): T | null {
		try {
			return task();
		} catch (error) {
			if (!(error instanceof Complaint)) throw error;
			if (error.diagnostic !== null) this.add(error.diagnostic);
			return null;
		}
	}

	/** @throws ModelError when anything was found */
	throwIfAny(files: readonly SourceFile[]): void {
		if (this.found.length > 0) throw new ModelError(inOrder(this.found, files), files);
	}
}

/** In order of file and position, each complaint once, no more than can be read. */
function inOrder(found: readonly Diagnostic[], files: readonly SourceFile[]): Diagnostic[] {
	const rank = new Map(files.map((file, index) => [file.path, index]));
	const fileRank = (position: Position): number => rank.get(position.file) ?? files.length;
	const sorted = found.toSorted(
		({ position: a }, { position: b }) => fileRank(a) - fileRank(b) || a.line - b.line || a.column - b.column,
	);
	const seen = new Set<string>();
	const distinct = sorted.filter(({ position, message }) => {
		const key = `${position.file}:${position.line}:${position.column}:${message}`;
		return !seen.has(key) && seen.add(key);
	});
	return distinct.slice(0, maximumErrors);
}
