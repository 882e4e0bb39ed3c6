/** The scenarios and the model library that come with the program. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import type { KeptResults } from './kept-results.ts';
import { loadScenarioFolder } from './load.ts';
import { readOutline, type ScenarioOutline } from './outline.ts';
import { scenarioFileName } from './parse-scenario.ts';
import { type Scenario, ScenarioError } from './scenario.ts';
import { readYaml } from './yaml-text.ts';

export interface BundledScenario {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	readonly folder: string;
	/** Why its title cannot be read, or null. One that is broken stays in the list and hides no other. */
	readonly problem: string | null;
}

/** The folder of the bundled scenarios: beside dist/ in a bundle, beside source/ when the sources run. */
function scenariosFolder(): string {
	const places = ['../scenarios/', '../../scenarios/'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
	return places.find((place) => existsSync(join(place, 'kernel'))) ?? places[0] ?? 'scenarios';
}

/** The folder of the model library, which display paths call `kernel/`. */
export function libraryFolder(): string {
	return join(scenariosFolder(), 'kernel');
}

/** The ids of the scenarios that come with the program, in order. */
export function bundledIds(): readonly string[] {
	return idsIn(scenariosFolder());
}

/** The scenarios that come with the program, by id. Only titles are read; loadBundled checks the rest. */
export function bundledScenarios(): readonly BundledScenario[] {
	return scenariosIn(scenariosFolder());
}

/** The scenarios in the folders of `root`, by id. */
export function scenariosIn(root: string): readonly BundledScenario[] {
	return idsIn(root).map((id) => heading(id, join(root, id)));
}

function idsIn(root: string): readonly string[] {
	try {
		const names = readdirSync(root);
		return names.filter((name) => name !== 'kernel' && existsSync(join(root, name, scenarioFileName))).sort();
	} catch {
		return [];
	}
}

/** The tables of scenario.yaml that a list shows. To read all of it would make every start slow. */
const headingKeys = ['title', 'summary'];

/** `text` with the lines of all other keys empty, so that lines keep their numbers. */
function headingOf(text: string): string {
	let isKept = true;
	const kept = text.split('\n').map((line) => {
		const key = /^(?:([\w-]+)|"[^"]*"|'[^']*') *:/.exec(line);
		if (key !== null) isKept = headingKeys.includes(key[1] ?? '');
		else if (/^[^\s#]/.test(line)) isKept = true;
		return isKept ? line : '';
	});
	return kept.join('\n');
}

function heading(id: string, folder: string): BundledScenario {
	try {
		const text = readFileSync(join(folder, scenarioFileName), 'utf8');
		const yaml = readYaml({ path: scenarioFileName, text: headingOf(text) });
		const problem = yaml.errors[0];
		const word = (key: string): string => {
			const value = yaml.valueAt([key]);
			return typeof value === 'string' ? plainLine(value) : '';
		};
		return {
			id,
			folder,
			title: word('title') || id,
			summary: word('summary'),
			problem:
				problem === undefined ? null : `${scenarioFileName}:${problem.position.line}: ${plainLine(problem.message)}`,
		};
	} catch (error) {
		return {
			id,
			folder,
			title: id,
			summary: '',
			problem: plainLine(error instanceof Error ? error.message : String(error)),
		};
	}
}

/** The ids in a bundled scenario; null where only loading it can tell. */
export function bundledOutline(id: string): ScenarioOutline | null {
	try {
		return readOutline(readFileSync(join(scenariosFolder(), id, scenarioFileName), 'utf8'));
	} catch {
		return null;
	}
}

/**
 * Loads a bundled scenario.
 * @param kept see loadScenarioFolder
 * @throws {ScenarioError}
 */
export function loadBundled(id: string, kept?: KeptResults): Scenario {
	const ids = bundledIds();
	if (!ids.includes(id)) {
		throw new ScenarioError(
			`there is no scenario "${plainLine(id)}"${didYouMean(id, ids)}\nscenarios: ${ids.join(', ')}`,
		);
	}
	return loadScenarioFolder(join(scenariosFolder(), id), libraryFolder(), kept);
}
