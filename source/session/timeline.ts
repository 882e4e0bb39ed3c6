/**
 * The tree of everything that was tried. Nodes are linked from child to parent and are shared by branches; a branch is a
 * name and the node at its tip. Nothing is ever taken away: stepping differently from the past grows another branch.
 *
 * Every node also points to an ancestor further up (a skew-binary jump pointer), so that the node at any depth of a branch
 * is found in O(log depth) without an array per branch; a node is one small object whatever the length of the history.
 */

import type { MachineState } from '../machine/state.ts';
import type { Violation } from '../machine/violation.ts';
import type { Action, Branch, Timeline, TimelineNode } from './session.ts';
import { stateWeight } from './weight.ts';

/** What a step left behind, as far as the timeline keeps it. */
export interface Outcome {
	readonly state: MachineState;
	readonly violations: readonly Violation[];
	readonly completed: boolean;
}

const noViolations: readonly Violation[] = [];

/** A timeline that stands at its start, on the branch `main`. */
export function startTimeline(state: MachineState, violations: readonly Violation[]): Timeline {
	const root: TimelineNode = {
		parent: null,
		jump: null,
		earlierReport: null,
		depth: 0,
		action: null,
		state,
		violations: violations.length === 0 ? noViolations : violations,
		completed: true,
	};
	return { root, branches: [{ name: 'main', tip: root }], current: 0, cursor: root, weight: 0 };
}

/** Names that a user may give a branch: no blanks and no `:`, and not a number, so that `NAME:7` is a point in time. */
export const branchNamePattern = /^[A-Za-z_][\w.-]{0,39}$/;

/** Branches that one timeline may have. */
export const maxBranches = 1000;

function sameAction(a: Action, b: Action): boolean {
	return a.choice.actor === b.choice.actor && a.choice.alternative === b.choice.alternative && a.grain === b.grain;
}

/** The ancestor of `node` (or `node` itself) at `depth`, 0 being the start. `depth` must not be beyond the node's. */
export function ancestorAt(node: TimelineNode, depth: number): TimelineNode {
	let at = node;
	while (at.depth > depth) {
		const up = at.jump !== null && at.jump.depth >= depth ? at.jump : at.parent;
		if (up === null) break;
		at = up;
	}
	return at;
}

/** Whether `ancestor` lies on the way from the start to `node` (a node lies on its own way). */
export function isOnPath(ancestor: TimelineNode, node: TimelineNode): boolean {
	return ancestor.depth <= node.depth && ancestorAt(node, ancestor.depth) === ancestor;
}

/** The last node that lies on the ways to both. */
export function lastCommon(first: TimelineNode, second: TimelineNode): TimelineNode {
	const depth = Math.min(first.depth, second.depth);
	let a = ancestorAt(first, depth);
	let b = ancestorAt(second, depth);
	while (a !== b) {
		// Jumps depend on the depth alone, so both sides stay at the same depth.
		const jumps = a.jump !== null && b.jump !== null && a.jump !== b.jump;
		const nextA = jumps ? a.jump : a.parent;
		const nextB = jumps ? b.jump : b.parent;
		if (nextA === null || nextB === null) break;
		a = nextA;
		b = nextB;
	}
	return a;
}

/** The branch one is on. */
export function currentBranch(timeline: Timeline): Branch {
	const branch = timeline.branches[timeline.current];
	if (branch === undefined) throw new RangeError('the timeline has no current branch');
	return branch;
}

/** Whether there are steps after the cursor on the current branch. */
export function isInPast(timeline: Timeline): boolean {
	return timeline.cursor !== currentBranch(timeline).tip;
}

/** The node after `node` on the way to `tip`, or null when `tip` is not below it. */
function nextTowards(node: TimelineNode, tip: TimelineNode): TimelineNode | null {
	if (tip.depth <= node.depth) return null;
	const next = ancestorAt(tip, node.depth + 1);
	return next.parent === node ? next : null;
}

/** Index of a branch that leads through `node`, the current one before others; null when none does (a foreign node). */
export function branchThrough(timeline: Timeline, node: TimelineNode): number | null {
	if (isOnPath(node, currentBranch(timeline).tip)) return timeline.current;
	const index = timeline.branches.findIndex((branch) => isOnPath(node, branch.tip));
	return index === -1 ? null : index;
}

/** Moves the cursor to a node of the branch with that index. */
export function moveTo(timeline: Timeline, node: TimelineNode, branch: number): Timeline {
	const target = timeline.branches[branch];
	if (target === undefined || !isOnPath(node, target.tip)) throw new RangeError('the node is not on that branch');
	return { ...timeline, current: branch, cursor: node };
}

/**
 * Repeats a step that was taken before at the cursor: on the current branch, else on another one, which becomes the current
 * one unless the cursor is at the current branch's tip (then the current branch goes on along the other's nodes).
 * Null when that step was never taken here.
 */
export function follow(timeline: Timeline, action: Action): Timeline | null {
	const { branches, current, cursor } = timeline;
	const here = currentBranch(timeline);
	const onward = nextTowards(cursor, here.tip);
	if (onward?.action && sameAction(onward.action, action)) return { ...timeline, cursor: onward };
	for (const [index, branch] of branches.entries()) {
		const next = index === current ? null : nextTowards(cursor, branch.tip);
		if (!next?.action || !sameAction(next.action, action)) continue;
		if (cursor !== here.tip) return { ...timeline, current: index, cursor: next };
		return { ...timeline, branches: withTip(branches, current, next), cursor: next };
	}
	return null;
}

/** Adds the result of a step taken at the cursor: at the end of the current branch, or on a new branch when in the past. */
export function grow(timeline: Timeline, action: Action, outcome: Outcome): Timeline {
	const { branches, current, cursor } = timeline;
	const node = childOf(cursor, action, outcome);
	const weight = timeline.weight + stateWeight(cursor.state, node.state);
	if (cursor === currentBranch(timeline).tip) {
		return { ...timeline, branches: withTip(branches, current, node), cursor: node, weight };
	}
	const branch = { name: freshName(branches), tip: node };
	return { ...timeline, branches: [...branches, branch], current: branches.length, cursor: node, weight };
}

/** A new branch of that name that ends at the cursor, and becomes the current one. The name must not be taken. */
export function forkBranch(timeline: Timeline, name: string): Timeline {
	if (findBranch(timeline, name) !== null) throw new RangeError(`there is a branch ${name} already`);
	return {
		...timeline,
		branches: [...timeline.branches, { name, tip: timeline.cursor }],
		current: timeline.branches.length,
	};
}

/** Gives the branch with that index another name, which must not be taken. */
export function renameBranch(timeline: Timeline, index: number, name: string): Timeline {
	if (findBranch(timeline, name) !== null) throw new RangeError(`there is a branch ${name} already`);
	return {
		...timeline,
		branches: timeline.branches.map((branch, at) => (at === index ? { ...branch, name } : branch)),
	};
}

/** Index of the branch with that name, or null. */
export function findBranch(timeline: Timeline, name: string): number | null {
	const index = timeline.branches.findIndex((branch) => branch.name === name);
	return index === -1 ? null : index;
}

/** The nodes after `from` up to and including `to`, in order of time; `from` must lie on the way to `to`. */
export function nodesBetween(from: TimelineNode, to: TimelineNode): TimelineNode[] {
	const nodes: TimelineNode[] = [];
	for (let at: TimelineNode | null = to; at !== null && at !== from; at = at.parent) nodes.push(at);
	return nodes.reverse();
}

/**
 * The nodes that report anything, in order of time: those after `from` (null: from the start on) up to and including `to`.
 * `from` must lie on the way to `to`.
 */
export function reportsBetween(from: TimelineNode | null, to: TimelineNode): TimelineNode[] {
	const nodes: TimelineNode[] = [];
	const first = from === null ? 0 : from.depth + 1;
	let at: TimelineNode | null = to.violations.length > 0 ? to : to.earlierReport;
	for (; at !== null && at.depth >= first; at = at.earlierReport) nodes.push(at);
	return nodes.reverse();
}

/** What was reported on the way to a node, in order of time, with its own reports. */
export function reportsUpTo(node: TimelineNode): Violation[] {
	return reportsBetween(null, node).flatMap(({ violations }) => violations);
}

/** The nodes of all branches that report anything, each once, in order of branches. */
export function reportingNodes({ branches }: Timeline): TimelineNode[] {
	return [...new Set(branches.flatMap(({ tip }) => reportsBetween(null, tip)))];
}

/** Where the ways to two points part: the last node they share, and the first node of each after it (null when it has none). */
export function parting(
	first: TimelineNode,
	second: TimelineNode,
): { readonly common: TimelineNode; readonly first: TimelineNode | null; readonly second: TimelineNode | null } {
	const common = lastCommon(first, second);
	return { common, first: nextTowards(common, first), second: nextTowards(common, second) };
}

function childOf(parent: TimelineNode, action: Action, outcome: Outcome): TimelineNode {
	const up = parent.jump ?? parent;
	const upper = up.jump ?? up;
	return {
		parent,
		jump: parent.depth - up.depth === up.depth - upper.depth ? upper : parent,
		earlierReport: parent.violations.length > 0 ? parent : parent.earlierReport,
		depth: parent.depth + 1,
		// Equal actions share one object: a held key costs a node a step and nothing more.
		action: parent.action !== null && sameAction(parent.action, action) ? parent.action : action,
		state: outcome.state,
		violations: outcome.violations.length === 0 ? noViolations : outcome.violations,
		completed: outcome.completed,
	};
}

function withTip(branches: readonly Branch[], index: number, tip: TimelineNode): readonly Branch[] {
	return branches.map((branch, at) => (at === index ? { ...branch, tip } : branch));
}

/** `b2`, `b3` ...: the first that is not taken, counting from the number of branches. */
function freshName(branches: readonly Branch[]): string {
	const taken = new Set(branches.map((branch) => branch.name));
	let number = branches.length + 1;
	while (taken.has(`b${number}`)) number++;
	return `b${number}`;
}
