/**
 * The screen as a person over SSH meets it, in a pseudo-terminal: from the key to the end of the frame, bytes written for a
 * step, from the start of the program to its first frame, and the way back in a very long session. Times are given as
 * multiples of an empty Node program's, which is measured here too.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundledScenarios, libraryFolder, loadBundled } from '../../source/scenario/bundled.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import { openStepper } from '../../source/tui/app/stepper.ts';
import { update } from '../../source/tui/app/update.ts';
import { initialState } from '../../source/tui/state/state.ts';
import { makeTheme } from '../../source/tui/text/theme.ts';
import { screenModel } from '../../source/tui/view-model/screen.ts';
import { TerminalProgram } from '../tui/pty.ts';

const program = 'dist/cli.js';
const endOfFrame = '\u001b[?2026l';

export async function run(): Promise<void> {
	const scenario = bundledScenarios()
		.filter(({ problem }) => problem === null)
		.map(({ id }) => loadBundled(id))
		.find(({ schedules }) => schedules.length > 0);
	if (scenario === undefined) throw new Error('no bundled scenario has a schedule');
	const bare = median(Array.from({ length: 9 }, () => timeOf(() => spawnSync(process.execPath, ['-e', '0']))));
	console.log(`node -e 0: ${bare.toFixed(0)} ms, taken as 1`);
	const name = `${scenario.id}/${scenario.schedules[0]?.kernels[0] ?? scenario.kernels[0]?.id}`;
	await firstFrame(bare, []);
	await firstFrame(bare, [name]);
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		await steps(bare, name, columns, rows);
	}
	longSession(bare);
}

async function firstFrame(bare: number, words: readonly string[]): Promise<void> {
	const times: number[] = [];
	for (let round = 0; round < 7; round++) {
		const start = performance.now();
		const screen = new TerminalProgram(process.execPath, [program, ...words], { columns: 120, rows: 40 });
		while (!screen.written.includes(endOfFrame)) {
			if (screen.exit !== null) throw new Error(`mmstep ${words.join(' ')} ended:\n${screen.written}`);
			await screen.next();
		}
		times.push(performance.now() - start);
		screen.send('q');
		await screen.ended();
	}
	const what = words.length === 0 ? 'the picker' : words.join(' ');
	console.log(`start to first frame, ${what}: ${(median(times) / bare).toFixed(1)} (${median(times).toFixed(0)} ms)`);
}

/** A key at a time: half of them steps of CPUs, the rest on the way back and forth. */
async function steps(bare: number, name: string, columns: number, rows: number): Promise<void> {
	const screen = new TerminalProgram(process.execPath, [program, name], { columns, rows });
	await screen.until(/what can run next/);
	await sleep(300);
	const times: number[] = [];
	const bytes: number[] = [];
	const keys = [...'0'.repeat(100), ...'10'.repeat(20), ...Array(40).fill('\u001b[D'), ...Array(40).fill('\u001b[C')];
	for (const key of keys) {
		const before = screen.written.length;
		const start = performance.now();
		screen.send(key);
		while (!screen.written.slice(before).includes(endOfFrame)) {
			await Promise.race([screen.next(), sleep(300)]);
			if (performance.now() - start > 300) break;
		}
		const time = performance.now() - start;
		// A key whose answer changes nothing on the screen has no frame.
		if (time < 300) {
			times.push(time);
			bytes.push(Buffer.byteLength(screen.written.slice(before)));
		}
		await sleep(5);
	}
	screen.send('q');
	await screen.ended();
	console.log(
		`${columns}x${rows}, ${times.length} keys: to the end of the frame p50 ${share(times, 0.5).toFixed(1)} ms, p95 ${share(times, 0.95).toFixed(1)} ms ` +
			`(${(share(times, 0.5) / bare).toFixed(2)} and ${(share(times, 0.95) / bare).toFixed(2)}); ` +
			`bytes p50 ${share(bytes, 0.5)}, mean ${Math.round(bytes.reduce((sum, one) => sum + one, 0) / bytes.length)}, p95 ${share(bytes, 0.95)}`,
	);
}

const spinner = {
	'scenario.yaml': `title: A counter
summary: Two CPUs count for ever.
proves: Nothing.
files: [count.c]
machine: { cpus: 2, frames: 1, table-sizes: [1] }
programs:
  - id: count
    title: Count
    cpus:
      - { name: counts, entry: count_up }
      - { name: counts too, entry: count_up }
kernels:
  - { id: only, title: The only one }
`,
	'count.c': `int counter;

void count_up(void)
{
	while (1) {
		counter = counter + 1;
		if (counter > 1000)
			counter = 0;
	}
}
`,
};

/** A hundred thousand steps, and how long the screen takes to show one of them, far away from the last. */
function longSession(bare: number): void {
	const folder = mkdtempSync(join(tmpdir(), 'mmstep-bench-'));
	try {
		for (const [file, text] of Object.entries(spinner)) writeFileSync(join(folder, file), text);
		const scenario = loadScenarioFolder(folder, libraryFolder());
		let session = startSession(buildTarget(scenario, {}));
		const memory = (): number => {
			globalThis.gc?.();
			return process.memoryUsage().heapUsed;
		};
		const before = memory();
		const start = performance.now();
		const count = 100_000;
		for (let step = 0; step < count; step++) session = execute(session, step % 3 === 0 ? 'cpu 1' : 'cpu 0').session;
		const each = (performance.now() - start) / count;
		const bytes = (memory() - before) / count;
		const size = { columns: 120, rows: 40 };
		let state = {
			...initialState([], size, makeTheme(true, true)),
			screen: openStepper(session, size),
		};
		screenModel(state);
		const times: number[] = [];
		for (let round = 0; round < 100; round++) {
			const at = (round * 37_199) % count;
			times.push(
				timeOf(() => {
					const moved = execute(session, `goto ${at}`).session;
					state = update(state, { kind: 'opened', session: moved, message: null }).state as typeof state;
					screenModel(state);
				}),
			);
		}
		console.log(
			`${session.timeline.cursor.depth} steps at ${(each * 1000).toFixed(0)} us and ${bytes.toFixed(0)} bytes each` +
				`${globalThis.gc === undefined ? ' (garbage included: run with --expose-gc)' : ''}; ` +
				`to any of them: p50 ${share(times, 0.5).toFixed(1)} ms, p95 ${share(times, 0.95).toFixed(1)} ms (${(share(times, 0.95) / bare).toFixed(2)})`,
		);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function timeOf(action: () => void): number {
	const start = performance.now();
	action();
	return performance.now() - start;
}

function share(values: readonly number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function median(values: readonly number[]): number {
	return share(values, 0.5);
}
