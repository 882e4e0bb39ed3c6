import { plainText } from './plain-text.ts';
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
 * The text is plain: control characters in source lines other than tabs are shown as `?`, and of long lines only a part.
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

/** Characters of a source line that are shown; of a longer one, those around the place. */
const shownLength = 200;

function caretLines(source: string | undefined, column: number, length: number): string[] {
	if (source === undefined) return [];
	const start = source.length <= shownLength ? 0 : Math.max(0, column - 1 - shownLength / 2);
	const part = source.replace(/\r$/, '').slice(start, start + shownLength);
	// Tabs stay, so that the caret below stands right whatever their width.
	const clean = part.split('\t').map(plainText).join('\t');
	const [head, tail] = [start > 0 ? '...' : '', source.length > start + shownLength ? '...' : ''];
	const before = head + clean.slice(0, column - 1 - start);
	const width = Math.max(1, Math.min(length, clean.length - (column - 1 - start)));
	return [`    ${head}${clean}${tail}`, `    ${before.replace(/[^\t]/g, ' ')}^${'~'.repeat(width - 1)}`];
}
