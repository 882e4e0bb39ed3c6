import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Arguments } from '../../source/commands/arguments.ts';
import { parseArguments } from '../../source/commands/arguments.ts';
import { check } from '../../source/commands/check/check.ts';
import { report } from '../../source/commands/report.ts';
import { columnOf } from '../../source/report/draw-columns.ts';
import { counter, mmstep } from './command-line.ts';
import { naivePool } from './naive-pool.ts';

let folder = '';
let recording = '';

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'mmstep-report-'));
	recording = join(folder, 'race.mmstep');
	const { status } = await mmstep('run', `${counter}/no-lock`, '--schedule', 'lost', '--record', recording);
	expect(status).toBe(1);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('mmstep report', () => {
	it('prints a mail, and says with its status whether there was a violation', async () => {
		const { status, out, err } = await mmstep('report', recording, '--skip-kernels');
		expect(out).toMatch(/^Subject: .*\[model\]/);
		expect(out).toContain(`mmstep replay ${recording}`);
		expect(out).not.toContain('Kernels of the scenario');
		expect(err).toBe('');
		expect(status).toBe((await mmstep('replay', recording)).status);
	});

	it('writes a file in the format of its ending', async () => {
		const file = join(folder, 'race.json');
		const { out } = await mmstep('report', recording, '--skip-kernels', '--output', file);
		expect(out).toBe('');
		expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 'mmstep-report', version: 1 });
	});

	it('takes the format that is asked for over that of the name', async () => {
		const file = join(folder, 'race.txt');
		await mmstep('report', recording, '--skip-kernels', '--format', 'markdown', '--output', file);
		expect(readFileSync(file, 'utf8')).toMatch(/^# /);
	});

	it('overwrites nothing, and leaves nothing behind', async () => {
		const file = join(folder, 'mine.md');
		writeFileSync(file, 'mine');
		const before = readdirSync(folder);
		const { status, err } = await mmstep('report', recording, '--skip-kernels', '--output', file);
		expect(status).toBe(3);
		expect(err).toContain('there is such a file already');
		expect(readFileSync(file, 'utf8')).toBe('mine');
		expect(readdirSync(folder)).toEqual(before);
		const nowhere = await mmstep('report', recording, '--skip-kernels', '--output', join(folder, 'none', 'race.md'));
		expect(nowhere.status).toBe(3);
		expect(readdirSync(folder)).toEqual(before);
	});

	it('names the formats when one is not known', async () => {
		const { status, err } = await mmstep('report', recording, '--format', 'pdf');
		expect(status).toBe(2);
		expect(err).toMatch(/no format "pdf"; there are text, markdown, json/);
	});

	it('reports what can be used of a recording that is torn, and says so', async () => {
		const torn = join(folder, 'torn.mmstep');
		const text = readFileSync(recording, 'utf8');
		writeFileSync(torn, text.slice(0, -10));
		const { status, out, err } = await mmstep('report', torn, '--skip-kernels');
		expect(status).toBe(3);
		expect(out).toMatch(/^Note: /m);
		expect(err).not.toBe('');
	});

	it('is about the violation that was asked for', async () => {
		const file = join(folder, 'two.jsonl');
		await mmstep('run', 'spf-munmap/no-count', '--schedule', 'no-count', '--record', file);
		const kinds = async (...flags: string[]): Promise<string[]> => {
			const { out } = await mmstep('report', file, '--skip-kernels', '--format', 'json', ...flags);
			return JSON.parse(out).violations.map(({ title }: { title: string }) => title);
		};
		const [first = '', second = '', ...more] = await kinds();
		expect(second).not.toBe('');
		expect(await kinds('--violation', '2')).toEqual([second, first, ...more]);
		const { status, err } = await mmstep('report', file, '--violation', '99');
		expect(status).toBe(2);
		expect(err).toMatch(/--violation takes the number of a violation, not "99": there are \d+/);
	});

	it('refuses what is no recording', async () => {
		const { status, out } = await mmstep('report', join(folder, 'mine.md'), '--skip-kernels');
		expect(status).toBe(3);
		expect(out).toBe('');
	});
});

describe('the kernels of a report', () => {
	it('are all searched, and each is told of', async () => {
		let out = '';
		const options: Arguments = parseArguments(['report', recording, '--format', 'json']);
		const io = { out: (text: string) => (out += text), err: () => {}, isInteractive: false };
		await report(recording, options, io, naivePool);
		const { kernels } = JSON.parse(out) as { kernels: { rows: { kernel: string; complete: boolean }[] } };
		expect(kernels.rows).toMatchObject([
			{ kernel: 'no-lock', isReported: true, outcome: 'found', kinds: ['invariant'] },
			{ kernel: 'lock', isReported: false, outcome: 'none', kinds: [] },
		]);
		expect(kernels.rows.every(({ complete }) => complete)).toBe(true);
	});
});

describe('mmstep check --report', () => {
	it('reports the counterexample, in 80 columns', async () => {
		const file = join(folder, 'counterexample.txt');
		let out = '';
		const io = { out: (text: string) => (out += text), err: () => {}, isInteractive: false };
		await check([counter], parseArguments(['check', counter, '--report', file]), io, naivePool);
		expect(out).toContain('the report of invariant');
		const lines = readFileSync(file, 'utf8').split('\n');
		expect(lines[0]).toMatch(/^Subject: /);
		for (const line of lines) expect(columnOf(line)).toBeLessThanOrEqual(80);
		expect(lines.join('\n')).toContain('Kernels of the scenario');
	});
});
