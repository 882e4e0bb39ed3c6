/**
 * What Ink reads from: a stand-in for the terminal's input that hands the mode of the real terminal on, and gives Ink only those
 * keys that are meant for one of its own components (the list of ink-select-input).
 */

import { Readable } from 'node:stream';
import type { KeyStream } from './key-stream.ts';

/** The part of `process.stdin` that sets the terminal's mode. */
export interface TerminalMode {
	setRawMode(isRaw: boolean): unknown;
	ref(): unknown;
	unref(): unknown;
}

export class InkInput extends Readable {
	/** Ink asks whether it may switch to raw mode. */
	readonly isTTY = true;
	readonly #mode: TerminalMode;
	readonly #keys: () => KeyStream;
	#chunk: string | null = null;

	constructor(mode: TerminalMode, keys: () => KeyStream) {
		super();
		this.#mode = mode;
		this.#keys = keys;
	}

	override _read(): void {}

	override read(): ReturnType<Readable['read']> {
		const chunk = this.#chunk;
		this.#chunk = null;
		return chunk;
	}

	/** Gives Ink one key, at once. */
	send(bytes: string): void {
		this.#chunk = bytes;
		this.emit('readable');
	}

	/** Ink owns raw mode: it takes it at the start, gives it back at the end and around a suspension. Reading follows. */
	setRawMode(isRaw: boolean): this {
		this.#mode.setRawMode(isRaw);
		if (isRaw) this.#keys().start();
		else this.#keys().stop();
		return this;
	}

	override setEncoding(): this {
		return this; // always text
	}

	ref(): this {
		this.#mode.ref();
		return this;
	}

	unref(): this {
		this.#mode.unref();
		return this;
	}
}
