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

/** Columns of a source line that are shown; of a longer one, those around the caret. */
const shownColumns = 160;

/**
 * Renders diagnostics as a compiler does: `file:line:column: error: message`, the source line, a caret line, the advice.
 * Nothing in the text can steer a terminal, and no line of a stranger's file makes it long.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]): string {
	const linesOf = new Map(files.map((file) => [file.path, file.text.split('\n')]));
	const blocks = diagnostics.map((diagnostic) => {
		const { position } = diagnostic;
		const lines = [
			`${place(position)}: ${diagnostic.severity}: ${diagnostic.message}`,
			...caretLines(linesOf.get(position.file)?.[position.line - 1], position.column, diagnostic.length),
		];
		if (diagnostic.advice !== undefined) lines.push(`  advice: ${diagnostic.advice}`);
		for (const note of diagnostic.notes ?? []) lines.push(`  ${place(note.position)}: note: ${note.message}`);
		return lines.map((line) => plainText(line)).join('\n');
	});
	return blocks.join('\n');
}

function place({ file, line, column }: Position): string {
	return `${file}:${line}:${column}`;
}

/** The source line, tabs as one blank so that columns count, and the line with the caret below it. */
function caretLines(source: string | undefined, column: number, length: number): string[] {
	if (source === undefined) return [];
	const line = source.replace(/\r$/, '').replaceAll('\t', ' ');
	const from =
		line.length <= shownColumns ? 0 : Math.max(0, Math.min(column - 1 - shownColumns / 2, line.length - shownColumns));
	const shown = line.slice(from, from + shownColumns);
	const head = from > 0 ? '...' : '';
	const tail = from + shown.length < line.length ? '...' : '';
	const before = ' '.repeat(head.length + column - 1 - from);
	const width = Math.max(1, Math.min(length, from + shown.length - column + 1));
	return [`    ${head}${shown}${tail}`, `    ${before}^${'~'.repeat(width - 1)}`];
}
