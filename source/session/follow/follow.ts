/**
 * Follows a drawing: looks for an execution of the model that shows its lines in the drawn order, replays it, and where there is
 * none says how far one can come, what stops the next line, and in which other order the lines can happen.
 */

import { MonitoredSearch, monitorBounds, type WayStep } from '../../explore/monitored-search.ts';
import { Transitions } from '../../explore/transitions.ts';
import { initialState } from '../../machine/step.ts';
import type { Violation } from '../../machine/violation.ts';
import type { Target } from '../../scenario/scenario.ts';
import { startSession } from '../commands.ts';
import type { Session } from '../session.ts';
import { take } from '../stepping.ts';
import { reportsUpTo } from '../timeline.ts';
import type { Drawing } from './drawing.ts';
import { DrawnOrder, type Shown, type Strictness } from './drawn-order.ts';
import { assignColumns, type MatchedItem, matchItems, type NamedColumns } from './matching.ts';
import { type Obstacle, obstacleAt } from './obstacle.ts';
import { collectVocabulary, Observer, type Vocabulary } from './vocabulary.ts';

/** A drawing beside a target, before anything is replayed. */
export interface Comparison {
	readonly target: Target;
	readonly drawing: Drawing;
	/** The context of each column. */
	readonly contexts: readonly number[];
	readonly items: readonly MatchedItem[];
	readonly vocabulary: Vocabulary;
	readonly transitions: Transitions;
	readonly observer: Observer;
}

/**
 * Compares the lines of a drawing with what the target can do.
 * @param named whose columns are known
 * @throws DrawingError when one of these is not there
 * @throws MachineError when the set-up does what the machine cannot give a meaning to
 */
export function compareDrawing(target: Target, drawing: Drawing, named?: NamedColumns): Comparison {
	const transitions = new Transitions(target.machine);
	const observer = new Observer(target);
	const vocabulary = collectVocabulary(transitions, initialState(target.machine).state, observer);
	const contexts = assignColumns(target, drawing, vocabulary, named);
	const items = matchItems(target, drawing, contexts, vocabulary);
	return { target, drawing, contexts, items, vocabulary, transitions, observer };
}

/** A line that was shown. */
export interface ShownLine extends Shown {
	/** Number of the step, from 1; 0 where it needs none. */
	readonly step: number;
}

export interface Following {
	/**
	 * `followed`: every line, in order. `impossible`: no execution has them in that order. `unmatched`: no step of the model is like
	 * one of them. `bounded`: the search gave up before it knew.
	 */
	readonly outcome: 'followed' | 'impossible' | 'unmatched' | 'bounded';
	/** Stands at the end of the execution: the whole drawing, or as much of it as can happen. */
	readonly session: Session;
	readonly shown: readonly ShownLine[];
	/** Indices of the items that did not come, in order. */
	readonly missing: readonly number[];
	/** What is drawn had to be allowed to happen before its turn, too. */
	readonly hasRepeats: boolean;
	/** Why the first missing line cannot come. */
	readonly obstacle: Obstacle | null;
	/** The order nearest to the drawn one in which all lines can happen; null when there is none, or none was found. */
	readonly otherOrder: readonly ShownLine[] | null;
	/** What was reported on the way. */
	readonly violations: readonly Violation[];
	/** States met by the search. */
	readonly states: number;
}

interface Found {
	readonly way: readonly WayStep<Shown>[];
	readonly shown: readonly ShownLine[];
	readonly missing: readonly number[];
	readonly obstacle: Obstacle | null;
	readonly states: number;
	readonly isBounded: boolean;
}

/** @param items those of the comparison, with what somebody has said about those that are not sure */
export function followDrawing(comparison: Comparison, items: readonly MatchedItem[] = comparison.items): Following {
	const { target } = comparison;
	const drawn = searchFor(comparison, items, 'drawn');
	const repeated = drawn.missing.length === 0 ? null : searchFor(comparison, items, 'repeats');
	const hasRepeats = repeated !== null && repeated.missing.length === 0;
	const found = hasRepeats ? repeated : drawn;
	const isWhole = found.missing.length === 0;
	const isUnmatched = items.some((item) => item.kind === 'step' && item.how === 'none');
	const other = isWhole || isUnmatched ? null : searchFor(comparison, items, 'any');
	const isBounded = found.isBounded || repeated?.isBounded === true;
	const session = found.way.reduce((at, { choice }) => take(at, choice, 'op'), startSession(target));
	return {
		outcome: isWhole ? 'followed' : isUnmatched ? 'unmatched' : isBounded ? 'bounded' : 'impossible',
		session,
		shown: found.shown,
		missing: found.missing,
		hasRepeats,
		obstacle: found.obstacle,
		otherOrder: other !== null && other.missing.length === 0 ? other.shown : null,
		violations: reportsUpTo(session.timeline.cursor),
		states: found.states,
	};
}

/** How far one comes with the lines exactly as drawn: those that are missing, and why the first of them cannot come. */
export function reachDrawn(
	comparison: Comparison,
	items: readonly MatchedItem[],
): Pick<Following, 'missing' | 'obstacle'> {
	return searchFor(comparison, items, 'drawn');
}

function searchFor(comparison: Comparison, items: readonly MatchedItem[], strictness: Strictness): Found {
	const { target, contexts, transitions, observer } = comparison;
	const monitor = new DrawnOrder(target, items, contexts, observer, strictness);
	const start = initialState(target.machine).state;
	const search = new MonitoredSearch(transitions, start, monitor, monitorBounds);
	const end = search.run();
	const [farthest = 0] = search.farthest;
	const isWhole = typeof end === 'number' || monitor.isComplete(search.progressOf(farthest));
	const obstacle = isWhole ? null : obstacleAt(target, items, monitor, search);
	const node = typeof end === 'number' ? end : (obstacle?.node ?? farthest);
	const way = search.wayTo(node);
	const shown: ShownLine[] = search.startNotes.map((note) => ({ ...note, step: 0 }));
	for (const [index, { notes }] of way.entries()) shown.push(...notes.map((note) => ({ ...note, step: index + 1 })));
	const missing = monitor.missing(search.progressOf(node));
	return { way, shown, missing, obstacle, states: search.count, isBounded: end === 'bounded' || search.hasProblem };
}
