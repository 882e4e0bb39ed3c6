import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../source/language/diagnostics.ts';
import { formatDiagnostics } from '../../source/language/diagnostics.ts';
import { tokenize } from '../../source/language/lexer.ts';
import { parse, parseExpression, parseType } from '../../source/language/parser.ts';
import { printTree } from '../../source/language/printer.ts';
import { errorLimit } from '../../source/language/reporting.ts';
import { preprocessed, withoutPlaces } from './reading.ts';
import { anyTree } from './trees.ts';

/** Whatever a text is, reading it ends, and in nothing but diagnostics that can be shown. */
function read(text: string): { ok: boolean } {
	const { tokens, diagnostics, files } = preprocessed(text);
	checkDiagnostics(diagnostics, text);
	const { tree, diagnostics: complaints } = parse(tokens, 'a.c');
	checkDiagnostics(complaints, text);
	expect(formatDiagnostics([...diagnostics, ...complaints], files).replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
	const ok = diagnostics.length + complaints.length === 0;
	if (ok) {
		const again = parse(tokenize(printTree(tree), 'a.c'), 'a.c');
		expect(again.diagnostics).toEqual([]);
		expect(withoutPlaces(again.tree)).toEqual(withoutPlaces(tree));
	}
	return { ok };
}

function checkDiagnostics(diagnostics: readonly Diagnostic[], text: string): void {
	const lines = text.split('\n').length;
	expect(diagnostics.length).toBeLessThanOrEqual(2 * errorLimit);
	for (const { message, position, length } of diagnostics) {
		expect(message).not.toBe('');
		expect(message).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
		expect(position.line).toBeGreaterThanOrEqual(1);
		expect(position.line).toBeLessThanOrEqual(lines);
		expect(position.column).toBeGreaterThanOrEqual(1);
		expect(length).toBeGreaterThanOrEqual(1);
	}
}

const words = [
	...['int', 'unsigned', 'long', 'void', 'struct', 'enum', 'union', 'float', 'typedef', 'static', 'const', '__rcu'],
	...['if', 'else', 'while', 'do', 'for', 'switch', 'case', 'default', 'break', 'return', 'goto', 'sizeof', 'typeof'],
	...['atomic', 'ghost', 'asm', '__view', '__percpu', '__acquires', 'text', 'a', 'b', 'foo_t', 'f', 'M', 'N'],
	...[
		'{',
		'}',
		'{',
		'}',
		'(',
		')',
		'(',
		')',
		'[',
		']',
		';',
		';',
		',',
		'.',
		'->',
		'...',
		':',
		'?',
		'=',
		'==',
		'+=',
		'*',
	],
	...['&', '&&', '+', '++', '-', '!', '~', '<<', '|', '#', '##', '\n', '\n', ' ', '\\\n', '/*', '*/', '//', '"', "'"],
	...[
		'1',
		'0x10UL',
		'1.5',
		'089',
		'99999999999999999999',
		'"s"',
		"'c'",
		'@',
		'\u001b[2J',
		'\u0000',
		'\u00e9',
		'\ud800',
	],
	...[
		'\n#define M ',
		'\n#define N(x) ',
		'\n#define N(x, ...) x##__VA_ARGS__ #x\n',
		'\n#undef M\n',
		'\n#if ',
		'\n#ifdef M\n',
	],
	...['\n#else\n', '\n#elif ', '\n#endif\n', '\n#include ', '\n#include "a.c"\n', '\n#error ', 'defined', '__LINE__'],
	...['IS_ENABLED(', '__VA_ARGS__', '({', '})', 'M', 'N(', '<linux/mm.h>'],
];

const program = `
#define min(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a < _b ? _a : _b; })
#define list_for_each_entry(pos, head, member) \\
	for (pos = container_of((head)->next, typeof(*pos), member); &pos->member != (head); \\
	     pos = container_of(pos->member.next, typeof(*pos), member))
typedef struct { int counter; } atomic_t;
struct list_head { struct list_head *next, *prev; };
enum state { FREE, USED = 1 << 2 };
struct vmap_block {
	spinlock_t lock;
	unsigned long used[2];
	struct list_head list;
	int (*free)(struct vmap_block *vb, int order);
};
static __percpu struct list_head queue;
static struct vmap_block first = { .used = { [1] = 3 }, .lock = 0 };

/*
 * Takes pages from a block.
 */
static int vb_alloc(struct list_head *head, atomic_t *count)
{
	struct vmap_block *vb;
	int i, j;

	list_for_each_entry(vb, head, list) {
		if (!vb->free)
			continue;
		spin_lock(&vb->lock);
		atomic { count->counter += min(vb->used[0], 3); }
		for (i = 0, j = 1; i < 2; i++, j--)
			vb->used[i] |= 1UL << j;
		switch (i) {
		case FREE:
			goto out;
		default:
			vb->free(vb, sizeof(struct vmap_block));
		}
		spin_unlock(&vb->lock);
	}
#ifdef CONFIG_X
	return -12;
#endif
out:
	return (int)vb ? "text" "more" : 'c';
}
`;

// Each takes a second at most; the limit is for machines that do much else.
describe('reading ends in diagnostics, whatever the text', { timeout: 60_000 }, () => {
	it('any characters', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void read(text)),
			{ numRuns: 200 },
		);
	});

	it('any bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void read(new TextDecoder('latin1').decode(bytes))),
			{ numRuns: 200 },
		);
	});

	it('any words of the language', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...words), { maxLength: 80 }), (list) => void read(list.join(' '))),
			{ numRuns: 500 },
		);
	});

	it('any words without spaces, in a function', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom(...words), { maxLength: 40 }),
				(list) => void read(`typedef int foo_t;\nvoid f(int a)\n{\n${list.join('')}\n}\n`),
			),
			{ numRuns: 500 },
		);
	});

	it('a program, and the program after any few changes', () => {
		expect(read(program).ok).toBe(true);
		const change = fc.record({
			at: fc.nat({ max: program.length }),
			length: fc.nat({ max: 12 }),
			insert: fc.oneof(fc.constant(''), fc.constantFrom(...words), fc.string({ maxLength: 3 })),
		});
		fc.assert(
			fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
				const changed = changes.reduce(
					(text, { at, length, insert }) => text.slice(0, at) + insert + text.slice(at + length),
					program,
				);
				read(changed);
			}),
			{ numRuns: 250 },
		);
	});

	it('a program cut anywhere', () => {
		fc.assert(
			fc.property(fc.nat({ max: program.length }), (end) => void read(program.slice(0, end))),
			{ numRuns: 200 },
		);
	});

	it('a printed tree after any few changes', () => {
		fc.assert(
			fc.property(anyTree, fc.nat(), fc.constantFrom(...words), (tree, place, word) => {
				const text = printTree(tree);
				const at = place % text.length;
				read(text.slice(0, at) + word + text.slice(at + 1));
			}),
			{ numRuns: 200 },
		);
	});

	it('expressions and types of any words', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...words), { maxLength: 20 }), (list) => {
				const text = list.join(' ');
				const tokens = tokenize(text, 'a.c');
				for (const diagnostics of [parseExpression(tokens).diagnostics, parseType(tokens).diagnostics]) {
					checkDiagnostics(diagnostics, text);
				}
				const { expression, diagnostics } = parseExpression(tokens);
				expect(expression === null).toBe(diagnostics.length > 0);
			}),
			{ numRuns: 500 },
		);
	});

	it('long texts of one kind, in little time', () => {
		for (const word of [
			'{',
			'}',
			'(',
			';',
			'a',
			'*',
			'if(',
			'int ',
			'"',
			'/',
			'\\\n',
			'#\n',
			'@ ',
			'a b;\n',
			'#if 1\n',
		]) {
			read(word.repeat(20_000));
		}
	});
});
