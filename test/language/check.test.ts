import { describe, expect, it } from 'vitest';
import { ModelError } from '../../source/language/diagnostics.ts';
import { compileText, compileTexts } from './run-code.ts';

/** The errors of a text as `line:column: message` with advice; empty when it compiles. */
function errorsOf(texts: string | Readonly<Record<string, string>>): string[] {
	try {
		if (typeof texts === 'string') compileText(prelude + texts);
		else compileTexts(texts);
		return [];
	} catch (error) {
		if (!(error instanceof ModelError)) throw error;
		return error.diagnostics.map(({ position, message, advice, notes }) => {
			const file = typeof texts === 'string' ? '' : `${position.file}:`;
			const rest = [...(advice === undefined ? [] : [advice]), ...(notes ?? []).map((note) => note.message)];
			return [
				`${file}${position.line - (typeof texts === 'string' ? 1 : 0)}:${position.column}: ${message}`,
				...rest,
			].join(' | ');
		});
	}
}

const prelude =
	'struct rec { int n; spinlock_t lock; struct rec *next; int cells[4]; struct rcu_head rcu; pte_t pte; }; __ghost int seen; struct rec global; __percpu int pc;\n';

/** A body of a function with parameters of every kind, and the error that it has. */
const bodies: readonly (readonly [string, string])[] = [
	['nex = NULL;', '"nex" is not declared; did you mean "next"?'],
	['n = undeclared();', 'there is no function "undeclared"'],
	['next = 5;', '"next" has the type "struct rec *", this is "int" | pointers are not numbers here'],
	['n = next;', '"n" has the type "int", this is "struct rec *" | pointers are not numbers here'],
	['p = next;', '"p" has the type "int *", this is "struct rec *" | these point to different types; if that is meant'],
	['next->nn = 1;', '"struct rec" has no field "nn"; did you mean "n"?'],
	['next.n = 1;', 'this is a pointer, not a struct | write ->n instead of .n'],
	['global->n = 1;', 'this is a struct, not a pointer | write .n instead of ->n'],
	['n.x = 1;', '"int" has no fields'],
	['*n = 1;', 'this is "int", not a pointer'],
	['next++;', 'a pointer cannot be moved: model C has no pointer arithmetic'],
	['p = p + 1;', '"+" cannot be applied to a pointer'],
	['n = p[1];', 'a pointer cannot be indexed'],
	['if (p < p) return;', '"<" cannot be applied to a pointer'],
	['if (p == next) return;', '"int *" cannot be compared with "struct rec *"'],
	['global.cells[4] = 1;', 'index 4 is outside the array "int [4]"'],
	['p = global.cells;', '"int [4]" cannot be used as a value'],
	['5 = n;', 'this is a value, not a variable'],
	['n = (int)next;', '"struct rec *" cannot be cast to "int"'],
	['n = global.lock;', 'a "spinlock_t" has no value to read'],
	['global.lock = n;', 'field "lock" is a "spinlock_t", which only its own functions may change'],
	['if (global.pte) return;', 'an entry is neither true nor false | ask pte_none(), pte_present()'],
	['global.pte = 3;', 'field "pte" has the type "pte_t", this is "int" | make an entry of a number with __pte()'],
	['n = 1 / 0;', 'division by zero'],
	['n = 1 << 32;', 'shift of a 32-bit value by 32'],
	['goto nowhere;', 'there is no label "nowhere" in this function'],
	['again: n = 1; again: n = 2;', 'the label "again" is defined twice'],
	['goto in; atomic { in: n = 1; }', 'goto into an atomic or ghost block'],
	['break;', '"break" outside a loop or switch'],
	['continue;', '"continue" outside a loop'],
	['case 1: n = 1;', '"case" outside a switch'],
	['switch (n) { case 1: case 1: n = 2; }', 'duplicate case 1'],
	['switch (next) { case 1: n = 2; }', 'switch needs an integer, this is "struct rec *"'],
	['return n;', 'this function returns nothing'],
	['int n2; int n2;', '"n2" is declared twice in this block'],
	['static int s;', 'a static variable inside a function | make it a static variable of the file'],
	['struct nothing s;', '"s" has the incomplete type "struct nothing"'],
	['unknown_t x;', '"unknown_t" is not a type'],
	['int none[0];', 'the size of an array must be at least 1'],
	['int some[n];', 'this must be an integer constant'],
	['spin_lock(next);', 'argument 1 of "spin_lock" has the type "spinlock_t *", this is "struct rec *"'],
	['spin_lock();', '"spin_lock" takes 1 argument, not 0'],
	['f(n);', '"f" takes 3 arguments, not 1 | declared here'],
	['next = kmalloc(4, 0);', 'kmalloc() allocates one object of a type'],
	['kfree_rcu(next, n);', 'this member must be a "struct rcu_head", it is "int"'],
	['next = container_of(p, struct rec, next);', 'container_of() needs a "struct rec **", this is "int *"'],
	['n = pc;', '"pc" is per-CPU data: whose copy is meant? | write this_cpu_ptr(&pc)'],
	['this_cpu_ptr(&global)->n = 1;', '"global" is not per-CPU data'],
	['violation("leek", "x");', '"leek" is no kind of violation; did you mean "leak"? | the words are stale-tlb'],
	['violation(now(), "x");', 'the kind of a violation is a string literal'],
	['violation("leak", "%d");', 'this format needs 1 argument, not 0'],
	['violation("leak", "%k", n);', 'unknown conversion "%k" in a format'],
	['violation("leak", "%d", next);', '%d prints an integer, this is "struct rec *" | write %p'],
	['view_cell("red", "x");', '"red" is no tone'],
	['if (now() == now()) return;', 'a time stamp explains what happened'],
	['wait_event(n = 1);', 'the condition of wait_event() must not change anything'],
	['ghost { global.n = 1; }', 'ghost code writes something that is not ghost'],
	['ghost { n = 1; }', 'ghost code writes something that is not ghost | declare "n" as __ghost'],
	['ghost { return; }', 'control cannot leave a ghost block from inside'],
	['ghost { spin_lock(&global.lock); }', 'spin_lock() in ghost code'],
	['__ghost int g = 1; n = g;', '"g" is a ghost variable, and this code is not | use it inside ghost { }'],
];

describe('an error in a statement', () => {
	it.each(bodies)('%s', (body, message) => {
		const errors = errorsOf(`void f(int n, int *p, struct rec *next) { ${body} }`);
		expect(errors).toHaveLength(1);
		// Whatever the message begins with, after the position; advice and notes follow.
		expect(errors[0]?.replace(/^\d+:\d+: /, '')).toContain(message.split(' | ')[0]);
		for (const part of message.split(' | ')) expect(errors[0]).toContain(part);
	});
});

const files: readonly (readonly [string, string])[] = [
	['int f(int x) { if (x) return 1; }', '"f" returns "int", and control reaches its end without a return'],
	['int f(int x) { return; }', 'this function returns "int": a value is missing'],
	['int x; int x;', '"x" is defined twice'],
	['void f(void) { } void f(void) { }', '"f" is defined twice'],
	['void f(void); int f(void) { return 1; }', '"int f(void)" does not agree with an earlier declaration'],
	['extern int x; void f(void) { x = 1; }', '"x" is declared, but no file of the model defines it'],
	['void g(void); void f(void) { g(); }', '"g" is declared, but no file of the model defines it'],
	['int x = 1; int y = x;', 'the initial value of a global must be a constant, or the address of a global'],
	['struct rec r = { .nn = 1 };', '"struct rec" has no field "nn"; did you mean "n"?'],
	['int a[2] = { 1, 2, 3 };', 'element 2 is outside the array'],
	['struct rec { int other; };', '"struct rec" is defined twice'],
	['struct loop { struct loop inner; };', 'field "inner" has the incomplete type "struct loop"'],
	['struct twice { int x; int x; };', 'duplicate field "x"'],
	['struct huge { int cells[4096]; int more; };', 'more than the 4096 of an object'],
	['enum a { ONE }; enum b { ONE };', '"ONE" is declared again as something else'],
	['void f(struct rec r) { }', 'a parameter cannot have the type "struct rec" | pass a pointer to it'],
	['void f(int a[4]) { }', 'a parameter cannot be an array'],
	['struct rec f(void) { }', 'a function cannot return "struct rec"'],
	['void f(int) { }', 'a parameter of a function with a body needs a name'],
	['void spin_lock(int x) { }', '"spin_lock" is a primitive of the machine'],
	['void READ_ONCE(int x) { }', '"READ_ONCE" is a primitive of the machine'],
	['__invariant int f(void) { return 1; }', 'this must be declared as "__invariant bool f(void)"'],
	['__view void f(int x) { }', 'this must be declared as "__view void f(void)"'],
	['__final void f(void) { } void g(void) { f(); }', '"f" is run by the machine, not by the model'],
];

describe('an error in a declaration', () => {
	it.each(files)('%s', (text, message) => {
		const errors = errorsOf(text);
		expect(errors).toHaveLength(1);
		for (const part of message.split(' | ')) expect(errors[0]).toContain(part);
	});
});

describe('ghost code through calls', () => {
	const change = 'void change(void) { global.n++; } void deeper(void) { change(); }';

	it('calls nothing that changes the state', () => {
		expect(errorsOf(`${change} void f(void) { ghost { deeper(); } }`)).toEqual([
			expect.stringContaining('ghost code calls "deeper", which changes the state | it calls "change" here'),
		]);
		expect(errorsOf(`${change} __invariant bool f(void) { deeper(); return true; }`)).toEqual([
			expect.stringContaining('an invariant calls "deeper", which changes the state'),
		]);
		expect(errorsOf(`${change} bool g(void) { deeper(); return true; } void f(void) { wait_event(g()); }`)).toEqual([
			expect.stringContaining('wait_event() calls "g", which changes the state'),
		]);
		expect(errorsOf('__final void f(void) { global.n = 1; }')).toEqual([
			expect.stringContaining('a final check writes memory that is not its own'),
		]);
	});

	it('may call what only reads, and what writes its own locals and ghost variables', () => {
		const helper =
			'int tally(void) { int cells[2] = { 1, 2 }; for (int i = 0; i < 2; i++) cells[i] += global.n; seen++; return cells[1]; }';
		expect(
			errorsOf(
				`${helper} void f(void) { ghost { seen = tally(); } } __invariant bool g(void) { return tally() >= seen; }`,
			),
		).toEqual([]);
	});

	it('is not what the model depends on', () => {
		expect(errorsOf('void f(void) { if (seen) global.n = 1; }')).toEqual([
			expect.stringContaining('"f" uses the ghost variable "seen" outside ghost code'),
		]);
		expect(errorsOf('int g(void) { return seen; } void f(void) { global.n = g(); }')).toEqual([
			expect.stringContaining('"f" calls "g", which uses ghost variables, outside ghost code'),
		]);
		expect(errorsOf('void f(void) { wait_event(seen == 1); global.n = 1; }')).toEqual([
			expect.stringContaining('uses the ghost variable "seen" outside ghost code'),
		]);
	});

	it('cannot be hidden behind a pointer', () => {
		expect(errorsOf('void (*hook)(void); void f(void) { ghost { hook(); } }')).toEqual([
			expect.stringContaining('a call through a pointer in ghost code'),
		]);
	});
});

describe('several errors', () => {
	it('come in the order of the text, one a statement, with the declarations after them still known', () => {
		const text =
			'void f(void)\n{\n\tint a = nope1;\n\tif (nope2)\n\t\ta = nope3;\n\tfor (int i = nope4; i < a; i++)\n\t\ta += i;\n}\nvoid g(void) { f(1); }\n';
		expect(errorsOf(text).map((line) => line.replace(/;.*/, ''))).toEqual([
			'3:10: "nope1" is not declared',
			'4:6: "nope2" is not declared',
			'5:7: "nope3" is not declared',
			'6:15: "nope4" is not declared',
			'9:16: "f" takes 0 arguments, not 1 | declared here',
		]);
	});

	it('are at most 20', () => {
		const lines = Array.from({ length: 50 }, (_, n) => `int f${n}(void) { return nope${n}; }`).join('\n');
		expect(errorsOf(lines)).toHaveLength(20);
	});

	it('are said once for a header that two files include', () => {
		const texts = {
			'h.h': 'static inline int f(void) { return nope; }',
			'a.c': '#include "h.h"',
			'b.c': '#include "h.h"',
		};
		expect(errorsOf(texts)).toEqual([expect.stringContaining('h.h:1:36: "nope" is not declared')]);
	});

	it('of names in other files say where they are', () => {
		const errors = errorsOf({
			'a.c': 'int shared; static int own; int get(void) { return own; }',
			'b.c': 'int f(void) { return shared; } int g(void) { return get(); } int h(void) { return own; }',
		});
		expect(errors).toEqual([
			'b.c:1:22: "shared" is not declared here | it is defined in a.c; declare it in a header: extern int shared;',
			'b.c:1:53: "get" is not declared here | it is defined in a.c; declare it in a header: int get(void);',
			'b.c:1:83: "own" is not declared here | it is static in a.c',
		]);
	});

	it('of one struct defined in two ways', () => {
		expect(errorsOf({ 'a.c': 'struct s { int x; };', 'b.c': 'struct s { int x; int y; };' })).toEqual([
			expect.stringContaining('b.c:1:1: "struct s" is defined differently in another file'),
		]);
		expect(errorsOf({ 'a.c': 'struct s { int x; };', 'b.c': 'struct s { int x; };' })).toEqual([]);
	});

	it('in a macro say which', () => {
		expect(errorsOf('#define BROKEN(x) ((x)->nothing)\nint f(struct rec *r) { return BROKEN(r); }')).toEqual([
			expect.stringContaining('in the expansion of the macro "BROKEN"'),
		]);
	});
});

describe('a model that is too large', () => {
	it('is refused before it takes much memory', () => {
		const copies = '*a = *b; '.repeat(30);
		expect(errorsOf(`struct big { int cells[4000]; }; void f(struct big *a, struct big *b) { ${copies} }`)).toEqual([
			expect.stringContaining('this function is too large'),
		]);
		const globals = Array.from({ length: 60 }, (_, n) => `int a${n}[4000];`).join(' ');
		expect(errorsOf(globals)[0]).toContain('the data of this model is too large');
	});
});
