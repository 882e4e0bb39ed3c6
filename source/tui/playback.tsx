/** A session as it would have looked on the screen, step by step: the debugger's own frames, made without a terminal. */

import { renderToString } from 'ink';
import { plainLine } from '../language/plain-text.ts';
import { actorName } from '../machine/step.ts';
import { contextOfActor, placeOf, sourceLine } from '../session/place.ts';
import type { ScheduleProgress, Session, TimelineNode } from '../session/session.ts';
import { jump } from '../session/stepping.ts';
import { currentBranch, isOnPath, nodesBetween } from '../session/timeline.ts';
import { afterMove, openStepper } from './app/stepper.ts';
import { App } from './components/app.tsx';
import { type Frame, makeFrame, paintAll, paintDifference } from './screen/difference.ts';
import type { Size } from './screen/layout.ts';
import { type AppState, initialState, type Message, type Stepper } from './state/state.ts';
import type { Theme } from './text/theme.ts';
import { screenModel } from './view-model/screen.ts';

export interface PlayedFrame {
	/** What turns the frame before into this one on a terminal; all of it for the first. */
	readonly output: string;
	/** Where the session stands in it. */
	readonly node: TimelineNode;
	/** `12 cpu0 vb_alloc: vb_write(vb->free, ...)`, and what was reported. */
	readonly label: string;
	/** Characters that are new to read beside the drawing: a note, a report. */
	readonly reading: number;
	/** Whether somebody else moved than in the frame before. */
	readonly isSwitch: boolean;
	readonly hasViolation: boolean;
}

const hideCursor = '\u001b[?25l';

/** Steps that are played; of a longer session the last ones. */
const mostSteps = 1000;

/** The frames from the start of a session to its cursor, one a step. */
export function* playSession(session: Session, size: Size, theme: Theme): Generator<PlayedFrame> {
	const { root, cursor } = session.timeline;
	const path = [root, ...nodesBetween(root, cursor)].slice(-(mostSteps + 1));
	let state: AppState = initialState([], size, theme);
	let stepper: Stepper | null = null;
	let frame: Frame | null = null;
	for (const node of path) {
		const now = sessionAt(session, node);
		if (stepper === null) {
			const screen = openStepper(now, size);
			if (screen.kind !== 'stepper') return;
			stepper = screen.stepper;
		} else {
			stepper = afterMove(stepper, now, true);
		}
		const message = messageAt(now, node);
		state = { ...state, screen: { kind: 'stepper', stepper }, message };
		const next = drawFrame(state, frame);
		yield {
			output: frame === null ? hideCursor + paintAll(next) : paintDifference(frame, next),
			node,
			label: labelOf(session, node),
			reading: (message?.text.length ?? 0) + node.violations.reduce((sum, { title }) => sum + title.length, 0),
			isSwitch: node.action?.choice.actor !== node.parent?.action?.choice.actor,
			hasViolation: node.violations.some(({ severity }) => severity === 'violation'),
		};
		frame = next;
	}
}

/** What the terminal is sent at the end: plain style, the cursor back, in the last row. */
export function endOfPlay({ rows }: Size): string {
	return `\u001b[m\u001b[${rows};1H\u001b[?25h`;
}

/** The frame of a state of the screen, drawn by the same components as in a terminal. */
function drawFrame(state: AppState, earlier: Frame | null): Frame {
	const { columns, rows } = state.size;
	const app = <App model={screenModel(state)} columns={columns} rows={rows} onChoose={ignore} onHighlight={ignore} />;
	return makeFrame(renderToString(app, { columns }), columns, rows, earlier);
}

function ignore(): void {}

/** The session as it was when it stood at a node of the way to its cursor: nothing after it had happened. */
function sessionAt(session: Session, node: TimelineNode): Session {
	const { timeline, notes } = session;
	const { name } = currentBranch(timeline);
	const played: Session = {
		...session,
		timeline: { ...timeline, branches: [{ name, tip: node }], current: 0, cursor: node },
		notes: notes.filter((note) => note.branch === name && note.depth <= node.depth),
		schedule: scheduleAt(session, node),
	};
	return jump(played, node, 0);
}

/** How far the schedule had been followed; null when it went another way than to the cursor. */
function scheduleAt({ schedule, timeline }: Session, node: TimelineNode): ScheduleProgress | null {
	if (schedule === null) return null;
	const isOnWay = isOnPath(schedule.at, timeline.cursor) || isOnPath(timeline.cursor, schedule.at);
	if (!isOnWay) return null;
	const ends = schedule.ends.filter((depth) => depth <= node.depth);
	return { schedule: schedule.schedule, next: ends.length, ends, at: node, partial: null };
}

/** What the message line says: the user's note at this point, or the entry of the schedule that ends here. */
function messageAt({ notes, schedule }: Session, { depth }: TimelineNode): Message | null {
	const own = notes.filter((note) => note.depth === depth).map(({ text }) => plainLine(text));
	if (own.length > 0) return { tone: 'heading', text: `note: ${own.join('; ')}` };
	const index = schedule?.ends.indexOf(depth) ?? -1;
	const entry = schedule?.schedule.entries[index];
	if (schedule === null || entry === undefined) return null;
	const note = entry.note === '' ? '' : `: ${plainLine(entry.note)}`;
	return { tone: 'heading', text: `${index + 1}/${schedule.schedule.entries.length} ${plainLine(entry.text)}${note}` };
}

function labelOf({ target }: Session, { depth, action, parent, violations }: TimelineNode): string {
	const found = violations.map(({ severity, kind }) => (severity === 'violation' ? kind : `${severity}: ${kind}`));
	const marks = found.length === 0 ? '' : ` [${found.join(', ')}]`;
	if (action === null || parent === null) return `start${marks}`;
	const { actor } = action.choice;
	const context = contextOfActor(target, actor);
	const place = context === actor ? placeOf(target, parent.state, context) : null;
	const what = place === null ? '' : ` ${place.name}: ${plainLine(sourceLine(target, place.file, place.line))}`;
	return `${depth} ${actorName(target.machine, actor)}${marks}${what}`;
}
