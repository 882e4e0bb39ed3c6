import { describe, expect, it } from 'vitest';
import type { FunctionCode, Instruction, Program } from '../../source/language/code.ts';
import { compileText, compileTexts, runFunction } from './run-code.ts';

function functionOf(program: Program, name: string): FunctionCode {
	const fn = program.functions.find((each) => each.name === name);
	if (fn === undefined) throw new Error(`no function ${name}`);
	return fn;
}

function codeOf(text: string, name = 'f'): FunctionCode {
	return functionOf(compileText(text), name);
}

function ops(fn: FunctionCode): string[] {
	return fn.code.map((instruction) => (instruction.op === 'primitive' ? instruction.name : instruction.op));
}

/** Lines at which a line step may stop, in the order of the code. */
function stops(fn: FunctionCode): number[] {
	return fn.lines.filter(({ statement }) => statement).map(({ line }) => line);
}

function only<Op extends Instruction['op']>(fn: FunctionCode, op: Op): (Instruction & { op: Op })[] {
	return fn.code.filter((instruction): instruction is Instruction & { op: Op } => instruction.op === op);
}

const record = 'struct record { spinlock_t lock; int n; struct record *next; int cells[3]; struct rcu_head rcu; };\n';

describe('granularity', () => {
	it('a compound assignment to memory is a load and a store of the same cell', () => {
		const fn = codeOf(`${record}void f(struct record *r) { r->n += 2; }`);
		expect(ops(fn)).toEqual(['field', 'load', 'constant', 'binary', 'store', 'return']);
		expect(only(fn, 'load')[0]?.pointer).toBe(only(fn, 'store')[0]?.pointer);
	});

	it('a struct assignment is a load and a store for each cell', () => {
		const fn = codeOf(`${record}void f(struct record *a, struct record *b) { *a = *b; }`);
		expect(only(fn, 'load')).toHaveLength(7);
		expect(only(fn, 'store')).toHaveLength(7);
	});

	it('the right side of && is not evaluated when the left side is false', () => {
		const fn = codeOf(`${record}int f(struct record *r) { return r && r->n; }`);
		expect(ops(fn).indexOf('branch')).toBeLessThan(ops(fn).indexOf('load'));
	});

	it('scalars live in registers unless their address is taken', () => {
		const fn = codeOf('void g(int *p) { *p = 1; } int f(int a, int b) { int c = a; g(&b); return c + b; }');
		expect(fn.memoryLocals.map(({ name }) => name)).toEqual(['b']);
		expect(fn.locals.map(({ name, place, parameter }) => [name, place.kind, parameter])).toEqual([
			['a', 'register', true],
			['b', 'memory', true],
			['c', 'register', false],
		]);
	});

	it('marked accesses say how they are marked', () => {
		const fn = codeOf(`${record}struct record *head;
			int f(struct record *r) {
				WRITE_ONCE(r->n, 1); smp_store_release(&r->n, 2); rcu_assign_pointer(head, r); r->n = 3;
				return READ_ONCE(r->n) + smp_load_acquire(&r->n) + rcu_dereference(head)->n + rcu_access_pointer(head)->n;
			}`);
		expect(only(fn, 'store').map(({ access }) => access)).toEqual(['once', 'release', 'rcu', 'plain']);
		expect(only(fn, 'load').map(({ access }) => access)).toEqual([
			...['once', 'acquire', 'rcu', 'plain'],
			...['once', 'plain'],
		]);
	});

	it('code that the configuration switches off is not there', () => {
		const text =
			'int x; void f(void) { if (IS_ENABLED(CONFIG_A)) x = 1; else x = 2; while (0) x = 3; if (0 && x) x = 4; }';
		const off = functionOf(compileTexts({ 'test.c': text }), 'f');
		const on = functionOf(compileTexts({ 'test.c': text }, ['test.c'], { CONFIG_A: 'y' }), 'f');
		const values = (fn: FunctionCode): number[] => only(fn, 'constant').map(({ value }) => value);
		expect([values(off), values(on)]).toEqual([[2], [1]]);
		expect(ops(on)).toEqual(['constant', 'global', 'store', 'return']);
	});

	it('an initialiser of a struct in memory is one op, and evaluates before it', () => {
		const fn = codeOf(
			`${record}int f(struct record *r) { struct record copy = { .n = r->n, .next = r }; return copy.n; }`,
		);
		const shape = ops(fn);
		expect(shape.indexOf('load')).toBeLessThan(shape.indexOf('atomicBegin'));
		expect(shape.slice(shape.indexOf('atomicBegin'), shape.indexOf('atomicEnd'))).not.toContain('load');
	});

	it('wait_event is a region that ends with its condition', () => {
		const fn = codeOf('int x, y; void f(void) { wait_event(x && y); }');
		const begin = ops(fn).indexOf('awaitBegin');
		expect(begin).toBe(0);
		expect(ops(fn).at(-2)).toBe('awaitEnd');
	});

	it('regions end before control leaves them', () => {
		const fn = codeOf(
			'int x; int f(int a) { while (1) { atomic { if (a) break; if (x) return 5; x = 1; } } return 6; }',
		);
		let depth = 0;
		for (const [index, { op }] of fn.code.entries()) {
			if (op === 'atomicBegin') depth = 1;
			if (op === 'return')
				expect([index, ops(fn)[index - 1]]).toContainEqual(expect.stringMatching(/atomicEnd|constant/));
			if (op === 'atomicEnd') depth = 0;
		}
		expect(depth).toBe(0);
		expect(only(fn, 'atomicEnd')).toHaveLength(3);
	});
});

describe('places to stop', () => {
	const text = `int shared;
int f(int n)
{
	int sum = 0;
	int unused;

	for (int i = 0;
	     i < n;
	     i++) {
		sum += i;
		if (sum > 3 &&
		    shared)
			continue;
		ghost { int seen = sum; }
	}
	while (n--)
		shared = n;
	do {
		sum++;
	} while (sum < 5);
	return sum +
	       shared;
}
void g(void)
{
	shared = 1;
}
`;

	it('are the statements, the parts of a loop head, and the closing brace where control falls through', () => {
		const program = compileText(text);
		expect(stops(functionOf(program, 'f'))).toEqual([4, 7, 8, 10, 11, 13, 9, 16, 17, 19, 20, 21]);
		expect(stops(functionOf(program, 'g'))).toEqual([26, 27]);
	});

	it('are on the line where a macro is used', () => {
		const fn = codeOf(`#define each(i, n) for (int i = 0; i < (n); i++)
#define max(a, b) ({ int __a = (a); int __b = (b); __a > __b ? __a : __b; })
int f(int n)
{
	int most = 0;
	each(i, n)
		most = max(most, i);
	return most;
}`);
		expect([...new Set(fn.lines.map(({ line }) => line))].toSorted()).toEqual([5, 6, 7, 8]);
		expect(stops(fn)).toEqual([5, 6, 6, 7, 6, 8]);
	});

	it('every instruction that is no return has a line inside the function', () => {
		const fn = functionOf(compileText(text), 'f');
		for (const { line } of fn.lines) {
			expect(line).toBeGreaterThanOrEqual(fn.firstLine);
			expect(line).toBeLessThanOrEqual(fn.lastLine);
		}
	});
});

describe('debug information', () => {
	it('knows in which range a name is in scope', () => {
		const fn = codeOf('int f(int a)\n{\n\tint b = a;\n\t{\n\t\tint a = 7;\n\t\tb += a;\n\t}\n\treturn a + b;\n}');
		const inner = fn.locals.find(({ name, parameter }) => name === 'a' && !parameter);
		const outer = fn.locals.find(({ name, parameter }) => name === 'a' && parameter);
		const line = (index: number | undefined): number | undefined => fn.lines[index ?? -1]?.line;
		expect([outer?.from, outer?.to]).toEqual([0, fn.code.length]);
		expect(line(inner?.from)).toBe(6);
		expect(line(inner?.to)).toBe(8);
	});

	it('has the comment, the lines and the kind of a function', () => {
		const program = compileTexts(
			{
				'main.c':
					'#include <linux/h.h>\n/*\n * Takes a lock.\n */\nstatic int f(void)\n{\n\treturn helper();\n}\n__view void v(void) { }',
				'kernel/include/linux/h.h': 'static inline int helper(void) { return 1; }',
			},
			['main.c'],
		);
		const { comment, firstLine, lastLine, isStatic, isLibraryHelper } = functionOf(program, 'f');
		expect({ comment, firstLine, lastLine, isStatic, isLibraryHelper }).toEqual({
			comment: 'Takes a lock.',
			firstLine: 5,
			lastLine: 8,
			isStatic: true,
			isLibraryHelper: false,
		});
		expect(functionOf(program, 'helper').isLibraryHelper).toBe(true);
		expect(functionOf(program, 'v').role).toBe('view');
	});

	it('has constants, types and layouts by name', () => {
		const program =
			compileText(`#define PAGES 4\n#define NAME "x"\nenum color { RED, BLUE = 7 };\ntypedef struct { int counter; } atomic_t;
			struct outer { atomic_t refs; int map[2]; } outer;`);
		expect({ ...program.constants }).toMatchObject({ PAGES: 4, RED: 0, BLUE: 7 });
		expect(program.constants).not.toHaveProperty('NAME');
		expect(Object.keys(program.types)).toEqual(expect.arrayContaining(['atomic_t', 'struct outer', 'enum color']));
		const layout = program.layouts[program.globals[0]?.layout ?? -1];
		expect(layout?.name).toBe('struct outer');
		expect(layout?.cells.map(({ path }) => path)).toEqual(['refs.counter', 'map[0]', 'map[1]']);
	});
});

describe('linking', () => {
	it('gives each file its statics and shares the rest', () => {
		const program = compileTexts({
			'a.c':
				'static int state = 1; int shared = 10; int b(void); static int get(void) { return state; } int f(void) { shared++; return get() * 1000 + b(); }',
			'b.c':
				'extern int shared; static int state = 2; static int get(void) { return state + shared; } int b(void) { return get(); }',
		});
		expect(runFunction(program, 'f').result).toBe(1013);
		expect(program.globals.map(({ name, isStatic }) => [name, isStatic])).toEqual([
			['state', true],
			['shared', false],
			['state', true],
		]);
	});

	it('compiles a static function of a header once', () => {
		const program = compileTexts({
			'h.h':
				'#ifndef H\n#define H\nstruct s { int n; };\nstatic inline int twice(struct s *s) { return s->n * 2; }\n#endif\n',
			'a.c': '#include "h.h"\n#include "h.h"\nint f(struct s *s) { return twice(s); }',
			'b.c': '#include "h.h"\nint g(struct s *s) { return twice(s); }',
		});
		expect(program.functions.map(({ name }) => name)).toEqual(['twice', 'f', 'g']);
	});

	it('compiles it twice when macros make it two functions', () => {
		const header = 'static inline int value(void) { return VALUE; }';
		const program = compileTexts({
			'h.h': header,
			'a.c': '#define VALUE 1\n#include "h.h"\nint f(void) { return value(); }',
			'b.c': '#define VALUE 2\n#include "h.h"\nint f(void); int g(void) { return value() * 10 + f(); }',
		});
		expect(runFunction(program, 'g').result).toBe(21);
	});

	it('puts addresses of globals into initial values', () => {
		const program = compileText(`struct list { struct list *next, *prev; }; struct box { int n; struct list list; };
			extern struct box box; struct list head = { &box.list, &head }; struct box box = { 5, { .prev = &head } };
			int seven(void) { return 7; } int (*hook)(void) = seven; text name = "N"; struct list *none = NULL;
			int f(void) { return container_of(head.next, struct box, list)->n * 100 + hook() * 10 + (box.list.prev == &head); }`);
		expect(runFunction(program, 'f').result).toBe(571);
		const head = program.globals.find(({ name }) => name === 'head');
		expect(head?.addresses).toEqual([
			{ cell: 0, global: program.globals.findIndex(({ name }) => name === 'box'), offset: 1 },
			{ cell: 1, global: program.globals.findIndex(({ name }) => name === 'head'), offset: 0 },
		]);
		const name = program.globals.find((global) => global.name === 'name');
		expect(program.texts[name?.initial[0] ?? -1]).toBe('N');
	});
});

describe('primitives and special forms', () => {
	it('pass a format in extra and the kind in a register', () => {
		const program = compileText(
			`${record}void f(struct record *r) { violation("leak", "%p has %u", r, r->n); view_cell("live", "%d", 1); detail("%%"); }`,
		);
		const calls = only(functionOf(program, 'f'), 'primitive');
		expect(calls.map(({ extra }) => program.texts[extra])).toEqual(['%p has %u', '%d', '%%']);
		expect(calls.map((call) => call.arguments.length)).toEqual([3, 2, 0]);
		expect(runFunction(program, 'f', [1]).primitives[0]).toBe(`violation(${program.texts.indexOf('leak')}, 1, 0)`);
	});

	it('pass %u of a signed value as an unsigned one', () => {
		const program = compileText('void f(int a, long b) { note("hole", "%u %x %d %u", a, a, a, b); }');
		expect(runFunction(program, 'f', [-1, -1]).primitives).toEqual([
			`note(${program.texts.indexOf('hole')}, 4294967295, 4294967295, -1, -1)`,
		]);
	});

	it('allocate what sizeof names', () => {
		const program = compileText(
			`${record}struct record *f(void) { struct record *r = kzalloc(sizeof(*r), 1); kfree_rcu(r, rcu); return r; }`,
		);
		const [allocation, free] = only(functionOf(program, 'f'), 'primitive');
		expect(program.layouts[allocation?.extra ?? -1]?.name).toBe('struct record');
		expect(free).toMatchObject({ name: 'kfree_rcu', extra: -1 });
		expect(free?.arguments).toHaveLength(1);
	});

	it('choose a copy of per-CPU data', () => {
		const fn = codeOf(
			'__percpu int v; int f(int cpu) { *this_cpu_ptr(&v) = 1; per_cpu(v, cpu) += 2; return *per_cpu_ptr(&v, 1); }',
		);
		expect(only(fn, 'global').map(({ cpu }) => cpu === null)).toEqual([true, false, false]);
	});

	it('make errors of pointers and pointers of errors', () => {
		const program = compileText(`${record}struct record r;
			int f(int e) { struct record *p = ERR_PTR(e); if (IS_ERR(p)) return PTR_ERR(p); return IS_ERR(&r) ? 1 : 2; }`);
		expect(runFunction(program, 'f', [-12]).result).toBe(-12);
		expect(runFunction(program, 'f', [0]).result).toBe(2);
	});

	it('take T from the pointer', () => {
		const fn = codeOf(
			`${record}struct record *f(struct record *r, u8 *b) { __atomic_fetch_add(b, 300); return __atomic_exchange(&r->next, NULL); }`,
		);
		expect(only(fn, 'constant').map(({ value }) => value)).toEqual([44, 0]);
	});

	it('fall back to no name of the language: locals may hide primitives', () => {
		expect(runFunction(compileText('int f(int count) { int now = count; return now + 1; }'), 'f', [4]).result).toBe(5);
	});
});

describe('names that are also names of JavaScript', () => {
	it('are names like any other', () => {
		const program =
			compileText(`struct constructor { int __proto__; int toString; }; struct constructor valueOf = { 3, 4 };
			enum hasOwnProperty { __defineGetter__ = 5 };
			int constructor(int __proto__) { return valueOf.__proto__ + valueOf.toString + __proto__ + __defineGetter__; }`);
		expect(runFunction(program, 'constructor', [100]).result).toBe(112);
		expect(Object.keys(program.structs)).toEqual(['constructor']);
	});
});

describe('long expressions', () => {
	it.each(['+', '&&', '||', '|'])('a chain of 900 %s is compiled in time', (operator) => {
		const chain = Array.from({ length: 900 }, () => 'x').join(` ${operator} `);
		const program = compileText(`int f(int x) { return ${chain}; }`);
		expect(runFunction(program, 'f', [1]).result).toBe(operator === '+' ? 900 : 1);
		expect(functionOf(program, 'f').registers).toBeLessThan(5);
	});
});
