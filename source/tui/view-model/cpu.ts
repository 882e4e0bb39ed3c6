/** A CPU's column: where it stands in the source, its stack, what it waits for, what it holds, its locals. */

import type { CpuView, SourceView, VariableView } from '../../inspect/views.ts';
import {
	emptyLine,
	fitBlock,
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
import { ruleWith } from './titles.ts';

export interface CpuModel {
	readonly view: CpuView;
	/** Source around where the chosen frame stands; null when it runs nothing. */
	readonly source: SourceView | null;
	/** Which frame the source is of, 0 the innermost. */
	readonly frame: number;
	/** Whether commands without a CPU mean this one. */
	readonly isFocused: boolean;
	/** Whether the last step was its. */
	readonly moved: boolean;
	/** Lines with a breakpoint, as `file:line`. */
	readonly breakpoints: ReadonlySet<string>;
}

const statusTones: Readonly<Record<CpuView['status'], Tone>> = {
	ready: 'good',
	waiting: 'warning',
	idle: 'dim',
	done: 'dim',
	dead: 'violation',
};

/** The column with its title, exactly `width` by `height`. */
export function cpuColumn(model: CpuModel, width: number, height: number, theme: Theme): readonly StyledLine[] {
	if (height <= 0) return [];
	const { glyphs } = theme;
	const { view, moved, isFocused } = model;
	const title: Span[] = [
		span(view.name, isFocused ? 'active' : 'heading'),
		span(moved ? glyphs.changed : '', 'changed'),
		span(view.role === '' ? '' : ` ${view.role}`, 'plain'),
	];
	const status =
		view.status === 'waiting'
			? `${glyphs.waiting} waiting`
			: view.status === 'done'
				? `${glyphs.done} done`
				: view.status;
	return [
		ruleWith(title, [span(status, statusTones[view.status])], width, glyphs, isFocused),
		...body(model, width, height - 1, theme),
	];
}

function body(model: CpuModel, width: number, height: number, theme: Theme): readonly StyledLine[] {
	const { view, source } = model;
	if (source === null) return fitBlock(restLines(model), width, height, theme.glyphs.ellipsis);
	const details = detailLines(view, width, theme);
	// The rows below the source are there whether they are needed now or not, so that the source does not jump.
	const below = height >= 12 ? 4 : height >= 7 ? 2 : height >= 4 ? 1 : 0;
	const above = height >= 5 ? 1 : 0;
	const lines = [
		...(above === 1 ? [placeLine(model, width, theme)] : []),
		...sourceLines(model, source, width, height - above - below, theme),
		...details.slice(0, below),
	];
	return fitBlock(lines, width, height, theme.glyphs.ellipsis);
}

function restLines({ view }: CpuModel): readonly StyledLine[] {
	switch (view.status) {
		case 'done':
			return [line('  has run to its end', 'dim')];
		case 'dead':
			return [line('  stopped by a fatal report', 'violation')];
		case 'idle':
		case 'ready':
		case 'waiting':
			return [line('  nothing to run', 'dim')];
		default:
			return view.status satisfies never;
	}
}

/** `vb_free < vm_unmap_ram < cpu0`, and the file on the right. */
function placeLine({ view, frame, source }: CpuModel, width: number, theme: Theme): StyledLine {
	const names = view.stack.slice(frame).map((entry) => entry.function);
	const [innermost = '', ...callers] = names;
	const stack = [
		span(' '),
		...(frame > 0 ? [span(`frame ${frame} `, 'past')] : []),
		span(innermost, 'strong'),
		span(callers.map((name) => ` < ${name}`).join(''), 'dim'),
	];
	const file = source === null ? '' : ` ${source.file.split('/').at(-1)}:${source.current}`;
	const room = width - textWidth(file);
	if (room < Math.min(lineWidth(stack), 20)) return fitLine(stack, width, theme.glyphs.ellipsis);
	return [...fitLine(stack, room, theme.glyphs.ellipsis), span(file, 'dim')];
}

/** Rows of context that are kept above and below the line about to run, where there is room. */
const margin = 2;

/**
 * First line shown, counted from 0. The window moves by pages rather than with every line, so that a step mostly moves
 * a marker: that is easier on the eye, and cheaper over a slow line.
 */
export function firstShown(current: number, height: number, total: number): number {
	const page = Math.max(1, height - 2 * margin);
	const context = height > 2 * margin ? margin : 0;
	const start = Math.floor(Math.max(0, current - 1 - context) / page) * page;
	return Math.max(0, Math.min(start, total - height));
}

function sourceLines(
	{ breakpoints, view, frame }: CpuModel,
	source: SourceView,
	width: number,
	height: number,
	theme: Theme,
): readonly StyledLine[] {
	if (height <= 0) return [];
	const { glyphs } = theme;
	const start = firstShown(source.current, height, source.lines.length);
	const shown = source.lines.slice(start, start + height);
	const digits = String(source.lines.length).length;
	// Kernel source is indented by 8; a narrow column cannot afford that.
	const indent = width >= 76 ? 8 : width >= 50 ? 4 : 2;
	const lines = shown.map(({ number, text }): StyledLine => {
		const isCurrent = number === source.current;
		const marker = isCurrent
			? view.status === 'waiting' && frame === 0
				? glyphs.waiting
				: glyphs.current
			: breakpoints.has(`${source.file}:${number}`)
				? glyphs.breakpoint
				: ' ';
		const tone: Tone = isCurrent ? (view.status === 'waiting' ? 'warning' : 'current') : 'plain';
		return [
			span(marker, isCurrent ? tone : 'violation'),
			span(`${String(number).padStart(digits)} `, isCurrent ? tone : 'dim'),
			span(reindent(text, indent), isCurrent ? tone : isComment(text) ? 'dim' : 'plain'),
		];
	});
	while (lines.length < height) lines.push(emptyLine);
	return lines;
}

function reindent(text: string, indent: number): string {
	if (indent === 8) return text;
	const code = text.trimStart();
	const depth = text.length - code.length;
	return ' '.repeat(Math.floor(depth / 8) * indent + (depth % 8)) + code;
}

function isComment(text: string): boolean {
	return /^\s*(\/\/|\/\*|\*[ /]|\*$)/.test(text);
}

/** What it waits for, what it holds, its locals: most important first. */
function detailLines(view: CpuView, width: number, theme: Theme): readonly StyledLine[] {
	const { glyphs } = theme;
	const wrapped = (text: string, tone: Tone): readonly StyledLine[] =>
		text === '' ? [] : wrapText(span(text).text, width - 1, '  ').map((part) => line(` ${part}`, tone));
	const waits = wrapped(view.waitsFor === '' ? '' : `${glyphs.waiting} ${view.waitsFor}`, 'warning');
	const holds = wrapped(view.holds.length === 0 ? '' : `holds ${view.holds.join(', ')}`, 'note');
	const locals = localLines(view.locals, width, glyphs.changed);
	return [...waits, ...holds, ...locals];
}

/** `name=value` as many to a line as fit; those that changed come with a mark. */
export function localLines(locals: readonly VariableView[], width: number, changedMark: string): readonly StyledLine[] {
	const lines: Span[][] = [];
	let current: Span[] = [span(' ')];
	let used = 1;
	for (const { name, value, before } of locals) {
		const changed = before !== null;
		const piece = [
			span(changed ? changedMark : '', 'changed'),
			span(`${name}=`, 'dim'),
			span(value, changed ? 'changed' : 'plain'),
			span(' '),
		];
		const cells = lineWidth(piece);
		if (used + cells > width && used > 1) {
			lines.push(current);
			current = [span(' ')];
			used = 1;
		}
		current.push(...piece);
		used += cells;
	}
	if (used > 1) lines.push(current);
	return lines;
}
