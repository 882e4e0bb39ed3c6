import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../../source/commands/main.ts';
import { counter } from './command-line.ts';

describe('the debugger', () => {
	it('does not open where it could not record', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'mmstep-'));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		const existing = join(folder, 'kept.mmstep');
		writeFileSync(existing, 'of somebody');
		for (const file of [existing, join(folder, 'nowhere', 'new.mmstep')]) {
			let err = '';
			const add = (text: string): void => {
				err += text;
			};
			const status = await main([`${counter}/lock`, '--record', file], { out: add, err: add, isInteractive: true });
			expect(status).toBe(3);
			expect(err).toContain('was not written: ');
		}
		expect(readFileSync(existing, 'utf8')).toBe('of somebody');
	});
});
