/** Everything that each context of a target is ever seen to do, and to wait for: what the lines of a drawing are compared with. */

import { type Monitor, MonitoredSearch } from '../../explore/monitored-search.ts';
import type { Leaf, Transitions } from '../../explore/transitions.ts';
import type { Choice } from '../../machine/machine.ts';
import type { MachineState } from '../../machine/state.ts';
import type { Target } from '../../scenario/scenario.ts';
import { entryOf, type Observation, type Observations, observe, waitOf } from './observations.ts';

/**
 * Observations by what the search remembers of an operation. Two executions of the same leaf read the same, so they show the same,
 * but for names that were given to objects meanwhile: so what is found is tried out in the end.
 */
export class Observer {
	readonly target: Target;
	private readonly seen = new Map<number, Observations>();
	private readonly waiting = new Map<number, Observation | null>();

	constructor(target: Target) {
		this.target = target;
	}

	observe(leaf: Leaf, choice: Choice, before: () => MachineState): Observations {
		let known = this.seen.get(leaf.number);
		if (known === undefined) {
			known = observe(this.target, before(), choice);
			this.seen.set(leaf.number, known);
		}
		return known;
	}

	waitOf(leaf: Leaf, context: number, state: () => MachineState): Observation | null {
		let known = this.waiting.get(leaf.number);
		if (known === undefined) {
			known = waitOf(this.target, state(), context);
			this.waiting.set(leaf.number, known);
		}
		return known;
	}
}

/** States that the vocabulary is collected from at most. */
const vocabularyBounds = { nodes: 60_000, bytes: 128 * 2 ** 20 };

export interface Vocabulary {
	/** Without repetitions. */
	readonly observations: readonly Observation[];
	/** Whether every state was met. */
	readonly isComplete: boolean;
	readonly states: number;
}

export function collectVocabulary(transitions: Transitions, start: MachineState, observer: Observer): Vocabulary {
	const found = new Map<string, Observation>();
	const add = (seen: Observation | null): void => {
		if (seen === null) return;
		const key = keyOf(seen);
		if (!found.has(key)) found.set(key, seen);
	};
	for (const context of start.contexts.keys()) add(entryOf(observer.target, start, context));
	const { cpus } = observer.target.machine.configuration;
	const monitor: Monitor<never> = {
		start: () => ({ progress: 0, cost: 0, notes: [] }),
		judge: (_, { choice, leaf, before, after, waits }) => {
			const { body, trail } = observer.observe(leaf, choice, before);
			for (const seen of body) add(seen);
			for (const seen of trail) add(seen);
			for (let context = 0; context <= cpus; context++) {
				const waiting = waits(context);
				if (waiting !== null) add(observer.waitOf(waiting, context, after));
			}
			return { progress: 0, cost: 1, notes: [] };
		},
		isDone: () => false,
		rank: () => 0,
	};
	const search = new MonitoredSearch(transitions, start, monitor, vocabularyBounds);
	const isComplete = search.run() === null;
	return { observations: [...found.values()], isComplete, states: search.count };
}

/** What tells one thing that is done from another. */
export function keyOf({ kind, context, text, file, line }: Observation): string {
	return `${kind}|${context}|${file}:${line}|${text}`;
}
