import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { checkMachine, unboundedSettings } from '../../source/explore/check-target.ts';
import { bundledIds, libraryFolder, loadBundled } from '../../source/scenario/bundled.ts';
import { type KeptResults, parseKept } from '../../source/scenario/kept-results.ts';
import { loadScenarioFolder } from '../../source/scenario/load.ts';
import type { Scenario, Selection } from '../../source/scenario/scenario.ts';
import { buildTarget, Compilation, codeHashOf } from '../../source/scenario/target.ts';
import { counterFolder, document, folderOf, model } from './folders.ts';

/** Keeps what is written as bytes, as files would, and counts what is found. */
class Memory implements KeptResults {
	readonly written = new Map<string, Uint8Array>();
	found = 0;

	read(name: string): unknown {
		const bytes = this.written.get(name);
		if (bytes === undefined) return undefined;
		this.found++;
		return deserialize(bytes);
	}

	write(name: string, value: unknown): void {
		this.written.set(name, serialize(value));
	}
}

/** The first and the last kernel, the first and the last program. */
function someSelections({ kernels, programs }: Scenario): { kernel: string; program: string }[] {
	const ends = <T>(list: readonly T[]): T[] => [...list.slice(0, 1), ...list.slice(1).slice(-1)];
	return ends(kernels).flatMap(({ id: kernel }) => ends(programs).map(({ id: program }) => ({ kernel, program })));
}

function objectsOf(value: unknown, seen = new Set<object>()): Set<object> {
	if (typeof value !== 'object' || value === null || seen.has(value)) return seen;
	seen.add(value);
	for (const part of Object.values(value)) objectsOf(part, seen);
	return seen;
}

describe('a result that was kept', () => {
	it.each(bundledIds())('is what reading and compiling gives: %s', (id) => {
		const kept = new Memory();
		const plain = loadBundled(id);
		expect(loadBundled(id, kept)).toStrictEqual(plain);
		const again = loadBundled(id, kept);
		expect(kept.found).toBe(1);
		expect(isDeepStrictEqual(again, plain)).toBe(true);
		for (const selection of someSelections(plain)) {
			const target = buildTarget(plain, selection);
			buildTarget(again, selection, new Compilation(again, kept));
			const before = kept.found;
			const second = buildTarget(again, selection, new Compilation(again, kept));
			expect(kept.found).toBe(before + 1);
			// Prototypes and keys that are undefined are compared too.
			expect(isDeepStrictEqual(second.machine, target.machine)).toBe(true);
			expect(codeHashOf(second)).toBe(codeHashOf(target));
			// What is one object stays one: nothing becomes larger by being kept.
			expect(objectsOf(second.machine.program).size).toBeLessThanOrEqual(objectsOf(target.machine.program).size);
		}
	});

	it('is searched like what was compiled', () => {
		const kept = new Memory();
		const [scenario, again] = [loadScenarioFolder(counterFolder, libraryFolder()), loadKept(counterFolder, kept)];
		const found = (of: Scenario, compilation?: Compilation): unknown => {
			const { seconds: _time, ...report } = checkMachine(buildTarget(of, {}, compilation).machine, unboundedSettings);
			return report;
		};
		expect(found(again, new Compilation(again, kept))).toEqual(found(scenario));
		expect(found(again, new Compilation(again, kept))).toEqual(found(scenario));
	});

	it('is found again for the texts of a recording', () => {
		const kept = new Memory();
		const scenario = loadKept(counterFolder, kept);
		expect(parseKept(scenario.id, scenario.texts.toReversed(), kept)).toStrictEqual({
			...scenario,
			texts: [scenario.texts[0], ...scenario.texts.slice(1).reverse()],
		});
		expect(kept.found).toBe(1);
	});
});

function loadKept(folder: string, kept: KeptResults): Scenario {
	return loadScenarioFolder(folder, libraryFolder(), kept);
}

describe('what was kept of another text', () => {
	const texts = { 'scenario.yaml': document(), 'model.c': `#include "more.h"\n${model}`, 'more.h': '#define MORE 1\n' };
	const programOf = (folder: string, kept: KeptResults, selection: Partial<Selection> = {}) => {
		const scenario = loadKept(folder, kept);
		return buildTarget(scenario, selection, new Compilation(scenario, kept)).machine.program;
	};

	it('is not taken for one in which anything is different', () => {
		const kept = new Memory();
		const folder = folderOf(texts);
		expect(programOf(folder, kept).constants.MORE).toBe(1);
		writeFileSync(join(folder, 'more.h'), '#define MORE 2\n');
		expect(programOf(folder, kept).constants.MORE).toBe(2);
		expect(programOf(folder, kept, { kernel: 'other' }).constants).toMatchObject({ MORE: 2, CONFIG_OTHER: 1 });
		writeFileSync(join(folder, 'scenario.yaml'), document().replace('A test', 'Another'));
		expect(loadKept(folder, kept).title).toBe('Another');
	});

	it('does not hide that a file has gone', () => {
		const kept = new Memory();
		const folder = folderOf(texts);
		loadKept(folder, kept);
		rmSync(join(folder, 'model.c'));
		const message = messageOf(() => loadScenarioFolder(folder, libraryFolder()));
		expect(message).toContain('there is no file "model.c"');
		expect(messageOf(() => loadKept(folder, kept))).toBe(message);
	});
});

describe('a mistake', () => {
	it.each([
		['of scenario.yaml', { 'scenario.yaml': document('panes: 3'), 'model.c': model }],
		['of a model', { 'scenario.yaml': document(), 'model.c': model.replace('x = 1', 'y = 1') }],
		['in a name', { 'scenario.yaml': document().replace('cpu1', 'cpu7'), 'model.c': model }],
	])('%s is never kept', (_where, texts) => {
		const kept = new Memory();
		const folder = folderOf(texts);
		const build = (kept?: KeptResults): string =>
			messageOf(() => {
				const scenario = loadScenarioFolder(folder, libraryFolder(), kept);
				buildTarget(scenario, {}, new Compilation(scenario, kept));
			});
		const message = build();
		expect(message).not.toBe('');
		expect([build(kept), build(kept)]).toEqual([message, message]);
	});
});

function messageOf(act: () => void): string {
	try {
		act();
		return '';
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
