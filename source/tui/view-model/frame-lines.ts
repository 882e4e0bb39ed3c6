/** The lines at the edges of the screen: header, footer, tabs, message. */

import { plainLine } from '../../language/plain-text.ts';
import { keyTable } from '../../session/key-table.ts';
import type { Session } from '../../session/session.ts';
import { isInPast } from '../../session/timeline.ts';
import { screenKeys } from '../state/keymap.ts';
import type { AppState, Message, Prompt } from '../state/state.ts';
import {
	emptyLine,
	fitLine,
	line,
	lineWidth,
	type Span,
	type StyledLine,
	span,
	type Tone,
	wrapText,
} from '../text/styled.ts';
import type { Theme } from '../text/theme.ts';
import { textWidth } from '../text/width.ts';
import { keyLabel } from './help.ts';
import { reportsAt } from './memory.ts';
import { finishedEntries } from './panes/history-panes.ts';
import { ruleWith } from './titles.ts';

/** Scenario, kernel and memory model on the left; where in time, reports and the recording on the right. */
export function stepperHeader(session: Session, recording: string | null, width: number, theme: Theme): StyledLine {
	const { target } = session;
	const { scenario, selection, machine } = target;
	const options = scenario.options
		.filter(({ id, default: usual }) => selection.options[id] !== undefined && selection.options[id] !== usual)
		.map(({ id }) => `${id}=${selection.options[id]}`);
	const left: Span[] = [
		span(` ${scenario.id}/${selection.kernel}`, 'heading'),
		span(`  ${machine.configuration.memoryModel}`, 'note'),
		span(scenario.programs.length > 1 ? `  ${selection.program}` : '', 'dim'),
		span(options.length > 0 ? `  ${options.join(' ')}` : '', 'dim'),
	];
	return joinEnds(left, timeSpans(session, recording, theme), width, theme);
}

function timeSpans(session: Session, recording: string | null, theme: Theme): readonly Span[] {
	const { timeline, schedule } = session;
	const branch = timeline.branches[timeline.current];
	const past = isInPast(timeline);
	const reports = reportsAt(timeline.cursor);
	const parts: Span[][] = [];
	if (schedule !== null) {
		const total = schedule.schedule.entries.length;
		parts.push([span(`${schedule.schedule.id} ${finishedEntries(session)}/${total}`, 'note')]);
	}
	parts.push([
		span(
			past ? `step ${timeline.cursor.depth} of ${branch?.tip.depth ?? 0}` : `step ${timeline.cursor.depth}`,
			'strong',
		),
	]);
	parts.push([span(branch?.name ?? '', 'plain')]);
	if (past) parts.push([span(`${theme.glyphs.past} PAST`, 'past')]);
	const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
	if (reports.violations > 0) {
		parts.push([span(`${theme.glyphs.violation} ${counted(reports.violations, 'violation')}`, 'violation')]);
	} else if (reports.warnings > 0) {
		// A warning is said once, and that may have gone by in a run of keys.
		parts.push([span(counted(reports.warnings, 'warning'), 'warning')]);
	}
	if (recording !== null) parts.push([span('REC', 'recording')]);
	return parts.flatMap((part) => [span('  '), ...part]);
}

/** `left` cut where it must be, so that all of `right` can be read. */
function joinEnds(left: StyledLine, right: StyledLine, width: number, theme: Theme): StyledLine {
	const { ellipsis } = theme.glyphs;
	const room = width - lineWidth(right) - 1;
	if (room < 8) return fitLine(right.slice(1), width, ellipsis);
	return fitLine([...fitLine(left, room, ellipsis), ...right], width, ellipsis);
}

/** The header of the pickers: where one is on the way to a session. */
export function pickerHeader(trail: readonly string[], width: number, theme: Theme): StyledLine {
	const spans = trail.flatMap((part, index): Span[] => [
		span(index === 0 ? ' ' : ` ${theme.glyphs.right} `, 'dim'),
		span(part, index === trail.length - 1 ? 'heading' : 'plain'),
	]);
	return fitLine(spans, width, theme.glyphs.ellipsis);
}

interface Hint {
	readonly keys: string;
	readonly label: string;
	readonly rank: number;
}

/** Keys and what they do, as many as fit, the most needed ones first. */
export function stepperFooter(session: Session, width: number): StyledLine {
	const { entries } = session.target.machine;
	const last = Math.min(
		9,
		entries.findLastIndex((entry) => entry !== null),
	);
	const hints: Hint[] = [
		{ keys: last > 0 ? `0-${last}` : '0', label: 'CPU', rank: 1 },
		...keyTable
			.filter(({ keys, rank }) => rank < 3 && !keys.every((key) => /^\d$/.test(key)))
			.map(({ keys, label, rank }) => ({ keys: keyLabel(keys[0] ?? ''), label, rank })),
		...screenKeys
			.filter(({ rank }) => rank < 3)
			.map(({ keys, label, rank }) => ({ keys: keyLabel(keys[0] ?? ''), label, rank })),
	].flatMap((hint) => {
		if (hint.label !== 'mail') return [hint];
		// Whose sequence it is: not every schedule is a mail's.
		return session.schedule === null ? [] : [{ ...hint, label: plainLine(session.schedule.schedule.id) }];
	});
	return fitHints(hints, width);
}

export function pickerFooter(width: number, canGoBack: boolean): StyledLine {
	const hints: Hint[] = [
		{ keys: 'Up Down', label: 'choose', rank: 1 },
		{ keys: 'Enter', label: 'go on', rank: 1 },
		...(canGoBack ? [{ keys: 'Esc', label: 'back', rank: 1 }] : []),
		{ keys: '?', label: 'help', rank: 1 },
		{ keys: 'q', label: 'quit', rank: 1 },
	];
	return fitHints(hints, width);
}

export function overlayFooter(width: number, isReport: boolean): StyledLine {
	const hints: Hint[] = [
		...(isReport
			? [
					{ keys: 'Y', label: 'copy', rank: 1 },
					{ keys: ':report FILE', label: 'save', rank: 1 },
				]
			: []),
		{ keys: 'Up Down PgUp PgDn', label: 'scroll', rank: 1 },
		{ keys: 'Esc', label: 'close', rank: 1 },
	];
	return fitHints(hints, width);
}

function fitHints(hints: readonly Hint[], width: number): StyledLine {
	const cost = ({ keys, label }: Hint): number => textWidth(keys) + textWidth(label) + 3;
	const chosen = new Set<Hint>();
	let used = 0;
	for (const rank of [1, 2]) {
		for (const hint of hints) {
			if (hint.rank !== rank || used + cost(hint) > width) continue;
			chosen.add(hint);
			used += cost(hint);
		}
	}
	const spans = hints
		.filter((hint) => chosen.has(hint))
		.flatMap(({ keys, label }): Span[] => [span(` ${keys}`, 'key'), span(` ${label} `, 'dim')]);
	return fitLine(spans, width, '');
}

/**
 * The names of the panes with the one in sight marked: as many of its neighbours as fit, and an ellipsis where there are more,
 * so that what is to be seen is where Tab leads next.
 */
export function tabLine(
	tabs: readonly string[],
	pane: string,
	remark: string,
	isActive: boolean,
	width: number,
	theme: Theme,
): StyledLine {
	const { glyphs } = theme;
	const label = (name: string): string => (name === pane ? `[${name}]` : name);
	const room = width - 6 - (remark === '' ? 0 : textWidth(remark) + 3);
	const all = tabs.includes(pane) ? tabs : [pane];
	const [start, end] = tabsInRoom(
		all.map((name) => textWidth(label(name))),
		all.indexOf(pane),
		room,
		textWidth(glyphs.ellipsis),
	);
	const names = all
		.slice(start, end)
		.map((name) => span(label(name), name === pane ? (isActive ? 'active' : 'heading') : 'dim'));
	const more = span(glyphs.ellipsis, 'dim');
	const pieces = [...(start > 0 ? [more] : []), ...names, ...(end < all.length ? [more] : [])];
	const spans = pieces.flatMap((piece, index): Span[] => (index === 0 ? [piece] : [span(' '), piece]));
	return ruleWith(spans, remark === '' ? [] : line(remark, 'dim'), width, glyphs, isActive);
}

/** Indices, from and up to, of the tabs around the one at `at` that have room beside each other, marks at cut ends included. */
function tabsInRoom(widths: readonly number[], at: number, room: number, mark: number): readonly [number, number] {
	let start = at;
	let end = at + 1;
	const fits = (from: number, to: number): boolean => {
		const marks = (from > 0 ? mark + 1 : 0) + (to < widths.length ? mark + 1 : 0);
		const names = widths.slice(from, to);
		return names.reduce((sum, width) => sum + width, 0) + names.length - 1 + marks <= room;
	};
	for (let grows = true; grows; ) {
		grows = false;
		if (end < widths.length && fits(start, end + 1)) {
			end++;
			grows = true;
		}
		if (start > 0 && fits(start - 1, end)) {
			start--;
			grows = true;
		}
	}
	return [start, end];
}

const messageTones: Readonly<Record<Message['tone'], Tone>> = {
	plain: 'plain',
	heading: 'note',
	error: 'error',
	violation: 'violation',
	warning: 'warning',
	dim: 'dim',
};

/** The line above the footer: what is being typed, or what was said, as much of it as there is room for. */
export function messageLine(state: AppState, width: number): StyledLine {
	return messageLines(state, width, 1)[0] ?? emptyLine;
}

/** The same in up to `most` lines, so that what was said can be read to its end; at least one. */
export function messageLines(state: AppState, width: number, most: number): readonly StyledLine[] {
	const { message, prompt, theme } = state;
	if (prompt !== null) return [promptLine(prompt, width, theme)];
	if (message === null) return [fitLine([], width, '')];
	const mark = message.tone === 'violation' ? `${theme.glyphs.violation} ` : '';
	const tone = messageTones[message.tone];
	const text = `${mark}${message.text}`;
	const parts = textWidth(text) < width ? [text] : wrapText(text, width - 2, '  ');
	const last = Math.max(1, most) - 1;
	// What does not fit after all ends in an ellipsis.
	const rest = parts.slice(last).map((part, index) => (index === 0 ? part : part.trimStart()));
	const shown = parts.length <= last + 1 ? parts : [...parts.slice(0, last), rest.join(' ')];
	return shown.map((part) => fitLine(line(` ${part}`, tone), width, theme.glyphs.ellipsis));
}

function promptLine({ kind, editor }: Prompt, width: number, theme: Theme): StyledLine {
	const sign = kind === 'command' ? ':' : '/';
	const before = editor.characters.slice(0, editor.cursor).join('');
	const under = editor.characters[editor.cursor] ?? ' ';
	const after = editor.characters.slice(editor.cursor + 1).join('');
	// A line longer than the screen is moved so that the cursor stays in sight.
	let hidden = 0;
	const characters = [...before];
	while (hidden < characters.length && textWidth(characters.slice(hidden).join('')) > width - 4) hidden++;
	return fitLine(
		[
			span(hidden > 0 ? theme.glyphs.ellipsis : sign, 'key'),
			span(characters.slice(hidden).join('')),
			span(under, 'cursor'),
			span(after),
		],
		width,
		theme.glyphs.ellipsis,
	);
}

/** What a line being typed may go on as, in place of the footer; null when nothing is being completed. */
export function candidatesLine(prompt: Prompt | null, width: number, theme: Theme): StyledLine | null {
	const completion = prompt?.editor.completion ?? null;
	if (completion === null) return null;
	const words = completion.candidates.map((candidate) => candidate.trimEnd().split(' ').at(-1) ?? candidate);
	// Begin at the one shown, so that it is always in sight.
	const start = Math.max(0, completion.index);
	const spans = words
		.slice(start)
		.flatMap((word, index): Span[] => [
			span(' '),
			span(word, index === 0 && completion.index >= 0 ? 'selected' : 'dim'),
		]);
	return fitLine(spans, width, theme.glyphs.ellipsis);
}

/** `3-9 of 40`, or nothing when all is in sight. */
export function scrollRemark(start: number, height: number, total: number): string {
	return total <= height ? '' : `${start + 1}-${Math.min(total, start + height)} of ${total}`;
}
