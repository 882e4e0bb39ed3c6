/**
 * The table of verdicts in README.md, made from what `mmstep check --json` prints.
 *
 *     node bin/mmstep.js check --json > verdicts.json; node scripts/verdict-table.ts verdicts.json
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { root } from './bundle.js';

const begin = '<!-- verdicts: written by scripts/verdict-table.ts -->';
const end = '<!-- end of verdicts -->';

/** The parts of the checker's output that the table is made from. */
const output = z.object({
	format: z.literal('mmstep-check'),
	version: z.literal(1),
	results: z.array(
		z.object({
			scenario: z.string(),
			kernel: z.string(),
			program: z.string(),
			foundKinds: z.array(z.string()),
			complete: z.boolean(),
			asExpected: z.boolean(),
			states: z.number(),
		}),
	),
});

export type CheckOutput = z.output<typeof output>;

/** @throws when the text is not what `mmstep check --json` prints */
export function readOutput(text: string): CheckOutput {
	return output.parse(JSON.parse(text));
}

/**
 * One row a kernel: how many programs and settings were searched, and with how many of them each kind was found.
 * @throws when a row is not as expected, or was not searched to its end: such a table would prove nothing
 */
export function verdictTable({ results }: CheckOutput): string {
	const wrong = results.find(({ asExpected, complete }) => !asExpected || !complete);
	if (wrong !== undefined) {
		throw new Error(`${wrong.scenario}/${wrong.kernel} ${wrong.program} is not as expected, or not complete`);
	}
	const groups = Map.groupBy(results, ({ scenario, kernel }) => `${scenario} ${kernel}`);
	const rows = [...groups.values()].map((rows) => {
		const [{ scenario = '', kernel = '' } = {}] = rows;
		const counts = new Map<string, number>();
		for (const kind of rows.flatMap(({ foundKinds }) => foundKinds)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
		const kinds = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} (${count})`);
		const states = rows.reduce((sum, row) => sum + row.states, 0);
		const found = kinds.length === 0 ? 'none' : kinds.join(', ');
		return `| ${scenario} | ${kernel} | ${rows.length} | ${found} | ${grouped(states)} |`;
	});
	return ['| Scenario | Kernel | Rows | Violations (rows) | States |', '|---|---|--:|---|--:|', ...rows].join('\n');
}

function grouped(number: number): string {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The page with its table brought up to date. @throws when it has no place for it */
export function withVerdicts(page: string, table: string): string {
	const [before, rest] = page.split(begin);
	const after = rest?.split(end)[1];
	if (before === undefined || after === undefined) throw new Error(`the page needs the lines ${begin} and ${end}`);
	return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , file = ''] = process.argv;
	const readme = join(root, 'README.md');
	const table = verdictTable(readOutput(readFileSync(file, 'utf8')));
	writeFileSync(readme, withVerdicts(readFileSync(readme, 'utf8'), table));
}
