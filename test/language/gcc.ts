import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether gcc can be asked. Where it cannot, the tests that need it are skipped and say so. */
export const hasGcc = spawnSync('gcc', ['--version']).status === 0;

/** The types of model C that gcc does not know. */
const prelude = `#include <stdio.h>
#include <stdbool.h>
#include <stddef.h>
typedef signed char s8; typedef unsigned char u8; typedef short s16; typedef unsigned short u16;
typedef int s32; typedef unsigned int u32; typedef long s64; typedef unsigned long u64;
`;

/** Compiles C as the kernel does and gives what it prints, line by line. */
export function runWithGcc(text: string): string[] {
	const folder = mkdtempSync(join(tmpdir(), 'mmstep-gcc-'));
	try {
		const source = join(folder, 'test.c');
		const program = join(folder, 'test');
		writeFileSync(source, prelude + text);
		const flags = ['-std=gnu11', '-O0', '-w', '-fno-strict-overflow', '-fno-common'];
		const compiled = spawnSync('gcc', [...flags, '-o', program, source], { encoding: 'utf8' });
		if (compiled.status !== 0) throw new Error(compiled.stderr);
		const run = spawnSync(program, { encoding: 'utf8', timeout: 10_000 });
		if (run.status !== 0) throw new Error(`the program failed: ${run.signal ?? run.status}`);
		return run.stdout.split('\n').filter((line) => line !== '');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
