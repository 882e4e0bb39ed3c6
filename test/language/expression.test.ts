import { describe, expect, it } from 'vitest';
import type { Program } from '../../source/language/code.ts';
import { ModelError } from '../../source/language/diagnostics.ts';
import { compileExpression, type ExpressionScope } from '../../source/language/expression.ts';
import { typeName } from '../../source/language/semantics/typing.ts';
import { compileTexts, runFunction } from './run-code.ts';

const texts = {
	'a.c': `#define PAGES 8
#define max(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a > __b ? __a : __b; })
enum color { RED, GREEN = 5 };
typedef struct { int counter; } atomic_t;
struct block { spinlock_t lock; int free; enum color color; struct block *next; int map[3]; atomic_t refs; };
struct block second = { .free = 7 };
struct block first = { .free = 3, .next = &second, .map = { 10, 20, 30 }, .color = GREEN };
static int hidden = 1;
int shared = 42;
__percpu int count;
__ghost int seen = 9;
text owner = "N";
int twice(int x) { return x * 2; }
int bump(void) { shared++; return shared; }
void nothing(void) { }
int scope(int n, struct block *b)
{
	int sum = n;
	struct block copy = { .free = 99 };
	{
		long n = sum + 1;
		sum += n;
	}
	return sum + copy.free + b->free;
}
__invariant bool fine(void) { return true; }
#define DOUBLE(x) ((x) * 2) /* twice */
#define add(a, ...) (a rest_of(__VA_ARGS__))
#define rest_of(b, c) + b + c
#define sum_of(rest...) add(rest)
#define BOOM )
int named_as_a_type(int text) { shared = text; return text; }
`,
	'b.c': 'static int hidden = 2; static int only_here = 3; int other(void) { return hidden + only_here; }',
};
const program = compileTexts(texts, ['a.c', 'b.c'], { CONFIG_ON: 'y' });

function functionIndex(name: string): number {
	return program.functions.findIndex((fn) => fn.name === name);
}

/** Before the first instruction of a line of `scope`. */
function atLine(line: number): ExpressionScope {
	const index = functionIndex('scope');
	const instruction = program.functions[index]?.lines.findIndex((each) => each.line === line) ?? -1;
	return { function: index, instruction };
}

/** Runs the expression as if it were a function whose first registers are the scope's. */
function run(text: string, scope: ExpressionScope = null, registers: readonly number[] = []): number {
	const { code, lines, registers: count, result } = compileExpression(program, text, scope);
	const fn = program.functions[scope?.function ?? 0];
	if (fn === undefined) throw new Error('no function');
	const last = { op: 'return', source: result } as const;
	const wrapped: Program = {
		...program,
		functions: [...program.functions, { ...fn, name: '<expression>', registers: count, code: [...code, last], lines }],
	};
	return runFunction(wrapped, '<expression>', registers).result;
}

function typeOf(text: string, scope: ExpressionScope = null): string {
	const { type, isAddress } = compileExpression(program, text, scope);
	return `${typeName(type)}${isAddress ? ' (address)' : ''}`;
}

function complaint(text: string, scope: ExpressionScope = null): string {
	try {
		compileExpression(program, text, scope);
	} catch (error) {
		if (error instanceof ModelError) return error.message;
		throw error;
	}
	return 'no complaint';
}

describe('an expression', () => {
	it('knows a local by its name, be it that of a type', () => {
		const index = functionIndex('named_as_a_type');
		expect(run('twice(text)', { function: index, instruction: 1 }, [21])).toBe(42);
		expect(run('(text) - 1', { function: index, instruction: 1 }, [21])).toBe(20);
	});

	it('reads globals, fields, elements and constants', () => {
		expect(run('shared + first.free * 2')).toBe(48);
		expect(run('first.next->free + first.map[1]')).toBe(27);
		expect(run('PAGES * GREEN + (first.color == GREEN)')).toBe(41);
		expect(run('seen')).toBe(9);
		expect(run('owner == "N"')).toBe(1);
		expect(run('owner == "not in the model"')).toBe(0);
	});

	it('computes as C does', () => {
		expect(run('(u8)(250 + 10) + (-1 < 1u)')).toBe(4);
		expect(run('sizeof(struct block)')).toBe(8);
		expect(run('first.next == &second && !second.next')).toBe(1);
		expect(run('container_of(&second.color, struct block, color) == &second')).toBe(1);
		expect(run('({ int a = 5; a + shared; })')).toBe(47);
	});

	it("uses the model's macros", () => {
		expect(run('max(first.free, twice(PAGES)) + 1')).toBe(17);
		expect(run('sum_of(1, 2, max(3, 4)) + IS_ENABLED(CONFIG_ON) * 100 + IS_ENABLED(CONFIG_OFF) * 1000')).toBe(107);
		expect(run('DOUBLE(PAGES)')).toBe(16);
		expect(complaint('max(1)')).toContain('<expression>:1:1: error: ');
		expect(complaint('BOOM')).toContain('<expression>:1:1: error: ');
	});

	it('calls functions', () => {
		expect(run('twice(first.free) + twice(1)')).toBe(8);
		expect(run('bump()')).toBe(43);
	});

	it('knows the locals of a function where it stands, the innermost of a name first', () => {
		expect(run('n + b->free', atLine(18), [5, 16])).toBe(run('b->free', atLine(18), [0, 16]) + 5);
		expect(typeOf('n', atLine(18))).toBe('int');
		expect(typeOf('n', atLine(22))).toBe('long');
		expect(typeOf('n', atLine(24))).toBe('int');
	});

	it('does not know a local before it has a value', () => {
		expect(complaint('sum', atLine(18))).toContain('"sum" has no value yet at this line');
		expect(typeOf('sum', atLine(19))).toBe('int');
	});

	it('prefers the statics of the file it stands in', () => {
		expect(run('hidden')).toBe(1);
		expect(run('hidden', { function: functionIndex('other'), instruction: 0 })).toBe(2);
		expect(run('only_here')).toBe(3);
	});

	it('gives the address of a struct or array, and its type', () => {
		expect(typeOf('first')).toBe('struct block (address)');
		expect(typeOf('*first.next')).toBe('struct block (address)');
		expect(typeOf('first.map')).toBe('int [3] (address)');
		expect(typeOf('copy', atLine(22))).toBe('struct block (address)');
		expect(run('*first.next')).toBe(run('&second'));
		expect(run('second.map')).toBe(run('&second') + 4);
	});

	it('gives the type of what it is', () => {
		expect(typeOf('&first')).toBe('struct block *');
		expect(typeOf('first.color')).toBe('enum color');
		expect(typeOf('first.lock')).toBe('spinlock_t');
		expect(typeOf('twice')).toBe('int (*)(int)');
		expect(typeOf('(unsigned long)shared')).toBe('unsigned long');
	});

	it('takes the copy of the running CPU where none is named', () => {
		const { code } = compileExpression(program, 'count', null);
		expect(code[0]).toMatchObject({ op: 'global', cpu: null });
		expect(
			compileExpression(program, 'per_cpu(count, 1)', null).code.some((i) => i.op === 'global' && i.cpu !== null),
		).toBe(true);
	});

	it('keeps its registers behind those of the function', () => {
		const scope = atLine(24);
		const { code, registers } = compileExpression(program, 'sum * 2 + max(n, 1)', scope);
		const own = program.functions[functionIndex('scope')]?.registers ?? 0;
		expect(registers).toBeGreaterThan(own);
		for (const instruction of code) {
			if ('result' in instruction && instruction.result !== null)
				expect(instruction.result).toBeGreaterThanOrEqual(own);
		}
	});
});

describe('an expression is refused', () => {
	it.each([
		['shared = 1', 'must not change anything'],
		['shared++', 'must not change anything'],
		['n = 2', 'must not change anything'],
		['spin_lock(&first.lock)', 'spin_lock() changes the state'],
		['kzalloc(sizeof(struct block), 0)', 'kzalloc() changes the state'],
		['wait_event(1)', 'wait_event() has no meaning here'],
		['smp_mb()', 'a barrier has no meaning here'],
		['nothing()', 'has no value'],
		['nope', '"nope" is not declared'],
		['shard', 'did you mean "shared"?'],
		['first.fre', 'did you mean "free"?'],
		['1 +', 'expected'],
		['1 2', 'expected'],
		['', 'expected'],
		['({ goto out; out: 1; })', 'goto'],
		['({ return 1; 1; })', 'an expression has nothing to return from'],
		['({ struct block b; b.free; })', 'an expression has no memory of its own'],
		['1 / 0', 'division by zero'],
	])('%s', (text, message) => {
		expect(complaint(text, atLine(18))).toContain(message);
		expect(complaint(text, atLine(18))).toContain('<expression>:1:');
	});

	it('however long or deep it is', () => {
		expect(complaint('('.repeat(5000))).toContain('at most 4000 characters');
		expect(complaint('('.repeat(3000))).toContain('error');
		expect(complaint(`${'-'.repeat(3000)}1`)).toContain('error');
	});
});
