/** The screen's own keys, as data. Keys that are commands of the debugger come from the session's table. */

import { plainLine } from '../../language/plain-text.ts';
import { bindingOf, type KeyBinding } from '../../session/key-table.ts';
import type { KeyPress } from '../input/key.ts';

/** What a key of the screen does. */
export type Intent =
	| 'help'
	| 'command'
	| 'search'
	| 'nextPane'
	| 'previousPane'
	| 'nextTab'
	| 'previousTab'
	| 'scrollUp'
	| 'scrollDown'
	| 'pageUp'
	| 'pageDown'
	| 'close'
	| 'accept'
	| 'repaint'
	| 'suspend'
	| 'interrupt';

/** Like a key of the session's table, but it does something on the screen. */
export interface ScreenKey extends Omit<KeyBinding, 'command'> {
	readonly intent: Intent;
}

export const screenKeys: readonly ScreenKey[] = [
	{ keys: ['?', 'f1'], intent: 'help', label: 'help', summary: 'this help', rank: 1 },
	{ keys: [':'], intent: 'command', label: 'command', summary: 'types a command: break, print, goto ...', rank: 1 },
	{ keys: ['tab'], intent: 'nextPane', label: 'pane', summary: 'the choice list, then each pane in turn', rank: 1 },
	{ keys: ['shift-tab'], intent: 'previousPane', label: '', summary: 'the same, backwards', rank: 3 },
	{ keys: [']'], intent: 'nextTab', label: '', summary: 'another pane, without leaving the choice list', rank: 3 },
	{ keys: ['['], intent: 'previousTab', label: '', summary: 'the same, backwards', rank: 3 },
	{
		keys: ['up', 'k'],
		intent: 'scrollUp',
		label: '',
		summary: 'up in the choice list, or in the pane that Tab chose',
		rank: 3,
	},
	{ keys: ['down', 'j'], intent: 'scrollDown', label: '', summary: 'down in it', rank: 3 },
	{ keys: ['pageup', 'ctrl-b'], intent: 'pageUp', label: '', summary: 'scrolls the pane up', rank: 3 },
	{ keys: ['pagedown', 'ctrl-f'], intent: 'pageDown', label: '', summary: 'scrolls the pane down', rank: 3 },
	{ keys: ['enter'], intent: 'accept', label: '', summary: 'makes the step that is chosen in the list', rank: 3 },
	{
		keys: ['/'],
		intent: 'search',
		label: 'search',
		summary: 'looks for a text in the pane; then n and N, until Escape',
		rank: 2,
	},
	{ keys: ['escape'], intent: 'close', label: '', summary: 'closes what is open: search, report, text', rank: 3 },
	{ keys: ['ctrl-l'], intent: 'repaint', label: '', summary: 'paints the screen again', rank: 3 },
	{ keys: ['ctrl-z'], intent: 'suspend', label: '', summary: 'back to the shell; fg returns', rank: 3 },
	{ keys: ['ctrl-c'], intent: 'interrupt', label: '', summary: 'leaves mmstep, or the line being typed', rank: 3 },
];

const byKey = new Map(screenKeys.flatMap((entry) => entry.keys.map((name) => [name, entry.intent])));

export type Binding =
	| { readonly kind: 'intent'; readonly intent: Intent }
	| { readonly kind: 'command'; readonly line: string };

/** What a key does in the stepper, or null. */
export function stepperBinding(name: string): Binding | null {
	const intent = byKey.get(name);
	if (intent !== undefined) return { kind: 'intent', intent };
	const binding = bindingOf(name === ' ' ? 'space' : name);
	return binding === null ? null : { kind: 'command', line: binding.command };
}

/** What a key of the screen does, or null for keys that are none. */
export function intentOf(name: string): Intent | null {
	return byKey.get(name) ?? null;
}

/** A key's name in a message. */
export function keyName(key: KeyPress): string {
	return key.name === ' ' ? 'space' : plainLine(key.name);
}
