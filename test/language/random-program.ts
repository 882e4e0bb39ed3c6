import fc from 'fast-check';

/**
 * Random sequential functions with every statement of C, over locals, globals, struct fields and arrays. They end, whatever
 * their values: loops count down a counter of their own. `long testN(int a, long b)` gives a checksum of everything.
 */

const prelude = `struct inner { s16 low; u32 high[3]; };
struct state { int n; struct inner inner; struct state *other; u8 small; bool flag; };
struct state first, second;
long total;
int step(int x, struct state *s) { s->n += x; total = total * 3 + s->n; return x - s->small; }
bool odd(long x) { total++; return x & 1; }
void reset(void)
{
	struct state blank = { 0 };
	first = blank;
	second = blank;
	first.other = &second;
	second.other = &first;
	total = 1;
}
`;

const variable = fc.constantFrom(
	...['x', 'y', 'u', 'c', 'first.n', 'p->n', 'p->other->small', 'first.flag', 'second.inner.low', 'cells[1]'],
	...['p->inner.high[2]', 'cells[x & 3]', 'first.inner.high[(u8)y % 3]', 'q->low', 'local.n', 'local.inner.high[0]'],
);

const value = fc.letrec<{ v: string }>((tie) => ({
	v: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		variable,
		fc.integer({ min: -40, max: 300 }).map(String),
		fc
			.tuple(tie('v'), fc.constantFrom('+', '-', '&', '|', '^', '<', '>', '==', '!=', '&&', '||'), tie('v'))
			.map(([a, op, b]) => `(${a} ${op} ${b})`),
		fc.tuple(tie('v'), tie('v')).map(([a, b]) => `((int)${a} * (u8)${b})`),
		fc.tuple(tie('v'), tie('v'), tie('v')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
		fc.tuple(fc.constantFrom('!', '~', '-'), tie('v')).map(([op, a]) => `${op}(${a})`),
		tie('v').map((a) => `step((int)${a}, p)`),
		tie('v').map((a) => `odd(${a})`),
		fc.tuple(tie('v'), tie('v')).map(([a, b]) => `({ int l = (int)${a}; int r = (int)${b}; l < r ? l : r; })`),
		fc.constantFrom('x++', '--y', 'p->small++', '(c = c + 3)', '(u = x)', '--first.inner.low'),
	),
})).v;

/**
 * One that has no effect that a neighbour in the same expression could see: C leaves the order of the operands open, so whole
 * expressions with several effects are not comparable.
 */
const effects = /step\(|odd\(|\+\+|--|=(?!=)/g;

function isOrdered(text: string): boolean {
	return (text.replace(/[=!<>]=/g, '').match(effects)?.length ?? 0) === 0;
}

const pure = value.filter(isOrdered);
/** A call or an assignment whose parts have no effects. */
const effectful = fc.oneof(
	fc.tuple(variable, fc.constantFrom('=', '+=', '-=', '^=', '|=', '&='), pure).map(([v, op, e]) => `${v} ${op} ${e}`),
	fc.tuple(variable, pure).map(([v, e]) => `${v} = step((int)${e}, p)`),
	fc.tuple(variable, fc.constantFrom('++', '--')).map(([v, op]) => `${v}${op}`),
	fc.tuple(variable, pure).map(([v, e]) => `${v} = odd(${e}) ? 1 : 200`),
	fc.constantFrom(
		'p = p->other',
		'*p = *p->other',
		'q = &p->inner',
		'local = *p',
		'p->inner = *q',
		'cells[0] = (c = x)',
	),
);
/** Conditions whose parts are sequenced by && and ||. */
const condition = fc.oneof(
	pure,
	fc.tuple(pure, fc.constantFrom('&&', '||'), pure).map(([a, op, b]) => `odd(${a}) ${op} step((int)${b}, p) > 3`),
	fc.tuple(pure, pure).map(([a, b]) => `!(odd(${a}) && x++ < ${b})`),
);

const statement = fc.letrec<{ s: string; block: string }>((tie) => ({
	block: fc
		.array(tie('s'), { minLength: 1, maxLength: 4, size: 'small', depthIdentifier: 'statement' })
		.map((list) => `{ ${list.join(' ')} }`),
	s: fc.oneof(
		{ depthSize: 'small', depthIdentifier: 'statement' },
		effectful.map((e) => `${e};`),
		fc.tuple(condition, tie('block')).map(([c, b]) => `if (${c}) ${b}`),
		fc.tuple(condition, tie('block'), tie('block')).map(([c, a, b]) => `if (${c}) ${a} else ${b}`),
		fc.tuple(condition, tie('block')).map(([c, b]) => `for (int k = 0; k < 3 && (${c}); k++) ${b}`),
		fc.tuple(condition, tie('block')).map(([c, b]) => `{ int k = 4; while (k-- > 0) { if (${c}) continue; ${b} } }`),
		fc
			.tuple(condition, tie('block'))
			.map(([c, b]) => `{ int k = 0; do { if (k == 2 || (${c})) break; ${b} } while (k++ < 3); }`),
		fc
			.tuple(pure, tie('block'), tie('block'), fc.boolean())
			.map(
				([v, a, b, stops]) =>
					`switch ((u8)${v} % 4) { case 0: ${a} ${stops ? 'break;' : ''} case 2: ${b} break; default: total += 7; }`,
			),
		fc
			.tuple(pure, tie('block'))
			.map(
				([v, b]) =>
					`{ long old = ${v}; struct inner copy = { .low = x, .high = { [1] = 5 } }; ${b} total += old + copy.high[1] + copy.low; }`,
			),
	),
}));

/** The text of `count` functions, `test0` and on, after what they share. */
export function randomPrograms(count: number, seed: number): string {
	const bodies = fc.sample(fc.array(statement.s, { minLength: 3, maxLength: 8 }), { numRuns: count, seed });
	const functions = bodies.map(
		(body, index) => `long test${index}(int a, long b)
{
	int x = a, y = 2;
	unsigned int u = b;
	u8 c = a;
	int cells[4] = { 1, a };
	struct state *p = &first;
	struct inner *q = &second.inner;
	struct state local = { .n = 4, .other = &first };

	reset();
	${body.join('\n\t')}
	return total + x * 3 + y * 5 + u + c * 7 + cells[0] + cells[1] + cells[2] * 2 + cells[3] + first.n + second.n * 2 +
	       first.small + second.small * 3 + first.flag + first.inner.low + second.inner.low * 2 + first.inner.high[0] +
	       first.inner.high[1] + first.inner.high[2] + second.inner.high[2] * 2 + local.n + local.inner.high[0] + (p == &first);
}`,
	);
	return prelude + functions.join('\n');
}
