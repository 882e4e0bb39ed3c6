/** Points in time and places in the code, as a user writes them. */

import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { CommandError } from './command-error.ts';
import { placeOf } from './place.ts';
import type { Session, TimelineNode } from './session.ts';
import { hasViolation } from './stepping.ts';
import type { Location } from './stops.ts';
import { ancestorAt, branchThrough, currentBranch, findBranch, reportsBetween } from './timeline.ts';

export interface Point {
	readonly node: TimelineNode;
	/** Index of a branch that leads through it. */
	readonly branch: number;
}

/** What may stand where a point is expected, for messages. */
export const pointSyntax = 'N, +N, -N, start, end, violation, BRANCH, BRANCH:N or a mark of the schedule';

/**
 * A point in time: `7` (a step of the current branch), `+2`, `-3`, `start`, `end`, `violation` (the next one on this branch, or
 * the first), `b2` (the end of that branch), `b2:7`, `b2:start`, or a mark of the schedule that was passed.
 * @throws CommandError for anything else
 */
export function parsePoint(session: Session, text: string): Point {
	const { timeline, schedule } = session;
	const word = text.trim();
	const colon = word.lastIndexOf(':');
	if (colon > 0) {
		const branch = findBranch(timeline, word.slice(0, colon));
		if (branch !== null) return onBranch(session, branch, word.slice(colon + 1));
	}
	if (/^[+-]?\d+$/.test(word) || word === 'start' || word === 'end' || word === 'violation') {
		return onBranch(session, timeline.current, word);
	}
	const branch = findBranch(timeline, word);
	if (branch !== null) return onBranch(session, branch, 'end');
	const marks = schedule?.schedule.entries.map(({ mark }) => mark) ?? [];
	const mark = word === '' ? -1 : marks.findIndex((name) => name.toLowerCase() === word.toLowerCase());
	if (schedule !== null && mark !== -1) {
		const depth = schedule.ends[mark];
		if (depth === undefined) {
			throw new CommandError(
				`the schedule has not reached ${plainLine(marks[mark] ?? word)} yet: \`mail\` takes its next entry`,
			);
		}
		const node = ancestorAt(schedule.at, depth);
		const index = branchThrough(timeline, node);
		if (index !== null) return { node, branch: index };
	}
	const names = [...timeline.branches.map(({ name }) => name), ...marks, 'start', 'end', 'violation'];
	throw new CommandError(
		`there is no point ${plainLine(word)}; say ${pointSyntax}${didYouMean(
			word,
			names.filter((name) => name !== ''),
		)}`,
	);
}

function onBranch(session: Session, index: number, text: string): Point {
	const { timeline } = session;
	const branch = timeline.branches[index] ?? currentBranch(timeline);
	const at = (node: TimelineNode): Point => ({ node, branch: index });
	if (text === 'start') return at(timeline.root);
	if (text === 'end') return at(branch.tip);
	if (text === 'violation') {
		const nodes = reportsBetween(null, branch.tip).filter(({ violations }) => hasViolation(violations));
		const found = nodes.find(({ depth }) => depth > timeline.cursor.depth) ?? nodes[0];
		if (found === undefined) throw new CommandError(`no violation has been reported on branch ${branch.name}`);
		return at(found);
	}
	if (!/^[+-]?\d{1,9}$/.test(text)) throw new CommandError(`${plainLine(text)} is not a step: say ${pointSyntax}`);
	const isRelative = text.startsWith('+') || text.startsWith('-');
	const depth = Number(text) + (isRelative ? timeline.cursor.depth : 0);
	if (depth < 0) throw new CommandError('there is nothing before the start (step 0)');
	if (depth > branch.tip.depth) {
		throw new CommandError(`branch ${branch.name} ends at step ${branch.tip.depth}; stepping makes it longer`);
	}
	return at(ancestorAt(branch.tip, depth));
}

/** A place in the code with a remark about how it was understood, or an empty one. */
export interface FoundLocation {
	readonly location: Location;
	readonly remark: string;
}

/**
 * A place in the code: `vb_free`, `vmalloc.c:88` (the end of the file's path is enough), or `88` in the focused context's file.
 * A line without code becomes the next one that has some, as in gdb.
 * @throws CommandError when there is no such place
 */
export function parseLocation(session: Session, text: string): FoundLocation {
	const { target, timeline, focus } = session;
	const { program } = target.machine;
	const word = text.trim();
	if (word === '') throw new CommandError('say where: FUNCTION, FILE:LINE or LINE');
	const match = /^(?:(.+):)?(\d{1,7})$/.exec(word);
	if (match === null) {
		const names = program.functions.filter(({ role }) => role === 'plain').map(({ name }) => name);
		if (!names.includes(word)) {
			throw new CommandError(
				`there is no function ${plainLine(word)}; \`search TEXT\` looks for it${didYouMean(word, names)}`,
			);
		}
		return { location: { kind: 'function', function: word }, remark: '' };
	}
	const file = match[1] ?? placeOf(target, timeline.cursor.state, focus.context, focus.frame)?.file;
	if (file === undefined) throw new CommandError('the focused context runs nothing, so say FILE:LINE');
	const line = Number(match[2]);
	const path = findFile(session, file);
	const found = nextCodeLine(session, path, line);
	if (found === null) throw new CommandError(`${path} has no code at or after line ${line}`);
	const remark = found === line ? '' : `line ${line} has no code; taking line ${found}`;
	return { location: { kind: 'line', file: path, line: found }, remark };
}

/** The path of the model's file that `name` means: the path itself, or its end. @throws CommandError when none or several do */
export function findFile(session: Session, name: string): string {
	const paths = session.target.machine.program.files.map(({ path }) => path);
	if (paths.includes(name)) return name;
	const ending = paths.filter((path) => path.endsWith(`/${name}`));
	const [only, second] = ending;
	if (only !== undefined && second === undefined) return only;
	if (second !== undefined) throw new CommandError(`${plainLine(name)} may be ${ending.join(' or ')}: say which`);
	const bases = paths.flatMap((path) => [path, path.slice(path.lastIndexOf('/') + 1)]);
	throw new CommandError(
		`the model has no file ${plainLine(name)}; \`info files\` lists them${didYouMean(name, bases)}`,
	);
}

/** The first line from `line` on with a statement, within 50 lines; null when there is none. */
function nextCodeLine(session: Session, path: string, line: number): number | null {
	const { program } = session.target.machine;
	const file = program.files.findIndex((candidate) => candidate.path === path);
	let best: number | null = null;
	for (const fn of program.functions) {
		for (const at of fn.lines) {
			if (at.file !== file || !at.statement || at.line < line || at.line > line + 50) continue;
			if (best === null || at.line < best) best = at.line;
		}
	}
	return best;
}

/** `vb_free` or `mm/vmalloc.c:88`. */
export function locationText(location: Location): string {
	return location.kind === 'function' ? location.function : `${location.file}:${location.line}`;
}
