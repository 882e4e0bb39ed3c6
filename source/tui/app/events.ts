/** What can happen to the screen, and what has to be done outside because of it. */

import type { Answer } from '../../explore/goal.ts';
import type { Outlook } from '../../explore/lookahead.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Effect, FindRequest, OutputLine, Session, TimelineNode } from '../../session/session.ts';
import type { InputUnit } from '../input/key.ts';
import type { Message, Setup } from '../state/state.ts';

/** What can happen. */
export type AppEvent =
	| InputUnit
	| { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
	/** The list in sight: its entry was chosen, or is only marked. */
	| { readonly kind: 'chosen'; readonly value: string }
	| { readonly kind: 'highlighted'; readonly value: string }
	| { readonly kind: 'loaded'; readonly scenario: Scenario }
	/** A session to go on with. */
	| { readonly kind: 'opened'; readonly session: Session; readonly message: Message | null }
	| { readonly kind: 'recording'; readonly file: string | null }
	| { readonly kind: 'say'; readonly message: Message }
	/** What a search that was begun at a point of time has found out about the choices there. */
	| { readonly kind: 'outlook'; readonly node: TimelineNode; readonly outlook: Outlook }
	/** What a search that a command asked for has come to. */
	| {
			readonly kind: 'answered';
			readonly node: TimelineNode;
			readonly request: FindRequest;
			readonly answer: Answer;
	  }
	| {
			readonly kind: 'show';
			readonly title: string;
			readonly lines: readonly OutputLine[];
			readonly isReport?: boolean;
	  };

/** What has to be done outside. */
export type AppEffect =
	/** The key is for the list of ink-select-input. */
	| { readonly kind: 'forward'; readonly bytes: string }
	| { readonly kind: 'load'; readonly index: number }
	/** Compiles and begins, when there has been a frame that says so. */
	| { readonly kind: 'start'; readonly setup: Setup }
	| { readonly kind: 'suspend' }
	| { readonly kind: 'repaint' }
	/** Forget the rest of a held key. */
	| { readonly kind: 'dropRepeats'; readonly key: string }
	| Extract<Effect, { kind: 'quit' | 'record' | 'stopRecording' | 'report' | 'copyReport' | 'find' }>;
