import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startRecorder } from '../../source/session/recorder.ts';
import { newSession, sessionAfter } from '../session/two-counters.ts';
import { counter, mmstep } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const race = join(folder, 'race.mmstep');
await mmstep('run', counter, '--schedule', 'lost', '--record', race);

const branched = join(folder, 'branched.mmstep');
startRecorder(
	branched,
	sessionAfter(newSession(), '0', '0', 'back 1', '1', 'branch late', 'note why not here'),
).close();

/** A copy of a recording with other lines, without check sums (which would notice). */
function edited(name: string, change: (lines: string[]) => string[]): string {
	const path = join(folder, name);
	const lines = readFileSync(race, 'utf8')
		.replaceAll(/,"sum":"[0-9a-f]{8}"\}$/gm, '}')
		.trimEnd()
		.split('\n');
	writeFileSync(path, `${change(lines).join('\n')}\n`);
	return path;
}

// The first line after the header says which schedule is followed, so line 3 is the second step.
const otherState = edited('other-state.mmstep', (lines) =>
	lines.map((line, index) => (index === 3 ? line.replace(/"fp":"[0-9a-f]{16}"/, '"fp":"00000000000000aa"') : line)),
);

describe('replay --verify', () => {
	it('is 0 when every state is the recorded one, whatever was found', async () => {
		const plain = await mmstep('replay', race);
		expect(plain.status).toBe(1);
		const { status, out, err } = await mmstep('replay', '--verify', race);
		expect({ status, err }).toEqual({ status: 0, err: '' });
		expect(out).toMatch(/^verified {2}\S*race\.mmstep: \d+ steps; invariant at step \d+\n$/);
	});

	it('names branches and counts notes', async () => {
		const { out } = await mmstep('replay', '--verify', branched);
		expect(out).toContain('3 steps on 2 branches (main, late), 1 note; no violation');
	});

	it('is 1 when a step leads elsewhere, and says which', async () => {
		const { status, out } = await mmstep('replay', '--verify', otherState);
		expect(status).toBe(1);
		expect(out).toMatch(/^diverged {2}.*: step 2, cpu\d: the state after it .*differs from the recorded one\n$/);
	});

	it('is 3 for what is torn, damaged or no recording', async () => {
		const torn = join(folder, 'torn.mmstep');
		writeFileSync(torn, readFileSync(race).subarray(0, -5));
		const damaged = edited('damaged.mmstep', (lines) => lines.map((line, index) => (index === 2 ? '{}' : line)));
		const { status, out } = await mmstep('replay', '--verify', torn, damaged, join(counter, 'counter.c'));
		expect(status).toBe(3);
		expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['torn', 'damaged', 'unusable', '']);
	});

	it('is 4 when the time is over, and says how to allow more', async () => {
		const { status, out } = await mmstep('replay', '--verify', '--max-seconds', '0.000001', race);
		expect(status).toBe(4);
		expect(out).toMatch(/^gave-up .* after 0 of \d+ actions; --max-seconds N allows more\n$/);
		expect((await mmstep('replay', '--max-seconds', '0.000001', race)).status).toBe(4);
	});

	it('takes many files and reports each; the worst is the status', async () => {
		const { status, out, err } = await mmstep('replay', '--verify', '--json', race, otherState, branched);
		expect(status).toBe(1);
		expect(err.trimEnd().split('\n')).toHaveLength(3);
		expect(JSON.parse(out)).toMatchObject({
			format: 'mmstep-verify',
			version: 1,
			files: [
				{ verdict: 'verified', message: '', violations: [{ kind: 'invariant' }], divergence: null },
				{ verdict: 'diverged', statesVerified: 2, divergence: { step: 2, expected: '00000000000000aa' } },
				{ verdict: 'verified', notes: 1, branches: [{ name: 'main' }, { name: 'late' }] },
			],
		});
		expect((await mmstep('replay', race, branched)).status).toBe(2);
	});
});
