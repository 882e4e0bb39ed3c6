import { isWide } from '../screen/layout.ts';
import type { AppState, Message, Stepper } from '../state/state.ts';
import type { StyledLine } from '../text/styled.ts';
import { messageLines } from './frame-lines.ts';
import { finishedEntries } from './panes/history-panes.ts';

/** Rows that a message may take at most. */
const messageRows = 4;

/** What was said, over several lines where it is long and they are to spare. */
export function stepperMessages(state: AppState): readonly StyledLine[] {
	const { size, message, screen } = state;
	const { columns, rows } = size;
	const spare = isWide(size)
		? isWide({ columns, rows: rows - messageRows + 1 })
			? messageRows
			: 1
		: Math.floor(rows / 6);
	// While a wide screen shows the notes of the schedule, saying them twice would only make it jump at every step.
	const isElsewhere = isWide(size) && screen.kind === 'stepper' && isNoteInSight(screen.stepper, message);
	return messageLines(state, columns, isElsewhere ? 1 : Math.min(messageRows, spare));
}

/** Whether what was said is the entry of the schedule that the notes, which are in sight, have with all its words. */
function isNoteInSight({ session, pane }: Stepper, message: Message | null): boolean {
	if (pane !== 'notes' || message?.tone !== 'heading' || session.schedule === null) return false;
	return message.text.startsWith(`${finishedEntries(session)}/${session.schedule.schedule.entries.length} `);
}
