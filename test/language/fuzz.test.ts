import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../source/language/code.ts';
import { compileModel } from '../../source/language/compile.ts';
import { ModelError } from '../../source/language/diagnostics.ts';
import { compileExpression } from '../../source/language/expression.ts';
import { tokenize } from '../../source/language/tokens/lexer.ts';
import { randomPrograms } from './random-program.ts';
import { snippets } from './snippets.ts';
import { mistakesIn } from './well-formed.ts';

const kernel = join(import.meta.dirname, '../../scenarios/kernel');

/** Texts to damage: the snippets, the library's headers, and one with every special form. */
const everything = `#include <linux/percpu.h>
#include <linux/list.h>
struct node { struct list_head list; spinlock_t lock; pte_t pte; step_t when; text owner; struct rcu_head rcu; u8 cells[4]; };
DEFINE_PER_CPU(struct node, mine);
__ghost int seen[2];
static LIST_HEAD(nodes);
static struct node *make(int n)
{
	struct node *node = kzalloc(sizeof(*node), 1);
	spin_lock(&node->lock);
	node->cells[n] += per_cpu(mine, 1).cells[0];
	list_add_rcu(&node->list, &nodes);
	ghost { seen[n & 1] = node->cells[n]; warning("hole", "%p %d %t", node, n, now()); }
	spin_unlock(&node->lock);
	wait_event(READ_ONCE(node->cells[0]) == 1 || !list_empty(&nodes));
	atomic { this_cpu_ptr(&mine)->owner = "N"; if (n) goto out; }
	kfree_rcu(node, rcu);
out:
	return IS_ERR(node) ? ERR_PTR(-12) : container_of(&node->pte, struct node, pte);
}
void entry(void) { for (int i = 0; i < 3; i++) if (make(i) == NULL) break; }
__invariant bool fine(void) { return seen[0] <= 3; }
__view void strip(void) { view_row("%s", this_cpu_ptr(&mine)->owner); view_cell(seen[0] ? "live" : "free", "%d", seen[0]); }
`;

const headers = new Map(
	['linux', 'asm'].flatMap((folder) =>
		readdirSync(join(kernel, 'include', folder)).map((name): [string, string] => [
			`kernel/include/${folder}/${name}`,
			readFileSync(join(kernel, 'include', folder, name), 'utf8'),
		]),
	),
);

function compile(text: string): Program {
	const read = (path: string): string | null => (path === 'fuzz.c' ? text : (headers.get(path) ?? null));
	return compileModel({ files: ['fuzz.c'], config: { NR_CPUS: '2', PTRS_PER_TABLE_0: '4' }, read });
}

/** Compiles, or fails as a compiler fails: with errors that have a place in a text. */
function compilesOrComplains(task: () => unknown): void {
	try {
		task();
	} catch (error) {
		if (!(error instanceof ModelError)) throw error;
		expect(error.diagnostics.length).toBeGreaterThan(0);
		expect(error.diagnostics.length).toBeLessThanOrEqual(20);
		for (const { position, message } of error.diagnostics) {
			expect(position.line).toBeGreaterThan(0);
			expect(message).not.toMatch(/undefined|\[object|NaN/);
		}
	}
}

const texts = [everything, ...Object.values(snippets)];
const words = [...new Set(texts.flatMap((text) => tokenize(text, 'x').map((token) => token.text)))].filter(Boolean);

/** Deletes, doubles, swaps or replaces a few tokens. */
const damaged = fc
	.tuple(
		fc.constantFrom(...texts),
		fc.array(
			fc.record({
				at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
				how: fc.constantFrom('delete', 'double', 'swap', 'replace'),
				word: fc.constantFrom(...words),
			}),
			{ minLength: 1, maxLength: 4 },
		),
	)
	.map(([text, changes]) => {
		// Directives stay as they are; what is damaged is the code.
		const [directives, code] = [
			/^(?:#.*(?:\\\n.*)*\n)*/.exec(text)?.[0] ?? '',
			text.replace(/^(?:#.*(?:\\\n.*)*\n)*/, ''),
		];
		const tokens = code.split(/(\s+|\b)/).filter((part) => part !== '');
		for (const { at, how, word } of changes) {
			const index = Math.floor(at * tokens.length);
			const [here = '', next = ''] = [tokens[index], tokens[index + 1]];
			if (how === 'delete') tokens.splice(index, 1);
			if (how === 'double') tokens.splice(index, 0, here);
			if (how === 'swap') tokens.splice(index, 2, next, here);
			if (how === 'replace') tokens.splice(index, 1, word);
		}
		return directives + tokens.join('');
	});

describe('a damaged model', () => {
	it('as it was, compiles', () => {
		expect(compile(everything).functions.length).toBeGreaterThan(3);
		for (const text of texts) expect(mistakesIn(compile(text))).toEqual([]);
		expect(mistakesIn(compile(randomPrograms(30, 2)))).toEqual([]);
	});

	it('compiles, or is refused with errors that have a place', () => {
		fc.assert(
			fc.property(damaged, (text) => compilesOrComplains(() => expect(mistakesIn(compile(text))).toEqual([]))),
			{ numRuns: 300 },
		);
	}, 30_000);
});

describe('a random expression in the debugger', () => {
	const program = compile(everything);
	const scope = { function: program.functions.findIndex(({ name }) => name === 'make'), instruction: 12 };

	it('compiles, or is refused with errors that have a place', () => {
		const soup = fc.array(fc.constantFrom(...words, 'node', 'n', 'nodes', 'seen'), { maxLength: 12 });
		fc.assert(
			fc.property(soup, (parts) => compilesOrComplains(() => compileExpression(program, parts.join(' '), scope))),
			{ numRuns: 1000 },
		);
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) =>
				compilesOrComplains(() => compileExpression(program, text, scope)),
			),
		);
	});
});
