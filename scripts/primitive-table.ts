/**
 * The table of primitives in the reference page of model C, made from the compiler's own table.
 *
 *     node scripts/primitive-table.ts        writes it into scenarios/kernel/README.md
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Primitive, primitives } from '../source/language/primitives.ts';

/** The page that has the table. */
export const referencePath = fileURLToPath(new URL('../scenarios/kernel/README.md', import.meta.url));

const begin = '<!-- primitives: written by scripts/primitive-table.ts -->';
const end = '<!-- end of primitives -->';

/** The table in Markdown, one row a primitive, in the order of the source. */
export function primitiveTable(): string {
	const rows = Object.entries(primitives).map(([name, primitive]) => {
		const { signature, summary }: Primitive = primitive;
		return `| \`${prototype(name, signature)}\` | ${effectText(primitive)} | ${summary.replaceAll('|', '\\|')} |`;
	});
	return ['| Prototype | Op | What it does |', '|---|---|---|', ...rows].join('\n');
}

/** `void (spinlock_t *)` with its name: `void spin_lock(spinlock_t *)`. */
function prototype(name: string, signature: string): string {
	const [, result = '', parameters = ''] = /^(.*?)\s*(\(.*)$/.exec(signature) ?? [];
	return `${result}${result.endsWith('*') ? '' : ' '}${name}${parameters}`;
}

function effectText({ effect, blocks, sleeps }: Primitive): string {
	const words = [effect, ...(blocks ? ['waits'] : []), ...(sleeps ? ['sleeps'] : [])];
	return words.join(', ');
}

/** The page with its table brought up to date. */
export function withTable(page: string): string {
	const [before, rest] = page.split(begin);
	const after = rest?.split(end)[1];
	if (before === undefined || after === undefined) throw new Error(`the page needs the lines ${begin} and ${end}`);
	return `${before}${begin}\n\n${primitiveTable()}\n\n${end}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	writeFileSync(referencePath, withTable(readFileSync(referencePath, 'utf8')));
}
