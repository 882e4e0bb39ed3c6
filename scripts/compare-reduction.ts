/**
 * Compares what the search finds with reduction with what it finds without, on rows of the bundled scenarios: the same kinds at
 * the same places. Prints the rows on which they differ, and those that are too large to be searched without; exit status 1 when
 * there is a difference.
 *
 *     node scripts/compare-reduction.ts [--max-states N] [--shard I/N] [SCENARIO ...]
 */

import { parseArgs } from 'node:util';
import { checkMachine, unboundedSettings } from '../source/explore/check-target.ts';
import type { Machine } from '../source/machine/machine.ts';
import { bundledIds, loadBundled } from '../source/scenario/bundled.ts';
import { expectedRows, unusualOptions } from '../source/scenario/expected.ts';
import type { Scenario, Selection } from '../source/scenario/scenario.ts';
import { buildTarget } from '../source/scenario/target.ts';

export type Comparison =
	| { readonly kind: 'same'; readonly states: number; readonly reduced: number }
	/** Each finding as `severity kind in function (file:line)`; data races and circles of locks with their titles. */
	| { readonly kind: 'different'; readonly onlyWith: readonly string[]; readonly onlyWithout: readonly string[] }
	| { readonly kind: 'too large' };

/** Searches a machine in both ways; without reduction up to `maxStates`. */
export function compareReduction(machine: Machine, maxStates: number): Comparison {
	const without = search(machine, false, maxStates);
	if (without === null) return { kind: 'too large' };
	const withIt = search(machine, true, Number.POSITIVE_INFINITY);
	if (withIt === null) throw new Error('a search without bounds has come to one');
	const onlyWith = withIt.found.filter((finding) => !without.found.includes(finding));
	const onlyWithout = without.found.filter((finding) => !withIt.found.includes(finding));
	return onlyWith.length + onlyWithout.length > 0
		? { kind: 'different', onlyWith, onlyWithout }
		: { kind: 'same', states: without.states, reduced: withIt.states };
}

/** What is found, or null when there are more states. */
function search(
	machine: Machine,
	reduction: boolean,
	maxStates: number,
): { readonly states: number; readonly found: readonly string[] } | null {
	const report = checkMachine(machine, { ...unboundedSettings, anyWay: 'always', reduction, maxStates });
	if (report.bound !== null) return null;
	const found = report.findings.map(({ kind, severity, title, function: fn, file, line }) => {
		const place = `${severity} ${kind} in ${fn} (${file}:${line})`;
		// The titles of others may name objects, which have other names on other ways to them.
		return kind === 'data-race' || kind === 'lock-order' ? `${place}: ${title}` : place;
	});
	const problems = report.problem === null ? [] : [report.problem];
	return { states: report.states, found: [...new Set([...found, ...problems])].sort() };
}

function rowText(scenario: Scenario, selection: Selection): string {
	const { kernel, program } = selection;
	return [`${scenario.id}/${kernel}`, program, ...unusualOptions(scenario, selection)].join(' ');
}

function main(): number {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { 'max-states': { type: 'string' }, shard: { type: 'string' } },
	});
	const maxStates = Number(values['max-states'] ?? 1_000_000);
	const [index = 1, of = 1] = (values.shard ?? '1/1').split('/').map(Number);
	let number = 0;
	const counts = { same: 0, different: 0, 'too large': 0 };
	let states = 0;
	let reduced = 0;
	for (const id of positionals.length > 0 ? positionals : bundledIds()) {
		const scenario = loadBundled(id);
		for (const { selection } of expectedRows(scenario)) {
			if (number++ % of !== index - 1) continue;
			const comparison = compareReduction(buildTarget(scenario, selection).machine, maxStates);
			counts[comparison.kind]++;
			switch (comparison.kind) {
				case 'same':
					states += comparison.states;
					reduced += comparison.reduced;
					break;
				case 'too large':
					console.log(`${rowText(scenario, selection)}: more than ${maxStates} states without reduction`);
					break;
				case 'different':
					console.log(`${rowText(scenario, selection)}: DIFFERENT`);
					for (const finding of comparison.onlyWith) console.log(`  only with reduction: ${finding}`);
					for (const finding of comparison.onlyWithout) console.log(`  only without: ${finding}`);
			}
		}
		console.log(`${id}: ${JSON.stringify(counts)}, ${states} states without reduction, ${reduced} with`);
	}
	return counts.different > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main();
