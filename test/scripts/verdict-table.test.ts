import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOutput, verdictTable, withVerdicts } from '../../scripts/verdict-table.ts';
import { bundledScenarios, loadBundled } from '../../source/scenario/bundled.ts';
import { projectRoot } from '../modules.ts';

const row = {
	scenario: 'races',
	kernel: 'fixed',
	program: 'main',
	foundKinds: [] as string[],
	complete: true,
	asExpected: true,
	states: 1200,
};

function outputOf(...results: (typeof row)[]) {
	return readOutput(JSON.stringify({ format: 'mmstep-check', version: 1, results }));
}

describe('the table of verdicts', () => {
	it('has a row a kernel, with what was found how often', () => {
		const old = { ...row, kernel: 'old' };
		const results = [
			row,
			{ ...row, program: 'b' },
			{ ...old, foundKinds: ['leak', 'deadlock'] },
			{ ...old, foundKinds: ['leak'] },
		];
		expect(
			verdictTable(outputOf(...results))
				.split('\n')
				.slice(2),
		).toEqual(['| races | fixed | 2 | none | 2,400 |', '| races | old | 2 | deadlock (1), leak (2) | 2,400 |']);
	});

	it.each([{ asExpected: false }, { complete: false }])('is not made from what proves nothing: %j', (change) => {
		expect(() => verdictTable(outputOf(row, { ...row, ...change }))).toThrow('races/fixed main is not as expected');
	});

	it('is in README.md, of kernels that there are', () => {
		const ids = bundledScenarios().map(({ id }) => id);
		const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');
		const block = withVerdicts(page, '').length < page.length ? page.slice(page.indexOf('<!-- verdicts')) : '';
		const rows = block.slice(0, block.indexOf('<!-- end of verdicts')).match(/^\| .*$/gm) ?? [];
		expect(rows.length).toBeGreaterThan(1);
		for (const line of rows.slice(1)) {
			const [, scenario, kernel] = /^\| ([\w-]+) \| ([\w-]+) \| \d+ \| .+ \| [\d,]+ \|$/.exec(line) ?? [];
			expect(ids).toContain(scenario);
			expect(loadBundled(scenario ?? '').kernels.map(({ id }) => id)).toContain(kernel);
		}
	});
});
