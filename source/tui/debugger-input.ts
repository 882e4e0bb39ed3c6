import type { Searcher } from '../explore/searcher.ts';
import type { KeptResults } from '../scenario/kept-results.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** A scenario named on the command line. */
export interface OpenedScenario {
	readonly scenario: Scenario;
	/** Null to have it picked, unless something else was said that needs one. */
	readonly kernel: string | null;
	readonly program: string | null;
	readonly options: Readonly<Record<string, string>>;
	readonly schedule?: string | null;
}

/** What the debugger is started with. */
export interface DebuggerInput {
	readonly scenarios: readonly {
		readonly id: string;
		readonly title: string;
		readonly summary: string;
		/** @throws ScenarioError */
		readonly load: () => Scenario;
	}[];
	/** What to begin with; null for the picker. */
	readonly open: null | OpenedScenario | { readonly recording: string };
	/** File to record in from the start. */
	readonly record: string | null;
	/** Searches beside the keys; without it there is no looking ahead. */
	readonly searcher?: Searcher;
	/** Writes a new file; throws with a message for people. Without it reports can only be looked at. */
	readonly writeFile?: (path: string, text: string) => void;
	/** What was read and compiled before, for recordings. */
	readonly kept?: KeptResults;
}
