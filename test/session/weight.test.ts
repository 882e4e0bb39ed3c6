import { describe, expect, it } from 'vitest';
import type { MachineState } from '../../source/machine/state.ts';
import { execute } from '../../source/session/commands.ts';
import { maxWeight, stateWeight } from '../../source/session/weight.ts';
import { newSession, sessionAfter, textOf } from './two-counters.ts';

describe('the weight of a history', () => {
	it('counts what a state does not share', () => {
		const session = sessionAfter(newSession(), '0', '0');
		const { cursor } = session.timeline;
		const same = stateWeight(cursor.state, cursor.state);
		const [first] = cursor.state.objects.filter((object) => object !== null);
		if (first === undefined) return expect.unreachable();
		const large = { ...first, cells: new Array<number>(10_000).fill(0) };
		const grown: MachineState = { ...cursor.state, objects: [...cursor.state.objects, large] };
		expect(stateWeight(cursor.state, grown) - same).toBeGreaterThan(80_000);
		expect(stateWeight(grown, { ...grown, clock: 9 })).toBe(same);
	});

	it('grows with every new step, on every branch, and not with moves', () => {
		const one = sessionAfter(newSession(), '0');
		const two = sessionAfter(one, '0');
		expect(two.timeline.weight).toBeGreaterThan(one.timeline.weight);
		const back = sessionAfter(two, 'back', '0', 'goto start', '0');
		expect(back.timeline.weight).toBe(two.timeline.weight);
		expect(sessionAfter(back, '1').timeline.weight).toBeGreaterThan(two.timeline.weight);
	});

	it('ends the stepping with a message, and going back still works', () => {
		const session = sessionAfter(newSession(), '0', '0');
		const full = { ...session, timeline: { ...session.timeline, weight: maxWeight + 1 } };
		const result = execute(full, '0');
		expect(textOf(result)).toMatch(/as many steps as memory allows/);
		expect(result.session).toBe(full);
		expect(execute(full, 'back').session.timeline.cursor.depth).toBe(1);
	});
});
