import { describe, expect, it } from 'vitest';
import { execute } from '../../source/session/commands.ts';
import { placeOf } from '../../source/session/place.ts';
import type { Session } from '../../source/session/session.ts';
import { lineWith, newSession, runLines, sessionAfter, textOf } from './two-counters.ts';

const start = newSession();

function place(session: Session, cpu: number): string {
	const found = placeOf(session.target, session.timeline.cursor.state, cpu);
	return found === null ? 'none' : `${found.name}:${found.line}`;
}

function hits(session: Session): number[] {
	return session.breakpoints.map((breakpoint) => breakpoint.hits);
}

describe('a breakpoint at a function', () => {
	const set = sessionAfter(start, 'break add');

	it('stops each time it is entered, and counts', () => {
		const first = runLines(set, 'continue');
		expect(first.session.stop).toMatch(/^breakpoint 1, add at counters\.c:\d+ \(CPU0\)/);
		expect(first.stopped).toBe(true);
		expect(place(first.session, 0)).toBe(`add:${lineWith('spin_lock')}`);
		const third = sessionAfter(first.session, 'continue', 'continue');
		expect(hits(third)).toEqual([3]);
		const end = runLines(third, 'continue');
		expect(end.session.timeline.cursor.state.contexts[0]?.status).toBe('done');
	});

	it('stops whoever enters it', () => {
		expect(execute(set, '1').session.stop).toMatch(/^breakpoint 1, add .*\(CPU1\)/);
	});

	it('stops a step over the call', () => {
		const before = sessionAfter(set, 'next');
		expect(place(before, 0)).toBe(`first:${lineWith('rounds[i]')}`);
		const stopped = runLines(before, 'next');
		expect(stopped.session.stop).toMatch(/breakpoint 1, add/);
		expect(place(stopped.session, 0)).toBe(`add:${lineWith('spin_lock')}`);
		// Without it the call is one step.
		expect(place(sessionAfter(before, 'disable 1', 'next'), 0)).toMatch(/^first:/);
	});

	it('stops on the way back where it stopped on the way there', () => {
		const places: number[] = [];
		let session = set;
		for (let count = 0; count < 3; count++) {
			session = execute(session, 'continue').session;
			places.push(session.timeline.cursor.depth);
		}
		session = sessionAfter(session, 'disable', 'continue', 'enable');
		const back: number[] = [];
		for (let count = 0; count < 3; count++) {
			const result = execute(session, 'reverse-continue');
			expect(result.stopped).toBe(true);
			session = result.session;
			back.push(session.timeline.cursor.depth);
		}
		expect(back).toEqual(places.toReversed());
		const last = execute(session, 'rc');
		expect(last.session.timeline.cursor.depth).toBe(0);
		expect(last.session.stop).toMatch(/^the start/);
	});

	it('can be disabled, enabled, deleted', () => {
		expect(sessionAfter(set, 'disable 1', 'continue').timeline.cursor.state.contexts[0]?.status).toBe('done');
		expect(sessionAfter(set, 'disable', 'enable 1', 'continue').stop).toMatch(/breakpoint 1/);
		expect(sessionAfter(set, 'delete 1').breakpoints).toEqual([]);
		expect(textOf(execute(set, 'delete 7'))).toMatch(/there is no breakpoint 7; there are 1/);
		expect(textOf(execute(start, 'delete'))).toMatch(/no breakpoint is set/);
	});

	it('is deleted by its first hit when it is temporary', () => {
		const session = sessionAfter(start, 'tbreak add', 'continue');
		expect(session.stop).toMatch(/^temporary breakpoint 1/);
		expect(session.breakpoints).toEqual([]);
	});
});

describe('a breakpoint at a line', () => {
	it('stops before the line, each time round', () => {
		const set = sessionAfter(start, `break counters.c:${lineWith('before = total')}`);
		const session = sessionAfter(set, 'continue', 'continue');
		expect(hits(session)).toEqual([2]);
		expect(place(session, 0)).toBe(`add:${lineWith('before = total')}`);
	});

	it('moves to the next line that has code, and says so', () => {
		const result = execute(start, `break ${lineWith('void first')}`);
		expect(textOf(result)).toMatch(/has no code; taking line/);
	});

	it('says which others are at the same place', () => {
		const twice = execute(sessionAfter(start, 'break add', 'disable 1'), 'break add if amount == 2');
		expect(textOf(twice)).toBe('breakpoint 2: add if amount == 2 (breakpoint 1 (disabled) also set there)');
		expect(textOf(execute(twice.session, 'break add'))).toMatch(
			/^breakpoint 3: add \(breakpoints 1 \(disabled\), 2 also set/,
		);
		expect(textOf(execute(start, 'break add'))).toBe('breakpoint 1: add');
	});

	it('is toggled at the line of the focus', () => {
		const set = sessionAfter(start, 'toggle');
		expect(set.breakpoints).toMatchObject([{ kind: 'line', file: 'counters.c' }]);
		expect(sessionAfter(set, 'toggle').breakpoints).toEqual([]);
	});

	it('does not count a CPU that waits in its line', () => {
		const line = `break ${lineWith('spin_lock')}`;
		const both = sessionAfter(start, line, 'advance add', 'cpu 1');
		expect(hits(both)).toEqual([2]);
		const waiting = runLines(both, 'cpu 0', 'cpu 1', 'cpu 1');
		expect(textOf(waiting)).toMatch(/cpu1 waits/);
		expect(hits(waiting.session)).toEqual([2]);
	});
});

describe('a condition', () => {
	it('decides in the scope of the place', () => {
		const session = sessionAfter(start, 'break add if amount == 2', 'continue');
		expect(session.timeline.cursor.state.contexts[0]?.status).toBe('done');
		expect(sessionAfter(session, 'focus 1', 'continue').stop).toMatch(/breakpoint 1, add .*CPU1/);
	});

	it('can be changed and taken away', () => {
		const set = sessionAfter(start, 'break add', 'condition 1 amount == 2');
		expect(textOf(execute(set, 'info breakpoints'))).toBe('1: add if amount == 2');
		expect(sessionAfter(set, 'continue').stop).not.toMatch(/breakpoint/);
		expect(sessionAfter(set, 'condition 1', 'continue').stop).toMatch(/breakpoint 1/);
	});

	it('that means nothing is refused at once', () => {
		const result = execute(start, 'break add if amont == 2');
		expect(result.session.breakpoints).toEqual([]);
		expect(textOf(result)).toMatch(/amont/);
	});

	it('that cannot be evaluated counts as true and is reported once', () => {
		const set = sessionAfter(start, 'break add if 1 / (amount - 1)');
		const first = runLines(set, 'continue');
		expect(first.session.stop).toMatch(/breakpoint 1/);
		expect(textOf(first)).toMatch(/condition of breakpoint 1 cannot be evaluated and counts as true/);
		const second = runLines(first.session, 'continue');
		expect(second.session.stop).toMatch(/breakpoint 1/);
		expect(textOf(second)).not.toMatch(/cannot be evaluated/);
	});
});

describe('a watchpoint', () => {
	const set = sessionAfter(start, 'watch total');

	it('stops when the value changes, with the values and who did it', () => {
		const result = runLines(set, 'continue');
		expect(result.session.stop).toMatch(/^watchpoint 1: total: 0 -> 1 \(step \d+, CPU0 in add at counters\.c:\d+\)/);
		expect(result.session.stop).toContain(`counters.c:${lineWith('total = before')}`);
	});

	it('stops in the middle of a step over a call, at the line that made the change', () => {
		const before = sessionAfter(set, 'disable', 'next', 'enable');
		const stopped = runLines(before, 'next');
		expect(stopped.session.stop).toMatch(/^watchpoint 1/);
		expect(place(stopped.session, 0)).toMatch(/^add:/);
	});

	it('stops on the way back', () => {
		const end = sessionAfter(set, 'disable', 'continue', 'enable', 'reverse-continue');
		expect(end.stop).toMatch(/^watchpoint 1: total: 2 -> 3/);
		expect(sessionAfter(end, 'rc').stop).toMatch(/total: 1 -> 2/);
	});

	it('of a local is silent while its function is not running', () => {
		const inside = sessionAfter(start, 'advance add', 'watch before');
		const changed = sessionAfter(inside, 'continue');
		// The first call leaves it 0 as it was; the second reads 1.
		expect(changed.stop).toMatch(/^watchpoint 1: before: 0 -> 1/);
	});
});

describe('a violation', () => {
	const racy = newSession('racy');

	it('stops a run and a repeated key', () => {
		const result = runLines(racy, 'focus 1', 'continue');
		expect(result.stopped).toBe(true);
		expect(result.session.stop).toBe('violation');
		expect(result.output.some(({ tone }) => tone === 'violation')).toBe(true);
		expect(textOf(result)).toMatch(/violation: invariant: /);
	});

	it('is found on the way back, and by goto', () => {
		const beyond = sessionAfter(racy, 'focus 1', 'continue', 'cpu 0', 'cpu 0');
		const back = execute(beyond, 'reverse-continue');
		expect(back.session.stop).toMatch(/a violation was reported here/);
		expect(sessionAfter(beyond, 'restart', 'goto violation').timeline.cursor).toBe(back.session.timeline.cursor);
		expect(textOf(execute(beyond, 'info violations'))).toMatch(/violation: invariant/);
	});
});
