/** Which steps of the model the lines of a drawing can mean: whose columns they are, and how sure that is. */

import { violationKinds } from '../../language/violation-kinds.ts';
import { contextName } from '../../machine/describe.ts';
import type { Target } from '../../scenario/scenario.ts';
import { statementAt } from '../statement.ts';
import { type Drawing, DrawingError, type DrawnItem } from './drawing.ts';
import { type DrawnEvent, isRemark, readEvent } from './drawn-event.ts';
import { exactFrom, type Line, likelihood, possibleFrom, sureFrom } from './likelihood.ts';
import type { Observation } from './observations.ts';
import { keyOf, type Vocabulary } from './vocabulary.ts';
import { nameLikeness, shareOf, wordsOf } from './words.ts';

export interface Candidate {
	readonly seen: Observation;
	readonly likelihood: number;
}

/** An item of the drawing with what it may be. */
export type MatchedItem = {
	readonly item: DrawnItem;
	/** The context of its column; -1 for none. */
	readonly context: number;
} & (
	| {
			readonly kind: 'step';
			readonly line: Line;
			/** The best ones, each at another place; the first are meant. */
			readonly candidates: readonly Candidate[];
			/** `exact`: the same name or text; `close`: the most alike; `unsure`: somebody has to say; `none`: there is nothing like it. */
			readonly how: 'exact' | 'close' | 'unsure' | 'chosen' | 'none';
			/** What is as likely as this is meant; or, when somebody has said so, just that step. */
			readonly least: number;
			readonly chosen: string | null;
	  }
	| { readonly kind: 'wait' }
	/** `kinds`: of violations; empty for any. */
	| { readonly kind: 'harm'; readonly kinds: readonly string[] }
	| { readonly kind: 'skipped'; readonly reason: string }
);

/** Candidates that are shown for a line. */
const maxCandidates = 5;

/** Likelihoods that are taken for the same; where names are the same, others of that name may be meant as well. */
const tie = 0.015;
const sameName = 0.06;

/** Names of actors by column: what somebody has said, who knows better than what can be told from the lines. */
export type NamedColumns = ReadonlyMap<number, string>;

/**
 * The context of each column, in order.
 * @throws DrawingError when a column is said to be somebody's who is not there
 */
export function assignColumns(
	target: Target,
	drawing: Drawing,
	vocabulary: Vocabulary,
	named: NamedColumns = new Map(),
): number[] {
	const contexts = contextsOf(target);
	const own = new Map([...named].map(([column, name]) => [column, contextNamed(target, contexts, name)]));
	const mayBe = (column: number, context: number): boolean =>
		own.has(column) ? own.get(column) === context : ![...own.values()].includes(context);
	const scores = drawing.columns.map((_, column) =>
		contexts.map((context) => columnScore(target, drawing, vocabulary, column, context)),
	);
	let best: { score: number; assignment: number[] } = { score: Number.NEGATIVE_INFINITY, assignment: [] };
	const assign = (column: number, score: number, assignment: number[]): void => {
		if (column === drawing.columns.length) {
			if (score > best.score + 1e-9) best = { score, assignment };
			return;
		}
		for (const [index, context] of contexts.entries()) {
			if (assignment.includes(context) || !mayBe(column, context)) continue;
			assign(column + 1, score + (scores[column]?.[index] ?? 0), [...assignment, context]);
		}
	};
	// More columns than contexts: the last ones have nobody.
	const spare = Math.max(0, drawing.columns.length - contexts.length);
	if (spare > 0 || contexts.length > 8) {
		const free = contexts.filter((context) => ![...own.values()].includes(context));
		return drawing.columns.map((_, column) => own.get(column) ?? free.shift() ?? -1);
	}
	assign(0, 0, []);
	return best.assignment;
}

function contextNamed({ machine, selection }: Target, contexts: readonly number[], name: string): number {
	const names = contexts.map((context) => contextName(machine, context));
	const found = contexts[names.findIndex((own) => own.toLowerCase() === name.toLowerCase())];
	if (found !== undefined) return found;
	throw new DrawingError(
		0,
		`nobody is called "${name}" in program ${selection.program}: there are ${names.join(', ')}`,
	);
}

/** CPUs that run something, and the callback context. */
function contextsOf({ machine }: Target): number[] {
	const { cpus } = machine.configuration;
	const running = Array.from({ length: cpus }, (_, cpu) => cpu).filter(
		(cpu) => (machine.entries[cpu] ?? null) !== null,
	);
	return [...running, cpus];
}

/** How well a column's lines fit what a context does; a little for its number and for what it is called. */
function columnScore(
	target: Target,
	drawing: Drawing,
	{ observations }: Vocabulary,
	column: number,
	context: number,
): number {
	const { head, number, role } = drawing.columns[column] ?? { head: '', number: null, role: '' };
	const own = observations.filter((seen) => seen.context === context);
	const first = Math.min(...drawing.columns.map((other) => other.number ?? 0));
	const isInOrder = number === null ? column === context : number - first === context;
	const program = target.scenario.programs.find(({ id }) => id === target.selection.program);
	const name = `${program?.cpus[context]?.name ?? ''} ${target.machine.entries[context] ?? ''} ${contextName(target.machine, context)}`;
	const title = `${head.replace(/^\w+[ -]?\d+/, '')} ${role}`;
	let score = (isInOrder ? 0.3 : 0) + 0.5 * shareOf(wordsOf(title), wordsOf(name));
	score +=
		0.5 * Math.max(0, ...namesIn(role).map((word) => Math.max(0, ...own.map((seen) => nameLikeness(word, seen.name)))));
	if (context === target.machine.configuration.cpus) score += head === 'rcu' ? 5 : -0.3;
	for (const item of drawing.items) {
		if (item.column !== column || item.form !== 'event') continue;
		const line = { text: item.text, event: readEvent(item.text) };
		score += Math.max(0, ...own.map((seen) => likelihood(line, seen)));
	}
	return score;
}

function namesIn(text: string): string[] {
	return [...text.matchAll(/[A-Za-z_]\w*/g)].map((match) => match[0]).filter((word) => word.length > 3);
}

/** What each item of the drawing may be. */
export function matchItems(
	target: Target,
	drawing: Drawing,
	contexts: readonly number[],
	{ observations }: Vocabulary,
): MatchedItem[] {
	return drawing.items.map((item): MatchedItem => {
		const context = contexts[item.column] ?? -1;
		const skipped = (reason: string): MatchedItem => ({ item, context, kind: 'skipped', reason });
		switch (item.form) {
			case 'comment':
				return skipped('a remark');
			case 'gap':
				return skipped('something left out');
			case 'role':
				return skipped('says what the column does');
			case 'wait':
				return { item, context, kind: 'wait' };
			case 'harm':
				return { item, context, kind: 'harm', kinds: harmKinds(item.text) };
			case 'event':
				return matchEvent(target, item, context, observations, skipped);
			default:
				return item.form satisfies never;
		}
	});
}

function matchEvent(
	target: Target,
	item: DrawnItem,
	context: number,
	observations: readonly Observation[],
	skipped: (reason: string) => MatchedItem,
): MatchedItem {
	const line = { text: item.text, event: readEvent(item.text) };
	if (line.event.kind === 'assign' && line.event.isPrivate) return skipped('a local variable: no other CPU sees it');
	const likely = observations
		.filter((seen) => seen.context === context)
		.map((seen) => ({ seen, likelihood: likelihood(line, seen) }))
		.filter((candidate) => candidate.likelihood >= possibleFrom)
		.sort((a, b) => b.likelihood - a.likelihood);
	const best = likely[0]?.likelihood ?? 0;
	const candidates = distinctPlaces(likely).slice(0, maxCandidates);
	if (best < sureFrom && isOnTheWay(target, line.event, observations))
		return skipped('computed on the way: no other CPU sees it');
	if (best === 0 && isRemark(item.text)) return skipped('a remark: no step is like it');
	const how = best >= exactFrom ? 'exact' : best >= sureFrom ? 'close' : best > 0 ? 'unsure' : 'none';
	return { item, context, kind: 'step', line, candidates, how, least: leastOf(best), chosen: null };
}

function leastOf(best: number): number {
	return best - (best >= exactFrom && best < 1 ? sameName : tie);
}

/** Whether code that runs calls it without anything that others see: a macro that tests a local variable, say. */
function isOnTheWay(target: Target, event: DrawnEvent, observations: readonly Observation[]): boolean {
	const { functions, files } = target.machine.program;
	const name = event.kind === 'call' ? (event.names.at(-1) ?? '') : '';
	if (name === '' || functions.some((fn) => fn.name === name)) return false;
	const called = new RegExp(`\\b${name}\\s*\\(`);
	const running = new Set(observations.map((seen) => seen.function));
	return functions.some(
		(fn) =>
			running.has(fn.name) &&
			fn.lines.some(({ file, line }) => called.test(statementAt(target, files[file]?.path ?? '', line))),
	);
}

function distinctPlaces(candidates: readonly Candidate[]): Candidate[] {
	const found = new Map<string, Candidate>();
	for (const candidate of candidates) {
		const key = keyOf(candidate.seen);
		if (!found.has(key)) found.set(key, candidate);
	}
	return [...found.values()];
}

/** The item with one of its candidates, and nothing else, for what it means. */
export function choose(item: MatchedItem, candidate: Candidate): MatchedItem {
	if (item.kind !== 'step') return item;
	return { ...item, how: 'chosen', chosen: placeKey(candidate.seen), least: candidate.likelihood - tie };
}

/** The same thing in another execution may have other values in its text. */
function placeKey({ kind, function: fn, file, line }: Observation): string {
	return `${kind}|${fn}|${file}:${line}`;
}

/** Whether a step is what a line means. */
export function isMeant(item: MatchedItem, seen: Observation): boolean {
	if (item.kind !== 'step' || item.how === 'none' || seen.context !== item.context) return false;
	if (item.chosen !== null && item.chosen !== placeKey(seen)) return false;
	return likelihood(item.line, seen) >= item.least;
}

/** Kinds of violation by words; a kind whose own words are all there is meant, too. */
const harms: readonly (readonly [RegExp, readonly string[]])[] = [
	[
		/\bstale\b.*\b(?:TLB|entry|entries|translation)/i,
		['stale-tlb', 'stale-use', 'va-reuse', 'lost-store', 'use-after-free'],
	],
	[/use[ -]after[ -]free|\bUAF\b/i, ['use-after-free', 'stale-tlb', 'stale-use']],
	[/double[ -]free/i, ['double-free']],
	[/\bdeadlock/i, ['deadlock']],
	[/\bleak/i, ['leak']],
	[/\blost\b/i, ['lost-store', 'leak']],
	[/\bstale (?:data|pte)|mapped after truncat/i, ['mapped-after-truncate', 'stale-protection', 'orphan-pte']],
	[/\bBUG\b|\bassert|\boops\b|\bpanic\b|\bcrash/i, ['assertion', 'use-after-free', 'double-free']],
];

function harmKinds(text: string): readonly string[] {
	const own = /^[a-z-]+(?=$|: )/.exec(text)?.[0] ?? '';
	if (violationKinds.some((kind) => kind === own)) return [own];
	return harms.find(([words]) => words.test(text))?.[1] ?? [];
}
