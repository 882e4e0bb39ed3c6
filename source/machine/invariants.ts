/**
 * Invariants: model C functions that must hold after every op. A condition that one finds broken is reported when it begins to
 * be so, and again only after it has held in between.
 */

import type { Program } from '../language/code.ts';
import { plainLine } from '../language/plain-text.ts';
import { Execution } from './interpreter.ts';
import type { Journal } from './journal.ts';
import { firstFrame } from './stack.ts';
import type { Context } from './state.ts';
import type { Store } from './store.ts';

const invariantsOf = new WeakMap<Program, readonly number[]>();

/** Indices of the functions with that role. */
export function invariantFunctions(program: Program): readonly number[] {
	let found = invariantsOf.get(program);
	if (found === undefined) {
		found = program.functions.flatMap(({ role }, index) => (role === 'invariant' ? [index] : []));
		invariantsOf.set(program, found);
	}
	return found;
}

/**
 * Evaluates every invariant on the state as it is now. Reports name the journal's site, which should be the op just done.
 * @param context whose frames they are run on top of
 * @param below has those frames as they stand
 */
export function checkInvariants(store: Store, journal: Journal, context: number, below: Pick<Context, 'frames'>): void {
	const { program } = store.machine;
	const indices = invariantFunctions(program);
	if (indices.length === 0) return;
	const known = store.alarms();
	const { isStopped } = journal;
	const conditions = journal.watchConditions(known);
	journal.silence(1);
	for (const index of indices) {
		const fn = program.functions[index];
		if (fn === undefined) continue;
		const execution = new Execution(store, journal, context, [firstFrame(store, context, index, [])], below);
		journal.evaluated = execution;
		execution.runWhole();
		journal.evaluated = null;
		execution.leave();
		if (execution.status === 'returned' && execution.value === 0 && fn.type.result.kind !== 'void') {
			const comment = plainLine(fn.comment);
			const details = comment === '' ? [] : [comment];
			journal.report('violation', 'invariant', `${fn.name} does not hold`, details, [index]);
		}
		// What crashes is the invariant, not the context that it was evaluated on.
		journal.isStopped = isStopped;
	}
	journal.silence(-1);
	const found = conditions();
	const isSame = found.length === known.length && found.every((key, index) => key === known[index]);
	if (!isSame) store.setAlarms(found);
}
