/** The table of expected verdicts, row by row: one kernel, one program, one value for every option. */

import type { ViolationKind } from '../machine/violation.ts';
import type { ExpectedVerdict, Scenario, Selection } from './scenario.ts';

/** One row: what can be reached where. */
export interface ExpectedRow {
	/** All options have values here. */
	readonly selection: Selection;
	/** Kinds of violation that are reachable, sorted, each once; empty for none. */
	readonly kinds: readonly ViolationKind[];
	/** The entry of the table that says so, and its index. */
	readonly entry: ExpectedVerdict;
	readonly index: number;
}

type Table = Pick<Scenario, 'expected' | 'programs' | 'options'>;

/**
 * Every row that the entries of the table cover, in their order. Options that an entry does not name have the program's values, or
 * their own defaults.
 */
export function expectedRows(scenario: Table): ExpectedRow[] {
	return scenario.expected.flatMap((entry, index) =>
		entry.kernels.flatMap((kernel) =>
			entry.programs.flatMap((program) =>
				namedValues(entry).map((named) => ({
					selection: { kernel, program, options: optionsOf(scenario, program, named) },
					kinds: [...new Set(entry.kinds)].sort(),
					entry,
					index,
				})),
			),
		),
	);
}

/** The number of rows that `expectedRows` makes of an entry. */
export function rowCount({ kernels, programs, across }: ExpectedVerdict): number {
	return Object.values(across).reduce((count, { length }) => count * length, kernels.length * programs.length);
}

/** The values that an entry names, each of several with each. */
function namedValues({ options, across }: ExpectedVerdict): readonly Readonly<Record<string, string>>[] {
	let named: readonly Readonly<Record<string, string>>[] = [options];
	for (const [id, values] of Object.entries(across)) {
		named = named.flatMap((before) => values.map((value) => ({ ...before, [id]: value })));
	}
	return named;
}

function optionsOf(
	{ programs, options }: Table,
	program: string,
	named: Readonly<Record<string, string>>,
): Record<string, string> {
	const own = programs.find(({ id }) => id === program)?.options ?? {};
	return Object.fromEntries(options.map((option) => [option.id, named[option.id] ?? own[option.id] ?? option.default]));
}

/** Whether two selections choose the same. Both must name every option. */
export function isSameSelection(a: Selection, b: Selection): boolean {
	return selectionKey(a) === selectionKey(b);
}

/** A text that two selections share when they choose the same. The selection must name every option, in the scenario's order. */
export function selectionKey({ kernel, program, options }: Selection): string {
	return JSON.stringify([kernel, program, Object.entries(options).sort()]);
}

/** Option values that are neither the program's nor the option's default, as `id=value`. */
export function unusualOptions(scenario: Table, { program, options }: Selection): string[] {
	const usual = optionsOf(scenario, program, {});
	return Object.entries(options)
		.filter(([id, value]) => usual[id] !== value)
		.map(([id, value]) => `${id}=${value}`);
}
