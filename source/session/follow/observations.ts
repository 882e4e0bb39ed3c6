/** What can be seen of a step: its events, each with where it happened and what the source says there. */

import { positionOf } from '../../language/code.ts';
import { plainLine } from '../../language/plain-text.ts';
import { contextName } from '../../machine/describe.ts';
import type { Choice, MachineEvent } from '../../machine/machine.ts';
import type { MachineState } from '../../machine/state.ts';
import { actors, step } from '../../machine/step.ts';
import type { Target } from '../../scenario/scenario.ts';
import { contextOfActor, placeOf } from '../place.ts';
import { statementAt } from '../statement.ts';

export interface Observation {
	/** `wait`: what a context that cannot go on is waiting for. */
	readonly kind: MachineEvent['kind'] | 'wait';
	readonly context: number;
	/** Depth of the stack, 1 for the entry function; of the function itself for calls and returns. */
	readonly depth: number;
	/** One line in kernel words. */
	readonly text: string;
	/** Of a call or return: which function; else empty. */
	readonly name: string;
	/** Where it happened; empty for hardware. */
	readonly function: string;
	readonly file: string;
	readonly line: number;
	/** The statement there and, inside the library's helpers, the one that called them. */
	readonly statements: readonly string[];
	/** The kind of thing that it is about, where the event does not say: a lock's class, the struct of an object. */
	readonly about: string;
}

/** The events of one step. */
export interface Observations {
	/** What others can see, in order, and the calls before it. */
	readonly body: readonly Observation[];
	/** Calls and returns after that, on the way to the next op: they happen before it, and nobody can say when. */
	readonly trail: readonly Observation[];
}

/** What the actor would do. */
export function observe(target: Target, state: MachineState, choice: Choice): Observations {
	const { events, state: after } = step(target.machine, state, choice, 'op', { events: true });
	const context = contextOfActor(target, choice.actor);
	const lines = new CallingLines(target, state, after);
	const all = events
		.filter((event) => !isPrivate(target, event))
		.map((event) => observation(target, state, event, lines.of(event)));
	const last = all.findLastIndex((one) => one.context !== context || !['call', 'return', 'end'].includes(one.kind));
	return { body: all.slice(0, last + 1), trail: all.slice(last + 1) };
}

/** An entry function that is about to begin: no step calls it. */
export function entryOf(target: Target, state: MachineState, context: number): Observation | null {
	const place = placeOf(target, state, context);
	if (place === null || place.depth !== 1) return null;
	const { name, file, line } = place;
	const statements = [statementAt(target, file, line)];
	return {
		kind: 'call',
		context,
		depth: 1,
		text: `${name}()`,
		name,
		function: name,
		file,
		line,
		statements,
		about: '',
	};
}

/** What a context waits for, as the op that it cannot do; null when it does not wait. */
export function waitOf(target: Target, state: MachineState, context: number): Observation | null {
	const status = actors(target.machine, state).find(({ actor }) => actor === context);
	const place = placeOf(target, state, context);
	if (status?.status !== 'waiting' || status.wait === null || place === null) return null;
	const { name, file, line, depth } = place;
	const own = statementAt(target, file, line);
	const outer = placeOf(target, state, context, 1);
	const isHelper = target.machine.program.functions[place.function]?.isLibraryHelper === true;
	const statements = isHelper && outer !== null ? [own, statementAt(target, outer.file, outer.line)] : [own];
	const text = plainLine(status.wait.text);
	return {
		kind: 'wait',
		context,
		depth,
		text,
		name: '',
		function: name,
		file,
		line,
		statements,
		about: aboutOf(target, state, text),
	};
}

/** Ghost variables and the context's own stack are nobody else's business. */
function isPrivate(target: Target, { kind, text, context }: MachineEvent): boolean {
	if (kind !== 'load' && kind !== 'store') return false;
	if (text.startsWith(`${contextName(target.machine, context)}:`)) return true;
	const [name = ''] = /^\w+/.exec(text) ?? [];
	return target.machine.program.globals.some((global) => global.isGhost && global.name === name);
}

interface Line {
	readonly function: string;
	readonly file: string;
	readonly line: number;
	readonly statements: readonly string[];
}

/** Where events happened; for those of helpers also the line outside of them. */
class CallingLines {
	readonly #target: Target;
	readonly #state: MachineState;
	readonly #after: MachineState;
	/** By context: the last line that was no helper's. */
	readonly #outer = new Map<number, string>();

	constructor(target: Target, state: MachineState, after: MachineState) {
		this.#target = target;
		this.#state = state;
		this.#after = after;
	}

	of({ function: index, instruction, context, kind, depth }: MachineEvent): Line {
		const { program } = this.#target.machine;
		const fn = program.functions[index];
		if (fn === undefined) return { function: '', file: '', line: 0, statements: [] };
		const { file, line } = positionOf(program, fn, instruction);
		const own = statementAt(this.#target, file, line);
		if (!fn.isLibraryHelper) {
			if (kind !== 'return') this.#outer.set(context, own);
			return { function: fn.name, file, line, statements: [own] };
		}
		if (kind === 'call') this.#noteCaller(context, index, depth);
		const outer = this.#outer.get(context) ?? this.#outside(context);
		return { function: fn.name, file, line, statements: outer === '' ? [own] : [own, outer] };
	}

	/** Where a helper was called that is still running after the step. */
	#noteCaller(context: number, index: number, depth: number): void {
		const { functions } = this.#target.machine.program;
		const frames = this.#after.contexts[context]?.frames ?? [];
		const caller = functions[frames[depth - 2]?.function ?? -1];
		if (frames[depth - 1]?.function !== index || caller === undefined || caller.isLibraryHelper) return;
		const place = placeOf(this.#target, this.#after, context, frames.length + 1 - depth);
		if (place !== null) this.#outer.set(context, statementAt(this.#target, place.file, place.line));
	}

	#outside(context: number): string {
		const { functions } = this.#target.machine.program;
		const frames = this.#state.contexts[context]?.frames ?? [];
		const depth = frames.findLastIndex((frame) => functions[frame.function]?.isLibraryHelper === false);
		if (depth < 0) return '';
		const place = placeOf(this.#target, this.#state, context, frames.length - 1 - depth);
		return place === null ? '' : statementAt(this.#target, place.file, place.line);
	}
}

function observation(target: Target, state: MachineState, event: MachineEvent, at: Line): Observation {
	const { kind, context, depth } = event;
	const text = plainLine(event.text);
	const isCall = kind === 'call' || kind === 'return';
	const name = isCall ? (/^\w+/.exec(text)?.[0] ?? '') : '';
	return { kind, context, depth, text, name, ...at, about: aboutOf(target, state, text) };
}

/** Of the first object that a text names: the struct's tag, or the heap object's type. */
function aboutOf(target: Target, state: MachineState, text: string): string {
	const { globals, layouts } = target.machine.program;
	for (const [, name = '', member = ''] of text.matchAll(/\b([A-Za-z_]\w*)\b((?:(?:->|\.)\w+|\[\d+\])*)/g)) {
		const object = state.objects.find((candidate) => candidate?.name === name);
		const global = object === undefined ? globals.find((candidate) => candidate.name === name) : undefined;
		const layout = layouts[object?.layout ?? global?.layout ?? -1];
		if (layout !== undefined) return `${layout.name.replace(/^struct /, '')} ${member}`;
	}
	return '';
}
