import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenarioFolder, maxFileBytes } from '../../source/scenario/load.ts';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import { ScenarioError } from '../../source/scenario/scenario.ts';
import { counterFolder, document, folderOf, model } from './folders.ts';

const library = folderOf;

function errorOf(texts: Readonly<Record<string, string>>, libraryTexts: Readonly<Record<string, string>> = {}): string {
	return messageOf(() => loadScenarioFolder(folderOf(texts), library(libraryTexts)));
}

function messageOf(act: () => unknown): string {
	try {
		act();
	} catch (error) {
		if (error instanceof ScenarioError) return error.message;
		throw error;
	}
	throw new Error('the folder was accepted');
}

describe('a scenario folder', () => {
	it('is read with everything that it includes, conditions or not', () => {
		const scenario = loadScenarioFolder(
			folderOf({
				'scenario.yaml': document(),
				'model.c': '#include "sub/a.h"\n#ifdef NEVER\n# include <linux/b.h>\n#endif\n#include "c.h"\n',
				'sub/a.h': '#include "beside.h"\n',
				'sub/beside.h': '',
				'unused.h': '',
			}),
			library({ 'include/linux/b.h': '', 'include/c.h': '#include <linux/b.h>' }),
		);
		expect(scenario.texts.map((text) => text.path)).toEqual([
			'scenario.yaml',
			'model.c',
			'sub/a.h',
			'kernel/include/linux/b.h',
			'kernel/include/c.h',
			'sub/beside.h',
		]);
	});

	it('says the same when it is parsed from its texts alone, as a recording does', () => {
		const scenario = loadScenarioFolder(counterFolder, library({}));
		expect(parseScenario('counter', scenario.texts)).toEqual(scenario);
		expect(scenario).toMatchObject({ id: 'counter', machine: { cpus: 2, frames: 0, tableSizes: [12] } });
		expect(scenario.schedules[0]?.entries[0]).toEqual({
			text: 'cpu0 until line "WRITE_ONCE(counter"',
			step: { kind: 'untilLine', actor: 'cpu0', text: 'WRITE_ONCE(counter', after: false },
			note: 'CPU0 has read 0 and is about to store 1.',
			mark: '',
		});
	});

	it('may use files whose include cannot be found; the preprocessor knows better where', () => {
		const folder = folderOf({
			'scenario.yaml': document(),
			'model.c': '#include "../../etc/passwd"\n#include "no.h"\n',
		});
		expect(loadScenarioFolder(folder, library({})).texts).toHaveLength(2);
	});
});

describe('a folder that cannot be used', () => {
	it.each([
		['an unknown key', document('machin: 1'), 6, 1, 'unknown key "machin"; did you mean "machine"?', '^~~~~~'],
		[
			'an unknown nested key',
			document('schedules: [{ id: a, step: [cpu0] }]'),
			6,
			22,
			'unknown key "step"; did you mean "steps"?',
			'^~~~',
		],
		['a wrong type', document('panes: 3'), 6, 8, '"panes" must be a list', '^'],
		['a missing key', document('schedules: [{ steps: [cpu0] }]'), 6, 13, '"id" is missing in schedules[0]', '^'],
		[
			'an unknown kind',
			document('muted: [{ kind: leek, reason: r }]'),
			6,
			17,
			'"muted[0].kind" cannot be "leek"; did you mean "leak"?',
			'^~~~',
		],
		['a bad id', document('schedules: [{ id: A b, steps: [cpu0] }]'), 6, 19, 'an id is made of small letters', '^~~'],
		['a key given twice', document('title: Again'), 6, 1, 'the key "title" is given twice', '^~~~~'],
		['a tab for indentation', document('source:\n\tdate: x'), 7, 1, 'YAML: Tabs are not allowed as indentation', '^'],
		['an open bracket', document('panes: [a'), 6, 10, 'YAML:', '^'],
		['an alias', document('panes: &a [x]\nmuted: *a'), 7, 8, 'aliases are not supported', '^~'],
		[
			'an id given twice',
			document('schedules: [{ id: a, steps: [cpu0] }, { id: a, steps: [cpu1] }]'),
			6,
			45,
			'there are two schedules with the id "a"',
			'^',
		],
		[
			'an unknown kernel',
			document('expected: [{ kernels: [bse], kinds: [] }]'),
			6,
			24,
			'there is no kernel "bse"; did you mean "base"?',
			'^~~',
		],
		[
			'an unknown option',
			document('expected: [{ kernels: all, kinds: [], options: { bits: 4 } }]'),
			6,
			50,
			'there is no option "bits"',
			'^~~~',
		],
		[
			'an unknown program',
			document('schedules: [{ id: a, program: mian, steps: [cpu0] }]'),
			6,
			31,
			'there is no program "mian"; did you mean "main"?',
			'^~~~',
		],
		[
			'a default that is no value',
			document('options: [{ id: a, values: [4, 8], default: 6, define: CONFIG_A }]'),
			6,
			45,
			'the default "6" is not one of the values',
			'^',
		],
		[
			'an option without effect',
			document('options: [{ id: a, values: [4], default: 4 }]'),
			6,
			11,
			'option "a" changes nothing',
			'^',
		],
		[
			'a wrong step',
			document('schedules: [{ id: a, steps: [cpu0 untl done] }]'),
			6,
			35,
			'"untl" is not expected',
			'^~~~',
		],
		[
			'a wrong quoted step',
			document(`schedules: [{ id: a, steps: ["cpu0 untl done"] }]`),
			6,
			36,
			'"untl" is not expected',
			'^~~~',
		],
		[
			'an actor that is not there',
			document('schedules: [{ id: a, steps: [cpu0, ipi2 x3] }]'),
			6,
			36,
			'there is no ipi2: the machine has 2 CPUs',
			'^~~~',
		],
		[
			'a program too wide',
			document().replace('entry: cpu1 }', 'entry: cpu1 }, {}'),
			5,
			24,
			'program "main" has 3 CPUs, but the machine has 2',
			'^~~~',
		],
		[
			'a file that is not there',
			document().replace('[model.c]', '[model.c, modle.c]'),
			2,
			18,
			'there is no file "modle.c" in the scenario folder; did you mean "model.c"?',
			'^~~~~~~',
		],
		[
			'a file outside',
			document().replace('[model.c]', '[../model.c]'),
			2,
			9,
			'"../model.c": files must lie in the scenario folder',
			'^',
		],
		[
			'an absolute file',
			document().replace('[model.c]', '[/etc/passwd]'),
			2,
			9,
			'"/etc/passwd": paths are relative',
			'^',
		],
	])('for %s: says where', (_what, yaml, line, column, message, caret) => {
		const text = errorOf({ 'scenario.yaml': yaml, 'model.c': model });
		expect(text).toContain(`scenario.yaml:${line}:${column}: error: ${message}`);
		expect(text).toContain(`${' '.repeat(column - 1)}${caret}`);
	});

	it('says only the first thing when the syntax is lost, in words', () => {
		const yaml = document('source: { subject: the range [2,4) is open, date: x }\npanes: [a]\nmuted: []');
		const text = errorOf({ 'scenario.yaml': yaml, 'model.c': model });
		expect(text.match(/error:/g)).toHaveLength(1);
		expect(text).toContain('scenario.yaml:6:30: error: YAML: Unexpected "[" after a value');
		expect(text).toContain('advice: a text that holds');
	});

	it('lists several mistakes in the order of the text, and where keys are wrong the valid ones', () => {
		const text = errorOf({
			'scenario.yaml': document('panes: 3\nsummry: x').replace('A test', '[1]'),
			'model.c': model,
		});
		expect([...text.matchAll(/^scenario\.yaml:(\d+)/gm)].map((match) => match[1])).toEqual(['1', '6', '7']);
		expect(text).toContain('advice: keys here: title, summary, proves, source, files');
	});

	it('says what is missing when nothing is there', () => {
		expect(errorOf({})).toContain('there is no scenario.yaml');
		expect(messageOf(() => loadScenarioFolder('/nowhere/at/all', library({})))).toContain('there is no such folder');
		expect(messageOf(() => loadScenarioFolder(join(counterFolder, 'counter.c'), library({})))).toContain(
			'is not a folder',
		);
		expect(errorOf({ 'scenario.yaml': '' })).toContain('must be a table of keys and values');
	});

	it('never shows control characters of the text', () => {
		const text = errorOf({ 'scenario.yaml': document('"\\e[31mkey\\u202e": 1\npanes: \x1b[2J'), 'model.c': model });
		// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
		expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
	});

	it('does not follow a link out of the folder, and reads only files', () => {
		const outside = folderOf({ secret: 'title: secret' });
		const folder = folderOf({ 'model.c': model });
		symlinkSync(join(outside, 'secret'), join(folder, 'scenario.yaml'));
		const text = messageOf(() => loadScenarioFolder(folder, library({})));
		expect(text).toContain('scenario.yaml: is a link that leads out of the scenario folder');
		const other = folderOf({ 'scenario.yaml': document() });
		symlinkSync('/dev/zero', join(other, 'model.c'));
		expect(messageOf(() => loadScenarioFolder(other, library({})))).toContain('leads out');
		mkdirSync(join(folder, 'inside.c'));
		const third = folderOf({ 'scenario.yaml': document() });
		mkdirSync(join(third, 'model.c'));
		expect(messageOf(() => loadScenarioFolder(third, library({})))).toContain('model.c: is not a regular file');
	});

	it('follows a link within the folder', () => {
		const folder = folderOf({ 'scenario.yaml': document(), 'real.c': model });
		symlinkSync('real.c', join(folder, 'model.c'));
		expect(loadScenarioFolder(folder, library({})).texts[1]).toEqual({ path: 'model.c', text: model });
	});

	it('is not read without end', () => {
		expect(errorOf({ 'scenario.yaml': document(), 'model.c': ' '.repeat(maxFileBytes + 1) })).toContain(
			'model.c: is larger than 1 MB',
		);
		const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`h${i}.h`, `#include "h${i + 1}.h"\n`]));
		expect(errorOf({ 'scenario.yaml': document(), 'model.c': '#include "h0.h"\n', ...many })).toContain(
			'at most 200 files',
		);
		expect(errorOf({ 'scenario.yaml': '['.repeat(100_000) })).toContain('levels deep');
		const nested = `title: T\nfiles: []\nx: ${'['.repeat(1000)}`;
		expect(errorOf({ 'scenario.yaml': nested })).toMatch(
			/^scenario\.yaml:3:\d+: error: nested more than .*\n {4}x: \[\[/,
		);
		expect(errorOf({ 'scenario.yaml': '- '.repeat(50_000) })).toContain('levels deep');
		expect(errorOf({ 'scenario.yaml': '{a:\n'.repeat(8_000) })).toContain('scenario.yaml:');
		expect(errorOf({ 'scenario.yaml': `${' '.repeat(300_000)}a: 1` })).toContain('longer than 200000 characters');
	}, 30_000);

	it('does not take long over many keys', () => {
		const keys = Array.from({ length: 15_000 }, (_, i) => `k${i}: 1`).join('\n');
		expect(errorOf({ 'scenario.yaml': `${keys}\nk0: 2` })).toContain('the key "k0" is given twice');
	}, 20_000);

	it('must be text', () => {
		const folder = folderOf({ 'scenario.yaml': document() });
		writeFileSync(join(folder, 'model.c'), new Uint8Array([0x69, 0xff, 0xfe]));
		expect(messageOf(() => loadScenarioFolder(folder, library({})))).toContain('model.c: is not UTF-8 text');
		expect(errorOf({ 'scenario.yaml': document(), 'model.c': 'a\0b' })).toContain('model.c: is not a text file');
	});
});
