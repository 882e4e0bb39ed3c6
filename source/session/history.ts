/**
 * What a recording says happened between two moments of one session. It is told from the two sessions alone, so that no
 * command has to think of it, and so that a recording that starts late holds everything from the beginning.
 */

import { fingerprint } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import { actorName } from '../machine/step.ts';
import { codeHashOf } from '../scenario/target.ts';
import type { RecordedAction, RecordingHeader } from './recording.ts';
import type { Branch, ScheduleProgress, Session, Timeline, TimelineNode } from './session.ts';
import { lastCommon, nodesBetween } from './timeline.ts';

/** The header of a recording of a session. `tool` is the program's name and version. */
export function recordingHeader({ target, timeline }: Session, tool: string): RecordingHeader {
	return {
		tool,
		scenario: { id: target.scenario.id, texts: target.scenario.texts },
		selection: target.selection,
		codeHash: codeHashOf(target),
		start: fingerprint(target.machine, timeline.root.state),
	};
}

/** The session as it was before anything was done in it. */
export function beginningOf(session: Session): Session {
	const { root } = session.timeline;
	const timeline: Timeline = { root, branches: [{ name: 'main', tip: root }], current: 0, cursor: root, weight: 0 };
	return { ...session, timeline, notes: [], schedule: null };
}

/** The actions that lead from an earlier moment of a session to a later one. */
export function actionsBetween(before: Session, after: Session): RecordedAction[] {
	const actions: RecordedAction[] = [];
	const writer = new Writer(actions, after.target.machine, before.timeline);
	if (before.timeline !== after.timeline) {
		renames(before.timeline.branches, after.timeline.branches, actions);
		for (const [index, branch] of after.timeline.branches.entries()) {
			const known = before.timeline.branches[index];
			if (known === undefined) writer.fork(after.timeline.branches, index);
			else if (known.tip !== branch.tip) writer.goTo(index, known.tip, branch);
			else continue;
			writer.steps(branch.tip);
		}
	}
	const progress = recordable(after);
	if (!sameProgress(recordable(before), progress)) {
		if (progress !== null) writer.goToNode(after.timeline, progress.at);
		actions.push({ kind: 'schedule', schedule: progressData(progress) });
	}
	for (const { branch, depth, text } of after.notes.slice(before.notes.length)) {
		actions.push({ kind: 'note', branch, depth, text });
	}
	const current = after.timeline.branches[after.timeline.current];
	if (current !== undefined) writer.goTo(after.timeline.current, after.timeline.cursor, current);
	return actions;
}

function renames(before: readonly Branch[], after: readonly Branch[], actions: RecordedAction[]): void {
	for (const [index, { name }] of before.entries()) {
		const to = after[index]?.name;
		if (to !== undefined && to !== name) actions.push({ kind: 'rename', branch: name, to });
	}
}

/** Knows where the reader of the recording stands, so that moves are written only when needed. */
class Writer {
	readonly #actions: RecordedAction[];
	readonly #machine: Machine;
	#branch: number;
	#node: TimelineNode;

	constructor(actions: RecordedAction[], machine: Machine, start: Timeline) {
		this.#actions = actions;
		this.#machine = machine;
		this.#branch = start.current;
		this.#node = start.cursor;
	}

	goTo(index: number, node: TimelineNode, branch: Branch): void {
		if (this.#branch === index && this.#node === node) return;
		this.#actions.push({ kind: 'goto', branch: branch.name, depth: node.depth });
		this.#branch = index;
		this.#node = node;
	}

	goToNode(timeline: Timeline, node: TimelineNode): void {
		const here = timeline.branches[this.#branch];
		if (this.#node === node || here === undefined) return;
		const index = [this.#branch, ...timeline.branches.keys()].find((candidate) => {
			const tip = timeline.branches[candidate]?.tip;
			return tip !== undefined && lastCommon(tip, node) === node;
		});
		const branch = index === undefined ? undefined : timeline.branches[index];
		if (index !== undefined && branch !== undefined) this.goTo(index, node, branch);
	}

	/** Starts the branch with that index where it parts from those before it. */
	fork(branches: readonly Branch[], index: number): void {
		const branch = branches[index];
		if (branch === undefined) return;
		let parent = 0;
		let point: TimelineNode | null = null;
		for (const [other, { tip }] of branches.slice(0, index).entries()) {
			const common = lastCommon(tip, branch.tip);
			if (point !== null && common.depth <= point.depth) continue;
			parent = other;
			point = common;
		}
		const from = branches[parent];
		if (point === null || from === undefined) return;
		// A branch that is on the way to this one already need not be left.
		const here = branches[this.#branch];
		const isHere = here !== undefined && this.#branch < index && this.#node === point;
		if (!isHere) this.goTo(parent, point, from);
		this.#actions.push({ kind: 'fork', branch: branch.name });
		this.#branch = index;
	}

	/** The steps from where the reader stands to `tip`. */
	steps(tip: TimelineNode): void {
		for (const node of nodesBetween(this.#node, tip)) {
			if (node.action === null) continue;
			this.#actions.push({
				kind: 'step',
				depth: node.depth,
				actor: actorName(this.#machine, node.action.choice.actor),
				grain: node.action.grain,
				alternative: node.action.choice.alternative,
				fingerprint: fingerprint(this.#machine, node.state),
			});
			this.#node = node;
		}
	}
}

/** A schedule that is not one of the scenario's (typed on the command line) cannot be found again: only its steps are kept. */
function recordable({ schedule, target }: Session): ScheduleProgress | null {
	return schedule !== null && target.scenario.schedules.includes(schedule.schedule) ? schedule : null;
}

function sameProgress(a: ScheduleProgress | null, b: ScheduleProgress | null): boolean {
	if (a === null || b === null) return a === b;
	return (
		a.schedule === b.schedule && a.next === b.next && a.at === b.at && a.ends === b.ends && a.partial === b.partial
	);
}

type RecordedSchedule = Extract<RecordedAction, { kind: 'schedule' }>['schedule'];

function progressData(progress: ScheduleProgress | null): RecordedSchedule {
	if (progress === null) return null;
	return { id: progress.schedule.id, next: progress.next, ends: progress.ends, partial: progress.partial };
}
