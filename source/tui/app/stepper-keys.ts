/** Keys while a session is stepped. */

import type { KeyPress } from '../input/key.ts';
import { newEditor } from '../input/line-editor.ts';
import { type Intent, keyName, stepperBinding } from '../state/keymap.ts';
import type { AppState, Stepper } from '../state/state.ts';
import { changePane, paneHeight, scroll } from './pane-moves.ts';
import { findNext } from './pane-search.ts';
import { runKey } from './run-command.ts';
import { withStepper } from './stepper.ts';
import { only, say, type Updated } from './updated.ts';

/** What a key does to the session, or to how it is looked at. */
export function onStepperKey(state: AppState, stepper: Stepper, key: KeyPress): Updated {
	if (stepper.search !== null && (key.name === 'n' || key.name === 'N')) {
		return findNext(state, stepper, key.name === 'n' ? 1 : -1);
	}
	const binding = stepperBinding(key.name);
	if (binding === null) return say(state, 'dim', `${keyName(key)} does nothing here; ? shows the keys`);
	if (binding.kind === 'intent') return onIntent(state, stepper, binding.intent, key);
	return runKey(state, stepper, binding.line, key);
}

function onIntent(state: AppState, stepper: Stepper, intent: Intent, key: KeyPress): Updated {
	switch (intent) {
		case 'help':
			return only({ ...state, overlay: { kind: 'help', scroll: 0 } });
		case 'command':
		case 'search':
			return only({ ...state, prompt: { kind: intent, editor: newEditor(state.histories[intent]) } });
		case 'nextPane':
			return only(withStepper(state, changePane(state, stepper, 1, true)));
		case 'previousPane':
			return only(withStepper(state, changePane(state, stepper, -1, true)));
		case 'nextTab':
			return only(withStepper(state, changePane(state, stepper, 1, false)));
		case 'previousTab':
			return only(withStepper(state, changePane(state, stepper, -1, false)));
		case 'scrollUp':
		case 'scrollDown':
			if (stepper.focus === 'choices') return { state, effects: [{ kind: 'forward', bytes: key.bytes }] };
			return only(withStepper(state, scroll(state, stepper, intent === 'scrollUp' ? -1 : 1)));
		case 'pageUp':
		case 'pageDown': {
			const page = Math.max(1, paneHeight(state, stepper) - 1);
			return only(withStepper(state, scroll(state, stepper, intent === 'pageUp' ? -page : page)));
		}
		case 'accept':
			if (stepper.focus === 'choices') return { state, effects: [{ kind: 'forward', bytes: '\r' }] };
			return say(state, 'dim', 'Enter makes the step chosen in the list: Tab leads back to it');
		case 'close':
			return close(state, stepper);
		case 'repaint':
			return { state, effects: [{ kind: 'repaint' }] };
		case 'suspend':
			return { state, effects: [{ kind: 'suspend' }] };
		case 'interrupt':
			return { state, effects: [{ kind: 'quit' }] };
		default:
			return intent satisfies never;
	}
}

function close(state: AppState, stepper: Stepper): Updated {
	if (stepper.search !== null) return only(withStepper(state, { ...stepper, search: null }));
	if (stepper.paneBefore !== null) {
		return only(withStepper(state, { ...stepper, pane: stepper.paneBefore, paneBefore: null }));
	}
	if (stepper.focus === 'pane') return only(withStepper(state, { ...stepper, focus: 'choices' }));
	return say(state, 'dim', 'nothing is open; q leaves mmstep, :scenarios goes back to the list');
}
