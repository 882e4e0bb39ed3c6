import { plainLine } from '../../language/plain-text.ts';
import { wrapProse } from '../../report/wrap.ts';
import type { Target } from '../../scenario/scenario.ts';
import { buildTarget, type PartialSelection, resolveSelection } from '../../scenario/target.ts';
import { type Drawing, DrawingError } from '../../session/follow/drawing.ts';
import { type Comparison, compareDrawing, type Following, followDrawing } from '../../session/follow/follow.ts';
import { choose, type MatchedItem, type NamedColumns } from '../../session/follow/matching.ts';
import { linesInTheWay } from '../../session/follow/removal.ts';
import { startRecorder } from '../../session/recorder.ts';
import type { Arguments } from '../arguments.ts';
import { readDrawing } from '../drawing-file.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError } from '../io.ts';
import { requireNewFile } from '../new-file.ts';
import { openScenario } from '../open-scenario.ts';
import { timeLimit } from '../time-limit.ts';
import { asUsage } from '../usage.ts';
import type { Verb } from '../verb.ts';
import { candidateLines, followData, followText } from './follow-text.ts';
import { followOnOther, isSure, otherSeconds } from './program-choice.ts';

/** Seconds for the lines that stand in the way. */
const wayOutSeconds = 20;

export const followVerb: Verb = {
	name: 'follow',
	usage: 'follow SCENARIO/KERNEL DRAWING',
	summary: 'reads a race drawn in CPU columns, and finds out whether a kernel can do that',
	help: [
		'DRAWING: a text file with a race as commit messages and mails have it: columns with',
		'heads (CPU0  CPU1), one column or numbered points, lines "CPU0: event", or [Time N]',
		'blocks; quoted or not, tabs or blanks, an event a line, time downwards. Remarks',
		'(// ..., [ ... ]) are skipped. --drawing N: the Nth drawing of the file. "-" is',
		'standard input.',
		'',
		'Each line is compared with everything that its CPU ever does in the program: names',
		'first, then what is alike. A line that is not sure is asked for on a terminal; --yes',
		'takes what is most alike. Then an execution is looked for that shows the lines in',
		'their order: no call half done where it can be over, the fewest detours by others,',
		'the fewest steps. Where there is none, it says how far one can come, what stops the',
		'next line, in which other order the lines can happen, and which of them, the fewest,',
		`stand in the way of the rest (looked for during ${wayOutSeconds} seconds).`,
		'',
		'Whose a column is, is told from its head and its lines; --column says it.',
		'',
		'Without --program the first program is taken, or where the drawing cannot be followed',
		`on that, the first other one on which it can (looked for during ${otherSeconds} seconds).`,
		'',
		'Exit status: 0 when the drawing was followed and nothing is wrong at its end; 1 when',
		'a violation was found, or the drawing cannot happen; 3 when it cannot be read or a',
		'line is not sure; 4 when the search gave up before it knew.',
		'',
		'--json: {format: "mmstep-follow", version: 1, <as for run, without schedule, end and',
		'error>, outcome: "followed"|"impossible"|"unmatched"|"unsure"|"bounded", drawing:',
		'{style, count, columns: [{head, actor}]}, lines: [{line, column, text, form, status:',
		'"shown"|"waits"|"skipped"|"stops"|"missing"|"unsure", how, step, match: null|{kind,',
		'text, function, file, line}, reason, candidates: [{likelihood, <as match>}]}],',
		'obstacle: null|{line, kind, reasons, before: [line]}, otherOrder: null|[{line, text,',
		'step}], inTheWay: null|{sets: [[line]], isSmallest}, states}.',
	],
	flags: ['program', 'set', 'drawing', 'column', 'yes', 'record', 'json'],
	operands: { least: 2, most: 2 },
	run: ([name = '', file = ''], options, io) => follow(name, file, options, io),
};

async function follow(name: string, file: string, options: Arguments, io: CommandIo): Promise<ExitCode> {
	const { scenario, kernel } = openScenario(name, io.kept);
	if (kernel === 'all') throw new UsageError('follow takes one kernel');
	if (options.record !== undefined) requireNewFile(options.record);
	const selection: PartialSelection = { kernel: kernel ?? undefined, program: options.program, options: options.set };
	asUsage(() => resolveSelection(scenario, selection));
	const drawing = readDrawing(file, drawingNumber(options.drawing));
	const named = namedColumns(drawing, options.column);
	const target = buildTarget(scenario, selection);
	const areOthers = options.program === undefined && scenario.programs.length > 1;
	const first = compareFirst(target, drawing, named, areOthers);
	const sure = first !== null && isSure(first) ? followDrawing(first) : null;
	const limit = timeLimit(String(otherSeconds));
	const other =
		!areOthers || sure?.outcome === 'followed'
			? null
			: followOnOther(scenario, target.selection, drawing, named, sure !== null, limit.isOver);
	if (other !== null) {
		const { program } = other.comparison.target.selection;
		const note = `note: program ${program} was taken: on ${target.selection.program}, the first, the drawing cannot be followed (--program)`;
		for (const line of wrapProse(note)) io.err(`${line}\n`);
		return finish(other.comparison, other.comparison.items, other.following, file, options, io);
	}
	// Without another, it is the first that has to say what is wrong with it.
	const comparison = first ?? compareDrawing(target, drawing, named);
	const items = sure === null ? await settleUnsure(comparison, options, io) : comparison.items;
	if (items === null) return printUnsure(comparison, file, options, io);
	return finish(comparison, items, sure ?? followDrawing(comparison, items), file, options, io);
}

function finish(
	comparison: Comparison,
	items: readonly MatchedItem[],
	following: Following,
	file: string,
	options: Arguments,
	io: CommandIo,
): ExitCode {
	if (options.record !== undefined) startRecorder(options.record, following.session).close();
	const inTheWay = linesInTheWay(comparison, items, following, timeLimit(String(wayOutSeconds)).isOver);
	if (options.json) io.out(`${JSON.stringify(followData(comparison, items, following, inTheWay), null, 2)}\n`);
	const print = options.json ? io.err : io.out;
	for (const line of followText(comparison, items, following, inTheWay, { file, record: options.record }))
		print(`${line}\n`);
	return statusOf(following);
}

function statusOf({ outcome, violations }: Following): ExitCode {
	if (violations.some(({ severity }) => severity === 'violation')) return exitCodes.violation;
	switch (outcome) {
		case 'followed':
			return exitCodes.ok;
		case 'impossible':
		case 'unmatched':
			return exitCodes.violation;
		case 'bounded':
			return exitCodes.gaveUp;
		default:
			return outcome satisfies never;
	}
}

function drawingNumber(which: string | undefined): number {
	const number = which === undefined ? 1 : Number(which);
	if (!Number.isInteger(number) || number < 1) throw new UsageError('--drawing takes a number from 1 on');
	return number;
}

/** Columns by number, with whom the user says they are. */
function namedColumns({ columns }: Drawing, wishes: Readonly<Record<string, string>>): NamedColumns {
	const heads = columns.map(({ head }) => head);
	const plain = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase();
	const named = new Map<number, string>();
	for (const [wish, actor] of Object.entries(wishes)) {
		const byHead = heads.findIndex((head) => [head, head.replace(/\s*\(.*$/, '')].map(plain).includes(plain(wish)));
		const column = byHead >= 0 ? byHead : /^[1-9]\d?$/.test(wish) ? Number(wish) - 1 : -1;
		if (heads[column] === undefined) {
			const known = heads.map((head, index) => `${index + 1}${head === '' ? '' : ` "${plainLine(head)}"`}`);
			throw new UsageError(`--column: there is no column "${plainLine(wish)}"; there are ${known.join(', ')}`);
		}
		if (named.has(column)) throw new UsageError(`--column: column ${column + 1} is named twice`);
		if ([...named.values()].some((other) => plain(other) === plain(actor))) {
			throw new UsageError(`--column: ${plainLine(actor)} can have one column only`);
		}
		named.set(column, actor);
	}
	return named;
}

/** The comparison with the first program; null when the drawing has columns that are none of its CPUs, and there are others. */
function compareFirst(target: Target, drawing: Drawing, named: NamedColumns, areOthers: boolean): Comparison | null {
	try {
		return compareDrawing(target, drawing, named);
	} catch (error) {
		if (error instanceof DrawingError && areOthers) return null;
		throw error;
	}
}

/** Settles what the lines mean that are not sure; null when nobody can say. */
async function settleUnsure(comparison: Comparison, options: Arguments, io: CommandIo): Promise<MatchedItem[] | null> {
	const items: MatchedItem[] = [];
	for (const item of comparison.items) {
		if (item.kind !== 'step' || item.how !== 'unsure') {
			items.push(item);
			continue;
		}
		const [best] = item.candidates;
		if (best === undefined) return null;
		if (options.yes) {
			items.push(choose(item, best));
			continue;
		}
		if (!io.isInteractive || io.ask === undefined) return null;
		for (const line of candidateLines(comparison, item)) io.err(`${line}\n`);
		const answer = (await io.ask(`which one (1 to ${item.candidates.length}, 0 for none of them) [1]? `))?.trim();
		if (answer === undefined) return null;
		const chosen = answer === '' ? best : item.candidates[Number(answer) - 1];
		if (chosen !== undefined) items.push(choose(item, chosen));
		else
			items.push({
				item: item.item,
				context: item.context,
				kind: 'skipped',
				reason: 'nothing of the model, as you said',
			});
	}
	return items;
}

function printUnsure(comparison: Comparison, file: string, options: Arguments, io: CommandIo): ExitCode {
	if (options.json) io.out(`${JSON.stringify(followData(comparison, comparison.items, null, null), null, 2)}\n`);
	io.err(`mmstep: it is not sure what these lines of ${plainLine(file)} mean; --yes takes the first one each\n`);
	for (const item of comparison.items) {
		if (item.kind === 'step' && item.how === 'unsure')
			for (const line of candidateLines(comparison, item)) io.err(`${line}\n`);
	}
	return exitCodes.input;
}
