/** The lists before there is a session. */

import type { AppState, Picker } from '../state/state.ts';
import { emptyLine, fitBlock, fitLine, line, span, wrapParagraphs } from '../text/styled.ts';
import { paint, type Theme } from '../text/theme.ts';
import { messageLine, pickerFooter, pickerHeader } from './frame-lines.ts';
import { pickerContent } from './picker-content.ts';
import { block, type ScreenModel } from './screen-model.ts';

export function pickerScreen(state: AppState, screen: Picker, theme: Theme): ScreenModel {
	const { columns, rows } = state.size;
	const { items, highlighted, about } = pickerContent(state, screen);
	const body = rows - 4;
	const listRows = Math.min(items.length, Math.max(3, body - 5));
	const aboutLines = about.flatMap(({ text, tone }) =>
		wrapParagraphs(text, columns - 4).map((part) => line(`   ${part}`, tone)),
	);
	const below = [
		emptyLine,
		...fitBlock(aboutLines, columns, Math.max(0, body - listRows - 1), theme.glyphs.ellipsis),
		messageLine(state, columns),
		pickerFooter(columns, screen.kind !== 'scenarios'),
	];
	const belowHeight = rows - 2 - listRows;
	return {
		kind: 'narrow',
		above: block([pickerHeader(trailOf(screen), columns, theme), emptyLine], columns, 2, theme),
		list: {
			// A kernel's list and a scenario's are two lists even if their entries had the same names.
			name: screen.kind + (screen.kind === 'setup' ? `${screen.setup.program}` : ''),
			width: columns,
			height: listRows,
			items: items.map((item, index) => ({
				value: item.value,
				label: paint(
					theme,
					fitLine(
						[span(index < 9 && listRows === items.length ? `${index + 1} ` : '  ', 'key'), ...item.line],
						columns - 3,
						theme.glyphs.ellipsis,
					),
				),
			})),
			initial: highlighted,
			pointer: paint(theme, [span(` ${theme.glyphs.pointer} `, 'active')]),
			isActive: true,
		},
		below: block(below, columns, belowHeight, theme),
	};
}

/** What has been chosen so far, and what is to be chosen. */
export function trailOf(screen: Picker): readonly string[] {
	switch (screen.kind) {
		case 'scenarios':
			return ['mmstep', 'choose a scenario'];
		case 'kernels':
			return ['mmstep', screen.scenario.id, 'choose a kernel'];
		case 'setup':
			return ['mmstep', `${screen.setup.scenario.id}/${screen.setup.kernel}`, 'what to run'];
		default:
			return screen satisfies never;
	}
}
