import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { counter, mmstep } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function recorded(name: string, kernel: string, schedule: string): Promise<string> {
	const path = join(folder, name);
	await mmstep('run', `${counter}/${kernel}`, '--schedule', schedule, '--record', path);
	return path;
}

const lost = await recorded('lost', 'no-lock', 'lost');
const again = await recorded('again', 'no-lock', 'lost');
const oneByOne = await recorded('one-by-one', 'no-lock', 'cpu0 until done; cpu1 until done');
const locked = await recorded('locked', 'lock', 'cpu0 until done; cpu1 until done');

describe('diff', () => {
	it('is 0 for the same, and 1 for what differs', async () => {
		const same = await mmstep('diff', lost, again);
		expect(same.status).toBe(0);
		expect(same.out).toMatch(/the two recordings are the same\n$/);
		expect((await mmstep('diff', lost, oneByOne)).status).toBe(1);
	});

	it('says where schedules part, what the end differs in, and which violation only one has', async () => {
		const { out } = await mmstep('diff', lost, oneByOne);
		expect(out).toMatch(/schedule:\n {2}the same for 3 steps; at step 4\n {4}A: cpu1 at .*\n {4}B: cpu0 at /);
		// Two increments: one was lost in A.
		expect(out).toContain('end:\n  objects: counter: A 1, B 2\n');
		expect(out).toMatch(/only in A: invariant at step \d/);
		expect(out).toContain('selection: the same\n');
	});

	it('compares kernels, whose states bear the same names', async () => {
		const { status, out } = await mmstep('diff', oneByOne, locked, '--json');
		expect(status).toBe(1);
		const data: unknown = JSON.parse(out);
		expect(data).toMatchObject({
			format: 'mmstep-diff',
			version: 1,
			same: false,
			selection: [{ name: 'kernel', a: 'no-lock', b: 'lock' }],
			violations: { onlyA: [], onlyB: [] },
			isSameEnd: null,
		});
	});

	it('names the texts that differ, with the first line', async () => {
		const path = join(folder, 'commented');
		const [header = '', ...rest] = readFileSync(lost, 'utf8')
			.replaceAll(/,"sum":"[0-9a-f]{8}"\}$/gm, '}')
			.split('\n');
		const changed = JSON.parse(header) as { scenario: { texts: { path: string; text: string }[] } };
		for (const file of changed.scenario.texts) if (file.path === 'counter.c') file.text += '/* later */\n';
		writeFileSync(path, [JSON.stringify(changed), ...rest].join('\n'));
		const { status, out } = await mmstep('diff', lost, path);
		expect(status).toBe(1);
		expect(out).toMatch(/texts:\n {2}counter\.c: differs from line \d+ on\n {2}\(they compile to the same code\)/);
		expect(out).toMatch(/the two recordings differ in texts\n$/);
	});

	it('is 3 for what cannot be compared, and names the file', async () => {
		const notOne = join(counter, 'counter.c');
		const refused = await mmstep('diff', lost, notOne);
		expect(refused.status).toBe(3);
		expect(refused.err).toContain(notOne);
		const torn = join(folder, 'torn');
		writeFileSync(torn, readFileSync(lost).subarray(0, -5));
		const { status, out } = await mmstep('diff', lost, torn);
		expect(status).toBe(3);
		expect(out).toContain('B: The last line of the recording is incomplete');
	});

	it('is 4 when the time is over, and 2 without two files', async () => {
		const gaveUp = await mmstep('diff', lost, oneByOne, '--max-seconds', '0.000001');
		expect(gaveUp.status).toBe(4);
		// Half a replay must not look like a difference.
		expect(gaveUp.out).toMatch(/they were not compared\n$/);
		expect(gaveUp.out).not.toContain('differ');
		const { status, out } = await mmstep('diff', lost, oneByOne, '--max-seconds', '0.000001', '--json');
		expect([status, JSON.parse(out)]).toMatchObject([4, { same: null, differs: [], gaveUp: true }]);
		expect((await mmstep('diff', lost)).status).toBe(2);
	});
});
