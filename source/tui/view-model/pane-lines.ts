/** The panes on the right, or below: those that stay, and the one that Tab goes through. */

import type { PinnedPane } from '../screen/layout.ts';
import type { AppState, Stepper } from '../state/state.ts';
import { highlight } from '../text/highlight.ts';
import { fitBlock, line, type StyledLine } from '../text/styled.ts';
import type { Theme } from '../text/theme.ts';
import { scrollRemark, tabLine } from './frame-lines.ts';
import { firstLine, paneContent } from './panes.ts';
import type { Plan } from './plan.ts';
import { ruleWith } from './titles.ts';

export function pinnedLines(stepper: Stepper, pinned: PinnedPane, width: number, theme: Theme): readonly StyledLine[] {
	const { lines } = paneContent(stepper, pinned.id, width, theme);
	const height = pinned.height - 1;
	const hidden = lines.length - height;
	const title = ruleWith(
		line(pinned.id, 'heading'),
		line(hidden > 0 ? `${theme.glyphs.moreBelow} ${hidden} more` : '', 'dim'),
		width,
		theme.glyphs,
	);
	return [title, ...fitBlock(lines, width, height, theme.glyphs.ellipsis)];
}

export function paneLines(
	{ theme }: AppState,
	stepper: Stepper,
	{ tabs }: Plan,
	width: number,
	height: number,
): readonly StyledLine[] {
	if (height <= 0) return [];
	const { pane, search } = stepper;
	const content = paneContent(stepper, pane, width, theme);
	const rows = height - 1;
	const start = firstLine(content, rows, stepper.scroll[pane]);
	const remark = scrollRemark(start, rows, content.lines.length);
	const shown = content.lines
		.slice(start, start + rows)
		.map((styled, index) =>
			search !== null && search.pane === pane ? highlight(styled, search.text, start + index === search.line) : styled,
		);
	return [
		tabLine(tabs, pane, remark, stepper.focus === 'pane', width, theme),
		...fitBlock(shown, width, rows, theme.glyphs.ellipsis),
	];
}
