import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../../source/language/diagnostics.ts';
import type { Declaration, Expression, TypeSyntax } from '../../../source/language/syntax/ast.ts';
import { parse, parseExpression, parseType } from '../../../source/language/syntax/parser.ts';
import { tokenize } from '../../../source/language/tokens/lexer.ts';
import { errorsOf, expressionOf, preprocessed, statementsOf, summaries, treeOf, withoutPlaces } from '../reading.ts';

/** Draws an expression's tree with every operator in parentheses, so that precedence can be seen. */
function shape(expression: Expression): string {
	switch (expression.kind) {
		case 'number':
			return `${expression.value}${expression.suffix}`;
		case 'string':
			return JSON.stringify(expression.value);
		case 'name':
			return expression.name;
		case 'unary':
			return `(${expression.operator}${shape(expression.operand)})`;
		case 'addressOf':
			return `(&${shape(expression.operand)})`;
		case 'dereference':
			return `(*${shape(expression.operand)})`;
		case 'increment':
			return expression.prefix
				? `(${expression.operator}${shape(expression.operand)})`
				: `(${shape(expression.operand)}${expression.operator})`;
		case 'binary':
		case 'logical':
			return `(${shape(expression.left)} ${expression.operator} ${shape(expression.right)})`;
		case 'conditional':
			return `(${shape(expression.condition)} ? ${shape(expression.then)} : ${shape(expression.otherwise)})`;
		case 'assign':
			return `(${shape(expression.target)} ${expression.operator ?? ''}= ${shape(expression.value)})`;
		case 'call':
			return `${shape(expression.callee)}(${expression.arguments.map((argument) => (argument.kind === 'typeArgument' ? `<${typeShape(argument.type)}>` : shape(argument))).join(', ')})`;
		case 'member':
			return `${shape(expression.object)}${expression.arrow ? '->' : '.'}${expression.name}`;
		case 'index':
			return `${shape(expression.array)}[${shape(expression.index)}]`;
		case 'cast':
			return `(<${typeShape(expression.type)}>${shape(expression.operand)})`;
		case 'sizeof':
			return expression.of.kind === 'typeArgument'
				? `sizeof<${typeShape(expression.of.type)}>`
				: `(sizeof ${shape(expression.of)})`;
		case 'statementExpression':
			return `({${expression.body.statements.length}})`;
	}
}

/** Reads a type aloud. */
function typeShape(type: TypeSyntax): string {
	switch (type.kind) {
		case 'named':
			return type.name;
		case 'struct':
		case 'enum':
			return `${type.kind} ${type.tag}`;
		case 'pointer':
			return `pointer to ${typeShape(type.to)}`;
		case 'array':
			return `array ${type.size === null ? '?' : shape(type.size)} of ${typeShape(type.element)}`;
		case 'function':
			return `function(${type.parameters.map((parameter) => typeShape(parameter.type)).join(', ')}) to ${typeShape(type.result)}`;
		case 'typeof':
			return `typeof ${type.of.kind === 'typeArgument' ? typeShape(type.of.type) : shape(type.of)}`;
	}
}

const shapeOf = (text: string): string => shape(expressionOf(text, ['atomic_t']));
const typeOf = (text: string): string => {
	const { type, diagnostics } = parseType(tokenize(text, 'a.c'));
	if (type === null) throw new Error(formatDiagnostics(diagnostics, []));
	return typeShape(type);
};
const declared = (text: string): string[] =>
	treeOf(text).declarations.map((declaration) =>
		declaration.kind === 'type'
			? typeShape(declaration.type)
			: `${declaration.kind} ${declaration.name}: ${typeShape(declaration.type)}`,
	);
const errors = (text: string): string[] => summaries(errorsOf(text));
const bodyErrors = (body: string): string[] => summaries(errorsOf(`void f(void) {\n${body}\n}`));
const adviceOn = (text: string): string | undefined => errorsOf(text)[0]?.advice;

describe('expressions', () => {
	it.each([
		['a + b * c - d', '((a + (b * c)) - d)'],
		['a << 1 + b & c == d | e ^ f', '(((a << (1 + b)) & (c == d)) | (e ^ f))'],
		['a || b && c || d', '((a || (b && c)) || d)'],
		['a < b == c >= d', '((a < b) == (c >= d))'],
		['a = b += c ? d : e ? f : g', '(a = (b += (c ? d : (e ? f : g))))'],
		['a ? b = 1 : c', '(a ? (b = 1) : c)'],
		['-a * !b + ~c', '(((-a) * (!b)) + (~c))'],
		['*p++ = &*q->r.s[2]', '((*(p++)) = (&(*q->r.s[2])))'],
		['--*p', '(--(*p))'],
		['a - -b', '(a - (-b))'],
		['(a, b)'.replace(', b', ''), 'a'],
		['f(a, g(), h(1)(2))', 'f(a, g(), h(1)(2))'],
		['p->ops->fault(vmf)', 'p->ops->fault(vmf)'],
		['a % b / c', '((a % b) / c)'],
		['x <<= y |= 1', '(x <<= (y |= 1))'],
	])('%s binds as C says', (text, expected) => {
		expect(shapeOf(text)).toBe(expected);
	});

	it('cast to types, and call what is in parentheses otherwise', () => {
		expect(shapeOf('(int)a + b')).toBe('((<int>a) + b)');
		expect(shapeOf('(a)(b)')).toBe('a(b)');
		expect(shapeOf('(atomic_t *)p->q')).toBe('(<pointer to atomic_t>p->q)');
		expect(shapeOf('(unsigned long)-1')).toBe('(<unsigned long>(-1))');
		expect(shapeOf('(struct page *)(a)')).toBe('(<pointer to struct page>a)');
		expect(shapeOf('(a) - 1')).toBe('(a - 1)');
	});

	it('take sizeof of types and of expressions', () => {
		expect(shapeOf('sizeof(struct page)')).toBe('sizeof<struct page>');
		expect(shapeOf('sizeof(int) * 2')).toBe('(sizeof<int> * 2)');
		expect(shapeOf('sizeof(*p) + 1')).toBe('((sizeof (*p)) + 1)');
		expect(shapeOf('sizeof p->q')).toBe('(sizeof p->q)');
		expect(shapeOf('sizeof(p)->q')).toBe('(sizeof p->q)');
	});

	it('take types as arguments', () => {
		expect(shapeOf('container_of(p, struct x, f)')).toBe('container_of(p, <struct x>, f)');
		expect(shapeOf('f(unsigned long, typeof(*p), atomic_t *)')).toBe(
			'f(<unsigned long>, <typeof (*p)>, <pointer to atomic_t>)',
		);
	});

	it('hold statements in ({ })', () => {
		expect(shapeOf('1 + ({ int a = 2; a; })')).toBe('(1 + ({2}))');
	});

	it.each([
		['42', 42, ''],
		['0x1fUL', 31, 'UL'],
		['017', 15, ''],
		['0b101u', 5, 'U'],
		['10ll', 10, 'LL'],
		['1LU', 1, 'UL'],
		["'a'", 97, ''],
		[String.raw`'\n'`, 10, ''],
		[String.raw`'\x41'`, 65, ''],
		[String.raw`'\0'`, 0, ''],
		['9007199254740991', Number.MAX_SAFE_INTEGER, ''],
		['0xffffffffffffffff', -1, 'UL'],
		['18446744073709551615ULL', -1, 'ULL'],
		['0xfffffffffffff000UL', -4096, 'UL'],
	])('know the number %s', (text, value, suffix) => {
		expect(expressionOf(text)).toMatchObject({ kind: 'number', value, suffix });
	});

	it('join strings and decode their escapes', () => {
		expect(expressionOf(String.raw`"a\t\"" "b\\" "\x41\102"`)).toMatchObject({ kind: 'string', value: 'a\t"b\\AB' });
	});

	it.each([
		['1.5', 'model C has no floating point'],
		['1e3', 'model C has no floating point'],
		['089', 'a number that begins with 0 is octal: digits are 0 to 7'],
		['12abc', 'this is not a number'],
		['1uu', '"uu" is no suffix of an integer'],
		['0x1ffffffffffffffff', 'this number has more than 64 bits'],
		[
			'0x4000000000000000',
			'this number does not fit: a cell holds integers up to 2^53, and the same distance below 2^64',
		],
		["''", 'there is no character between the quotes'],
		["'ab'", 'more than one character between the quotes'],
		[String.raw`"\q"`, 'unknown escape sequence'],
		['a ?: b', '"a ?: b" is not part of model C'],
		['(struct x){1}', 'compound literals are not part of model C'],
		['a, b', 'expected an operator or the end of the expression, found ","'],
		['(a, b)', 'the comma operator is not part of model C'],
		['a[1, 2]', 'the comma operator is not part of model C'],
		['a +', 'expected an expression, found the end of the text'],
		['', 'expected an expression, found the end of the text'],
		['a b', 'expected an operator or the end of the expression, found "b"'],
		['f(a', 'expected ")", found the end of the text'],
		['a[1', 'expected "]", found the end of the text'],
		['a.1', 'expected an operator or the end of the expression, found ".1"'],
		['a.b.int', 'expected a field\'s name after ".", found "int"'],
		['a @ b', 'this is no character of model C'],
		['return', 'expected an expression, found "return"'],
		['a ? b', 'expected ":" between the two values of "?", found the end of the text'],
	])('refuse %s', (text, message) => {
		const { expression, diagnostics } = parseExpression(tokenize(text, '<expression>'));
		expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([message]);
		expect(expression).toBeNull();
	});
});

describe('types', () => {
	it.each([
		['unsigned', 'unsigned int'],
		['long unsigned int', 'unsigned long'],
		['long long', 'long long'],
		['unsigned char', 'unsigned char'],
		['signed char', 'signed char'],
		['short int', 'short'],
		['_Bool', 'bool'],
		['const volatile int', 'int'],
		['u8 *', 'pointer to u8'],
		['struct page *const *', 'pointer to pointer to struct page'],
		['int [3][4]', 'array 3 of array 4 of int'],
		['int *[3]', 'array 3 of pointer to int'],
		['int (*)[3]', 'pointer to array 3 of int'],
		['int (*)(struct vm_fault *, int)', 'pointer to function(pointer to struct vm_fault, int) to int'],
		['void (*(*)(void))(int)', 'pointer to function() to pointer to function(int) to void'],
		['typeof(*p) *', 'pointer to typeof (*p)'],
		['typeof(int)', 'typeof int'],
		['vm_flags_t', 'vm_flags_t'],
	])('%s is read inside out', (text, expected) => {
		expect(typeOf(text)).toBe(expected);
	});

	it.each([
		['long char', '1:1 error: "long char" is no type'],
		['unsigned signed', '1:1 error: "unsigned signed" is no type'],
		['long long long', '1:1 error: "long long long" is no type'],
		['struct x int', '1:10 error: "int" does not go with the type before it'],
		['static int', '1:1 error: "static" has no place here'],
	])('%s is refused', (text, message) => {
		expect(summaries(parseType(tokenize(text, 'a.c')).diagnostics)).toEqual([message]);
	});
});

describe('declarations', () => {
	it('declare variables of one base type', () => {
		expect(declared('int a, *b, c[2], (*d)(void);')).toEqual([
			'variable a: int',
			'variable b: pointer to int',
			'variable c: array 2 of int',
			'variable d: pointer to function() to int',
		]);
	});

	it('know specifiers, and ignore the words that say nothing to a model', () => {
		const [variable, invariant, view] = treeOf(
			`static __percpu int __read_mostly counter;
			__invariant bool holds(void) __must_hold(lock) { return true; }
			static __always_inline __must_check __view void draw(struct x __rcu *p __maybe_unused);`,
		).declarations;
		expect(variable).toMatchObject({ specifiers: { isStatic: true, isPerCpu: true, isGhost: false, role: 'plain' } });
		expect(invariant).toMatchObject({ kind: 'functionDefinition', specifiers: { isStatic: false, role: 'invariant' } });
		expect(view).toMatchObject({ kind: 'variable', type: { kind: 'function' }, specifiers: { role: 'view' } });
		expect(treeOf('extern __ghost int g;').declarations[0]).toMatchObject({
			specifiers: { isExtern: true, isGhost: true },
		});
		expect(treeOf('__final void f(void) { }').declarations[0]).toMatchObject({ specifiers: { role: 'final' } });
	});

	it('define structs and enums', () => {
		const [list, anonymous, flags] = treeOf(
			`struct list_head { struct list_head *next, *prev; };
			typedef struct { int counter; } atomic_t;
			enum fault { NONE, MAJOR = 1 << 2, RETRY, };`,
		).declarations;
		expect(withoutPlaces(list)).toMatchObject({
			kind: 'type',
			type: { tag: 'list_head', fields: [{ name: 'next', type: { kind: 'pointer' } }, { name: 'prev' }] },
		});
		expect(anonymous).toMatchObject({ kind: 'typedef', name: 'atomic_t', type: { kind: 'struct', tag: '' } });
		expect(flags).toMatchObject({
			type: { kind: 'enum', enumerators: [{ name: 'NONE', value: null }, { name: 'MAJOR' }, { name: 'RETRY' }] },
		});
	});

	it('may end a struct on one line and name it on the next', () => {
		expect(
			declared('struct s { int a; }\nx;\ntypedef struct { int b; }\nfoo;\nstruct s2 { int a; } __packed;'),
		).toEqual(['variable x: struct s', 'typedef foo: struct ', 'struct s2']);
	});

	it('name struct fields of any type', () => {
		const [ops] = treeOf(
			'struct vm_ops { int (*fault)(struct vm_fault *vmf); struct { int a; } in[2]; };',
		).declarations;
		expect(
			ops?.kind === 'type' &&
				ops.type.kind === 'struct' &&
				ops.type.fields?.map(({ name, type }) => `${name}: ${typeShape(type)}`),
		).toEqual(['fault: pointer to function(pointer to struct vm_fault) to int', 'in: array 2 of struct ']);
	});

	it('initialise with lists and designators', () => {
		const [variable] = treeOf('struct x v = { 1, .a = { 2, 3, }, [N + 1] = f(4, 5), };').declarations;
		expect(withoutPlaces(variable)).toMatchObject({
			initialiser: {
				kind: 'list',
				items: [
					{ designator: null, value: { kind: 'expression', value: { value: 1 } } },
					{ designator: { kind: 'field', name: 'a' }, value: { kind: 'list', items: [{}, {}] } },
					{ designator: { kind: 'index' }, value: { kind: 'expression', value: { kind: 'call' } } },
				],
			},
		});
		expect(withoutPlaces(treeOf('struct x v = { };').declarations[0])).toMatchObject({ initialiser: { items: [] } });
	});

	it('give a function its lines and the comment above it', () => {
		const text =
			'/*\n * Frees the block.\n * Caller holds the lock.\n */\nstatic void\nf(int a,\n  int b)\n{\n\ta = b;\n}\n';
		expect(treeOf(text).declarations[0]).toMatchObject({
			position: { line: 6, column: 1 },
			lastLine: 10,
			comment: 'Frees the block.\nCaller holds the lock.',
		});
		expect(treeOf('/* other */\n\nvoid f(void) { }').declarations[0]).toMatchObject({ comment: '' });
	});

	it('remember typedefs, which a scope may hide', () => {
		expect(declared('typedef int foo; foo *x; foo f(foo a);')).toEqual([
			'typedef foo: int',
			'variable x: pointer to foo',
			'variable f: function(foo) to foo',
		]);
		const [declaration, use] = statementsOf('int foo = 1; foo * foo;', 'typedef int foo;');
		expect(declaration).toMatchObject({ kind: 'declaration' });
		expect(use).toMatchObject({ kind: 'expression', value: { kind: 'binary', operator: '*' } });
		const [block, after] = statementsOf('{ int foo; foo = 1; } foo * x;', 'typedef int foo;');
		expect(block).toMatchObject({ kind: 'block' });
		expect(after).toMatchObject({ kind: 'declaration' });
	});

	it('may use built-in type names as names of variables', () => {
		expect(statementsOf('char *text; text = 0;')[1]).toMatchObject({
			value: { kind: 'assign', target: { name: 'text' } },
		});
	});

	it('hidden by variables are so for expressions too', () => {
		const tokens = tokenize('f(text)', 'a.c');
		expect(parseExpression(tokens).expression).toMatchObject({ arguments: [{ kind: 'typeArgument' }] });
		expect(parseExpression(tokens, [], ['text']).expression).toMatchObject({ arguments: [{ kind: 'name' }] });
	});

	it('return the typedefs of the file', () => {
		const { tokens } = preprocessed('typedef int foo; int bar; void f(void) { typedef int local; }');
		const { typeNames } = parse(tokens, 'a.c');
		expect(typeNames).toContain('foo');
		expect(typeNames).not.toContain('bar');
		expect(typeNames).not.toContain('local');
	});

	it.each([
		['union u { int a; } x;', '1:1 error: unions are not part of model C'],
		['float f;', '1:1 error: model C has no floating point'],
		['struct s { int a : 3; };', '1:18 error: bit-fields are not part of model C'],
		['struct s { struct { int a; }; };', '1:12 error: a field needs a name'],
		['int f(int a, ...);', '1:14 error: functions with ... are not part of model C'],
		['int a __attribute__((packed));', '1:7 error: attributes are not part of model C'],
		['_Static_assert(1, "x");', '1:1 error: model C has no static assertions'],
		['foo_t x;', '1:1 error: "foo_t" is not a type'],
		['DEFINE_THING(x);', '1:1 error: there is no type before "DEFINE_THING"'],
		['int a[2] = { [0 ... 1] = 3 };', '1:17 error: model C has no ranges in initialisers'],
		['struct x v = { .a.b = 1 };', '1:18 error: model C has no nested designators'],
		['int;', '1:4 error: this declares nothing: a name is missing after the type'],
		['typedef int;', '1:12 error: a typedef needs a name'],
		['static extern int a;', '1:1 error: a declaration cannot be both static and extern'],
		['__view __final void f(void);', '1:1 error: a function cannot be both __view and __final'],
		['int x { }', '1:7 error: expected ";", found "{"'],
		['int while;', '1:5 error: expected a name, found "while"'],
		['void f(void) { static void; }', '1:27 error: this declares nothing: a name is missing after the type'],
		['}', '1:1 error: there is no "{" for this "}"'],
		['int f(void) int x;', '1:13 error: expected ";" or the body of the function, found "int"'],
		['void f(void) {', '1:14 error: this "{" is never closed'],
		['void f(static int a);', '1:8 error: "static" has no place here'],
		['struct s { int a; }\nint b;', '1:20 error: expected ";" after the type'],
		['enum e { A }\nstatic int b;', '1:13 error: expected ";" after the type'],
		['void f(void) { a();\nstatic int g(void)\n{ }', '3:1 error: a function cannot be defined within a function'],
		['enum { A, 3 };', '1:11 error: expected an enumerator\'s name, found "3"'],
	])('refuse %s', (text, message) => {
		expect(errors(text)[0]).toBe(message);
	});
});

describe('statements', () => {
	it('are all of C, with atomic and ghost blocks', () => {
		const kinds = statementsOf(`
			if (a) b(); else { }
			while (a) ;
			do a(); while (b);
			for (;;) break;
			switch (a) { case 1: default: return; }
			goto out;
			int x = 1;
			atomic { x = 2; }
			ghost { x = 3; }
			return x;
		out:`).map((statement) => statement.kind);
		expect(kinds).toEqual([
			'if',
			'while',
			'doWhile',
			'for',
			'switch',
			'goto',
			'declaration',
			'atomic',
			'ghost',
			'return',
			'label',
		]);
	});

	it('give an else to the nearest if', () => {
		const [outer] = statementsOf('if (a) if (b) c(); else d();');
		if (outer?.kind !== 'if') throw new Error('the statement is an if');
		expect(outer.otherwise).toBeNull();
		expect(outer.then).toMatchObject({ kind: 'if', otherwise: { kind: 'expression' } });
	});

	it('declare in a for, whose scope ends with it', () => {
		const [loop] = statementsOf('for (int i = 0, *p; i < 3; i++) a(i);');
		expect(loop).toMatchObject({
			initialise: { kind: 'declaration', declarations: [{ name: 'i' }, { name: 'p' }] },
			condition: { kind: 'binary' },
			advance: { kind: 'increment' },
		});
	});

	it('allow commas at the start and the end of a for', () => {
		const [loop] = statementsOf('for (i = 0, j = 1; i < j; i++, j--) ;');
		expect(loop).toMatchObject({
			initialise: { kind: 'block', statements: [{ kind: 'expression' }, { kind: 'expression' }] },
			advance: { kind: 'statementExpression', body: { statements: [{ kind: 'expression' }, { kind: 'expression' }] } },
		});
	});

	it('fall through cases, and allow labels at the end of a block', () => {
		const [choice] = statementsOf('switch (a) { case A: case B + 1: b(); fallthrough; default: }');
		expect(choice).toMatchObject({
			body: {
				statements: [
					{ kind: 'case', statement: { kind: 'case', statement: { kind: 'expression' } } },
					{ kind: 'empty' },
					{ kind: 'default', statement: { kind: 'empty' } },
				],
			},
		});
	});

	it('may be labelled with the name of a type', () => {
		expect(statementsOf('text: a();')[0]).toMatchObject({ kind: 'label', name: 'text' });
	});

	it('keep atomic and ghost as names elsewhere', () => {
		expect(statementsOf('atomic = ghost(1);')[0]).toMatchObject({ value: { target: { name: 'atomic' } } });
	});

	it('of a macro are at the invocation, and know the place in the macro', () => {
		const [statement] = statementsOf('\n\tSET(a,\n\t\tb);', '#define SET(x, y) do { x = y; } while (0)');
		expect(statement).toMatchObject({
			kind: 'doWhile',
			position: { line: 5, column: 2 },
			expansion: { macro: 'SET', position: { line: 1, column: 19 } },
			body: { statements: [{ position: { line: 5 } }] },
		});
	});

	it.each([
		['a = 1, b = 2;', '2:6 error: the comma operator is not part of model C'],
		['foo_t x;', '2:1 error: "foo_t" is not a type'],
		['foo_t *x = 0;', '2:1 error: "foo_t" is not a type'],
		['asm("nop");', '2:1 error: model C has no assembly'],
		['__auto_type x = 1;', '2:1 error: model C has no "__auto_type"'],
		['goto *p;', '2:6 error: a goto goes to a label, not to an address'],
		['case 1 ... 3: ;', '2:8 error: model C has no ranges of cases'],
		['if (a) int x;', '2:8 error: a declaration cannot stand alone here'],
		['else a();', '2:1 error: there is no if before this else'],
		['if a == b return;', '2:4 error: expected "(" after if, found "a"'],
		['if (a b();', '2:7 error: expected ")", found "b"'],
		['while (a) }', '2:11 error: expected a statement, found "}"'],
		['do a(); b();', '2:9 error: expected "while" after the body of do, found "b"'],
		['for (a; b) ;', '2:10 error: expected ";" after the for\'s condition, found ")"'],
		['a b;', '2:1 error: "a" is not a type'],
		['a 1;', '2:3 error: expected ";" after the expression, found "1"'],
		['x = (a;', '2:7 error: expected ")", found ";"'],
	])('%s is refused', (body, message) => {
		expect(bodyErrors(body)[0]).toBe(message);
	});

	it('say where a `;` is missing, and go on behind it', () => {
		expect(bodyErrors('a = 1\nb = 2;\nreturn')).toEqual([
			'2:6 error: expected ";" after the expression',
			'4:7 error: expected ";" after return',
		]);
	});
});

describe('several errors', () => {
	it('are found in one run, each once', () => {
		const text = `int f(void)
{
	a = ;
	if (b { c(); }
	d(1, );
	good();
	{ e = + ; }
}
foo_t x;
int g(void) { return 1 }
struct s { float a; int b : 1; int c; };
int ok;
`;
		expect(errors(text)).toEqual([
			'3:6 error: expected an expression, found ";"',
			'4:8 error: expected ")", found "{"',
			'5:7 error: expected an expression, found ")"',
			'7:10 error: expected an expression, found ";"',
			'9:1 error: "foo_t" is not a type',
			'10:23 error: expected ";" after return',
			'11:12 error: model C has no floating point',
			'11:27 error: bit-fields are not part of model C',
		]);
	});

	it('leave the rest of the file readable', () => {
		const { tokens } = preprocessed('foo_t x;\nint g(void) { bad bad; good(); }\nint last;\n');
		const { tree } = parse(tokens, 'a.c');
		expect(tree.declarations.map((declaration: Declaration) => 'name' in declaration && declaration.name)).toEqual([
			'g',
			'last',
		]);
		expect(withoutPlaces(tree.declarations[0])).toMatchObject({ body: { statements: [{ value: { kind: 'call' } }] } });
	});

	it('end after 20', () => {
		expect(errorsOf(`void f(void) {\n${'a = ;\n'.repeat(100)}}`)).toHaveLength(20);
	});

	it('give advice', () => {
		expect(adviceOn('union u x;')).toMatch(/struct/);
		expect(adviceOn('double d;')).toMatch(/integers/);
		expect(adviceOn('void f(void) { a, b; }')).toMatch(/two statements/);
		expect(adviceOn('foo_t x;')).toMatch(/header/);
		expect(adviceOn('void f(void) { asm("x"); }')).toMatch(/smp_mb/);
	});

	it('in a macro point at the invocation, and note the place in the body', () => {
		const { tokens, files } = preprocessed('#define BAD(x) x = ;\nvoid f(void)\n{\n  BAD(a)\n}\n');
		expect(formatDiagnostics(parse(tokens, 'a.c').diagnostics, files)).toBe(
			[
				'a.c:4:3: error: expected an expression, found ";"',
				'      BAD(a)',
				'      ^~~~~~',
				'  a.c:1:20: note: in the expansion of the macro "BAD"',
			].join('\n'),
		);
	});
});

describe('places', () => {
	it('of expressions cover what is on their line', () => {
		const { expression } = parseExpression(tokenize('  a->b + f(1,\n 2)', 'a.c'));
		expect(expression).toMatchObject({ position: { line: 1, column: 3 }, length: 1 });
		expect(expression?.kind === 'binary' && expression.left).toMatchObject({ position: { column: 3 }, length: 4 });
	});

	it('of declarations are at the name', () => {
		expect(treeOf('static struct x *name = 0;').declarations[0]).toMatchObject({ position: { column: 18 }, length: 4 });
	});
});

describe('deep texts end in an error', () => {
	const inFunction = (body: string): string => `void f(void) { ${body} }`;
	it.each([
		['parentheses', inFunction(`a = ${'('.repeat(20_000)}`)],
		['closed parentheses', inFunction(`a = ${'('.repeat(20_000)}1${')'.repeat(20_000)};`)],
		['prefix operators', inFunction(`a = ${'!'.repeat(20_000)}1;`)],
		['casts', inFunction(`a = ${'(int)'.repeat(20_000)}1;`)],
		['assignments', inFunction(`${'a = '.repeat(20_000)}1;`)],
		['conditionals', inFunction(`a = ${'b ? c : '.repeat(20_000)}1;`)],
		['indices', inFunction(`a = ${'a['.repeat(20_000)}1;`)],
		['blocks', inFunction('{'.repeat(20_000))],
		['ifs', inFunction('if (a) '.repeat(20_000))],
		['else ifs', inFunction(`${'if (a) b(); else '.repeat(20_000)};`)],
		['labels', inFunction('a: '.repeat(20_000))],
		['statement expressions', inFunction('({'.repeat(20_000))],
		['structs', 'struct { '.repeat(20_000)],
		['declarators', `int ${'('.repeat(20_000)}`],
		['parameters', `int ${'f(int '.repeat(20_000)}`],
		['initialisers', `int a = ${'{'.repeat(20_000)}`],
		['typeof', `${'typeof('.repeat(20_000)}`],
	])('%s', (_name, text) => {
		expect(errorsOf(text).at(-1)?.message).toMatch(/nested more than 200 levels deep/);
	});

	it.each([
		['sums', inFunction(`a = ${'1 + '.repeat(20_000)}1;`)],
		['members', inFunction(`a${'.b'.repeat(20_000)} = 1;`)],
		['calls', inFunction(`a${'()'.repeat(20_000)};`)],
		['pointers', `int ${'*'.repeat(20_000)}a;`],
		['arrays', `int a${'[1]'.repeat(20_000)};`],
	])('%s, which are long rather than nested', (_name, text) => {
		expect(errorsOf(text).map(({ message }) => message)).toEqual(['this is one very long or very deep construct']);
	});

	it('but not ordinary ones', () => {
		expect(errorsOf(inFunction(`a = ${'('.repeat(150)}1${')'.repeat(150)} + ${'1 + '.repeat(500)}1;`))).toEqual([]);
		expect(errorsOf(`int a[] = { ${'1, '.repeat(20_000)}};`)).toEqual([]);
		expect(errorsOf(inFunction('a();'.repeat(5_000)))).toEqual([]);
	});
});
