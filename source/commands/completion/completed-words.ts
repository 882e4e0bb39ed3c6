/** What can be typed on the command line, as data from which the completions of all shells are made. */

import { bundledIds, bundledOutline, loadBundled } from '../../scenario/bundled.ts';
import { outlineOf, type ScenarioOutline } from '../../scenario/outline.ts';
import { ScenarioError } from '../../scenario/scenario.ts';
import { type FlagName, flagTable } from '../arguments.ts';
import { fileFormats } from '../report-formats.ts';
import type { Verb } from '../verb.ts';

/** What a value or an operand is taken from: words of its own, words of the scenario on the line, files; or nothing is known. */
export type CompletionSource =
	| { readonly kind: 'words'; readonly words: readonly string[] }
	| { readonly kind: 'programs' | 'options' | 'schedules' }
	/** Scenarios with their kernels, and files. */
	| { readonly kind: 'scenarios' }
	| { readonly kind: 'files' }
	| { readonly kind: 'nothing' };

export interface CompletionFlag {
	/** Without the dashes. */
	readonly name: string;
	readonly summary: string;
	/** Null for a flag without a value. */
	readonly value: CompletionSource | null;
}

export interface CompletionVerb {
	readonly name: string;
	readonly summary: string;
	readonly flags: readonly FlagName[];
	readonly operands: CompletionSource;
}

export interface CompletionScenario {
	readonly id: string;
	readonly kernels: readonly string[];
	readonly programs: readonly string[];
	/** `level=pmd`. */
	readonly options: readonly string[];
	readonly schedules: readonly string[];
}

export interface CompletionTable {
	readonly verbs: readonly CompletionVerb[];
	/** Flags of the debugger, without a verb. */
	readonly debuggerFlags: readonly FlagName[];
	readonly flags: readonly CompletionFlag[];
	readonly scenarios: readonly CompletionScenario[];
}

export function completionTable(verbs: readonly Verb[], debuggerFlags: readonly FlagName[]): CompletionTable {
	return {
		verbs: verbs.map(({ name, summary, flags, usage }) => ({
			name,
			summary,
			flags: [...flags, 'help'],
			operands: operandsOf(usage),
		})),
		debuggerFlags: [...debuggerFlags, 'help', 'version'],
		flags: Object.entries(flagTable).map(([name, flag]) => ({
			name,
			summary: flag.summary,
			value: 'value' in flag ? sourceOfValue(flag.value) : null,
		})),
		scenarios: bundledIds().flatMap((id) => {
			const outline = bundledOutline(id) ?? loadedOutline(id);
			return outline === null ? [] : [scenarioWords(id, outline)];
		}),
	};
}

/** What a verb's usage says may follow: its words in capitals are what they are everywhere. */
function operandsOf(usage: string): CompletionSource {
	const [, ...operands] = usage.split(' ');
	const words = /^[a-z]+(?:\|[a-z]+)+$/.exec(operands[0] ?? '')?.[0];
	if (words !== undefined) return { kind: 'words', words: words.split('|') };
	if (operands.some((operand) => operand.includes('SCENARIO'))) return { kind: 'scenarios' };
	return { kind: operands.length > 0 ? 'files' : 'nothing' };
}

/** The same for what stands for a flag's value in the help. */
function sourceOfValue(value: string): CompletionSource {
	switch (value) {
		case 'FILE':
			return { kind: 'files' };
		case 'ID':
			return { kind: 'programs' };
		case 'OPTION=VALUE':
			return { kind: 'options' };
		case 'NAME|STEPS':
			return { kind: 'schedules' };
		case 'FORMAT':
			return { kind: 'words', words: fileFormats.map(({ name }) => name) };
		case 'COLUMNSxROWS':
			return { kind: 'words', words: ['80x24', '120x40'] };
		default:
			return /^[a-z]+(?:\|[a-z]+)+$/.test(value) ? { kind: 'words', words: value.split('|') } : { kind: 'nothing' };
	}
}

/** A scenario that cannot be used has no words, and is no reason to complete nothing else. */
function loadedOutline(id: string): ScenarioOutline | null {
	try {
		return outlineOf(loadBundled(id));
	} catch (error) {
		if (error instanceof ScenarioError) return null;
		throw error;
	}
}

function scenarioWords(id: string, { options, ...words }: ScenarioOutline): CompletionScenario {
	return {
		id,
		...words,
		options: options.flatMap((option) => option.values.map((value) => `${option.id}=${value}`)).filter(isWord),
	};
}

/** Ids are words by the scenario's schema; a value of an option may be anything. */
function isWord(text: string): boolean {
	return /^[\w.,+:=-]+$/.test(text);
}

/** Where the words of a scenario come from: `KIND SCENARIO`, with `*` for all scenarios, and its words. */
export function wordLists({ scenarios }: CompletionTable): readonly (readonly [string, readonly string[]])[] {
	const kinds = ['programs', 'options', 'schedules'] as const;
	return kinds.flatMap((kind) => [
		...scenarios.map((scenario) => [`${kind}/${scenario.id}`, scenario[kind]] as const),
		[`${kind}/`, [...new Set(scenarios.flatMap((scenario) => scenario[kind]))]] as const,
	]);
}
