/** A report as the body of a mail: plain ASCII, lines of at most 80 columns with tabs of 8, nothing that a mail reader would change. */

import type { BugReport, KernelRow } from './bug-report.ts';
import { drawColumns } from './draw-columns.ts';
import { withPointNumbers } from './point-numbers.ts';
import { withoutKind } from './violation-phrases.ts';
import { alignColumns, asciiText, wrapLine, wrapProse } from './wrap.ts';

/** Further reports that are told of, in a line or two each. */
const maxOthers = 6;

/** The lines of a report. */
export function reportText(report: BugReport): string[] {
	const { violations, drawing, remarks, notes, reproduce } = report;
	const [first, ...others] = violations;
	return [
		...wrapLine(asciiText(`Subject: ${report.subject}`), 79, 9),
		'',
		...report.summary.flatMap((paragraph) => [...wrapProse(paragraph), '']),
		...remarks.flatMap((remark) => wrapProse(`Note: ${remark}`)),
		...(remarks.length > 0 ? [''] : []),
		...drawColumns(drawing),
		'',
		...(drawing.isFull || drawing.omitted === 0
			? []
			: [...wrapProse('Only what matters is drawn; "mmstep report --full" draws every step.'), '']),
		...whyText(report),
		...stepsText(report),
		...stateLines(report),
		...(first === undefined ? [] : [...first.splat, '']),
		...othersText(others),
		...kernelsText(report),
		...(reproduce.length > 0 ? section('To reproduce', reproduce.map(asciiText).flatMap(commandLines)) : []),
		...(notes.length > 0
			? section(
					'Notes',
					notes.flatMap(({ step, text }) => hanging(`step ${step}: `, text)),
				)
			: []),
		...section('About the model', aboutLines(report)),
	].map((line) => asciiTabbed(line));
}

/** Texts are ASCII already; tabs are the drawing's own. */
function asciiTabbed(line: string): string {
	return line.split('\t').map(asciiText).join('\t').trimEnd();
}

function section(title: string, lines: readonly string[]): string[] {
	return [`${title}:`, ...lines, ''];
}

function hanging(lead: string, text: string): string[] {
	const [head = '', ...rest] = wrapLine(asciiText(text), 75 - 2 - lead.length);
	return [`  ${lead}${head}`, ...rest.map((part) => `  ${' '.repeat(lead.length)}${part}`)];
}

/** A command is never broken where a reader would have to put it together again: lines end in a backslash. */
function commandLines(command: string): string[] {
	const lines = wrapLine(`  ${command}`, 76, 4);
	return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

/** Which steps the numbered lines are: the report of the detector, and the debugger, speak of steps. */
export function stepsText({ points, drawing }: BugReport): string[] {
	if (points.length === 0) return [];
	const steps = new Map<number, number[]>();
	for (const { number, step } of points) steps.set(number, [...(steps.get(number) ?? []), step]);
	const numbered = [...steps].map(([number, own]) => `(${number}) ${own.join(' and ')}`);
	const last = drawing.events.at(-1);
	const end = last?.kind === 'violation' ? `; the last line is step ${last.step}` : '';
	return [...wrapProse(`Steps of the numbered lines: ${numbered.join(', ')}${end}.`), ''];
}

/** What led to it, with the numbers of the drawing in place of steps. */
function whyText(report: BugReport): string[] {
	const [first] = report.violations;
	const why = first?.severity === 'violation' ? first.details : [];
	return [
		...(why.length > 0
			? section(
					'Why',
					why.flatMap((detail) => hanging('- ', withPointNumbers(report.points, detail))),
				)
			: []),
		...pointsText(report),
	];
}

/** What the schedule says of the numbered lines. */
export function pointsText({ points }: Pick<BugReport, 'points'>): string[] {
	const told = points.filter(({ text }) => text !== '');
	if (told.length === 0) return [];
	return section(
		'The numbered points',
		told.flatMap(({ number, text }) => hanging(`(${number}) `, text)),
	);
}

function stateLines(report: BugReport): string[] {
	const { state } = report;
	const told = (text: string): string => asciiText(withPointNumbers(report.points, text)) || '-';
	if (state.tables.length === 0) return [];
	const rows = state.tables.flatMap(({ title, rows }) =>
		rows.map(({ label, before, after }, index) => [
			index === 0 ? title : '',
			asciiText(label),
			before === after ? `${told(after)} (unchanged)` : `${told(before)} -> ${told(after)}`,
		]),
	);
	return section(`State ${state.before.text} -> ${state.after.text}`, alignColumns(rows, '  ', 79));
}

function othersText(others: BugReport['violations']): string[] {
	if (others.length === 0) return [];
	const shown = others.slice(0, maxOthers);
	const lines = shown.flatMap(({ severity, kind, title, step }) =>
		hanging(
			'- ',
			`${severity === 'violation' ? '' : `${severity}: `}${kind}: ${withoutKind(kind, title)} (step ${step})`,
		),
	);
	const more = others.length - shown.length;
	return section('Also reported', [...lines, ...(more > 0 ? [`  and ${more} more`] : [])]);
}

function kernelsText({ kernels, violations }: BugReport): string[] {
	if (kernels === null) return [];
	const kind = violations[0]?.kind;
	const has = (row: KernelRow): boolean => kind !== undefined && row.kinds.includes(kind);
	const rows = [...kernels.rows.filter(has), ...kernels.rows.filter((row) => !has(row))];
	return section('Kernels of the scenario, with the same program and options', [
		...rows.flatMap((row) => [
			...wrapLine(
				asciiText(`  ${row.kernel}${row.isReported ? ' (this one)' : ''}: ${outcomeText(row, has(row))}`),
				76,
				6,
			),
			...wrapLine(asciiText(`      ${row.title}`), 76, 6),
		]),
		...(rows.every(({ complete }) => complete)
			? ['complete: every interleaving was searched.']
			: wrapProse(
					`complete: every interleaving was searched; bounded: the search ended before, at ${kernels.seconds} seconds or another limit, and what it did not find may be there.`,
				)),
	]);
}

/** `HAS IT, also use-after-free (complete, 1546 states)`, `no violation (bounded by seconds, 12000 states)`. */
function outcomeText({ outcome, kinds, complete, bound, states }: KernelRow, hasIt: boolean): string {
	if (outcome === 'failed') return 'could not be searched';
	const search = complete ? 'complete' : `bounded${bound === '' ? '' : ` by ${bound}`}`;
	const what = kinds.length === 0 ? 'no violation' : hasIt ? kinds.join(', ') : `not this, but ${kinds.join(', ')}`;
	return `${what} (${search}, ${states} states)`;
}

function aboutLines({
	scenario,
	kernel,
	program,
	options,
	memoryModel,
	codeHash,
	tool,
	schedule,
}: BugReport): string[] {
	const { source } = scenario;
	const unusual = options.filter(({ isDefault }) => !isDefault).map(({ id, value }) => `${id}=${value}`);
	const from = [source.subject, source.author, source.date, source.messageId].filter((part) => part !== '').join('; ');
	const rows = [
		['scenario', `${scenario.id}: ${scenario.title}`],
		['kernel', `${kernel.id}${kernel.title === '' ? '' : `: ${kernel.title}`}`],
		['program', `${program.id}${program.title === '' ? '' : `: ${program.title}`}`],
		...(unusual.length > 0 ? [['options', unusual.join(' ')]] : []),
		...(schedule === null ? [] : [['schedule', `${schedule.id}: ${schedule.title}`]]),
		...(from === '' ? [] : [['source', from]]),
		['made by', `${tool}, model ${codeHash}, memory ${memoryModel}; nothing here ran on a kernel`],
	].map((row) => row.map(asciiText));
	return alignColumns(rows, '  ', 76);
}
