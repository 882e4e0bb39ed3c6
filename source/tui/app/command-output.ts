/** What a command has to say: in the line for messages, or as a text over the screen. */

import { plainLine } from '../../language/plain-text.ts';
import type { CommandResult, OutputLine } from '../../session/session.ts';
import { isWide } from '../screen/layout.ts';
import type { AppState, Message } from '../state/state.ts';

/** From what is to be said first to what can be left out. */
const tonesByWeight: readonly OutputLine['tone'][] = ['error', 'violation', 'warning', 'heading', 'plain', 'dim'];

/**
 * Shows the output of a command.
 *
 * @param title over a text of several lines
 * @param isTyped the user wrote the command and wants to read all of the answer
 */
export function showOutput(
	state: AppState,
	result: CommandResult,
	title: string,
	hasMoved: boolean,
	isTyped: boolean,
): AppState {
	const { output } = result;
	if (output.length === 0) return state;
	const main = tonesByWeight
		.map((tone) => output.find((entry) => entry.tone === tone))
		.find((entry) => entry !== undefined);
	const message: Message | null =
		main === undefined ? null : { tone: main.tone, text: withEntry(state, main, output) + textWithNote(main, output) };
	if (output.length === 1 || hasMoved) {
		// Where one is after a plain step can be seen; saying it again would only be noise over a slow line.
		const isNoise = hasMoved && !isTyped && message?.tone === 'plain';
		return { ...state, message: isNoise ? null : message };
	}
	return { ...state, overlay: { kind: 'output', title: plainLine(title), lines: output, scroll: 0 } };
}

/** An entry of the schedule, with its note, that a warning would hide on a screen that does not show the notes. */
function withEntry({ screen, size }: AppState, main: OutputLine, output: readonly OutputLine[]): string {
	const entry = output.findLast(({ tone }) => tone === 'heading');
	if (main.tone !== 'warning' || entry === undefined) return '';
	const hasNotes = screen.kind === 'stepper' && isWide(size) && screen.stepper.pane === 'notes';
	return hasNotes ? '' : `${textWithNote(entry, output)} - `;
}

/** A line of the answer; a heading (an entry of the schedule) with the note that belongs to it. */
function textWithNote(main: OutputLine, output: readonly OutputLine[]): string {
	const next = output[output.indexOf(main) + 1];
	const note = main.tone === 'heading' && next?.tone === 'dim' ? `: ${next.text.trim()}` : '';
	return plainLine(main.text + note);
}
