/** Running an actor until something happens: what `step N`, `continue`, `until` and the entries of a schedule have in common. */

import type { Choice, Grain } from '../machine/machine.ts';
import { CommandError } from './command-error.ts';
import { placeOf } from './place.ts';
import type { Session } from './session.ts';
import { hasViolation, take } from './stepping.ts';
import { countHits, hitsAt } from './stops.ts';

/** Steps that one command may take before it gives up: a model can loop for ever. */
export const maxRun = 100_000;

/** Why a run ended. `goal`: what was asked for was reached. */
export type RunEnd = 'goal' | 'breakpoint' | 'violation' | 'wait' | 'limit';

export interface Run {
	readonly session: Session;
	readonly end: RunEnd;
	/** Steps taken. */
	readonly steps: number;
	/** Complaints about conditions, each made once. */
	readonly complaints: readonly string[];
}

/**
 * Lets an actor step until `goal` says that the session, just stepped from `before`, is where it should be, or until a
 * breakpoint, a violation, a wait or the limit stops it. `session.stop` says which.
 * @throws CommandError when not a single step could be taken
 */
export function runActor(
	session: Session,
	choice: Choice,
	grain: Grain,
	goal: (session: Session, before: Session, steps: number) => boolean,
	limit = maxRun,
): Run {
	let at = session;
	const complaints: string[] = [];
	for (let steps = 1; ; steps++) {
		const before = at;
		try {
			at = takeChecked(before, choice, grain, complaints);
		} catch (error) {
			if (!(error instanceof CommandError) || steps === 1) throw error;
			return { session: { ...before, stop: error.message }, end: 'wait', steps: steps - 1, complaints };
		}
		const end = at.stop !== '' ? 'breakpoint' : hasViolation(at.timeline.cursor.violations) ? 'violation' : null;
		if (end !== null) return { session: at, end, steps, complaints };
		if (goal(at, before, steps)) return { session: at, end: 'goal', steps, complaints };
		if (steps >= limit) {
			const stop = `gave up after ${steps} steps; say the same again to go on`;
			return { session: { ...at, stop }, end: 'limit', steps, complaints };
		}
	}
}

/**
 * One step, with the breakpoints it hits counted and named in `stop`. A step over or out of a function makes lines of it when
 * a breakpoint is hit inside.
 */
function takeChecked(before: Session, choice: Choice, grain: Grain, complaints: string[]): Session {
	if (!before.breakpoints.some(({ enabled }) => enabled)) return take(before, choice, grain);
	const inside = insideStop(before, choice, grain);
	if (inside !== null) {
		complaints.push(...inside.complaints);
		return inside.session;
	}
	return countStops(take(before, choice, grain), complaints);
}

function countStops(session: Session, complaints: string[]): Session {
	const check = hitsAt(session, session.timeline.cursor);
	const counted = countHits(session, check);
	complaints.push(...counted.complaints);
	return check.hits.length === 0
		? session
		: { ...counted.session, stop: check.hits.map(({ text }) => text).join('; ') };
}

/** Where a breakpoint stops a step over or out of a function before its end, or null. */
function insideStop(before: Session, choice: Choice, grain: Grain): Run | null {
	const { cpus } = before.target.machine.configuration;
	if (choice.actor > cpus) return null;
	if (grain === 'op') return null;
	if (grain === 'line') return helperStop(before, choice);
	const depth = depthOf(before, choice.actor);
	const leaves = (session: Session) => depthOf(session, choice.actor) < depth + (grain === 'over' ? 1 : 0);
	const run = runActor(before, choice, 'line', leaves);
	return run.end === 'breakpoint' && !leaves(run.session) ? run : null;
}

/** A line step goes over the library's helpers. With a breakpoint in one of them, look inside op by op. */
function helperStop(before: Session, choice: Choice): Run | null {
	const { functions, files } = before.target.machine.program;
	const helpers = functions.filter(({ isLibraryHelper }) => isLibraryHelper);
	const isInHelper = before.breakpoints.some((breakpoint) => {
		if (!breakpoint.enabled || breakpoint.kind === 'watch') return false;
		return helpers.some((fn) =>
			breakpoint.kind === 'function'
				? fn.name === breakpoint.function
				: files[fn.file]?.path === breakpoint.file && fn.firstLine <= breakpoint.line && breakpoint.line <= fn.lastLine,
		);
	});
	if (!isInHelper) return null;
	const start = placeOf(before.target, before.timeline.cursor.state, choice.actor);
	const isBeyond = (session: Session): boolean => {
		const place = placeOf(session.target, session.timeline.cursor.state, choice.actor);
		if (place === null || start === null || place.depth < start.depth) return true;
		return place.depth === start.depth && place.line !== start.line;
	};
	const run = runActor(before, choice, 'op', isBeyond, 1000);
	return run.end === 'breakpoint' && !isBeyond(run.session) ? run : null;
}

/** Frames on the stack of a context at the cursor. */
export function depthOf(session: Session, context: number): number {
	return session.timeline.cursor.state.contexts[context]?.frames.length ?? 0;
}
