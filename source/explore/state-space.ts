/** The states met by a search from any state of the immutable machine, without reduction, each with what can happen next in it. */

import type { MachineState } from '../machine/state.ts';
import { Cursor } from './cursor.ts';
import { actionOf } from './search.ts';
import { StateTable } from './state-table.ts';
import { eachSuccessor } from './successors.ts';
import { type Executed, newExecuted, type Transitions } from './transitions.ts';

/** One op step of a search. */
export interface Edge {
	/** The choice, packed; see `choiceOf`. */
	readonly action: number;
	/** The number of the state that it leads to; -1 where the machine cannot give it a meaning. */
	readonly to: number;
	/** Whether nobody has come to that state before. */
	readonly isNew: boolean;
	/** The number of a finding of severity `violation` that the step reports (a deadlock that begins with it is one); -1 for none. */
	readonly violation: number;
}

export class StateSpace {
	readonly transitions: Transitions;
	/** Stands, while an edge is looked at, at the state that it leads to. */
	readonly cursor: Cursor;
	private readonly states: StateTable;
	private readonly executed: Executed = newExecuted();

	/** @param start may stand in the middle of a line; it is state 0 */
	constructor(transitions: Transitions, start: MachineState) {
		this.transitions = transitions;
		this.cursor = new Cursor(transitions.encode(start));
		this.states = new StateTable(this.cursor);
		this.states.add();
	}

	get count(): number {
		return this.states.count;
	}

	/** Bytes taken by the states. */
	get bytes(): number {
		return this.states.bytes;
	}

	/** Moves the cursor to a state. */
	goTo(state: number): void {
		this.states.goTo(state);
	}

	/** Makes every choice of a state, in order of actor and alternative. @returns how many there were */
	expand(state: number, visit: (edge: Edge) => void): number {
		this.states.goTo(state);
		let edges = 0;
		eachSuccessor(this.transitions, this.cursor, this.executed, (_leaf, actor, alternative) => {
			edges++;
			visit(this.edge(actor, alternative));
		});
		return edges;
	}

	private edge(actor: number, alternative: number): Edge {
		const { executed } = this;
		const action = actionOf(actor, alternative);
		const reported = executed.findings.find((found) => this.isViolation(found)) ?? -1;
		if (executed.error !== null) return { action, to: -1, isNew: false, violation: reported };
		const number = this.states.add();
		const violation = reported >= 0 ? reported : this.deadlockAfter(actor);
		return number < 0
			? { action, to: -1 - number, isNew: true, violation }
			: { action, to: number, isNew: false, violation };
	}

	private isViolation(finding: number): boolean {
		return this.transitions.findings[finding]?.severity === 'violation';
	}

	/** A deadlock is reported by the step that leads into it; a speculative fill ends nobody's wait, so it begins none. */
	private deadlockAfter(actor: number): number {
		const { transitions, cursor } = this;
		if (actor > 2 * transitions.cpus || !transitions.isStuck(cursor.vector)) return -1;
		return transitions.deadlockFinding();
	}
}
