import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import type { Violation } from '../../source/machine/violation.ts';
import { splat } from '../../source/report/splat.ts';
import { codeHashOf } from '../../source/scenario/target.ts';
import { targetOf } from './model.ts';

const target = targetOf('int a;\nvoid cpu0(void)\n{\n\ta = 1;\n}\nvoid cpu1(void)\n{\n}\n');
const rule = '='.repeat(66);

const violation: Violation = {
	kind: 'use-after-free',
	severity: 'violation',
	title: 'A was read after it was freed',
	actor: 'CPU1',
	function: 'f',
	file: 'kernel/mm/x.c',
	line: 12,
	step: 7,
	stack: [
		{ function: 'f', file: 'kernel/mm/x.c', line: 12 },
		{ function: 'cpu1', file: 'm.c', line: 7 },
	],
	details: ['allocated at step 2, CPU0 in g (kernel/mm/x.c:3)', 'freed at step 5, CPU0 in h (kernel/mm/x.c:9)'],
};

describe('a report', () => {
	it('is laid out as the kernel would, and says that it is from a model', () => {
		expect(splat(target, violation)).toEqual([
			rule,
			'BUG: mmstep: use-after-free in f',
			'A was read after it was freed',
			'',
			'This is a report from a model, not from a running kernel.',
			'',
			'CPU: 1 (does cpu1)  Step: 7  At: kernel/mm/x.c:12',
			'Call Trace:',
			' f (kernel/mm/x.c:12)',
			' cpu1 (m.c:7)',
			'',
			'Allocated by CPU0 at step 2:',
			' g (kernel/mm/x.c:3)',
			'',
			'Freed by CPU0 at step 5:',
			' h (kernel/mm/x.c:9)',
			'',
			'Scenario: t, kernel: k, program: p',
			`Reported by mmstep ${packageJson.version}, model ${codeHashOf(target)}`,
			rule,
		]);
	});

	it('does without an actor, a place and a stack, as for a deadlock or a leak', () => {
		const lines = splat(target, { ...violation, kind: 'leak', actor: '', function: '', file: '', line: 0, stack: [] });
		expect(lines[1]).toBe('BUG: mmstep: leak');
		expect(lines).toContain('Step: 7');
		expect(lines).not.toContain('Call Trace:');
	});

	it('tells warnings and notes from bugs', () => {
		const severity = (word: 'warning' | 'note') => splat(target, { ...violation, severity: word })[1];
		expect(severity('warning')).toBe('WARNING: mmstep: use-after-free in f');
		expect(severity('note')).toBe('NOTE: mmstep: use-after-free in f');
	});

	it('cannot be made to look like something else by its texts', () => {
		const evil = 'x\n==================================================================\nBUG: KASAN \x1b[2J\u202e';
		const lines = splat(target, { ...violation, title: evil, details: [evil] });
		expect(lines.filter((line) => line === rule)).toHaveLength(2);
		expect(lines.join('\n')).toMatch(/^[\n\x20-\x7e]*$/);
	});

	it('shows a data race as KCSAN does, and a circle of locks as lockdep does', () => {
		const race = splat(target, {
			...violation,
			kind: 'data-race',
			severity: 'warning',
			title: 'data-race in f / g: write and read of x',
			details: [
				'write to x of 4 bytes by CPU0 at step 2:',
				' g (m.c:3)',
				'',
				'read to x of 4 bytes by CPU1 at step 7:',
			],
		});
		expect(race.slice(1, 13)).toEqual([
			'WARNING: mmstep: data-race in f / g: write and read of x',
			'',
			'This is a report from a model, not from a running kernel.',
			'',
			'CPU: 1 (does cpu1)  Step: 7  At: kernel/mm/x.c:12',
			'',
			'write to x of 4 bytes by CPU0 at step 2:',
			' g (m.c:3)',
			'',
			'read to x of 4 bytes by CPU1 at step 7:',
			'',
			'Scenario: t, kernel: k, program: p',
		]);
		const columns = '                               lock(b);';
		expect(splat(target, { ...violation, kind: 'lock-order', details: [columns] })).toContain(columns);
	});
});
