/**
 * What a step did, as the rows of a race drawing: calls as `f()`, locks as `lock(x)` and `unlock(x)`, and what others can see
 * of the rest. What happens inside the library's helpers is one row, the line that called them.
 */

import type { FunctionCode } from '../language/code.ts';
import { positionOf } from '../language/code.ts';
import { plainLine } from '../language/plain-text.ts';
import { contextName } from '../machine/describe.ts';
import type { MachineEvent } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { actors } from '../machine/step.ts';
import type { Violation } from '../machine/violation.ts';
import type { Target } from '../scenario/scenario.ts';
import { contextOfActor, placeOf } from '../session/place.ts';
import type { TimelineNode } from '../session/session.ts';
import { statementAt } from '../session/statement.ts';
import { eventsOf } from '../session/step-events.ts';
import { withoutKind } from './violation-phrases.ts';

export interface DiagramRow {
	/** Number of the step. */
	readonly step: number;
	/** Column: a CPU, or the callback context. */
	readonly context: number;
	/** Nesting of calls, 0 for the entry function's own lines. */
	readonly indent: number;
	readonly kind: 'call' | 'return' | 'effect' | 'load' | 'wait' | 'violation' | 'warning';
	readonly text: string;
	/** Function: of a call or return the one that is called; else in which it happened; empty for hardware. */
	readonly function: string;
	/** Whether it is the return of an entry function. */
	readonly isEntry: boolean;
	/** Whether it is about a moment at which the context made no step, and so comes after what the schedule says there. */
	readonly isStill: boolean;
	/** What an allocation made, else empty. */
	readonly made: string;
	/** Whether the context held a lock when the step began. */
	readonly isLocked: boolean;
	/** Names of the cells that the row reads and writes, to find what the contexts have in common. */
	readonly reads: readonly string[];
	readonly writes: readonly string[];
	/** What happened: the kind of the machine's event; null for a wait or a report. */
	readonly event: MachineEvent['kind'] | null;
	/** Cells, locks and objects that it is about; what it is called can change in time, and this does not. */
	readonly pointers: readonly number[];
	/** Stack depth of the context, 1 for the entry function; 0 for hardware. Of a call, the depth inside it. */
	readonly depth: number;
	/** The source line, without the end of the statement; empty for hardware. */
	readonly statement: string;
	readonly file: string;
	readonly line: number;
}

/** Nodes never change. */
const known = new WeakMap<TimelineNode, readonly DiagramRow[]>();

/** The rows of the step that led to `node`; none for the start, but for what its set-up reported. */
export function rowsOfStep(target: Target, node: TimelineNode): readonly DiagramRow[] {
	const rows = known.get(node) ?? computeRows(target, node);
	known.set(node, rows);
	return rows;
}

function computeRows(target: Target, node: TimelineNode): readonly DiagramRow[] {
	const { parent, action } = node;
	if (parent === null || action === null) return node.violations.map((violation) => reportRow(node, 0, violation));
	const context = contextOfActor(target, action.choice.actor);
	const events = eventsOf(target.machine, node);
	const rows = new StepRows(target, node.depth, parent.state).rows(events);
	// A report belongs to the column of the one who made the step.
	return [...rows, ...node.violations.map((violation) => reportRow(node, context, violation))];
}

class StepRows {
	readonly #target: Target;
	readonly #step: number;
	/** By context: the line of the kernel's own code whose helpers are running. */
	readonly #lines = new Map<number, Line>();
	readonly #state: MachineState;

	constructor(target: Target, step: number, state: MachineState) {
		this.#target = target;
		this.#step = step;
		this.#state = state;
	}

	rows(events: readonly MachineEvent[]): DiagramRow[] {
		const rows: DiagramRow[] = [];
		for (const group of this.#groups(events)) rows.push(...this.#groupRows(group));
		return rows;
	}

	/** Events in order, those of one line's helpers together. */
	#groups(events: readonly MachineEvent[]): Group[] {
		const groups: Group[] = [];
		for (const event of events) {
			const fn = this.#target.machine.program.functions[event.function];
			const isInside = fn?.isLibraryHelper === true;
			if (isInside && ['call', 'return', 'rcu'].includes(event.kind) && !/callback|grace/.test(event.text)) continue;
			const line = isInside ? this.#lineOf(event.context) : this.#lineAt(event, fn);
			const last = groups.at(-1);
			const isSame = last !== undefined && last.line.key === line.key && last.isInside && isInside;
			if (isSame) last.events.push(event);
			else groups.push({ line, isInside, events: [event] });
		}
		return groups;
	}

	#lineAt(event: MachineEvent, fn: FunctionCode | undefined): Line {
		if (fn === undefined) return { ...hardware, depth: event.depth };
		const { program } = this.#target.machine;
		const position = positionOf(program, fn, event.instruction);
		const line = {
			key: `${position.file}:${position.line}`,
			text: statementAt(this.#target, position.file, position.line),
			depth: event.depth,
			function: fn.name,
			file: position.file,
			line: position.line,
		};
		if (event.kind !== 'return') this.#lines.set(event.context, line);
		return line;
	}

	/** The line of the innermost function that is not a helper. */
	#lineOf(context: number): Line {
		const known = this.#lines.get(context);
		if (known !== undefined) return known;
		const { program } = this.#target.machine;
		const frames = this.#state.contexts[context]?.frames ?? [];
		const depth = frames.findLastIndex((frame) => program.functions[frame.function]?.isLibraryHelper === false);
		const frame = frames[depth];
		const fn = frame === undefined ? undefined : program.functions[frame.function];
		if (frame === undefined || fn === undefined) return hardware;
		const isInnermost = depth === frames.length - 1;
		const position = positionOf(program, fn, isInnermost ? frame.instruction : Math.max(0, frame.instruction - 1));
		const line = {
			key: `${position.file}:${position.line}`,
			text: statementAt(this.#target, position.file, position.line),
			depth: depth + 1,
			function: fn.name,
			file: position.file,
			line: position.line,
		};
		this.#lines.set(context, line);
		return line;
	}

	#groupRows({ line, isInside, events }: Group): DiagramRow[] {
		const seen = events.filter((event) => !this.#isPrivate(event));
		const changes = seen.filter(({ kind }) => kind === 'store' || kind === 'atomic');
		if (!isInside || changes.length <= 1) {
			return seen.flatMap((event) => this.#eventRow(event, isInside ? line.depth : event.depth, line));
		}
		// A helper that changes several cells is one thing to do: list_add(), say.
		const rest = seen.filter(({ kind }) => !['store', 'atomic', 'load'].includes(kind));
		return [
			{
				...this.#row(events[0] ?? null, line.depth),
				kind: 'effect',
				text: line.text,
				reads: seen.filter(({ kind }) => kind === 'load').map(cellOf),
				writes: changes.map(cellOf),
				event: 'store',
				pointers: changes.map(({ pointer }) => pointer),
				depth: line.depth,
				statement: line.text,
				function: line.function,
				file: line.file,
				line: line.line,
			},
			...rest.flatMap((event) => this.#eventRow(event, line.depth, line)),
		];
	}

	#eventRow(event: MachineEvent, depth: number, { text: statement, function: fn, file, line }: Line): DiagramRow[] {
		const pointers = event.pointer === 0 ? [] : [event.pointer];
		const row = { ...this.#row(event, depth), event: event.kind, pointers, depth, statement, function: fn, file, line };
		// As in C, but short: columns are narrow.
		const text = plainLine(event.text).replace(/per_cpu\((\w+), (\d+)\)/g, '$1[$2]');
		const name = this.#target.machine.program.functions[event.function]?.name ?? '';
		switch (event.kind) {
			case 'call':
				return [{ ...row, kind: 'call', indent: Math.max(0, depth - 2), text: callText(text), function: name }];
			case 'return':
				return [{ ...row, kind: 'return', indent: Math.max(0, depth - 2), text, function: name, isEntry: depth <= 1 }];
			case 'load':
				return [{ ...row, kind: 'load', text: `reads ${text}`, reads: [cellOf(event)] }];
			case 'store':
			case 'atomic':
				return [{ ...row, kind: 'effect', text: text.replace(atomicName, ''), writes: [cellOf(event)] }];
			case 'lock':
			case 'unlock':
				return [{ ...row, kind: 'effect', text: lockText(text) }];
			case 'allocate':
				return [{ ...row, text, made: / = (.+)$/.exec(text)?.[1] ?? '' }];
			case 'end':
				return [];
			default:
				return [{ ...row, kind: 'effect', text }];
		}
	}

	#row(event: MachineEvent | null, depth: number): DiagramRow {
		return {
			...emptyRow,
			step: this.#step,
			context: event?.context ?? 0,
			indent: Math.max(0, depth - 1),
			isLocked: (this.#state.contexts[event?.context ?? 0]?.held.length ?? 0) > 0,
			depth,
		};
	}

	/** What is nobody else's business: ghost variables, and the context's own stack. */
	#isPrivate(event: MachineEvent): boolean {
		if (event.kind !== 'load' && event.kind !== 'store') return false;
		const cell = cellOf(event);
		if (cell.startsWith(`${contextName(this.#target.machine, event.context)}:`)) return true;
		const [name = ''] = /^\w+/.exec(cell) ?? [];
		return this.#target.machine.program.globals.some((global) => global.isGhost && global.name === name);
	}
}

interface Line {
	readonly key: string;
	/** The statement, on one line. */
	readonly text: string;
	readonly depth: number;
	readonly function: string;
	readonly file: string;
	readonly line: number;
}

const hardware: Line = { key: 'hardware', text: '', depth: 1, function: '', file: '', line: 0 };

interface Group {
	readonly line: Line;
	/** Whether the events are those of a helper that the line called. */
	readonly isInside: boolean;
	readonly events: MachineEvent[];
}

/** What an actor's context waits for at `node`; nothing when it can go on. */
export function waitRows(target: Target, node: TimelineNode, actor: number): readonly DiagramRow[] {
	const isStill = actor !== node.action?.choice.actor;
	if (actor < 0) return [];
	const context = contextOfActor(target, actor);
	const status = actors(target.machine, node.state).find((candidate) => candidate.actor === context);
	if (status?.wait === null || status?.wait === undefined) return [];
	const indent = Math.max(0, (node.state.contexts[context]?.frames.length ?? 1) - 1);
	const text = `(${plainLine(status.wait.text).replace(/;$/, '')})`;
	const place = placeOf(target, node.state, context);
	const at = { function: place?.name ?? '', file: place?.file ?? '', line: place?.line ?? 0 };
	return [{ ...emptyRow, step: node.depth, context, indent, kind: 'wait', text, isStill, ...at }];
}

export const emptyRow: DiagramRow = {
	step: 0,
	context: 0,
	indent: 0,
	kind: 'effect',
	text: '',
	function: '',
	isEntry: false,
	isStill: false,
	made: '',
	isLocked: false,
	reads: [],
	writes: [],
	event: null,
	pointers: [],
	depth: 0,
	statement: '',
	file: '',
	line: 0,
};

function reportRow(node: TimelineNode, context: number, violation: Violation): DiagramRow {
	const isViolation = violation.severity === 'violation';
	const lead = isViolation ? violation.kind : `${violation.severity}: ${violation.kind}`;
	return {
		...emptyRow,
		step: node.depth,
		context,
		kind: isViolation ? 'violation' : 'warning',
		function: violation.function,
		text: plainLine(`${lead}: ${withoutKind(violation.kind, violation.title)}`),
	};
}

/** What stands before the change that an atomic makes: `atomic add: n: 0 -> 1`. */
const atomicName = /^(?:__)?atomic[ _]\w+(?: \w+)*: /;

/** The cell that a load, store or atomic speaks of: what stands before ` = ` or `: `. */
function cellOf({ text }: MachineEvent): string {
	const name = text.replace(atomicName, '').replace(/^(?:read|write) of /, '');
	return /^(.*?)(?: = |: )/.exec(name)?.[1] ?? name;
}

/** `f(a, b)`, or `f()` when the arguments are too many to show. */
function callText(text: string): string {
	return text.length <= 40 ? text : text.replace(/\(.*$/, '(...)');
}

/** `spin_lock(&A.lock)` -> `lock(A.lock)`; the other locks keep their names. */
function lockText(text: string): string {
	return text.replace(/^spin_(un)?lock\(/, '$1lock(').replace(/\(&/, '(');
}
