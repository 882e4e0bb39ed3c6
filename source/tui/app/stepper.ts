/** The part of the screen's state that belongs to a session: how it begins, and how it follows a move. */

import type { Session } from '../../session/session.ts';
import { isOnPath } from '../../session/timeline.ts';
import { isWide, type Size } from '../screen/layout.ts';
import type { AppState, Screen, Stepper } from '../state/state.ts';
import { reportsAt } from '../view-model/memory.ts';
import { favouritePanes } from '../view-model/panes.ts';

/** A stepper on a session, with the panes the scenario wants to be seen first. */
export function openStepper(session: Session, size: Size): Screen {
	const [favourite] = favouritePanes(session);
	// On a large screen the favourites have places of their own.
	const other = session.schedule === null ? 'log' : 'notes';
	const usual = favourite === undefined || isWide(size) ? other : favourite;
	const { cursor } = session.timeline;
	// Whoever opens a recording of something that went wrong wants to know what did.
	const hasFailed = reportsAt(cursor).violations > 0;
	const pane = hasFailed ? 'violations' : usual;
	const paneBefore = hasFailed ? usual : null;
	return {
		kind: 'stepper',
		stepper: {
			session,
			since: cursor.parent,
			focus: 'choices',
			choice: '',
			pane,
			paneBefore,
			scroll: {},
			search: null,
		},
	};
}

export function withStepper(state: AppState, stepper: Stepper): AppState {
	return { ...state, screen: { kind: 'stepper', stepper } };
}

/** The stepper after a command: a new report brings its pane up, and panes that were scrolled follow what happens again. */
export function afterMove(stepper: Stepper, session: Session, hasMoved: boolean): Stepper {
	if (!hasMoved) return { ...stepper, session };
	const before = reportsAt(stepper.session.timeline.cursor);
	const now = reportsAt(session.timeline.cursor);
	const isNew = now.violations > before.violations;
	const { log: _log, diagram: _diagram, notes: _notes, violations: _violations, ...scrolled } = stepper.scroll;
	const { cursor } = session.timeline;
	const from = stepper.session.timeline.cursor;
	// Forward, everything since then is new to the user; back or across, what the step that led here did.
	const since = isOnPath(from, cursor) ? from : cursor.parent;
	const moved: Stepper = { ...stepper, session, since, scroll: scrolled };
	if (isNew && stepper.pane !== 'violations') return { ...moved, pane: 'violations', paneBefore: stepper.pane };
	// Back before the violation that brought it up; warnings do not bring it up, and do not keep it.
	if (now.violations === 0 && before.violations > 0 && stepper.pane === 'violations' && stepper.paneBefore !== null) {
		return { ...moved, pane: stepper.paneBefore, paneBefore: null };
	}
	return moved;
}
