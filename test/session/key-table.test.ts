import { describe, expect, it } from 'vitest';
import { findCommand, splitLine } from '../../source/session/commands.ts';
import { bindingOf, keyTable } from '../../source/session/key-table.ts';

describe('keys', () => {
	it('run commands that exist', () => {
		for (const { command } of keyTable) expect(() => findCommand(splitLine(command).word)).not.toThrow();
	});

	it('mean one thing each', () => {
		const keys = keyTable.flatMap((binding) => binding.keys);
		expect(new Set(keys).size).toBe(keys.length);
	});

	it('let the CPU of their number step', () => {
		for (let cpu = 0; cpu < 10; cpu++) expect(bindingOf(String(cpu))?.command).toBe(`cpu ${cpu}`);
	});

	it('reverse with the capital what the small letter does', () => {
		for (const key of ['s', 'n', 'c', 'f', 'i']) {
			const forwards = bindingOf(key)?.command ?? '';
			expect(bindingOf(key.toUpperCase())?.command).toBe(`reverse-${forwards}`);
		}
	});

	it('move through time with the arrows', () => {
		expect(bindingOf('left')?.command).toBe('back');
		expect(bindingOf('right')?.command).toBe('forward');
		expect(bindingOf('x')).toBeNull();
	});
});
