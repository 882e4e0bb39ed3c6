import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
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

	it('says when its output cannot be written', async () => {
		const { status, err } = await spawnCli(['list'], { file: '/dev/full' });
		expect(status).toBe(4);
		expect(err).toBe('mmstep: the output cannot be written: the disk is full\n');
	});
});
