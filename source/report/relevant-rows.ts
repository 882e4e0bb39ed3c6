/**
 * Which rows of a long session matter to what was found. Going back from the harm, a row is
 *
 * 0. *named*: the report names its step, or it is about a cell, frame, address or object that the report or the stale
 *    translation in it names, and changes it; or it is the last read or change of the context that was caught;
 * 1. *concerned*: it changes the same cells, frames, translations or tables earlier, or fills, uses or flushes a TLB;
 * 2. *decisive*: it is the last read of such a cell by another context before it was changed under it, or the first after;
 * 3. *a race besides*: the same for cells that nobody named;
 * 4. *calls*: what a CPU's own program calls, and what the last of these called before it was caught.
 *
 * Of the rounds of a loop the last two are enough. A write that changes nothing matters only where it loses somebody's update, or is
 * the last to what the harm is about. A row is drawn with the calls that it lies in, and the locks that its context holds there, from lock to unlock. Where
 * there is not room for all, those of the lower number come first, and of these the later ones. The same session always gives
 * the same rows.
 */

import { frameName } from '../machine/describe.ts';
import { pointerStride } from '../machine/state.ts';
import type { Violation } from '../machine/violation.ts';
import type { TimelineNode } from '../session/session.ts';
import { type DiagramRow, emptyRow } from './diagram-rows.ts';
import { idleWrites } from './idle-writes.ts';

/** What was chosen, and why. */
export interface RelevantRows {
	/** Indices of rows, in order. */
	readonly rows: readonly number[];
	/** Those that were chosen for their own sake, not for what lies around them. */
	readonly core: ReadonlySet<number>;
	/** Indices of rows in steps that the report names, by step: what a reader is sent to. */
	readonly named: ReadonlyMap<number, number>;
}

/** Numbers of the steps that a report names. */
export function namedSteps({ title, details }: Pick<Violation, 'title' | 'details'>): number[] {
	const texts = [title, ...details].flatMap((text) => [...text.matchAll(/\bsteps? (\d{1,9})\b/g)]);
	return [...new Set(texts.map(([, number]) => Number(number)))];
}

/** Names that a report uses: `P3`, `A+2`, `A->dirty`, `D1`. */
export function namesIn(texts: readonly string[]): Set<string> {
	const words = texts.flatMap((text) => text.match(/[A-Za-z_][\w.[\]]*(?:->[\w.[\]]+)*(?:\+\d+)?/g) ?? []);
	return new Set(words.map((word) => word.replace(/\.$/, '')));
}

/** A call and what it lies in, as indices of rows. */
export interface Nesting {
	/** By row: the row of the innermost call around it, -1 for none. Of a call: the one around the call. */
	readonly callOf: readonly number[];
	/** By row of a call: the row of its return, or -1. */
	readonly returnOf: ReadonlyMap<number, number>;
}

/** Which call each row lies in. */
export function nestingOf(rows: readonly DiagramRow[]): Nesting {
	const open = new Map<number, { readonly row: number; readonly depth: number }[]>();
	const returnOf = new Map<number, number>();
	const callOf = rows.map((row, index) => {
		const calls = open.get(row.context) ?? [];
		open.set(row.context, calls);
		if (row.event === null) return calls.at(-1)?.row ?? -1;
		if (row.depth > 0) {
			// A call has the depth of what it enters, so that what is as deep has been left.
			const least = row.kind === 'call' ? row.depth : row.depth + 1;
			while ((calls.at(-1)?.depth ?? 0) >= least) calls.pop();
		}
		const around = calls.at(-1)?.row ?? -1;
		if (row.kind === 'call') calls.push({ row: index, depth: row.depth });
		if (row.kind === 'return' && calls.at(-1)?.depth === row.depth) {
			const call = calls.pop();
			if (call !== undefined) returnOf.set(call.row, index);
			return calls.at(-1)?.row ?? -1;
		}
		return around;
	});
	return { callOf, returnOf };
}

interface Span {
	readonly context: number;
	readonly from: number;
	readonly to: number;
}

/** Where locks are held, from the row that takes one to the row that gives it back (or beyond the end). */
function lockSpans(rows: readonly DiagramRow[], isRcu: boolean): Span[] {
	const open = new Map<string, number[]>();
	const spans: Span[] = [];
	for (const [index, row] of rows.entries()) {
		const isLock = isRcu ? row.text === 'rcu_read_lock()' : row.event === 'lock' && !row.text.endsWith('not free');
		const isUnlock = isRcu ? row.text === 'rcu_read_unlock()' : row.event === 'unlock' && !/downgrade/.test(row.text);
		if (!isLock && !isUnlock) continue;
		const key = `${row.context} ${row.pointers[0] ?? 0}`;
		const taken = open.get(key) ?? [];
		open.set(key, taken);
		if (isLock) taken.push(index);
		else {
			const from = taken.pop();
			// Of nested read sections the outermost counts.
			if (from !== undefined && (!isRcu || taken.length === 0)) spans.push({ context: row.context, from, to: index });
		}
	}
	for (const [key, taken] of open) {
		for (const from of taken) spans.push({ context: Number(key.split(' ')[0]), from, to: rows.length });
	}
	return spans;
}

/** What a row changes that others can see; of locks nothing. */
function isChange({ event }: DiagramRow): boolean {
	switch (event) {
		case 'store':
		case 'atomic':
		case 'allocate':
		case 'free':
		case 'frame':
		case 'tlb-fill':
		case 'tlb-flush':
		case 'interrupt':
		case 'fault':
			return true;
		default:
			return false;
	}
}

const tables = /\btable (\S+)/g;

class Chooser {
	readonly rank = new Map<number, number>();
	readonly named = new Map<number, number>();
	private readonly rows: readonly DiagramRow[];
	private readonly cells = new Set<number>();
	private readonly frames = new Set<string>();
	private readonly objects = new Set<number>();
	private readonly linked = new Set<string>();
	private readonly times = new Map<string, number>();
	private readonly names: ReadonlySet<string>;
	private readonly idle: ReadonlySet<number>;
	/** The context that was caught, and its program's last call. */
	private readonly caught: number;
	private readonly lastCall: number;

	constructor(rows: readonly DiagramRow[], violation: Violation, node: TimelineNode, cycle: readonly number[]) {
		this.rows = rows;
		this.idle = idleWrites(rows);
		this.names = namesIn([violation.title, ...violation.details]);
		for (const name of this.names) if (/^P\d+$/.test(name)) this.frames.add(name);
		const steps = namedSteps(violation).filter((step) => step < node.depth);
		this.addNamed(steps);
		this.addStale(node);
		this.addCaught(violation, node, cycle);
		this.caught = rows.at(-1)?.context ?? 0;
		this.lastCall = rows.findLastIndex(
			({ kind, context, depth }) => kind === 'call' && context === this.caught && depth === 2,
		);
	}

	private add(index: number, rank: number): void {
		const before = this.rank.get(index);
		if (before === undefined || rank < before) this.rank.set(index, rank);
	}

	/** Everything done in the steps that the report names: changes, locks, reads where there is nothing else. */
	private addNamed(steps: readonly number[]): void {
		for (const step of steps) {
			const own = this.indicesOf(step);
			const isOther = (index: number): boolean => /^(un)?lock$/.test(this.rows[index]?.event ?? '');
			const changes = own.filter((index) => isChange(this.rows[index] ?? emptyRow) && !this.isPlainData(index));
			const locks = own.filter(isOther);
			const chosen = changes.length > 0 ? changes : locks.length > 0 ? locks : own.slice(-1);
			for (const index of chosen.slice(-4)) {
				this.add(index, 0);
				this.concern(this.rows[index] ?? emptyRow, true);
			}
			const last = chosen.at(-1);
			if (last !== undefined) this.named.set(step, last);
		}
	}

	private isPlainData(index: number): boolean {
		return /^write of P\d+ = /.test(this.rows[index]?.text ?? '');
	}

	private indicesOf(step: number): number[] {
		// Rows are in order of steps.
		let low = 0;
		let high = this.rows.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.rows[middle]?.step ?? 0) < step) low = middle + 1;
			else high = middle;
		}
		const indices: number[] = [];
		for (let index = low; this.rows[index]?.step === step; index++) {
			if (this.rows[index]?.event !== null) indices.push(index);
		}
		return indices;
	}

	/** The translations that are stale, if the report is about their frames or addresses: the entries they came from. */
	private addStale({ state }: TimelineNode): void {
		for (const tlb of state.tlbs) {
			for (const entry of tlb) {
				if (!entry.stale || !this.frames.has(frameName(entry.frame))) continue;
				for (const pointer of entry.path) this.cells.add(pointer);
				for (const stamp of [entry.filled, entry.staleSince]) {
					if (stamp !== null) this.addNamed([stamp.step]);
				}
			}
		}
	}

	/** What the context that was caught did last. */
	private addCaught(violation: Violation, node: TimelineNode, cycle: readonly number[]): void {
		const own = this.indicesOf(node.depth);
		// Who made the last step before all had to wait need not be one of those who wait for one another.
		if (cycle.length > 0 && own.some((index) => !cycle.includes(this.rows[index]?.context ?? -1))) return;
		const inside = own.filter((index) => this.rows[index]?.function === violation.function);
		const last = (inside.length > 0 ? inside : own).findLast((index) => {
			const { event } = this.rows[index] ?? emptyRow;
			return event === 'load' || isChange(this.rows[index] ?? emptyRow) || event === 'lock';
		});
		if (last === undefined) return;
		this.add(last, 0);
		this.concern(this.rows[last] ?? emptyRow, true);
	}

	/** From here back, what changes the same is of interest. */
	private concern(row: DiagramRow, isSeed: boolean): void {
		if (row.event === 'lock' || row.event === 'unlock') return;
		if (row.event === 'allocate' || row.event === 'free') {
			for (const pointer of row.pointers) this.objects.add(Math.floor(pointer / pointerStride));
			return;
		}
		for (const pointer of row.pointers) this.cells.add(pointer);
		for (const [, name = ''] of row.text.matchAll(tables)) this.linked.add(name);
		if (isSeed || row.event === 'tlb-fill' || row.event === 'tlb-hit') {
			for (const frame of row.text.match(/\bP\d+\b/g) ?? []) this.frames.add(frame);
		}
	}

	private isConcerned(row: DiagramRow): boolean {
		switch (row.event) {
			case 'store':
			case 'atomic':
				if (/^write of P\d+ = /.test(row.text)) return false;
				if (row.pointers.some((pointer) => this.cells.has(pointer))) return true;
				if (row.writes.some((name) => this.isNamed(name))) return true;
				return [...row.text.matchAll(tables)].some(([, name = '']) => this.linked.has(name));
			case 'allocate':
			case 'free':
				return row.pointers.some((pointer) => this.objects.has(Math.floor(pointer / pointerStride)));
			case 'frame':
			case 'tlb-fill':
			case 'tlb-hit':
				return (row.text.match(/\bP\d+\b/g) ?? []).some((frame) => this.frames.has(frame));
			case 'fault':
				return [...namesIn([row.text])].some((name) => this.names.has(name));
			default:
				return false;
		}
	}

	/** Whether the report speaks of a cell: by its name, or by that of the object and the field, as in `A ... when free became 0`. */
	private isNamed(cell: string): boolean {
		if (this.names.has(cell) || this.names.has(cell.replaceAll('->', '.'))) return true;
		const [, object = '', field = ''] = /^(\w+)(?:->|\.)(\w+)$/.exec(cell) ?? [];
		return this.names.has(object) && this.names.has(field);
	}

	/** Goes back from the harm; then looks at who read what was changed. */
	run(): void {
		const seeds = new Set(this.cells);
		const written = new Set<number>();
		for (let index = this.rows.length - 1; index >= 0; index--) {
			const row = this.rows[index];
			if (row === undefined) continue;
			const isLast = row.pointers.some((pointer) => seeds.has(pointer) && !written.has(pointer));
			if (isChange(row)) for (const pointer of row.pointers) written.add(pointer);
			if (this.idle.has(index) && !isLast) continue;
			if (this.isConcerned(row)) {
				if (!this.isRepeated(row)) this.add(index, this.isAboutNames(row) ? 0 : 1);
				this.concern(row, false);
			} else if (row.event === 'tlb-flush' || row.event === 'interrupt') {
				this.add(index, 1);
			} else if (row.kind === 'call' && (row.depth === 2 || this.isLastCall(index))) {
				this.add(index, 4);
			}
		}
		this.addReaders();
	}

	/** Whether a call lies in the last call of the program that was caught, not far below it. */
	private isLastCall(index: number): boolean {
		const row = this.rows[index];
		return row !== undefined && index > this.lastCall && row.context === this.caught && row.depth <= 4;
	}

	/** Whether this line did the same to the same later, more than once: of the rounds of a loop the last are enough. */
	private isRepeated({ context, file, line, event, pointers, text }: DiagramRow): boolean {
		if (line === 0) return false;
		const key = `${context} ${file}:${line} ${event} ${pointers.join(' ') || text}`;
		const times = (this.times.get(key) ?? 0) + 1;
		this.times.set(key, times);
		return times > 2;
	}

	private isAboutNames(row: DiagramRow): boolean {
		return row.event === 'frame' || row.event === 'tlb-fill' || row.event === 'tlb-hit' || row.event === 'free';
	}

	/** The reads that a foreign change made untrue, and those that saw it. */
	private addReaders(): void {
		/** By cell: the last read of each context since it was changed, and the last change. */
		const reads = new Map<number, Map<number, number>>();
		const changes = new Map<number, number>();
		for (const [index, row] of this.rows.entries()) {
			for (const pointer of row.pointers) {
				const readers = reads.get(pointer) ?? new Map<number, number>();
				reads.set(pointer, readers);
				const change = changes.get(pointer);
				if (row.event === 'load') {
					if (change !== undefined && !readers.has(row.context)) this.addRead(index, change, pointer);
					readers.set(row.context, index);
				}
				if ((row.event === 'store' || row.event === 'atomic') && !this.idle.has(index)) {
					for (const read of readers.values()) this.addRead(read, index, pointer);
					readers.clear();
					changes.set(pointer, index);
				}
			}
		}
	}

	private addRead(read: number, change: number, pointer: number): void {
		if (this.rows[read]?.context === this.rows[change]?.context) {
			// What a context keeps of what it then changes itself: `pmd = *old_pmd`.
			const isKept = /^[\w\s*]+ = /.test(this.rows[read]?.statement ?? '');
			if (read < change && isKept && (this.rank.get(change) ?? 9) <= 1) this.add(read, 3);
			return;
		}
		const isOfInterest = this.cells.has(pointer) && (this.rank.get(change) ?? 9) <= 1;
		// What the programs do to wait for one another is no race.
		const isOfProgram = [read, change].some((index) => (this.rows[index]?.depth ?? 0) <= 1);
		if (isOfProgram && !isOfInterest) return;
		this.add(read, isOfInterest ? 2 : 3);
		if (!isOfInterest) this.add(change, 3);
	}
}

/**
 * Chooses at most about `room` rows.
 * @param rows of every step up to the harm, in order
 * @param node where the violation was reported
 * @param cycle contexts that wait for one another in the end; empty for harm of another kind
 */
export function relevantRows(
	rows: readonly DiagramRow[],
	nesting: Nesting,
	violation: Violation,
	node: TimelineNode,
	room: number,
	cycle: readonly number[] = [],
): RelevantRows {
	const chooser = new Chooser(rows, violation, node, cycle);
	chooser.run();
	const isAboutRcu = /\brcu\b|grace period|use after free|kfree/i.test(
		[violation.title, ...violation.details].join(' '),
	);
	const spans = [...lockSpans(rows, false), ...(isAboutRcu ? lockSpans(rows, true) : [])];
	const ranked = [...chooser.rank].sort(([a, x], [b, y]) => x - y || b - a);
	const chosen = new Set<number>();
	const core = new Set<number>();
	for (const [index, rank] of ranked) {
		const more = around(rows, nesting, spans, index, rank).filter((other) => !chosen.has(other));
		// What comes first may be of any size; the rest has to find room.
		if (chosen.size >= room && rank > 0) break;
		if (chosen.size + more.length > room && core.size > 0) {
			if (rank > 0 || chosen.size > room) continue;
			chosen.add(index);
		} else {
			for (const other of more) chosen.add(other);
		}
		core.add(index);
	}
	const named = new Map([...chooser.named].filter(([, index]) => chosen.has(index)));
	return { rows: [...chosen].sort((a, b) => a - b), core, named };
}

/** A row with the calls that it lies in and the locks that are held there. */
function around(
	rows: readonly DiagramRow[],
	nesting: Nesting,
	spans: readonly Span[],
	index: number,
	rank: number,
): number[] {
	const result = [index];
	const context = rows[index]?.context;
	const held =
		rank > 3 ? [] : spans.filter((span) => span.context === context && span.from <= index && index <= span.to);
	for (const { from, to } of held) {
		result.push(from);
		if (to < rows.length) result.push(to);
	}
	for (const inner of [...result]) {
		for (let call = nesting.callOf[inner] ?? -1; call >= 0; call = nesting.callOf[call] ?? -1) result.push(call);
	}
	return [...new Set(result)];
}
