/** The panes that show a part of the state as a table. */

import type {
	CostRow,
	FrameRow,
	InterruptRow,
	LockRow,
	ObjectRow,
	PageTableRow,
	RcuView,
	TlbRow,
} from '../../../inspect/views.ts';
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
} from '../../text/styled.ts';
import { table } from '../../text/table.ts';
import type { Theme } from '../../text/theme.ts';
import { textWidth } from '../../text/width.ts';

function nothing(what: string): readonly StyledLine[] {
	return [line(` ${what}`, 'dim')];
}

function mark(changed: boolean, theme: Theme): Span {
	return changed ? span(theme.glyphs.changed, 'changed') : span(' ');
}

function toneOf(changed: boolean, otherwise: Tone = 'plain'): Tone {
	return changed ? 'changed' : otherwise;
}

export function pageTableLines(rows: readonly PageTableRow[], theme: Theme): readonly StyledLine[] {
	if (rows.length === 0) return nothing('no page tables');
	return table(
		rows.map((row) => [
			[
				mark(row.changed, theme),
				span('  '.repeat(Math.min(row.depth, 8))),
				span(row.label, toneOf(row.changed, row.depth === 0 ? 'strong' : 'plain')),
			],
			[span(row.entry, toneOf(row.changed, row.present ? 'live' : 'dim'))],
			[span(row.lock, 'warning')],
		]),
		{ gap: 2, widest: [30, 30], ellipsis: theme.glyphs.ellipsis },
	);
}

export function tlbLines(rows: readonly TlbRow[], width: number, theme: Theme): readonly StyledLine[] {
	const cpus = rows[0]?.cells.map((cell) => cell.cpu) ?? [];
	if (rows.length === 0) return nothing('nothing is mapped, nothing is cached');
	const heading: StyledLine[] = [
		[span(' page', 'heading')],
		[span('tables say', 'heading')],
		...cpus.map((cpu): StyledLine => [span(`TLB${cpu}`, 'heading')]),
		emptyLine,
	];
	const body = rows.map((row): StyledLine[] => {
		const changed = row.cells.some((cell) => cell.changed);
		return [
			[mark(changed, theme), span(row.label, toneOf(changed, 'strong'))],
			[span(row.pte, row.pte === 'none' ? 'dim' : 'plain')],
			...row.cells.map((cell): StyledLine => {
				if (cell.state === 'empty')
					return [span(cell.changed ? `${theme.glyphs.changed}-` : '-', toneOf(cell.changed, 'dim'))];
				const isStale = cell.state === 'stale';
				return [
					span(cell.changed ? theme.glyphs.changed : '', 'changed'),
					span(cell.text, isStale ? 'bad' : toneOf(cell.changed, 'live')),
					span(isStale ? `${theme.glyphs.stale}stale` : '', 'bad'),
				];
			}),
			emptyLine,
		];
	});
	const lines = table([heading, ...body], { gap: 2, widest: [20, 14], ellipsis: theme.glyphs.ellipsis });
	// A remark stands beside its row where there is room, else below it: it says since when, which is what one wants to know.
	return lines.flatMap((styled, index): StyledLine[] => {
		const row = rows[index - 1];
		const remark = row === undefined ? '' : remarkOf(row);
		if (remark === '') return [styled];
		if (lineWidth(styled) + textWidth(remark) <= width) return [[...styled, span(remark, 'dim')]];
		return [styled, ...wrapText(remark, width - 6).map((text) => line(`      ${text}`, 'dim'))];
	});
}

function remarkOf(row: TlbRow): string {
	const remarks = row.cells.filter((cell) => cell.remark !== '');
	return remarks.map(({ cpu, remark }) => span(`${remarks.length > 1 ? `TLB${cpu} ` : ''}${remark}`).text).join('; ');
}

export function lockLines(rows: readonly LockRow[], width: number, theme: Theme): readonly StyledLine[] {
	const used = rows.filter((row) => row.holders.length > 0 || row.waiters.length > 0 || row.changed);
	const others = rows.filter((row) => !used.includes(row));
	if (rows.length === 0) return nothing('no locks');
	const nameWidth = Math.min(28, Math.max(0, ...used.map(({ name }) => textWidth(span(name).text))));
	const body = used.flatMap((row): StyledLine[] => {
		const tone = toneOf(row.changed, 'strong');
		const head: StyledLine = [
			mark(row.changed, theme),
			...fitLine([span(row.name, tone)], nameWidth, theme.glyphs.ellipsis),
			span('  '),
			...holderSpans(row),
		];
		const waiters = row.waiters.map((waiter) => span(`${waiter} waits`, 'warning'));
		const inLine = waiters.flatMap((waiter) => [span('; '), waiter]);
		const kind = span(`  ${row.kind}`, 'dim');
		const room = width - lineWidth(head) - lineWidth(inLine);
		if (room >= textWidth(kind.text)) return [[...head, ...inLine, kind]];
		if (room >= 0) return [[...head, ...inLine]];
		return [head, ...waiters.map((waiter) => [span(' '.repeat(nameWidth + 3)), waiter])];
	});
	const names = others.map(({ name }) => span(name).text).join(', ');
	const free =
		others.length === 0 ? [] : wrapText(`${used.length === 0 ? 'all free:' : 'free:'} ${names}`, width - 1, '  ');
	return [...body, ...free.map((text) => line(` ${text}`, 'dim'))];
}

function holderSpans({ holders, changed }: LockRow): readonly Span[] {
	if (holders.length === 0) return [span('free', toneOf(changed, 'dim'))];
	return holders.flatMap(({ actor, mode, since }, index): Span[] => [
		span(index === 0 ? 'held by ' : ', ', 'dim'),
		span(actor, 'strong'),
		span(`${mode === 'exclusive' || mode === '' ? '' : ` (${mode})`} since step ${since}`),
	]);
}

export function frameLines(rows: readonly FrameRow[], theme: Theme): readonly StyledLine[] {
	if (rows.length === 0) return nothing('no pages');
	return table(
		[
			[
				[span(' page', 'heading')],
				[span('owner', 'heading')],
				[span('gen', 'heading')],
				[span('word', 'heading')],
				[span('seen through', 'heading')],
			],
			...rows.map((row) => [
				[mark(row.changed, theme), span(row.frame, toneOf(row.changed, 'strong'))],
				[span(row.owner, row.owner === 'free' ? 'dim' : toneOf(row.changed))],
				[span(String(row.generation), 'dim')],
				[span(String(row.word), 'dim')],
				row.aliases.flatMap((alias, index): Span[] => [
					span(index === 0 ? '' : ', ', 'dim'),
					span(alias, alias.includes('stale') ? 'bad' : 'plain'),
				]),
			]),
		],
		{ gap: 2, widest: [12, 24, 5, 8], ellipsis: theme.glyphs.ellipsis },
	);
}

export function objectLines(rows: readonly ObjectRow[], theme: Theme): readonly StyledLine[] {
	if (rows.length === 0) return nothing('no objects');
	return rows.flatMap((row) => {
		const isFreed = row.status === 'freed';
		const title: StyledLine = [
			mark(row.changed, theme),
			span(row.name, toneOf(row.changed, 'strong')),
			span(row.type === '' ? '' : ` ${row.type}`, 'dim'),
			span(isFreed ? ` FREED at ${row.freed}` : '', 'bad'),
			span(row.allocated === '' ? '' : `  allocated at ${row.allocated}`, 'dim'),
		];
		const fields = row.fields.map((field): StyledLine[] => {
			const changed = field.before !== null;
			return [
				[span('   '), mark(changed, theme), span(field.name === '' ? 'value' : field.name, isFreed ? 'dim' : 'plain')],
				[
					span(field.value, toneOf(changed, isFreed ? 'dim' : 'plain')),
					span(changed ? `  (was ${field.before})` : '', 'dim'),
				],
			];
		});
		return [title, ...table(fields, { gap: 2, widest: [30], ellipsis: theme.glyphs.ellipsis })];
	});
}

export function rcuLines(rcu: RcuView, interrupts: readonly InterruptRow[]): readonly StyledLine[] {
	const readers: StyledLine[] =
		rcu.readers.length === 0
			? [line(' no readers', 'dim')]
			: rcu.readers.map(({ actor, depth }) => [
					span(` ${actor}`, 'strong'),
					span(` is in a read section${depth > 1 ? `, depth ${depth}` : ''}`),
				]);
	const callbacks: StyledLine[] =
		rcu.callbacks.length === 0
			? [line(' no callbacks', 'dim')]
			: rcu.callbacks.map(({ text, waitsFor }) => [
					span(` ${text}`),
					waitsFor.length === 0
						? span(', ready to run', 'good')
						: span(`, waits for ${waitsFor.join(', ')}`, 'warning'),
				]);
	const flushes: StyledLine[] =
		interrupts.length === 0
			? [line(' no interrupts on their way', 'dim')]
			: interrupts.map(({ text }) => [span(` ${text}`, 'warning')]);
	return [...readers, ...callbacks, ...flushes];
}

export function costLines(rows: readonly CostRow[], theme: Theme): readonly StyledLine[] {
	if (rows.length === 0) return nothing('nothing counted yet');
	return table(
		rows.map((row) => [
			[mark(row.growth !== 0, theme), span(row.name)],
			[
				span(String(row.value), toneOf(row.growth !== 0)),
				span(row.growth === 0 ? '' : `  +${row.growth} in this step`, 'dim'),
			],
		]),
		{ gap: 2, widest: [40], ellipsis: theme.glyphs.ellipsis },
	);
}
