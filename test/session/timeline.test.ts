import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MachineState } from '../../source/machine/state.ts';
import type { Action, Timeline, TimelineNode } from '../../source/session/session.ts';
import {
	ancestorAt,
	branchThrough,
	currentBranch,
	findBranch,
	follow,
	forkBranch,
	grow,
	isInPast,
	isOnPath,
	lastCommon,
	moveTo,
	nodesBetween,
	parting,
	renameBranch,
	startTimeline,
} from '../../source/session/timeline.ts';

/** A state that is only its clock: the timeline never looks into states. */
function stateAt(clock: number): MachineState {
	return {
		clock,
		objects: [],
		contexts: [],
		tlbs: [],
		spaces: [],
		frames: [],
		callbacks: [],
		flushes: [],
		ranges: [],
		costs: {},
		alarms: [],
		finished: false,
	};
}

function action(actor: number): Action {
	return { choice: { actor, alternative: 0 }, grain: 'line' };
}

/** A step as the session makes it: along known nodes when there are any. */
function stepped(timeline: Timeline, actor: number): Timeline {
	const outcome = { state: stateAt(timeline.cursor.depth + 1), violations: [], completed: true };
	return follow(timeline, action(actor)) ?? grow(timeline, action(actor), outcome);
}

function run(actors: readonly number[], timeline = startTimeline(stateAt(0), [])): Timeline {
	return actors.reduce(stepped, timeline);
}

function back(timeline: Timeline, steps: number): Timeline {
	const node = ancestorAt(timeline.cursor, Math.max(0, timeline.cursor.depth - steps));
	return moveTo(timeline, node, timeline.current);
}

function actorsTo(node: TimelineNode): number[] {
	return nodesBetween(ancestorAt(node, 0), node).map(({ action: made }) => made?.choice.actor ?? -1);
}

describe('stepping', () => {
	it('makes the branch longer at its end', () => {
		const timeline = run([0, 1, 0]);
		expect(timeline.branches.map(({ name }) => name)).toEqual(['main']);
		expect(actorsTo(timeline.cursor)).toEqual([0, 1, 0]);
		expect(isInPast(timeline)).toBe(false);
	});

	it('goes along the branch in the past when the step is the same, and finds the same node', () => {
		const made = run([0, 1, 0]);
		const again = run([1], back(made, 2));
		expect(again.cursor).toBe(ancestorAt(made.cursor, 2));
		expect(again.branches).toEqual(made.branches);
		expect(isInPast(again)).toBe(true);
	});

	it('makes a branch in the past when the step is another one, and keeps the old one whole', () => {
		const made = run([0, 1, 0]);
		const other = run([0], back(made, 2));
		expect(currentBranch(other).name).toBe('b2');
		expect(actorsTo(other.cursor)).toEqual([0, 0]);
		expect(other.branches[0]?.tip).toBe(made.cursor);
	});

	it('tells grains and alternatives apart', () => {
		const made = back(run([0]), 1);
		expect(follow(made, { choice: { actor: 0, alternative: 0 }, grain: 'op' })).toBeNull();
		expect(follow(made, { choice: { actor: 0, alternative: 1 }, grain: 'line' })).toBeNull();
		expect(follow(made, action(0))).not.toBeNull();
	});

	it('prefers the current branch where two go the same way', () => {
		const first = run([0, 1]);
		const second = run([0], back(first, 1)); // b2: 0 0
		const again = run([0], back(second, 2));
		expect(currentBranch(again).name).toBe('b2');
	});

	it('moves to another branch that has the step', () => {
		const second = run([0, 0], back(run([0, 1]), 1));
		const onMain = run([1], back(second, 2));
		expect(currentBranch(onMain).name).toBe('main');
		expect(onMain.cursor).toBe(onMain.branches[0]?.tip);
	});

	it('stays on a named branch that goes the way of another, and shares its nodes', () => {
		const main = run([0, 1]);
		const forked = forkBranch(back(main, 1), 'mine');
		const along = run([1], forked);
		expect(currentBranch(along).name).toBe('mine');
		expect(along.cursor).toBe(main.cursor);
	});
});

describe('branches', () => {
	it('are numbered past names that are taken', () => {
		const named = forkBranch(run([0]), 'b3');
		const grown = run([1], back(named, 1));
		expect(grown.branches.map(({ name }) => name)).toEqual(['main', 'b3', 'b4']);
	});

	it('can be renamed, but not to a name that is taken', () => {
		const timeline = run([1], back(run([0]), 1));
		const renamed = renameBranch(timeline, 1, 'late');
		expect(findBranch(renamed, 'late')).toBe(1);
		expect(findBranch(renamed, 'b2')).toBeNull();
		expect(() => renameBranch(renamed, 0, 'late')).toThrow(RangeError);
		expect(() => forkBranch(renamed, 'main')).toThrow(RangeError);
	});

	it('part at the last common node', () => {
		const main = run([0, 1, 0, 0]);
		const other = run([1, 1], back(main, 2));
		const { common, first, second } = parting(main.cursor, other.cursor);
		expect(common.depth).toBe(2);
		expect(first?.action?.choice.actor).toBe(0);
		expect(second?.action?.choice.actor).toBe(1);
		expect(parting(main.cursor, common)).toMatchObject({ common: { depth: 2 }, second: null });
	});

	it('refuse a node that is not theirs', () => {
		const main = run([0, 1]);
		const other = run([0], back(main, 1));
		expect(() => moveTo(other, other.cursor, 0)).toThrow(RangeError);
		expect(branchThrough(other, run([0]).cursor)).toBeNull();
	});
});

describe('a long history', () => {
	const length = 100_000;
	const timeline = run(Array.from({ length }, (_, index) => index % 3));

	/** Nodes visited on the way to a depth, counted by proxy of the jumps themselves. */
	function hops(node: TimelineNode, depth: number): number {
		let count = 0;
		for (let at: TimelineNode | null = node; at !== null && at.depth > depth; count++) {
			at = at.jump !== null && at.jump.depth >= depth ? at.jump : at.parent;
		}
		return count;
	}

	it('reaches any depth in a logarithm of jumps', () => {
		const depths = [0, 1, 2, 3, 1023, 1024, 5000, 65_535, 65_536, 99_998, 99_999];
		for (const depth of depths) {
			expect(ancestorAt(timeline.cursor, depth).depth).toBe(depth);
			expect(hops(timeline.cursor, depth)).toBeLessThan(4 * Math.log2(length));
		}
	});

	it('finds the last common node of two long branches at once', () => {
		const other = Array.from({ length: 50_000 }).reduce<Timeline>((at) => stepped(at, 7), back(timeline, 70_000));
		expect(lastCommon(timeline.cursor, other.cursor).depth).toBe(30_000);
	});

	it('costs an object a step, and shares equal actions', () => {
		const held = run([0, 0, 0]);
		expect(held.cursor.action).toBe(held.cursor.parent?.action);
		expect(Object.keys(held.cursor).sort()).toEqual([
			'action',
			'completed',
			'depth',
			'earlierReport',
			'jump',
			'parent',
			'state',
			'violations',
		]);
		expect(held.cursor.violations).toBe(held.root.violations);
	});
});

type Move =
	| { readonly kind: 'step'; readonly actor: number }
	| { readonly kind: 'back'; readonly steps: number }
	| { readonly kind: 'goto'; readonly branch: number; readonly depth: number }
	| { readonly kind: 'fork' };

const moves = fc.array(
	fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const), actor: fc.nat(2) }) },
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('back' as const), steps: fc.nat(6) }) },
		{
			weight: 2,
			arbitrary: fc.record({ kind: fc.constant('goto' as const), branch: fc.nat(20), depth: fc.nat(40) }),
		},
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const) }) },
	),
	{ maxLength: 80 },
);

function apply(timeline: Timeline, move: Move, index: number): Timeline {
	switch (move.kind) {
		case 'step':
			return stepped(timeline, move.actor);
		case 'back':
			return back(timeline, move.steps);
		case 'goto': {
			const branch = move.branch % timeline.branches.length;
			const tip = timeline.branches[branch]?.tip ?? timeline.root;
			return moveTo(timeline, ancestorAt(tip, Math.min(move.depth, tip.depth)), branch);
		}
		case 'fork':
			return forkBranch(timeline, `fork${index}`);
		default:
			return move satisfies never;
	}
}

describe('any walk through time', () => {
	it('gives back the very same state for the same choices, loses no branch, and makes no node twice', () => {
		fc.assert(
			fc.property(moves, (walk) => {
				let timeline = startTimeline(stateAt(0), []);
				/** The state that each sequence of choices led to when it was first taken. */
				const seen = new Map<string, MachineState>([['', timeline.root.state]]);
				for (const [index, move] of walk.entries()) {
					const before = timeline;
					timeline = apply(before, move, index);
					const path = actorsTo(timeline.cursor).join(' ');
					const known = seen.get(path);
					if (known === undefined) seen.set(path, timeline.cursor.state);
					else expect(timeline.cursor.state).toBe(known);
					for (const [at, { name, tip }] of before.branches.entries()) {
						const now = timeline.branches[at];
						expect(now?.name).toBe(name);
						expect(now !== undefined && isOnPath(tip, now.tip)).toBe(true);
					}
					expect(isOnPath(timeline.cursor, currentBranch(timeline).tip)).toBe(true);
				}
				// Every sequence that was ever taken can still be reached on some branch.
				for (const [path, state] of seen) {
					const depth = path === '' ? 0 : path.split(' ').length;
					const nodes = timeline.branches
						.filter(({ tip }) => tip.depth >= depth)
						.map(({ tip }) => ancestorAt(tip, depth));
					expect(nodes.some((node) => node.state === state)).toBe(true);
				}
			}),
			{ numRuns: 300 },
		);
	});

	it('agrees with walking parent by parent', () => {
		fc.assert(
			fc.property(moves, fc.nat(40), (walk, depth) => {
				const timeline = walk.reduce(apply, startTimeline(stateAt(0), []));
				for (const { tip } of timeline.branches) {
					let slow = tip;
					while (slow.depth > depth && slow.parent !== null) slow = slow.parent;
					expect(ancestorAt(tip, Math.min(depth, tip.depth))).toBe(slow);
				}
				const [a, b] = [timeline.cursor, timeline.branches[0]?.tip ?? timeline.root];
				const path = new Set(nodesBetween(timeline.root, a));
				let common = b;
				while (common.parent !== null && !path.has(common)) common = common.parent;
				expect(lastCommon(a, b)).toBe(common);
			}),
			{ numRuns: 200 },
		);
	});
});
