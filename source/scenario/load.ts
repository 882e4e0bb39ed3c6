/**
 * A scenario folder on disk -> its texts. Somebody else's folder is opened here, so: only regular files, only inside the
 * scenario folder and the model library (symbolic links included), bounded in size and number, and nothing is run.
 */

import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { plainLine } from '../language/plain-text.ts';
import type { SourceFile } from '../language/position.ts';
import { searchInclude } from '../language/preprocessor/include-path.ts';
import { type KeptResults, keepScenario, keptScenario, withTexts } from './kept-results.ts';
import { listedFiles, parseScenario, scenarioFileName } from './parse-scenario.ts';
import { includesOf, libraryPrefix, pathObjection } from './paths.ts';
import { type Scenario, ScenarioError } from './scenario.ts';
import { readYaml } from './yaml-text.ts';

export const maxFileBytes = 1_000_000;
const maxFiles = 200;
/** A recording carries all of them in its header, which has a bound too. */
const maxTotalBytes = 3_000_000;

/**
 * Reads the scenario in a folder.
 * @param folder path of the scenario's folder; its last part is the scenario's id
 * @param library path of the model library, which texts name `kernel/...`
 * @param kept what a scenario.yaml says is looked up here before it is read
 * @throws {ScenarioError}
 */
export function loadScenarioFolder(folder: string, library: string, kept?: KeptResults): Scenario {
	const name = basename(resolve(folder));
	const reader = new FolderReader(folder, library);
	const document = reader.read(scenarioFileName);
	if (document === null) {
		throw new ScenarioError(`${plainLine(folder)}: there is no ${scenarioFileName} in this folder`);
	}
	const texts = new Map<string, SourceFile>([[document.path, document]]);
	const known = keptScenario(name, document, kept);
	const yaml = known === null ? readYaml(document) : undefined;
	const waiting =
		yaml === undefined ? [...(known?.files ?? [])] : listedFiles(yaml).filter((file) => pathObjection(file) === null);
	for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
		if (texts.has(path)) continue;
		const file = reader.read(path);
		if (file === null) continue; // parseScenario or the preprocessor says where it was asked for
		texts.set(path, file);
		for (const include of includesOf(file.text)) {
			const search = searchInclude(path, include.name, include.isSystem);
			if (search.kind === 'candidates') waiting.push(...search.paths);
		}
	}
	const all = [...texts.values()];
	const whole = known && withTexts(known, all);
	if (whole !== null) return whole;
	const scenario = parseScenario(name, all, reader.modelFiles(), yaml);
	keepScenario(name, document, scenario, kept);
	return scenario;
}

class FolderReader {
	readonly #folder: string;
	readonly #library: string;
	#files = 0;
	#bytes = 0;

	constructor(folder: string, library: string) {
		this.#folder = realFolder(folder);
		this.#library = realFolder(library);
	}

	/** The text at a display path, or null when there is no such file. */
	read(path: string): SourceFile | null {
		const inLibrary = path.startsWith(libraryPrefix);
		const root = inLibrary ? this.#library : this.#folder;
		const relative = inLibrary ? path.slice(libraryPrefix.length) : path;
		let real: string;
		try {
			real = realpathSync(join(root, relative));
		} catch (error) {
			if (isMissing(error)) return null;
			throw new ScenarioError(`${plainLine(path)}: cannot be read: ${reasonOf(error)}`);
		}
		if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
			throw new ScenarioError(
				`${plainLine(path)}: is a link that leads out of the ${inLibrary ? 'model library' : 'scenario folder'}; it was not opened`,
			);
		}
		const text = this.#contents(path, real);
		return { path, text };
	}

	#contents(path: string, real: string): string {
		const name = plainLine(path);
		if (this.#files >= maxFiles) throw new ScenarioError(`${name}: a scenario may have at most ${maxFiles} files`);
		let bytes: Uint8Array;
		try {
			if (!statSync(real).isFile()) throw new ScenarioError(`${name}: is not a regular file`);
			bytes = readAtMost(real, maxFileBytes + 1);
		} catch (error) {
			if (error instanceof ScenarioError) throw error;
			throw new ScenarioError(`${name}: cannot be read: ${reasonOf(error)}`);
		}
		if (bytes.length > maxFileBytes) throw new ScenarioError(`${name}: is larger than ${maxFileBytes / 1_000_000} MB`);
		this.#files += 1;
		this.#bytes += bytes.length;
		if (this.#bytes > maxTotalBytes) {
			throw new ScenarioError(
				`${name}: the files of a scenario may have at most ${maxTotalBytes / 1_000_000} MB together`,
			);
		}
		try {
			const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
			if (text.includes('\0')) throw new ScenarioError(`${name}: is not a text file`);
			return text;
		} catch (error) {
			if (error instanceof ScenarioError) throw error;
			throw new ScenarioError(`${name}: is not UTF-8 text`);
		}
	}

	/** Names of the .c files that lie directly in the folder. */
	modelFiles(): string[] {
		try {
			return readdirSync(this.#folder)
				.filter((name) => name.endsWith('.c'))
				.slice(0, maxFiles);
		} catch {
			return [];
		}
	}
}

function realFolder(folder: string): string {
	const name = plainLine(folder);
	let real: string;
	try {
		real = realpathSync(folder);
		if (!statSync(real).isDirectory()) throw new ScenarioError(`${name}: is not a folder`);
	} catch (error) {
		if (error instanceof ScenarioError) throw error;
		throw new ScenarioError(isMissing(error) ? `${name}: there is no such folder` : `${name}: ${reasonOf(error)}`);
	}
	return real;
}

function readAtMost(path: string, limit: number): Uint8Array {
	const file = openSync(path, 'r');
	try {
		// What stat said may have changed since; and a size of 0 (as in /proc) says nothing.
		if (!fstatSync(file).isFile()) throw new ScenarioError(`${plainLine(path)}: is not a regular file`);
		const buffer = new Uint8Array(limit);
		let length = 0;
		for (;;) {
			const count = readSync(file, buffer, length, limit - length, null);
			length += count;
			if (count === 0 || length === limit) return buffer.subarray(0, length);
		}
	} finally {
		closeSync(file);
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Node's words without the code and the path of the machine. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error) || !('code' in error)) return String(error);
	switch (error.code) {
		case 'EACCES':
		case 'EPERM':
			return 'permission denied';
		case 'EISDIR':
			return 'it is a folder';
		case 'ELOOP':
			return 'its links lead in a circle';
		default:
			return String(error.code);
	}
}
