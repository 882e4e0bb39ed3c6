/** The list of what can run next, with its title. */

import type { AppState, Stepper } from '../state/state.ts';
import { line, type StyledLine, span } from '../text/styled.ts';
import { paint, type Theme } from '../text/theme.ts';
import { type ChoiceItem, choiceRow, prospectsOf } from './choices.ts';
import type { List } from './screen-model.ts';
import { ruleWith } from './titles.ts';

export function choiceTitle(
	stepper: Stepper,
	items: readonly ChoiceItem[],
	rows: number,
	width: number,
	theme: Theme,
): StyledLine {
	const isActive = stepper.focus === 'choices';
	const ready = items.filter((item) => item.isReady).length;
	const more = items.length > rows ? `${items.length - rows} more, ` : '';
	const remark =
		ready === 0 ? 'nothing can run any more; Left goes back' : more === '' ? '' : `${more}Down leads to them`;
	return ruleWith(
		line('what can run next', isActive ? 'active' : 'heading'),
		line(remark, ready === 0 ? 'warning' : 'dim'),
		width,
		theme.glyphs,
		isActive,
	);
}

export function choiceList(
	{ theme, prompt, outlook }: AppState,
	stepper: Stepper,
	items: readonly ChoiceItem[],
	width: number,
	height: number,
): List {
	const { session } = stepper;
	const isHere = outlook !== null && outlook.node === session.timeline.cursor;
	const prospects = prospectsOf(session, isHere ? outlook.outlook : null);
	const isActive = stepper.focus === 'choices';
	return {
		name: `choices ${items.map(({ value }) => value).join(' ')} ${height}`,
		width,
		height,
		items: items.map((item) => ({
			value: item.value,
			label: paint(theme, choiceRow(item, prospects.get(item.value), width - 2, theme)),
		})),
		initial: Math.max(
			0,
			items.findIndex(({ value }) => value === stepper.choice),
		),
		pointer: paint(theme, [span(`${theme.glyphs.pointer} `, isActive ? 'active' : 'dim')]),
		isActive: isActive && prompt === null,
	};
}
