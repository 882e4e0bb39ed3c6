import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../source/commands/main.ts';
import { counter, mmstep } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'mmstep-follow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function diagram(name: string): string {
	return fileURLToPath(new URL(`../../fixtures/diagrams/${name}`, import.meta.url));
}

function written(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

describe('mmstep follow', () => {
	it('says line by line what a drawing is, and leaves a recording that replays to the same violation', async () => {
		const record = join(folder, 'race.jsonl');
		const { status, out } = await mmstep(
			'follow',
			'ptdump-walk/no-continue',
			diagram('ptdump-twice.txt'),
			'--record',
			record,
		);
		expect(status).toBe(1);
		expect(out).toMatch(
			/line +8 {2}CPU 1 +ptdump_pmd_entry\(\)\n +step \d+ {2}CPU1 +ptdump_pmd_entry\(\)\n +in ptdump_pmd_entry at /,
		);
		expect(out).toContain('verdict: the drawing can happen, in');
		expect(out).toContain('BUG: mmstep: duplicate-report');
		expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
		const replay = await mmstep('replay', record);
		expect(replay.status).toBe(1);
		expect(replay.out).toContain('duplicate-report');
	});

	it('says what stops a line, and exits with 1', async () => {
		const { status, out } = await mmstep('follow', 'map-pages-truncate/trylock', diagram('map-pages-truncate.txt'));
		expect(status).toBe(1);
		expect(out).toMatch(/CANNOT +CPU1 waits for mutex mem_map\[0\]\.lock, held by CPU0/);
		expect(out).toContain('verdict: the drawing cannot happen: line 11 never comes after the lines');
		expect(out).toMatch(/\nin the way: lines? \d+ \(/);
	});

	it('takes a column for whose the user says it is', async () => {
		const swapped = await mmstep(
			'follow',
			'map-pages-truncate/patch4',
			diagram('map-pages-truncate.txt'),
			'--program',
			'truncate-first',
			'--yes',
			'--column',
			'cpu0=CPU1',
		);
		expect(swapped.out.replace(/\s+/g, ' ')).toContain('CPU0 is CPU1 (truncates to 0), CPU1 is CPU0 (faults around)');
	});

	it.each([
		[['--column', 'CPU7=CPU0'], 'there is no column "CPU7"; there are 1 "CPU0", 2 "CPU1"'],
		[['--column', '1=CPU0', '--column', '2=cpu0'], 'cpu0 can have one column only'],
		[['--column', '1=CPU0', '--column', 'CPU0=CPU1'], 'column 1 is named twice'],
		[['--column', '1=CPU9', '--program', 'truncate-first'], 'nobody is called "CPU9" in program truncate-first'],
	])('refuses %j', async (flags, message) => {
		const { status, err } = await mmstep(
			'follow',
			'map-pages-truncate/patch4',
			diagram('map-pages-truncate.txt'),
			...flags,
		);
		expect(err.replace(/\s+/g, ' ')).toContain(message);
		expect(status).not.toBe(0);
	});

	it('exits with 0 when nothing is wrong at the end', async () => {
		const { status, out } = await mmstep('follow', 'vmap-stale-tlb/series', diagram('vmap-mail-8.txt'));
		expect([status, /can happen, in \d+ steps: no violation/.test(out)]).toEqual([0, true]);
	});

	it('prints one documented object', async () => {
		const { status, out, err } = await mmstep(
			'follow',
			'map-pages-truncate/trylock',
			diagram('map-pages-truncate.txt'),
			'--json',
		);
		const data = JSON.parse(out);
		expect(status).toBe(1);
		expect(data).toMatchObject({
			format: 'mmstep-follow',
			version: 1,
			scenario: 'map-pages-truncate',
			kernel: 'trylock',
			outcome: 'impossible',
			drawing: {
				style: 'columns',
				count: 1,
				columns: [
					{ head: 'CPU0', actor: 'CPU0' },
					{ head: 'CPU1', actor: 'CPU1' },
				],
			},
			obstacle: { line: 11, kind: 'waits', before: [13] },
			otherOrder: null,
			inTheWay: { sets: [[13, 14]], isSmallest: true },
		});
		expect(data.steps.length).toBeGreaterThan(0);
		expect(data.lines.find(({ line }: { line: number }) => line === 8)).toMatchObject({
			status: 'shown',
			how: 'close',
			match: { kind: 'load', text: 'mem_map[0].mapping = &inode.i_data' },
		});
		expect(err).toContain('verdict:');
	});

	it('finds the order in which the lines can happen, when that is another one', async () => {
		const text = [
			'CPU0                      CPU1',
			'lock(counter_lock)',
			'                          lock(counter_lock)',
			'                          unlock(counter_lock)',
			'unlock(counter_lock)',
		];
		const { out, status } = await mmstep('follow', `${counter}/lock`, written('order.txt', text.join('\n')));
		expect(status).toBe(1);
		expect(out).toMatch(
			/line +3 {2}CPU1 +lock\(counter_lock\)\n +CANNOT +CPU1 waits for spinlock counter_lock, held by CPU0/,
		);
		expect(out.replace(/\s+/g, ' ')).toContain('all of it can happen: line 3 has to come later; lines 2, 5, 3, 4');
	});

	it('lists what an unsure line may mean, and takes the first with --yes', async () => {
		const path = written('unsure.txt', 'CPU0    CPU1\n\ncounter value\n');
		const unsure = await mmstep('follow', counter, path);
		expect(unsure.status).toBe(3);
		expect(unsure.err).toMatch(/line 3: counter value\n {2}1 {2}CPU0 counter/);
		const json = await mmstep('follow', counter, path, '--json');
		expect(JSON.parse(json.out)).toMatchObject({ outcome: 'unsure', lines: [{ status: 'unsure', how: 'unsure' }] });
		const sure = await mmstep('follow', counter, path, '--yes');
		expect(sure.out).toMatch(/step \d+ {2}CPU0 +counter.* \[chosen\]/);
	});

	it.each([
		['1', /\[chosen\]/],
		['0', /skipped: nothing of the model, as you said/],
	])('asks on a terminal, and takes the answer %s', async (answer, expected) => {
		const path = written('ask.txt', 'CPU0    CPU1\n\ncounter value\n');
		const questions: string[] = [];
		let out = '';
		await main(['follow', counter, path], {
			out: (text) => {
				out += text;
			},
			err: () => {},
			isInteractive: true,
			ask: async (question) => {
				questions.push(question);
				return answer;
			},
		});
		expect(questions).toHaveLength(1);
		expect(out).toMatch(expected);
	});

	it('calls a drawing that it cannot read what it is', async () => {
		const between = written('between.txt', 'CPU0                CPU1\na()\n          b()\n');
		const { status, err } = await mmstep('follow', 'mremap-pageout/unfixed', between);
		expect(status).toBe(3);
		expect(err).toContain('line 3: "b()" begins at column 11');
	});

	it.each([
		['/no/such/file', 'there is no such file'],
		[folder, 'is not a file'],
		[written('binary.txt', 'CPU0\tCPU1\n\0\n'), 'is not a text'],
	])('takes %s for no drawing', async (file, message) => {
		const { status, out, err } = await mmstep('follow', 'mremap-pageout/unfixed', file);
		expect([status, out]).toEqual([3, '']);
		expect(err).toContain(message);
	});

	it('takes another program when the drawing is of none of the first, and says which', async () => {
		const { status, err, out } = await mmstep('follow', 'fuse-write/old', diagram('fuse-two-files.txt'));
		expect(status).toBe(1);
		expect(err).toMatch(/^note: program two-files was taken: on own-file, the first,/);
		expect(out).toContain('program   two-files');
		expect(out).toContain('verdict: the drawing can happen');
	});

	it('leaves a drawing that is known line by line to the first program, unless another comes to harm', async () => {
		const { status, err, out } = await mmstep('follow', 'mremap-pageout/accepted', diagram('mremap-pmd.txt'));
		expect([status, err]).toEqual([1, '']);
		expect(out).toContain('CANNOT');
	});

	it.each([
		[['follow', 'mremap-pageout/unfixed'], 'something is missing'],
		[['follow', 'mremap-pageout/all', diagram('mremap-pmd.txt')], 'one kernel'],
		[['follow', 'mremap-pageout/unfixed', diagram('mremap-pmd.txt'), '--drawing', 'x'], '--drawing takes a number'],
		[['follow', 'mremap-pageout/unfixed', diagram('mremap-pmd.txt'), '--program', 'x'], 'program'],
	])('%j is wrong use', async (argv, message) => {
		const { status, err } = await mmstep(...argv);
		expect(status).toBe(2);
		expect(err).toContain(message);
	});

	it('never overwrites a file', async () => {
		const path = written('there.jsonl', 'something');
		const { status } = await mmstep('follow', 'ptdump-walk/patch', diagram('ptdump-twice.txt'), '--record', path);
		expect(status).toBeGreaterThan(0);
		expect(readFileSync(path, 'utf8')).toBe('something');
	});
});
