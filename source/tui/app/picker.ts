/** The lists before there is a session: of scenarios, of a scenario's kernels, of what is to be run. */

import { plainLine } from '../../language/plain-text.ts';
import type { KeyPress } from '../input/key.ts';
import { keyName } from '../state/keymap.ts';
import { changeSetup, proposeSetup, setupItems } from '../state/setup.ts';
import type { AppState, Message, Picker, Screen, Setup } from '../state/state.ts';
import { only, say, type Updated } from './updated.ts';

const listKeys = new Set(['up', 'down', 'j', 'k', 'enter']);

/** What a key does to a list: most are its own, and go on to it. */
export function onPickerKey(state: AppState, screen: Picker, key: KeyPress): Updated {
	if (listKeys.has(key.name) || /^[1-9]$/.test(key.name)) {
		return { state, effects: [{ kind: 'forward', bytes: key.name === 'enter' ? '\r' : key.bytes }] };
	}
	switch (key.name) {
		case 'q':
			return { state, effects: [{ kind: 'quit' }] };
		case 'escape':
		case 'left':
		case 'backspace':
			return only({ ...state, screen: previousScreen(state, screen) });
		case 'right':
			return { state, effects: [{ kind: 'forward', bytes: '\r' }] };
		case '?':
		case 'f1':
			return only({ ...state, overlay: { kind: 'help', scroll: 0 } });
		default:
			return say(
				state,
				'dim',
				`${keyName(key)} does nothing here: up and down choose, Enter goes on, Esc goes back, q leaves`,
			);
	}
}

function previousScreen(state: AppState, screen: Picker): Screen {
	switch (screen.kind) {
		case 'scenarios':
			return screen;
		case 'kernels':
			return { kind: 'scenarios', highlighted: indexOf(state.catalogue, screen.scenario.id) };
		case 'setup': {
			const { scenario, kernel } = screen.setup;
			return { kind: 'kernels', scenario, highlighted: indexOf(scenario.kernels, kernel) };
		}
		default:
			return screen satisfies never;
	}
}

/** The entry with this value was chosen in the list in sight. */
export function onPicked(state: AppState, screen: Picker, value: string): Updated {
	switch (screen.kind) {
		case 'scenarios': {
			const index = state.catalogue.findIndex(({ id }) => id === value);
			return index < 0 ? only(state) : { state, effects: [{ kind: 'load', index }] };
		}
		case 'kernels':
			return propose(state, proposeSetup(screen.scenario, value));
		case 'setup':
			if (value === 'start') return start(state, screen.setup);
			return only({ ...state, screen: { ...screen, setup: changeSetup(screen.setup, value) } });
		default:
			return screen satisfies never;
	}
}

function propose(state: AppState, setup: Setup): Updated {
	// With nothing to choose there is no reason to ask.
	if (setupItems(setup).length === 1) return start(state, setup);
	return only({ ...state, screen: { kind: 'setup', setup, highlighted: 0 } });
}

function start(state: AppState, setup: Setup): Updated {
	const message: Message = { tone: 'dim', text: `compiling kernel ${plainLine(setup.kernel)} ...` };
	return { state: { ...state, message }, effects: [{ kind: 'start', setup }] };
}

/** The entry with this value is marked in the list in sight. */
export function onMarked(state: AppState, screen: Picker, value: string): AppState {
	switch (screen.kind) {
		case 'scenarios':
			return { ...state, screen: { ...screen, highlighted: indexOf(state.catalogue, value) } };
		case 'kernels':
			return { ...state, screen: { ...screen, highlighted: indexOf(screen.scenario.kernels, value) } };
		case 'setup': {
			const highlighted = Math.max(
				0,
				setupItems(screen.setup).findIndex((item) => item.value === value),
			);
			return { ...state, screen: { ...screen, highlighted } };
		}
		default:
			return screen satisfies never;
	}
}

/** Where the entry is in the list; the first one when it is not there. */
function indexOf(list: readonly { readonly id: string }[], id: string): number {
	return Math.max(
		0,
		list.findIndex((entry) => entry.id === id),
	);
}
