import { describe, expect, it } from 'vitest';
import { compileModel } from '../../source/language/compile.ts';
import { UnitReader } from '../../source/language/unit-reader.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import { expectedRows } from '../../source/scenario/expected.ts';
import { buildTarget, Compilation } from '../../source/scenario/target.ts';

type Config = Readonly<Record<string, string>>;

const model: Readonly<Record<string, string>> = {
	'main.c': `#include "config.h"
#ifdef CONFIG_SHORT
#define LENGTH 2
#else
#define LENGTH 8
#endif
#undef CONFIG_GONE
#define CONFIG_GONE 7
#define SUM (CONFIG_NUMBER + LENGTH)
int cells[LENGTH]; int gone = CONFIG_GONE;`,
	'other.c': `#include "config.h"
int other = PASTE(CONFIG_, NUMBER);
int on = IS_ENABLED(CONFIG_ON);`,
	'config.h': `#pragma once
#define PASTE(a, b) a##b
#define CONFIG_DEFAULT 3`,
};
const files = ['main.c', 'other.c'];
const read = (path: string): string | null => model[path] ?? null;

/** Compiles for one configuration after the other with one reader, and compares with compiling afresh; says what came out. */
function results(configs: readonly Config[]): readonly string[] {
	const reader = new UnitReader(read);
	const compile = (config: Config, known?: UnitReader): string => {
		try {
			const program = compileModel({ files, config, read, ...(known === undefined ? {} : { reader: known }) });
			return JSON.stringify(program);
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	};
	return configs.map((config) => {
		const text = compile(config, reader);
		expect(text).toBe(compile(config));
		return text;
	});
}

describe('reading a model for one configuration after the other', () => {
	it('gives what reading it afresh gives, whatever the configurations differ in', () => {
		const base = { CONFIG_NUMBER: '5' };
		const configs: readonly Config[] = [
			base,
			{ ...base, CONFIG_SHORT: 'y' },
			{ ...base, CONFIG_SHORT: 'n' },
			{ ...base, CONFIG_UNUSED: 'y' },
			{ CONFIG_UNUSED: '12', ...base },
			{ ...base, CONFIG_ON: 'y' },
			{ ...base, CONFIG_ON: 'CONFIG_NUMBER' },
			{ ...base, CONFIG_GONE: '1' },
			{ ...base, CONFIG_GONE: 'n' },
			{ CONFIG_NUMBER: 'LENGTH' },
			{ CONFIG_NUMBER: '6', CONFIG_UNUSED: 'LENGTH' },
			base,
		];
		const texts = results([...configs, ...configs.toReversed()]);
		// Some come to the same: `n` is nothing, and CONFIG_GONE is taken away.
		expect(new Set(texts).size).toBe(8);
	});

	it('says what is wrong with a configuration, and goes on with the next', () => {
		const [good, clash, missing, again] = results([
			{ CONFIG_NUMBER: '5' },
			{ CONFIG_NUMBER: '5', CONFIG_DEFAULT: '4' },
			{},
			{ CONFIG_NUMBER: '5' },
		]);
		expect(clash).toContain('"CONFIG_DEFAULT" is already defined');
		expect(missing).toContain('CONFIG_NUMBER');
		expect(again).toBe(good);
	});

	it.each(['vmap-stale-tlb', 'mremap-pageout', 'fuse-write'])('is no other program on rows of %s', (id) => {
		const scenario = loadBundled(id);
		const rows = expectedRows(scenario);
		const every = Math.ceil(rows.length / 12);
		const compilation = new Compilation(scenario);
		for (const { selection } of rows.filter((_, index) => index % every === 0)) {
			const [reused, fresh] = [compilation, undefined].map((known) => {
				return JSON.stringify(buildTarget(scenario, selection, known).machine);
			});
			expect(reused === fresh).toBe(true);
		}
	});
});
