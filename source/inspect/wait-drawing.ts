/**
 * The wait-for graph as a drawing of lines and arrows, for the screen and for `info waits`: an actor a line, below it what it waits
 * for, with an arrow to whoever has it. Whom the arrow cannot reach by going down one line it reaches over a rail on the left.
 */

import type { WaitActor, WaitGraph, WaitRow, WaitsOn } from './views.ts';

/** What lines are drawn with: box drawing, or ASCII. */
export interface LineStyle {
	readonly isAscii: boolean;
}

/** One line: `rails` and connectors, then words. */
export interface WaitLine {
	readonly rails: string;
	readonly words: string;
	/** What the words are: an actor's name, its role and status beside it, a wait, or a summary over all. */
	readonly kind: 'actor' | 'wait' | 'cycle';
	readonly actor: string;
	/** After the words. */
	readonly remark: string;
	readonly inCycle: boolean;
	readonly changed: boolean;
}

const up = 1;
const down = 2;
const left = 4;
const right = 8;

/** By the directions in which a cell has lines. */
const boxes = [' ', '│', '│', '│', '─', '┘', '┐', '┤', '─', '└', '┌', '├', '─', '┴', '┬', '┼'];

/** A line before the rails are known. */
interface Row {
	readonly line: Omit<WaitLine, 'rails'>;
	/** Where the arrow of this line leads: to an actor over a rail, straight down, or nowhere. */
	readonly arrow: { readonly kind: 'rail'; readonly to: string } | { readonly kind: 'down' | 'pass' | 'end' | 'none' };
	/** Whether more arrows of the same wait follow below. */
	readonly goesOn: boolean;
}

/** The drawing in at most about `width` columns; empty when nobody waits. */
export function drawWaits(graph: WaitGraph, width: number, style: LineStyle): readonly WaitLine[] {
	if (graph.waits.length === 0) return [];
	const order = orderOf(graph);
	const summary = graph.cycles.map((cycle): WaitLine => {
		const words = `cycle: ${[...cycle, cycle[0] ?? ''].join(' -> ')}`;
		return { rails: '', words, kind: 'cycle', actor: '', remark: '', inCycle: true, changed: false };
	});
	const rowsWithin = (room: number): readonly Row[] =>
		order.flatMap((actor, index) => actorRows(graph, actor, order[index + 1] ?? null, room));
	// How many rails there are hardly depends on where lines are broken.
	const room = width - railsWidth(columnsOf(placeRails(rowsWithin(width))));
	return [...summary, ...withRails(rowsWithin(room), style)];
}

/** Columns before the words of a wait. */
function railsWidth(columns: number): number {
	return 2 * columns + 4;
}

function columnsOf(rails: readonly Rail[]): number {
	return Math.max(0, ...rails.map(({ column }) => column + 1));
}

/** The actors so that most arrows lead one down: cycles first, then the others, each before whom it waits for. */
function orderOf({ actors, waits, cycles }: WaitGraph): readonly string[] {
	const order: string[] = [];
	const place = (start: string): void => {
		let at: string | undefined = start;
		while (at !== undefined && !order.includes(at)) {
			order.push(at);
			const on: readonly WaitsOn[] = waits.find(({ actor }) => actor === at)?.on ?? [];
			at = on.findLast(({ actor }) => !order.includes(actor))?.actor;
		}
	};
	for (const cycle of cycles) for (const actor of cycle) if (!order.includes(actor)) order.push(actor);
	const awaited = new Set(waits.flatMap(({ on }) => on.map(({ actor }) => actor)));
	for (const { actor, on } of waits) if (!awaited.has(actor) && on.length > 0) place(actor);
	for (const { actor, on } of waits) if (on.length > 0) place(actor);
	for (const { name } of actors) place(name);
	return order;
}

function actorRows(graph: WaitGraph, name: string, below: string | null, width: number): readonly Row[] {
	const actor = graph.actors.find((candidate) => candidate.name === name);
	const wait = graph.waits.find((candidate) => candidate.actor === name);
	const head: Row = {
		line: {
			kind: 'actor',
			words: name,
			actor: name,
			remark: actor === undefined ? '' : remarkOf(actor),
			inCycle: wait?.inCycle === true,
			changed: false,
		},
		arrow: { kind: 'none' },
		goesOn: false,
	};
	return wait === undefined ? [head] : [head, ...waitRows(graph, wait, below, width)];
}

function remarkOf({ role, status }: WaitActor): string {
	return [role, status === 'waiting' ? '' : status].filter((word) => word !== '').join(', ');
}

/** The arrows of a wait, the one that leads down at the end. */
function waitRows(graph: WaitGraph, wait: WaitRow, below: string | null, width: number): readonly Row[] {
	const { actor, inCycle, changed, what } = wait;
	const line = (words: string): Row['line'] => ({ kind: 'wait', words, actor, remark: '', inCycle, changed });
	const isBelow = ({ actor: to }: WaitsOn): boolean => to === below && to !== actor;
	const on = [...wait.on.filter((edge) => !isBelow(edge)), ...wait.on.filter(isBelow)];
	if (on.length === 0) {
		const words = `waits for ${what}, ${endText(wait, graph.ready)}`;
		return wrapped(words, width).map((part, index, parts): Row => {
			const isLast = index === parts.length - 1;
			return { line: line(part), arrow: { kind: isLast ? 'end' : 'pass' }, goesOn: false };
		});
	}
	return on.flatMap((edge, index) => {
		const words = `${index === 0 ? `waits for ${what},` : 'and'} ${edgeText(edge, actor)}`;
		const goesOn = index < on.length - 1;
		return wrapped(words, width).map((part, at, parts): Row => {
			if (at < parts.length - 1) return { line: line(part), arrow: { kind: 'pass' }, goesOn: true };
			return { line: line(part), arrow: isBelow(edge) ? { kind: 'down' } : { kind: 'rail', to: edge.actor }, goesOn };
		});
	});
}

/** Of a wait for nobody in particular: who may end it. */
function endText({ kind }: WaitRow, ready: readonly string[]): string {
	const what = kind === 'condition' ? 'make it true' : 'end it';
	return ready.length === 0
		? `and no actor is left to ${what}`
		: `which ${ready.join(' or ')} may still ${kind === 'condition' ? 'make true' : 'end'}`;
}

function edgeText({ actor: to, mode, since }: WaitsOn, waiter: string): string {
	if (mode === null) return `up to ${to}`;
	const when = since === null ? '' : since === 0 ? ' since the set-up' : ` since step ${since}`;
	return `${to === waiter ? 'which it holds itself' : `held by ${to}`}${mode === 'shared' ? ' shared' : ''}${when}`;
}

/** Words in lines of at most `width` characters, cut at blanks where there are any. */
function wrapped(words: string, width: number): readonly string[] {
	const room = Math.max(20, width);
	const lines: string[] = [];
	let rest = words;
	while (rest.length > room) {
		const blank = rest.lastIndexOf(' ', room);
		const cut = blank > 0 ? blank : room;
		lines.push(rest.slice(0, cut));
		rest = rest.slice(cut).trimStart();
	}
	return [...lines, rest];
}

interface Rail {
	readonly source: number;
	readonly target: number;
	readonly column: number;
}

function withRails(rows: readonly Row[], { isAscii }: LineStyle): readonly WaitLine[] {
	const rails = placeRails(rows);
	const columns = columnsOf(rails);
	return rows.map((row, index) => {
		const bits = new Array<number>(railsWidth(columns) - 1).fill(0);
		const add = (column: number, direction: number): void => {
			bits[column] = (bits[column] ?? 0) | direction;
		};
		const run = (from: number, to: number): void => {
			add(from, right);
			for (let column = from + 1; column < to; column++) add(column, left | right);
			add(to, left);
		};
		const body = 2 * columns;
		let isTarget = false;
		for (const { source, target, column } of rails) {
			// Inner rails are further to the right.
			const at = 1 + 2 * (columns - 1 - column);
			const [first, last] = [Math.min(source, target), Math.max(source, target)];
			if (index < first || index > last) continue;
			if (index > first) add(at, up);
			if (index < last) add(at, down);
			if (index === source) run(at, body + 2);
			if (index === target) {
				run(at, body);
				isTarget = true;
			}
		}
		if (row.line.kind === 'wait') {
			add(body + 2, up);
			if (row.goesOn || row.arrow.kind === 'pass') add(body + 2, down);
			if (row.arrow.kind === 'end') add(body + 2, right);
		}
		const cells = bits.map((cell) => shapeOf(cell, isAscii));
		if (isTarget) cells[body] = isAscii ? '>' : '▶';
		if (row.arrow.kind === 'down') cells[body + 2] = isAscii ? 'v' : '▼';
		const drawn = cells.slice(0, row.line.kind === 'actor' ? body + 1 : body + 3).join('');
		return { ...row.line, rails: `${drawn} ` };
	});
}

function shapeOf(bits: number, isAscii: boolean): string {
	const box = boxes[bits] ?? ' ';
	if (!isAscii) return box;
	if (bits === 0) return ' ';
	if ((bits & (left | right)) === 0) return '|';
	return (bits & (up | down)) === 0 ? '-' : '+';
}

/** Every rail with a column, 0 nearest to the names, so that no two in a column overlap; short ones are nearer. */
function placeRails(rows: readonly Row[]): readonly Rail[] {
	const targets = new Map(rows.flatMap(({ line }, index) => (line.kind === 'actor' ? [[line.actor, index]] : [])));
	const wanted = rows.flatMap(({ arrow }, source) => {
		const target = arrow.kind === 'rail' ? targets.get(arrow.to) : undefined;
		return target === undefined ? [] : [{ source, target }];
	});
	const placed: Rail[] = [];
	const length = ({ source, target }: { source: number; target: number }): number => Math.abs(source - target);
	for (const rail of wanted.toSorted((a, b) => length(a) - length(b))) {
		let column = 0;
		while (placed.some((other) => other.column === column && overlaps(other, rail))) column++;
		placed.push({ ...rail, column });
	}
	return placed;
}

type Span = Pick<Rail, 'source' | 'target'>;

function overlaps(a: Span, b: Span): boolean {
	const low = (span: Span): number => Math.min(span.source, span.target);
	const high = (span: Span): number => Math.max(span.source, span.target);
	return low(a) <= high(b) && low(b) <= high(a);
}
