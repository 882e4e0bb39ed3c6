/** The state of the screen: plain immutable data. The debugger's own state is the session inside. */

import type { Outlook } from '../../explore/lookahead.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { OutputLine, Session, TimelineNode } from '../../session/session.ts';
import type { LineEditor } from '../input/line-editor.ts';
import type { Size } from '../screen/layout.ts';
import type { Theme } from '../text/theme.ts';

export interface CatalogueEntry {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
}

/** What is to be stepped, while it is being chosen. */
export interface Setup {
	readonly scenario: Scenario;
	readonly kernel: string;
	readonly program: string;
	readonly options: Readonly<Record<string, string>>;
	/** Id of the schedule to follow; null to step by hand. */
	readonly schedule: string | null;
}

/** Looking for a text in a pane. */
export interface Search {
	readonly pane: string;
	readonly text: string;
	/** Line of the pane at which the last match was found. */
	readonly line: number;
}

export interface Stepper {
	readonly session: Session;
	/** What is marked as changed is what differs from here: the point from which the last move came, or the one before. */
	readonly since: TimelineNode | null;
	/** What arrows and Enter act on. */
	readonly focus: 'choices' | 'pane';
	/** The entry of the choice list that is marked; its own value stays when the list around it changes. */
	readonly choice: string;
	/** Id of the pane that Tab goes through. */
	readonly pane: string;
	/** The pane that was there before a report brought its own up; Escape leads back. */
	readonly paneBefore: string | null;
	/** First line shown of each pane that has been scrolled. */
	readonly scroll: Readonly<Record<string, number>>;
	readonly search: Search | null;
}

export type Screen =
	| { readonly kind: 'scenarios'; readonly highlighted: number }
	| { readonly kind: 'kernels'; readonly scenario: Scenario; readonly highlighted: number }
	| { readonly kind: 'setup'; readonly setup: Setup; readonly highlighted: number }
	| { readonly kind: 'stepper'; readonly stepper: Stepper };

/** A list before there is a session. */
export type Picker = Exclude<Screen, { kind: 'stepper' }>;

export interface Message {
	readonly tone: OutputLine['tone'];
	readonly text: string;
}

/** A line being typed at the bottom. */
export interface Prompt {
	readonly kind: 'command' | 'search';
	readonly editor: LineEditor;
}

/** A text over the middle of the screen. */
export type Overlay = { readonly scroll: number } & (
	| { readonly kind: 'help' }
	| {
			readonly kind: 'output';
			readonly title: string;
			readonly lines: readonly OutputLine[];
			/** Whether it is the report, which a key copies. */
			readonly isReport?: boolean;
	  }
);

export interface AppState {
	readonly theme: Theme;
	readonly size: Size;
	readonly catalogue: readonly CatalogueEntry[];
	readonly screen: Screen;
	readonly message: Message | null;
	readonly prompt: Prompt | null;
	readonly overlay: Overlay | null;
	readonly histories: Readonly<Record<Prompt['kind'], readonly string[]>>;
	/** What the choices at a point of time can lead to, as far as that is known. */
	readonly outlook: { readonly node: TimelineNode; readonly outlook: Outlook } | null;
	/** File that the session is being recorded in. */
	readonly recording: string | null;
}

export function initialState(catalogue: readonly CatalogueEntry[], size: Size, theme: Theme): AppState {
	return {
		theme,
		size,
		catalogue,
		screen: { kind: 'scenarios', highlighted: 0 },
		message: null,
		prompt: null,
		overlay: null,
		histories: { command: [], search: [] },
		outlook: null,
		recording: null,
	};
}
