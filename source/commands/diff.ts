import type { Difference } from '../inspect/views.ts';
import { plainLine } from '../language/plain-text.ts';
import { alignColumns, asciiText, wrapProse } from '../report/wrap.ts';
import { codeHashOf } from '../scenario/target.ts';
import { RecordingError } from '../session/recording.ts';
import {
	type ChosenStep,
	differingParts,
	type RecordingDifference,
	type Replayed,
	recordingDifference,
	type StateDifference,
	type Unlike,
} from '../session/recording-difference.ts';
import { readRecordingFile } from '../session/recording-file.ts';
import { type Replay, replayRecording } from '../session/replay.ts';
import { currentBranch } from '../session/timeline.ts';
import { type CommandIo, type ExitCode, exitCodes } from './io.ts';
import { gaveUpText } from './replay-verify.ts';
import { timeLimit } from './time-limit.ts';
import type { Verb } from './verb.ts';

/** Lines of one list that are printed; --json has them all. */
const mostLines = 20;

export const diffVerb: Verb = {
	name: 'diff',
	usage: 'diff RECORDING RECORDING',
	summary: 'says in what two recordings differ',
	help: [
		'Both are replayed. Compared are scenario, kernel, program, options, code and texts;',
		'the steps and states on the way to the tip of the branch that each ends on; the',
		'other branches, the notes, and what was reported on any branch.',
		'',
		'Exit status: 0 the same, 1 different, 3 when one of them is no recording, is',
		'damaged or incomplete, or does not replay to the recorded states (what could be',
		'used is compared all the same), 4 when the time was over: 60 seconds for each,',
		'and for comparing, unless --max-seconds says otherwise.',
		'',
		'--json: {format: "mmstep-diff", version: 1, a, b: {file, tool, scenario, kernel,',
		'program, options, codeHash, steps, end, remarks}, same, differs: ["selection" |',
		'"code" | "texts" | "schedule" | "states" | "end" | "branches" | "notes" |',
		'"violations"], selection: [{name, a, b}], code: null|{a, b}, texts: [{path, line,',
		'only: null|"a"|"b"}], schedule: null|{step, a, b: null|{actor, alternative, grain,',
		'place: null|{function, file, line, text}}}, state, data: null|{step, changes:',
		'[{view, label, before: in A, after: in B}]}, end: [<as changes>], isSameEnd:',
		'null|boolean, branches: {onlyA, onlyB: [{name, steps}], differing: [{name,',
		'step}]}, notes: {onlyA, onlyB: [{branch, depth, text}]}, violations: {onlyA,',
		'onlyB: [{kind, severity, step, actor, function, title}]}, gaveUp}. `state` is the',
		'first that differs at all, `data` the first that differs in more than in where',
		'the CPUs stand; isSameEnd is null when the code differs. When a recording could not',
		'be replayed in time, same is null and what comes after differs is left out.',
	],
	flags: ['max-seconds', 'json'],
	operands: { least: 2, most: 2 },
	run: ([pathA = '', pathB = ''], { json, maxSeconds }, io) => {
		const a = readSide(pathA, maxSeconds);
		const b = readSide(pathB, maxSeconds);
		if (a.replay.gaveUp !== null || b.replay.gaveUp !== null) return giveUp(a, b, json, io);
		const difference = recordingDifference(a, b, timeLimit(maxSeconds).isOver);
		if (json) io.out(`${JSON.stringify(differenceData(a, b, difference), null, 2)}\n`);
		const print = json ? io.err : io.out;
		for (const line of differenceText(a, b, difference)) print(`${line}\n`);
		return statusOf(a, b, difference);
	},
};

interface Side extends Replayed {
	readonly file: string;
	readonly replay: Replay;
	/** What is wrong with it, a line each. */
	readonly faults: readonly string[];
}

/** Half a replay compared with another would differ in what has not been replayed: nothing is said then. */
function giveUp(a: Side, b: Side, json: boolean, io: CommandIo): ExitCode {
	if (json) {
		const sides = { a: sideData(a), b: sideData(b) };
		const data = { format: 'mmstep-diff', version: 1, ...sides, same: null, differs: [], gaveUp: true };
		io.out(`${JSON.stringify(data, null, 2)}\n`);
	}
	const print = json ? io.err : io.out;
	for (const line of [...faultLines(a, b), 'they were not compared']) print(`${line}\n`);
	return exitCodes.gaveUp;
}

/** @throws {RecordingError} naming the file */
function readSide(path: string, maxSeconds: string | undefined): Side {
	const limit = timeLimit(maxSeconds);
	const file = plainLine(path);
	try {
		const recording = readRecordingFile(path);
		const replay = replayRecording(recording, () => null, limit.isOver);
		const { session, divergence, gaveUp, remarks } = replay;
		const faults = [
			...remarks,
			...(divergence === null ? [] : [`It does not replay: ${divergence.message}.`]),
			...(gaveUp === null
				? []
				: [`It was not replayed to its end: ${gaveUpText(gaveUp.actions, recording, limit.seconds)}.`]),
		].map(plainLine);
		return { file, recording, session, replay, faults };
	} catch (error) {
		if (!(error instanceof RecordingError)) throw error;
		throw new RecordingError(error.message.includes(path) ? error.message : `${file}: ${error.message}`);
	}
}

function statusOf(a: Side, b: Side, difference: RecordingDifference): ExitCode {
	const sides = [a, b];
	if (sides.some(({ recording, replay }) => recording.end !== 'whole' || replay.divergence !== null)) {
		return exitCodes.input;
	}
	if (difference.gaveUp) return exitCodes.gaveUp;
	return differingParts(difference).length > 0 ? exitCodes.violation : exitCodes.ok;
}

function differenceData(a: Side, b: Side, difference: RecordingDifference): object {
	const { steps: _steps, ...rest } = difference;
	const differs = differingParts(difference);
	return {
		format: 'mmstep-diff',
		version: 1,
		a: sideData(a),
		b: sideData(b),
		same: differs.length === 0,
		differs,
		...rest,
	};
}

function sideData({ file, recording, session, faults }: Side): object {
	const { header, end } = recording;
	const { kernel, program, options } = header.selection;
	return {
		file,
		tool: header.tool,
		scenario: header.scenario.id,
		kernel: plainLine(kernel),
		program: plainLine(program),
		options,
		codeHash: codeHashOf(session.target),
		steps: currentBranch(session.timeline).tip.depth,
		end,
		remarks: faults,
	};
}

function differenceText(a: Side, b: Side, difference: RecordingDifference): string[] {
	const differs = differingParts(difference);
	const rows: [string, readonly string[]][] = [
		['selection', difference.selection.map(unlikeText)],
		['code', difference.code === null ? [] : [unlikeText({ name: 'hash', ...difference.code })]],
		['texts', textLines(difference)],
		['schedule', scheduleLines(difference)],
		['states', stateLines(difference)],
		['end', endLines(difference)],
		['branches', branchLines(difference)],
		['notes', oneSidedLines(difference.notes, ({ branch, depth, text }) => `${branch}:${depth} ${text}`)],
		[
			'violations',
			oneSidedLines(
				difference.violations,
				({ kind, severity, step, actor, function: name, title }) =>
					`${severity === 'violation' ? '' : `${severity}: `}${kind} at step ${step}${actor === '' ? '' : `, ${actor}`}${name === '' ? '' : ` in ${name}`}: ${title}`,
			),
		],
	];
	const verdict =
		differs.length === 0 ? 'the two recordings are the same' : `the two recordings differ in ${listed(differs)}`;
	return [
		...alignColumns(
			[sideRow('A', a, difference.steps.a), sideRow('B', b, difference.steps.b)].map((row) => row.map(asciiText)),
		),
		...faultLines(a, b),
		'',
		...rows.flatMap(([name, lines]) => section(name, lines)),
		...(difference.gaveUp ? ['not everything was compared: the time was over; --max-seconds N allows more'] : []),
		...wrapProse(verdict),
	];
}

function faultLines(a: Side, b: Side): string[] {
	return [a, b].flatMap(({ faults }, index) => faults.flatMap((fault) => wrapProse(`${'AB'[index]}: ${fault}`)));
}

function sideRow(letter: string, { file, recording, session }: Side, steps: number): string[] {
	const { scenario, selection, tool } = recording.header;
	const branch = session.timeline.branches[session.timeline.current]?.name ?? '';
	return [
		letter,
		file,
		`${scenario.id}/${plainLine(selection.kernel)}, ${countOf(steps, 'step')} on ${branch}, by ${tool}`,
	];
}

/** A heading with its lines below; the same, in a word. */
function section(name: string, lines: readonly string[]): string[] {
	if (lines.length === 0) return [`${name}: the same`];
	const more = lines.length - mostLines;
	return [
		`${name}:`,
		...lines.slice(0, mostLines).flatMap((line) => hung(asciiText(line))),
		...(more > 0 ? [`  and ${more} more`] : []),
	];
}

function hung(line: string): string[] {
	const [, blanks = '', text = ''] = /^( *)(.*)$/.exec(line) ?? [];
	const [first = '', ...rest] = wrapProse(text, ' '.repeat(blanks.length + 4), 80);
	return [first.slice(2), ...rest];
}

function unlikeText({ name, a, b }: Unlike): string {
	return `${plainLine(name)}: A ${plainLine(a) || 'none'}, B ${plainLine(b) || 'none'}`;
}

function textLines({ texts, code }: RecordingDifference): string[] {
	const lines = texts.map(({ path, line, only }) => {
		if (only !== null) return `${plainLine(path)}: only in ${only.toUpperCase()}`;
		return `${plainLine(path)}: differs from line ${line} on`;
	});
	return lines.length > 0 && code === null ? [...lines, '(they compile to the same code)'] : lines;
}

function scheduleLines({ schedule, steps }: RecordingDifference): string[] {
	if (schedule === null) return [];
	const { step, a, b } = schedule;
	return [
		step === 1 ? 'different from the first step on:' : `the same for ${countOf(step - 1, 'step')}; at step ${step}`,
		`  A: ${a === null ? `has ended after ${countOf(steps.a, 'step')}` : chosenText(a)}`,
		`  B: ${b === null ? `has ended after ${countOf(steps.b, 'step')}` : chosenText(b)}`,
	];
}

function chosenText({ actor, alternative, grain, place }: ChosenStep): string {
	const which = alternative === 0 ? actor : `${actor}.${alternative}`;
	const how = grain === 'line' ? '' : ` (${grain})`;
	return `${which}${how}${place === null ? '' : ` at ${place.function}:${place.line}: ${place.text}`}`;
}

function stateLines({ state, data, gaveUp }: RecordingDifference): string[] {
	if (state === null) return [];
	const isSamePoint = data !== null && data.step === state.step;
	return [
		...changeLines(state, ''),
		...(data === null && !gaveUp ? ['nothing but where the CPUs stand differs at any step that both have'] : []),
		...(data === null || isSamePoint ? [] : changeLines(data, ' in more than in where the CPUs stand')),
	];
}

function changeLines({ step, changes }: StateDifference, how: string): string[] {
	const where = step === 0 ? 'at the start' : `after step ${step}`;
	return [
		`the first that differ${how} are those ${where}:`,
		...(changes.length === 0 ? ['  in what no view shows: a local variable, or what a contract keeps for itself'] : []),
		...differenceLines(changes),
	];
}

function differenceLines(changes: readonly Difference[]): string[] {
	const shown = changes.slice(0, mostLines);
	const more = changes.length - shown.length;
	return [
		...shown.map(
			({ view, label, before, after }) => `  ${view}: ${label}: A ${before || 'nothing'}, B ${after || 'nothing'}`,
		),
		...(more > 0 ? [`  and ${more} more`] : []),
	];
}

function endLines({ end, isSameEnd }: RecordingDifference): string[] {
	if (end.length > 0) return differenceLines(end).map((line) => line.slice(2));
	return isSameEnd === false ? ['the last states differ in what no view shows'] : [];
}

function branchLines({ branches }: RecordingDifference): string[] {
	return [
		...oneSidedLines(branches, ({ name, steps }) => `${name}, ${countOf(steps, 'step')}`),
		...branches.differing.map(({ name, step }) => `${name}: other steps from step ${step} on`),
	];
}

function oneSidedLines<T>(
	{ onlyA, onlyB }: { readonly onlyA: readonly T[]; readonly onlyB: readonly T[] },
	text: (entry: T) => string,
): string[] {
	return [
		...onlyA.map((entry) => `only in A: ${plainLine(text(entry))}`),
		...onlyB.map((entry) => `only in B: ${plainLine(text(entry))}`),
	];
}

function listed(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function countOf(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
