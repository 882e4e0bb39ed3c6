/** Command lines that the user typed, or that a key or a choice stands for, and what they do to the screen. */

import { plainLine } from '../../language/plain-text.ts';
import { execute } from '../../session/commands.ts';
import { arrived } from '../../session/finding-commands.ts';
import type { CommandResult, Effect } from '../../session/session.ts';
import type { KeyPress } from '../input/key.ts';
import type { AppState, Stepper } from '../state/state.ts';
import { findPane, paneNames } from '../view-model/panes.ts';
import { showOutput } from './command-output.ts';
import type { AppEffect, AppEvent } from './events.ts';
import { afterMove, withStepper } from './stepper.ts';
import { only, say, type Updated } from './updated.ts';

/** Runs a command line on the session. `isTyped`: the user wrote it and wants to read all of the answer. */
export function runCommand(state: AppState, stepper: Stepper, commandLine: string, isTyped: boolean): Updated {
	return takeResult(state, stepper, execute(stepper.session, commandLine), commandLine, isTyped);
}

/** Runs the command that a key stands for. */
export function runKey(state: AppState, stepper: Stepper, commandLine: string, key: KeyPress): Updated {
	const result = execute(stepper.session, commandLine);
	const updated = takeResult(state, stepper, result, commandLine, false);
	// A held key must not run past the stop; a single step never runs, so each press of its key is meant.
	if (!result.stopped || !/^(reverse-)?continue$/.test(commandLine)) return updated;
	return { ...updated, effects: [...updated.effects, { kind: 'dropRepeats', key: key.name }] };
}

/** A search has ended: goes where it leads, if the user is still where it began. */
export function onAnswer(state: AppState, { node, request, answer }: Extract<AppEvent, { kind: 'answered' }>): Updated {
	if (state.screen.kind !== 'stepper') return only(state);
	const { stepper } = state.screen;
	if (stepper.session.timeline.cursor !== node) {
		return say(
			state,
			'dim',
			`the search from step ${node.depth} has ended, and you have moved on: ask again from here`,
		);
	}
	return takeResult(state, stepper, arrived(stepper.session, request, answer), 'search', true);
}

/** Shows what a command did. */
function takeResult(
	state: AppState,
	stepper: Stepper,
	result: CommandResult,
	commandLine: string,
	isTyped: boolean,
): Updated {
	const { session } = stepper;
	const hasMoved = result.session.timeline.cursor !== session.timeline.cursor;
	const after = afterMove(stepper, result.session, hasMoved);
	const shown = showOutput(withStepper(state, after), result, commandLine, hasMoved, isTyped);
	let current: AppState = shown;
	const effects: AppEffect[] = [];
	for (const effect of result.effects) {
		const applied = applyEffect(current, effect);
		current = applied.state;
		effects.push(...applied.effects);
	}
	return { state: current, effects };
}

function applyEffect(state: AppState, effect: Effect): Updated {
	switch (effect.kind) {
		case 'quit':
		case 'record':
		case 'stopRecording':
		case 'report':
		case 'copyReport':
		case 'find':
			return { state, effects: [effect] };
		case 'help':
			return only({ ...state, overlay: { kind: 'help', scroll: 0 } });
		case 'picker':
			return only({ ...state, screen: { kind: 'scenarios', highlighted: 0 }, overlay: null });
		case 'pane': {
			if (state.screen.kind !== 'stepper') return only(state);
			const { stepper } = state.screen;
			const pane = findPane(stepper.session, effect.pane);
			if (pane === null) {
				const names = paneNames(stepper.session).join(', ');
				return say(state, 'error', `there is no pane ${plainLine(effect.pane)}; there are ${names}`);
			}
			return only(withStepper(state, { ...stepper, pane, paneBefore: null, focus: 'pane' }));
		}
		default:
			return effect satisfies never;
	}
}
