import { describe, expect, it } from 'vitest';
import { LockOrderDetector } from '../../source/explore/lock-order-detector.ts';
import { initialState, step } from '../../source/machine/step.ts';
import type { Trace } from '../../source/machine/trace.ts';
import type { Violation } from '../../source/machine/violation.ts';
import { harmlessOrders } from './lock-orders.ts';
import { machineOfText } from './model-text.ts';

/** What is reported when CPU0 runs to its end, then CPU1. */
function reports(text: string): readonly Violation[] {
	const machine = machineOfText(`#include <linux/spinlock.h>\n#include <linux/rwsem.h>\n${text}`);
	const detector = new LockOrderDetector(machine);
	const found: Violation[] = [];
	let { state } = initialState(machine);
	for (const actor of [0, 1]) {
		while (state.contexts[actor]?.status === 'running') {
			const trace: Trace = [];
			({ state } = step(machine, state, { actor, alternative: 0 }, 'op', { trace }));
			found.push(...detector.follow(trace, state));
		}
	}
	return found;
}

describe('the order of locks along a run', () => {
	it('is a circle when the second order is seen, and the report shows how it deadlocks', () => {
		const found = reports(`spinlock_t a; spinlock_t b;
void cpu0(void) { spin_lock(&a); spin_lock(&b); spin_unlock(&b); spin_unlock(&a); }
void cpu1(void) { spin_lock(&b); spin_lock(&a); spin_unlock(&a); spin_unlock(&b); }`);
		expect(found).toMatchObject([
			{
				kind: 'lock-order',
				severity: 'warning',
				title: 'possible circular locking dependency: a -> b -> a',
				actor: 'CPU1',
				step: 6,
				line: 5,
			},
		]);
		// As print_circular_lock_scenario() lays it out.
		expect(found[0]?.details.join('\n')).toContain(`Chain exists of:
  a --> b --> a

 Possible unsafe locking scenario:

       CPU0                    CPU1
       ----                    ----
  lock(a);
                               lock(b);
                               lock(a);
  lock(b);

 *** DEADLOCK ***
`);
	});

	it.each(harmlessOrders)('is fine with %s', (_, text) => {
		expect(reports(text)).toEqual([]);
	});
});
