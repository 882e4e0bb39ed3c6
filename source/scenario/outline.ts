/**
 * The ids in a scenario.yaml, for whoever needs nothing else: to read all of it takes far longer. Lines of other keys are
 * dropped before the text is parsed, so that it works for a text that is laid out as scenarios are, an item a `- id:`.
 */

import { scenarioFileName } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';
import { readYaml } from './yaml-text.ts';

const lists = ['options', 'kernels', 'programs', 'schedules'] as const;

export interface ScenarioOutline {
	readonly kernels: readonly string[];
	readonly programs: readonly string[];
	readonly options: readonly { readonly id: string; readonly values: readonly string[] }[];
	readonly schedules: readonly string[];
}

interface Item {
	readonly id: string;
	readonly values: readonly string[];
}

/** Reads the ids; null for a text that is laid out in another way, or has none for a list. */
export function readOutline(text: string): ScenarioOutline | null {
	const kept = outlineLines(text);
	if (kept === null) return null;
	const yaml = readYaml({ path: scenarioFileName, text: kept });
	if (yaml.errors.length > 0) return null;
	const [options, kernels, programs, schedules] = lists.map((list) => itemsOf(yaml.valueAt([list])));
	if (!options || !kernels || !programs || !schedules || kernels.length === 0 || programs.length === 0) return null;
	const ids = (items: readonly Item[]): string[] => items.map(({ id }) => id);
	return { kernels: ids(kernels), programs: ids(programs), options, schedules: ids(schedules) };
}

/** The ids of a scenario that was loaded. */
export function outlineOf({ kernels, programs, options, schedules }: Scenario): ScenarioOutline {
	const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);
	return {
		kernels: ids(kernels),
		programs: ids(programs),
		options: options.map(({ id, values }) => ({ id, values })),
		schedules: ids(schedules),
	};
}

/** The lines of the lists with ids and values alone; null where an item begins with anything else. */
function outlineLines(text: string): string | null {
	const kept: string[] = [];
	let isList = false;
	/** Columns before the dashes of the list, and whether the key that is being read is kept. */
	let indent = -1;
	let isKept = false;
	for (const line of text.split('\n')) {
		if (/^\s*(?:#.*)?$/.test(line)) continue;
		const depth = line.search(/\S/);
		if (depth === 0 && !line.startsWith('- ')) {
			const key = /^([\w-]+)\s*:\s*(.*)$/.exec(line);
			isList = lists.some((list) => list === key?.[1]);
			indent = -1;
			isKept = isList;
		} else if (isList && line.startsWith('- ', depth) && (indent < 0 || depth === indent)) {
			if (!/^\s*- (?:id\s*:|\{)/.test(line)) return null;
			indent = depth;
			isKept = true;
		} else if (isList && depth === indent + 2) {
			isKept = /^\s*(?:id|values)\s*:/.test(line);
		}
		if (isList && isKept) kept.push(line);
	}
	return kept.join('\n');
}

/** The items of a list; none where there is no list, null where one has no id. */
function itemsOf(value: unknown): readonly Item[] | null {
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value)) return null;
	const items: Item[] = [];
	for (const item of value as readonly unknown[]) {
		const { id, values } = (item ?? {}) as { readonly id?: unknown; readonly values?: unknown };
		if (typeof id !== 'string') return null;
		items.push({ id, values: Array.isArray(values) ? values.map(String) : [] });
	}
	return items;
}
