/**
 * Reports the data races of one run, each when its later access is done, in the words of KCSAN. What was found stays found: a
 * pair of places is reported once.
 */

import type { ScalarType } from '../language/types.ts';
import { cellType, contextName, describeCell, describeValue } from '../machine/describe.ts';
import type { Choice, Machine } from '../machine/machine.ts';
import { type MachineState, pointerStride } from '../machine/state.ts';
import { initialState, step } from '../machine/step.ts';
import type { Trace, TracedAccess, TracedOp } from '../machine/trace.ts';
import type { Violation } from '../machine/violation.ts';
import { entryAt } from './code-place.ts';
import { HappensBefore, type ObservedRace, type TimedAccess } from './happens-before.ts';
import { cellText, type RacingAccess, raceOf, raceTitle } from './races.ts';

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
		const waits = state.contexts.map(({ gracePeriod }) => gracePeriod);
		const races = this.order.follow(ops, state.clock, { callbacks: state.callbacks, waits });
		return races.flatMap((race) => {
			const key = raceKey(race);
			if (this.reported.has(key)) return [];
			this.reported.add(key);
			return [raceViolation(this.machine, state, race)];
		});
	}
}

/** The report of the race that the last op step of a run makes, as far as its lines of details go; null when it makes none. */
export function raceAlong(machine: Machine, run: readonly Choice[]): readonly string[] | null {
	const detector = new RaceDetector(machine);
	let { state } = initialState(machine);
	let found: readonly Violation[] = [];
	for (const choice of run) {
		const trace: Trace = [];
		({ state } = step(machine, state, choice, 'op', { trace }));
		found = detector.follow(trace, state);
	}
	return found.at(-1)?.details ?? null;
}

/** The pair of places, in either order. */
function raceKey({ earlier, later }: ObservedRace): string {
	const place = ({ op }: TimedAccess) => `${op.place.function}:${op.place.instruction}`;
	return [place(earlier), place(later)].sort().join(' ');
}

/** A race in the form in which the search has it. */
export function racingAccess(machine: Machine, op: TracedAccess): RacingAccess {
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
		title: raceTitle(raceOf(racingAccess(machine, earlier.op), racingAccess(machine, later.op))),
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
