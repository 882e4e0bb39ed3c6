/**
 * The keyboard, one unit at a time: reads chunks from the terminal and hands over a single key or paste per turn of the event
 * loop, so that every key sees the result of the one before, however many came in one read.
 */

import { type DecoderState, decode, giveUpWaiting, holdTime, initialDecoder } from './decoder.ts';
import type { InputUnit } from './key.ts';

/** The part of `process.stdin` that is used here. */
export interface TerminalInput {
	on(event: 'data', listener: (chunk: string | Uint8Array) => void): unknown;
	off(event: 'data', listener: (chunk: string | Uint8Array) => void): unknown;
	resume(): unknown;
	pause(): unknown;
}

export interface KeyStream {
	/** Begins to read. */
	readonly start: () => void;
	/** Stops reading and forgets half sequences; what was read and not handed over yet is kept. */
	readonly stop: () => void;
	/** Units read and not handed over yet. */
	readonly waiting: () => number;
	/** Drops the keys of that name at the head of the queue: the rest of a held key, after something it should not run past. */
	readonly dropRepeats: (name: string) => void;
}

/** Units kept waiting at most; a terminal that sends more faster than they can be used is not a person. */
const maxWaiting = 100_000;

export function createKeyStream(input: TerminalInput, handle: (unit: InputUnit) => void): KeyStream {
	let decoder: DecoderState = initialDecoder;
	let utf8 = new TextDecoder('utf-8');
	let queue: InputUnit[] = [];
	let next = 0;
	let isReading = false;
	let turn: ReturnType<typeof setImmediate> | null = null;
	let hold: ReturnType<typeof setTimeout> | null = null;

	const enqueue = (units: readonly InputUnit[]): void => {
		for (const unit of units) if (queue.length - next < maxWaiting) queue.push(unit);
		if (turn === null && next < queue.length) turn = setImmediate(takeOne);
	};
	const takeOne = (): void => {
		turn = null;
		const unit = queue[next];
		if (unit === undefined) return;
		next++;
		if (next === queue.length) {
			queue = [];
			next = 0;
		}
		// Ask for the next turn first, so that a handler that throws does not lose the keys behind it.
		if (next < queue.length) turn = setImmediate(takeOne);
		handle(unit);
	};
	const clearHold = (): void => {
		if (hold !== null) clearTimeout(hold);
		hold = null;
	};
	const take = (step: { state: DecoderState; units: readonly InputUnit[] }): void => {
		decoder = step.state;
		enqueue(step.units);
		const time = holdTime(decoder);
		if (time !== null) hold = setTimeout(() => take(giveUpWaiting(decoder)), time);
	};
	const onData = (chunk: string | Uint8Array): void => {
		clearHold();
		take(decode(decoder, typeof chunk === 'string' ? chunk : utf8.decode(chunk, { stream: true })));
	};

	return {
		start: () => {
			if (isReading) return;
			isReading = true;
			input.on('data', onData);
			input.resume();
		},
		stop: () => {
			if (!isReading) return;
			isReading = false;
			input.off('data', onData);
			input.pause();
			clearHold();
			decoder = initialDecoder;
			utf8 = new TextDecoder('utf-8');
		},
		waiting: () => queue.length - next,
		dropRepeats: (name) => {
			let unit = queue[next];
			while (unit?.kind === 'key' && unit.name === name) unit = queue[++next];
		},
	};
}
