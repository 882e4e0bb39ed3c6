import { describe, expect, it } from 'vitest';
import { initialState } from '../../source/machine/step.ts';
import { machineOf } from './assembler.ts';
import { compileText } from './model-c.ts';
import { play } from './play.ts';

const program = compileText(`
	struct mutex page;
	bool replied;
	int server = 1;

	void writer(void)
	{
		mutex_lock(&page);
		wait_event(READ_ONCE(replied), server);
		mutex_unlock(&page);
	}

	void server_touches_the_page(void)
	{
		mutex_lock(&page);
		WRITE_ONCE(replied, true);
		mutex_unlock(&page);
	}
`);

describe('wait_event(condition, cpu)', () => {
	const machine = machineOf(program, ['writer', 'server_touches_the_page']);

	it('is an edge of the wait-for graph, so that a cycle through it is drawn', () => {
		const { violations } = play(machine, [0]);
		expect(violations.map(({ title }) => title)).toEqual(['deadlock: CPU0 -> CPU1 -> CPU0']);
		expect(violations[0]?.details[0]).toContain('CPU0 waits for CPU1 to bring about the condition at test.c:9');
	});

	it('changes nothing about when the wait ends', () => {
		const { state, violations } = play(machine, [1, 1, 1, 0, 0, 0]);
		expect(violations).toEqual([]);
		expect(state.finished).toBe(true);
		expect(initialState(machine).violations).toEqual([]);
	});
});
