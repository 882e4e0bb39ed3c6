/** What happens to the screen's state when something happens: a pure function, with what has to be done outside as effects. */

import type { Answer } from '../../explore/goal.ts';
import type { Outlook } from '../../explore/lookahead.ts';
import { plainLine } from '../../language/plain-text.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { complete, execute } from '../../session/commands.ts';
import { arrived } from '../../session/finding-commands.ts';
import type { CommandResult, Effect, FindRequest, OutputLine, Session, TimelineNode } from '../../session/session.ts';
import { isOnPath } from '../../session/timeline.ts';
import type { InputUnit, KeyPress } from '../input/key.ts';
import { isWide, type Size } from '../layout.ts';
import { edit, insert, newEditor, remember } from '../line-editor.ts';
import { plainOf } from '../text/styled.ts';
import { choiceItems } from '../view-model/choices.ts';
import { reportsAt } from '../view-model/memory.ts';
import { overlayLines } from '../view-model/overlay.ts';
import { favouritePanes, findPane, firstLine, paneContent, paneNames } from '../view-model/panes.ts';
import { planOf } from '../view-model/plan.ts';
import { type Intent, intentOf, stepperBinding } from './keymap.ts';
import { changeSetup, proposeSetup, setupItems } from './setup.ts';
import type { AppState, Message, Overlay, Prompt, Screen, Setup, Stepper } from './state.ts';

/** What can happen. */
export type AppEvent =
	| InputUnit
	| { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
	/** The list in sight: its entry was chosen, or is only marked. */
	| { readonly kind: 'chosen'; readonly value: string }
	| { readonly kind: 'highlighted'; readonly value: string }
	| { readonly kind: 'loaded'; readonly scenario: Scenario }
	/** A session to go on with. */
	| { readonly kind: 'opened'; readonly session: Session; readonly message: Message | null }
	| { readonly kind: 'recording'; readonly file: string | null }
	| { readonly kind: 'say'; readonly message: Message }
	/** What a search that was begun at a point of time has found out about the choices there. */
	| { readonly kind: 'outlook'; readonly node: TimelineNode; readonly outlook: Outlook }
	/** What a search that a command asked for has come to. */
	| {
			readonly kind: 'answered';
			readonly node: TimelineNode;
			readonly request: FindRequest;
			readonly answer: Answer;
	  }
	| {
			readonly kind: 'show';
			readonly title: string;
			readonly lines: readonly OutputLine[];
			readonly isReport?: boolean;
	  };

/** What has to be done outside. */
export type AppEffect =
	/** The key is for the list of ink-select-input. */
	| { readonly kind: 'forward'; readonly bytes: string }
	| { readonly kind: 'load'; readonly index: number }
	/** Compiles and begins, when there has been a frame that says so. */
	| { readonly kind: 'start'; readonly setup: Setup }
	| { readonly kind: 'suspend' }
	| { readonly kind: 'repaint' }
	/** Forget the rest of a held key. */
	| { readonly kind: 'dropRepeats'; readonly key: string }
	| Extract<Effect, { kind: 'quit' | 'record' | 'stopRecording' | 'report' | 'copyReport' | 'find' }>;

export interface Updated {
	readonly state: AppState;
	readonly effects: readonly AppEffect[];
}

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

function only(state: AppState): Updated {
	return { state, effects: [] };
}

function say(state: AppState, tone: Message['tone'], text: string): Updated {
	return only({ ...state, message: { tone, text } });
}

// Keys

function onKey(state: AppState, key: KeyPress): Updated {
	if (key.name === 'ctrl-z') return { state, effects: [{ kind: 'suspend' }] };
	if (key.name === 'ctrl-l') return { state, effects: [{ kind: 'repaint' }] };
	if (state.prompt !== null) return onPromptKey(state, state.prompt, key);
	if (key.name === 'ctrl-c') return { state, effects: [{ kind: 'quit' }] };
	// What was said stays until the next key, no longer: it would be taken for the answer to that.
	const fresh = { ...state, message: null };
	if (state.overlay !== null) return onOverlayKey(fresh, state.overlay, key);
	return state.screen.kind === 'stepper'
		? onStepperKey(fresh, state.screen.stepper, key)
		: onPickerKey(fresh, state.screen, key);
}

function onPaste(state: AppState, text: string): AppState {
	if (state.prompt !== null) {
		return { ...state, prompt: { ...state.prompt, editor: insert(state.prompt.editor, text) } };
	}
	return {
		...state,
		message: { tone: 'warning', text: 'a pasted text is not taken for keys; type : first to paste a command' },
	};
}

function onPromptKey(state: AppState, prompt: Prompt, key: KeyPress): Updated {
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

function onOverlayKey(state: AppState, overlay: Overlay, key: KeyPress): Updated {
	const height = Math.max(1, state.size.rows - 4);
	const total = overlayHeight(state, overlay);
	const last = Math.max(0, total - height);
	const scrolled = (by: number): Updated =>
		only({
			...state,
			overlay: { ...overlay, scroll: Math.min(last, Math.max(0, Math.min(last, overlay.scroll) + by)) },
		});
	const closed: AppState = { ...state, overlay: null };
	switch (key.name) {
		case 'up':
		case 'k':
			return scrolled(-1);
		case 'down':
		case 'j':
			return scrolled(1);
		case 'pageup':
		case 'ctrl-b':
			return scrolled(-height);
		case 'pagedown':
		case 'ctrl-f':
		case ' ':
			return key.name === ' ' && overlay.scroll >= last ? only(closed) : scrolled(height);
		case 'home':
		case 'g':
			return scrolled(-total);
		case 'end':
		case 'G':
			return scrolled(total);
		case 'escape':
		case 'q':
		case 'enter':
			return only(closed);
		case 'Y':
			if (overlay.kind === 'output' && overlay.isReport === true) return { state, effects: [{ kind: 'copyReport' }] };
			return onKey(closed, key);
		default:
			if (overlay.kind === 'help' && intentOf(key.name) === 'help') return only(closed);
			// No key is lost: what means nothing to a text closes it, and then does what it always does.
			return onKey(closed, key);
	}
}

/** Lines that an overlay has at the present width. */
function overlayHeight(state: AppState, overlay: Overlay): number {
	return overlayLines(overlay, state.size.columns).length;
}

// Pickers

const listKeys = new Set(['up', 'down', 'j', 'k', 'enter']);

function onPickerKey(state: AppState, screen: Exclude<Screen, { kind: 'stepper' }>, key: KeyPress): Updated {
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

function previousScreen(state: AppState, screen: Exclude<Screen, { kind: 'stepper' }>): Screen {
	switch (screen.kind) {
		case 'scenarios':
			return screen;
		case 'kernels':
			return {
				kind: 'scenarios',
				highlighted: Math.max(
					0,
					state.catalogue.findIndex(({ id }) => id === screen.scenario.id),
				),
			};
		case 'setup': {
			const { scenario, kernel } = screen.setup;
			const highlighted = Math.max(
				0,
				scenario.kernels.findIndex(({ id }) => id === kernel),
			);
			return { kind: 'kernels', scenario, highlighted };
		}
		default:
			return screen satisfies never;
	}
}

function onChosen(state: AppState, value: string): Updated {
	const { screen } = state;
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
		case 'stepper': {
			const item = choiceItems(screen.stepper.session).find((candidate) => candidate.value === value);
			if (item === undefined) return say(state, 'warning', 'that can no longer be chosen');
			return runCommand(state, screen.stepper, item.command, false);
		}
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

function onHighlighted(state: AppState, value: string): AppState {
	const { screen } = state;
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
		case 'stepper':
			return withStepper(state, { ...screen.stepper, choice: value });
		default:
			return screen satisfies never;
	}
}

function indexOf(list: readonly { readonly id: string }[], id: string): number {
	return Math.max(
		0,
		list.findIndex((entry) => entry.id === id),
	);
}

// The stepper

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

function withStepper(state: AppState, stepper: Stepper): AppState {
	return { ...state, screen: { kind: 'stepper', stepper } };
}

function onStepperKey(state: AppState, stepper: Stepper, key: KeyPress): Updated {
	if (stepper.search !== null && (key.name === 'n' || key.name === 'N')) {
		return findNext(state, stepper, key.name === 'n' ? 1 : -1);
	}
	const binding = stepperBinding(key.name);
	if (binding === null) return say(state, 'dim', `${keyName(key)} does nothing here; ? shows the keys`);
	if (binding.kind === 'intent') return onIntent(state, stepper, binding.intent, key);
	const updated = runCommand(state, stepper, binding.line, false);
	const { isStopped, ...rest } = updated;
	// A held key must not run past the stop; a single step never runs, so each press of its key is meant.
	if (!isStopped || !/^(reverse-)?continue$/.test(binding.line)) return rest;
	return { ...rest, effects: [...rest.effects, { kind: 'dropRepeats', key: key.name }] };
}

function keyName(key: KeyPress): string {
	return key.name === ' ' ? 'space' : plainLine(key.name);
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

/** The next pane, or the choice list, which is one of the stops of Tab. */
function changePane(state: AppState, stepper: Stepper, by: 1 | -1, withChoices: boolean): Stepper {
	const { tabs } = planOf(stepper, state.size, state.theme);
	const at = tabs.indexOf(stepper.pane);
	if (withChoices && stepper.focus === 'choices') {
		// Tab first acts on the pane in sight, Shift-Tab on the one before it.
		if (by === 1) return { ...stepper, focus: 'pane', paneBefore: null };
		return { ...stepper, focus: 'pane', pane: tabs.at(at - 1) ?? stepper.pane, paneBefore: null };
	}
	const next = at + by;
	const isAround = next < 0 || next >= tabs.length;
	const pane = tabs[(next + tabs.length) % tabs.length] ?? stepper.pane;
	return { ...stepper, pane, paneBefore: null, focus: withChoices && isAround ? 'choices' : stepper.focus };
}

/** Rows that the pane's content has. */
function paneHeight(state: AppState, stepper: Stepper): number {
	const { layout } = planOf(stepper, state.size, state.theme);
	return layout.kind === 'tooSmall' ? 1 : Math.max(1, layout.pane - 1);
}

function paneWidth(state: AppState, stepper: Stepper): number {
	const { layout } = planOf(stepper, state.size, state.theme);
	return layout.kind === 'wide' ? layout.right : layout.columns;
}

function scroll(state: AppState, stepper: Stepper, by: number): Stepper {
	const height = paneHeight(state, stepper);
	const content = paneContent(stepper, stepper.pane, paneWidth(state, stepper), state.theme);
	const now = firstLine(content, height, stepper.scroll[stepper.pane]);
	const to = firstLine(content, height, now + by);
	return { ...stepper, scroll: { ...stepper.scroll, [stepper.pane]: to } };
}

// Search

function search(state: AppState, stepper: Stepper, text: string): Updated {
	const started = { ...stepper, search: { pane: stepper.pane, text, line: -1 } };
	return findNext(state, started, 1);
}

function findNext(state: AppState, stepper: Stepper, by: 1 | -1): Updated {
	const { search: wanted } = stepper;
	if (wanted === null) return only(state);
	const { pane } = stepper;
	const content = paneContent(stepper, pane, paneWidth(state, stepper), state.theme);
	const needle = wanted.text.toLowerCase();
	const matches = content.lines.flatMap((styled, index) =>
		plainOf(styled).toLowerCase().includes(needle) ? [index] : [],
	);
	if (matches.length === 0) {
		const closed = withStepper(state, { ...stepper, search: null });
		return say(closed, 'warning', `"${plainLine(wanted.text)}" is not in ${pane}; :search looks in the source`);
	}
	const from = pane === wanted.pane ? wanted.line : -1;
	const next = by === 1 ? matches.find((line) => line > from) : matches.findLast((line) => line < from);
	const found = next ?? (by === 1 ? matches[0] : matches.at(-1)) ?? 0;
	const height = paneHeight(state, stepper);
	const moved: Stepper = {
		...stepper,
		search: { pane, text: wanted.text, line: found },
		scroll: { ...stepper.scroll, [pane]: firstLine(content, height, found - Math.floor(height / 2)) },
	};
	const place = `${matches.indexOf(found) + 1} of ${matches.length}`;
	return say(withStepper(state, moved), 'plain', `/${plainLine(wanted.text)}: ${place}; n next, N previous, Esc ends`);
}

// Commands

/** Runs a command line on the session. `isTyped`: the user wrote it and wants to read all of the answer. */
function runCommand(
	state: AppState,
	stepper: Stepper,
	commandLine: string,
	isTyped: boolean,
): Updated & { readonly isStopped: boolean } {
	return takeResult(state, stepper, execute(stepper.session, commandLine), commandLine, isTyped);
}

/** A search has ended: goes where it leads, if the user is still where it began. */
function onAnswer(state: AppState, { node, request, answer }: Extract<AppEvent, { kind: 'answered' }>): Updated {
	if (state.screen.kind !== 'stepper') return only(state);
	const { stepper } = state.screen;
	if (stepper.session.timeline.cursor !== node) {
		return say(
			state,
			'dim',
			`the search from step ${node.depth} has ended, and you have moved on: ask again from here`,
		);
	}
	const { isStopped: _isStopped, ...updated } = takeResult(
		state,
		stepper,
		arrived(stepper.session, request, answer),
		'search',
		true,
	);
	return updated;
}

/** Shows what a command did. */
function takeResult(
	state: AppState,
	stepper: Stepper,
	result: CommandResult,
	commandLine: string,
	isTyped: boolean,
): Updated & { readonly isStopped: boolean } {
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
	return { state: current, effects, isStopped: result.stopped };
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

const tonesByWeight: readonly OutputLine['tone'][] = ['error', 'violation', 'warning', 'heading', 'plain', 'dim'];

function showOutput(
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
