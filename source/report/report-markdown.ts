/**
 * A report as an issue on GitHub. Texts of models and notes are data there, too: nothing in them may become a heading, a link, a
 * picture, a mention or a reference, and no drawing can end the fence that it stands in.
 */

import { plainLine, plainText } from '../language/plain-text.ts';
import type { BugReport, KernelRow } from './bug-report.ts';
import { drawColumns } from './draw-columns.ts';
import { withPointNumbers } from './point-numbers.ts';
import { withoutKind } from './violation-phrases.ts';

/** The text of the issue, with its last line end. */
export function reportMarkdown(report: BugReport): string {
	const { subject, summary, remarks, drawing, violations, notes, reproduce } = report;
	const [first, ...others] = violations;
	const blocks: string[] = [
		`# ${inline(subject)}`,
		...summary.map(inline),
		...remarks.map((remark) => `> ${inline(remark)}`),
		fenced(drawColumns(drawing)),
		...(drawing.isFull || drawing.omitted === 0
			? []
			: ['Only what matters is drawn; `mmstep report --full` draws every step.']),
		...whyBlocks(report),
		...stateBlocks(report),
		...(first === undefined ? [] : ['## Report', fenced(first.splat)]),
		...(others.length > 0
			? [
					'## Also reported',
					others
						.map(
							({ severity, kind, title, step }) =>
								`- ${severity === 'violation' ? '' : `${severity}: `}${inline(`${kind}: ${withoutKind(kind, title)}`)} (step ${step})`,
						)
						.join('\n'),
				]
			: []),
		...kernelBlocks(report),
		...(reproduce.length > 0 ? ['## To reproduce', fenced(reproduce, 'sh')] : []),
		...(notes.length > 0
			? ['## Notes', notes.map(({ step, text }) => `- step ${step}: ${inline(text)}`).join('\n')]
			: []),
		'## About the model',
		aboutTable(report),
	];
	return `${blocks.join('\n\n')}\n`;
}

/**
 * A text as itself in Markdown, inside a line: what begins code, emphasis, links, pictures, HTML, tables or formulas is escaped;
 * so is what GitHub makes a mention, a reference or a link of by itself. At the start of a line a list or a heading might begin.
 */
export function inline(text: string): string {
	return plainLine(text)
		.replace(/[\\`*_[\]|~$]/g, '\\$&')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('@', '&#64;')
		.replaceAll('#', '&#35;')
		.replace(/:(?=\w|\/\/)/g, '&#58;')
		.replace(/\b(www)\./gi, '$1&#46;')
		.replace(/\b(GH)-(?=\d)/gi, '$1&#45;')
		.replace(/^([-+=!])/, '\\$1')
		.replace(/^(\d+)([.)])/, '$1\\$2');
}

/** Lines as a block of code. The fence is longer than every run of backticks in them. */
function fenced(lines: readonly string[], language = ''): string {
	const text = lines.map((line) => line.split('\t').map(plainText).join('\t')).join('\n');
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}${language}\n${text}\n${fence}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const row = (cells: readonly string[]): string =>
		`| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`;
	return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function whyBlocks(report: BugReport): string[] {
	const { violations, points } = report;
	const [first] = violations;
	const details = first?.severity === 'violation' ? first.details : [];
	const told = points.filter(({ text }) => text !== '');
	return [
		...(details.length > 0
			? ['## Why', details.map((detail) => `- ${inline(withPointNumbers(report.points, detail))}`).join('\n')]
			: []),
		...(told.length > 0
			? ['## The numbered points', told.map(({ number, text }) => `- (${number}) ${inline(text)}`).join('\n')]
			: []),
	];
}

function stateBlocks(report: BugReport): string[] {
	const { state } = report;
	if (state.tables.length === 0) return [];
	const rows = state.tables.flatMap(({ title, rows }) =>
		rows.map(({ label, before, after }) => [
			inline(title),
			inline(label),
			inline(withPointNumbers(report.points, before)),
			inline(withPointNumbers(report.points, after)),
		]),
	);
	return ['## State', table(['', '', inline(state.before.text), inline(state.after.text)], rows)];
}

function kernelBlocks({ kernels }: BugReport): string[] {
	if (kernels === null) return [];
	const rows = kernels.rows.map((row) => [
		row.isReported ? `**${inline(row.kernel)}**` : inline(row.kernel),
		row.outcome === 'failed' ? 'could not be searched' : inline(row.kinds.join(', ') || 'none'),
		inline(searchText(row)),
		String(row.states),
		inline(row.title),
	]);
	return [
		'## Kernels of the scenario',
		table(['kernel', 'violations', 'search', 'states', ''], rows),
		...(kernels.rows.every(({ complete }) => complete)
			? []
			: ['What a bounded search did not find may be there all the same.']),
	];
}

function searchText({ complete, bound }: KernelRow): string {
	return complete ? 'complete' : `bounded${bound === '' ? '' : ` by ${bound}`}`;
}

function aboutTable({ scenario, kernel, program, options, codeHash, tool, memoryModel, schedule }: BugReport): string {
	const { source } = scenario;
	const unusual = options.filter(({ isDefault }) => !isDefault).map(({ id, value }) => `${id}=${value}`);
	const from = [source.subject, source.author, source.date, source.messageId].filter((part) => part !== '').join('; ');
	const rows = [
		['scenario', `${scenario.id}: ${scenario.title}`],
		['kernel', `${kernel.id}: ${kernel.title}`],
		['program', `${program.id}: ${program.title}`],
		...(unusual.length > 0 ? [['options', unusual.join(' ')]] : []),
		...(schedule === null ? [] : [['schedule', `${schedule.id}: ${schedule.title}`]]),
		...(from === '' ? [] : [['source', from]]),
		['made by', `${tool}, model ${codeHash}, memory ${memoryModel}; nothing here ran on a kernel`],
	];
	return table(
		['', ''],
		rows.map((row) => row.map(inline)),
	);
}
