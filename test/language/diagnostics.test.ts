import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../source/language/diagnostics.ts';

function shown(text: string, column: number, length: number): string[] {
	const position = { file: 'x.c', line: 1, column };
	return formatDiagnostics([{ severity: 'error', message: 'wrong', position, length }], [{ path: 'x.c', text }]).split(
		'\n',
	);
}

describe('a diagnostic', () => {
	it("has a compiler's layout", () => {
		expect(shown('\tint x = y;\n', 10, 1)).toEqual(['x.c:1:10: error: wrong', '    \tint x = y;', '    \t        ^']);
	});

	it('shows only a part of a very long line, with the caret below the right character', () => {
		const [, line = '', caret = ''] = shown(`${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`, 5001, 4);
		expect(line.length).toBeLessThan(250);
		expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).toBe('HERE');
		expect(caret.trim()).toBe('^~~~');
	});

	it('lets nothing through that steers a terminal', () => {
		const [, line] = shown('x = "\x1b[2J\u202e";', 1, 1);
		expect(line).toBe('    x = "?[2J?";');
	});
});
