import { describe, expect, it } from 'vitest';
import { waitCycle } from '../../source/report/wait-cycle.ts';

describe('the cycle of a deadlock', () => {
	it('is spelled out in the order of the title, and leaves bystanders alone', () => {
		const cycle = waitCycle('deadlock: CPU1 -> CPU0 -> CPU1', [
			'CPU0 waits for spinlock B, held by CPU1 since step 9',
			'  CPU0 holds A, taken at step 3, CPU0 in f (a.c:1)',
			'CPU1 waits for spinlock A, held by CPU0 since the set-up',
			'CPU2 waits for spinlock A, held by CPU0 since step 3',
		]);
		expect(cycle).toEqual({
			actors: ['CPU1', 'CPU0'],
			text: 'CPU1 waits for spinlock A, held by CPU0; CPU0 waits for spinlock B, held by CPU1',
		});
	});

	it('names a condition by its place', () => {
		const details = ['CPU0 waits for CPU1 to bring about the condition at a.c:7: wait_event(x == 1);'];
		expect(waitCycle('deadlock: CPU0 -> CPU0', details)?.text).toBe(
			'CPU0 waits for CPU1 to bring about the condition at a.c:7',
		);
	});

	it('is none where nobody waits for one another', () => {
		expect(waitCycle('deadlock: nothing can end the wait of CPU0', ['CPU0 waits'])).toBeNull();
	});
});
