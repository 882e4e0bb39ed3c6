import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledScenarios, libraryFolder, loadBundled, scenariosIn } from '../../source/scenario/bundled.ts';
import { ScenarioError } from '../../source/scenario/scenario.ts';
import { document, folderOf, model } from './folders.ts';

describe('the bundled scenarios', () => {
	it('are sound, every one', () => {
		expect(bundledScenarios().length).toBeGreaterThan(0);
		for (const { id, title, problem } of bundledScenarios()) {
			expect(problem).toBeNull();
			expect(loadBundled(id)).toMatchObject({ id, title });
		}
	});

	it('have their library beside them', () => {
		expect(existsSync(join(libraryFolder(), 'include'))).toBe(true);
	});

	it('have no other ids', () => {
		expect(() => loadBundled('vmap-stale-tbl')).toThrow(ScenarioError);
		expect(() => loadBundled('vmap-stale-tbl')).toThrow(/did you mean "vmap-stale-tlb"/);
		expect(() => loadBundled('../kernel')).toThrow(ScenarioError);
	});
});

describe('a folder of scenarios', () => {
	it('shows those that are sound beside those that are broken', () => {
		const root = folderOf({
			'good/scenario.yaml': document(),
			'good/model.c': model,
			'broken/scenario.yaml': 'title: [',
			'untitled/scenario.yaml': 'files: 3',
			'kernel/scenario.yaml': 'title: not a scenario',
			'notes/readme.txt': '',
			'file.yaml': '',
		});
		expect(scenariosIn(root).map(({ id, title, problem }) => ({ id, title, isSound: problem === null }))).toEqual([
			{ id: 'broken', title: 'broken', isSound: false },
			{ id: 'good', title: 'A test', isSound: true },
			{ id: 'untitled', title: 'untitled', isSound: true },
		]);
	});

	it('is listed by titles and summaries alone, wherever they stand', () => {
		const text =
			'files:\n  - model.c\nsummary: >-\n  Two\n  lines.\nkernels: [ { title: not this } ]\ntitle: "This: one"\n';
		expect(scenariosIn(folderOf({ 'late/scenario.yaml': text }))).toMatchObject([
			{ id: 'late', title: 'This: one', summary: 'Two lines.', problem: null },
		]);
	});

	it('may be missing', () => {
		expect(scenariosIn('/nowhere/at/all')).toEqual([]);
	});
});
