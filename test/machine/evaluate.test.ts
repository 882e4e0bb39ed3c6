import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../source/language/expression.ts';
import { drawView, evaluate } from '../../source/machine/evaluate.ts';
import type { Machine } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { initialState, step } from '../../source/machine/step.ts';
import { machineOf } from './assembler.ts';
import { compileText } from './model-c.ts';

const program = compileText(`
#include <linux/slab.h>
struct node { int value; struct node *next; };
struct node *head;
int total;
static int sum(struct node *node)
{
	int result = 0;
	for (; node; node = node->next)
		result += node->value;
	return result;
}
static int bump(void) { total += 1; return total; }
static int endless(void) { for (;;) ; return 0; }
static void add(int value)
{
	struct node *node = kzalloc(sizeof(struct node), GFP_KERNEL);
	node->value = value;
	node->next = head;
	head = node;
}
void start(void) { add(3); add(4); }
void entry(void)
{
	int local = 5;
	int address_taken = 6;
	int *p = &address_taken;
	*p += local;
	total = local;
}
__view void nodes(void)
{
	struct node *node;
	for (node = head; node; node = node->next)
		view_row("%d", node->value);
}
__view void broken(void)
{
	struct node *node = NULL;
	view_row("first");
	view_row("%d", node->value);
}`);
const machine: Machine = { ...machineOf(program, ['entry']), setup: 'start' };
const start = initialState(machine).state;

function value(text: string, state: MachineState = start, inEntry = false): number | string {
	const frame = state.contexts[0]?.frames.at(-1);
	const scope = inEntry && frame !== undefined ? { function: frame.function, instruction: frame.instruction } : null;
	const result = evaluate(machine, state, compileExpression(program, text, scope), 0, 0);
	return result.ok ? result.value : result.message;
}

describe('an expression', () => {
	it('reads globals, follows pointers and calls functions', () => {
		expect(value('head->value * 10 + head->next->value')).toBe(43);
		expect(value('sum(head)')).toBe(7);
	});

	it('runs what it calls on a copy', () => {
		const before = JSON.stringify(start);
		expect([value('bump()'), value('bump()')]).toEqual([1, 1]);
		expect(JSON.stringify(start)).toBe(before);
	});

	it('reads locals in registers and in memory', () => {
		let state = start;
		for (let count = 0; count < 4; count++) state = step(machine, state, { actor: 0, alternative: 0 }, 'line').state;
		expect(value('local + address_taken', state, true)).toBe(16);
	});

	it('says why it has no value', () => {
		expect(value('head->next->next->value')).toBe('NULL pointer dereference (read)');
		expect(value('endless()')).toMatch(/^test\.c:\d+:\d+: endless loop in endless\(\)/);
		expect(value('(1L << 52) * sum(head)')).toBe('the value does not fit: results beyond 2^53 are outside the model');
	});
});

describe('a view', () => {
	const labels = (name: string) => {
		const index = program.functions.findIndex((fn) => fn.name === name);
		return drawView(machine, start, index).map(({ label, remarks }) => [label, ...remarks].join(': '));
	};

	it('draws rows', () => {
		expect(labels('nodes')).toEqual(['4', '3']);
	});

	it('that crashes keeps what it drew, and says so', () => {
		expect(labels('broken')).toEqual(['first', 'broken: NULL pointer dereference (read)']);
	});
});
