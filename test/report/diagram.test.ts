import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choices } from '../../source/machine/step.ts';
import { drawSession } from '../../source/report/diagram.ts';
import { startSession } from '../../source/session/commands.ts';
import { statementAt } from '../../source/session/statement.ts';
import { take } from '../../source/session/stepping.ts';
import { sessionAfter, targetOf } from './model.ts';

/** The drawing without step numbers, heads and notes. */
function drawn(model: string, steps: string, headers: Readonly<Record<string, string>> = {}): string[] {
	return drawSession(sessionAfter(targetOf(model, headers), steps), { numbers: false, notes: false }).slice(2);
}

describe('the drawing of a race', () => {
	const lostUpdate = `int n;
void cpu0(void)
{
	int v = READ_ONCE(n);
	WRITE_ONCE(n, v + 1);
}
void cpu1(void)
{
	int v = READ_ONCE(n);
	WRITE_ONCE(n, v + 1);
}
`;

	it('has a headed column for each CPU, time downwards, and the numbers of the steps', () => {
		const session = sessionAfter(targetOf(lostUpdate), '0; 1 1; cpu0 until done', ['CPU0 is slow.']);
		expect(drawSession(session)).toEqual([
			'   CPU0 (does cpu0)  CPU1 (does cpu1)',
			'   ----------------  ----------------',
			'   # CPU0 is slow.',
			' 1 reads n = 0',
			' 2                   reads n = 0',
			' 3                   n: 0 -> 1',
			' 4 n: 1 -> 1',
		]);
	});

	it('leaves out reads that nobody interferes with', () => {
		expect(drawn(lostUpdate, 'cpu0 until done')).toEqual(['n: 0 -> 1']);
		const [first = '', second = ''] = lostUpdate.split('void cpu1');
		const apart = `int m;\n${first}void cpu1${second.replaceAll(/\bn\b/g, 'm')}`;
		expect(drawn(apart, 'cpu0 until done; cpu1 until done')).toEqual(['n: 0 -> 1', '                  m: 0 -> 1']);
	});

	it('nests calls by one blank, names locks, and shows what the program called return', () => {
		const model = `spinlock_t lock;
int a;
static int inner(int by)
{
	spin_lock(&lock);
	a = a + by;
	spin_unlock(&lock);
	return by;
}
static int outer(void)
{
	return inner(2);
}
void cpu0(void)
{
	a = outer();
}
`;
		expect(drawn(model, 'cpu0 until done')).toEqual([
			'outer()',
			' inner(2)',
			'  lock(lock)',
			'  a: 0 -> 2',
			'  unlock(lock)',
			'outer() returns 2',
			'a: 2 -> 2',
		]);
	});

	it('says what a CPU waits for where another one goes on', () => {
		const model = `spinlock_t lock;
int a;
void cpu0(void)
{
	spin_lock(&lock);
	WRITE_ONCE(a, 1);
	spin_unlock(&lock);
}
void cpu1(void)
{
	WRITE_ONCE(a, 2);
	spin_lock(&lock);
	spin_unlock(&lock);
}
`;
		expect(drawn(model, '0 1; cpu0 until done; cpu1 until done')).toEqual([
			'lock(lock)',
			'                  a: 0 -> 2',
			'                  (waits for spinlock lock, held by CPU0 since step 1)',
			'a: 2 -> 1',
			'unlock(lock)',
			'                  lock(lock), unlock(lock)',
		]);
	});

	it('draws the helpers of the library as the line that called them', () => {
		const header = `struct pair { int a; int b; };
static inline void set_pair(struct pair *p, int v)
{
	p->a = v;
	p->b = v;
}
static inline void set_first(struct pair *p, int v)
{
	p->a = v;
}
`;
		const model = `#include <pair.h>
struct pair p;
void cpu0(void)
{
	set_pair(&p, /* both */ 3);
	set_first(&p, 4);
}
`;
		expect(drawn(model, 'cpu0 until done', { 'kernel/include/pair.h': header })).toEqual([
			'set_pair(&p, 3)',
			'p.a: 3 -> 4',
		]);
	});

	it('draws what fills a new object as one row, until others can see it', () => {
		const model = `struct thing { int a; int b; };
struct thing *shared;
void cpu0(void)
{
	struct thing *t = kmalloc(sizeof(struct thing), GFP_KERNEL);
	t->a = 1;
	t->b = 2;
	WRITE_ONCE(shared, t);
	t->a = 3;
}
`.replaceAll('GFP_KERNEL', '1');
		const rows = drawn(model, 'cpu0 until done');
		expect(rows).toHaveLength(4);
		expect(rows[1]).toMatch(/^thing#\d+: a 1, b 2$/);
		expect(rows[2]).toMatch(/^shared: NULL -> thing#\d+$/);
		expect(rows[3]).toMatch(/^thing#\d+->a: 1 -> 3$/);
	});

	it('ends with the harm, in the column of the one who did it', () => {
		const model = `int a;
void cpu0(void)
{
	a = 1;
}
void cpu1(void)
{
	if (a == 1) {
		violation("assertion", "a is %d", a);
		warning("leak", "perhaps");
	}
}
`;
		expect(drawn(model, 'cpu0 until done; cpu1 until done').slice(-2)).toEqual([
			'                  *** assertion: a is 1 ***',
			'                  [ warning: leak: perhaps ]',
		]);
	});

	it('keeps ghost variables and private stacks to itself', () => {
		const model = `int a;
__ghost int seen;
static void give(int *where)
{
	*where = 5;
}
void cpu0(void)
{
	int mine;
	give(&mine);
	ghost { seen = mine; }
	a = mine;
}
`;
		const rows = drawn(model, 'cpu0 until done');
		expect(rows.at(-1)).toBe('a: 0 -> 5');
		expect(rows.filter((row) => /seen|-> 5/.test(row))).toEqual(['a: 0 -> 5']);
	});
});

describe('the size of a drawing', () => {
	const long = Array.from({ length: 3 }, (_, cpu) => {
		const name = `a_counter_with_a_rather_long_name_${cpu}`;
		return `struct s${cpu} { int a_field_with_a_rather_long_name; } ${name};
static void a_function_with_a_rather_long_name_${cpu}(int one, int two, int three)
{
	${name}.a_field_with_a_rather_long_name = one + two + three;
	warning("leak", "a title of a report that goes on and on, well beyond what a column can take %d", one);
}
void cpu${cpu}(void)
{
	a_function_with_a_rather_long_name_${cpu}(1000000, 2000000, 3000000);
}
`;
	});

	it.each([1, 2, 3])('is at most 80 characters wide with %d CPUs, in ASCII', (count) => {
		const target = targetOf(long.slice(0, count).join(''));
		const session = sessionAfter(target, Array.from({ length: count }, (_, cpu) => `cpu${cpu} until done`).join(';'), [
			'A note of the thread that is longer than a line of a mail can be, so that it has to be wrapped somewhere.',
		]);
		for (const line of drawSession(session)) {
			expect(line.length).toBeLessThanOrEqual(80);
			expect(line).toMatch(/^[\x20-\x7e]*$/);
		}
	});

	it('can be only that of the last steps', () => {
		const session = sessionAfter(targetOf(long.join('')), 'cpu0 until done; cpu1 until done; cpu2 until done');
		const last = drawSession(session, { last: 2 });
		expect(last.some((line) => line.includes('_1'))).toBe(false);
		expect(last[0]).toContain('CPU2');
	});

	it('never fails, whatever was done', () => {
		const target = targetOf(long.join(''));
		fc.assert(
			fc.property(fc.array(fc.nat(20), { maxLength: 20 }), (picks) => {
				let session = startSession(target);
				for (const pick of picks) {
					const possible = choices(target.machine, session.timeline.cursor.state);
					const choice = possible[pick % Math.max(1, possible.length)];
					if (choice === undefined) break;
					session = take(session, choice, pick % 2 === 0 ? 'line' : 'op');
				}
				const numbers = drawSession(session).map((line) => Number.parseInt(line.slice(0, 3), 10));
				const steps = numbers.filter((number) => !Number.isNaN(number));
				expect(steps).toEqual(steps.toSorted((a, b) => a - b));
			}),
			{ numRuns: 30 },
		);
	});
});

describe('the text of a statement', () => {
	it('is one line without comments', () => {
		const text = 'void cpu0(void)\n{\n\tn = 1; // one\n\tadd(&n, /* by */\n\t\t 2);\n\tif (n) {\n\t}\n}\n';
		const source = `int n;\nvoid add(int *at, int by)\n{\n\t*at = *at + by;\n}\n${text}void cpu1(void)\n{\n}\n`;
		const target = targetOf(source);
		const [file = ''] = target.machine.program.files.map(({ path }) => path);
		expect([8, 9, 11, 99].map((line) => statementAt(target, file, line))).toEqual([
			'n = 1',
			'add(&n, 2)',
			'if (n)',
			'',
		]);
		expect(statementAt(target, 'no such file', 1)).toBe('');
	});
});
