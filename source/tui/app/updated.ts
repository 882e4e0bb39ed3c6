import type { AppState, Message } from '../state/state.ts';
import type { AppEffect } from './events.ts';

/** What an event leads to. */
export interface Updated {
	readonly state: AppState;
	readonly effects: readonly AppEffect[];
}

/** A new state, and nothing to be done outside. */
export function only(state: AppState): Updated {
	return { state, effects: [] };
}

/** A new state that says something. */
export function say(state: AppState, tone: Message['tone'], text: string): Updated {
	return only({ ...state, message: { tone, text } });
}
