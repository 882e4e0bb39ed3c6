/** The whole screen as painted blocks of exact sizes: all that the components have to put beside each other. */

import { sourceView } from '../../inspect/source-view.ts';
import { setupItems } from '../app/setup.ts';
import type { AppState, Message, Overlay, Screen, Stepper } from '../app/state.ts';
import type { PinnedPane } from '../layout.ts';
import { isWide, smallest } from '../layout.ts';
import {
	emptyLine,
	fitBlock,
	fitLine,
	fitText,
	line,
	plainOf,
	type Span,
	type StyledLine,
	span,
	type Tone,
	wrapParagraphs,
} from '../text/styled.ts';
import { paint, paintLines, type Theme } from '../theme.ts';
import { type ChoiceItem, choiceItems, choiceRow, prospectsOf } from './choices.ts';
import { type CpuModel, cpuColumn } from './cpu.ts';
import {
	candidatesLine,
	messageLine,
	messageLines,
	overlayFooter,
	pickerFooter,
	pickerHeader,
	stepperFooter,
	stepperHeader,
	tabLine,
} from './frame-lines.ts';
import { viewsAt } from './memory.ts';
import { overlayLines } from './overlay.ts';
import { finishedEntries } from './panes/history-panes.ts';
import { firstLine, paneContent } from './panes.ts';
import { type Plan, planOf } from './plan.ts';
import { ruleWith } from './titles.ts';

/** Painted lines, exactly `width` by `height` cells. */
export interface Block {
	readonly width: number;
	readonly height: number;
	readonly text: string;
}

/** A list for ink-select-input. */
export interface List {
	/** Another name for another list: a list of that name is set up anew. */
	readonly name: string;
	readonly width: number;
	/** Rows there are for it. */
	readonly height: number;
	readonly items: readonly { readonly value: string; readonly label: string }[];
	/** Index of the entry marked at the beginning. */
	readonly initial: number;
	readonly pointer: string;
	readonly isActive: boolean;
}

export type ScreenModel =
	| { readonly kind: 'plain'; readonly blocks: readonly Block[] }
	/** One above the other. */
	| {
			readonly kind: 'narrow';
			readonly above: Block;
			readonly list: List;
			readonly below: Block;
	  }
	/** CPUs and choices on the left, panes on the right. */
	| {
			readonly kind: 'wide';
			readonly header: Block;
			readonly left: Block;
			readonly list: List;
			readonly separator: Block;
			readonly right: Block;
			readonly below: Block;
	  };

export function screenModel(state: AppState): ScreenModel {
	const { size, theme, screen, overlay } = state;
	if (size.columns < smallest.columns || size.rows < smallest.rows) return tooSmall(state);
	if (overlay !== null) return overlayScreen(state, overlay);
	return screen.kind === 'stepper' ? stepperScreen(state, screen.stepper) : pickerScreen(state, screen, theme);
}

function block(lines: readonly StyledLine[], width: number, height: number, theme: Theme): Block {
	return { width, height, text: paintLines(theme, fitBlock(lines, width, height, theme.glyphs.ellipsis)) };
}

function tooSmall({ size, theme }: AppState): ScreenModel {
	const { columns, rows } = size;
	const lines = [
		line(`${columns}x${rows} is too small`, 'warning'),
		line(`mmstep needs ${smallest.columns}x${smallest.rows}`),
		line('q quits', 'dim'),
	];
	return { kind: 'plain', blocks: [block(lines, Math.max(1, columns), Math.max(1, rows), theme)] };
}

// Text over the screen

function overlayScreen(state: AppState, overlay: Overlay): ScreenModel {
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

/** `3-9 of 40`, or nothing when all is in sight. */
function scrollRemark(start: number, height: number, total: number): string {
	return total <= height ? '' : `${start + 1}-${Math.min(total, start + height)} of ${total}`;
}

// Pickers

type Picker = Exclude<Screen, { kind: 'stepper' }>;

function trailOf(screen: Picker): readonly string[] {
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

interface PickerContent {
	readonly items: readonly { readonly value: string; readonly line: StyledLine }[];
	readonly highlighted: number;
	/** About the highlighted entry; paragraphs. */
	readonly about: readonly { readonly text: string; readonly tone: Tone }[];
}

function pickerContent(state: AppState, screen: Picker): PickerContent {
	switch (screen.kind) {
		case 'scenarios': {
			const { catalogue } = state;
			const entry = catalogue[screen.highlighted];
			return {
				items: catalogue.map(({ id, title }) => ({ value: id, line: [span(title)] })),
				highlighted: screen.highlighted,
				about:
					entry === undefined
						? [{ text: 'There is no scenario: `mmstep new FOLDER` writes one to begin with.', tone: 'warning' }]
						: [
								{ text: entry.id, tone: 'dim' },
								{ text: entry.summary, tone: 'plain' },
							],
			};
		}
		case 'kernels': {
			const { scenario, highlighted } = screen;
			const kernel = scenario.kernels[highlighted];
			const { subject, author, date } = scenario.source;
			const origin = [subject, [author, date].filter((part) => part !== '').join(', ')].filter((part) => part !== '');
			return {
				items: scenario.kernels.map(({ id, title }) => ({
					value: id,
					line: [span(id.padEnd(longest(scenario.kernels.map((entry) => entry.id))), 'strong'), span(`  ${title}`)],
				})),
				highlighted,
				about: [
					{ text: kernel?.summary ?? '', tone: 'plain' },
					{ text: '', tone: 'plain' },
					{ text: scenario.title, tone: 'heading' },
					{ text: scenario.proves === '' ? scenario.summary : scenario.proves, tone: 'plain' },
					...(origin.length > 0 ? [{ text: `From: ${origin.join(' - ')}`, tone: 'dim' as const }] : []),
				],
			};
		}
		case 'setup': {
			const items = setupItems(screen.setup);
			const width = Math.min(Math.floor(state.size.columns * 0.6), Math.max(...items.map(({ label }) => label.length)));
			const { theme } = state;
			const { scenario, kernel } = screen.setup;
			return {
				items: items.map(({ value, label, shown }) => ({
					value,
					line: [
						span(fitText(label, width, theme.glyphs.ellipsis), value === 'start' ? 'good' : 'plain'),
						span(shown === '' ? '' : `  ${shown}`, 'strong'),
					],
				})),
				highlighted: screen.highlighted,
				about: [
					{ text: items[screen.highlighted]?.explanation ?? '', tone: 'plain' },
					{ text: '', tone: 'plain' },
					{ text: scenario.kernels.find(({ id }) => id === kernel)?.title ?? kernel, tone: 'heading' },
					{ text: scenario.kernels.find(({ id }) => id === kernel)?.summary ?? '', tone: 'plain' },
				],
			};
		}
		default:
			return screen satisfies never;
	}
}

function longest(texts: readonly string[]): number {
	return Math.min(28, Math.max(0, ...texts.map((text) => text.length)));
}

function pickerScreen(state: AppState, screen: Picker, theme: Theme): ScreenModel {
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

// The stepper

function stepperScreen(state: AppState, stepper: Stepper): ScreenModel {
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

/** Rows that a message may take at most. */
const messageRows = 4;

/** What was said, over several lines where it is long and they are to spare. */
function stepperMessages(state: AppState): readonly StyledLine[] {
	const { size, message, screen } = state;
	const { columns, rows } = size;
	const spare = isWide(size)
		? isWide({ columns, rows: rows - messageRows + 1 })
			? messageRows
			: 1
		: Math.floor(rows / 6);
	// While a wide screen shows the notes of the schedule, saying them twice would only make it jump at every step.
	const isElsewhere = isWide(size) && screen.kind === 'stepper' && isNoteInSight(screen.stepper, message);
	return messageLines(state, columns, isElsewhere ? 1 : Math.min(messageRows, spare));
}

/** Whether what was said is the entry of the schedule that the notes, which are in sight, have with all its words. */
function isNoteInSight({ session, pane }: Stepper, message: Message | null): boolean {
	if (pane !== 'notes' || message?.tone !== 'heading' || session.schedule === null) return false;
	return message.text.startsWith(`${finishedEntries(session)}/${session.schedule.schedule.entries.length} `);
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

function choiceTitle(
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

function choiceList(
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

function pinnedLines(stepper: Stepper, pinned: PinnedPane, width: number, theme: Theme): readonly StyledLine[] {
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

function paneLines(
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

/** A line with the places marked where it has the text. */
function highlight(styled: StyledLine, text: string, isFound: boolean): StyledLine {
	const needle = text.toLowerCase();
	const whole = plainOf(styled).toLowerCase();
	if (needle === '' || !whole.includes(needle)) return styled;
	const marks = new Set<number>();
	for (let at = whole.indexOf(needle); at >= 0; at = whole.indexOf(needle, at + needle.length)) {
		for (let index = at; index < at + needle.length; index++) marks.add(index);
	}
	let offset = 0;
	return styled.flatMap((piece): Span[] => {
		const pieces: Span[] = [];
		for (let from = 0; from < piece.text.length; ) {
			const isMarked = marks.has(offset + from);
			let to = from + 1;
			while (to < piece.text.length && marks.has(offset + to) === isMarked) to++;
			pieces.push({ text: piece.text.slice(from, to), tone: isMarked ? (isFound ? 'selected' : 'match') : piece.tone });
			from = to;
		}
		offset += piece.text.length;
		return pieces;
	});
}
