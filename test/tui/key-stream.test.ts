import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { InputUnit } from '../../source/tui/input/key.ts';
import { createKeyStream, type KeyStream } from '../../source/tui/input/key-stream.ts';

class FakeInput extends EventEmitter {
	isPaused = true;
	resume(): void {
		this.isPaused = false;
	}
	pause(): void {
		this.isPaused = true;
	}
}

function setUp(onUnit?: (unit: InputUnit, keys: KeyStream) => void) {
	const input = new FakeInput();
	const got: string[] = [];
	const keys: KeyStream = createKeyStream(input, (unit) => {
		got.push(unit.kind === 'key' ? unit.name : 'paste');
		onUnit?.(unit, keys);
	});
	keys.start();
	return { input, got, keys };
}

async function drained(keys: KeyStream): Promise<void> {
	while (keys.waiting() > 0) await new Promise(setImmediate);
}

describe('the key stream', () => {
	it('hands over one key a turn, so that something can happen between two', async () => {
		let turns = 0;
		const seen: number[] = [];
		const { input, keys } = setUp(() => seen.push(turns));
		const count = (): void => {
			turns++;
			if (keys.waiting() > 0) setImmediate(count);
		};
		setImmediate(count);
		input.emit('data', Buffer.from('abcd'));
		await drained(keys);
		expect(new Set(seen).size).toBe(4);
	});

	it('loses nothing of a long chunk', async () => {
		const { input, got, keys } = setUp();
		input.emit('data', Buffer.from('01'.repeat(2500)));
		await drained(keys);
		expect(got).toHaveLength(5000);
	});

	it('puts characters together whose bytes come apart', async () => {
		const { input, got, keys } = setUp();
		const bytes = Buffer.from('é😀');
		for (const byte of bytes) input.emit('data', Buffer.from([byte]));
		await drained(keys);
		expect(got).toEqual(['é', '😀']);
	});

	it('takes an ESC for the key after a short while', async () => {
		const { input, got } = setUp();
		input.emit('data', Buffer.from('\u001b'));
		await sleep(10);
		expect(got).toEqual([]);
		await sleep(80);
		expect(got).toEqual(['escape']);
	});

	it('drops the repeats of a key, and nothing else', async () => {
		const { input, got, keys } = setUp((unit, stream) => {
			if (unit.kind === 'key' && unit.name === 'c') stream.dropRepeats('c');
		});
		input.emit('data', Buffer.from('acccbc'));
		await drained(keys);
		expect(got).toEqual(['a', 'c', 'b', 'c']);
	});

	it('goes on after a handler that throws', async () => {
		const input = new FakeInput();
		const got: string[] = [];
		const keys = createKeyStream(input, (unit) => {
			got.push(unit.kind === 'key' ? unit.name : 'paste');
			if (got.length === 1) throw new Error('for the test');
		});
		keys.start();
		const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
		const listeners = process.listeners('uncaughtException').slice(0, -1);
		for (const listener of listeners) process.off('uncaughtException', listener);
		input.emit('data', Buffer.from('ab'));
		await thrown;
		for (const listener of listeners) process.on('uncaughtException', listener);
		await drained(keys);
		expect(got).toEqual(['a', 'b']);
	});

	it('reads only between start and stop', async () => {
		const { input, got, keys } = setUp();
		expect(input.isPaused).toBe(false);
		keys.stop();
		expect(input.isPaused).toBe(true);
		input.emit('data', Buffer.from('x'));
		keys.start();
		input.emit('data', Buffer.from('y'));
		await drained(keys);
		expect(got).toEqual(['y']);
	});
});
