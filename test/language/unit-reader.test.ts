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
/** Every symbol changes what some text means that is the same with it and without. */
const ambiguous: Readonly<Record<string, string>> = {
	'main.c': `#include "pair.h"
#ifdef CONFIG_FIRST
struct first { int a[3]; };
struct first first;
text before(void) { struct first one = first; struct first *p = &one; p->a[0]++; return "before"; }
#endif
#ifdef CONFIG_TYPE
typedef int T;
#else
int T;
#endif
#ifdef CONFIG_CONSTANT
enum { limit = 4 };
#else
int limit;
#endif
#ifdef CONFIG_NARROW
typedef u8 number;
#else
typedef long number;
#endif
struct pair pair;
static int helper(void) { return 1; }
#include "shared.h"
int cast_or_difference(int x) { return (T) - x; }
int constant_or_global(void) { return limit + PAIR_SIZE; }
long narrow_or_wide(int x) { number y = x; return y; }
text label(void) { return "label"; }
text both(void) { struct unknown *p = NULL; return p ? "label" : "both"; }
int on_stack(void) { struct pair local = { 1, 2 }; struct pair *p = &local; return p->b; }
int calls(void) { return cast_or_difference(sum(&pair)) + other(); }`,
	'other.c': `#include "pair.h"
static int helper(void) { return 2; }
#include "shared.h"
int other(void) { return shared() + sum(&pair); }`,
	'pair.h': `#pragma once
struct pair { int a;
#ifdef CONFIG_WIDE
int between;
#endif
int b; };
extern struct pair pair;
int other(void);
static inline int sum(struct pair *p) { return p->a + p->b; }
#define PAIR_SIZE sizeof(struct pair)`,
	'shared.h': 'static int shared(void) { return helper(); }',
};

const files = ['main.c', 'other.c'];

/** Compiles for one configuration after the other with one reader, and compares with compiling afresh; says what came out. */
function results(texts: Readonly<Record<string, string>>, configs: readonly Config[]): readonly string[] {
	const read = (path: string): string | null => texts[path] ?? null;
	const reader = new UnitReader(read);
	const compile = (config: Config, known: UnitReader): string => {
		try {
			return JSON.stringify(compileModel({ files, config, read, reader: known }));
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		}
	};
	return configs.map((config) => {
		const text = compile(config, reader);
		expect(text).toBe(compile(config, new UnitReader(read)));
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
		const texts = results(model, [...configs, ...configs.toReversed()]);
		// Some come to the same: `n` is nothing, and CONFIG_GONE is taken away.
		expect(new Set(texts).size).toBe(8);
	});

	it('gives what compiling it alone gives where the same text means something else', () => {
		const symbols = ['CONFIG_FIRST', 'CONFIG_TYPE', 'CONFIG_CONSTANT', 'CONFIG_NARROW', 'CONFIG_WIDE'];
		const configs = Array.from({ length: 2 ** symbols.length }, (_, bits) =>
			Object.fromEntries(symbols.map((symbol, index) => [symbol, (bits >> index) & 1 ? 'y' : 'n'])),
		);
		const texts = results(ambiguous, [...configs, ...configs.toReversed()]);
		expect(texts.every((text) => text.startsWith('{'))).toBe(true);
		expect(new Set(texts).size).toBe(configs.length);
	});

	it('uses the code of a function again, whatever else a configuration changes', () => {
		const read = (path: string): string | null => ambiguous[path] ?? null;
		const reader = new UnitReader(read);
		const [plain, constant, first] = [{}, { CONFIG_CONSTANT: 'y' }, { CONFIG_FIRST: 'y' }].map((config) => {
			const { functions } = compileModel({ files, config, read, reader });
			return (name: string) => functions.find((fn) => fn.name === name);
		});
		expect(constant?.('cast_or_difference')).toBe(plain?.('cast_or_difference'));
		expect(constant?.('constant_or_global')).not.toBe(plain?.('constant_or_global'));
		// Its text has another place.
		expect(first?.('label')).not.toBe(plain?.('label'));
	});

	it('says at the same place that the data is too large', () => {
		const globals = Array.from({ length: 48 }, (_, index) => `struct big g${index};`);
		const texts = {
			'main.c': `struct big { int cells[4000]; }; struct local { int cells[3000]; };
${globals.join('\n')}
#ifdef CONFIG_MORE
int more[1500];
#endif
int f(void)
{
	struct local local;
	struct local *p = &local;
	return p->cells[0];
}`,
			'other.c': '',
		};
		const [fits, tooLarge] = results(texts, [{}, { CONFIG_MORE: 'y' }]);
		expect(fits).toMatch(/^{/);
		expect(tooLarge).toMatch(/^main\.c:55:15: error: the data of this model is too large/);
	});

	it('says what is wrong with a configuration, and goes on with the next', () => {
		const [good, clash, missing, again] = results(model, [
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
