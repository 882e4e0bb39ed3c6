/**
 * Reports the data races of one run, each when its later access is done, in the words of KCSAN. What was found stays found: a race
 * is reported once, and is the same as for the search when title and place of the first access are (races.ts). The report stands
 * where the later access does, at which the run has come; that of the search stands at the first access of the title.
 */

import type { ScalarType } from '../language/types.ts';
import { cellType, contextName, describeCell, describeValue } from '../machine/describe.ts';
import { type Choice, type Machine, MachineError } from '../machine/machine.ts';
import { type MachineState, pointerStride } from '../machine/state.ts';
import { initialState, step } from '../machine/step.ts';
import type { GraceState, Trace, TracedAccess, TracedOp } from '../machine/trace.ts';
import type { Violation } from '../machine/violation.ts';
import { entryAt } from './code-place.ts';
import { HappensBefore, type ObservedRace, type TimedAccess } from './happens-before.ts';
import { cellText, type Race, type RacingAccess, raceIdentity, raceOf, raceTitle } from './races.ts';

/** Follows a run and reports its races. */
export class RaceDetector {
	private readonly machine: Machine;
	private readonly order: HappensBefore;
	private readonly reported: Set<string>;

	constructor(machine: Machine, order = new HappensBefore(machine), reported: ReadonlySet<string> = new Set()) {
		this.machine = machine;
		this.order = order;
		this.reported = new Set(reported);
	}

	/** Another one that goes on from here by itself. */
	copy(): RaceDetector {
		return new RaceDetector(this.machine, this.order.copy(), this.reported);
	}

	/**
	 * Takes in a step that was made: what it did (`StepOptions.trace`) and the state after it. Steps are to be told in order.
	 * @returns a warning for each race that was not reported before
	 */
	follow(ops: readonly TracedOp[], state: MachineState): readonly Violation[] {
		const races = this.order.follow(ops, state.clock, graceOf(state));
		return races.flatMap((race) => {
			const key = raceIdentity(asRace(this.machine, race));
			if (this.reported.has(key)) return [];
			this.reported.add(key);
			return [raceViolation(this.machine, state, race)];
		});
	}
}

/**
 * The lines of details of a race that the last op step of a run makes.
 * @returns null when that step makes no such race, or the machine cannot give a meaning to what comes right behind its access
 */
export function raceAlong(machine: Machine, run: readonly Choice[], wanted: Race): readonly string[] | null {
	const order = new HappensBefore(machine);
	let { state } = initialState(machine);
	let races: readonly ObservedRace[] = [];
	try {
		for (const choice of run) {
			const trace: Trace = [];
			({ state } = step(machine, state, choice, 'op', { trace }));
			races = order.follow(trace, state.clock, graceOf(state));
		}
	} catch (error) {
		if (error instanceof MachineError) return null;
		throw error;
	}
	const identity = raceIdentity(wanted);
	const race = races.find((seen) => raceIdentity(asRace(machine, seen)) === identity);
	return race === undefined ? null : raceViolation(machine, state, race).details;
}

function graceOf({ contexts, callbacks }: MachineState): GraceState {
	return { callbacks, waits: contexts.map(({ gracePeriod }) => gracePeriod) };
}

/** A race in the form in which the search has it. */
export function asRace(machine: Machine, { earlier, later }: ObservedRace): Race {
	return raceOf(racingAccess(machine, earlier.op), racingAccess(machine, later.op));
}

function racingAccess(machine: Machine, op: TracedAccess): RacingAccess {
	const { object, pointer, isWrite, context } = op;
	const cell = pointer % pointerStride;
	const access = {
		object: Math.floor(pointer / pointerStride),
		cell,
		name: cellText(machine, object, cell),
		isWrite,
		access: op.access === 'atomic' ? 'once' : op.access,
	} as const;
	return { access, context, place: entryAt(machine, op.place) };
}

function raceViolation(machine: Machine, state: MachineState, { earlier, later }: ObservedRace): Violation {
	const at = entryAt(machine, later.op.place);
	return {
		kind: 'data-race',
		severity: 'warning',
		title: raceTitle(asRace(machine, { earlier, later })),
		actor: contextName(machine, later.op.context),
		...at,
		step: later.step,
		stack: later.op.stack.map((place) => entryAt(machine, place)),
		details: [
			...accessLines(machine, state, earlier),
			...accessLines(machine, state, later),
			...changeLines(machine, state, [later.op, earlier.op]),
			'Nothing in this run orders the two: no lock, no release and acquire, no grace period, no interrupt.',
		],
	};
}

/** `write to A->dirty of 8 bytes by CPU0 at step 12:`, and the stack below it. */
function accessLines(machine: Machine, state: MachineState, { op, step }: TimedAccess): readonly string[] {
	const { pointer, context, access } = op;
	const verb = op.isRead && op.isWrite ? 'read-write' : op.isWrite ? 'write' : 'read';
	const marked = access === 'plain' ? '' : ' (marked)';
	const bytes = sizeOf(cellType(machine, state, pointer));
	const size = bytes === null ? '' : ` of ${bytes} byte${bytes === 1 ? '' : 's'}`;
	const cell = describeCell(machine, state, pointer);
	return [
		`${verb}${marked} to ${cell}${size} by ${contextName(machine, context)} at step ${step}:`,
		...op.stack.map((place) => {
			const { function: fn, file, line } = entryAt(machine, place);
			return ` ${fn} (${file}:${line})`;
		}),
		'',
	];
}

/** What a value of a type takes in the kernel on a machine of 64 bits; null where the model does not say. */
function sizeOf(type: ScalarType | null): number | null {
	switch (type?.kind) {
		case 'integer':
			return Math.max(1, type.bits / 8);
		case 'pointer':
			return 8;
		case 'machine':
			return type.name === 'entry' ? 8 : null;
		default:
			return null;
	}
}

/** `value changed: 2 -> 4`, of the latest that changed it. */
function changeLines(machine: Machine, state: MachineState, accesses: readonly TracedAccess[]): readonly string[] {
	const change = accesses.find(({ before, after }) => before !== after);
	const type = change === undefined ? null : cellType(machine, state, change.pointer);
	if (change === undefined || type === null) return [];
	const text = (value: number) => describeValue(machine, state, type, value);
	return [`value changed: ${text(change.before)} -> ${text(change.after)}`, ''];
}
