import { describe, expect, it } from 'vitest';
import { execute } from '../../source/session/commands.ts';
import type { Session } from '../../source/session/session.ts';
import { ancestorAt } from '../../source/session/timeline.ts';
import { endlessSession } from './endless.ts';
import { textOf } from './two-counters.ts';

const length = 10_000;

describe('a long session', () => {
	const session = execute(endlessSession(), `step ${length}`).session;

	function timeOf(at: Session, line: string): number {
		const start = performance.now();
		for (let count = 0; count < 20; count++) execute(at, line);
		return (performance.now() - start) / 20;
	}

	it('is as long as was asked for', () => {
		expect(session.timeline.cursor.depth).toBe(length);
	});

	it('is rewound anywhere in no more time than a short one', () => {
		// Generous, for a busy machine: walking 10,000 nodes and drawing them would be far beyond.
		for (const line of ['goto start', 'goto 17', `goto ${length / 2}`, 'back', 'rc']) {
			expect(timeOf(session, line), line).toBeLessThan(5);
		}
		const early = execute(session, 'goto start').session;
		for (const line of ['goto end', `forward ${length - 1}`]) expect(timeOf(early, line), line).toBeLessThan(5);
	});

	it('gives back the very state of every step', () => {
		const half = execute(session, `goto ${length / 2}`).session;
		expect(half.timeline.cursor).toBe(ancestorAt(session.timeline.cursor, length / 2));
		const again = execute(half, 'goto end').session;
		expect(again.timeline.cursor.state).toBe(session.timeline.cursor.state);
	});

	it('makes a hundred keys a hundred steps, and back to the first state', () => {
		let at = execute(session, 'goto start').session;
		for (let key = 0; key < 100; key++) at = execute(at, String(key % 2)).session;
		expect(at.timeline.cursor.depth).toBe(100);
		for (let key = 0; key < 100; key++) at = execute(at, 'back').session;
		expect(at.timeline.cursor.state).toBe(session.timeline.root.state);
		expect(textOf(execute(at, 'branches'))).toMatch(/main: 10000 steps.*\n\* b2: 100 steps/);
	});

	it('follows a value through all of it', () => {
		const result = execute(session, 'last total');
		expect(textOf(result)).toMatch(/^total: \d+ -> \d+ by step \d+, CPU0 in total_loop at endless\.c:\d+/);
		expect(textOf(execute(session, 'last others'))).toMatch(/has not changed/);
	});
});
