/** What `mmstep follow` prints: the drawing line by line, each with the step that it is, or why it cannot be. */

import { plainLine } from '../../language/plain-text.ts';
import { contextName } from '../../machine/describe.ts';
import { sessionData } from '../../report/session-data.ts';
import { headingText } from '../../report/session-text.ts';
import { splat } from '../../report/splat.ts';
import { asciiText, wrapLine, wrapProse } from '../../report/wrap.ts';
import type { Comparison, Following, ShownLine } from '../../session/follow/follow.ts';
import type { MatchedItem } from '../../session/follow/matching.ts';
import type { Observation } from '../../session/follow/observations.ts';
import type { Removal } from '../../session/follow/removal.ts';

const width = 79;
/** Where the texts begin. */
const margin = 20;

/** Everything that a person should see, as lines of ASCII. */
export function followText(
	comparison: Comparison,
	items: readonly MatchedItem[],
	following: Following,
	inTheWay: Removal | null,
	{ file, record }: { readonly file: string; readonly record: string | undefined },
): string[] {
	const { target, drawing } = comparison;
	return [
		...headingText(target, ''),
		...wrapLine(asciiText(`drawing   ${plainLine(file)}: ${columnsText(comparison)}`), width, 10),
		...(drawing.count > 1
			? wrapProse(`note: the file has ${drawing.count} drawings; --drawing N takes another one`)
			: []),
		'',
		...items.flatMap((item, index) => itemLines(comparison, item, index, following)),
		'',
		...following.violations
			.filter(({ severity }) => severity === 'violation')
			.flatMap((violation) => [...splat(target, violation), '']),
		...otherOrderText(items, following),
		...inTheWayText(items, following, inTheWay),
		...verdictText(items, following),
		...(record === undefined ? [] : wrapProse(`recorded: mmstep ${record}`)),
	].map(asciiText);
}

function columnsText({ target, drawing, contexts }: Comparison): string {
	const program = target.scenario.programs.find(({ id }) => id === target.selection.program);
	const columns = drawing.columns.map(({ head }, column) => {
		const context = contexts[column] ?? -1;
		const name = program?.cpus[context]?.name ?? '';
		const who = context < 0 ? 'nobody' : `${contextName(target.machine, context)}${name === '' ? '' : ` (${name})`}`;
		return head === '' ? `one column, ${who}` : `${shortHead(head)} is ${who}`;
	});
	return columns.join(', ');
}

/** `CPU0 (mremap)` -> `CPU0`. */
function shortHead(head: string): string {
	return head.replace(/\s*\(.*$/, '').slice(0, 12);
}

function itemLines(comparison: Comparison, matched: MatchedItem, index: number, following: Following): string[] {
	const { drawing } = comparison;
	const { item } = matched;
	const head = shortHead(drawing.columns[item.column]?.head ?? '');
	const lead = `line ${String(item.line).padStart(4)}  ${head.padEnd(8)} `;
	const drawn = wrapLine(asciiText(lead.padEnd(margin) + item.text), width, margin + 2);
	return [...drawn, ...answerLines(comparison, matched, index, following)];
}

function answerLines(comparison: Comparison, matched: MatchedItem, index: number, following: Following): string[] {
	if (matched.kind === 'skipped') return answer('-', '', `skipped: ${matched.reason}`);
	const shown = following.shown.find((line) => line.item === index);
	if (shown !== undefined) return shownLines(comparison, matched, shown);
	if (following.obstacle?.item === index) {
		const [first = '', ...rest] = following.obstacle.reasons;
		return [...answer('CANNOT', '', first), ...rest.flatMap((reason) => answer('', '', reason))];
	}
	return answer('-', '', following.outcome === 'bounded' ? 'not known' : 'not reached');
}

function shownLines({ target }: Comparison, matched: MatchedItem, shown: ShownLine): string[] {
	const step = shown.step === 0 ? 'start' : `step ${shown.step}`;
	const who = matched.context < 0 ? '' : contextName(target.machine, matched.context);
	if (matched.kind === 'harm') return answer(step, '', 'reported');
	const { seen } = shown;
	if (seen === null) return answer(step, who, 'waits');
	const how = matched.kind === 'step' && matched.how !== 'exact' ? ` [${matched.how}]` : '';
	const tried = shown.isAttempt ? 'tries, and ' : '';
	return [...answer(step, who, `${tried}${seen.text}${how}`), ...answer('', '', placeText(seen))];
}

function placeText({ function: fn, file, line }: Observation): string {
	return fn === '' ? 'by hardware' : `in ${fn} at ${file}:${line}`;
}

function answer(label: string, who: string, text: string): string[] {
	const lead = `${label.padStart(9)}  ${who.padEnd(8)} `.padEnd(margin);
	return wrapLine(asciiText(lead + plainLine(text)), width, margin + 2).map((line) => line.trimEnd());
}

function otherOrderText(items: readonly MatchedItem[], { otherOrder, obstacle }: Following): string[] {
	if (otherOrder === null) return [];
	const order = otherOrder
		.map(({ item }) => items[item]?.item.line ?? 0)
		.filter((line, index, all) => line !== all[index - 1]);
	const late = obstacle === null ? '' : ` line ${items[obstacle.item]?.item.line ?? 0} has to come later;`;
	return [...wrapProse(`in another order all of it can happen:${late} lines ${order.join(', ')}`, '', width), ''];
}

/** Sets of lines that are told of. */
const maxSets = 4;

function inTheWayText(items: readonly MatchedItem[], { obstacle }: Following, inTheWay: Removal | null): string[] {
	const sets = inTheWay?.sets ?? [];
	const [first = []] = sets;
	// That the harm does not come of it is what the verdict says.
	const isHarmAlone = sets.length === 1 && first.length === 1 && obstacle?.kind === 'harm';
	if (inTheWay === null || first.length === 0 || isHarmAlone) return [];
	const nameOf = (index: number): string => {
		const item = items[index]?.item;
		return `${item?.line ?? 0} (${plainLine(item?.text ?? '')})`;
	};
	const texts = sets
		.slice(0, maxSets)
		.map((set) => `line${set.length === 1 ? '' : 's'} ${set.map(nameOf).join(' and ')}`);
	const more = sets.length - texts.length;
	const others = more > 0 ? `, or one of ${more} more` : '';
	const rest = `without ${sets.length > 1 ? 'any of these' : first.length === 1 ? 'it' : 'them'} the rest can happen as drawn`;
	const least = inTheWay.isSmallest ? '' : ' (there may be fewer)';
	return [...wrapProse(asciiText(`in the way: ${texts.join(', or ')}${others}: ${rest}${least}`), '', width), ''];
}

function verdictText(items: readonly MatchedItem[], following: Following): string[] {
	const { outcome, session, obstacle, violations, hasRepeats, states } = following;
	const steps = `${session.timeline.cursor.depth} steps`;
	const line = obstacle === null ? 0 : (items[obstacle.item]?.item.line ?? 0);
	const kinds = [...new Set(violations.filter(({ severity }) => severity === 'violation').map(({ kind }) => kind))];
	const found = kinds.length === 0 ? 'no violation' : kinds.join(', ');
	const repeats = hasRepeats ? '; what is drawn once also happens before its turn' : '';
	switch (outcome) {
		case 'followed':
			return wrapProse(`verdict: the drawing can happen, in ${steps}: ${found}${repeats}`);
		case 'impossible':
			if (obstacle?.kind === 'harm') {
				return wrapProse(
					`verdict: what is done can happen in this order, and what line ${line} says does not come of it (every order of steps was searched, ${states} states)`,
				);
			}
			return wrapProse(
				`verdict: the drawing cannot happen: line ${line} never comes after the lines above it (every order of steps was searched, ${states} states)`,
			);
		case 'unmatched':
			return wrapProse(
				`verdict: the drawing cannot happen on this kernel: it does nothing like line ${unmatchedLine(items)}`,
			);
		case 'bounded':
			return wrapProse(`verdict: not known: the search gave up before it came to line ${line} (${states} states)`);
		default:
			return outcome satisfies never;
	}
}

function unmatchedLine(items: readonly MatchedItem[]): number {
	return items.find((item) => item.kind === 'step' && item.how === 'none')?.item.line ?? 0;
}

/** A line that is not sure, and what it may mean, numbered. */
export function candidateLines({ target }: Comparison, matched: MatchedItem): string[] {
	if (matched.kind !== 'step') return [];
	const who = contextName(target.machine, matched.context);
	return [
		`line ${matched.item.line}: ${matched.item.text}`,
		...matched.candidates.map(
			({ seen }, index) => `  ${index + 1}  ${who} ${plainLine(seen.text)}  ${placeText(seen)}`,
		),
	].map((line) => asciiText(line));
}

/** The documented object; `following` is null when somebody has to say first what lines mean. */
export function followData(
	comparison: Comparison,
	items: readonly MatchedItem[],
	following: Following | null,
	inTheWay: Removal | null,
): object {
	const { target, drawing, contexts } = comparison;
	const lineOf = (item: number): number => items[item]?.item.line ?? 0;
	return {
		format: 'mmstep-follow',
		version: 1,
		...(following === null ? {} : sessionData(following.session)),
		outcome: following?.outcome ?? 'unsure',
		drawing: {
			style: drawing.style,
			count: drawing.count,
			columns: drawing.columns.map(({ head }, column) => ({
				head,
				actor: (contexts[column] ?? -1) < 0 ? '' : contextName(target.machine, contexts[column] ?? 0),
			})),
		},
		lines: items.map((item, index) => lineData(item, index, following)),
		obstacle:
			following?.obstacle == null
				? null
				: {
						line: lineOf(following.obstacle.item),
						kind: following.obstacle.kind,
						reasons: following.obstacle.reasons.map(plainLine),
						before: following.obstacle.before.map(lineOf),
					},
		otherOrder:
			following?.otherOrder?.map(({ item, step }) => ({
				line: lineOf(item),
				text: items[item]?.item.text ?? '',
				step,
			})) ?? null,
		inTheWay:
			inTheWay === null ? null : { sets: inTheWay.sets.map((set) => set.map(lineOf)), isSmallest: inTheWay.isSmallest },
		states: following?.states ?? comparison.vocabulary.states,
	};
}

function lineData(matched: MatchedItem, index: number, following: Following | null): object {
	const shown = following?.shown.find(({ item }) => item === index);
	const { line, column, text, form } = matched.item;
	return {
		line,
		column,
		text,
		form,
		status: statusOf(matched, index, shown, following),
		how: matched.kind === 'step' ? matched.how : '',
		step: shown?.step ?? null,
		match: shown?.seen == null ? null : matchData(shown.seen),
		reason: matched.kind === 'skipped' ? matched.reason : '',
		candidates:
			matched.kind === 'step'
				? matched.candidates.map(({ seen, likelihood }) => ({
						likelihood: Number(likelihood.toFixed(3)),
						...matchData(seen),
					}))
				: [],
	};
}

function statusOf(
	matched: MatchedItem,
	index: number,
	shown: ShownLine | undefined,
	following: Following | null,
): string {
	if (matched.kind === 'skipped') return 'skipped';
	if (shown !== undefined) return shown.isAttempt || shown.seen?.kind === 'wait' ? 'waits' : 'shown';
	if (following === null) return matched.kind === 'step' && matched.how === 'unsure' ? 'unsure' : 'missing';
	return following.obstacle?.item === index ? 'stops' : 'missing';
}

function matchData({ kind, text, function: fn, file, line }: Observation): object {
	return { kind, text: plainLine(text), function: fn, file, line };
}
