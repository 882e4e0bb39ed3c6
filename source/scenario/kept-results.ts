/**
 * Results of reading and compiling that are kept from one run to the next: to read a scenario.yaml and to compile a kernel takes
 * longer than to search most races, and gives the same as long as the texts are the same. A result is kept under a hash of
 * everything that it was made of, so nothing has to be thrown away when a text changes. Mistakes are never kept: whoever has made
 * one reads about it anew.
 */

import type { Program } from '../language/code.ts';
import { textHash } from '../language/content-hash.ts';
import type { SourceFile } from '../language/position.ts';
import { emptyRecord } from '../language/record.ts';
import { parseScenario, scenarioFileName } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';

/** Where results are kept. One that forgets is as good as one that does not, only slower. */
export interface KeptResults {
	/** What was kept under this name, by this very build of mmstep; undefined when there is nothing. Never throws. */
	read(name: string): unknown;
	/** Keeps plain data, in which references may be shared. Never throws; where it cannot be kept, it is not. */
	write(name: string, value: unknown): void;
}

type WithoutTexts = Omit<Scenario, 'texts'>;

/** A scenario as its scenario.yaml says, if that was read before and had no mistakes. */
export function keptScenario(id: string, source: SourceFile, kept: KeptResults | undefined): WithoutTexts | null {
	return (kept?.read(scenarioName(id, source)) as WithoutTexts | undefined) ?? null;
}

/**
 * A scenario that was kept, with its texts. Null when one of the files that it names has gone: what is said about that is for
 * parseScenario to say.
 * @param texts scenario.yaml first
 */
export function withTexts(known: WithoutTexts, texts: readonly SourceFile[]): Scenario | null {
	const paths = new Set(texts.map(({ path }) => path));
	return known.files.every((file) => paths.has(file)) ? { ...known, texts } : null;
}

/** Like parseScenario, for texts that may have been read before. */
export function parseKept(id: string, texts: readonly SourceFile[], kept: KeptResults | undefined): Scenario {
	const source = texts.find(({ path }) => path === scenarioFileName);
	if (kept === undefined || source === undefined) return parseScenario(id, texts);
	const known = keptScenario(id, source, kept);
	const whole = known && withTexts(known, [source, ...texts.filter((text) => text !== source)]);
	if (whole !== null) return whole;
	const scenario = parseScenario(id, texts);
	keepScenario(id, source, scenario, kept);
	return scenario;
}

/** Keeps what a scenario.yaml says. */
export function keepScenario(id: string, source: SourceFile, scenario: Scenario, kept: KeptResults | undefined): void {
	const { texts: _read, ...rest } = scenario;
	kept?.write(scenarioName(id, source), rest satisfies WithoutTexts);
}

function scenarioName(id: string, { text }: SourceFile): string {
	return `scenario-${textHash([id, text])}`;
}

/** A program with the texts of its files left out: who looks for it has them. */
interface KeptProgram {
	readonly code: Omit<Program, 'files'>;
	/** Paths of those that are the scenario's. */
	readonly files: readonly (string | SourceFile)[];
}

/** What a scenario was compiled to with these configuration symbols, if it was and is kept. */
export function keptProgram(
	scenario: Scenario,
	config: Readonly<Record<string, string>>,
	kept: KeptResults | undefined,
): Program | null {
	if (kept === undefined) return null;
	const found = kept.read(programName(scenario, config)) as KeptProgram | undefined;
	if (found === undefined) return null;
	const { code, files } = found;
	const texts = new Map(scenario.texts.map(({ path, text }) => [path, text]));
	return {
		files: files.map((file) => (typeof file === 'string' ? { path: file, text: texts.get(file) ?? '' } : file)),
		...code,
		structs: ordinary(code.structs),
		constants: ordinary(code.constants),
		types: ordinary(code.types),
	};
}

/** Keeps what a scenario was compiled to. */
export function keepProgram(
	scenario: Scenario,
	config: Readonly<Record<string, string>>,
	program: Program,
	kept: KeptResults | undefined,
): void {
	if (kept === undefined) return;
	const { files, ...code } = program;
	const texts = new Map(scenario.texts.map(({ path, text }) => [path, text]));
	const shortened = files.map((file) => (texts.get(file.path) === file.text ? file.path : file));
	kept.write(programName(scenario, config), { code, files: shortened } satisfies KeptProgram);
}

function programName({ files, texts }: Scenario, config: Readonly<Record<string, string>>): string {
	const symbols = Object.entries(config).sort();
	const parts = [JSON.stringify([files, symbols]), ...texts.flatMap(({ path, text }) => [path, text])];
	return `program-${textHash(parts)}`;
}

/** A record again in which every key is an ordinary one: that does not survive being written. */
function ordinary<T>(record: Readonly<Record<string, T>>): Record<string, T> {
	return Object.assign(emptyRecord<T>(), record);
}
