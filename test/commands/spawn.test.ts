import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TerminalProgram } from '../tui/pty.ts';
import { counter } from './command-line.ts';

const cli = fileURLToPath(new URL('../../source/cli.ts', import.meta.url));

/** Runs the program as a process of its own; its output is closed after `bytes` bytes, or goes to a file. */
function spawnCli(argv: readonly string[], { bytes = Number.POSITIVE_INFINITY, file = '' } = {}) {
	const stdout = file === '' ? 'pipe' : openSync(file, 'w');
	const child = spawn(process.execPath, ['--no-warnings', cli, ...argv], { stdio: ['ignore', stdout, 'pipe'] });
	let out = '';
	let err = '';
	child.stdout?.on('data', (chunk: Buffer) => {
		out += chunk;
		if (out.length >= bytes) child.stdout?.destroy();
	});
	child.stderr?.on('data', (chunk: Buffer) => {
		err += chunk;
	});
	return new Promise<{ status: number | null; out: string; err: string }>((resolve) => {
		child.on('close', (status) => resolve({ status, out, err }));
	});
}

// A process takes a second to start on a busy machine.
describe('the program', { timeout: 60_000 }, () => {
	it('hands its exit status on, and loads nothing of the screen', async () => {
		const [run, wrong] = await Promise.all([spawnCli(['run', counter]), spawnCli(['show'])]);
		expect([run.status, run.err]).toEqual([1, '']);
		expect([wrong.status, wrong.out]).toEqual([2, '']);
	});

	it('is quiet when its reader has seen enough', async () => {
		const { status, err } = await spawnCli(['run', counter, '--json'], { bytes: 1 });
		expect(status).toBe(1);
		expect(err).not.toContain('EPIPE');
	});

	it('takes Ctrl-C at a question for what it is anywhere else, and Ctrl-D for no answer', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'mmstep-'));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		const drawing = join(folder, 'drawing.txt');
		writeFileSync(drawing, 'CPU0    CPU1\n\ncounter value\n');
		const ends = ['\u0003', '\u0004'].map(async (key) => {
			const words = ['--no-warnings', cli, 'follow', `${counter}/no-lock`, drawing];
			const program = new TerminalProgram(process.execPath, words, { columns: 80, rows: 24 });
			await program.until(/which one/);
			program.send(key);
			return { ...(await program.ended()), written: program.written };
		});
		const [interrupted, ended] = await Promise.all(ends);
		expect(interrupted?.signal).toBe(constants.signals.SIGINT);
		expect(interrupted?.written).not.toContain('it is not sure');
		expect(ended).toMatchObject({ exitCode: 3, signal: 0 });
		expect(ended?.written).toContain('\r\nmmstep: it is not sure');
	});

	it('says when its output cannot be written', async () => {
		const { status, err } = await spawnCli(['list'], { file: '/dev/full' });
		expect(status).toBe(4);
		expect(err).toBe('mmstep: the output cannot be written: the disk is full\n');
	});
});
