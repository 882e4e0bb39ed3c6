/** Commands for the branches of the timeline. */

import { differences } from '../inspect/difference.ts';
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { actorName } from '../machine/step.ts';
import { wordsOf } from './arguments.ts';
import { dim, heading, moved, plain, said, timeText } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { branchNames, points } from './completion.ts';
import { placeOf, placeText, sourceLine } from './place.ts';
import { type Point, parsePoint } from './points.ts';
import type { Command, CommandResult, OutputLine, Session, TimelineNode } from './session.ts';
import { hasViolation, jump, movedContext } from './stepping.ts';
import {
	branchNamePattern,
	currentBranch,
	findBranch,
	forkBranch,
	isOnPath,
	lastCommon,
	maxBranches,
	parting,
	renameBranch,
	reportsBetween,
} from './timeline.ts';

/** Words that mean points in time, so that a branch cannot be called so. */
const reserved: readonly string[] = ['start', 'end', 'violation'];
const autoName = /^b\d+$/;

/** The list of `branches`: name, length, where it parts from the one before it in the list, what it found. */
export function branchLines({ timeline }: Session): OutputLine[] {
	return timeline.branches.map(({ name, tip }, index) => {
		const isCurrent = index === timeline.current;
		const parent = timeline.branches
			.slice(0, index)
			.map((other) => ({ name: other.name, node: lastCommon(other.tip, tip) }))
			.reduce<{ name: string; node: TimelineNode } | null>(
				(best, candidate) => (best === null || candidate.node.depth > best.node.depth ? candidate : best),
				null,
			);
		const from = parent === null ? '' : `, from ${parent.name} at step ${parent.node.depth}`;
		const violations = reportsBetween(null, tip).filter((node) => hasViolation(node.violations)).length;
		const found = violations === 0 ? '' : `, ${violations} violation${violations === 1 ? '' : 's'}`;
		const steps = `${tip.depth} step${tip.depth === 1 ? '' : 's'}`;
		return plain(
			`${isCurrent ? '*' : ' '} ${name}: ${steps}${from}${found}${isCurrent ? `, here at step ${timeline.cursor.depth}` : ''}`,
		);
	});
}

/** @throws CommandError for a name that cannot be given */
function checkName(session: Session, name: string): void {
	if (!branchNamePattern.test(name) || reserved.includes(name)) {
		throw new CommandError(
			`${plainLine(name)} cannot be a branch's name: use letters, digits, _ . - (not a number, at most 40 characters)`,
		);
	}
	if (findBranch(session.timeline, name) !== null) {
		throw new CommandError(`there is a branch ${name} already: \`switch ${name}\` goes to it`);
	}
}

/** A name for the branch one is on if mmstep had named it, else a new branch that starts here. */
function branch(session: Session, argument: string): CommandResult {
	const name = argument.trim();
	if (name === '') return said(session, branchLines(session));
	checkName(session, name);
	const { timeline } = session;
	const here = currentBranch(timeline);
	if (autoName.test(here.name)) {
		const renamed = { ...session, timeline: renameBranch(timeline, timeline.current, name) };
		return said(renamed, [plain(`branch ${here.name} is now called ${name}`)]);
	}
	if (timeline.branches.length >= maxBranches) throw new CommandError(`there are ${maxBranches} branches already`);
	const forked = { ...session, timeline: forkBranch(timeline, name) };
	return said(forked, [
		plain(`branch ${name} starts at step ${timeline.cursor.depth} of ${here.name}`),
		plain(timeText(forked)),
	]);
}

function switchTo(session: Session, argument: string): CommandResult {
	const name = argument.trim();
	const index = findBranch(session.timeline, name);
	const found = index === null ? undefined : session.timeline.branches[index];
	if (index === null || found === undefined) {
		const names = branchNames(session);
		throw new CommandError(
			`${name === '' ? 'say which branch' : `there is no branch ${plainLine(name)}${didYouMean(name, names)}`}: ${names.slice(0, 20).join(', ')}`,
		);
	}
	return moved(session, jump(session, found.tip, index));
}

/** Where two points part: what was done first on each way after the last common step, and what differs between them now. */
function compare(session: Session, argument: string): CommandResult {
	const words = wordsOf(argument);
	const [first, second, more] = words;
	if (first === undefined || more !== undefined)
		throw new CommandError('say what to compare: `compare main b2`, or `compare main` with here');
	const a = parsePoint(session, first);
	const b: Point =
		second === undefined
			? { node: session.timeline.cursor, branch: session.timeline.current }
			: parsePoint(session, second);
	return said(session, comparisonLines(session, { ...a, name: first }, { ...b, name: second ?? 'here' }));
}

interface NamedPoint extends Point {
	readonly name: string;
}

const maxDifferences = 60;

function comparisonLines(session: Session, a: NamedPoint, b: NamedPoint): OutputLine[] {
	if (a.node === b.node) return [plain(`${a.name} and ${b.name} are the same point, step ${a.node.depth}`)];
	const { common, first, second } = parting(a.node, b.node);
	const lines: OutputLine[] = [];
	if (isOnPath(a.node, b.node) || isOnPath(b.node, a.node)) {
		const steps = Math.abs(a.node.depth - b.node.depth);
		const [later, earlier] = a.node.depth > b.node.depth ? [a, b] : [b, a];
		lines.push(heading(`${later.name} is ${steps} step${steps === 1 ? '' : 's'} after ${earlier.name}`));
	} else {
		lines.push(heading(`the same up to step ${common.depth}, then:`));
		for (const [point, node] of [[a, first] as const, [b, second] as const]) {
			if (node !== null) lines.push(plain(`  ${point.name}: ${actionText(session, node)}`));
		}
	}
	const found = differences(session.target, a.node.state, b.node.state);
	if (found.length === 0) return [...lines, plain('nothing differs now: the two states look the same')];
	lines.push(heading(`what differs now (${a.name} at step ${a.node.depth}, ${b.name} at step ${b.node.depth}):`));
	for (const { view, label, before, after } of found.slice(0, maxDifferences)) {
		lines.push(
			plain(plainLine(`  ${view}: ${label}: ${before === '' ? 'none' : before} | ${after === '' ? 'none' : after}`)),
		);
	}
	if (found.length > maxDifferences) lines.push(dim(`... and ${found.length - maxDifferences} more`));
	return lines;
}

/** What a step was: `step 5: cpu1 in vb_free at mm/vmalloc.c:88: vb->free += n;`. */
function actionText(session: Session, node: TimelineNode): string {
	const context = movedContext(session, node);
	if (node.action === null || node.parent === null || context === null) return `step ${node.depth}`;
	const { target } = session;
	const name = actorName(target.machine, node.action.choice.actor);
	const isHardware = node.action.choice.actor > target.machine.configuration.cpus;
	const place = isHardware ? null : placeOf(target, node.parent.state, context);
	const grain = node.action.grain === 'line' ? '' : ` (${node.action.grain})`;
	if (place === null) return `step ${node.depth}: ${name}${grain}`;
	return `step ${node.depth}: ${name}${grain} in ${placeText(place)}: ${sourceLine(target, place.file, place.line).trim()}`;
}

export const branchCommands: readonly Command[] = [
	command({
		name: 'branch',
		group: 'time',
		usage: 'branch [NAME]',
		summary: 'Names the branch one is on (when it has only a number), else starts a branch of that name here.',
		help: 'Stepping differently in the past makes a branch by itself: b2, b3 and so on. Alone, it lists them.',
		run: branch,
	}),
	command({
		name: 'branches',
		group: 'time',
		usage: 'branches',
		summary: 'Lists the branches of the timeline.',
		run: (session) => said(session, branchLines(session)),
	}),
	command({
		name: 'switch',
		group: 'time',
		usage: 'switch BRANCH',
		summary: 'Goes to the end of a branch.',
		complete: branchNames,
		run: switchTo,
	}),
	command({
		name: 'compare',
		group: 'time',
		usage: 'compare POINT [POINT]',
		summary: 'Says where two points first differ, and what differs now; one point is compared with here.',
		complete: points,
		run: compare,
	}),
];
