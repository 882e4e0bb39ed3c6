import { describe, expect, it } from 'vitest';
import type { MachineConfiguration } from '../../source/machine/machine.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { actors, choices, initialState, step } from '../../source/machine/step.ts';
import { machineOf } from './assembler.ts';
import { compileText, globalNamed } from './model-c.ts';
import { outcomes } from './play.ts';

/** Every end of a model, by op steps, as the values of the named globals. */
function endsOf(text: string, entries: readonly string[], names: readonly string[]): readonly string[] {
	const program = compileText(text);
	const read = (state: MachineState) => names.map((name) => `${name}=${globalNamed(program, state, name)}`).join(' ');
	return outcomes(machineOf(program, entries), read);
}

/** Kinds of violation that some schedule of op steps leads to, sorted. */
function kindsOf(
	text: string,
	entries: readonly string[],
	changes: Partial<MachineConfiguration> = {},
	setup: string | null = null,
): readonly string[] {
	const machine = { ...machineOf(compileText(text), entries, changes), setup };
	const kinds = new Set<string>();
	const visit = (state: MachineState): void => {
		for (const choice of choices(machine, state)) {
			const next = step(machine, state, choice, 'op');
			for (const { kind } of next.violations) kinds.add(kind);
			visit(next.state);
		}
	};
	visit(initialState(machine).state);
	return [...kinds].sort();
}

describe('memory', () => {
	it('is sequentially consistent: no store buffering', () => {
		const text = `
			int x, y, r0, r1;
			void left(void) { x = 1; r0 = y; }
			void right(void) { y = 1; r1 = x; }`;
		expect(endsOf(text, ['left', 'right'], ['r0', 'r1'])).toEqual(['r0=0 r1=1', 'r0=1 r1=0', 'r0=1 r1=1']);
	});

	it('passes messages in order', () => {
		const text = `
			int data, flag, seen = 7;
			void writer(void) { WRITE_ONCE(data, 1); smp_wmb(); WRITE_ONCE(flag, 1); }
			void reader(void) { if (READ_ONCE(flag)) { smp_rmb(); seen = READ_ONCE(data); } }`;
		expect(endsOf(text, ['writer', 'reader'], ['seen'])).toEqual(['seen=1', 'seen=7']);
	});

	it('loses an update to += but not to an atomic add or under a lock', () => {
		const text = (add: string) => `
			#include <linux/atomic.h>
			#include <linux/spinlock.h>
			int n; atomic_t a; DEFINE_SPINLOCK(lock);
			void entry(void) { ${add} }`;
		const two = ['entry', 'entry'];
		expect(endsOf(text('n += 1;'), two, ['n'])).toEqual(['n=1', 'n=2']);
		expect(endsOf(text('atomic_inc(&a);'), two, ['a'])).toEqual(['a=2']);
		expect(endsOf(text('spin_lock(&lock); n += 1; spin_unlock(&lock);'), two, ['n'])).toEqual(['n=2']);
		expect(endsOf(text('atomic { n += 1; }'), two, ['n'])).toEqual(['n=2']);
	});

	it('of a local belongs to its frame, and is noticed when used after', () => {
		const text = `
			int *published;
			void fill(int *p) { *p = 5; }
			void entry(void) { int local; fill(&local); published = &local; }
			void other(void) { int *p = published; if (p) *p = 1; }`;
		expect(kindsOf(text, ['entry', 'other'])).toEqual(['use-after-free']);
	});
});

describe('a freed object', () => {
	const text = (read: string, free: string) => `
		#include <linux/slab.h>
		#include <linux/rcupdate.h>
		struct node { int value; struct rcu_head rcu; };
		struct node *head;
		int sum;
		void start(void) { head = kzalloc(sizeof(struct node), GFP_KERNEL); }
		void reader(void) { struct node *p; ${read} }
		void updater(void) { struct node *p = head; WRITE_ONCE(head, NULL); ${free} }`;
	const kinds = (source: string, rcu: 'preemptible' | 'classic') =>
		kindsOf(source, ['reader', 'updater'], { rcu }, 'start');

	const bare = 'p = READ_ONCE(head); if (p) sum = p->value;';
	const protectedRead = `rcu_read_lock(); p = rcu_dereference(head); if (p) sum = p->value; rcu_read_unlock();`;

	it('is used by a reader that nothing protects', () => {
		expect(kinds(text(bare, 'kfree(p);'), 'preemptible')).toEqual(['use-after-free']);
	});

	it('is used by an unprotected reader even after a grace period, with preemptible RCU', () => {
		expect(kinds(text(bare, 'kfree_rcu(p, rcu);'), 'preemptible')).toEqual(['use-after-free']);
	});

	it('is not used inside a read section when freeing waits for a grace period', () => {
		for (const rcu of ['preemptible', 'classic'] as const) {
			expect(kinds(text(protectedRead, 'kfree_rcu(p, rcu);'), rcu)).toEqual([]);
			expect(kinds(text(protectedRead, 'synchronize_rcu(); kfree(p);'), rcu)).toEqual([]);
		}
	});

	it('is freed by a callback that runs as the actor rcu', () => {
		const source = `
			#include <linux/slab.h>
			#include <linux/rcupdate.h>
			struct node { int value; struct rcu_head rcu; };
			int freed;
			static void free_node(struct rcu_head *head)
			{
				struct node *node = container_of(head, struct node, rcu);
				freed = node->value;
				kfree(node);
			}
			void entry(void)
			{
				struct node *node = kzalloc(sizeof(struct node), GFP_KERNEL);
				node->value = 3;
				call_rcu(&node->rcu, free_node);
			}`;
		const program = compileText(source);
		const machine = machineOf(program, ['entry']);
		let { state } = initialState(machine);
		for (let count = 0; count < 3; count++) state = step(machine, state, { actor: 0, alternative: 0 }, 'op').state;
		expect(actors(machine, state).map(({ name, status }) => `${name} ${status}`)).toEqual(['cpu0 done', 'rcu ready']);
		const kinds: string[] = [];
		while (choices(machine, state).length > 0) {
			const next = step(machine, state, { actor: 1, alternative: 0 }, 'line', { events: true });
			kinds.push(...next.events.map(({ kind }) => kind));
			expect(next.violations).toEqual([]);
			state = next.state;
		}
		expect(globalNamed(program, state, 'freed')).toBe(3);
		expect(kinds).toEqual(['rcu', 'load', 'store', 'free', 'return']);
		expect(state.finished).toBe(true);
	});
});

describe('waiting', () => {
	it('for each other in opposite order is a deadlock, on some schedule', () => {
		const text = `
			#include <linux/mutex.h>
			DEFINE_MUTEX(a); DEFINE_MUTEX(b);
			void ab(void) { mutex_lock(&a); mutex_lock(&b); mutex_unlock(&b); mutex_unlock(&a); }
			void ba(void) { mutex_lock(&b); mutex_lock(&a); mutex_unlock(&a); mutex_unlock(&b); }`;
		expect(kindsOf(text, ['ab', 'ba'])).toEqual(['deadlock']);
		expect(kindsOf(text, ['ab', 'ab'])).toEqual([]);
	});

	it('for readers by one of them is a deadlock', () => {
		const text = `
			#include <linux/rcupdate.h>
			#include <linux/wait.h>
			int flag;
			void reader(void) { rcu_read_lock(); wait_event(READ_ONCE(flag)); rcu_read_unlock(); }
			void updater(void) { synchronize_rcu(); WRITE_ONCE(flag, 1); }`;
		expect(kindsOf(text, ['reader', 'updater'], { rcu: 'preemptible' })).toEqual(['deadlock', 'sleep-in-atomic']);
	});

	it('on a sleeping lock holds up no classic grace period, whoever got it first', () => {
		const text = `
			#include <linux/mutex.h>
			#include <linux/rcupdate.h>
			DEFINE_MUTEX(m);
			void other(void) { mutex_lock(&m); mutex_unlock(&m); }
			void updater(void) { mutex_lock(&m); synchronize_rcu(); mutex_unlock(&m); }`;
		expect(kindsOf(text, ['other', 'updater'], { rcu: 'classic' })).toEqual([]);
	});

	it('ends when the other CPU has taken its interrupt', () => {
		const text = `
			int done;
			void sender(void) { ipi_flush(1, 0, 0, 0); ipi_wait(); done = 1; }
			void target(void) { local_irq_disable(); done = 0; local_irq_enable(); }
			text name = "space";
			struct table { pte_t pte[4]; } table;
			void start(void) { mmu_define_space(&table, 0, "space"); }`;
		const machine = { ...machineOf(compileText(text), ['sender', 'target']), setup: 'start' };
		let { state } = initialState(machine);
		state = step(machine, state, { actor: 1, alternative: 0 }, 'op').state;
		state = step(machine, state, { actor: 0, alternative: 0 }, 'op').state;
		const named = (status: string) =>
			actors(machine, state)
				.filter((actor) => actor.status === status)
				.map(({ name }) => name);
		expect(named('waiting')).toEqual(['cpu0', 'ipi1']);
		state = step(machine, state, { actor: 1, alternative: 0 }, 'op').state;
		state = step(machine, state, { actor: 1, alternative: 0 }, 'op').state;
		// CPU 1 is done, and takes its interrupt all the same.
		expect(named('done')).toEqual(['cpu1']);
		expect(choices(machine, state)).toEqual([{ actor: 4, alternative: 0 }]);
		state = step(machine, state, { actor: 4, alternative: 0 }, 'op').state;
		expect(choices(machine, state)).toEqual([{ actor: 0, alternative: 0 }]);
	});
});

describe('speculative fills', () => {
	it('are choices of the CPU that makes them', () => {
		const text = `
			struct table { pte_t pte[4]; } table;
			void start(void) { mmu_define_space(&table, 0, "space"); }
			void entry(void) { table.pte[2] = (pte_t)257; }`;
		const program = compileText(text);
		const machine = { ...machineOf(program, ['entry', 'entry'], { fill: 'speculative' }), setup: 'start' };
		let { state } = initialState(machine);
		expect(choices(machine, state).map(({ actor }) => actor)).toEqual([0, 1]);
		state = step(machine, state, { actor: 0, alternative: 0 }, 'op').state;
		expect(choices(machine, state).map(({ actor }) => actor)).toEqual([1, 5, 6]);
		state = step(machine, state, { actor: 6, alternative: 0 }, 'op').state;
		expect(state.tlbs.map((entries) => entries.map(({ page, frame }) => `${page}:${frame}`))).toEqual([[], ['2:1']]);
		expect(() => step(machine, state, { actor: 6, alternative: 0 }, 'op')).toThrow(/mmu1 has no possibility/);
	});
});

describe('reports', () => {
	const text = `
		int x;
		__invariant bool small(void)
		{
			int i;
			for (i = 0; i < 500; i++)
				warning("stale-tlb", "%d", i * x);
			return x < 2;
		}
		void entry(void) { x = 1; x = 2; }`;
	const run = (mutedKinds: readonly string[]) => {
		const machine = { ...machineOf(compileText(text), ['entry'], { maxInstructions: 100_000 }), mutedKinds };
		const first = initialState(machine);
		return step(machine, first.state, { actor: 0, alternative: 0 }, 'op').violations;
	};

	it('of a step have a bound', () => {
		expect(run([])).toHaveLength(200);
	});

	it('of kinds that the scenario switched off are not made', () => {
		expect(run(['stale-tlb'])).toEqual([]);
	});
});

describe('failed checks', () => {
	it('stop the CPU with BUG_ON, and only report with WARN_ON', () => {
		const text = `
			#include <linux/bug.h>
			int after_warn, after_bug;
			void entry(void) { WARN_ON(1); after_warn = 1; BUG_ON(after_warn); after_bug = 1; }`;
		const program = compileText(text);
		const machine = machineOf(program, ['entry']);
		let { state } = initialState(machine);
		const titles: string[] = [];
		while (choices(machine, state).length > 0) {
			const next = step(machine, state, { actor: 0, alternative: 0 }, 'op');
			titles.push(...next.violations.map(({ kind, title }) => `${kind}: ${title}`));
			state = next.state;
		}
		expect(titles.map((title) => title.split(':')[0])).toEqual(['assertion', 'assertion']);
		expect(state.contexts[0]?.status).toBe('dead');
		expect([globalNamed(program, state, 'after_warn'), globalNamed(program, state, 'after_bug')]).toEqual([1, 0]);
	});
});
