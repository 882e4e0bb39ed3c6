import type { AppState, Overlay } from '../state/state.ts';
import { emptyLine, line, type StyledLine } from '../text/styled.ts';
import { messageLine, overlayFooter, pickerHeader, scrollRemark, stepperHeader } from './frame-lines.ts';
import { overlayLines } from './overlay.ts';
import { trailOf } from './picker-screen.ts';
import { block, type ScreenModel } from './screen-model.ts';
import { ruleWith } from './titles.ts';

/** A text over the screen. */
export function overlayScreen(state: AppState, overlay: Overlay): ScreenModel {
	const { size, theme } = state;
	const { columns, rows } = size;
	const height = rows - 4;
	const lines = overlayLines(overlay, columns);
	const start = Math.min(Math.max(0, overlay.scroll), Math.max(0, lines.length - height));
	const title = overlay.kind === 'help' ? 'help' : overlay.title;
	const above = [
		headerOf(state),
		ruleWith(
			line(title, 'active'),
			line(scrollRemark(start, height, lines.length), 'dim'),
			columns,
			theme.glyphs,
			true,
		),
	];
	const shown = lines.slice(start, start + height);
	while (shown.length < height) shown.push(emptyLine);
	const below = [
		messageLine(state, columns),
		overlayFooter(columns, overlay.kind === 'output' && overlay.isReport === true),
	];
	return { kind: 'plain', blocks: [block([...above, ...shown, ...below], columns, rows, theme)] };
}

function headerOf(state: AppState): StyledLine {
	const { screen, size, theme, recording } = state;
	return screen.kind === 'stepper'
		? stepperHeader(screen.stepper.session, recording, size.columns, theme)
		: pickerHeader(trailOf(screen), size.columns, theme);
}
