import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../../source/language/diagnostics.ts';
import { parse, parseExpression } from '../../../source/language/syntax/parser.ts';
import { printExpression, printTree } from '../../../source/language/syntax/printer.ts';
import { tokenize } from '../../../source/language/tokens/lexer.ts';
import { expressionOf, treeOf, withoutPlaces } from '../reading.ts';
import { anyExpression, anyTree, typeNames, variables } from './trees.ts';

// A second or two; the limit is for machines that do much else.
describe('the printer and the parser agree', { timeout: 60_000 }, () => {
	it('on expressions', () => {
		fc.assert(
			fc.property(anyExpression, (tree) => {
				const text = printExpression(tree);
				const { expression, diagnostics } = parseExpression(tokenize(text, 'a.c'), typeNames, variables);
				expect(formatDiagnostics(diagnostics, [{ path: 'a.c', text }])).toBe('');
				expect(withoutPlaces(expression)).toEqual(withoutPlaces(tree));
			}),
			{ numRuns: 400 },
		);
	});

	it('on whole files', () => {
		fc.assert(
			fc.property(anyTree, (tree) => {
				const text = printTree(tree);
				const parsed = parse(tokenize(text, 'a.c'), 'a.c');
				expect(formatDiagnostics(parsed.diagnostics, [{ path: 'a.c', text }])).toBe('');
				expect(withoutPlaces(parsed.tree)).toEqual(withoutPlaces(tree));
			}),
			{ numRuns: 200 },
		);
	});
});

describe('printing', () => {
	it.each([
		['((a + (b * c)) - (d - e))', 'a + b * c - (d - e)'],
		['(a = (b)) + 1', '(a = b) + 1'],
		['- -a', '- -a'],
		['-(-(a--))', '- -a--'],
		['& &a', '& &a'],
		['*(p->q)++', '*p->q++'],
		['(*p)++', '(*p)++'],
		['(a ? b : c) ? d : (e ? f : g)', '(a ? b : c) ? d : e ? f : g'],
		['((int)a)[1]', '((int)a)[1]'],
		['(int (*)(struct x *, int))p', '(int (*)(struct x *, int))p'],
		['~0xfffffffffffffffful', '~0xffffffffffffffffUL'],
		[String.raw`"a\"\n\x07" "b"`, String.raw`"a\"\n\007b"`],
		['sizeof a + 1', 'sizeof(a) + 1'],
	])('uses as few parentheses as C needs: %s', (text, expected) => {
		expect(printExpression(expressionOf(text))).toBe(expected);
	});

	it('writes model C as people do', () => {
		const text = `struct vmap_block {
	spinlock_t lock;
	unsigned long used_map[2];
	void (*free)(struct vmap_block *vb);
};

static struct vmap_block first = { .lock = 0, .used_map = { [1] = 3 } };

/*
 * Gives the range back.
 * Caller holds the lock.
 */
static int vb_free(struct vmap_block *vb, int order)
{
	int i = 0, *p;
	for (i = 0, p = &i; i < 1 << order; i++, p++)
		vb->used_map[i] &= ~1UL;
	if (i == 3) {
		goto out;
	} else if (*p)
		return -12;
	do {
		i--;
	} while (i);
	out:
	return 0;
}
`;
		expect(printTree(treeOf(text))).toBe(text);
	});

	it('keeps an else with its if by braces', () => {
		const tree = treeOf('void f(void) { if (a) { if (b) c(); } else d(); }');
		expect(withoutPlaces(treeOf(printTree(tree)))).toEqual(withoutPlaces(tree));
	});

	it('writes what shares a struct as one declaration, so that the struct is defined once', () => {
		expect(printTree(treeOf('struct { int a; } x, *y;'))).toBe('struct {\n\tint a;\n} x, *y;\n');
	});
});
