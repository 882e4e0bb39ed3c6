/** In what two replayed recordings differ: where their schedules and states part, and what is different at the end. */

import { differencesAcross } from '../inspect/difference.ts';
import type { Difference } from '../inspect/views.ts';
import { plainLine } from '../language/plain-text.ts';
import type { SourceFile } from '../language/position.ts';
import { fingerprint } from '../machine/identity.ts';
import { actorName } from '../machine/step.ts';
import { codeHashOf } from '../scenario/target.ts';
import { contextOfActor, placeOf, sourceLine } from './place.ts';
import type { Recording } from './recording.ts';
import type { Session, TimelineNode, UserNote } from './session.ts';
import { currentBranch, nodesBetween, reportingNodes } from './timeline.ts';

/** One of the two. The session is what the replay came to. */
export interface Replayed {
	readonly recording: Recording;
	readonly session: Session;
}

/** A value that is not the same on both sides. */
export interface Unlike {
	/** `scenario`, `kernel`, `program`, `option NAME`. */
	readonly name: string;
	/** Empty for what a side does not have. */
	readonly a: string;
	readonly b: string;
}

export interface TextDifference {
	readonly path: string;
	/** First line that differs, from 1; null when one side has no such text. */
	readonly line: number | null;
	readonly only: 'a' | 'b' | null;
}

/** A step as one side has it. */
export interface ChosenStep {
	readonly actor: string;
	readonly alternative: number;
	readonly grain: string;
	/** The line that the actor was about to run; null for hardware. */
	readonly place: {
		readonly function: string;
		readonly file: string;
		readonly line: number;
		readonly text: string;
	} | null;
}

export interface StateDifference {
	/** Steps after which the states differ; 0 for the start. */
	readonly step: number;
	readonly changes: readonly Difference[];
}

/** What only one side has. */
export interface OneSided<T> {
	readonly onlyA: readonly T[];
	readonly onlyB: readonly T[];
}

export interface BranchTip {
	readonly name: string;
	readonly steps: number;
}

export interface ReportedHarm {
	readonly kind: string;
	readonly severity: string;
	readonly step: number;
	readonly actor: string;
	readonly function: string;
	readonly title: string;
}

export interface RecordingDifference {
	readonly selection: readonly Unlike[];
	/** Null when both compile to the same code. */
	readonly code: { readonly a: string; readonly b: string } | null;
	readonly texts: readonly TextDifference[];
	readonly steps: { readonly a: number; readonly b: number };
	/** First step of the current branches at which another choice was made; a side is null where it has ended. Null: the same. */
	readonly schedule: { readonly step: number; readonly a: ChosenStep | null; readonly b: ChosenStep | null } | null;
	/** The first states that differ, of those that both have. */
	readonly state: StateDifference | null;
	/** The first that differ in more than in where the CPUs stand. */
	readonly data: StateDifference | null;
	/** What differs between the last states. */
	readonly end: readonly Difference[];
	/** Whether the last states are the same, also in what no view shows. Null when the code differs: then only views can be compared. */
	readonly isSameEnd: boolean | null;
	readonly branches: OneSided<BranchTip> & {
		/** Branches of one name whose steps differ, and the first step that does; but for the one that both end on. */
		readonly differing: readonly { readonly name: string; readonly step: number }[];
	};
	readonly notes: OneSided<UserNote>;
	readonly violations: OneSided<ReportedHarm>;
	/** Whether time was over before all states had been compared. */
	readonly gaveUp: boolean;
}

/** The parts of which a difference consists, and whether there is one in each. The program that wrote a recording is none. */
export function differingParts(difference: RecordingDifference): readonly string[] {
	const { selection, code, texts, schedule, state, end, branches, notes, violations } = difference;
	const isOneSided = ({ onlyA, onlyB }: OneSided<unknown>): boolean => onlyA.length + onlyB.length > 0;
	const parts: readonly (readonly [string, boolean])[] = [
		['selection', selection.length > 0],
		['code', code !== null],
		['texts', texts.length > 0],
		['schedule', schedule !== null],
		['states', state !== null],
		['end', end.length > 0 || difference.isSameEnd === false],
		['branches', isOneSided(branches) || branches.differing.length > 0],
		['notes', isOneSided(notes)],
		['violations', isOneSided(violations)],
	];
	return parts.flatMap(([name, differs]) => (differs ? [name] : []));
}

/**
 * Compares the ways to the tips of the branches on which the recordings end, and everything beside them.
 * @param isOver asked between states: comparing views takes time
 */
export function recordingDifference(a: Replayed, b: Replayed, isOver: () => boolean): RecordingDifference {
	const wayA = wayOf(a.session, currentBranch(a.session.timeline).tip);
	const wayB = wayOf(b.session, currentBranch(b.session.timeline).tip);
	const code = { a: codeHashOf(a.session.target), b: codeHashOf(b.session.target) };
	const isSameCode = code.a === code.b;
	const states = compareStates(a.session, b.session, wayA, wayB, isSameCode, isOver);
	const [endA, endB] = [wayA.at(-1), wayB.at(-1)];
	return {
		selection: selectionDifference(a.recording, b.recording),
		code: isSameCode ? null : code,
		texts: textDifferences(a.recording.header.scenario.texts, b.recording.header.scenario.texts),
		steps: { a: wayA.length - 1, b: wayB.length - 1 },
		schedule: scheduleDifference(a.session, b.session, wayA, wayB),
		state: states.state,
		data: states.data,
		end: endA === undefined || endB === undefined ? [] : viewsDifference(a.session, b.session, endA, endB),
		isSameEnd:
			!isSameCode || endA === undefined || endB === undefined
				? null
				: stateName(a.session, endA) === stateName(b.session, endB),
		branches: branchDifference(a.session, b.session, isOver),
		notes: oneSided(a.session.notes, b.session.notes),
		violations: oneSided(harmsOf(a.session), harmsOf(b.session)),
		gaveUp: states.gaveUp || isOver(),
	};
}

function wayOf({ timeline }: Session, tip: TimelineNode): readonly TimelineNode[] {
	return [timeline.root, ...nodesBetween(timeline.root, tip)];
}

function stateName({ target }: Session, { state }: TimelineNode): string {
	return fingerprint(target.machine, state);
}

function viewsDifference(a: Session, b: Session, nodeA: TimelineNode, nodeB: TimelineNode): readonly Difference[] {
	return differencesAcross({ target: a.target, state: nodeA.state }, { target: b.target, state: nodeB.state });
}

function selectionDifference({ header: a }: Recording, { header: b }: Recording): Unlike[] {
	const options = [...new Set([...Object.keys(a.selection.options), ...Object.keys(b.selection.options)])];
	return [
		{ name: 'scenario', a: a.scenario.id, b: b.scenario.id },
		{ name: 'kernel', a: a.selection.kernel, b: b.selection.kernel },
		{ name: 'program', a: a.selection.program, b: b.selection.program },
		...options.sort().map((id) => ({
			name: `option ${id}`,
			a: a.selection.options[id] ?? '',
			b: b.selection.options[id] ?? '',
		})),
	].filter((row) => row.a !== row.b);
}

function textDifferences(a: readonly SourceFile[], b: readonly SourceFile[]): TextDifference[] {
	const textsA = new Map(a.map(({ path, text }) => [path, text]));
	const textsB = new Map(b.map(({ path, text }) => [path, text]));
	return [...new Set([...textsA.keys(), ...textsB.keys()])].flatMap((path): TextDifference[] => {
		const [textA, textB] = [textsA.get(path), textsB.get(path)];
		if (textA === textB) return [];
		if (textA === undefined) return [{ path, line: null, only: 'b' }];
		if (textB === undefined) return [{ path, line: null, only: 'a' }];
		const [linesA, linesB] = [textA.split('\n'), textB.split('\n')];
		const length = Math.max(linesA.length, linesB.length);
		const first = Array.from({ length }, (_, index) => index).find((index) => linesA[index] !== linesB[index]);
		return [{ path, line: (first ?? 0) + 1, only: null }];
	});
}

function isSameChoice(a: TimelineNode | undefined, b: TimelineNode | undefined): boolean {
	if (a === undefined || b === undefined) return a === b;
	const [first, second] = [a.action, b.action];
	if (first === null || second === null) return first === second;
	return (
		first.choice.actor === second.choice.actor &&
		first.choice.alternative === second.choice.alternative &&
		first.grain === second.grain
	);
}

/** Index of the first node of two ways that a choice led to which was not made on the other; null when there is none. */
function parting(a: readonly TimelineNode[], b: readonly TimelineNode[]): number | null {
	const length = Math.max(a.length, b.length);
	for (let index = 0; index < length; index++) if (!isSameChoice(a[index], b[index])) return index;
	return null;
}

function scheduleDifference(
	a: Session,
	b: Session,
	wayA: readonly TimelineNode[],
	wayB: readonly TimelineNode[],
): RecordingDifference['schedule'] {
	const step = parting(wayA, wayB);
	return step === null ? null : { step, a: chosenStep(a, wayA[step]), b: chosenStep(b, wayB[step]) };
}

function chosenStep({ target }: Session, node: TimelineNode | undefined): ChosenStep | null {
	if (node?.action == null || node.parent === null) return null;
	const { choice, grain } = node.action;
	const context = contextOfActor(target, choice.actor);
	const place = context === choice.actor ? placeOf(target, node.parent.state, context) : null;
	return {
		actor: actorName(target.machine, choice.actor),
		alternative: choice.alternative,
		grain,
		place:
			place === null
				? null
				: {
						function: place.name,
						file: place.file,
						line: place.line,
						text: plainLine(sourceLine(target, place.file, place.line)),
					},
	};
}

interface StateComparison {
	readonly state: StateDifference | null;
	readonly data: StateDifference | null;
	readonly gaveUp: boolean;
}

function compareStates(
	a: Session,
	b: Session,
	wayA: readonly TimelineNode[],
	wayB: readonly TimelineNode[],
	isSameCode: boolean,
	isOver: () => boolean,
): StateComparison {
	let state: StateDifference | null = null;
	for (const [step, nodeA] of wayA.entries()) {
		const nodeB = wayB[step];
		if (nodeB === undefined) break;
		// The same code names the same state by the same fingerprint, which costs less than looking at it.
		if (isSameCode && stateName(a, nodeA) === stateName(b, nodeB)) continue;
		if (isOver()) return { state, data: null, gaveUp: true };
		const changes = viewsDifference(a, b, nodeA, nodeB);
		if (changes.length === 0 && !isSameCode) continue;
		state ??= { step, changes };
		const data = changes.filter(({ view }) => view !== 'CPUs');
		if (data.length > 0) return { state, data: { step, changes: data }, gaveUp: false };
	}
	return { state, data: null, gaveUp: false };
}

function branchDifference(a: Session, b: Session, isOver: () => boolean): RecordingDifference['branches'] {
	const tips = ({ timeline }: Session): Map<string, TimelineNode> =>
		new Map(timeline.branches.map(({ name, tip }) => [name, tip]));
	const [tipsA, tipsB] = [tips(a), tips(b)];
	const only = (own: Map<string, TimelineNode>, other: Map<string, TimelineNode>): BranchTip[] =>
		[...own].filter(([name]) => !other.has(name)).map(([name, { depth }]) => ({ name, steps: depth }));
	// What both end on is the schedule's part.
	const ends = [currentBranch(a.timeline), currentBranch(b.timeline)];
	const differing = [...tipsA].flatMap(([name, tipA]) => {
		const tipB = tipsB.get(name);
		const isEnd = ends.every((branch) => branch.name === name);
		const step = tipB === undefined || isEnd || isOver() ? null : parting(wayOf(a, tipA), wayOf(b, tipB));
		return step === null ? [] : [{ name, step }];
	});
	return { onlyA: only(tipsA, tipsB), onlyB: only(tipsB, tipsA), differing };
}

/** What was reported on any branch, each once. */
function harmsOf({ timeline }: Session): ReportedHarm[] {
	return reportingNodes(timeline).flatMap(({ violations }) =>
		violations.map(({ kind, severity, step, actor, function: name, title }) => ({
			kind,
			severity,
			step,
			actor,
			function: name,
			title,
		})),
	);
}

/** Each entry that the other list does not have as often. */
function oneSided<T>(a: readonly T[], b: readonly T[]): OneSided<T> {
	const counts = new Map<string, number>();
	for (const entry of b) counts.set(JSON.stringify(entry), (counts.get(JSON.stringify(entry)) ?? 0) + 1);
	const onlyA = a.filter((entry) => {
		const left = counts.get(JSON.stringify(entry)) ?? 0;
		counts.set(JSON.stringify(entry), left - 1);
		return left <= 0;
	});
	const onlyB = b.toReversed().filter((entry) => {
		const left = counts.get(JSON.stringify(entry)) ?? 0;
		counts.set(JSON.stringify(entry), left - 1);
		return left > 0;
	});
	return { onlyA, onlyB: onlyB.reverse() };
}
