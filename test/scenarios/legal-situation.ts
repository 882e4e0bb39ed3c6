/**
 * Situations that must not be reported: a schedule leads there, what makes the situation is asserted, everybody runs to the end, and nobody
 * has said anything on the way - no violation, no warning, no note.
 */

import { expect } from 'vitest';
import type { MachineState } from '../../source/machine/state.ts';
import type { PartialSelection } from '../../source/scenario/target.ts';
import { evaluateIn } from '../../source/session/expressions.ts';
import { follow, type Moment, targetOf, viewRows } from './follow.ts';

export interface Situation {
	/** The state in which the situation is. */
	readonly at: MachineState;
	/** The state in which everybody is done. */
	readonly end: MachineState;
	/** All that was reported. */
	readonly reports: Moment['reports'];
	/** A model C expression of globals, in a state; the situation's by default. */
	readonly value: (expression: string, state?: MachineState) => number;
	/** Texts of the badges and cells of a view that have a tone, in the situation. */
	readonly toned: (view: string, tone: string) => string[];
}

/** Drives to a situation and from there to the end. Throws when a step of the schedule cannot be taken. */
export function driveTo(
	id: string,
	selection: PartialSelection,
	steps: readonly string[],
	rest: readonly string[],
): Situation {
	const target = targetOf(id, selection);
	const moments = follow(id, selection, [...steps, ...rest].join('; '));
	const at = moments[steps.length - 1]?.state;
	const end = moments.at(-1)?.state;
	if (at === undefined || end === undefined || moments.length !== steps.length + rest.length) {
		throw new Error(`${id}: the schedule ended early`);
	}
	return {
		at,
		end,
		reports: moments.flatMap(({ reports }) => reports),
		value: (expression, state = at) => {
			const result = evaluateIn(target, state, expression, { context: 0, frame: 0 });
			if (!result.ok) throw new Error(result.message);
			return result.value;
		},
		toned: (view, tone) =>
			viewRows(target, at, view).flatMap((row) =>
				[...row.badges, ...row.cells].filter((one) => one.tone === tone).map(({ text }) => text),
			),
	};
}

/** The same, where nothing may be said. */
export function legalSituation(...drive: Parameters<typeof driveTo>): Situation {
	const situation = driveTo(...drive);
	expect(situation.reports.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([]);
	return situation;
}
