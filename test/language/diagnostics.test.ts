import { describe, expect, it } from 'vitest';
import { type Diagnostic, formatDiagnostics } from '../../source/language/diagnostics.ts';

function diagnostic(column: number, length: number): Diagnostic {
	return { severity: 'error', message: 'what is wrong', position: { file: 'a.c', line: 1, column }, length };
}

describe('a diagnostic', () => {
	it('puts the caret under the character that its position names, tabs counting as one column', () => {
		const [, source, caret] = formatDiagnostics([diagnostic(3, 4)], [{ path: 'a.c', text: '\tx = lock;' }]).split('\n');
		expect(source).toBe('     x = lock;');
		expect(caret?.indexOf('^')).toBe(4 + 2);
		expect(caret?.trim()).toBe('^~~~');
	});

	it('shows only the part of a long line that the caret is in', () => {
		const text = `${'a'.repeat(400_000)}X${'b'.repeat(400_000)}`;
		const [, source, caret] = formatDiagnostics([diagnostic(400_001, 1)], [{ path: 'a.c', text }]).split('\n');
		expect(source?.length).toBeLessThan(200);
		expect(source?.[caret?.indexOf('^') ?? 0]).toBe('X');
	});

	it('passes no control character of the text or of a name on to the terminal', () => {
		const shown = formatDiagnostics(
			[{ ...diagnostic(1, 1), message: 'unknown name "\u001b[2J"', advice: 'not \u0007' }],
			[{ path: 'a.c', text: 'x\u001b]0;title\u0007 = 1;\r' }],
		);
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
		expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
	});

	it('underlines no more than the line has', () => {
		const [, source, caret] = formatDiagnostics([diagnostic(3, 100)], [{ path: 'a.c', text: 'x = y' }]).split('\n');
		expect(caret?.length).toBe(source?.length);
	});
});
