import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referencePath, withTable } from '../../scripts/primitive-table.ts';
import { compileModel } from '../../source/language/compile.ts';
import { specialForms } from '../../source/language/lowering/special-forms.ts';
import { primitives } from '../../source/language/primitives.ts';

const page = readFileSync(referencePath, 'utf8');
const scenarios = join(referencePath, '..', '..');

/** The page's examples, by the heading they stand under. */
function examples(): [string, string][] {
	return page.split(/^## /m).flatMap((section) => {
		const title = section.slice(0, section.indexOf('\n'));
		return [...section.matchAll(/^```c\n(.*?)^```$/gms)].map(([, text = '']): [string, string] => [title, text]);
	});
}

describe('the reference of model C', () => {
	it('lists every primitive as the compiler knows it (node scripts/primitive-table.ts writes the table)', () => {
		expect(page).toBe(withTable(page));
		for (const { summary } of Object.values(primitives)) expect(page).toContain(summary);
	});

	it('names every special form', () => {
		expect(specialForms.filter((name) => !page.includes(`\`${name}(`))).toEqual([]);
	});

	it('has examples', () => {
		expect(examples().length).toBeGreaterThanOrEqual(4);
	});

	it('shows an error as it looks', () => {
		const text = 'struct vmap_block;\n\nvoid f(struct vmap_block *vb)\n{\n\tvb = 5;\n}\n';
		const compile = (): unknown => compileModel({ files: ['model.c'], config: {}, read: () => text });
		const [, shown = ''] = /^```\n(model\.c.*?)\n```$/ms.exec(page) ?? [];
		expect(compile).toThrow(shown);
		expect(shown).not.toBe('');
	});

	it.each(examples())('has an example that compiles: %s', (_title, text) => {
		const read = (path: string): string | null => {
			if (path === 'example.c') return text;
			const file = join(scenarios, path);
			return path.startsWith('kernel/include/') && existsSync(file) ? readFileSync(file, 'utf8') : null;
		};
		const program = compileModel({ files: ['example.c'], config: { NR_CPUS: '2' }, read });
		expect(program.functions.some((fn) => program.files[fn.file]?.path === 'example.c')).toBe(true);
	});
});
