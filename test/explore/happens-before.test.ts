import { describe, expect, it } from 'vitest';
import type { MachineConfiguration } from '../../source/machine/machine.ts';
import { machineOfText } from './model-text.ts';
import { type Chooser, inOrder, racesAlong } from './observed-races.ts';

const includes = `#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>
`;

/** Titles of the races along a run; by default CPU0 runs to its end, then CPU1, then what is left. */
function races(
	text: string,
	order: Chooser = inOrder(0, 1),
	changes: Partial<MachineConfiguration> = {},
): readonly string[] {
	return racesAlong(machineOfText(includes + text, changes), order).map(({ title }) =>
		title.replace('data-race in ', ''),
	);
}

describe('accesses that follow one another without anything between them', () => {
	it('race when one writes and one is plain, however far apart they are', () => {
		expect(races('int x; void cpu0(void) { x = 1; } void cpu1(void) { int y = x; }')).toEqual([
			'cpu0 / cpu1: write and read of x',
		]);
		expect(races('int x; void cpu0(void) { int y = x; } void cpu1(void) { WRITE_ONCE(x, 1); }')).toEqual([
			'cpu0 / cpu1: read and marked write of x',
		]);
	});

	it('do not when both read, both are marked, or the cells are different', () => {
		expect(races('int x; void cpu0(void) { int y = x; } void cpu1(void) { int y = x; }')).toEqual([]);
		expect(races('int x; void cpu0(void) { WRITE_ONCE(x, 1); } void cpu1(void) { int y = READ_ONCE(x); }')).toEqual([]);
		expect(races('int x[2]; void cpu0(void) { x[0] = 1; } void cpu1(void) { x[1] = 1; }')).toEqual([]);
	});

	it('do not with what only looks: invariants, ghost code, checks of the end', () => {
		const text = `int x;
			__ghost int seen;
			void cpu0(void) { ghost { seen = x; } }
			void cpu1(void) { x = 1; }
			__invariant bool is_small(void) { return x < 3; }
			__final void is_one(void) { if (x != 1) violation("assertion", "it is not"); }`;
		expect(races(text)).toEqual([]);
		expect(races(text, inOrder(1, 0))).toEqual([]);
	});

	it('are reported once for a pair of places', () => {
		const text = `int x;
			void cpu0(void) { for (int i = 0; i < 3; i++) x = i; }
			void cpu1(void) { for (int i = 0; i < 3; i++) x = i; }`;
		expect(races(text, (open, at) => open[at % open.length] ?? null)).toEqual(['cpu0 / cpu1: write and write of x']);
	});
});

/** What orders two accesses, how it is left out, and what then races. */
interface Sample {
	readonly ordered: string;
	readonly racy: string;
	readonly order?: Chooser;
	readonly changes?: Partial<MachineConfiguration>;
}

const locked = (lock: string, unlock: string, declaration: string) => ({
	ordered: `${declaration} int x;
		void cpu0(void) { ${lock}; x = 1; ${unlock}; }
		void cpu1(void) { ${lock}; x = 2; ${unlock}; }`,
	racy: `${declaration} int x;
		void cpu0(void) { ${lock}; ${unlock}; x = 1; }
		void cpu1(void) { ${lock}; x = 2; ${unlock}; }`,
});

const box = 'struct box { int value; struct rcu_head rcu; }; struct box *shared; int x;';

const samples: Readonly<Record<string, Sample>> = {
	spinlock: locked('spin_lock(&l)', 'spin_unlock(&l)', 'spinlock_t l;'),
	mutex: locked('mutex_lock(&m)', 'mutex_unlock(&m)', 'struct mutex m;'),
	'rwlock, writers': locked('write_lock(&l)', 'write_unlock(&l)', 'rwlock_t l;'),
	'rwlock, reader and writer': {
		ordered: `rwlock_t l; int x;
			void cpu0(void) { read_lock(&l); int y = x; read_unlock(&l); }
			void cpu1(void) { write_lock(&l); x = 2; write_unlock(&l); }`,
		// Readers do not shut one another out.
		racy: `rwlock_t l; int x;
			void cpu0(void) { read_lock(&l); x = 1; read_unlock(&l); }
			void cpu1(void) { read_lock(&l); x = 2; read_unlock(&l); }`,
	},
	'rw_semaphore, writer and reader': {
		ordered: `struct rw_semaphore s; int x;
			void cpu0(void) { down_write(&s); x = 1; up_write(&s); }
			void cpu1(void) { down_read(&s); int y = x; up_read(&s); }`,
		racy: `struct rw_semaphore s; int x;
			void cpu0(void) { down_read(&s); x = 1; up_read(&s); }
			void cpu1(void) { down_read(&s); int y = x; up_read(&s); }`,
	},
	'rw_semaphore, downgrade': {
		ordered: `struct rw_semaphore s; int x;
			void cpu0(void) { down_write(&s); x = 1; downgrade_write(&s); int y = x; up_read(&s); }
			void cpu1(void) { down_read(&s); int y = x; up_read(&s); }`,
		racy: `struct rw_semaphore s; int x;
			void cpu0(void) { down_write(&s); downgrade_write(&s); x = 1; up_read(&s); }
			void cpu1(void) { down_read(&s); int y = x; up_read(&s); }`,
	},
	'a trylock': {
		ordered: `spinlock_t l; int x;
			void cpu0(void) { spin_lock(&l); x = 1; spin_unlock(&l); }
			void cpu1(void) { if (spin_trylock(&l)) { x = 2; spin_unlock(&l); } }`,
		racy: `spinlock_t l; int x;
			void cpu0(void) { spin_lock(&l); x = 1; spin_unlock(&l); }
			void cpu1(void) { if (spin_trylock(&l)) spin_unlock(&l); x = 2; }`,
		// The trylock fails, and orders nothing.
		order: (open, at) => open.find(({ actor }) => actor === (at === 0 ? 0 : 1)) ?? open[0] ?? null,
	},
	'release and acquire': {
		ordered: `int x; int ready;
			void cpu0(void) { x = 1; smp_store_release(&ready, 1); }
			void cpu1(void) { if (smp_load_acquire(&ready)) x = 2; }`,
		racy: `int x; int ready;
			void cpu0(void) { smp_store_release(&ready, 1); x = 1; }
			void cpu1(void) { if (smp_load_acquire(&ready)) x = 2; }`,
	},
	'a value seen by waiting for it': {
		ordered: `int x; int ready;
			void cpu0(void) { x = 1; smp_store_release(&ready, 1); }
			void cpu1(void) { wait_event(READ_ONCE(ready)); x = 2; }`,
		racy: `int x; int ready;
			void cpu0(void) { smp_store_release(&ready, 1); x = 1; }
			void cpu1(void) { wait_event(READ_ONCE(ready)); x = 2; }`,
	},
	'rcu_assign_pointer and rcu_dereference': {
		ordered: `${box}
			void cpu0(void) { struct box *b = kzalloc(sizeof(struct box), GFP_KERNEL); b->value = 1; rcu_assign_pointer(shared, b); }
			void cpu1(void) { rcu_read_lock(); struct box *b = rcu_dereference(shared); if (b) b->value = 2; rcu_read_unlock(); }`,
		racy: `${box}
			void cpu0(void) { struct box *b = kzalloc(sizeof(struct box), GFP_KERNEL); rcu_assign_pointer(shared, b); b->value = 1; }
			void cpu1(void) { rcu_read_lock(); struct box *b = rcu_dereference(shared); if (b) b->value = 2; rcu_read_unlock(); }`,
	},
	'an atomic that counts down': {
		ordered: `int x; int y; atomic_t left;
			void setup(void) { atomic_set(&left, 2); }
			void cpu0(void) { x = 1; if (atomic_dec_and_test(&left)) x = 3; }
			void cpu1(void) { if (atomic_dec_and_test(&left)) x = 4; }`,
		racy: `int x; atomic_t left;
			void setup(void) { atomic_set(&left, 2); }
			void cpu0(void) { if (atomic_dec_and_test(&left)) x = 3; x = 1; }
			void cpu1(void) { if (atomic_dec_and_test(&left)) x = 4; }`,
	},
	'synchronize_rcu()': {
		ordered: `int x;
			void cpu0(void) { rcu_read_lock(); x = 1; rcu_read_unlock(); }
			void cpu1(void) { synchronize_rcu(); x = 2; }`,
		racy: `int x;
			void cpu0(void) { rcu_read_lock(); x = 1; rcu_read_unlock(); }
			void cpu1(void) { x = 2; synchronize_rcu(); }`,
	},
	'synchronize_rcu() that has to wait': {
		ordered: `int x;
			void cpu0(void) { rcu_read_lock(); x = 1; rcu_read_unlock(); }
			void cpu1(void) { synchronize_rcu(); x = 2; }`,
		racy: `int x;
			void cpu0(void) { rcu_read_lock(); rcu_read_unlock(); x = 1; }
			void cpu1(void) { synchronize_rcu(); x = 2; }`,
		order: (open, at) => open.find(({ actor }) => actor === (at === 1 ? 1 : 0)) ?? open[0] ?? null,
	},
	'an RCU callback after the readers': {
		ordered: `${box} void done(struct rcu_head *head) { x = 2; }
			void setup(void) { shared = kzalloc(sizeof(struct box), GFP_KERNEL); }
			void cpu0(void) { rcu_read_lock(); x = 1; rcu_read_unlock(); }
			void cpu1(void) { call_rcu(&shared->rcu, done); }`,
		racy: `${box} void done(struct rcu_head *head) { x = 2; }
			void setup(void) { shared = kzalloc(sizeof(struct box), GFP_KERNEL); }
			void cpu0(void) { rcu_read_lock(); rcu_read_unlock(); x = 1; }
			void cpu1(void) { call_rcu(&shared->rcu, done); }`,
	},
	'an RCU callback after its caller': {
		ordered: `${box} void done(struct rcu_head *head) { x = 2; }
			void setup(void) { shared = kzalloc(sizeof(struct box), GFP_KERNEL); }
			void cpu0(void) { x = 1; call_rcu(&shared->rcu, done); }
			void cpu1(void) { }`,
		racy: `${box} void done(struct rcu_head *head) { x = 2; }
			void setup(void) { shared = kzalloc(sizeof(struct box), GFP_KERNEL); }
			void cpu0(void) { call_rcu(&shared->rcu, done); x = 1; }
			void cpu1(void) { }`,
	},
	'a quiescent state of classic RCU': {
		ordered: `int x; int y;
			void cpu0(void) { int z = y; x = 1; cond_resched(); }
			void cpu1(void) { synchronize_rcu(); x = 2; }`,
		racy: `int x; int y;
			void cpu0(void) { int z = y; cond_resched(); x = 1; }
			void cpu1(void) { synchronize_rcu(); x = 2; }`,
		order: (open, at) => open.find(({ actor }) => actor === (at === 1 ? 1 : 0)) ?? open[0] ?? null,
		changes: { rcu: 'classic' },
	},
	'a flush interrupt, towards its target': {
		ordered: `int x; pgd_t root[4]; int s;
			void setup(void) { s = mmu_define_space(&root, 0, "space"); }
			void cpu0(void) { x = 1; ipi_flush(1, s, 0, 0); ipi_wait(); }
			void cpu1(void) { x = 2; }`,
		racy: `int x; pgd_t root[4]; int s;
			void setup(void) { s = mmu_define_space(&root, 0, "space"); }
			void cpu0(void) { ipi_flush(1, s, 0, 0); ipi_wait(); x = 1; }
			void cpu1(void) { x = 2; }`,
		// The interrupt is taken before CPU1 begins.
		order: inOrder(0, 4, 1),
	},
	'a flush interrupt, back to its sender': {
		ordered: `int x; pgd_t root[4]; int s;
			void setup(void) { s = mmu_define_space(&root, 0, "space"); }
			void cpu0(void) { ipi_flush(1, s, 0, 0); ipi_wait(); x = 1; }
			void cpu1(void) { x = 2; }`,
		racy: `int x; pgd_t root[4]; int s;
			void setup(void) { s = mmu_define_space(&root, 0, "space"); }
			void cpu0(void) { x = 1; ipi_flush(1, s, 0, 0); ipi_wait(); }
			void cpu1(void) { x = 2; }`,
		order: inOrder(1, 0, 4),
	},
};

describe('what orders accesses', () => {
	it.each(Object.entries(samples))('%s', (_, { ordered, racy, order, changes }) => {
		expect(races(ordered, order, changes)).toEqual([]);
		expect(races(racy, order, changes)).toHaveLength(1);
	});
});
