import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import { harmlessOrders } from './lock-orders.ts';
import { machineOfText } from './model-text.ts';

/** `kind line`, of everything that a search finds, with reduction and without. */
function found(text: string): readonly string[] {
	const machine = machineOfText(`#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/bug.h>
#include <linux/wait.h>
${text}`);
	const [reduced, all] = [true, false].map((reduction) => {
		const report = checkMachine(machine, { ...unboundedSettings, reduction });
		expect(report.problem).toBeNull();
		expect(report.complete).toBe(true);
		return report.findings.map(({ kind, title }) => `${kind}: ${title}`).sort();
	});
	expect(reduced).toEqual(all);
	return all ?? [];
}

describe('data races', () => {
	it('are seen between plain accesses that nothing orders', () => {
		expect(found('int x; void cpu0(void) { x = 1; } void cpu1(void) { int y = x; }')).toEqual([
			'data-race: data-race in cpu0 / cpu1: write and read of x',
		]);
	});

	it('are seen between a plain access and a marked one', () => {
		expect(found('int x; void cpu0(void) { WRITE_ONCE(x, 1); } void cpu1(void) { int y = x; }')).toEqual([
			'data-race: data-race in cpu1 / cpu0: read and marked write of x',
		]);
		expect(found('atomic_t x; void cpu0(void) { atomic_inc(&x); } void cpu1(void) { x.counter = 0; }')).toEqual([
			expect.stringContaining('data-race in cpu1 / cpu0: write and marked write of x'),
		]);
	});

	it.each([
		['two reads', 'int x; void cpu0(void) { int y = x; } void cpu1(void) { int y = x; }'],
		['marked accesses', 'int x; void cpu0(void) { WRITE_ONCE(x, 1); } void cpu1(void) { int y = READ_ONCE(x); }'],
		[
			// Each would get the same id, and neither has it yet.
			'objects that are made by the very step',
			`void fill(void) { int own; int *p = &own; *p = 1; }
			void cpu0(void) { fill(); }
			void cpu1(void) { fill(); }`,
		],
		['different cells', 'int x[2]; void cpu0(void) { x[0] = 1; } void cpu1(void) { x[1] = 1; }'],
		[
			'a common lock',
			`spinlock_t l; int x;
			void cpu0(void) { spin_lock(&l); x += 1; spin_unlock(&l); }
			void cpu1(void) { spin_lock(&l); x += 1; spin_unlock(&l); }`,
		],
		[
			'a reader and a writer of one semaphore',
			`struct rw_semaphore s; int x;
			void cpu0(void) { down_read(&s); int y = x; up_read(&s); }
			void cpu1(void) { down_write(&s); x = 1; up_write(&s); }`,
		],
		[
			'release and acquire',
			`int x; int ready;
			void cpu0(void) { x = 1; smp_store_release(&ready, 1); }
			void cpu1(void) { if (smp_load_acquire(&ready)) x = 2; }`,
		],
		[
			'waiting for a flag',
			`int x; int ready;
			void cpu0(void) { x = 1; smp_store_release(&ready, 1); }
			void cpu1(void) { wait_event(READ_ONCE(ready)); x = 2; }`,
		],
		[
			'publication and a grace period',
			`struct box { int value; struct rcu_head rcu; };
			struct box *shared;
			void setup(void) { shared = kzalloc(sizeof(struct box), GFP_KERNEL); }
			void cpu0(void)
			{
				struct box *fresh = kzalloc(sizeof(struct box), GFP_KERNEL);
				struct box *old = rcu_dereference(shared);
				fresh->value = 7;
				rcu_assign_pointer(shared, fresh);
				synchronize_rcu();
				old->value = 9;
				kfree(old);
			}
			void cpu1(void)
			{
				rcu_read_lock();
				struct box *box = rcu_dereference(shared);
				int value = box->value;
				rcu_read_unlock();
			}`,
		],
	])('are not seen with %s', (_, text) => {
		expect(found(text)).toEqual([]);
	});

	it('are not reported where the scenario has muted them', () => {
		const machine = machineOfText('int x; void cpu0(void) { x = 1; } void cpu1(void) { x = 2; }');
		expect(checkMachine(machine, unboundedSettings).findings).toHaveLength(1);
		expect(checkMachine({ ...machine, mutedKinds: ['data-race'] }, unboundedSettings).findings).toEqual([]);
	});
});

describe('lock order', () => {
	const take = (first: string, second: string) => `${first}; ${second};`;

	it('complains about a circle, also where no deadlock can come of it', () => {
		// The second CPU only begins when the first has done: an accident of this program.
		const text = `spinlock_t a; spinlock_t b; int done;
			void cpu0(void) { ${take('spin_lock(&a)', 'spin_lock(&b)')} spin_unlock(&b); spin_unlock(&a); smp_store_release(&done, 1); }
			void cpu1(void) { wait_event(READ_ONCE(done)); ${take('spin_lock(&b)', 'spin_lock(&a)')} spin_unlock(&a); spin_unlock(&b); }`;
		expect(found(text)).toEqual(['lock-order: possible circular locking dependency: a -> b -> a']);
	});

	it('comes with the deadlock where there is one', () => {
		const text = `struct mutex a; struct mutex b;
			void cpu0(void) { mutex_lock(&a); mutex_lock(&b); mutex_unlock(&b); mutex_unlock(&a); }
			void cpu1(void) { mutex_lock(&b); mutex_lock(&a); mutex_unlock(&a); mutex_unlock(&b); }`;
		expect(found(text)).toEqual([
			'deadlock: deadlock: CPU0 -> CPU1 -> CPU0',
			'lock-order: possible circular locking dependency: a -> b -> a',
		]);
	});

	it.each(harmlessOrders)('has nothing against %s', (_, text) => {
		expect(found(text)).toEqual([]);
	});
});
