/** Keys and pasted texts while a line is typed at the bottom. */

import { complete } from '../../session/commands.ts';
import type { KeyPress } from '../input/key.ts';
import { edit, insert, remember } from '../input/line-editor.ts';
import type { AppState, Prompt } from '../state/state.ts';
import { search } from './pane-search.ts';
import { runCommand } from './run-command.ts';
import { only, type Updated } from './updated.ts';

/** Takes a pasted text into the line; without one it is refused, since its characters would be taken for keys. */
export function onPaste(state: AppState, text: string): AppState {
	if (state.prompt !== null) {
		return { ...state, prompt: { ...state.prompt, editor: insert(state.prompt.editor, text) } };
	}
	return {
		...state,
		message: { tone: 'warning', text: 'a pasted text is not taken for keys; type : first to paste a command' },
	};
}

/** Edits the line; Enter runs the command, or looks for the text. */
export function onPromptKey(state: AppState, prompt: Prompt, key: KeyPress): Updated {
	const stepper = state.screen.kind === 'stepper' ? state.screen.stepper : null;
	const result = edit(prompt.editor, key, (before) =>
		prompt.kind === 'command' && stepper !== null ? complete(stepper.session, before) : [],
	);
	switch (result.kind) {
		case 'editing':
			return only({ ...state, prompt: { ...prompt, editor: result.editor } });
		case 'cancelled':
			return only({ ...state, prompt: null });
		case 'unknown':
			return only(state);
		case 'accepted': {
			const histories = { ...state.histories, [prompt.kind]: remember(state.histories[prompt.kind], result.text) };
			const closed: AppState = { ...state, prompt: null, histories, message: null };
			if (stepper === null || result.text.trim() === '') return only(closed);
			if (prompt.kind === 'search') return search(closed, stepper, result.text.trim());
			return runCommand(closed, stepper, result.text, true);
		}
		default:
			return result satisfies never;
	}
}
