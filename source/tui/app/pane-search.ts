/** Looking for a text in the pane in sight. */

import { plainLine } from '../../language/plain-text.ts';
import type { AppState, Stepper } from '../state/state.ts';
import { plainOf } from '../text/styled.ts';
import { firstLine, paneContent } from '../view-model/panes.ts';
import { paneHeight, paneWidth } from './pane-moves.ts';
import { withStepper } from './stepper.ts';
import { only, say, type Updated } from './updated.ts';

/** Begins a search, and goes to the first match. */
export function search(state: AppState, stepper: Stepper, text: string): Updated {
	const started = { ...stepper, search: { pane: stepper.pane, text, line: -1 } };
	return findNext(state, started, 1);
}

/** Goes to the next match, or the one before, around the ends of the pane. */
export function findNext(state: AppState, stepper: Stepper, by: 1 | -1): Updated {
	const { search: wanted } = stepper;
	if (wanted === null) return only(state);
	const { pane } = stepper;
	const content = paneContent(stepper, pane, paneWidth(state, stepper), state.theme);
	const needle = wanted.text.toLowerCase();
	const matches = content.lines.flatMap((styled, index) =>
		plainOf(styled).toLowerCase().includes(needle) ? [index] : [],
	);
	if (matches.length === 0) {
		const closed = withStepper(state, { ...stepper, search: null });
		return say(closed, 'warning', `"${plainLine(wanted.text)}" is not in ${pane}; :search looks in the source`);
	}
	const from = pane === wanted.pane ? wanted.line : -1;
	const next = by === 1 ? matches.find((line) => line > from) : matches.findLast((line) => line < from);
	const found = next ?? (by === 1 ? matches[0] : matches.at(-1)) ?? 0;
	const height = paneHeight(state, stepper);
	const moved: Stepper = {
		...stepper,
		search: { pane, text: wanted.text, line: found },
		scroll: { ...stepper.scroll, [pane]: firstLine(content, height, found - Math.floor(height / 2)) },
	};
	const place = `${matches.indexOf(found) + 1} of ${matches.length}`;
	return say(withStepper(state, moved), 'plain', `/${plainLine(wanted.text)}: ${place}; n next, N previous, Esc ends`);
}
