/** The page allocator: physical pages with an owner, a generation that counts allocations, and one word of content. */

import { costNames } from './costs.ts';
import { frameName, stampText } from './names.ts';
import type { PageFrame } from './state.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from './store.ts';

/** The frame that a call is about; a number that is none is reported, and the context stops. */
function frameOf(call: PrimitiveCall, what: string): PageFrame | null {
	const [number = 0] = call.arguments;
	const frame = frameAt(call);
	if (frame === null) {
		call.observer.report('violation', 'assertion', `${what}: there is no frame ${number}`);
		call.observer.stop();
	}
	return frame;
}

/** The same without a report, for what only looks. */
function frameAt(call: PrimitiveCall): PageFrame | null {
	const [number = 0] = call.arguments;
	return number >= 1 ? call.store.frame(number) : null;
}

export const framePrimitives = {
	frame_alloc: {
		run(call) {
			const { store, observer, at } = call;
			const [owner = 0] = call.arguments;
			for (let number = 1; number <= store.machine.configuration.frames; number++) {
				const frame = store.frame(number);
				if (frame === null || !frame.isFree) continue;
				store.setFrame(number, { ...frame, owner, isFree: false, generation: frame.generation + 1, changed: at });
				store.count(costNames.frameAllocations, 1);
				const who = store.machine.program.texts[owner] ?? '';
				observer.event('frame', () => `${frameName(number)} allocated to ${who}`);
				return number;
			}
			observer.event('frame', 'no frame is free');
			return 0;
		},
	},
	frame_free: {
		run(call) {
			const { store, observer, at } = call;
			const [number = 0] = call.arguments;
			const text = `frame_free(${frameName(number)})`;
			const frame = frameOf(call, text);
			if (frame === null) return 0;
			if (frame.isFree) {
				const details = frame.changed === null ? [] : [`freed at ${stampText(store.machine, frame.changed)}`];
				observer.report('violation', 'double-free', `${text}: the frame is free already`, details);
				return 0;
			}
			store.setFrame(number, { ...frame, owner: 0, isFree: true, changed: at });
			store.count(costNames.frameFrees, 1);
			observer.event('frame', () => `${frameName(number)} freed by ${store.machine.program.texts[frame.owner] ?? ''}`);
			return 0;
		},
	},
	frame_is_free: { run: (call) => (frameAt(call)?.isFree === true ? 1 : 0) },
	frame_owner: { run: (call) => frameAt(call)?.owner ?? 0 },
	frame_generation: { run: (call) => frameAt(call)?.generation ?? 0 },
	frame_read: {
		run(call) {
			const frame = frameOf(call, 'frame_read');
			if (frame === null) return 0;
			call.observer.event('load', () => `read of ${frameName(call.arguments[0] ?? 0)} = ${frame.word}`);
			return frame.word;
		},
	},
	frame_write: {
		run(call) {
			const frame = frameOf(call, 'frame_write');
			const [number = 0, word = 0] = call.arguments;
			if (frame === null) return 0;
			call.store.setFrame(number, { ...frame, word });
			call.observer.event('store', () => `write of ${frameName(number)} = ${word}`);
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
