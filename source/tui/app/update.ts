/** What happens to the screen's state when something happens: a pure function, with what has to be done outside as effects. */

import type { KeyPress } from '../input/key.ts';
import type { AppState } from '../state/state.ts';
import { choiceItems } from '../view-model/choices.ts';
import type { AppEvent } from './events.ts';
import { onOverlayKey } from './overlay-keys.ts';
import { onMarked, onPicked, onPickerKey } from './picker.ts';
import { onPaste, onPromptKey } from './prompt-keys.ts';
import { onAnswer, runCommand } from './run-command.ts';
import { openStepper, withStepper } from './stepper.ts';
import { onStepperKey } from './stepper-keys.ts';
import { only, say, type Updated } from './updated.ts';

/** The state after an event, and what has to be done outside, in this order. */
export function update(state: AppState, event: AppEvent): Updated {
	switch (event.kind) {
		case 'key':
			return onKey(state, event);
		case 'paste':
			return only(onPaste(state, event.text));
		case 'resize':
			return only({ ...state, size: { columns: event.columns, rows: event.rows } });
		case 'chosen':
			return onChosen({ ...state, message: null }, event.value);
		case 'highlighted':
			return only(onHighlighted(state, event.value));
		case 'loaded':
			return only({ ...state, screen: { kind: 'kernels', scenario: event.scenario, highlighted: 0 }, message: null });
		case 'opened':
			return only({ ...state, screen: openStepper(event.session, state.size), message: event.message, overlay: null });
		case 'recording':
			return only({ ...state, recording: event.file });
		case 'say':
			return only({ ...state, message: event.message });
		case 'outlook':
			return only({ ...state, outlook: { node: event.node, outlook: event.outlook } });
		case 'answered':
			return onAnswer(state, event);
		case 'show':
			return only({
				...state,
				message: null,
				overlay: {
					kind: 'output',
					title: event.title,
					lines: event.lines,
					isReport: event.isReport ?? false,
					scroll: 0,
				},
			});
		default:
			return event satisfies never;
	}
}

function onKey(state: AppState, key: KeyPress): Updated {
	if (key.name === 'ctrl-z') return { state, effects: [{ kind: 'suspend' }] };
	if (key.name === 'ctrl-l') return { state, effects: [{ kind: 'repaint' }] };
	if (state.prompt !== null) return onPromptKey(state, state.prompt, key);
	if (key.name === 'ctrl-c') return { state, effects: [{ kind: 'quit' }] };
	// What was said stays until the next key, no longer: it would be taken for the answer to that.
	const fresh = { ...state, message: null };
	if (state.overlay === null) return onScreenKey(fresh, key);
	// No key is lost: what means nothing to a text closes it, and then does what it always does.
	return onOverlayKey(fresh, state.overlay, key) ?? onScreenKey({ ...fresh, overlay: null }, key);
}

function onScreenKey(state: AppState, key: KeyPress): Updated {
	const { screen } = state;
	return screen.kind === 'stepper' ? onStepperKey(state, screen.stepper, key) : onPickerKey(state, screen, key);
}

function onChosen(state: AppState, value: string): Updated {
	const { screen } = state;
	if (screen.kind !== 'stepper') return onPicked(state, screen, value);
	const item = choiceItems(screen.stepper.session).find((candidate) => candidate.value === value);
	if (item === undefined) return say(state, 'warning', 'that can no longer be chosen');
	return runCommand(state, screen.stepper, item.command, false);
}

function onHighlighted(state: AppState, value: string): AppState {
	const { screen } = state;
	if (screen.kind !== 'stepper') return onMarked(state, screen, value);
	return withStepper(state, { ...screen.stepper, choice: value });
}
