/**
 * The drawing of a race as commit messages have it: one headed column per CPU, one event a line, time downwards, the harm where
 * it happens. Plain ASCII.
 */

import { contextName } from '../machine/describe.ts';
import { actorIndex } from '../machine/step.ts';
import type { Target } from '../scenario/scenario.ts';
import type { Session, TimelineNode } from '../session/session.ts';
import { type DiagramRow, rowsOfStep, waitRows } from './diagram-rows.ts';
import { asciiText, mailWidth, wrapLine } from './wrap.ts';

export interface DiagramOptions {
	/** Characters a line; a drawing of many columns may be wider. */
	readonly width?: number;
	/** Whether the steps' numbers stand at the left. */
	readonly numbers?: boolean;
	/** Whether the schedule's notes and marks are drawn between the steps. */
	readonly notes?: boolean;
	/** Steps to draw, the last ones; all by default. */
	readonly last?: number;
	/** Moments at which it matters that an actor waits, although it made no step. */
	readonly waits?: readonly { readonly depth: number; readonly actor: number }[];
}

const narrowestColumn = 16;
const columnGap = 2;

/** Draws the way from the start to the cursor. */
export function drawSession(session: Session, options: DiagramOptions = {}): string[] {
	const notes = options.notes === false ? [] : notesOf(session);
	const path = pathTo(session.timeline.cursor, options.last);
	return drawPath(session.target, path, notes, { ...options, waits: waitsOf(session) });
}

/** A line of text between the steps. */
export interface DiagramNote {
	/** It stands before the first step after this depth. */
	readonly depth: number;
	readonly text: string;
}

/**
 * Draws steps one after another.
 * @param path nodes in order of time
 */
function drawPath(
	target: Target,
	path: readonly TimelineNode[],
	notes: readonly DiagramNote[],
	{ width = mailWidth, numbers = true, waits = [] }: DiagramOptions = {},
): string[] {
	const depths = path[0]?.parent?.state.contexts.map(({ rcuDepth }) => rcuDepth) ?? [];
	const rows = withoutNoise(
		path.flatMap((node, index) => {
			const rows = rowsOfStep(target, node);
			// Who waits is said where somebody else goes on.
			const own = actorOf(node) === actorOf(path[index + 1]) ? [] : [actorOf(node)];
			const others = waits.filter(({ depth }) => depth === node.depth).map(({ actor }) => actor);
			return [...rows, ...[...new Set([...own, ...others])].flatMap((actor) => waitRows(target, node, actor))];
		}),
		depths,
	);
	const columns = columnsOf(target, rows);
	const gutter = numbers ? Math.max(2, String(path.at(-1)?.depth ?? 0).length) + 1 : 0;
	const heads = columns.map((context) => headOf(target, context));
	const needs = columns.map((context, index) => {
		const own = rows.filter((row) => row.context === context).map(naturalWidth);
		return widthNeeds(heads[index] ?? '', own);
	});
	const widths = shareWidth(needs, width - gutter - columnGap * (columns.length - 1));
	const starts = widths.map(
		(_, index) => gutter + widths.slice(0, index).reduce((sum, one) => sum + one + columnGap, 0),
	);
	const lines = headLines(heads, widths).map((line) => (' '.repeat(gutter) + line).trimEnd());
	const first = path[0]?.depth ?? 0;
	const waiting = notes.filter((note) => note.depth >= first - 1);
	const flush = (before: number): void => {
		while (waiting[0] !== undefined && waiting[0].depth < before) {
			const text = asciiText(waiting.shift()?.text ?? '').replace(/\s+/g, ' ');
			lines.push(...wrapLine(text, width - gutter - 2).map((line) => `${' '.repeat(gutter)}# ${line}`));
		}
	};
	let step = -1;
	for (const row of rows) {
		flush(row.isStill ? row.step + 1 : row.step);
		const index = Math.max(0, columns.indexOf(row.context));
		const label = numbers && row.step !== step ? String(row.step).padStart(gutter - 1) : '';
		for (const [number, text] of rowLines(row, widths[index] ?? width).entries()) {
			lines.push(((number === 0 ? label : '').padEnd(starts[index] ?? gutter) + text).trimEnd());
		}
		step = row.step;
	}
	flush(Number.POSITIVE_INFINITY);
	return lines;
}

function actorOf(node: TimelineNode | undefined): number {
	return node?.action?.choice.actor ?? -1;
}

/** Nodes after the start, in order; only the last `last` of them. A start whose set-up reported something is drawn too. */
function pathTo(cursor: TimelineNode, last = Number.POSITIVE_INFINITY): TimelineNode[] {
	const path: TimelineNode[] = [];
	for (let node: TimelineNode | null = cursor; node !== null && path.length < last; node = node.parent) {
		if (node.parent !== null || node.violations.length > 0) path.push(node);
	}
	return path.reverse();
}

/** The marks and notes of the schedule that is being followed, as far as it has come, and the user's own on this branch. */
function notesOf(session: Session): DiagramNote[] {
	const { schedule, timeline, notes } = session;
	const branch = timeline.branches[timeline.current]?.name;
	const own = notes
		.filter((note) => note.branch === branch && note.depth <= timeline.cursor.depth)
		.map(({ depth, text }) => ({ depth, text: `note: ${text}` }));
	const scheduled = (schedule?.schedule.entries ?? []).flatMap((entry, index) => {
		const start = index === 0 ? 0 : schedule?.ends[index - 1];
		const text = [entry.mark, entry.note].filter((part) => part !== '').join(': ');
		return start === undefined || entry.note === '' || start > timeline.cursor.depth ? [] : [{ depth: start, text }];
	});
	return [...scheduled, ...own].sort((a, b) => a.depth - b.depth);
}

/** Entries of the schedule that end with an actor waiting. */
function waitsOf({ schedule, target }: Session): { depth: number; actor: number }[] {
	return (schedule?.ends ?? []).flatMap((depth, index) => {
		const step = schedule?.schedule.entries[index]?.step;
		if (step?.kind !== 'untilStatus' || step.status !== 'blocked') return [];
		const actor = actorIndex(target.machine, step.actor);
		return actor === null ? [] : [{ depth, actor }];
	});
}

function columnsOf(target: Target, rows: readonly DiagramRow[]): number[] {
	const used = new Set(rows.map((row) => row.context));
	const all = Array.from({ length: target.machine.configuration.cpus + 1 }, (_, context) => context);
	const columns = all.filter((context) => used.has(context));
	return columns.length > 0 ? columns : all.filter((context) => (target.machine.entries[context] ?? null) !== null);
}

function headOf(target: Target, context: number): string {
	const program = target.scenario.programs.find(({ id }) => id === target.selection.program);
	const role = program?.cpus[context]?.name ?? '';
	return asciiText(contextName(target.machine, context) + (role === '' ? '' : ` (${role})`));
}

function headLines(heads: readonly string[], widths: readonly number[]): string[] {
	const cut = heads.map((head, index) => head.slice(0, widths[index]));
	const row = (cells: readonly string[]): string =>
		cells.map((cell, index) => cell.padEnd((widths[index] ?? 0) + columnGap)).join('');
	return [row(cut), row(cut.map((head) => '-'.repeat(head.length)))];
}

/** Width at which a row needs no second line; reports are prose and can be wrapped. */
function naturalWidth(row: DiagramRow): number {
	return row.kind === 'violation' || row.kind === 'warning' || row.kind === 'wait' ? 36 : row.indent + row.text.length;
}

interface WidthNeeds {
	/** Every row on one line. */
	readonly all: number;
	/** All but the longest few. */
	readonly most: number;
}

function widthNeeds(head: string, rows: readonly number[]): WidthNeeds {
	const sorted = [...rows, head.length].sort((a, b) => a - b);
	const most = sorted[Math.floor((sorted.length - 1) * 0.85)] ?? 0;
	return { all: sorted.at(-1) ?? 0, most: Math.max(most, head.length) };
}

/** Shares the width so that few rows need a second line. */
function shareWidth(needs: readonly WidthNeeds[], width: number): number[] {
	const sum = (of: (need: WidthNeeds) => number): number => needs.reduce((total, need) => total + of(need), 0);
	const spare = width - sum(({ all }) => all);
	// Nothing stands right of the last column, so it may have what is left.
	if (spare >= 0) return needs.map(({ all }, index) => (index === needs.length - 1 ? all + spare : all));
	const most = sum((need) => need.most);
	const rest = width - most;
	if (rest < 0) return shrink(needs, width);
	const more = sum(({ all, most }) => all - most);
	return needs.map((need) => need.most + Math.floor((rest * (need.all - need.most)) / more));
}

/** In proportion, but none so narrow that it cannot be read. */
function shrink(needs: readonly WidthNeeds[], width: number): number[] {
	const least = needs.map(({ all }) => Math.min(all, narrowestColumn));
	const spare = Math.max(0, width - least.reduce((total, one) => total + one, 0));
	const wishes = needs.map((need, index) => need.most - (least[index] ?? 0));
	const total = Math.max(
		1,
		wishes.reduce((sum, one) => sum + one, 0),
	);
	return least.map((one, index) => one + Math.floor((spare * (wishes[index] ?? 0)) / total));
}

function rowLines(row: DiagramRow, width: number): string[] {
	const text = asciiText(row.text);
	switch (row.kind) {
		case 'violation':
			return boxed(`*** ${text} ***`, width);
		case 'warning':
			return boxed(`[ ${text} ]`, width);
		default: {
			const indent = Math.min(row.indent, Math.floor(width / 3));
			return wrapLine(' '.repeat(indent) + text, width, indent + 2);
		}
	}
}

function boxed(text: string, width: number): string[] {
	return wrapLine(text, width, 2);
}

/**
 * Leaves out what a reader would skip: reads that no other context interferes with, RCU read sections inside others (the
 * iterators have them), returns inside what the program called, and
 * a row that says the same as the one above. What fills a new object is one row, and so is a section with nothing in it.
 */
export function withoutNoise(rows: readonly DiagramRow[], rcuDepths: readonly number[]): DiagramRow[] {
	const contested = contestedReads(rows);
	const inner = innerSections(rows, rcuDepths);
	const kept = rows.filter((row, index) => {
		if (inner.has(row)) return false;
		if (row.kind === 'load') return contested.has(row);
		return row.kind !== 'return' || matters(rows, index);
	});
	return withoutRepeats(withShortSections(withNewObjects(kept)));
}

function withoutRepeats(rows: readonly DiagramRow[]): DiagramRow[] {
	const result: (DiagramRow & { times: number })[] = [];
	for (const row of rows) {
		const last = result.at(-1);
		const isRepeat =
			last !== undefined &&
			last.context === row.context &&
			last.kind === row.kind &&
			last.text === row.text &&
			last.indent === row.indent;
		if (isRepeat) last.times += 1;
		else result.push({ ...row, times: 1 });
	}
	return result.map(({ times, ...row }) => (times === 1 ? row : { ...row, text: `${row.text} (${times} times)` }));
}

/** Entries to and exits from RCU read sections that are not the outermost. */
function innerSections(rows: readonly DiagramRow[], start: readonly number[]): Set<DiagramRow> {
	const depths = new Map(start.entries());
	const inner = new Set<DiagramRow>();
	for (const row of rows) {
		const change = row.text === 'rcu_read_lock()' ? 1 : row.text === 'rcu_read_unlock()' ? -1 : 0;
		if (change === 0) continue;
		const before = depths.get(row.context) ?? 0;
		depths.set(row.context, before + change);
		if (Math.max(before, before + change) > 1) inner.add(row);
	}
	return inner;
}

/** A lock that is released at once: `lock(x), unlock(x)`. */
function withShortSections(rows: readonly DiagramRow[]): DiagramRow[] {
	const result: DiagramRow[] = [];
	for (const row of rows) {
		const last = result.at(-1);
		const isPair =
			last !== undefined &&
			last.context === row.context &&
			/lock\(/.test(last.text) &&
			row.text.includes('unlock(') &&
			row.text.replace('unlock(', 'lock(') === last.text;
		if (isPair) result[result.length - 1] = { ...last, text: `${last.text}, ${row.text}` };
		else result.push(row);
	}
	return result;
}

/** Stores into an object that nobody else has seen yet, one after another, as one row: `vb#4: free 2, dirty 0`. */
function withNewObjects(rows: readonly DiagramRow[]): DiagramRow[] {
	const result: DiagramRow[] = [];
	/** Names of new objects, and who made them. */
	const made = new Map<string, number>();
	for (const row of rows) {
		if (row.made !== '') made.set(row.made, row.context);
		const store = /^(.+?)(?:->|\.)(.+): .* -> (.*)$/.exec(row.kind === 'effect' ? row.text : '');
		const [, object = '', field = '', value = ''] = store ?? [];
		for (const name of made.keys()) if (object !== name && row.text.endsWith(`-> ${name}`)) made.delete(name);
		if (store === null || made.get(object) !== row.context) {
			result.push(row);
			continue;
		}
		const last = result.at(-1);
		const isMore = last !== undefined && last.context === row.context && last.text.startsWith(`${object}: `);
		if (isMore) {
			result[result.length - 1] = {
				...last,
				text: `${last.text}, ${field} ${value}`,
				writes: [...last.writes, ...row.writes],
			};
		} else {
			result.push({ ...row, text: `${object}: ${field} ${value}` });
		}
	}
	return result;
}

/** The reads without a lock that saw what another context wrote, or that another context's write is about to make untrue. */
function contestedReads(rows: readonly DiagramRow[]): Set<DiagramRow> {
	const contested = new Set<DiagramRow>();
	const scan = (order: readonly DiagramRow[]): void => {
		/** By cell: who wrote it last, in this direction of time. */
		const writers = new Map<string, number>();
		for (const row of order) {
			const isForeign = !row.isLocked && row.reads.some((cell) => (writers.get(cell) ?? row.context) !== row.context);
			if (isForeign) contested.add(row);
			for (const cell of row.writes) writers.set(cell, row.context);
		}
	};
	scan(rows);
	scan(rows.toReversed());
	// Where one read is of interest, the others of the same cell are what it is compared with.
	const cells = new Set([...contested].flatMap((row) => row.reads));
	return new Set(rows.filter((row) => !row.isLocked && row.reads.some((cell) => cells.has(cell))));
}

/**
 * Whether a return is worth a row: it ends what the program itself called, or a report was made as it returned. After a report
 * nothing is gained by saying that the function went on to return.
 */
function matters(rows: readonly DiagramRow[], index: number): boolean {
	const row = rows[index];
	if (row === undefined || row.isEntry) return false;
	const next = rows.slice(index + 1, index + 3).find(({ kind }) => kind === 'violation');
	if (next !== undefined && next.step === row.step && next.function === row.function) return true;
	return row.indent === 0 && !rows.slice(Math.max(0, index - 3), index).some(({ kind }) => kind === 'violation');
}
