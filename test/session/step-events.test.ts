import { describe, expect, it } from 'vitest';
import type { Choice } from '../../source/machine/machine.ts';
import { choices } from '../../source/machine/step.ts';
import type { Session } from '../../source/session/session.ts';
import { eventsOf } from '../../source/session/step-events.ts';
import { take } from '../../source/session/stepping.ts';
import { newSession } from './two-counters.ts';

/** Takes the last choice there is, until there is none. */
function runAll(session: Session, wantsEvents: boolean): Session[] {
	const way = [session];
	for (let at = session; ; ) {
		const choice: Choice | undefined = choices(at.target.machine, at.timeline.cursor.state).at(-1);
		if (choice === undefined) return way;
		at = take(at, choice, 'op', wantsEvents);
		way.push(at);
	}
}

describe('the events of a step', () => {
	it('are the same whether they were kept or are made again, and so are the states and reports', () => {
		const [kept, plain] = [runAll(newSession(), true), runAll(newSession(), false)];
		const eventsIn = (way: readonly Session[]) =>
			way.map(({ target, timeline }) => eventsOf(target.machine, timeline.cursor));
		expect(eventsIn(kept)).toEqual(eventsIn(plain));
		expect(
			eventsIn(plain)
				.flat()
				.map(({ kind }) => kind),
		).toContain('store');
		expect(eventsIn(plain)[0]).toEqual([]);
		expect(kept.map(({ timeline }) => timeline.cursor.state)).toEqual(
			plain.map(({ timeline }) => timeline.cursor.state),
		);
		expect(kept.map(({ timeline }) => timeline.cursor.violations)).toEqual(
			plain.map(({ timeline }) => timeline.cursor.violations),
		);
	});
});
