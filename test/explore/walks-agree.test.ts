/**
 * Walks by chance through the bundled scenarios: what any of them reports, by its steps or by what follows runs, is among what the
 * search finds, with reduction and without.
 */

import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import { RunDetectors } from '../../source/explore/run-detectors.ts';
import { type Machine, MachineError } from '../../source/machine/machine.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import type { Trace } from '../../source/machine/trace.ts';
import type { Violation } from '../../source/machine/violation.ts';
import { bundledIds, loadBundled } from '../../source/scenario/bundled.ts';
import { expectedRows } from '../../source/scenario/expected.ts';
import type { Selection } from '../../source/scenario/scenario.ts';
import { buildTarget, resolveSelection } from '../../source/scenario/target.ts';

/** States with reduction, and without, beyond which a kernel with a program is left out. */
const maxStates = 200;
/** Of 100, how often the actor of the step before goes on: by walk, in turn. */
const persistence = [0, 90];
/** Of so many kernels with programs, one is walked through. */
const stride = 3;

/** By what a report of a run and a finding of the search are compared: titles of what follows runs name code alone. */
function nameOf({
	kind,
	severity,
	title,
	function: fn,
	line,
}: Omit<Violation, 'actor' | 'step' | 'stack' | 'details'>) {
	return kind === 'data-race' || kind === 'lock-order' ? title : `${severity} ${kind} in ${fn}, ${line}`;
}

/** What a search finds; null when it meets too many states. */
function found(machine: Machine, reduction: boolean, maxStates: number): readonly string[] | null {
	const report = checkMachine(machine, { ...unboundedSettings, anyWay: 'always', reduction, maxStates });
	return report.bound === null ? report.findings.map(nameOf) : null;
}

/** A sequence of numbers below 2^31 that looks like chance. */
function* chance(seed: number): Generator<number, never> {
	for (let at = seed; ; ) {
		at = (Math.imul(at, 1_103_515_245) + 12_345) & 0x7fffffff;
		// The low bits repeat soon.
		yield at >> 12;
	}
}

/** What is reported along a walk to an end. */
function reportsOf(machine: Machine, walk: number): readonly string[] {
	const random = chance(walk + 1);
	const below = (limit: number) => random.next().value % limit;
	const detectors = RunDetectors.of(machine);
	let { state, violations } = initialState(machine);
	const reports = violations.map(nameOf);
	let last = -1;
	for (let at = 0; at < 2000; at++) {
		const open = choices(machine, state);
		const same = open.filter(({ actor }) => actor === last);
		const among = same.length > 0 && below(100) < (persistence[walk % persistence.length] ?? 0) ? same : open;
		const choice = among[below(Math.max(1, among.length))];
		if (choice === undefined) break;
		last = choice.actor;
		const trace: Trace = [];
		try {
			({ state, violations } = step(machine, state, choice, 'op', { trace }));
		} catch (error) {
			if (error instanceof MachineError) break;
			throw error;
		}
		for (const report of [...violations, ...detectors.follow(trace, state)]) reports.push(nameOf(report));
	}
	return reports;
}

/** What some walks report, and what of it one of the searches does not find; null when none comes to its end. */
function compare(
	machine: Machine,
	bound: number,
	walks: number,
): { readonly reports: readonly string[]; readonly missing: readonly string[] } | null {
	const searches = [true, false].flatMap((reduction) => {
		const known = found(machine, reduction, bound);
		return known === null ? [] : [known];
	});
	if (searches.length === 0) return null;
	const reports = Array.from({ length: walks }, (_, walk) => reportsOf(machine, walk)).flat();
	return { reports, missing: reports.filter((report) => searches.some((known) => !known.includes(report))) };
}

describe('what walks by chance report', () => {
	it.each(bundledIds())(
		'is what the search finds, on the kernels and programs of %s that are small enough',
		(id) => {
			const scenario = loadBundled(id);
			// The first row of each that the table has.
			const pairs = new Map<string, Selection>();
			for (const { selection } of expectedRows(scenario).toReversed()) {
				pairs.set(`${selection.kernel} ${selection.program}`, selection);
			}
			let walked = 0;
			for (const [index, [pair, selection]] of [...pairs].entries()) {
				if (index % stride !== 0) continue;
				const compared = compare(buildTarget(scenario, selection).machine, maxStates, 2);
				if (compared === null) continue;
				walked++;
				expect({ pair, missing: compared.missing }).toEqual({ pair, missing: [] });
			}
			expect(walked).toBeGreaterThan(0);
		},
		300_000,
	);

	it('is what the search finds where CPUs race for a counter, and names each race', () => {
		const scenario = loadBundled('vmap-stale-tlb');
		const selection = resolveSelection(scenario, { kernel: 'unlocked-dirty', program: 'two-unmaps' });
		const compared = compare(buildTarget(scenario, selection).machine, 2000, 40);
		expect(compared?.missing).toEqual([]);
		const races = compared?.reports.filter((report) => report.startsWith('data-race'));
		expect(races).toContain('data-race in vb_free: write and read of struct vmap_block.dirty');
		expect(races).toContain('data-race in vb_free: write and write of struct vmap_block.dirty');
	});
});
