import { describe, expect, it } from 'vitest';
import { Bench, machineType, scalarLayout, testProgram } from './plain-store.ts';

function setUp() {
	const bench = new Bench(testProgram({ layouts: [scalarLayout('struct mutex', machineType('mutex'))] }));
	return { bench, mutex: bench.add(0, { name: 'm' }) };
}

describe('sleeping', () => {
	it('is fine for a CPU that holds nothing, or only sleeping locks', () => {
		const { bench, mutex } = setUp();
		bench.run(0, 'might_sleep');
		bench.run(0, 'mutex_lock', mutex);
		bench.run(0, 'might_sleep');
		expect(bench.takeReports()).toEqual([]);
	});

	it('is an error with preemption or interrupts off, and not after', () => {
		const { bench } = setUp();
		bench.run(0, 'preempt_disable');
		bench.run(0, 'preempt_disable');
		bench.run(0, 'preempt_enable');
		bench.run(0, 'might_sleep');
		expect(bench.takeReports()).toEqual(['sleep-in-atomic: might_sleep() may sleep, with preemption disabled']);
		bench.run(0, 'preempt_enable');
		bench.run(0, 'local_irq_disable');
		bench.run(0, 'cond_resched');
		expect(bench.takeReports()).toEqual(['sleep-in-atomic: cond_resched() may sleep, with interrupts disabled']);
		bench.run(0, 'local_irq_enable');
		bench.run(0, 'might_sleep');
		expect(bench.takeReports()).toEqual([]);
	});

	it('is an error in a callback, always', () => {
		const { bench, mutex } = setUp();
		bench.run(2, 'mutex_lock', mutex);
		expect(bench.takeReports()).toEqual(['sleep-in-atomic: mutex_lock() may sleep, in an RCU callback']);
	});

	it('is not what enabling preemption too often is called', () => {
		const { bench } = setUp();
		bench.run(0, 'preempt_enable');
		expect(bench.takeReports()).toEqual(['lock-misuse: preempt_enable(): CPU0 has preemption enabled already']);
	});
});

describe('the running context', () => {
	it('knows its CPU; a callback runs on CPU 0', () => {
		const { bench } = setUp();
		expect([0, 1, 2].map((context) => bench.run(context, 'smp_processor_id'))).toEqual([0, 1, 0]);
	});
});
