/**
 * What makes two states the same: everything that can influence what happens from here on, and nothing else. Left out, as
 * provenance: the clock, stamps, names, costs, cells of type step_t, freed objects that nothing leads to, dead registers, and
 * the order in which locks were taken.
 */

import { type Hash, Hasher } from './fingerprint-hash.ts';
import { visitLive } from './liveness.ts';
import type { Machine } from './machine.ts';
import { referenced } from './reachability.ts';
import type { Context, MachineState, MemoryObject, PageFrame, TlbEntry } from './state.ts';

/** What a state is written to: a text, or a hash. */
interface Sink {
	number(value: number): void;
	text(value: string): void;
	/** A part that two states may share. */
	part<Part extends object>(part: Part, write: (sink: Sink, part: Part) => void): void;
	/** What comes next begins: for readers of the text. */
	label(name: string): void;
}

class TextSink implements Sink {
	private readonly pieces: string[] = [];

	number(value: number): void {
		this.pieces.push(`${value} `);
	}

	text(value: string): void {
		this.pieces.push(`${JSON.stringify(value)} `);
	}

	part<Part extends object>(part: Part, write: (sink: Sink, part: Part) => void): void {
		write(this, part);
	}

	label(name: string): void {
		this.pieces.push(`\n${name} `);
	}

	result(): string {
		return this.pieces.join('').trim();
	}
}

/** Hashes of parts, for as long as the parts live. A part is only ever written in one way. */
const partHashes = new WeakMap<object, Hash>();

class HashSink implements Sink {
	private readonly hasher = new Hasher();

	number(value: number): void {
		this.hasher.number(value);
	}

	text(value: string): void {
		this.hasher.text(value);
	}

	part<Part extends object>(part: Part, write: (sink: Sink, part: Part) => void): void {
		let hash = partHashes.get(part);
		if (hash === undefined) {
			const sink = new HashSink();
			write(sink, part);
			hash = sink.result();
			if (Object.isFrozen(part)) partHashes.set(part, hash);
		}
		this.hasher.word(hash.high);
		this.hasher.word(hash.low);
	}

	label(): void {}

	result(): Hash {
		return this.hasher.finish();
	}
}

/** The canonical text of a state without provenance: equal texts, equal states. */
export function identityOf(machine: Machine, state: MachineState): string {
	const sink = new TextSink();
	writeState(machine, state, sink);
	return sink.result();
}

/** A 64-bit hash of what `identityOf` writes, as 16 hexadecimal digits. */
export function fingerprint(machine: Machine, state: MachineState): string {
	const sink = new HashSink();
	writeState(machine, state, sink);
	const { high, low } = sink.result();
	return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function writeState(machine: Machine, state: MachineState, sink: Sink): void {
	const { program } = machine;
	writeObjects(machine, state, sink);
	for (const context of state.contexts) {
		sink.label('context');
		sink.part(context, writeContext);
	}
	for (const entries of state.tlbs) {
		sink.label('tlb');
		sink.number(entries.length);
		for (const entry of entries) sink.part(entry, writeTlbEntry);
	}
	sink.label('spaces');
	writeList(sink, state.spaces, ({ root, base }) => {
		sink.number(root);
		sink.number(base);
	});
	sink.label('frames');
	for (const frame of state.frames) sink.part(frame, writeFrame);
	sink.label('callbacks');
	writeList(sink, state.callbacks, (callback) => {
		sink.number(callback.function);
		sink.number(callback.argument);
		writeNumbers(
			sink,
			callback.waitsFor.toSorted((a, b) => a - b),
		);
	});
	sink.label('flushes');
	writeList(sink, state.flushes, ({ target, sender, space, start, end }) => {
		for (const value of [target, sender, space, start, end]) sink.number(value);
	});
	sink.label('alarms');
	writeList(sink, state.alarms, (alarm) => sink.text(alarm));
	sink.label('finished');
	sink.number(state.finished ? 1 : 0);

	function writeList<Item>(to: Sink, items: readonly Item[], write: (item: Item) => void): void {
		to.number(items.length);
		for (const item of items) write(item);
	}

	function writeContext(to: Sink, context: Context): void {
		to.text(context.status);
		to.number(context.frames.length);
		for (const [depth, frame] of context.frames.entries()) {
			to.number(frame.function);
			to.number(frame.instruction);
			to.number(frame.result ?? -1);
			writeNumbers(to, frame.locals);
			const pending = context.frames[depth + 1]?.result ?? null;
			visitLive(program, frame, pending, (value) => to.number(value));
		}
		writeList(
			to,
			context.held.toSorted((a, b) => a.lock - b.lock),
			({ lock, mode }) => {
				to.number(lock);
				to.text(mode);
			},
		);
		for (const value of [context.rcuDepth, context.preemptDepth, context.irqsOff ? 1 : 0, context.atomicDepth]) {
			to.number(value);
		}
		writeNumbers(to, context.gracePeriod?.toSorted((a, b) => a - b) ?? [-1]);
	}
}

function writeNumbers(sink: Sink, values: readonly number[]): void {
	sink.number(values.length);
	for (const value of values) sink.number(value);
}

function writeObjects(machine: Machine, state: MachineState, sink: Sink): void {
	const { objects, contexts, callbacks, spaces, tlbs } = state;
	const hasFreed = objects.some((object) => object?.status === 'freed');
	const marks = hasFreed ? referenced({ machine, objects, contexts, callbacks, spaces, tlbs }) : null;
	const write = (to: Sink, object: MemoryObject) => {
		for (const value of [object.layout, object.owner, object.cpu]) to.number(value);
		to.text(object.origin);
		to.text(object.status);
		const layout = machine.program.layouts[object.layout];
		for (let cell = 0; cell < object.cells.length; cell++) {
			const type = layout?.cells[cell]?.type;
			const isStep = type?.kind === 'machine' && type.name === 'step';
			to.number(isStep ? 0 : (object.cells[cell] ?? 0));
		}
	};
	for (let id = 1; id < objects.length; id++) {
		const object = objects[id];
		if (object == null || (marks !== null && marks[id] === 0)) continue;
		sink.label('object');
		sink.number(id);
		sink.part(object, write);
	}
	sink.label('objects end');
	sink.number(-1);
}

function writeTlbEntry(sink: Sink, entry: TlbEntry): void {
	const { space, page, pages, frame, generation, mark } = entry;
	for (const value of [space, page, pages, frame, generation, mark]) sink.number(value);
	for (const flag of [entry.writable, entry.dirty, entry.stale]) sink.number(flag ? 1 : 0);
	writeNumbers(sink, entry.path);
}

function writeFrame(sink: Sink, frame: PageFrame): void {
	for (const value of [frame.owner, frame.isFree ? 1 : 0, frame.generation, frame.word]) sink.number(value);
}
