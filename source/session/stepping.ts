/** One step of a session: along what was tried before when it was, else by the machine. Also what every move has in common. */

import type { Choice, Grain } from '../machine/machine.ts';
import { actorName, actors } from '../machine/step.ts';
import type { Violation } from '../machine/violation.ts';
import { CommandError } from './command-error.ts';
import { contextOfActor } from './place.ts';
import { watchedStep } from './run-watch.ts';
import type { Session, TimelineNode } from './session.ts';
import { follow, grow, isInPast, maxBranches, moveTo } from './timeline.ts';
import { maxWeight } from './weight.ts';

/**
 * Lets an actor make a step at the cursor. A step that was taken here before is found again, with the very same state;
 * another one grows the current branch or, in the past, a new one. The focus goes to the context that moved.
 * @param wantsEvents whether the step is going to be drawn, see step-events.ts
 * @throws CommandError when the actor cannot run, with the reason
 * @throws MachineError for what the machine cannot give a meaning to
 */
export function take(session: Session, choice: Choice, grain: Grain, wantsEvents = false): Session {
	const { target, timeline } = session;
	const action = { choice, grain };
	const known = follow(timeline, action);
	if (known !== null) return arrive(session, known);
	if (isInPast(timeline) && timeline.branches.length >= maxBranches) {
		throw new CommandError(`there are ${maxBranches} branches already: step at the end of one of them`);
	}
	if (timeline.weight > maxWeight) {
		throw new CommandError(
			'this session holds as many steps as memory allows: record it, and start a new one (going back still works)',
		);
	}
	try {
		const { result, keep } = watchedStep(target.machine, timeline.cursor, choice, grain, wantsEvents);
		const grown = grow(timeline, action, result);
		keep(grown.cursor);
		return arrive(session, grown);
	} catch (error) {
		if (!(error instanceof Error) || error.name !== 'ChoiceError') throw error;
		throw new CommandError(refusal(session, choice));
	}
}

function arrive(session: Session, timeline: Session['timeline']): Session {
	return { ...session, timeline, focus: focusAfter(session, timeline.cursor), stop: '' };
}

/** CPUs and the callback context take the focus with their steps; hardware that acts on its own does not. */
function focusAfter(session: Session, node: TimelineNode): Session['focus'] {
	const actor = node.action?.choice.actor;
	if (actor === undefined || actor > session.target.machine.configuration.cpus) return { ...session.focus, frame: 0 };
	return { context: actor, frame: 0 };
}

/** Moves the cursor to a node of a branch. The focus goes to the context whose step led there. */
export function jump(session: Session, node: TimelineNode, branch = session.timeline.current): Session {
	return arrive(session, moveTo(session.timeline, node, branch));
}

/** Why an actor cannot make that choice now, and who can run instead. */
export function refusal(session: Session, choice: Choice): string {
	const { machine } = session.target;
	const statuses = actors(machine, session.timeline.cursor.state);
	const status = statuses.find(({ actor }) => actor === choice.actor);
	const name = actorName(machine, choice.actor);
	const why =
		status === undefined
			? idleReason(name)
			: whyNot(status.status, status.wait?.text, name, choice.alternative, status.alternatives.length);
	// A reason may end in a statement of the model, with its own semicolon.
	return `${name} ${why.replace(/;$/, '')}; ${whoCan(session)}`;
}

function whyNot(
	status: 'ready' | 'waiting' | 'idle' | 'done' | 'dead',
	wait: string | undefined,
	name: string,
	alternative: number,
	alternatives: number,
): string {
	switch (status) {
		case 'ready':
			return `has no alternative ${alternative}, only ${alternatives === 1 ? '0' : `0 to ${alternatives - 1}`}`;
		case 'waiting':
			return wait ?? 'waits';
		case 'done':
			return 'has finished: its function returned';
		case 'dead':
			return 'is dead: it crashed, see `info violations`';
		case 'idle':
			return idleReason(name);
		default:
			return status satisfies never;
	}
}

function idleReason(name: string): string {
	if (name === 'rcu') return 'has nothing to do: no callback has been queued whose grace period has ended';
	if (name.startsWith('ipi')) return 'has nothing to do: no flush interrupt is on its way to that CPU';
	if (name.startsWith('mmu')) return 'has nothing to do: there is no translation that it could cache on its own';
	return 'has nothing to run';
}

/** `cpu1 can run`, `cpu0 and rcu can run`, or that nothing can. */
function whoCan(session: Session): string {
	const ready = actors(session.target.machine, session.timeline.cursor.state).filter(
		({ status }) => status === 'ready',
	);
	const names = ready.map(({ name }) => name);
	if (names.length === 0) return 'nothing can run any more: go back with `back` or `restart`';
	const shown = names.length > 6 ? [...names.slice(0, 6), '...'] : names;
	return `${shown.join(', ')} can run`;
}

/** The choice of an actor's first alternative. */
export function firstChoice(actor: number): Choice {
	return { actor, alternative: 0 };
}

/** The context in which the step that led to a node ran; null at the start. */
export function movedContext(session: Session, node: TimelineNode): number | null {
	return node.action === null ? null : contextOfActor(session.target, node.action.choice.actor);
}

/** Whether a node reports a violation (warnings and notes do not count). */
export function hasViolation(violations: readonly Violation[]): boolean {
	return violations.some(({ severity }) => severity === 'violation');
}
