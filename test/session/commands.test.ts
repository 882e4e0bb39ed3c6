import { describe, expect, it } from 'vitest';
import { buildTarget } from '../../source/scenario/target.ts';
import {
	commandTable,
	complete,
	execute,
	findCommand,
	splitLine,
	startSession,
} from '../../source/session/commands.ts';
import { bindingOf } from '../../source/session/key-table.ts';
import { placeOf } from '../../source/session/place.ts';
import type { Session } from '../../source/session/session.ts';
import { editedScenario, lineWith, newSession, runLines, sessionAfter, textOf } from './two-counters.ts';

const start = newSession();

function depth(session: Session): number {
	return session.timeline.cursor.depth;
}

function place(session: Session, cpu: number): string {
	const found = placeOf(session.target, session.timeline.cursor.state, cpu);
	return found === null ? 'none' : `${found.name}:${found.line}`;
}

describe('a command line', () => {
	it('is a word and its argument', () => {
		expect(splitLine('p/x total')).toEqual({ word: 'p', argument: '/x total' });
		expect(splitLine(' 1 ')).toEqual({ word: 'cpu', argument: '1' });
		expect(splitLine('cpu0')).toEqual({ word: 'cpu', argument: '0' });
		expect(splitLine('cpu 0 op')).toEqual({ word: 'cpu', argument: '0 op' });
		expect(splitLine('mmu1 3')).toEqual({ word: 'mmu', argument: '1 3' });
		expect(splitLine('.')).toEqual({ word: '.', argument: '' });
		expect(splitLine('?')).toEqual({ word: '?', argument: '' });
		expect(splitLine('reverse-step 3')).toEqual({ word: 'reverse-step', argument: '3' });
	});

	it('takes the capital letters of the keys as the keys do: backwards', () => {
		const forward = ['s', 'n', 'c', 'f', 'i'].map((key) => findCommand(bindingOf(key)?.command ?? '').name);
		const backward = ['S', 'N', 'C', 'F', 'I'].map((key) => findCommand(key).name);
		expect(backward).toEqual(forward.map((name) => `reverse-${name}`));
	});

	it('may be cut short as long as one command is meant', () => {
		expect(findCommand('cont').name).toBe('continue');
		expect(findCommand('s').name).toBe('step');
		expect(findCommand('STEP').name).toBe('step');
		expect(findCommand('reverse-c').name).toBe('reverse-continue');
		expect(() => findCommand('reverse-')).toThrow(/may be reverse-step, reverse-next/);
		expect(() => findCommand('stpe')).toThrow(/did you mean "step"/);
	});

	it('never throws, whatever is typed', () => {
		const words = commandTable.flatMap(({ name, aliases }) => [name, ...aliases]);
		const argumentsToTry = [
			'',
			'0',
			'1',
			'-1',
			'99999999999',
			'main',
			'x y z',
			'"',
			'((',
			'\u001b[31m',
			'total',
			'a:b:c',
		];
		for (const word of words) {
			for (const argument of argumentsToTry) {
				const result = execute(start, `${word} ${argument}`);
				const said = result.output.length > 0 || result.effects.length > 0;
				expect(said, `${word} ${argument} says nothing`).toBe(true);
				// biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
				expect(textOf(result)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
			}
		}
	});

	it('that cannot be done leaves the session as it was', () => {
		for (const line of ['goto 7', 'back', 'cpu 9', 'nonsense', 'break nowhere', 'print nothing_here', 'mail']) {
			const result = execute(start, line);
			expect(result.session, line).toBe(start);
			expect(result.output.map(({ tone }) => tone)).toContain('error');
			expect(result.effects).toEqual([]);
		}
	});

	it('says nothing when it is empty', () => {
		expect(execute(start, '   ')).toEqual({ session: start, output: [], effects: [], stopped: false });
	});
});

describe('help', () => {
	it('tells of every command', () => {
		const text = textOf(execute(start, 'help'));
		for (const { name, summary } of commandTable) expect(text).toContain(`${name.padEnd(17)} ${summary}`);
		expect(execute(start, 'help').effects).toEqual([{ kind: 'help', topic: null }]);
	});

	it('explains one', () => {
		const text = textOf(execute(start, 'help bre'));
		expect(text).toContain('break [FUNCTION | FILE:LINE | LINE] [if EXPRESSION]');
		expect(text).toContain('Also: b, br');
	});

	it('has one summary line a command, and no name twice', () => {
		const names = commandTable.flatMap(({ name, aliases }) => [name, ...aliases]);
		expect(new Set(names).size).toBe(names.length);
		for (const { summary } of commandTable) {
			expect(summary).not.toContain('\n');
			expect(summary).toMatch(/\.$/);
		}
	});
});

describe('stepping', () => {
	it('of one CPU may have a count', () => {
		const thrice = sessionAfter(start, '0', '0', '0').timeline.cursor.state;
		for (const line of ['0 3', '0 x3', 'cpu0 3 line'])
			expect(sessionAfter(start, line).timeline.cursor.state).toEqual(thrice);
		expect(textOf(execute(start, '0 1 2'))).toMatch(/say which CPU, and how many steps/);
		expect(textOf(execute(start, '0 0'))).toMatch(/0 is not a count/);
	});

	it('that must wait is refused with the reason, in one sentence', () => {
		const waits = editedScenario((source) => source.replace('add(2);', 'wait_event(total > 90);'));
		const session = startSession(buildTarget(waits, { program: 'both' }));
		expect(textOf(execute(session, '1'))).toMatch(
			/^cpu1 waits for the condition at counters\.c:\d+: wait_event\(total > 90\); cpu0 can run$/,
		);
	});

	it('lets the CPU of that number go to its next line', () => {
		const session = sessionAfter(start, '1');
		expect(depth(session)).toBe(1);
		expect(session.focus.context).toBe(1);
		expect(session.timeline.cursor.action).toEqual({ choice: { actor: 1, alternative: 0 }, grain: 'line' });
		expect(place(session, 1)).toBe(`add:${lineWith('spin_lock')}`);
		expect(place(session, 0)).toBe(place(start, 0));
	});

	it('goes into functions with step, over them with next, out of them with finish', () => {
		const inside = sessionAfter(start, 'advance add');
		expect(place(inside, 0)).toBe(`add:${lineWith('spin_lock')}`);
		const out = sessionAfter(inside, 'finish');
		expect(place(out, 0)).toMatch(/^first:/);
		const before = sessionAfter(inside, 'back');
		expect(place(sessionAfter(before, 'next'), 0)).toMatch(/^first:/);
		expect(place(sessionAfter(before, 'step'), 0)).toMatch(/^add:/);
	});

	it('repeats', () => {
		expect(depth(sessionAfter(start, 'step 3'))).toBe(3);
		expect(depth(sessionAfter(start, 'stepi 2'))).toBe(2);
	});

	it('does the same again', () => {
		const session = sessionAfter(start, 'cpu 1 op', 'again');
		expect(session.timeline.cursor.action).toEqual({ choice: { actor: 1, alternative: 0 }, grain: 'op' });
		expect(depth(session)).toBe(2);
		expect(sessionAfter(start, '.').focus.context).toBe(0);
	});

	it('says why a CPU cannot run, and who can', () => {
		const locked = sessionAfter(start, 'advance add', 'step');
		const blocked = runLines(locked, 'cpu 1');
		expect(textOf(blocked)).toMatch(/cpu1 waits for .*lock.*CPU0.*; .*cpu0.* can run/);
		expect(depth(blocked.session)).toBe(depth(locked));
		expect(textOf(execute(start, 'rcu'))).toMatch(/rcu has nothing to do/);
		expect(textOf(execute(start, 'ipi 0'))).toMatch(/ipi0 has nothing to do/);
		expect(textOf(execute(start, 'mmu 0'))).toMatch(/mmu0 has nothing to do/);
	});

	it('stops where the CPU has to wait', () => {
		// CPU0 has left the lock, which CPU1 takes; it has its result to store before it wants the lock again.
		const locked = sessionAfter(
			start,
			'advance add',
			`until ${lineWith('return before')}`,
			'cpu 1',
			'cpu 1',
			'focus 0',
		);
		const result = execute(locked, 'step 20');
		expect(result.stopped).toBe(true);
		expect(result.session.stop).toMatch(/cpu0 waits for/);
	});

	it('makes exactly as many steps as keys', () => {
		let session = start;
		for (let count = 0; count < 10; count++) session = execute(session, String(count % 2)).session;
		expect(depth(session)).toBeLessThanOrEqual(10);
		const alone = Array.from({ length: 8 }).reduce<Session>((at) => execute(at, '0').session, start);
		expect(depth(alone)).toBe(8);
	});
});

describe('running', () => {
	it('continues to the end of the focused CPU', () => {
		const result = execute(start, 'continue');
		expect(result.session.timeline.cursor.state.contexts[0]?.status).toBe('done');
		expect(result.session.timeline.cursor.state.contexts[1]?.status).toBe('running');
		expect(result.session.stop).toMatch(/has finished.*cpu1 can run/);
	});

	it('runs until an expression is true', () => {
		const session = sessionAfter(start, 'run-until total == 2');
		expect(textOf(execute(session, 'print total'))).toBe('total = 2');
		const step = sessionAfter(session, 'back');
		expect(textOf(execute(step, 'print total'))).toBe('total = 1');
	});

	it('runs until an expression of locals that are not there yet', () => {
		const session = sessionAfter(start, 'run-until before == 1');
		expect(place(session, 0)).toMatch(/^add:/);
		expect(textOf(execute(session, 'p before'))).toBe('before = 1');
	});

	it('runs until a line, a function, a later line', () => {
		expect(place(sessionAfter(start, `until ${lineWith('box.limit')}`), 0)).toBe(`first:${lineWith('box.limit')}`);
		expect(place(sessionAfter(start, 'advance add', 'until first'), 0)).toMatch(/^first:/);
		const loop = sessionAfter(start, 'next');
		expect(place(loop, 0)).toBe(`first:${lineWith('rounds[i]')}`);
		const later = sessionAfter(loop, 'until');
		expect(place(later, 0)).toMatch(/^first:/);
	});

	it('refuses what means nothing', () => {
		expect(textOf(execute(start, 'run-until totl == 2'))).toMatch(/totl/);
		expect(textOf(execute(start, 'advance'))).toMatch(/say where/);
		expect(textOf(execute(start, 'advance counters.c:999'))).toMatch(/has no code at or after line 999/);
	});
});

describe('time', () => {
	const walked = sessionAfter(start, '0', '1', '0');

	it('goes back and forward without losing anything', () => {
		const early = sessionAfter(walked, 'back 2');
		expect(depth(early)).toBe(1);
		expect(textOf(runLines(walked, 'back 2'))).toMatch(/^step 1 of 3, branch main, PAST/);
		expect(sessionAfter(early, 'forward 2').timeline.cursor).toBe(walked.timeline.cursor);
		expect(sessionAfter(walked, 'back 99').timeline.cursor).toBe(walked.timeline.root);
	});

	it('says so at both ends', () => {
		expect(textOf(execute(start, 'back'))).toMatch(/this is the start/);
		expect(textOf(execute(walked, 'forward'))).toMatch(/end of branch main/);
	});

	it('goes anywhere', () => {
		expect(depth(sessionAfter(walked, 'goto 1'))).toBe(1);
		expect(depth(sessionAfter(walked, 'goto -1'))).toBe(2);
		expect(depth(sessionAfter(walked, 'goto start', 'goto +2'))).toBe(2);
		expect(depth(sessionAfter(walked, 'restart'))).toBe(0);
		expect(depth(sessionAfter(walked, 'restart', 'goto end'))).toBe(3);
		expect(depth(sessionAfter(walked, 'goto main:2'))).toBe(2);
		expect(textOf(execute(walked, 'goto 4'))).toMatch(/branch main ends at step 3/);
		expect(textOf(execute(walked, 'goto violation'))).toMatch(/no violation has been reported/);
		expect(textOf(execute(walked, 'goto mian'))).toMatch(/did you mean "main"/);
	});

	it('steps back over lines and calls of the focused CPU', () => {
		const inside = sessionAfter(start, 'advance add', 'step 2', 'cpu 1', 'focus 0');
		const back = sessionAfter(inside, 'reverse-next');
		expect(place(back, 0)).toBe(
			`add:${lineWith('before = total')}`.replace(/\d+$/, place(back, 0).split(':')[1] ?? ''),
		);
		expect(back.focus.context).toBe(0);
		const called = sessionAfter(inside, 'reverse-finish');
		expect(place(called, 0)).toMatch(/^first:/);
		expect(place(sessionAfter(called, 'step'), 0)).toMatch(/^add:/);
	});

	it('follows a value back, again and again', () => {
		const end = sessionAfter(start, 'continue');
		const last = runLines(end, 'last total');
		expect(textOf(last)).toMatch(/^total: 2 -> 3 by step \d+, CPU0 in add at counters\.c:\d+/);
		const earlier = runLines(last.session, 'last');
		expect(textOf(earlier)).toMatch(/^total: 1 -> 2/);
		const first = runLines(earlier.session, 'last');
		expect(textOf(first)).toMatch(/^total: 0 -> 1/);
		expect(textOf(execute(first.session, 'last'))).toMatch(/has not changed before/);
		expect(textOf(execute(first.session, 'next-change'))).toMatch(/^total: 1 -> 2/);
	});

	it('says when there is nothing to follow', () => {
		expect(textOf(execute(start, 'last'))).toMatch(/say which expression/);
		expect(textOf(execute(start, 'last nothing_here'))).toMatch(/nothing_here/);
	});
});

describe('branches', () => {
	const main = sessionAfter(start, '0', '0', '0');
	const both = sessionAfter(main, 'back 2', '1');

	it('grow by stepping differently', () => {
		expect(both.timeline.branches.map(({ name }) => name)).toEqual(['main', 'b2']);
		expect(textOf(execute(both, 'branches'))).toMatch(
			/main: 3 steps\n\* b2: 2 steps, from main at step 1, here at step 2/,
		);
	});

	it('get names', () => {
		expect(sessionAfter(both, 'branch late').timeline.branches.map(({ name }) => name)).toEqual(['main', 'late']);
		const forked = sessionAfter(main, 'back', 'branch mine');
		expect(forked.timeline.branches.map(({ name }) => name)).toEqual(['main', 'mine']);
		expect(textOf(execute(forked, 'branch main'))).toMatch(/there is a branch main already/);
		for (const bad of ['12', 'a:b', 'start', 'x'.repeat(41)]) {
			expect(textOf(execute(main, `branch ${bad}`))).toMatch(/cannot be a branch's name/);
		}
	});

	it('can be switched to', () => {
		expect(sessionAfter(both, 'switch main').timeline.cursor).toBe(main.timeline.cursor);
		expect(textOf(execute(both, 'switch maim'))).toMatch(/did you mean "main"/);
	});

	it('are compared: where they part, and what differs now', () => {
		const text = textOf(execute(both, 'compare main b2'));
		expect(text).toMatch(/^the same up to step 1, then:\n {2}main: step 2: cpu0 in .*\n {2}b2: step 2: cpu1 in /);
		expect(text).toMatch(/what differs now \(main at step 3, b2 at step 2\):/);
		expect(textOf(execute(both, 'compare main:1 b2:1'))).toMatch(/are the same point, step 1/);
		expect(textOf(execute(main, 'compare start'))).toMatch(/here is 3 steps after start/);
	});
});

describe('looking', () => {
	const inside = sessionAfter(start, 'advance add', 'step 3');

	it('says where it has looked for a name that is not there', () => {
		expect(textOf(execute(inside, 'print nothing_here'))).toMatch(/among the locals of add \(CPU0\) and the globals/);
		expect(textOf(execute(inside, 'print 1 +'))).not.toContain('among');
	});

	it('prints values and structs', () => {
		expect(textOf(execute(inside, 'print total'))).toBe('total = 1');
		expect(textOf(execute(inside, 'print amount + 1'))).toBe('amount + 1 = 2');
		expect(textOf(execute(inside, 'p/x 255'))).toBe('255 = 0xff');
		expect(textOf(execute(sessionAfter(inside, 'step'), 'print box'))).toMatch(
			/box = \{2 cells\}\n {2}\.value = 1\n {2}\.limit = 0/,
		);
		expect(textOf(execute(inside, 'print rounds'))).toMatch(/\[0\] = 0\n {2}\[1\] = 0\n {2}\[2\] = 0/);
		expect(textOf(execute(inside, 'print'))).toMatch(/say what to print/);
		expect(textOf(execute(inside, 'print/z total'))).toMatch(/no format \/z/);
		expect(textOf(execute(inside, 'print total = 5'))).toMatch(/error/);
	});

	it('says of a struct at no object that there is none', () => {
		const nowhere = execute(inside, 'print *(struct counter *)NULL');
		expect(nowhere.output.map(({ tone }) => tone)).toEqual(['error']);
		expect(textOf(nowhere)).toBe('*(struct counter *)NULL cannot be shown: NULL leads to no object');
	});

	it('follows single values only: where a struct lies does not change with what is in it', () => {
		for (const word of ['watch', 'display']) {
			expect(textOf(execute(inside, `${word} box`))).toMatch(/^box is not a single value/);
			expect(execute(inside, `${word} box.value`).session.nextId).toBe(inside.nextId + 1);
		}
	});

	it('shows the stack, and expressions in its frames', () => {
		expect(textOf(execute(inside, 'bt'))).toMatch(/^\*#0 add at counters\.c:\d+\n #1 first at counters\.c:\d+$/);
		const up = sessionAfter(inside, 'up');
		expect(up.focus.frame).toBe(1);
		expect(textOf(execute(up, 'print i'))).toBe('i = 0');
		expect(textOf(execute(up, 'info line'))).toBe(`line ${lineWith('rounds[i]')} of counters.c, in first`);
		expect(textOf(execute(up, 'up'))).toMatch(/outermost frame/);
		expect(textOf(execute(inside, 'down'))).toMatch(/innermost frame/);
		expect(sessionAfter(up, 'frame 0').focus.frame).toBe(0);
	});

	it('lists source around the focus and of a function', () => {
		expect(textOf(execute(inside, 'list'))).toMatch(/=> +\d+ +box\.value = total;/);
		const whole = textOf(execute(inside, 'list second'));
		expect(whole).toMatch(/^counters\.c, second/);
		expect(whole).toMatch(/add\(2\);/);
		expect(textOf(execute(inside, 'list counters.c:3'))).toContain('int limit;');
	});

	it('says why nobody can run', () => {
		const blocked = sessionAfter(inside, 'cpu 1', 'focus 0');
		const text = textOf(execute(blocked, 'why-not'));
		expect(text).toMatch(/cpu0 can run: /);
		expect(text).toMatch(/cpu1 waits for .*lock/);
		expect(text).toMatch(/CPU0 stands in add/);
		expect(textOf(execute(blocked, 'why-not 1'))).toMatch(/^cpu1 waits for/);
		expect(textOf(execute(blocked, 'why-not cpu7'))).toMatch(/there is no actor cpu7/);
	});

	it('looks for text', () => {
		const text = textOf(execute(start, 'search spin_'));
		expect(text).toMatch(/counters\.c:\d+: spin_lock\(&lock\);/);
		expect(textOf(execute(start, 'search zzz'))).toMatch(/nothing in the model's source/);
	});

	it('knows every topic of info', () => {
		const topics = textOf(execute(inside, 'info'))
			.split('\n')
			.slice(1)
			.map((line) => line.trim().split(' ')[0] ?? '');
		for (const topic of topics) {
			const result = execute(inside, `info ${topic}`);
			expect(result.output.length, topic).toBeGreaterThan(0);
			expect(
				result.output.every(({ tone }) => tone !== 'error'),
				topic,
			).toBe(true);
		}
		expect(textOf(execute(inside, 'info lock'))).toMatch(/lock \(spinlock\): held by CPU0/);
		expect(textOf(execute(inside, 'info locals'))).toMatch(/before = 0/);
		expect(textOf(execute(inside, 'info zzz'))).toMatch(/knows nothing of zzz/);
		expect(textOf(execute(inside, 'info l'))).toMatch(/may be line, locals, locks/);
	});

	it('displays expressions after every step', () => {
		const shown = sessionAfter(start, 'display total');
		expect(textOf(execute(shown, 'run-until total == 1'))).toMatch(/1: total = 1 {2}\(changed\)/);
		expect(sessionAfter(shown, 'undisplay 1').displays).toEqual([]);
		expect(textOf(execute(start, 'undisplay'))).toMatch(/nothing is displayed/);
	});
});

describe('the session', () => {
	it('keeps notes with their place', () => {
		const session = sessionAfter(start, '0', 'note here \u001b[31mit\u001b[0m begins');
		expect(session.notes).toHaveLength(1);
		expect(session.notes[0]).toMatchObject({ branch: 'main', depth: 1 });
		expect(textOf(execute(session, 'notes'))).toMatch(/^main:1: here /);
	});

	it('asks the outside for what it cannot do', () => {
		expect(execute(start, 'quit').effects).toEqual([{ kind: 'quit' }]);
		expect(execute(start, 'record x.mmstep').effects).toEqual([{ kind: 'record', file: 'x.mmstep' }]);
		expect(execute(start, 'record').effects).toEqual([
			{ kind: 'record', file: 'two-counters-plain.mmstep', numbered: true },
		]);
		expect(execute(start, 'record stop').effects).toEqual([{ kind: 'stopRecording' }]);
		expect(execute(start, 'report').effects).toEqual([{ kind: 'report', format: 'text', file: null }]);
		expect(execute(start, 'report json').effects).toEqual([{ kind: 'report', format: 'json', file: null }]);
		expect(execute(start, 'report out.md').effects).toEqual([{ kind: 'report', format: 'markdown', file: 'out.md' }]);
		expect(execute(start, 'report text a b').effects).toEqual([{ kind: 'report', format: 'text', file: 'a b' }]);
		expect(execute(start, 'pane locks').effects).toEqual([{ kind: 'pane', pane: 'locks' }]);
		expect(execute(start, 'scenarios').effects).toEqual([{ kind: 'picker' }]);
	});
});

describe('completion', () => {
	const session10 = sessionAfter(start, ...Array.from({ length: 10 }, () => 'break add'));

	it('goes on with commands, functions, files, names and points', () => {
		expect(complete(start, 'rev')).toEqual([
			'reverse-continue ',
			'reverse-finish ',
			'reverse-next ',
			'reverse-step ',
			'reverse-stepi ',
		]);
		expect(complete(start, 'break ad')).toEqual(['break add']);
		expect(complete(start, 'b cou')).toEqual(['b counters.c:']);
		expect(complete(start, 'print to')).toEqual(['print total']);
		expect(complete(start, 'p/x to')).toEqual(['p/x total']);
		expect(complete(start, 'print total + ro')).toEqual(['print total + rounds']);
		expect(complete(start, 'print box.li')).toEqual(['print box.limit']);
		expect(complete(start, 'print 1 + !box.')).toEqual(['print 1 + !box.limit', 'print 1 + !box.value']);
		expect(complete(session10, 'delete 1')).toEqual(['delete 1', 'delete 10']);
		expect(complete(session10, 'delete ').slice(0, 3)).toEqual(['delete 1', 'delete 2', 'delete 3']);
		expect(complete(start, 'schedule im')).toEqual(['schedule impossible']);
		expect(complete(start, 'goto st')).toEqual(['goto start']);
		expect(complete(start, 'info lo')).toEqual(['info locals', 'info locks']);
		expect(complete(start, 'nonsense x')).toEqual([]);
		expect(complete(sessionAfter(start, 'advance add'), 'print bef')).toEqual(['print before']);
	});
});
