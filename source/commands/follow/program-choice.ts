/** Which program of a scenario a drawing is about, when the user does not say and it cannot be followed on the first. */

import { MachineError } from '../../machine/machine.ts';
import type { Scenario, Selection } from '../../scenario/scenario.ts';
import { buildTarget } from '../../scenario/target.ts';
import { type Drawing, DrawingError } from '../../session/follow/drawing.ts';
import { type Comparison, compareDrawing, type Following, followDrawing } from '../../session/follow/follow.ts';
import type { NamedColumns } from '../../session/follow/matching.ts';

/** Seconds for all the other programs. */
export const otherSeconds = 30;

export interface Followed {
	readonly comparison: Comparison;
	readonly following: Following;
}

/** Whether it is known of each line what it means. */
export function isSure({ items }: Comparison): boolean {
	return !items.some((item) => item.kind === 'step' && (item.how === 'unsure' || item.how === 'none'));
}

/**
 * The first of the other programs on which the drawing can happen with every line known.
 * @param first what was tried already
 * @param named whose columns are known
 * @param isHarmWanted whether a violation has to come of it: where the first program has all the lines, but not in their order,
 *   another in which they come to nothing says less than why they cannot come
 * @param isOver asked before each program
 */
export function followOnOther(
	scenario: Scenario,
	first: Selection,
	drawing: Drawing,
	named: NamedColumns,
	isHarmWanted: boolean,
	isOver: () => boolean,
): Followed | null {
	for (const { id } of scenario.programs) {
		if (id === first.program) continue;
		if (isOver()) return null;
		const followed = followOn(scenario, { ...first, program: id }, drawing, named);
		if (followed === null) continue;
		const isHarmful = followed.following.violations.some(({ severity }) => severity === 'violation');
		if (isHarmful || !isHarmWanted) return followed;
	}
	return null;
}

function followOn(scenario: Scenario, selection: Selection, drawing: Drawing, named: NamedColumns): Followed | null {
	try {
		const comparison = compareDrawing(buildTarget(scenario, selection), drawing, named);
		if (!isSure(comparison)) return null;
		const following = followDrawing(comparison);
		return following.outcome === 'followed' ? { comparison, following } : null;
	} catch (error) {
		// Columns that are none of its CPUs, or a program that this kernel cannot run.
		if (error instanceof DrawingError || error instanceof MachineError) return null;
		throw error;
	}
}
