/** The screen on which a session is stepped. */

import { sourceView } from '../../inspect/source-view.ts';
import { isWide } from '../screen/layout.ts';
import type { AppState, Stepper } from '../state/state.ts';
import { emptyLine, fitBlock, line, type StyledLine, span } from '../text/styled.ts';
import type { Theme } from '../text/theme.ts';
import { choiceList, choiceTitle } from './choice-list.ts';
import { choiceItems } from './choices.ts';
import { type CpuModel, cpuColumn } from './cpu.ts';
import { candidatesLine, stepperFooter, stepperHeader } from './frame-lines.ts';
import { viewsAt } from './memory.ts';
import { paneLines, pinnedLines } from './pane-lines.ts';
import { planOf } from './plan.ts';
import { block, type ScreenModel } from './screen-model.ts';
import { stepperMessages } from './stepper-messages.ts';
import { tooSmall } from './too-small.ts';

export function stepperScreen(state: AppState, stepper: Stepper): ScreenModel {
	const { size, theme, prompt, recording } = state;
	const { columns, rows } = size;
	const { session } = stepper;
	const messages = stepperMessages(state);
	const extra = messages.length - 1;
	// A narrow screen's pane is right above the message, and gives it its last rows; a wide one is laid out anew.
	const plan = planOf(stepper, isWide(size) ? { columns, rows: rows - extra } : size, theme);
	const { layout } = plan;
	if (layout.kind === 'tooSmall') return tooSmall(state);
	const header = stepperHeader(session, recording, columns, theme);
	const footer = candidatesLine(prompt, columns, theme) ?? stepperFooter(session, columns);
	const bottom = [...messages, footer];
	const cpus = cpuModels(stepper, plan.contexts);
	const items = choiceItems(session);
	if (layout.kind === 'narrow') {
		const strip = sideBySide(
			cpus.map((model, index) => cpuColumn(model, layout.cpuWidths[index] ?? 0, layout.cpuRows, theme)),
			theme,
		);
		const above = [header, ...strip, choiceTitle(stepper, items, layout.choices - 1, columns, theme)];
		const below = [...paneLines(state, stepper, plan, columns, layout.pane - extra), ...bottom];
		const listHeight = layout.choices - 1;
		return {
			kind: 'narrow',
			above: block(above, columns, 1 + layout.cpuRows + 1, theme),
			list: choiceList(state, stepper, items, columns, listHeight),
			below: block(below, columns, rows - 2 - layout.cpuRows - listHeight, theme),
		};
	}
	const { left, right, body } = layout;
	const columnLines = cpus.flatMap((model, index) => cpuColumn(model, left, layout.cpuHeights[index] ?? 0, theme));
	const leftLines = fitBlock(columnLines, left, body - layout.choices, theme.glyphs.ellipsis);
	const rightLines = [
		...layout.pinned.flatMap((pinned) => pinnedLines(stepper, pinned, right, theme)),
		...paneLines(state, stepper, plan, right, layout.pane),
	];
	return {
		kind: 'wide',
		header: block([header], columns, 1, theme),
		left: block(
			[...leftLines, choiceTitle(stepper, items, layout.choices - 1, left, theme)],
			left,
			body - layout.choices + 1,
			theme,
		),
		list: choiceList(state, stepper, items, left, layout.choices - 1),
		separator: block(
			Array.from({ length: body }, () => line(theme.glyphs.vertical, 'border')),
			1,
			body,
			theme,
		),
		right: block(rightLines, right, body, theme),
		below: block(bottom, columns, bottom.length, theme),
	};
}

function cpuModels({ session, since }: Stepper, contexts: readonly number[]): readonly CpuModel[] {
	const { target, timeline, focus, breakpoints } = session;
	const { state, action } = timeline.cursor;
	const views = viewsAt(target, timeline.cursor, since);
	const stops = new Set(
		breakpoints.flatMap((stop) => (stop.kind === 'line' && stop.enabled ? [`${stop.file}:${stop.line}`] : [])),
	);
	return contexts.flatMap((context) => {
		const view = views.cpus[context];
		if (view === undefined) return [];
		const frame = focus.context === context ? focus.frame : 0;
		return [
			{
				view,
				source: sourceView(target, state, context, frame),
				frame,
				isFocused: focus.context === context,
				moved: action?.choice.actor === context,
				breakpoints: stops,
			},
		];
	});
}

/** Columns beside each other, with a line between two. */
function sideBySide(columns: readonly (readonly StyledLine[])[], theme: Theme): readonly StyledLine[] {
	const height = Math.max(0, ...columns.map((column) => column.length));
	return Array.from({ length: height }, (_, row) =>
		columns.flatMap(
			(column, index): StyledLine => [
				...(index === 0 ? [] : [span(row === 0 ? theme.glyphs.teeDown : theme.glyphs.vertical, 'border')]),
				...(column[row] ?? emptyLine),
			],
		),
	);
}
