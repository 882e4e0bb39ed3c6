import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, folderOf, model } from '../scenario/folders.ts';
import { counter, mmstep } from './command-line.ts';

interface RunData {
	readonly kernel: string;
	readonly end: string;
	readonly steps: readonly { readonly actor: string; readonly line: number; readonly text: string }[];
	readonly violations: readonly { readonly kind: string; readonly title: string; readonly actor: string }[];
}

async function runData(...argv: string[]): Promise<RunData> {
	return JSON.parse((await mmstep('run', ...argv, '--json')).out) as RunData;
}

describe('run', () => {
	it('finds the lost count along its schedule, and ends with status 1', async () => {
		const { status, out, err } = await mmstep('run', counter);
		expect([status, err]).toEqual([1, '']);
		expect(out).toContain('kernel    no-lock: Without a lock');
		expect(out).toContain('schedule  lost: One count is lost');
		expect(out).toContain('BUG: mmstep: invariant in count_one');
		expect(out).toContain('This is a report from a model, not from a running kernel.');
		expect(out).toContain('verdict: 1 violation in');
		expect(out).toContain('expected: invariant can be reached (argument)');
	});

	it('draws what matters to the violation as its report does, and every step when that is asked for', async () => {
		const race = ['run', 'mremap-pageout/unfixed', '--schedule', 'mail'];
		const [usual, full] = await Promise.all([mmstep(...race), mmstep(...race, '--full')]);
		expect(usual.out).toContain('Only what matters');
		expect(full.out).not.toContain('Only what matters');
		for (const { out } of [usual, full]) expect(out).toContain('move_normal_pmd(');
		const lines = ({ out }: { out: string }): number => out.slice(0, out.indexOf('state after')).split('\n').length;
		expect(lines(usual)).toBeLessThan(lines(full));
	});

	it('draws every step where nothing is wrong', async () => {
		const calm = ['run', `${counter}/lock`, '--schedule', 'blocked'];
		const [usual, full] = await Promise.all([mmstep(...calm), mmstep(...calm, '--full')]);
		expect(usual.out).toBe(full.out);
	});

	it('finds nothing on the kernel with the lock, and ends with status 0', async () => {
		const { status, out } = await mmstep('run', `${counter}/lock`, '--schedule', 'blocked');
		expect(status).toBe(0);
		expect(out).toContain('verdict: no violation in');
		expect(out.replaceAll(/\s+/g, ' ')).toContain('(waits for spinlock counter_lock, held by CPU0 since step 2)');
	});

	it('has everything as one JSON object, and the text on standard error', async () => {
		const { out, err } = await mmstep('run', counter, '--json');
		const data = JSON.parse(out) as Record<string, unknown>;
		expect(data).toMatchObject({
			format: 'mmstep-run',
			version: 1,
			scenario: 'counter',
			kernel: 'no-lock',
			program: 'both',
			options: {},
			schedule: 'lost',
			end: 'finished',
			violations: [
				{ kind: 'invariant', severity: 'violation', actor: 'CPU0', function: 'count_one', file: 'counter.c' },
			],
			state: { cpus: [{ status: 'done' }, { status: 'done' }, {}] },
		});
		expect(err).toContain('verdict: 1 violation');
	});

	it('names every step by its actor and by the line that it ran', async () => {
		const { steps } = await runData(counter);
		const text = readFileSync(join(counter, 'counter.c'), 'utf8').split('\n');
		expect(steps.length).toBeGreaterThan(5);
		for (const step of steps) expect(text[step.line - 1]?.trim()).toBe(step.text);
		expect([...new Set(steps.map((step) => step.actor))]).toEqual(['cpu0', 'cpu1']);
	});

	it('takes steps from the command line', async () => {
		const { steps, violations } = await runData(counter, '--schedule', '0 1*2; cpu0 until done');
		expect(steps.slice(0, 4).map((step) => step.actor)).toEqual(['cpu0', 'cpu1', 'cpu1', 'cpu0']);
		expect(violations).toEqual([]);
	});

	it('runs every kernel in turn', async () => {
		const { status, out } = await mmstep(
			'run',
			`${counter}/all`,
			'--schedule',
			'cpu0 until done; cpu1 until done',
			'--json',
		);
		expect(status).toBe(0);
		const data = JSON.parse(out) as { format: string; runs: RunData[] };
		expect(data.format).toBe('mmstep-runs');
		expect(data.runs.map((run) => run.kernel)).toEqual(['no-lock', 'lock']);
	});

	it('says where and why a schedule cannot go on, and ends with status 4', async () => {
		const { status, out } = await mmstep('run', `${counter}/lock`, '--schedule', 'lost');
		expect(status).toBe(4);
		expect(out).toContain('note: schedule lost is written for kernel no-lock, not lock');
		expect(out.replaceAll(/\s+/g, ' ')).toContain('could not be followed to its end: entry 2 of 3, `cpu1 until done`');
		expect(out.replaceAll(/\s+/g, ' ')).toContain('waits for spinlock counter_lock, held by CPU0');
	});

	it('takes a step of a CPU that the machine has not for wrong use', async () => {
		const { status, err } = await mmstep('run', `${counter}/lock`, '--schedule', 'cpu0; cpu9 x2');
		expect(status).toBe(2);
		expect(err).toContain('--schedule: this machine has no actor cpu9: its CPUs are cpu0 to cpu1');
	});

	it('records, and the recording can be replayed', async () => {
		const file = join(folderOf({}), 'lost.mmstep');
		const run = await mmstep('run', counter, '--record', file);
		const replay = await mmstep('replay', file);
		expect(replay.status).toBe(run.status);
		expect(replay.out).toContain('replayed: every step led to the recorded state');
		const drawing = (text: string) => text.slice(text.indexOf('CPU0 ('), text.indexOf('verdict:'));
		expect(drawing(replay.out)).toBe(drawing(run.out));
		const data = JSON.parse((await mmstep('replay', file, '--json')).out) as RunData;
		expect(data).toMatchObject({ format: 'mmstep-replay', divergence: null, end: 'whole' });
		expect(data.violations).toEqual((await runData(counter)).violations);
	});

	it('records typed steps too', async () => {
		const file = join(folderOf({}), 'typed.mmstep');
		await mmstep('run', counter, '--schedule', '0 1 0 1', '--record', file);
		expect((await mmstep('replay', file)).status).toBe(0);
	});

	it('never overwrites a recording, and says what is wrong with a path', async () => {
		const folder = folderOf({ there: 'x' });
		const taken = await mmstep('run', counter, '--record', join(folder, 'there'));
		expect([taken.status, taken.out]).toEqual([3, '']);
		expect(taken.err).toContain('is never overwritten');
		expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('x');
		const lost = await mmstep('run', counter, '--record', join(folder, 'no', 'folder'));
		expect(lost.status).toBe(3);
		expect(lost.err).toContain('there is no such folder');
		expect(existsSync(join(folder, 'no'))).toBe(false);
	});
});

describe('a scenario that cannot be used', () => {
	it.each([
		['a missing file', { 'scenario.yaml': document() }, 'scenario.yaml:2:9: error: there is no file "model.c"'],
		['an error of YAML', { 'scenario.yaml': document('panes: ['), 'model.c': model }, 'scenario.yaml:6:9: error: YAML'],
		[
			'an unknown key',
			{ 'scenario.yaml': document('panels: []'), 'model.c': model },
			'scenario.yaml:6:1: error: unknown key "panels"; did you mean "panes"?',
		],
		[
			'an error in the model',
			{ 'scenario.yaml': document(), 'model.c': `${model}int f(void)\n{\n\treturn y;\n}\n` },
			'model.c:12:9: error:',
		],
		[
			'an include cycle',
			{
				'scenario.yaml': document(),
				'model.c': `#include "a.h"\n${model}`,
				'a.h': '#include "b.h"\n',
				'b.h': '#include "a.h"\n',
			},
			'b.h:1:',
		],
		[
			'an include outside',
			{ 'scenario.yaml': document(), 'model.c': `#include "../../etc/passwd"\n${model}` },
			'model.c:1:',
		],
		[
			'an include that is not there',
			{ 'scenario.yaml': document(), 'model.c': `${model}#include "none.h"\n` },
			'model.c:10:',
		],
		[
			'an unknown entry function',
			{ 'scenario.yaml': document().replace('entry: cpu1', 'entry: cpu_1'), 'model.c': model },
			'scenario.yaml:5:57: error: there is no function "cpu_1" to be the entry function of a CPU; did you mean "cpu1"?',
		],
		[
			'an entry function with arguments',
			{ 'scenario.yaml': document(), 'model.c': model.replace('cpu1(void)', 'cpu1(int i)') },
			'"cpu1" (model.c:6) cannot be the entry function of a CPU: it takes arguments',
		],
		[
			'a schedule of an unknown function',
			{ 'scenario.yaml': document('schedules: [{ id: a, steps: [cpu0 until cpu2 returns] }]'), 'model.c': model },
			'scenario.yaml:6:41: error: there is no function "cpu2" on kernel "base"; did you mean',
		],
		[
			'a schedule of an unknown line',
			{ 'scenario.yaml': document(`schedules: [{ id: a, steps: ['cpu0 line "x = 3"'] }]`), 'model.c': model },
			'no line of the model has the text "x = 3"',
		],
		[
			'an endless loop without a visible op',
			{ 'scenario.yaml': document(), 'model.c': model.replace('x = 1;', 'x = 1;\n\tfor (;;) ;') },
			'model.c:5:',
		],
		[
			'unbounded recursion',
			{
				'scenario.yaml': document(),
				'model.c': `void f(void);\nvoid f(void)\n{\n\tf();\n}\n${model.replace('x = 1;', 'f();')}`,
			},
			'model.c:4:',
		],
		[
			'an endless set-up',
			{
				'scenario.yaml': document().replace('id: main', 'id: main, setup: spin'),
				'model.c': `${model}void spin(void)\n{\n\tfor (;;)\n\t\tx = x + 1;\n}\n`,
			},
			'model.c:13:',
		],
	])('for %s: says where, with status 3', async (_what, texts, message) => {
		const { status, out, err } = await mmstep('run', folderOf(texts), '--schedule', '0*100');
		expect(out + err).toContain(message);
		expect(status).toBe(3);
	});

	it('on any of its kernels is refused before there is a screen', async () => {
		const texts = { 'scenario.yaml': document(), 'model.c': model.replace('x = 1;', 'y = 1;') };
		const { status, out, err } = await mmstep(folderOf(texts));
		expect([status, out]).toEqual([3, '']);
		expect(err).toContain('model.c:4:2: error: "y" is not declared');
		const one = document().replace(/^kernels:.*$/m, 'kernels: [{ id: bad, config: { CONFIG_BAD: y } }, { id: good }]');
		const half = `#ifdef CONFIG_BAD\n#error no\n#endif\n${model}`;
		expect((await mmstep(folderOf({ 'scenario.yaml': one, 'model.c': half }))).err).toContain('needs a terminal');
	});

	it('is not there at all', async () => {
		expect((await mmstep('run', folderOf({}))).err).toContain('there is no scenario.yaml in this folder');
	});
});

describe('replay', () => {
	it.each([
		['garbage', 'x'.repeat(1000), 'not an mmstep recording'],
		['nothing', '', 'empty'],
		['a scenario.yaml', document(), 'looks like a scenario.yaml: name the folder'],
	])('refuses %s with status 3', async (_what, text, message) => {
		const { status, out, err } = await mmstep('replay', join(folderOf({ file: text }), 'file'));
		expect(err).toContain(message);
		expect([status, out]).toEqual([3, '']);
	});

	it('uses what is whole of a recording that was cut off', async () => {
		const folder = folderOf({});
		await mmstep('run', counter, '--record', join(folder, 'whole'));
		const text = readFileSync(join(folder, 'whole'), 'utf8');
		// A check sum would notice what a model that has changed does: without it the replay has to.
		const lines = text
			.replaceAll(/,"sum":"[0-9a-f]{8}"\}$/gm, '}')
			.trimEnd()
			.split('\n');
		const torn = join(folderOf({ torn: text.slice(0, -20) }), 'torn');
		const { status, out } = await mmstep('replay', torn);
		expect(status).toBe(3);
		expect(out.replaceAll(/\s+/g, ' ')).toContain('The last line of the recording is incomplete');
		expect(out).toContain('every step that could be read led to the recorded state');
		const flipped = lines.map((line, index) =>
			index === 3 ? line.replace(/"fp":"(.)/, (_, c) => `"fp":"${c === '0' ? '1' : '0'}`) : line,
		);
		const diverging = await mmstep('replay', join(folderOf({ bad: `${flipped.join('\n')}\n` }), 'bad'));
		expect(diverging.status).toBe(3);
		expect(diverging.out).toContain('the replay diverges: step ');
	});
});
