import { describe, expect, it } from 'vitest';
import { bundledScenarios, loadBundled } from '../../source/scenario/bundled.ts';
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
			'kernels, and the violations that can be reached on them',
			'(with which programs, and why: mmstep show SCENARIO/KERNEL):',
			'  no-lock  Without a lock',
			'           -> invariant',
			'  lock     Under counter_lock',
			'           -> none',
			'programs:',
			'  both  Both CPUs count once',
			'schedules (--schedule ID):',
			'  lost     One count is lost (no-lock)',
			'  blocked  The lock keeps the other CPU out (lock)',
			'',
		]);
	});

	it('says of one kernel what can be reached on it, and why', async () => {
		const { status, out } = await mmstep('show', `${counter}/no-lock`);
		expect(status).toBe(0);
		expect(out.split('\n')).toEqual([
			'counter/no-lock: Without a lock',
			'',
			'what can be reached:',
			'  invariant',
			'    with every program',
			'      The second store overwrites the first. (by argument)',
			'',
			'schedules (--schedule ID):',
			'  lost  One count is lost',
			'',
		]);
	});

	it.each(bundledScenarios().map(({ id }) => id))('fits on 80 columns, every kernel too: %s', async (id) => {
		const kernels = loadBundled(id).kernels.map((kernel) => `${id}/${kernel.id}`);
		for (const name of [id, ...kernels]) {
			const { out } = await mmstep('show', name);
			expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
		}
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

	it('has of one kernel what is about that kernel', async () => {
		const { out } = await mmstep('show', `${counter}/lock`, '--json');
		const data = JSON.parse(out);
		expect(data).toMatchObject({ format: 'mmstep-show', id: 'counter', kernels: [{ id: 'lock' }] });
		expect(data.kernels).toHaveLength(1);
		expect(data.schedules.map(({ id, kernels }: { id: string; kernels: string[] }) => [id, kernels])).toEqual([
			['blocked', ['lock']],
		]);
		expect(data.expected.map(({ kinds }: { kinds: string[] }) => kinds)).toEqual([[]]);
	});
});
