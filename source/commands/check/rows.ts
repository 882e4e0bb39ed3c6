/** Which rows a check is about: a kernel, a program and a value for every option each, with the verdict that is expected. */

import { type ExpectedRow, expectedRows, isSameSelection, selectionKey } from '../../scenario/expected.ts';
import type { Scenario, Selection } from '../../scenario/scenario.ts';
import { resolveSelection } from '../../scenario/target.ts';

export interface CheckRow {
	readonly scenario: Scenario;
	readonly selection: Selection;
	/** Null when the scenario says nothing about this row. */
	readonly expected: ExpectedRow | null;
}

/** What the user named; the rest is everything there is. */
export interface RowWish {
	/** Null and `all`: every kernel. */
	readonly kernel: string | null;
	readonly program: string | undefined;
	/** When empty: the values that the table of expected verdicts speaks of. */
	readonly options: Readonly<Record<string, string>>;
}

/**
 * The rows of a scenario that a wish covers. With option values: every kernel and program that was named, with these values.
 * Without: the rows of the table of expected verdicts; and where a kernel or program was named, or there is no table, what it
 * does not speak of, with the usual values.
 * @throws {ScenarioError} for an id or value that the scenario does not have
 */
export function rowsToCheck(scenario: Scenario, wish: RowWish): CheckRow[] {
	const table = expectedRows(scenario);
	const kernel = wish.kernel === 'all' ? null : wish.kernel;
	// Says what is wrong with a name that the scenario does not have.
	resolveSelection(scenario, { kernel: kernel ?? undefined, program: wish.program, options: wish.options });
	const kernels = kernel === null ? scenario.kernels.map(({ id }) => id) : [kernel];
	const programs = wish.program === undefined ? scenario.programs.map(({ id }) => id) : [wish.program];
	const all = kernels.flatMap((kernel) => programs.map((program) => ({ kernel, program })));
	if (Object.keys(wish.options).length > 0) {
		return all.map((pair) => {
			const selection = resolveSelection(scenario, { ...pair, options: wish.options });
			const expected = table.find((row) => isSameSelection(row.selection, selection)) ?? null;
			return { scenario, selection, expected };
		});
	}
	const isWhole = kernel === null && wish.program === undefined && table.length > 0;
	const rows = all.flatMap((pair): CheckRow[] => {
		const known = table.filter(
			({ selection }) => selection.kernel === pair.kernel && selection.program === pair.program,
		);
		if (known.length > 0) return known.map((expected) => ({ scenario, selection: expected.selection, expected }));
		return isWhole ? [] : [{ scenario, selection: resolveSelection(scenario, pair), expected: null }];
	});
	return rows;
}

/** The rows without those that are the same as an earlier one. */
export function distinctRows(rows: readonly CheckRow[]): CheckRow[] {
	const seen = new Map<string, Scenario>();
	return rows.filter(({ scenario, selection }) => {
		const key = `${scenario.id} ${selectionKey(selection)}`;
		// Two folders may have the same name.
		const isSeen = seen.get(key)?.texts[0]?.text === scenario.texts[0]?.text && seen.has(key);
		seen.set(key, scenario);
		return !isSeen;
	});
}

/** Every `of`th row, from the `index`th (counted from 1) on: about equally much work for each of `of` machines. */
export function shardOf<T>(rows: readonly T[], { index, of }: { readonly index: number; readonly of: number }): T[] {
	return rows.filter((_, number) => number % of === index - 1);
}
