/** The views of a state as plain text, for `mmstep run`, `replay` and mails. */

import { treeText } from '../inspect/tree-drawing.ts';
import type { CustomView, CustomViewRow, StateViews } from '../inspect/views.ts';
import { alignColumns, asciiText, wrapLine } from './wrap.ts';

/** A summary of the state: what is of interest at the end of a run. Sections that have nothing to say are left out. */
export function stateText(views: StateViews): string[] {
	const sections: readonly (readonly [string, readonly string[]])[] = [
		['CPUs', cpus(views)],
		...views.custom.map((view) => [view.title, customView(view)] as const),
		['page tables', pageTables(views)],
		['TLBs', tlbs(views)],
		['locks', locks(views)],
		['RCU', rcu(views)],
		['interrupts', views.interrupts.map((row) => row.text)],
		['pages', frames(views)],
	];
	return sections
		.filter(([, lines]) => lines.length > 0)
		.flatMap(([title, lines]) => [`${title}:`, ...lines.map((line) => `  ${line}`)])
		.map((line) => asciiText(line).trimEnd());
}

/** The cost counters, a line each: flushes first, and what is counted by class beside its sum. */
export function costText({ costs }: StateViews): string[] {
	const sums = costs.filter(({ name }) => !name.includes(': '));
	const lone = costs.filter(({ name }) => name.includes(': ') && !sums.some((sum) => name.startsWith(`${sum.name}: `)));
	const isFlush = (name: string): boolean => /flush|invalidat/i.test(name);
	const ordered = [...sums, ...lone].toSorted((a, b) => Number(isFlush(b.name)) - Number(isFlush(a.name)));
	const width = Math.max(0, ...ordered.map((cost) => String(cost.value).length));
	return ordered.flatMap(({ name, value }) => {
		const classes = costs
			.filter((cost) => cost.name.startsWith(`${name}: `))
			.map((cost) => `${cost.name.slice(name.length + 2)} ${cost.value}`);
		const isSame =
			classes.length === 1 && costs.some((cost) => cost.name.startsWith(`${name}: `) && cost.value === value);
		const beside = classes.length === 0 ? '' : ` (${isSame ? classes[0]?.replace(/ \d+$/, '') : classes.join(', ')})`;
		return wrapLine(asciiText(`  ${String(value).padStart(width)}  ${name}${beside}`), 79, width + 6);
	});
}

function cpus({ cpus }: StateViews): string[] {
	const rows = cpus
		.filter((cpu) => cpu.status !== 'idle')
		.map((cpu) => {
			const [top] = cpu.stack;
			const place = top === undefined ? '' : `in ${top.function} (${top.file}:${top.line})`;
			const words = [place, cpu.waitsFor, ...cpu.holds.map((hold) => `holds ${hold}`)].filter((word) => word !== '');
			return [cpu.name, cpu.status, words.join('; ')];
		});
	return alignColumns(rows, '', 76);
}

/** One of the model's own views, with its title. */
export function customText(view: CustomView): string[] {
	return [`${view.title}:`, ...customView(view).map((line) => `  ${line}`)].map((line) => asciiText(line).trimEnd());
}

function customView({ rows }: CustomView): string[] {
	const others = rows.filter(({ tree }) => tree === null);
	const label = Math.max(0, ...others.map((row) => row.label.length));
	return [...treeText(rows, 76), ...others.flatMap((row) => customRow(row, label))];
}

/** A strip, its badges and fields on one line; brackets and remarks below. */
function customRow(row: CustomViewRow, label: number): string[] {
	const cellWidth = Math.max(1, ...row.cells.map((cell) => cell.text.length));
	const strip = row.cells.map((cell) => cell.text.padEnd(cellWidth)).join(cellWidth > 1 ? ' ' : '');
	const words = [
		...row.badges.map((badge) => `[${badge.text}]`),
		...row.fields.map((field) => (field.name === '' ? field.value : `${field.name} ${field.value}`)),
	];
	const lead = `${row.label.padEnd(label)}  ${strip === '' ? '' : `${strip}  `}`;
	const lines = wrapLine(lead + words.join('  '), 78, lead.length);
	if (row.range !== null && row.range.start < row.range.end) {
		const step = cellWidth > 1 ? cellWidth + 1 : 1;
		const width = (row.range.end - row.range.start) * step - (cellWidth > 1 ? 1 : 0);
		const bracket = width < 2 ? '^' : `[${'-'.repeat(width - 2)}]`;
		lines.push(`${' '.repeat(label + 2 + row.range.start * step)}${bracket}`);
	}
	return [...lines, ...row.remarks.flatMap((remark) => wrapLine(`${' '.repeat(label + 2)}${remark}`, 78, label + 2))];
}

function pageTables({ pageTables }: StateViews): string[] {
	return alignColumns(
		pageTables
			.filter((row) => row.depth === 0 || row.present || row.lock !== '')
			.map((row) => [
				`${' '.repeat(row.depth)}${row.label}`,
				row.entry + (row.lock === '' ? '' : `  lock: ${row.lock}`),
			]),
		'',
		76,
	);
}

function tlbs({ tlbs }: StateViews): string[] {
	return alignColumns(
		tlbs.flatMap((row) =>
			row.cells
				.filter((cell) => cell.state !== 'empty')
				.map((cell) => [
					`CPU${cell.cpu}`,
					row.label,
					cell.text,
					cell.state === 'stale' ? 'STALE' : '',
					`tables: ${row.pte}; ${cell.remark}`,
				]),
		),
		'',
		76,
	);
}

function locks({ locks }: StateViews): string[] {
	return alignColumns(
		locks
			.filter((lock) => lock.holders.length > 0 || lock.waiters.length > 0)
			.map((lock) => [
				lock.name,
				lock.kind,
				[
					...lock.holders.map((holder) => `held by ${holder.actor}${modeText(holder.mode)} since step ${holder.since}`),
					...lock.waiters.map((waiter) => `${waiter} waits`),
				].join('; '),
			]),
		'',
		76,
	);
}

function modeText(mode: string): string {
	return mode === '' || mode === 'exclusive' ? '' : ` (${mode})`;
}

function rcu({ rcu }: StateViews): string[] {
	return [
		...rcu.readers.map(
			(reader) => `${reader.actor} is in a read section${reader.depth > 1 ? `, depth ${reader.depth}` : ''}`,
		),
		...rcu.callbacks.map(
			(callback) =>
				`${callback.text}${callback.waitsFor.length > 0 ? `; waits for ${callback.waitsFor.join(', ')}` : '; grace period over'}`,
		),
	];
}

function frames({ frames }: StateViews): string[] {
	return alignColumns(
		frames
			.filter((frame) => frame.generation > 0 || frame.aliases.length > 0)
			.map((frame) => [
				frame.frame,
				frame.owner === '' ? 'free' : frame.owner,
				`generation ${frame.generation}`,
				frame.aliases.join(', '),
			]),
		'',
		76,
	);
}
