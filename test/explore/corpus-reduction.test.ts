import { describe, expect, it } from 'vitest';
import { compareReduction } from '../../scripts/compare-reduction.ts';
import { bundledIds, loadBundled } from '../../source/scenario/bundled.ts';
import { expectedRows } from '../../source/scenario/expected.ts';
import { buildTarget } from '../../source/scenario/target.ts';

/** States without reduction beyond which a row is left to scripts/compare-reduction.ts. */
const maxStates = 4000;

describe('reduction on the bundled scenarios', () => {
	it.each(bundledIds())(
		'finds what the search without finds on each kernel and program of %s',
		(id) => {
			const scenario = loadBundled(id);
			const seen = new Set<string>();
			let compared = 0;
			for (const { selection } of expectedRows(scenario)) {
				// One row for each pair, the first that the table has.
				const pair = `${selection.kernel} ${selection.program}`;
				if (seen.has(pair)) continue;
				seen.add(pair);
				const comparison = compareReduction(buildTarget(scenario, selection).machine, maxStates);
				if (comparison.kind === 'too large') continue;
				compared++;
				expect({ pair, ...comparison }).toMatchObject({ pair, kind: 'same' });
			}
			expect(compared).toBeGreaterThan(0);
		},
		300_000,
	);
});
