import type { Position, SourceFile } from './position.ts';

/** One complaint about a model C text, in the layout of a compiler's. */
export interface Diagnostic {
	readonly severity: 'error' | 'warning';
	readonly message: string;
	readonly position: Position;
	/** Characters to underline from `position` on, at least 1. */
	readonly length: number;
	/** What to do about it, when that can be said. */
	readonly advice?: string;
	/** Where else to look: the macro's definition, the earlier declaration, the chain of includes. */
	readonly notes?: readonly { readonly message: string; readonly position: Position }[];
}

/** Thrown when a model C text cannot be compiled. Holds every error found, in order of position, and the texts for the carets. */
export class ModelError extends Error {
	override readonly name = 'ModelError';
	readonly diagnostics: readonly Diagnostic[];
	readonly files: readonly SourceFile[];

	constructor(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]) {
		super(formatDiagnostics(diagnostics, files));
		this.diagnostics = diagnostics;
		this.files = files;
	}
}

/**
 * Renders diagnostics as a compiler does: `file:line:column: error: message`, the source line, a caret line, the advice.
 * The text is plain: control characters in source lines other than tabs are shown as `?`.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]): string {
	const linesOf = new Map(files.map((file) => [file.path, file.text.split('\n')]));
	const blocks = diagnostics.map((diagnostic) => {
		const { position } = diagnostic;
		const lines = [
			`${position.file}:${position.line}:${position.column}: ${diagnostic.severity}: ${diagnostic.message}`,
			...caretLines(linesOf.get(position.file)?.[position.line - 1], position.column, diagnostic.length),
		];
		if (diagnostic.advice !== undefined) lines.push(`  advice: ${diagnostic.advice}`);
		for (const note of diagnostic.notes ?? []) {
			lines.push(`  ${note.position.file}:${note.position.line}:${note.position.column}: note: ${note.message}`);
		}
		return lines.join('\n');
	});
	return blocks.join('\n');
}

function caretLines(source: string | undefined, column: number, length: number): string[] {
	if (source === undefined) return [];
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a stranger's file must not reach the terminal
	const clean = source.replace(/\r$/, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?');
	const before = clean.slice(0, column - 1).replace(/[^\t]/g, ' ');
	const width = Math.max(1, Math.min(length, clean.length - column + 1));
	return [`    ${clean}`, `    ${before}^${'~'.repeat(width - 1)}`];
}
