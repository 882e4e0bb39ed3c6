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

const narrowestColumn = 24;
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
export function drawPath(
	target: Target,
	path: readonly TimelineNode[],
	notes: readonly DiagramNote[],
	{ width = mailWidth, numbers = true, waits = [] }: DiagramOptions = {},
): string[] {
	const rows = withoutNoise(
		path.flatMap((node, index) => {
			const rows = rowsOfStep(target, node);
			// Who waits is said where somebody else goes on.
			const own = actorOf(node) === actorOf(path[index + 1]) ? [] : [actorOf(node)];
			const others = waits.filter(({ depth }) => depth === node.depth).map(({ actor }) => actor);
			return [...rows, ...[...new Set([...own, ...others])].flatMap((actor) => waitRows(target, node, actor))];
		}),
	);
	const columns = columnsOf(target, rows);
	const gutter = numbers ? Math.max(2, String(path.at(-1)?.depth ?? 0).length) + 1 : 0;
	const column = Math.max(
		narrowestColumn,
		Math.floor((width - gutter + columnGap) / Math.max(1, columns.length)) - columnGap,
	);
	const lead = (index: number): string => ' '.repeat(gutter + index * (column + columnGap));
	const lines = headLines(target, columns, column).map((line) => (' '.repeat(gutter) + line).trimEnd());
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
		flush(row.kind === 'wait' ? row.step + 1 : row.step);
		const index = Math.max(0, columns.indexOf(row.context));
		const label = numbers && row.step !== step ? String(row.step).padStart(gutter - 1) : '';
		for (const [number, text] of rowLines(row, column).entries()) {
			const start = number === 0 ? label.padEnd(gutter) : ' '.repeat(gutter);
			lines.push((start + lead(index).slice(gutter) + text).trimEnd());
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
export function notesOf(session: Session): DiagramNote[] {
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

function headLines(target: Target, columns: readonly number[], width: number): string[] {
	const program = target.scenario.programs.find(({ id }) => id === target.selection.program);
	const heads = columns.map((context) => {
		const role = program?.cpus[context]?.name ?? '';
		return (
			wrapLine(asciiText(contextName(target.machine, context) + (role === '' ? '' : ` (${role})`)), width)[0] ?? ''
		);
	});
	const row = (cells: readonly string[]): string => cells.map((cell) => cell.padEnd(width + columnGap)).join('');
	return [row(heads), row(heads.map((head) => '-'.repeat(head.length)))];
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
			return wrapLine(' '.repeat(indent) + text, width, indent + 4);
		}
	}
}

function boxed(text: string, width: number): string[] {
	return wrapLine(text, width, 4);
}

/**
 * Leaves out what a reader would skip: reads that no other context interferes with, returns inside what the program
 * called, and a row that says the same as the one above.
 */
function withoutNoise(rows: readonly DiagramRow[]): DiagramRow[] {
	const contested = contestedReads(rows);
	const kept = rows.filter((row, index) => {
		if (row.kind === 'load') return contested.has(row);
		return row.kind !== 'return' || matters(rows, index);
	});
	const result: (DiagramRow & { times: number })[] = [];
	for (const row of kept) {
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
	return contested;
}

/** Whether a return is worth a row: it ends what the program itself called, or a report was made as it returned. */
function matters(rows: readonly DiagramRow[], index: number): boolean {
	const row = rows[index];
	if (row === undefined || row.isEntry) return false;
	if (row.indent === 0) return true;
	for (let at = index + 1; at < rows.length && rows[at]?.step === row.step; at++) {
		if (rows[at]?.kind === 'violation') return true;
	}
	return false;
}
