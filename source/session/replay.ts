/** A recording made a session again, step by step, each checked against the fingerprint that was written down. */

import { isDeepStrictEqual } from 'node:util';
import { differences } from '../inspect/difference.ts';
import type { Difference } from '../inspect/views.ts';
import { ModelError } from '../language/diagnostics.ts';
import { fingerprint } from '../machine/identity.ts';
import { MachineError } from '../machine/machine.ts';
import { actorIndex } from '../machine/step.ts';
import { type KeptResults, parseKept } from '../scenario/kept-results.ts';
import { type Scenario, ScenarioError, type Target } from '../scenario/scenario.ts';
import { buildTarget, codeHashOf, keepCompiled } from '../scenario/target.ts';
import { CommandError } from './command-error.ts';
import { startSession } from './commands.ts';
import { placeOf, placeText } from './place.ts';
import { type RecordedAction, type Recording, RecordingError } from './recording.ts';
import type { Session } from './session.ts';
import { maxNotes } from './session-commands.ts';
import { jump, take } from './stepping.ts';
import { ancestorAt, findBranch, forkBranch, maxBranches, renameBranch } from './timeline.ts';

/** Where a recording and this machine part. */
export interface Divergence {
	/** Depth of the step that went differently; 0 when the start does. */
	readonly step: number;
	/** Number of the action in the recording, from 1; 0 for the start. */
	readonly action: number;
	/** `cpu1`; empty at the start. */
	readonly actor: string;
	/** What is wrong, in one line. */
	readonly message: string;
	/** Fingerprints of the state that was recorded and of the one that was computed; empty when there is none. */
	readonly expected: string;
	readonly actual: string;
	/** What the step changed here, to be compared with what the recorded run must have shown. */
	readonly changes: readonly Difference[];
}

export interface Replay {
	/** At the end of the recording, or at the last step before the divergence. */
	readonly session: Session;
	readonly divergence: Divergence | null;
	/** Where the time that the replay may take was over: how many actions had been done. Null when it came to its end. */
	readonly gaveUp: { readonly actions: number } | null;
	/** What the user should know: damage to the file, a model that has changed since. A line each. */
	readonly remarks: readonly string[];
}

/**
 * Runs a recording on the texts that it carries. `bundled` finds the scenario of that id that comes with the program, so
 * that a remark can say when it has changed since. `isOver` says when it has taken long enough: a recording is bounded in
 * steps, but each step of a stranger's model may take as long as the machine allows. `kept` is what was read and compiled before.
 * @throws RecordingError when the texts it carries make no scenario, or not the selection that it names
 */
export function replayRecording(
	recording: Recording,
	bundled: (id: string) => Scenario | null = () => null,
	isOver: () => boolean = () => false,
	kept?: KeptResults,
): Replay {
	const remarks: string[] = [];
	const target = targetOf(recording, kept);
	const { header } = recording;
	const codeHash = codeHashOf(target);
	if (codeHash !== header.codeHash) {
		remarks.push(
			`The model in the recording compiles to other code here (${codeHash}) than where it was recorded (${header.codeHash}, by ${header.tool}); every step is checked.`,
		);
	}
	const change = changeOfBundled(recording, target, bundled);
	if (change !== null) remarks.push(change);
	const replay = replayOn(target, recording, isOver);
	return { ...replay, remarks: [...remarks, ...replay.remarks] };
}

/**
 * Runs a recording on a target that is ready, whatever the recording says of its own.
 * @throws RecordingError when the target cannot start
 */
export function replayOn(target: Target, recording: Recording, isOver: () => boolean = () => false): Replay {
	const { header, remarks } = recording;
	let session: Session;
	try {
		session = startSession(target);
	} catch (error) {
		if (!(error instanceof MachineError)) throw error;
		throw new RecordingError(`The scenario in the recording cannot start: ${error.message}`);
	}
	const start = fingerprint(target.machine, session.timeline.root.state);
	if (start !== header.start) {
		const message = 'the very first state differs from the recorded one';
		const divergence = { step: 0, action: 0, actor: '', message, expected: header.start, actual: start, changes: [] };
		return { session, divergence, gaveUp: null, remarks };
	}
	for (const [index, action] of recording.actions.entries()) {
		if (isOver()) return { session, divergence: null, gaveUp: { actions: index }, remarks };
		const next = apply(session, action, index + 1);
		if ('message' in next) return { session, divergence: next, gaveUp: null, remarks };
		session = next;
	}
	return { session, divergence: null, gaveUp: null, remarks };
}

function targetOf({ header }: Recording, kept: KeptResults | undefined): Target {
	try {
		const scenario = parseKept(header.scenario.id, header.scenario.texts, kept);
		keepCompiled(scenario, kept);
		return buildTarget(scenario, header.selection);
	} catch (error) {
		if (!(error instanceof ScenarioError || error instanceof ModelError)) throw error;
		throw new RecordingError(`The scenario in the recording cannot be used: ${error.message}`);
	}
}

/** A remark when the program's own scenario of that id is no longer what was recorded. */
function changeOfBundled(
	{ header }: Recording,
	target: Target,
	bundled: (id: string) => Scenario | null,
): string | null {
	const own = "the replay uses the recording's own texts";
	try {
		const scenario = bundled(header.scenario.id);
		if (scenario === null || isDeepStrictEqual(scenario.texts, header.scenario.texts)) return null;
		if (codeHashOf(buildTarget(scenario, header.selection)) === codeHashOf(target)) return null;
		return `Scenario ${header.scenario.id} has changed since this was recorded; ${own}.`;
	} catch (error) {
		if (!(error instanceof ScenarioError || error instanceof ModelError)) throw error;
		return `Scenario ${header.scenario.id}, as it is now, cannot be set up as it was recorded; ${own}.`;
	}
}

/** The session after an action, or where it diverges. */
function apply(session: Session, action: RecordedAction, number: number): Session | Divergence {
	const { timeline } = session;
	const broken = (message: string): Divergence => ({
		step: timeline.cursor.depth,
		action: number,
		actor: '',
		message: `action ${number} of the recording does not fit what came before: ${message}`,
		expected: '',
		actual: '',
		changes: [],
	});
	switch (action.kind) {
		case 'step':
			return applyStep(session, action, number);
		case 'goto': {
			const index = findBranch(timeline, action.branch);
			const branch = index === null ? undefined : timeline.branches[index];
			if (index === null || branch === undefined) return broken(`there is no branch ${action.branch}`);
			if (action.depth > branch.tip.depth) return broken(`branch ${branch.name} ends at step ${branch.tip.depth}`);
			return jump(session, ancestorAt(branch.tip, action.depth), index);
		}
		case 'fork':
			if (findBranch(timeline, action.branch) !== null) return broken(`there is a branch ${action.branch} already`);
			if (timeline.branches.length >= maxBranches) return broken(`there are ${maxBranches} branches already`);
			return { ...session, timeline: forkBranch(timeline, action.branch) };
		case 'rename': {
			const index = findBranch(timeline, action.branch);
			if (index === null) return broken(`there is no branch ${action.branch}`);
			if (findBranch(timeline, action.to) !== null) return broken(`there is a branch ${action.to} already`);
			return { ...session, timeline: renameBranch(timeline, index, action.to) };
		}
		case 'schedule':
			return applySchedule(session, action.schedule) ?? broken('there is no such schedule, or no such point of it');
		case 'note': {
			if (session.notes.length >= maxNotes) return broken(`there are ${maxNotes} notes already`);
			const { branch, depth, text } = action;
			return { ...session, notes: [...session.notes, { branch, depth, text }] };
		}
		default:
			return action satisfies never;
	}
}

function applyStep(
	session: Session,
	action: Extract<RecordedAction, { kind: 'step' }>,
	number: number,
): Session | Divergence {
	const { target, timeline } = session;
	const diverges = (message: string, actual = '', changes: readonly Difference[] = []): Divergence => ({
		step: action.depth,
		action: number,
		actor: action.actor,
		message: `step ${action.depth}, ${action.actor}: ${message}`,
		expected: action.fingerprint,
		actual,
		changes,
	});
	if (action.depth !== timeline.cursor.depth + 1) {
		return diverges(`the recording numbers it ${action.depth}, but it comes after step ${timeline.cursor.depth}`);
	}
	const actor = actorIndex(target.machine, action.actor);
	if (actor === -1) return diverges('this machine has no such actor');
	let next: Session;
	try {
		next = take(session, { actor, alternative: action.alternative }, action.grain);
	} catch (error) {
		if (error instanceof CommandError) return diverges(`it cannot run here: ${error.message}`);
		if (error instanceof MachineError) return diverges(`the model cannot go on here: ${error.message}`);
		throw error;
	}
	const { state } = next.timeline.cursor;
	const actual = fingerprint(target.machine, state);
	if (actual === action.fingerprint) return next;
	const place = placeOf(target, timeline.cursor.state, next.focus.context);
	const where = place === null ? '' : ` (${placeText(place)})`;
	return diverges(
		`the state after it${where} differs from the recorded one`,
		actual,
		differences(target, timeline.cursor.state, state),
	);
}

function applySchedule(
	session: Session,
	recorded: Extract<RecordedAction, { kind: 'schedule' }>['schedule'],
): Session | null {
	if (recorded === null) return { ...session, schedule: null };
	const { cursor } = session.timeline;
	const schedule = session.target.scenario.schedules.find(({ id }) => id === recorded.id);
	const isSorted = recorded.ends.every((depth, index) => depth >= (recorded.ends[index - 1] ?? 0));
	if (schedule === undefined || recorded.next > schedule.entries.length || recorded.ends.length !== recorded.next)
		return null;
	if (!isSorted || (recorded.ends.at(-1) ?? 0) > cursor.depth) return null;
	const { next, ends, partial } = recorded;
	return { ...session, schedule: { schedule, next, ends, at: cursor, partial } };
}
