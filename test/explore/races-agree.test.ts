/**
 * The two ways to see a data race, against one another: by happens-before along a run, and by two accesses that can both be done
 * next in some state. What the first finds on any run, with steps of any size, the second must find, too.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grain, Machine } from '../../source/machine/machine.ts';
import { randomGrain, randomModel, randomSchedule } from '../machine/random-model.ts';
import { machineOfText } from './model-text.ts';
import { type Chooser, racesOfEveryState, racesOfRun } from './observed-races.ts';

/** Statements that use and order memory in every way there is. */
const statements: readonly string[] = [
	'x = x + 1;',
	'y = x;',
	'WRITE_ONCE(x, 3);',
	'if (READ_ONCE(x)) y = 2;',
	'spin_lock(&l);',
	'spin_unlock(&l);',
	'if (spin_trylock(&l)) { x = 5; spin_unlock(&l); }',
	'if (!spin_trylock(&l)) y = 5;',
	'if (spin_is_locked(&l)) y = 6;',
	'read_lock(&r);',
	'read_unlock(&r);',
	'write_lock(&r);',
	'write_unlock(&r);',
	'down_read(&s);',
	'up_read(&s);',
	'down_write(&s);',
	'up_write(&s);',
	'downgrade_write(&s);',
	'smp_store_release(&f, 1);',
	'if (smp_load_acquire(&f)) x = 7;',
	'wait_event(READ_ONCE(f));',
	'atomic_inc(&a);',
	'if (atomic_dec_and_test(&a)) y = 1;',
	'rcu_read_lock();',
	'rcu_read_unlock();',
	'synchronize_rcu();',
	'cond_resched();',
	'call_rcu(&head, done);',
	'atomic { if (x) y = 1; }',
	'b = rcu_dereference(shared); if (b) b->value++;',
	'b = kzalloc(sizeof(struct box), GFP_KERNEL); b->value = 1; rcu_assign_pointer(shared, b);',
	'b = rcu_dereference(shared); rcu_assign_pointer(shared, NULL); synchronize_rcu(); if (b) b->value = 2;',
	'local_irq_disable();',
	'local_irq_enable();',
	'ipi_flush(1, space, 0, 0);',
	'ipi_wait();',
	'touch(&y);',
];

function textOf(cpus: readonly (readonly string[])[]): string {
	return `#include <linux/spinlock.h>
#include <linux/rwsem.h>
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>
struct box { int value; struct rcu_head rcu; };
spinlock_t l; rwlock_t r; struct rw_semaphore s; atomic_t a; int x; int y; int f; pgd_t root[4]; int space;
struct box *shared; struct rcu_head head;
void setup(void) { space = mmu_define_space(&root, 0, "space"); atomic_set(&a, 2); }
void done(struct rcu_head *h)
{
	x = 9;
}
void touch(int *p)
{
	int own = *p;
	int *to = &own;
	*to = 3;
}
${cpus.map((lines, cpu) => `void cpu${cpu}(void)\n{\n\tstruct box *b;\n\t${lines.join('\n\t')}\n}`).join('\n')}
`;
}

function randomText(among: readonly string[], cpus: number): fc.Arbitrary<string> {
	const body = fc.array(fc.constantFrom(...among), { minLength: 2, maxLength: 5 });
	return fc.array(body, { minLength: 2, maxLength: cpus }).map(textOf);
}

const rcuKind = fc.constantFrom('preemptible' as const, 'classic' as const);

/** More states than this are not searched. */
const maxStates = 20_000;

function picks(schedule: readonly (readonly [number, Grain])[]): Chooser {
	return (open, at) => open[(schedule[at]?.[0] ?? 0) % Math.max(open.length, 1)] ?? null;
}

function compare(machine: Machine, schedules: readonly (readonly (readonly [number, Grain])[])[]): number {
	const known = racesOfEveryState(machine, maxStates);
	fc.pre(known !== null);
	let seen = 0;
	for (const schedule of schedules) {
		const races = racesOfRun(machine, picks(schedule), (at) => schedule[at]?.[1] ?? 'op');
		for (const race of races) expect([...(known ?? [])]).toContain(race);
		seen += races.length;
	}
	return seen;
}

const schedules = fc.array(randomSchedule, { minLength: 4, maxLength: 4 });

describe('a race by happens-before', () => {
	it('is one by the search of every state, on random code', () => {
		let seen = 0;
		fc.assert(
			fc.property(randomModel(5), schedules, (machine, some) => {
				seen += compare(machine, some);
			}),
			{ numRuns: 150 },
		);
		expect(seen).toBeGreaterThan(100);
	});

	it('is one by the search of every state, with every way to order', () => {
		let seen = 0;
		fc.assert(
			fc.property(randomText(statements, 3), rcuKind, schedules, (text, rcu, some) => {
				seen += compare(machineOfText(text, { rcu }), some);
			}),
			{ numRuns: 250 },
		);
		expect(seen).toBeGreaterThan(100);
	});

	it('is never seen where all that is shared is used under its lock', () => {
		const disciplined = [
			'spin_lock(&l); x = x + 1; spin_unlock(&l);',
			'spin_lock(&l); if (x) x = 0; spin_unlock(&l);',
			'if (spin_trylock(&l)) { x = 5; spin_unlock(&l); }',
			'down_read(&s); if (y) b = NULL; up_read(&s);',
			'down_write(&s); y = y + 1; up_write(&s);',
			'down_write(&s); y = 2; downgrade_write(&s); if (y) b = NULL; up_read(&s);',
			'if (down_write_trylock(&s)) { y = 4; up_write(&s); }',
			'atomic_inc(&a);',
			'touch(&f);',
		];
		fc.assert(
			fc.property(
				randomText(disciplined, 3),
				fc.array(fc.tuple(fc.nat(11), randomGrain), { maxLength: 60 }),
				(text, some) => {
					expect(racesOfRun(machineOfText(text), picks(some), (at) => some[at]?.[1] ?? 'op')).toEqual([]);
				},
			),
			{ numRuns: 150 },
		);
	});
});
