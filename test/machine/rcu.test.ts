import { describe, expect, it } from 'vitest';
import {
	callbackText,
	callbackWaitReason,
	leaveReaders,
	readyCallbacks,
	sleepBegins,
	takeCallback,
} from '../../source/machine/rcu.ts';
import { Bench, machineType, scalarTypes, structLayout, testProgram } from './plain-store.ts';

/** Function pointer to `callback_fn`. */
const callbackPointer = 2;

function setUp(rcu: 'preemptible' | 'classic' = 'preemptible') {
	const layouts = [
		structLayout('vmap_block', {
			free: scalarTypes.ulong,
			rcu: machineType('rcu_head'),
			lock: machineType('spinlock_t'),
		}),
	];
	const bench = new Bench(testProgram({ layouts }), { rcu, cpus: 3 });
	const block = bench.add(0, { name: 'A' });
	const take = (index: number) => takeCallback(bench.store, bench.observer, index, bench.stamp(3));
	return { bench, block, take };
}

describe('preemptible RCU', () => {
	it('frees after those who were inside have left, not after those who came later', () => {
		const { bench, block, take } = setUp();
		bench.run(1, 'rcu_read_lock');
		bench.run(0, 'kfree_rcu', block);
		bench.run(2, 'rcu_read_lock');
		expect(readyCallbacks(bench.store)).toEqual([]);
		expect(callbackWaitReason(bench.store)).toEqual({
			kind: 'grace-period',
			what: 'the end of a grace period',
			text: 'waits for CPU1 to leave the RCU read section',
			lock: null,
			holders: [1],
		});
		bench.run(1, 'rcu_read_unlock');
		expect(readyCallbacks(bench.store)).toEqual([0]);
		expect(callbackWaitReason(bench.store)).toBeNull();
		expect(bench.run(0, 'object_is_live', block)).toBe(1);
		expect(take(0)).toBeNull();
		expect(bench.run(0, 'object_is_live', block)).toBe(0);
		expect(bench.takeReports()).toEqual([]);
	});

	it('waits for the outermost level, and for the caller too', () => {
		const { bench, block } = setUp();
		bench.run(0, 'rcu_read_lock');
		bench.run(0, 'rcu_read_lock');
		expect(bench.run(0, 'rcu_read_lock_held')).toBe(1);
		bench.run(0, 'kfree_rcu', block);
		bench.run(0, 'rcu_read_unlock');
		expect(readyCallbacks(bench.store)).toEqual([]);
		bench.run(0, 'rcu_read_unlock');
		expect(readyCallbacks(bench.store)).toEqual([0]);
		expect(bench.run(0, 'rcu_read_lock_held')).toBe(0);
	});

	it('waits once for a reader that leaves and comes back', () => {
		const { bench, block } = setUp();
		bench.run(1, 'rcu_read_lock');
		bench.run(0, 'kfree_rcu', block);
		bench.run(1, 'rcu_read_unlock');
		bench.run(1, 'rcu_read_lock');
		expect(readyCallbacks(bench.store)).toEqual([0]);
	});

	it('does not wait for contexts without a read section, or that are at their end', () => {
		const { bench, block } = setUp();
		bench.run(1, 'rcu_read_lock');
		bench.run(0, 'kfree_rcu', block);
		bench.store.changeContext(1, { status: 'dead' });
		expect(readyCallbacks(bench.store)).toEqual([0]);
	});

	it('does not take sleeping for leaving', () => {
		const { bench, block } = setUp();
		bench.run(1, 'rcu_read_lock');
		bench.run(0, 'kfree_rcu', block);
		sleepBegins(bench.store, 1);
		expect(readyCallbacks(bench.store)).toEqual([]);
	});

	it('left without having been entered is a misuse', () => {
		const { bench } = setUp();
		bench.run(1, 'rcu_read_unlock');
		expect(bench.takeReports()).toEqual(['lock-misuse: rcu_read_unlock(): CPU1 is in no RCU read section']);
		expect(bench.store.context(1).rcuDepth).toBe(0);
	});
});

describe('callbacks', () => {
	it('hand the call back to be made', () => {
		const { bench, block, take } = setUp();
		bench.run(0, 'call_rcu', block + 1, callbackPointer);
		const [callback] = bench.store.callbacks();
		if (callback === undefined) throw new Error('nothing queued');
		expect(callbackText(bench.store, callback)).toBe('calls callback_fn(&A->rcu)');
		expect(take(0)).toEqual({ function: 1, argument: block + 1 });
		expect(bench.store.callbacks()).toEqual([]);
		expect(take(0)).toBeNull();
	});

	it('are ready in any order', () => {
		const { bench, block } = setUp();
		const other = bench.add(0);
		bench.run(1, 'rcu_read_lock');
		bench.run(0, 'kfree_rcu', block);
		bench.run(1, 'rcu_read_unlock');
		bench.run(2, 'rcu_read_lock');
		bench.run(0, 'kfree_rcu', other);
		expect(readyCallbacks(bench.store)).toEqual([0]);
		bench.run(2, 'rcu_read_unlock');
		expect(readyCallbacks(bench.store)).toEqual([0, 1]);
	});

	it('queued twice, or for what is freed, are double frees', () => {
		const { bench, block, take } = setUp();
		bench.run(0, 'kfree_rcu', block);
		bench.run(1, 'kfree_rcu', block);
		expect(bench.observer.reports).toMatchObject([
			{
				kind: 'double-free',
				title: 'kfree_rcu(A): it is queued already',
				details: [expect.stringContaining('queued at step 1')],
			},
		]);
		bench.takeReports();
		take(0);
		bench.run(1, 'kfree_rcu', block);
		expect(bench.takeReports()).toEqual(['double-free: kfree_rcu(A): it is freed already']);
		expect(bench.store.callbacks()).toEqual([]);
		const other = bench.add(0, { name: 'B' });
		bench.run(0, 'call_rcu', other + 1, callbackPointer);
		bench.run(0, 'call_rcu', other + 1, callbackPointer);
		expect(bench.takeReports()).toEqual(['double-free: call_rcu(&B->rcu): it is queued already']);
		expect(bench.store.callbacks()).toHaveLength(1);
	});

	it('overtaken by kfree() are a double free, reported once', () => {
		const { bench, block } = setUp();
		bench.run(0, 'kfree_rcu', block);
		bench.run(1, 'kfree', block);
		expect(bench.takeReports()).toEqual(['double-free: kfree(A): kfree_rcu() is about to free it']);
		expect(readyCallbacks(bench.store)).toEqual([]);
	});

	it('that free what is locked are a misuse', () => {
		const { bench, block, take } = setUp();
		bench.run(0, 'kfree_rcu', block);
		bench.run(1, 'spin_lock', block + 2);
		take(0);
		expect(bench.takeReports()).toEqual(['lock-misuse: kfree(A): A.lock is held by CPU1']);
	});

	it('need a head in memory and a function', () => {
		const { bench, block } = setUp();
		bench.run(0, 'kfree_rcu', 0);
		expect(bench.takeReports()).toEqual([]);
		bench.run(0, 'call_rcu', block + 1, 0);
		expect(bench.takeReports()).toEqual(['assertion: call_rcu(&A->rcu): the callback is no function']);
		bench.run(0, 'call_rcu', 0, callbackPointer);
		expect(bench.takeReports()).toHaveLength(1);
		expect(bench.store.callbacks()).toEqual([]);
	});

	it('are no more than there can be objects', () => {
		const { bench, block } = setUp();
		expect(() => {
			for (let i = 0; i < 100; i++) bench.run(0, 'call_rcu', bench.add(0) + 1, callbackPointer);
		}).toThrow('more than 50 RCU callbacks');
		expect(block).toBeGreaterThan(0);
	});
});

describe('classic RCU', () => {
	it('waits for every running CPU to pass a quiescent state, read section or not', () => {
		const { bench, block } = setUp('classic');
		bench.store.changeContext(2, { status: 'done' });
		bench.run(0, 'kfree_rcu', block);
		expect(callbackWaitReason(bench.store)?.text).toBe('waits for a quiescent state of CPU0 and CPU1');
		bench.run(0, 'rcu_read_lock');
		bench.run(0, 'rcu_read_unlock');
		bench.run(0, 'cond_resched');
		expect(callbackWaitReason(bench.store)?.holders).toEqual([1]);
		sleepBegins(bench.store, 1);
		expect(readyCallbacks(bench.store)).toEqual([0]);
	});

	it('does not wait for a CPU that has not begun, but for one that has come back to its beginning', () => {
		const { bench, block } = setUp('classic');
		const frame = { function: 0, instruction: 0, registers: [0, 0], locals: [], result: null };
		bench.store.changeContext(1, { frames: [frame] });
		bench.store.changeContext(2, { frames: [{ ...frame, registers: [0, block] }] });
		bench.store.changeContext(0, { frames: [frame] });
		bench.run(0, 'kfree_rcu', block);
		// CPU0 itself is in the middle of something, whatever its frames say while it runs.
		expect(callbackWaitReason(bench.store)?.holders).toEqual([0, 2]);
	});

	it('has a quiescent state at the end of a CPU', () => {
		const { bench, block } = setUp('classic');
		bench.run(0, 'kfree_rcu', block);
		bench.store.changeContext(0, { status: 'done' });
		bench.store.changeContext(1, { status: 'dead' });
		bench.run(2, 'cond_resched');
		expect(readyCallbacks(bench.store)).toEqual([0]);
	});

	it('does not take an erroneous sleep in a read section for a quiescent state', () => {
		const { bench, block } = setUp('classic');
		for (const context of [1, 2]) bench.store.changeContext(context, { status: 'done' });
		bench.run(0, 'kfree_rcu', block);
		bench.run(0, 'rcu_read_lock');
		bench.run(0, 'cond_resched');
		expect(bench.takeReports()).toHaveLength(1);
		expect(readyCallbacks(bench.store)).toEqual([]);
	});

	it('waits for a callback that is running, and not for the next one', () => {
		const { bench, block, take } = setUp('classic');
		for (const context of [0, 1, 2]) bench.store.changeContext(context, { status: 'done' });
		bench.store.changeContext(3, { status: 'running' });
		bench.run(3, 'kfree_rcu', block);
		expect(readyCallbacks(bench.store)).toEqual([]);
		bench.store.changeContext(3, { status: 'idle' });
		expect(readyCallbacks(bench.store)).toEqual([0]);
		const other = bench.add(0);
		bench.store.changeContext(0, { status: 'running' });
		bench.run(0, 'call_rcu', other + 1, callbackPointer);
		bench.store.changeContext(0, { status: 'done' });
		take(1);
		bench.store.changeContext(3, { status: 'running' });
		expect(readyCallbacks(bench.store)).toEqual([0]);
	});
});

describe('synchronize_rcu()', () => {
	it('returns at once without readers', () => {
		const { bench } = setUp();
		bench.run(0, 'synchronize_rcu');
		expect(bench.isUnfinished(0, 'synchronize_rcu')).toBe(false);
		expect(bench.takeReports()).toEqual([]);
	});

	it('waits in two ops for the readers of the moment it was called', () => {
		const { bench } = setUp();
		bench.run(1, 'rcu_read_lock');
		expect(bench.waits(0, 'synchronize_rcu')).toBeNull();
		bench.run(0, 'synchronize_rcu');
		expect(bench.isUnfinished(0, 'synchronize_rcu')).toBe(true);
		bench.run(2, 'rcu_read_lock');
		expect(bench.waits(0, 'synchronize_rcu')).toEqual({
			kind: 'grace-period',
			what: 'the end of a grace period',
			text: 'waits for CPU1 to leave the RCU read section',
			lock: null,
			holders: [1],
		});
		bench.run(1, 'rcu_read_unlock');
		expect(bench.waits(0, 'synchronize_rcu')).toBeNull();
		bench.run(0, 'synchronize_rcu');
		expect(bench.isUnfinished(0, 'synchronize_rcu')).toBe(false);
		expect(bench.store.context(0).gracePeriod).toBeNull();
		expect(bench.store.costs['grace periods waited for']).toBe(1);
		expect(bench.takeReports()).toEqual([]);
	});

	it('in a read section would wait for itself', () => {
		const { bench } = setUp();
		bench.run(0, 'rcu_read_lock');
		bench.run(0, 'synchronize_rcu');
		expect(bench.takeReports()).toContain(
			'lock-misuse: synchronize_rcu() in an RCU read section: CPU0 would wait for itself',
		);
		expect(bench.isUnfinished(0, 'synchronize_rcu')).toBe(false);
	});

	it('of two CPUs at once under classic RCU does not make each wait for the other', () => {
		const { bench } = setUp('classic');
		bench.store.changeContext(2, { status: 'done' });
		bench.run(0, 'synchronize_rcu');
		expect(bench.waits(0, 'synchronize_rcu')?.holders).toEqual([1]);
		bench.run(1, 'synchronize_rcu');
		expect(bench.waits(0, 'synchronize_rcu')).toBeNull();
		bench.run(0, 'synchronize_rcu');
		expect(bench.waits(1, 'synchronize_rcu')?.holders).toEqual([0]);
		leaveReaders(bench.store, 0);
		expect(bench.waits(1, 'synchronize_rcu')).toBeNull();
	});
});
