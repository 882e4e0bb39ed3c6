/** What `mmstep check` prints, as lines of ASCII text of at most 80 characters. */

import type { Bound, CheckFinding, CheckReport } from '../../explore/check-job.ts';
import { plainLine, plainText } from '../../language/plain-text.ts';
import { withoutKind } from '../../report/violation-phrases.ts';
import { asciiText, wrapLine } from '../../report/wrap.ts';
import { unusualOptions } from '../../scenario/expected.ts';
import type { CheckRow } from './rows.ts';
import { foundKinds, type Verdict, verdictOf, violationsOf } from './verdict.ts';

const width = 80;

/** Findings that are listed for one row. */
const maxFindings = 10;

/** Names that are longer have a line of their own. */
const maxName = 24;

/** Widths of the columns, from all the rows. */
export interface Columns {
	readonly name: number;
}

export function columnsFor(rows: readonly CheckRow[]): Columns {
	const lengths = rows.map((row) => rowName(row).length).filter((length) => length <= maxName);
	return { name: Math.max(7, ...lengths) };
}

/** `scenario/kernel`: what a group of rows has in common. */
export function groupName({ scenario, selection }: CheckRow): string {
	return asciiText(`${scenario.id}/${selection.kernel}`);
}

/** The program, and what is unusual about the options. */
export function rowName({ scenario, selection }: CheckRow): string {
	return asciiText([selection.program, ...unusualOptions(scenario, selection)].join(' '));
}

/** The line above the rows of a group. */
export function headingLine(columns: Columns): string {
	return `  ${'program'.padEnd(columns.name)} ${rightAligned(['states', 'transitions', 'time'])} search   violations`;
}

function rightAligned([states = '', transitions = '', time = '']: readonly string[]): string {
	return `${states.padStart(9)} ${transitions.padStart(11)} ${time.padStart(8)}`;
}

const marks: Readonly<Record<Verdict, string>> = { expected: ' ', unexpected: '!', undecided: '?', broken: '!' };

/**
 * A row with what was found; what is not as expected on further lines.
 * @param before the report above it: a problem that both have is not told again
 */
export function rowLines(row: CheckRow, report: CheckReport, before: CheckReport | null, columns: Columns): string[] {
	const verdict = verdictOf(row, report);
	const name = rowName(row);
	if (report.problem !== null) {
		if (report.problem === before?.problem) return [`${marks[verdict]} ${name}: the same`];
		return [`${marks[verdict]} ${name}`, ...problemLines(report.problem)];
	}
	// After Ctrl-C there may be hundreds of these, and above them is what was found.
	if (report.bound === 'interrupted' && report.states === 0) {
		return [`${marks[verdict]} ${name.padEnd(columns.name)} not begun`];
	}
	const numbers = rightAligned([count(report.states), count(report.transitions), secondsText(report.seconds)]);
	const isEnough = !report.complete && report.bound === null;
	const search = report.complete ? 'complete' : isEnough ? 'ended   ' : 'bounded ';
	const isLong = name.length > columns.name;
	const start = `${marks[verdict]} ${(isLong ? '' : name).padEnd(columns.name)} ${numbers} ${search}`;
	const kinds = kindsText(foundKinds(report)) + (report.bound === null ? '' : ' so far');
	const own = isLong ? [`${marks[verdict]} ${name}`] : [];
	const lines =
		start.length + 1 + kinds.length <= width
			? [...own, `${start} ${kinds}`]
			: [...own, start.trimEnd(), ...wrapLine(kinds, width - 6).map((line) => `      ${line}`)];
	if (verdict === 'expected') return lines;
	const expected = row.expected === null ? [] : [`expected: ${kindsText(row.expected.kinds)}`];
	const why = report.bound === null ? [] : [`bounded: ${boundText(report.bound)}`];
	const violations = verdict === 'unexpected' ? violationsOf(report.findings) : [];
	const listed = violations.slice(0, maxFindings).map(findingText);
	const more = violations.length > maxFindings ? [`and ${violations.length - maxFindings} more`] : [];
	return [
		...lines,
		...[...expected, ...why, ...listed, ...more].flatMap((text) =>
			wrapLine(text, width - 6, 2).map((line) => `      ${line}`),
		),
	];
}

/** What is wrong with a model. Lines of source and the marks below them stay as they are, as far as they fit. */
function problemLines(problem: string): string[] {
	const lines = asciiText(plainText(problem)).trimEnd().split('\n');
	return lines
		.flatMap((line) => (line.startsWith(' ') ? [line.slice(0, width - 6)] : wrapLine(line, width - 6, 2)))
		.map((line) => `      ${line}`.trimEnd());
}

function kindsText(kinds: readonly string[]): string {
	return kinds.length === 0 ? 'none' : kinds.join(', ');
}

/** One finding on a line: what, where, and how far away. */
export function findingText({
	kind,
	title,
	function: fn,
	file,
	line,
	steps,
	switches,
	severity,
}: CheckFinding): string {
	const where = file === '' ? '' : ` in ${fn} (${file}:${line})`;
	const mark = severity === 'violation' ? '' : `${severity} `;
	const rest = withoutKind(kind, plainLine(title));
	const what = rest.startsWith(`in ${fn}: `) ? rest.slice(fn.length + 5) : rest;
	return asciiText(`${mark}${kind}${where}, ${plural(steps, 'step')}, ${plural(switches, 'context switch')}: ${what}`);
}

export function boundText(bound: Bound): string {
	switch (bound) {
		case 'states':
			return 'the limit of states was reached (--max-states)';
		case 'depth':
			return 'the limit of steps was reached (--max-depth)';
		case 'seconds':
			return 'the time was up (--max-seconds)';
		case 'memory':
			return 'hardly any memory was left';
		case 'interrupted':
			return 'interrupted';
	}
}

export interface Result {
	readonly row: CheckRow;
	readonly report: CheckReport;
}

/** The last lines: how many rows are as expected, and how much was searched. */
export function summaryLines(results: readonly Result[], seconds: number): string[] {
	const of = (verdict: Verdict): number =>
		results.filter(({ row, report }) => verdictOf(row, report) === verdict).length;
	const bounded = results.filter(({ report }) => report.bound !== null).length;
	const states = results.reduce((sum, { report }) => sum + report.states, 0);
	const transitions = results.reduce((sum, { report }) => sum + report.transitions, 0);
	const parts = [
		`${of('expected')} as expected`,
		...(of('unexpected') > 0 ? [`${of('unexpected')} NOT AS EXPECTED`] : []),
		...(of('undecided') > 0 ? [`${of('undecided')} undecided`] : []),
		...(of('broken') > 0 ? [`${of('broken')} COULD NOT BE CHECKED`] : []),
	];
	const complete = of('broken') > 0 ? [] : ['complete'];
	const searched = bounded === 0 ? complete : [`bounded: ${bounded} of them not searched to the end`];
	const sums = `${plural(states, 'state')}, ${plural(transitions, 'transition')}, ${secondsText(seconds).trim()}`;
	return wrapLine(
		`${plural(results.length, 'row')}: ${[parts.join(', '), ...searched, sums].join('; ')}`,
		width - 1,
		2,
	);
}

/** `12,345` */
export function count(number: number): string {
	return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function plural(number: number, noun: string): string {
	return `${count(number)} ${noun}${number === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`;
}

/** `0.03 s`, `12.3 s`, `4 min 05 s` */
export function secondsText(seconds: number): string {
	if (seconds < 10) return `${seconds.toFixed(2)} s`;
	if (seconds < 100) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
