import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { main } from '../../source/commands/main.ts';
import { requireRecordable } from '../../source/commands/recording-target.ts';
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
			expect(err).toContain(`Cannot record into ${file}: `);
		}
		expect(readFileSync(existing, 'utf8')).toBe('of somebody');
	});

	it('records into a file that is there and empty, as mktemp makes it', () => {
		const folder = mkdtempSync(join(tmpdir(), 'mmstep-'));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		const empty = join(folder, 'empty.mmstep');
		writeFileSync(empty, '');
		expect(() => requireRecordable(empty)).not.toThrow();
		expect(() => requireRecordable(join(folder, 'new.mmstep'))).not.toThrow();
	});
});
