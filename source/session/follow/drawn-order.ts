/**
 * The monitor of a drawing: follows how much of it an execution has shown. A column's lines come in their order; a line comes after
 * the lines of all rows above it.
 *
 * A call has been made when its function is entered. That is nothing that others see, so it may count as made later than the machine
 * makes it, up to the actor's next operation. And where the next line is another column's, the call is taken to be over by then, if
 * it can be: `vb_free(x)` above somebody else's line means all of it, `mremap()` above lines of its own does not.
 */

import type { Judgement, Monitor, MonitoredStart, MonitoredStep } from '../../explore/monitored-search.ts';
import type { FindingKey } from '../../explore/transitions.ts';
import type { Target } from '../../scenario/scenario.ts';
import { contextOfActor } from '../place.ts';
import { isMeant, type MatchedItem } from './matching.ts';
import { entryOf, type Observation } from './observations.ts';
import type { Observer } from './vocabulary.ts';

/**
 * `drawn`: as drawn, and nothing drawn happens before its turn. `repeats`: what is drawn may have happened before, too.
 * `any`: a column's lines in their order, and as much of the order between columns as possible.
 */
export type Strictness = 'drawn' | 'repeats' | 'any';

/** What a step shows of the drawing. */
export interface Shown {
	/** Index into the items. */
	readonly item: number;
	/** Null for harm. */
	readonly seen: Observation | null;
	/** Whether it is a lock that is waited for and never had. */
	readonly isAttempt: boolean;
	readonly harm: FindingKey | null;
	/** Lines that stand above it and come later. */
	readonly inversions: number;
}

/** Least to most: a step, a detour of a CPU that the drawing does not show there, a call left half done, a repeat, another order. */
const costs = { step: 1, detour: 1e4, halfDone: 1e7, attempt: 1e7, repeat: 1e9, inversion: 1e11 } as const;

/** What goes on of the calls that a column has shown. */
interface OpenCalls {
	/** Depths of the calls, outermost first. */
	readonly depths: readonly number[];
	/** Whether the innermost was its last line, so that it should be over when another column goes on. */
	readonly isLast: boolean;
}

const noCalls: OpenCalls = { depths: [], isLast: false };

interface Progress {
	/** By column: how many of its lines have been shown. */
	readonly passed: readonly number[];
	/** Items of harm that has been reported. */
	readonly harmed: readonly number[];
	/** By column. */
	readonly open: readonly OpenCalls[];
	/** By column: calls that the machine has made after the column's last operation and that have not been counted. */
	readonly trails: readonly (readonly Observation[])[];
	/** Who runs although the drawing waits for somebody else; -1 for nobody. */
	readonly detour: number;
}

type Draft = {
	-readonly [Key in keyof Progress]: Progress[Key] extends readonly (infer Item)[] ? Item[] : Progress[Key];
} & { cost: number; notes: Shown[] };

export class DrawnOrder implements Monitor<Shown> {
	private readonly target: Target;
	private readonly items: readonly MatchedItem[];
	private readonly observer: Observer;
	private readonly strictness: Strictness;
	/** By column: its lines, as indices into the items. */
	private readonly columns: readonly (readonly number[])[];
	private readonly columnOfContext: ReadonlyMap<number, number>;
	private readonly progresses: Progress[] = [];
	private readonly numbers = new Map<string, number>();
	private readonly ids = new Map<Observation, number>();
	private readonly meant = new Map<number, Map<Observation, boolean>>();
	private readonly total: number;

	constructor(
		target: Target,
		items: readonly MatchedItem[],
		contexts: readonly number[],
		observer: Observer,
		strictness: Strictness,
	) {
		this.target = target;
		this.items = items;
		this.observer = observer;
		this.strictness = strictness;
		this.columns = contexts.map((_, column) =>
			[...items.keys()].filter((index) => items[index]?.item.column === column && items[index]?.kind !== 'skipped'),
		);
		this.columnOfContext = new Map(contexts.map((context, column) => [context, column]));
		this.total = this.columns.reduce((sum, column) => sum + column.length, 0);
	}

	start(at: MonitoredStart): Judgement<Shown> {
		const state = at.after();
		const contexts = [...this.columnOfContext.keys()];
		const draft: Draft = {
			passed: contexts.map(() => 0),
			harmed: [],
			open: contexts.map(() => noCalls),
			trails: contexts.map((context) => [entryOf(this.target, state, context)].filter((seen) => seen !== null)),
			detour: -1,
			cost: 0,
			notes: [],
		};
		this.settle(draft, at);
		return this.judgement(draft);
	}

	judge(progress: number, step: MonitoredStep): Judgement<Shown> | null {
		const before = this.progresses[progress];
		if (before === undefined) return null;
		const { choice, leaf } = step;
		const draft: Draft = {
			passed: [...before.passed],
			harmed: [...before.harmed],
			open: [...before.open],
			trails: [...before.trails],
			detour: before.detour,
			cost: 0,
			notes: [],
		};
		this.payDetour(draft, choice.actor);
		const { body, trail } = this.observer.observe(leaf, choice, step.before);
		const own = this.columnOfContext.get(contextOfActor(this.target, choice.actor));
		if (own !== undefined) {
			for (const seen of draft.trails[own] ?? []) if (!this.meet(draft, seen)) return null;
		}
		for (const seen of body) if (!this.meet(draft, seen)) return null;
		if (own !== undefined) {
			this.close(draft, own, trail);
			draft.trails[own] = [...trail];
		}
		for (const finding of step.findings) this.meetHarm(draft, finding);
		this.settle(draft, step);
		return this.judgement(draft);
	}

	isDone(progress: number): boolean {
		return (
			this.isComplete(progress) && (this.progresses[progress]?.open ?? []).every(({ depths }) => depths.length === 0)
		);
	}

	/** Whether every line has been shown; the last calls may still go on. */
	isComplete(progress: number): boolean {
		return this.rank(progress) === this.total;
	}

	rank(progress: number): number {
		return (this.progresses[progress]?.passed ?? []).reduce((sum, count) => sum + count, 0);
	}

	/** The lines that have not been shown, in order of rows. */
	missing(progress: number): readonly number[] {
		const { passed = [] } = this.progresses[progress] ?? {};
		return this.columns
			.flatMap((column, index) => column.slice(passed[index] ?? 0))
			.sort((a, b) => this.rowOf(a) - this.rowOf(b) || a - b);
	}

	/** The next line of a context that an operation would show; null when it would show none. */
	nextOf(progress: number, context: number): number | null {
		const column = this.columnOfContext.get(context);
		if (column === undefined) return null;
		return this.columns[column]?.[this.progresses[progress]?.passed[column] ?? 0] ?? null;
	}

	private judgement({ passed, harmed, open, trails, detour, cost, notes }: Draft): Judgement<Shown> {
		const key = JSON.stringify([
			passed,
			harmed,
			open,
			trails.map((trail) => trail.map((seen) => this.idOf(seen))),
			detour,
		]);
		let progress = this.numbers.get(key);
		if (progress === undefined) {
			progress = this.progresses.length;
			this.progresses.push({ passed, harmed, open, trails, detour });
			this.numbers.set(key, progress);
		}
		return { progress, cost: cost + costs.step, notes };
	}

	private idOf(seen: Observation): number {
		const known = this.ids.get(seen);
		if (known !== undefined) return known;
		this.ids.set(seen, this.ids.size);
		return this.ids.size - 1;
	}

	private rowOf(index: number): number {
		return this.items[index]?.item.row ?? 0;
	}

	private next(draft: Draft, column: number): number | undefined {
		return this.columns[column]?.[draft.passed[column] ?? 0];
	}

	/** Lines above a line's row that have not been shown. */
	private pendingAbove(draft: Draft, index: number): number {
		const row = this.rowOf(index);
		let pending = 0;
		for (const [column, lines] of this.columns.entries()) {
			for (let at = draft.passed[column] ?? 0; at < lines.length && this.rowOf(lines[at] ?? 0) < row; at++) pending++;
		}
		return pending;
	}

	private means(index: number, seen: Observation): boolean {
		let known = this.meant.get(index);
		if (known === undefined) {
			known = new Map();
			this.meant.set(index, known);
		}
		let answer = known.get(seen);
		if (answer === undefined) {
			const item = this.items[index];
			answer = item !== undefined && isMeant(item, seen);
			known.set(seen, answer);
		}
		return answer;
	}

	/** Whoever runs while the drawing waits for others makes a detour; it costs once, however long it is. */
	private payDetour(draft: Draft, actor: number): void {
		const context = contextOfActor(this.target, actor);
		const wanted = new Set<number>();
		for (const [of, column] of this.columnOfContext) {
			const next = this.next(draft, column);
			if (next === undefined ? (draft.open[column]?.depths.length ?? 0) > 0 : this.pendingAbove(draft, next) === 0)
				wanted.add(of);
			if (next !== undefined && this.items[next]?.kind === 'harm' && this.pendingAbove(draft, next) === 0)
				wanted.add(context);
		}
		if (wanted.size === 0 || wanted.has(context)) draft.detour = -1;
		else if (draft.detour !== actor) {
			draft.detour = actor;
			draft.cost += costs.detour;
		}
	}

	/** Counts what is seen for the next line of its column, if it is that. False when that comes too early. */
	private meet(draft: Draft, seen: Observation): boolean {
		const column = this.columnOfContext.get(seen.context);
		if (column === undefined) return true;
		this.close(draft, column, [seen]);
		const next = this.next(draft, column);
		if (next === undefined || !this.means(next, seen)) return true;
		const pending = this.pendingAbove(draft, next);
		if (pending > 0) {
			if (this.strictness === 'drawn') return false;
			if (this.strictness === 'repeats') {
				draft.cost += costs.repeat;
				return true;
			}
		}
		this.pass(draft, column, next, { seen, isAttempt: false, harm: null, inversions: pending });
		this.open(draft, column, seen);
		return true;
	}

	/** A line has been shown: a call goes on from here; anything else is inside what goes on already. */
	private open(draft: Draft, column: number, seen: Observation): void {
		const { depths } = draft.open[column] ?? noCalls;
		const isCall = seen.kind === 'call';
		draft.open[column] = { depths: isCall ? [...depths, seen.depth] : depths, isLast: isCall };
	}

	private pass(draft: Draft, column: number, item: number, how: Omit<Shown, 'item'>): void {
		draft.passed[column] = (draft.passed[column] ?? 0) + 1;
		draft.cost += how.inversions * costs.inversion + (how.isAttempt ? costs.attempt : 0);
		draft.notes.push({ item, ...how });
		for (const [other, call] of draft.open.entries()) {
			if (other === column || !call.isLast || call.depths.length === 0) continue;
			draft.cost += costs.halfDone;
			draft.open[other] = { ...call, isLast: false };
		}
	}

	/** Ends a column's calls that return. */
	private close(draft: Draft, column: number, events: readonly Observation[]): void {
		for (const seen of events) {
			const { depths } = draft.open[column] ?? noCalls;
			if (seen.kind !== 'return' || (depths.at(-1) ?? 0) < seen.depth) continue;
			draft.open[column] = { depths: depths.filter((depth) => depth < seen.depth), isLast: false };
		}
	}

	private meetHarm(draft: Draft, finding: FindingKey): void {
		if (finding.severity !== 'violation') return;
		for (const [index, item] of this.items.entries()) {
			if (item.kind !== 'harm' || draft.harmed.includes(index)) continue;
			if (item.kinds.length > 0 && !item.kinds.includes(finding.kind)) continue;
			draft.harmed.push(index);
			draft.harmed.sort((a, b) => a - b);
		}
	}

	/** Counts what needs no step: calls on the way to the next operation, waiting, harm that has been reported. */
	private settle(draft: Draft, at: MonitoredStart): void {
		for (let isMore = true; isMore; ) {
			isMore = false;
			for (const [context, column] of this.columnOfContext) {
				const next = this.next(draft, column);
				if (next === undefined) continue;
				const pending = this.pendingAbove(draft, next);
				if (pending > 0 && this.strictness !== 'any') continue;
				if (this.settleOne(draft, at, context, column, next, pending)) isMore = true;
			}
		}
	}

	private settleOne(
		draft: Draft,
		at: MonitoredStart,
		context: number,
		column: number,
		next: number,
		inversions: number,
	): boolean {
		const item = this.items[next];
		const shown = { seen: null, isAttempt: false, harm: null, inversions };
		if (item === undefined) return false;
		if (item.kind === 'harm') {
			if (!draft.harmed.includes(next)) return false;
			this.pass(draft, column, next, shown);
			return true;
		}
		const trail = draft.trails[column] ?? [];
		const found = item.kind === 'step' ? trail.findIndex((seen) => this.means(next, seen)) : -1;
		const seen = trail[found];
		if (seen !== undefined) {
			this.pass(draft, column, next, { ...shown, seen });
			this.open(draft, column, seen);
			const rest = trail.slice(found + 1);
			this.close(draft, column, rest);
			draft.trails[column] = rest;
			return true;
		}
		const leaf = at.waits(context);
		if (leaf === null) return false;
		const wait = this.observer.waitOf(leaf, context, at.after);
		if (item.kind === 'wait') {
			this.pass(draft, column, next, { ...shown, seen: wait });
			return true;
		}
		if (wait === null || !this.isLastOfColumn(column, next) || !this.means(next, wait)) return false;
		this.pass(draft, column, next, { ...shown, seen: wait, isAttempt: true });
		return true;
	}

	/** A column may end with a lock that it never gets. */
	private isLastOfColumn(column: number, index: number): boolean {
		const lines = this.columns[column] ?? [];
		return lines.slice(lines.indexOf(index) + 1).every((later) => this.items[later]?.kind === 'harm');
	}
}
