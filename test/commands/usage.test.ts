import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { counter, mmstep } from './command-line.ts';

describe('mmstep without a terminal', () => {
	it('lists the scenarios, says how to go on, and is content', async () => {
		const { status, out, err } = await mmstep();
		expect([status, err]).toEqual([0, '']);
		expect(out).toContain('scenarios:');
		expect(out).toContain('mmstep run SCENARIO/KERNEL --schedule NAME');
	});

	it('does not start the debugger on a scenario, and names the verb that does without', async () => {
		const { status, out, err } = await mmstep(counter);
		expect([status, out]).toEqual([2, '']);
		expect(err).toContain('needs a terminal');
		expect(err).toContain(`mmstep run ${counter}`);
	});
});

describe('a command line that makes no sense', () => {
	it.each([
		[['lits'], 'there is no scenario, folder or recording "lits"; did you mean "list"?'],
		[['shwo', counter], 'did you mean "show"?'],
		[['list', '--jsn'], 'unknown flag --jsn; did you mean "--json"?'],
		[['list', '-x'], 'unknown flag -x'],
		[['list', 'more'], 'too many words'],
		[['show'], 'something is missing\nusage: mmstep show SCENARIO[/KERNEL]'],
		[['show', counter, '--schedule', '0'], '--schedule is a flag of run, not of show'],
		[['replay', 'file', '--program', 'x'], 'not of replay\n'],
		[['run', counter, '--schedule'], '--schedule needs a value: --schedule NAME|STEPS'],
		[['run', counter, '--schedule', '--json'], '--schedule needs a value'],
		[['run', counter, '--schedule='], '--schedule needs a value'],
		[['run', counter, '--json=yes'], '--json takes no value'],
		[['run', counter, '--program', 'both', '--program', 'both'], '--program can be given only once'],
		[['run', counter, '--set', 'bits'], '--set takes OPTION=VALUE, not "bits"'],
		[['run', counter, '--set', 'a=1', '--set', 'a=2'], 'option "a" is set twice'],
		[['run', counter, '--set', 'a=1'], 'counter has no option "a"'],
		[['run', `${counter}/lok`], 'counter has no kernel "lok"; did you mean "lock"?\nkernels: no-lock, lock'],
		[['run', counter, '--program', 'bth'], 'counter has no program "bth"; did you mean "both"?'],
		[['run', counter, '--schedule', 'lots'], 'counter has no schedule "lots"; did you mean "lost"?'],
		[['run', counter, '--schedule', '0 cpu1 untl done'], 'short steps such as "0" and long ones are separated by ";"'],
		[['run', counter, '--schedule', '0; cpu1 untl done'], '    0; cpu1 untl done\n            ^~~~'],
		[['run', `${counter}/all`, '--record', '/tmp/x'], '--record writes one session'],
		[['show', `${counter}/nope`], 'counter has no kernel "nope"'],
		[['run', '\x1b[31mred'], '"?[31mred"'],
	])('%j is refused with status 2', async (argv, message) => {
		const { status, out, err } = await mmstep(...argv);
		expect(err).toContain(message);
		expect([status, out]).toEqual([2, '']);
	});
});

describe('help', () => {
	it('tells about every verb, flag of the debugger and exit status', async () => {
		const { status, out } = await mmstep('--help');
		expect(status).toBe(0);
		for (const word of ['list', 'show', 'run', 'replay', 'check', '--record FILE', '--set OPTION=VALUE']) {
			expect(out).toContain(word);
		}
		expect(out).toMatch(/^ +4 +gave up/m);
	});

	it.each(['list', 'show', 'run', 'replay', 'check'])('is there for %s, also as "help %s"', async (verb) => {
		const { status, out } = await mmstep(verb, '--help');
		expect(status).toBe(0);
		expect(out).toMatch(new RegExp(`^usage: mmstep ${verb}`));
		expect(out).toContain('--json');
		expect(await mmstep('help', verb)).toEqual({ status: 0, out, err: '' });
	});

	it('fits a terminal of 84 columns', async () => {
		const texts = await Promise.all(['list', 'show', 'run', 'replay'].map((verb) => mmstep(verb, '-h')));
		const lines = [...texts, await mmstep('-h')].flatMap(({ out }) => out.split('\n'));
		expect(lines.filter((line) => line.length > 84)).toEqual([]);
	});

	it('has the version', async () => {
		expect(await mmstep('--version')).toEqual({ status: 0, out: `${packageJson.version}\n`, err: '' });
		expect((await mmstep('-V', 'run')).out).toBe(`${packageJson.version}\n`);
	});
});
