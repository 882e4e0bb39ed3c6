import { describe, expect, it } from 'vitest';
import type { ScheduleStep } from '../../source/scenario/scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import { evaluateIn } from '../../source/session/expressions.ts';
import { placeOf } from '../../source/session/place.ts';
import { maxEntrySteps, runSchedule, scheduleMismatch, selectSchedule } from '../../source/session/schedule.ts';
import type { Session } from '../../source/session/session.ts';
import { lineWith, newSession, runLines, sessionAfter, textOf } from './two-counters.ts';

function place(session: Session, cpu: number): string {
	const found = placeOf(session.target, session.timeline.cursor.state, cpu);
	return found === null ? 'none' : `${found.name}:${found.line}`;
}

function total(session: Session): number {
	const value = evaluateIn(session.target, session.timeline.cursor.state, 'total', { context: 0, frame: 0 });
	return value.ok ? value.value : Number.NaN;
}

/** A session that follows steps made for the test. */
function following(...steps: readonly ScheduleStep[]): Session {
	const session = newSession();
	const entries = steps.map((step) => ({ text: `${step.actor} ${step.kind}`, step, note: '', mark: '' }));
	return selectSchedule(session, {
		id: 'test',
		title: 'test',
		summary: '',
		kernels: [],
		program: 'both',
		options: {},
		entries,
	});
}

describe('an entry', () => {
	it('makes as many line steps as it says', () => {
		const run = runSchedule(following({ kind: 'times', actor: 'cpu1', count: 3 }));
		expect(run.end).toBe('finished');
		expect(run.session.timeline.cursor.depth).toBe(3);
	});

	it('stops exactly when the function is called', () => {
		const run = runSchedule(following({ kind: 'untilFunction', actor: 'cpu0', function: 'add', event: 'called' }));
		expect(place(run.session, 0)).toBe(`add:${lineWith('spin_lock')}`);
	});

	it('stops exactly when the function has returned, before the caller does anything with the result', () => {
		const returns = { kind: 'untilFunction', actor: 'cpu0', function: 'add', event: 'returns' } as const;
		const run = runSchedule(following(returns, returns));
		expect(run.end).toBe('finished');
		expect(total(run.session)).toBe(2);
		expect(place(run.session, 0)).toMatch(/^first:/);
		// rounds[1] = add(1): the second result, 1, has not been stored yet.
		const { target, timeline } = run.session;
		const value = evaluateIn(target, timeline.cursor.state, 'rounds[1]', { context: 0, frame: 0 });
		expect(value).toMatchObject({ ok: true, value: 0 });
		expect(sessionAfter(run.session, 'cpu 0 op').timeline.cursor.state).not.toBe(timeline.cursor.state);
	});

	it('stops before a line, or after it', () => {
		const before = runSchedule(following({ kind: 'untilLine', actor: 'cpu0', text: 'spin_lock', after: false }));
		expect(place(before.session, 0)).toBe(`add:${lineWith('spin_lock')}`);
		const behind = runSchedule(following({ kind: 'untilLine', actor: 'cpu0', text: 'spin_lock', after: true }));
		expect(place(behind.session, 0)).toBe(`add:${lineWith('before = total')}`);
		const call = runSchedule(following({ kind: 'untilLine', actor: 'cpu0', text: 'rounds[i]', after: true }));
		expect(place(call.session, 0)).toMatch(/^first:/);
		expect(total(call.session)).toBe(1);
	});

	it('stops when an expression is true, also of locals', () => {
		const run = runSchedule(following({ kind: 'untilExpression', actor: 'cpu0', expression: 'before == 2' }));
		expect(total(run.session)).toBe(2);
		expect(place(run.session, 0)).toMatch(/^add:/);
	});

	it('stops when the CPU has to wait, or is done', () => {
		const run = runSchedule(
			following(
				{ kind: 'untilLine', actor: 'cpu0', text: 'spin_lock', after: true },
				{ kind: 'untilStatus', actor: 'cpu1', status: 'blocked' },
				{ kind: 'untilStatus', actor: 'cpu0', status: 'done' },
			),
		);
		expect(run.end).toBe('finished');
		// The call and the lock are one step to be taken, which cannot be begun.
		expect(place(run.session, 1)).toMatch(/^second:/);
		expect(run.session.timeline.cursor.state.contexts[0]?.status).toBe('done');
	});

	it('that cannot go on says which it is, what the actor was doing, and why', () => {
		const stuck = runSchedule(newSession('plain', 'stuck'));
		expect(stuck.end).toBe('failed');
		expect(stuck.error).toMatch(
			/^entry 2 of 2, `cpu1 until add returns`: cpu1 waits for .*lock.*it stands in second at counters\.c/,
		);
		expect(stuck.finished).toHaveLength(1);
		const never = runSchedule(newSession('plain', 'impossible'));
		expect(never.error).toMatch(/^entry 2 of 2.*cpu0 has finished/);
		const unknown = runSchedule(following({ kind: 'times', actor: 'cpu7', count: 1 }));
		expect(unknown.error).toMatch(/no actor cpu7: its CPUs are cpu0 to cpu1/);
		const mistyped = runSchedule(following({ kind: 'untilFunction', actor: 'cpu0', function: 'ad', event: 'returns' }));
		expect([mistyped.end, mistyped.error]).toEqual(['failed', expect.stringContaining('there is no function ad')]);
		const nowhere = runSchedule(following({ kind: 'untilLine', actor: 'cpu0', text: 'spin_lok', after: true }));
		expect(nowhere.error).toMatch(/: no line of the model has the text "spin_lok"$/);
		expect(nowhere.session.timeline.cursor.depth).toBe(0);
		expect(maxEntrySteps).toBe(10_000);
	});
});

describe('a whole schedule', () => {
	it('runs to its end', () => {
		const run = runSchedule(newSession('plain', 'mail'));
		expect(run.error).toBe('');
		expect(run.end).toBe('finished');
		expect(run.finished.map(({ entry }) => entry.mark).filter((mark) => mark !== '')).toEqual([
			'entered',
			'locked',
			'returned',
			'twice',
			'over',
		]);
		expect(total(run.session)).toBe(7);
	});

	it('gives the same states entry by entry', () => {
		const whole = runSchedule(newSession('plain', 'mail')).session;
		let session = newSession('plain', 'mail');
		for (let entry = 0; entry < 8; entry++) session = runSchedule(session, 1).session;
		expect(session.timeline.cursor.depth).toBe(whole.timeline.cursor.depth);
		expect(session.timeline.cursor.state).toEqual(whole.timeline.cursor.state);
		expect(session.schedule?.ends).toEqual(whole.schedule?.ends);
	});

	it('says what does not suit it', () => {
		const session = newSession();
		const other = session.target.scenario.schedules.find(({ id }) => id === 'other-program');
		if (other === undefined) return expect.unreachable();
		expect(scheduleMismatch(session, other).join()).toMatch(/written for program alone, and both is running/);
	});
});

describe('following it by hand', () => {
	const start = newSession('plain', 'mail');

	it('takes an entry a time, with the argument beside it', () => {
		const result = execute(start, 'mail');
		expect(textOf(result)).toMatch(/^1\/8 cpu0 until add called {2}\[entered\]\n {2}CPU0 is about to take the lock/);
		expect(result.session.schedule?.next).toBe(1);
		expect(execute(result.session, 'm 3').session.schedule?.next).toBe(4);
	});

	it('continues to its end, and says so', () => {
		const result = execute(start, 'continue');
		expect(result.session.stop).toBe('end of the schedule');
		expect(result.stopped).toBe(true);
		expect(textOf(execute(result.session, 'mail'))).toMatch(/at its end/);
	});

	it('walks along it again after going back', () => {
		const ahead = sessionAfter(start, 'mail 4');
		const again = runLines(ahead, 'restart', 'mail');
		expect(again.session.timeline.cursor.depth).toBe(ahead.schedule?.ends[0]);
		expect(sessionAfter(again.session, 'mail 3').timeline.cursor).toBe(ahead.timeline.cursor);
		expect(sessionAfter(again.session, 'mail 3', 'mail').schedule?.next).toBe(5);
		expect(again.session.timeline.branches).toHaveLength(1);
	});

	it('says when it was left, and goes back', () => {
		const ahead = sessionAfter(start, 'mail 2');
		const away = sessionAfter(ahead, 'back', 'cpu 1');
		const result = execute(away, 'mail');
		expect(textOf(result)).toMatch(/you left schedule mail at step \d+: `schedule` goes back there/);
		const back = execute(away, 'schedule');
		expect(back.session.timeline.cursor).toBe(ahead.timeline.cursor);
		expect(sessionAfter(back.session, 'mail').schedule?.next).toBe(3);
	});

	it('stops at breakpoints in the middle of an entry, and goes on', () => {
		const set = sessionAfter(start, 'mail 3', `break ${lineWith('box.value')}`);
		const stopped = execute(set, 'mail');
		expect(stopped.session.stop).toMatch(/^breakpoint 1/);
		expect(stopped.session.schedule).toMatchObject({ next: 3, partial: { taken: 2 } });
		const on = sessionAfter(stopped.session, 'mail');
		expect(on.schedule?.next).toBe(4);
		expect(on.timeline.cursor.depth).toBe(sessionAfter(start, 'mail 4').timeline.cursor.depth);
	});

	it('knows its marks as points in time', () => {
		const ahead = sessionAfter(start, 'mail 5');
		expect(sessionAfter(ahead, 'goto locked').timeline.cursor.depth).toBe(ahead.schedule?.ends[1]);
		expect(textOf(execute(ahead, 'goto over'))).toMatch(/has not reached over yet/);
	});

	it('is chosen, listed and left by name', () => {
		const session = newSession();
		expect(textOf(execute(session, 'schedules'))).toMatch(/mail: The argument \(8 entries\)/);
		const chosen = execute(sessionAfter(session, '0'), 'schedule mail');
		expect(chosen.session.timeline.cursor.depth).toBe(0);
		expect(chosen.session.schedule?.schedule.id).toBe('mail');
		expect(sessionAfter(chosen.session, 'schedule off').schedule).toBeNull();
		expect(textOf(execute(session, 'schedule mial'))).toMatch(/did you mean "mail"/);
		expect(textOf(execute(session, 'schedule'))).toMatch(/no schedule is being followed/);
		expect(textOf(execute(session, 'mail'))).toMatch(/say `schedule mail`/);
		const alone = startSession(buildTarget(session.target.scenario, { program: 'alone' }));
		expect(textOf(execute(alone, 'mail'))).toMatch(/say `schedule other-program`/);
		expect(textOf(execute(sessionAfter(chosen.session, 'mail'), 'info schedule'))).toMatch(/x 1 cpu0 until add called/);
	});
});
