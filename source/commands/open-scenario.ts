/** What a user may name: a bundled scenario, a folder, either with a kernel, or a recording. */

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import { bundledIds, libraryFolder, loadBundled } from '../scenario/bundled.ts';
import type { KeptResults } from '../scenario/kept-results.ts';
import { loadScenarioFolder } from '../scenario/load.ts';
import { scenarioFileName } from '../scenario/parse-scenario.ts';
import { type Scenario, ScenarioError } from '../scenario/scenario.ts';
import { keepCompiled } from '../scenario/target.ts';
import { UsageError } from './io.ts';

export type Opened =
	| {
			readonly kind: 'scenario';
			readonly scenario: Scenario;
			readonly kernel: string | null;
			/** False for a folder of the user's own. */
			readonly isBundled: boolean;
	  }
	| { readonly kind: 'recording'; readonly path: string };

/**
 * Finds what `text` names and loads it, if it is a scenario.
 * @param kept what was read and compiled in earlier runs; what this one does goes there too
 * @param verbs what else could have stood there, for suggestions
 * @throws {UsageError} when nothing has that name
 * @throws {ScenarioError} when the scenario cannot be used
 */
export function open(text: string, kept?: KeptResults, verbs: readonly string[] = []): Opened {
	const found = openBundled(text, kept) ?? openPath(text, kept);
	if (found !== null) return found;
	const ids = bundledIds();
	const hint = didYouMean(text.split('/')[0] ?? text, [...ids, ...verbs]);
	throw new UsageError(
		`there is no scenario, folder or recording "${plainLine(text)}"${hint}\n` +
			(ids.length === 0 ? 'no scenario came with this mmstep' : `scenarios: ${ids.join(', ')}`),
	);
}

/**
 * Like `open`, for verbs that need a scenario.
 * @throws {UsageError} for a recording
 */
export function openScenario(
	text: string,
	kept?: KeptResults,
): { readonly scenario: Scenario; readonly kernel: string | null } {
	const opened = open(text, kept);
	if (opened.kind === 'scenario') return opened;
	throw new UsageError(
		`${plainLine(text)} is a file, not a scenario; for a recording use "mmstep replay" or "mmstep FILE"`,
	);
}

/** Loads a scenario that comes with the program. @throws {ScenarioError} */
export function openBundledScenario(id: string, kept?: KeptResults): Scenario {
	return keeping(loadBundled(id, kept), kept);
}

function keeping(scenario: Scenario, kept: KeptResults | undefined): Scenario {
	keepCompiled(scenario, kept);
	return scenario;
}

function openBundled(text: string, kept: KeptResults | undefined): Opened | null {
	const [id = '', kernel, ...more] = text.split('/');
	if (more.length > 0 || !bundledIds().includes(id)) return null;
	const named = kernel === undefined || kernel === '' ? null : kernel;
	return { kind: 'scenario', scenario: openBundledScenario(id, kept), kernel: named, isBundled: true };
}

function openPath(text: string, kept: KeptResults | undefined): Opened | null {
	const status = statSync(text, { throwIfNoEntry: false });
	if (status?.isDirectory()) {
		return { kind: 'scenario', scenario: folderScenario(text, kept), kernel: null, isBundled: false };
	}
	if (status !== undefined) return { kind: 'recording', path: text };
	const folder = dirname(text);
	if (folder !== '.' && existsSync(join(folder, scenarioFileName))) {
		return { kind: 'scenario', scenario: folderScenario(folder, kept), kernel: basename(text), isBundled: false };
	}
	return null;
}

/** Of several folders that a command names, the error says which one it is about. */
function folderScenario(folder: string, kept: KeptResults | undefined): Scenario {
	try {
		return keeping(loadScenarioFolder(folder, libraryFolder(), kept), kept);
	} catch (error) {
		throw error instanceof ScenarioError ? new ScenarioError(error.message, folder) : error;
	}
}

/** Whether a file begins as a scenario.yaml would, so that the error for it can say what to do instead. */
export function looksLikeYaml(path: string): boolean {
	// Opening a pipe would wait for its writer.
	if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
	const file = openSync(path, 'r');
	try {
		const bytes = new Uint8Array(200);
		const count = readSync(file, bytes, 0, bytes.length, 0);
		return /^(?:#|title:)/.test(new TextDecoder().decode(bytes.subarray(0, count)));
	} finally {
		closeSync(file);
	}
}
