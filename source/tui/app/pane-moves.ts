/** Which pane is in sight, and which part of it. */

import type { AppState, Stepper } from '../state/state.ts';
import { firstLine, paneContent } from '../view-model/panes.ts';
import { planOf } from '../view-model/plan.ts';

/** The next pane, or the choice list, which is one of the stops of Tab. */
export function changePane(state: AppState, stepper: Stepper, by: 1 | -1, withChoices: boolean): Stepper {
	const { tabs } = planOf(stepper, state.size, state.theme);
	const at = tabs.indexOf(stepper.pane);
	if (withChoices && stepper.focus === 'choices') {
		// Tab first acts on the pane in sight, Shift-Tab on the one before it.
		if (by === 1) return { ...stepper, focus: 'pane', paneBefore: null };
		return { ...stepper, focus: 'pane', pane: tabs.at(at - 1) ?? stepper.pane, paneBefore: null };
	}
	const next = at + by;
	const isAround = next < 0 || next >= tabs.length;
	const pane = tabs[(next + tabs.length) % tabs.length] ?? stepper.pane;
	return { ...stepper, pane, paneBefore: null, focus: withChoices && isAround ? 'choices' : stepper.focus };
}

/** Rows that the pane's content has. */
export function paneHeight(state: AppState, stepper: Stepper): number {
	const { layout } = planOf(stepper, state.size, state.theme);
	return layout.kind === 'tooSmall' ? 1 : Math.max(1, layout.pane - 1);
}

/** Cells that each of them has. */
export function paneWidth(state: AppState, stepper: Stepper): number {
	const { layout } = planOf(stepper, state.size, state.theme);
	return layout.kind === 'wide' ? layout.right : layout.columns;
}

/** Scrolls the pane in sight by so many rows, as far as its content goes. */
export function scroll(state: AppState, stepper: Stepper, by: number): Stepper {
	const height = paneHeight(state, stepper);
	const content = paneContent(stepper, stepper.pane, paneWidth(state, stepper), state.theme);
	const now = firstLine(content, height, stepper.scroll[stepper.pane]);
	const to = firstLine(content, height, now + by);
	return { ...stepper, scroll: { ...stepper.scroll, [stepper.pane]: to } };
}
