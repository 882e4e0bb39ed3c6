/** Commands that move through time, or follow a value through it. */

import { countArgument } from './arguments.ts';
import { heading, moved, plain, said, warning } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { identifiers, points } from './completion.ts';
import { type Followed, settle } from './expressions.ts';
import { placeOf } from './place.ts';
import { parsePoint, pointSyntax } from './points.ts';
import { depthOf } from './running.ts';
import type { Command, CommandResult, Session, TimelineNode } from './session.ts';
import { hasViolation, jump } from './stepping.ts';
import { changeBetween, countHits, doerText, hitsAt } from './stops.ts';
import { ancestorAt, currentBranch, isInPast, nodesBetween } from './timeline.ts';

function atStart(): CommandError {
	return new CommandError('this is the start (step 0): there is nothing before it');
}

function atEnd(session: Session): CommandError {
	return new CommandError(
		`this is the end of branch ${currentBranch(session.timeline).name}: a step of a CPU makes it longer (\`step\`, \`cpu N\`)`,
	);
}

function back(session: Session, count: number): CommandResult {
	const { cursor } = session.timeline;
	if (cursor.parent === null) throw atStart();
	return moved(session, jump(session, ancestorAt(cursor, Math.max(0, cursor.depth - count))));
}

function forward(session: Session, count: number): CommandResult {
	const { cursor } = session.timeline;
	const { tip } = currentBranch(session.timeline);
	if (!isInPast(session.timeline)) throw atEnd(session);
	return moved(session, jump(session, ancestorAt(tip, Math.min(tip.depth, cursor.depth + count))));
}

/** The nearest earlier node that a test accepts, `session` seen from there; null when none does. */
function backTo(session: Session, accepts: (node: TimelineNode, after: TimelineNode) => boolean): TimelineNode | null {
	let after = session.timeline.cursor;
	for (let node = after.parent; node !== null; node = node.parent) {
		if (accepts(node, after)) return node;
		after = node;
	}
	return null;
}

/** Back to where the focused CPU stood, at this stack depth or further out, before it moved. */
function reverseNext(session: Session): CommandResult {
	const { focus, timeline } = session;
	if (timeline.cursor.parent === null) throw atStart();
	const depth = depthOf(session, focus.context);
	const here = timeline.cursor.state.contexts[focus.context];
	const isOver = depth === 0;
	const found = backTo(session, ({ state }) => {
		const context = state.contexts[focus.context];
		return (
			context !== here &&
			context !== undefined &&
			(isOver || context.frames.length <= depth) &&
			context.frames.length > 0
		);
	});
	if (found === null)
		throw new CommandError('the focused CPU did not move before this step, at this depth or further out');
	return keepFocus(session, found);
}

/** Back to the call of the focused CPU's function. */
function reverseFinish(session: Session): CommandResult {
	const { focus, target, timeline } = session;
	const depth = depthOf(session, focus.context);
	const name = placeOf(target, timeline.cursor.state, focus.context)?.name;
	if (name === undefined) throw new CommandError('the focused CPU is in no function: reverse-step goes one step back');
	const found = backTo(session, ({ state }) => {
		const frames = state.contexts[focus.context]?.frames.length ?? 0;
		return frames < depth && frames > 0;
	});
	if (found === null) {
		throw new CommandError(`${name} was not called in this session; it is where that CPU began`);
	}
	return keepFocus(session, found);
}

/** A move back that looks at the same CPU as before. */
function keepFocus(session: Session, node: TimelineNode): CommandResult {
	return moved(session, { ...jump(session, node), focus: { context: session.focus.context, frame: 0 } });
}

function reverseContinue(session: Session): CommandResult {
	const { cursor, root } = session.timeline;
	if (cursor.parent === null) throw atStart();
	// Without breakpoints only reports can stop it, and those are found without looking at every step.
	const isWatching = session.breakpoints.some(({ enabled }) => enabled);
	const earlier = (node: TimelineNode) => (isWatching ? node.parent : node.earlierReport);
	for (let node = earlier(cursor); node !== null; node = earlier(node)) {
		const check = hitsAt(session, node);
		const isViolation = hasViolation(node.violations);
		if (check.hits.length === 0 && !isViolation) continue;
		const { session: counted, complaints } = countHits(jump(session, node), check);
		const why = [...check.hits.map(({ text }) => text), ...(isViolation ? ['a violation was reported here'] : [])];
		const result = moved(session, { ...counted, stop: why.join('; ') }, complaints.map(warning));
		return { ...result, stopped: true };
	}
	const result = moved(session, { ...jump(session, root), stop: 'the start: nothing stopped it on the way back' });
	return { ...result, stopped: true };
}

function followArgument(session: Session, argument: string): Followed {
	const { target, timeline, focus } = session;
	const expression = argument.trim() === '' ? session.followed : argument.trim();
	if (expression === '') throw new CommandError('say which expression to follow: `last vb->free`');
	const followed = settle(target, timeline.cursor.state, expression, focus);
	if (typeof followed === 'string') throw new CommandError(followed);
	return followed;
}

/** Goes to the step that changed the value, and says who did it. */
function goToChange(session: Session, followed: Followed, node: TimelineNode, change: string): CommandResult {
	const arrived = { ...jump(session, node), followed: followed.expression };
	// The scope stays that of the CPU that asked, so that the command can be repeated.
	const kept = followed.scope === null ? arrived : { ...arrived, focus: { context: followed.context, frame: 0 } };
	return moved(session, kept, [heading(`${followed.expression}: ${change} by ${doerText(session, node)}`)]);
}

function lastChange(session: Session, argument: string): CommandResult {
	const followed = followArgument(session, argument);
	let node: TimelineNode | null = session.timeline.cursor;
	// Asked again where it led, it goes on to the change before.
	if (session.followed === followed.expression && argument.trim() === '') node = node.parent;
	for (; node?.parent; node = node.parent) {
		const change = changeBetween(session.target, followed, node.parent.state, node.state);
		if (change !== null) return goToChange(session, followed, node, change);
	}
	return said({ ...session, followed: followed.expression }, [
		plain(`${followed.expression} has not changed before this step, as far back as it has a value`),
	]);
}

function nextChange(session: Session, argument: string): CommandResult {
	const followed = followArgument(session, argument);
	const { cursor } = session.timeline;
	for (const node of nodesBetween(cursor, currentBranch(session.timeline).tip)) {
		if (node.parent === null) continue;
		const change = changeBetween(session.target, followed, node.parent.state, node.state);
		if (change !== null) return goToChange(session, followed, node, change);
	}
	return said({ ...session, followed: followed.expression }, [
		plain(`${followed.expression} does not change again on branch ${currentBranch(session.timeline).name}`),
	]);
}

export const timeCommands: readonly Command[] = [
	command({
		name: 'reverse-step',
		aliases: ['rs', 'S'],
		group: 'time',
		usage: 'reverse-step [N]',
		summary: 'Goes back one step, whoever made it. Nothing is lost: forward leads here again.',
		run: (session, argument) => back(session, countArgument(argument)),
	}),
	command({
		name: 'reverse-next',
		aliases: ['rn', 'N'],
		group: 'time',
		usage: 'reverse-next',
		summary: 'Goes back to the previous line of the focused CPU in this function or its callers.',
		runAlone: reverseNext,
	}),
	command({
		name: 'reverse-stepi',
		aliases: ['rsi', 'I'],
		group: 'time',
		usage: 'reverse-stepi [N]',
		summary: 'Goes back one step of the finest grain that was taken.',
		help: 'Time is kept by the steps that were made: a line stepped as a whole is left as a whole. To see its operations one by one, go back over it and use stepi, which starts a branch.',
		run: (session, argument) => {
			const grain = session.timeline.cursor.action?.grain;
			const result = back(session, countArgument(argument));
			if (grain === undefined || grain === 'op') return result;
			const remark = plain(
				'that step was more than one operation; `stepi` from here makes them one by one, on a new branch',
			);
			return { ...result, output: [...result.output, remark] };
		},
	}),
	command({
		name: 'reverse-continue',
		aliases: ['rc', 'C'],
		group: 'time',
		usage: 'reverse-continue',
		summary: 'Goes back to the last breakpoint, watched change or violation, else to the start.',
		runAlone: reverseContinue,
	}),
	command({
		name: 'reverse-finish',
		aliases: ['rf', 'F'],
		group: 'time',
		usage: 'reverse-finish',
		summary: "Goes back to the call of the focused CPU's function.",
		runAlone: reverseFinish,
	}),
	command({
		name: 'back',
		group: 'time',
		usage: 'back [N]',
		summary: 'Goes N steps back.',
		run: (session, argument) => back(session, countArgument(argument)),
	}),
	command({
		name: 'forward',
		aliases: ['fwd'],
		group: 'time',
		usage: 'forward [N]',
		summary: 'Goes N steps forward along the branch, over steps that were made before.',
		run: (session, argument) => forward(session, countArgument(argument)),
	}),
	command({
		name: 'goto',
		aliases: ['g'],
		group: 'time',
		usage: `goto N | +N | -N | start | end | violation | BRANCH[:N] | MARK`,
		summary: 'Goes to a point in time.',
		help: `A point is ${pointSyntax}.`,
		complete: points,
		run: (session, argument) => {
			if (argument.trim() === '') throw new CommandError(`say where: ${pointSyntax}`);
			const { node, branch } = parsePoint(session, argument);
			return moved(session, jump(session, node, branch));
		},
	}),
	command({
		name: 'restart',
		group: 'time',
		usage: 'restart',
		summary: 'Goes to the start. Everything that was tried stays.',
		runAlone: (session) => moved(session, jump(session, session.timeline.root)),
	}),
	command({
		name: 'last',
		aliases: ['when-changed'],
		group: 'time',
		usage: 'last [EXPRESSION]',
		summary: 'Follows a value back: goes to the last step that changed it, and says who made it.',
		help: 'Said again without an expression, it goes on to the change before that.',
		complete: identifiers,
		run: lastChange,
	}),
	command({
		name: 'next-change',
		aliases: ['nc'],
		group: 'time',
		usage: 'next-change [EXPRESSION]',
		summary: 'Goes to the next step on this branch that changes the value.',
		complete: identifiers,
		run: nextChange,
	}),
];
