import { describe, expect, it } from 'vitest';
import { bundledScenarios } from '../../source/scenario/bundled.ts';
import { counter, mmstep } from './command-line.ts';

describe('list', () => {
	it('has a line for every bundled scenario', async () => {
		const { status, out } = await mmstep('list');
		expect(status).toBe(0);
		const lines = out.trimEnd().split('\n');
		for (const { id, title } of bundledScenarios()) {
			expect(lines.some((line) => line.startsWith(id) && line.includes(title.slice(0, 30)))).toBe(true);
		}
	});

	it('has them as one JSON object', async () => {
		const { out, err } = await mmstep('list', '--json');
		expect(JSON.parse(out)).toMatchObject({ format: 'mmstep-list', version: 1 });
		expect(err).toBe('');
	});
});

describe('show', () => {
	it('says what the scenario proves, and everything that can be chosen', async () => {
		const { status, out } = await mmstep('show', counter);
		expect(status).toBe(0);
		expect(out.split('\n')).toEqual([
			'A lost count',
			'',
			'Without the lock the counter can end at 1; with it, it always ends at 2.',
			'',
			'kernels:',
			'  no-lock  Without a lock',
			'  lock     Under counter_lock',
			'programs:',
			'  both  Both CPUs count once',
			'schedules (--schedule ID):',
			'  lost     One count is lost (no-lock)',
			'  blocked  The lock keeps the other CPU out (lock)',
			'violations that can be reached:',
			'  no-lock  invariant (every program)',
			'  lock     none',
			'',
		]);
	});

	it('has it as one JSON object', async () => {
		const { out } = await mmstep('show', counter, '--json');
		expect(JSON.parse(out)).toMatchObject({
			format: 'mmstep-show',
			version: 1,
			id: 'counter',
			kernels: [{ id: 'no-lock' }, { id: 'lock' }],
			schedules: [{ id: 'lost', steps: [{ step: 'cpu0 until line "WRITE_ONCE(counter"' }, {}, { mark: 'lost' }] }, {}],
		});
	});
});
