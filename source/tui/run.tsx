/** The debugger on the screen: puts keys, state, Ink and the world together. */

import { type Instance, render, useApp } from 'ink';
import { useEffect } from 'react';
import type { Searcher } from '../explore/searcher.ts';
import { plainLine, plainSourceLine } from '../language/plain-text.ts';
import type { BugReport } from '../report/bug-report.ts';
import { findFormat } from '../report/formats.ts';
import { makeReport } from '../report/make-report.ts';
import { reportText } from '../report/report-text.ts';
import type { KeptResults } from '../scenario/kept-results.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { buildTarget } from '../scenario/target.ts';
import { startSession } from '../session/commands.ts';
import type { Effect, FindRequest, OutputLine, Session } from '../session/session.ts';
import type { AppEffect, AppEvent } from './app/events.ts';
import { openSetup, orTrouble, welcome } from './app/open.ts';
import { schedulesFor } from './app/setup.ts';
import { type AppState, initialState, type Message } from './app/state.ts';
import { update } from './app/update.ts';
import { clipboardSequence } from './clipboard.ts';
import { App, type AppProps } from './components/app.tsx';
import { BoardContext } from './components/block.tsx';
import { InkInput } from './input/ink-input.ts';
import { createKeyStream } from './input/key-stream.ts';
import { keepRecording, openRecording } from './recording-session.ts';
import type { CanvasBoard } from './screen/canvas.ts';
import { ScreenStream } from './screen/screen-stream.ts';
import { processTerminal, type TerminalAccess } from './terminal.ts';
import { chooseTheme } from './theme.ts';
import { type ScreenModel, screenModel } from './view-model/screen.ts';

/** A scenario named on the command line. */
export interface OpenedScenario {
	readonly scenario: Scenario;
	/** Null to have it picked, unless something else was said that needs one. */
	readonly kernel: string | null;
	readonly program: string | null;
	readonly options: Readonly<Record<string, string>>;
	readonly schedule?: string | null;
}

export interface DebuggerInput {
	readonly scenarios: readonly {
		readonly id: string;
		readonly title: string;
		readonly summary: string;
		/** @throws ScenarioError */
		readonly load: () => Scenario;
	}[];
	/** What to begin with; null for the picker. */
	readonly open: null | OpenedScenario | { readonly recording: string };
	/** File to record in from the start. */
	readonly record: string | null;
	/** Searches beside the keys; without it there is no looking ahead. */
	readonly searcher?: Searcher;
	/** Writes a new file; throws with a message for people. Without it reports can only be looked at. */
	readonly writeFile?: (path: string, text: string) => void;
	/** What was read and compiled before, for recordings. */
	readonly kept?: KeptResults;
}

/** Lines of a report that can be looked at; a file has them all. */
const shownReportLines = 5000;

/** Milliseconds for which nobody moves before it is looked ahead: whoever holds a key down does not want to know yet. */
const restBeforeLooking = 80;

/** Milliseconds after which a frame is drawn even though more keys are waiting. */
const longestWithoutFrame = 40;

const endPasteBrackets = '\u001b[?2004l';
/** The alternate screen, without a cursor, with paste brackets: what the screen needs. */
const takeTerminal = '\u001b[?1049h\u001b[?25l\u001b[?2004h';

type Suspend = (action: () => Promise<void>) => Promise<void>;

/**
 * Runs the debugger until the user leaves it.
 * @returns the exit status
 * @throws ScenarioError, ModelError, RecordingError for what cannot be opened, before the screen is touched
 */
export async function runDebugger(input: DebuggerInput, terminal: TerminalAccess = processTerminal()): Promise<number> {
	const term = terminal.environment.TERM ?? '';
	if (term === '' || term === 'dumb') {
		terminal.say(
			`mmstep: the terminal (TERM=${plainLine(term)}) cannot place a cursor, so there is no screen on it; \`mmstep run\` needs none\n`,
		);
		return 2;
	}
	return new Debugger(input, terminal).run();
}

class Debugger {
	readonly #input: DebuggerInput;
	readonly #terminal: TerminalAccess;
	readonly #screen: ScreenStream;
	readonly #inkInput: InkInput;
	readonly #keys = createKeyStream(
		{
			on: (event, listener) => this.#terminal.input.on(event, listener),
			off: (event, listener) => this.#terminal.input.off(event, listener),
			resume: () => this.#terminal.input.resume(),
			pause: () => this.#terminal.input.pause(),
		},
		(unit) => this.#guard(() => this.#dispatch(unit)),
	);
	readonly #recording = keepRecording();
	#state: AppState;
	#ink: Instance | null = null;
	#suspend: Suspend | null = null;
	#isSuspended = false;
	#isFrameDue = false;
	/** The state that was drawn last, and the name of its list. */
	#drawn: AppState | null = null;
	#list = '';
	#lastFrame = 0;
	#crash: { readonly error: unknown } | null = null;
	readonly #failed = Promise.withResolvers<void>();

	constructor(input: DebuggerInput, terminal: TerminalAccess) {
		this.#input = input;
		this.#terminal = terminal;
		this.#screen = new ScreenStream(terminal.output);
		this.#inkInput = new InkInput(terminal.input, () => this.#keys);
		const catalogue = input.scenarios.map(({ id, title, summary }) => ({ id, title, summary }));
		const size = { columns: this.#screen.columns, rows: this.#screen.rows };
		this.#state = initialState(catalogue, size, chooseTheme(terminal.environment));
	}

	async run(): Promise<number> {
		this.#open();
		const endStopRequests = this.#terminal.onStopRequest(() => void this.#stop());
		const endContinuing = this.#terminal.onContinue(() => this.#guard(() => this.#takeBack()));
		// Ink draws in turns of the event loop of its own, where nobody catches what breaks.
		const endCatching = this.#terminal.onUncaught((error) => this.#fail(error));
		this.#screen.on('resize', () => {
			this.#guard(() => {
				const { columns, rows } = this.#screen;
				this.#apply({ kind: 'resize', columns, rows });
				this.#draw();
			});
		});
		try {
			// Ink does this after its first frame: a key typed before that would be echoed into it.
			this.#inkInput.setRawMode(true);
			// Ink draws whole frames (debug), the screen stream sends what differs: fewer bytes, and nothing waits for a timer.
			this.#ink = render(this.#tree(screenModel(this.#state)), {
				stdout: this.#screen,
				stdin: this.#inkInput,
				debug: true,
				alternateScreen: true,
				interactive: true,
				exitOnCtrlC: false,
				patchConsole: false,
				// Its frames are laid out for reading aloud, which a screen of columns is not.
				isScreenReaderEnabled: false,
			});
			await Promise.race([this.#ink.waitUntilExit(), this.#failed.promise]);
		} catch (error) {
			this.#crash ??= { error };
		} finally {
			endStopRequests();
			endContinuing();
			endCatching();
			clearTimeout(this.#timer);
			this.#input.searcher?.close();
			this.#screen.close();
			this.#keys.stop();
			// Ink does this too, but only in a later turn of the event loop, which there may not be.
			this.#terminal.input.setRawMode(false);
			this.#terminal.output.write(endPasteBrackets);
		}
		return this.#finish();
	}

	/** Opens what the command line named. Throws before the screen is touched. */
	#open(): void {
		const { open, record } = this.#input;
		if (open === null) {
			this.#pendingRecord = record;
			return;
		}
		if ('recording' in open) {
			const { session, remarks, recorder } = openRecording(open.recording, (id) => this.#bundled(id), this.#input.kept);
			if (recorder !== null) this.#recording.adopt(recorder);
			const depth = session.timeline.cursor.depth;
			const message: Message =
				remarks.length === 0
					? {
							tone: 'dim',
							text: `every one of the ${depth} steps led to the recorded state; the session goes on from here, in the recording too`,
						}
					: { tone: 'warning', text: remarks[0]?.text ?? '' };
			this.#apply({ kind: 'opened', session, message });
			if (remarks.length > 0) this.#apply({ kind: 'show', title: 'about this recording', lines: remarks });
		} else if (isLeftOpen(open) && open.kernel === null) {
			this.#pendingRecord = record;
			this.#apply({ kind: 'loaded', scenario: open.scenario });
			return;
		} else {
			// With only a kernel named, its schedule is followed, as it would be proposed after the kernel's choice.
			const proposed =
				isLeftOpen(open) && open.kernel !== null ? schedulesFor(open.scenario, open.kernel)[0]?.id : undefined;
			const schedule = open.schedule ?? proposed;
			const target = buildTarget(open.scenario, {
				kernel: open.kernel ?? undefined,
				program: open.program ?? undefined,
				options: open.options,
				schedule,
			});
			const session = startSession(target, schedule);
			this.#apply({ kind: 'opened', session, message: welcome(session) });
		}
		if (record !== null) this.#record(record, false);
		this.#showRecording();
	}

	/** File named on the command line, to be recorded in as soon as there is a session. */
	#pendingRecord: string | null = null;

	#bundled(id: string): Scenario | null {
		return this.#input.scenarios.find((entry) => entry.id === id)?.load() ?? null;
	}

	get #session(): Session | null {
		const { screen } = this.#state;
		return screen.kind === 'stepper' ? screen.stepper.session : null;
	}

	// State

	/** Takes an event in and does what follows from it; the frame comes by itself. */
	#dispatch(event: AppEvent): void {
		this.#apply(event);
		// With more keys waiting a frame would only hold them up.
		if (this.#keys.waiting() > 0 && performance.now() - this.#lastFrame < longestWithoutFrame) return;
		this.#requestFrame();
	}

	#apply(event: AppEvent): void {
		const before = this.#session;
		const { state, effects } = update(this.#state, event);
		this.#state = state;
		for (const effect of effects) this.#carryOut(effect);
		this.#follow(before);
	}

	/** Keeps the recording at the session's heels. */
	#follow(before: Session | null): void {
		const session = this.#session;
		if (session === before) return;
		if (session?.timeline.cursor !== before?.timeline.cursor) this.#lookAhead();
		if (before === null || session === null || before.target !== session.target) {
			// Another session: what was recorded is complete.
			if (before !== null) this.#recording.release();
			if (session !== null && this.#pendingRecord !== null) {
				this.#record(this.#pendingRecord, true);
				this.#pendingRecord = null;
			}
			this.#showRecording();
			return;
		}
		const fault = this.#recording.follow(session);
		if (fault === null) return;
		this.#say(fault);
		this.#showRecording();
	}

	#carryOut(effect: AppEffect): void {
		switch (effect.kind) {
			case 'forward':
				// The list must be there, as the state has it now, to take the key.
				if (this.#drawn !== this.#state) this.#draw();
				this.#inkInput.send(effect.bytes);
				return;
			case 'load':
				this.#load(effect.index);
				return;
			case 'start':
				this.#later(() => openSetup(effect.setup));
				return;
			case 'suspend':
				void this.#stop();
				return;
			case 'repaint':
				this.#screen.repaint();
				return;
			case 'dropRepeats':
				this.#keys.dropRepeats(effect.key);
				return;
			case 'quit':
				this.#ink?.unmount();
				return;
			case 'record':
				this.#record(effect.file, effect.numbered ?? false);
				return;
			case 'stopRecording':
				this.#say(this.#recording.stop());
				this.#showRecording();
				return;
			case 'report':
				this.#report(effect);
				return;
			case 'copyReport':
				this.#copyReport();
				return;
			case 'find':
				this.#find(effect.request);
				return;
			default:
				effect satisfies never;
		}
	}

	#say({ tone, text }: OutputLine): void {
		this.#apply({ kind: 'say', message: { tone, text: plainLine(text) } });
	}

	#load(index: number): void {
		const entry = this.#input.scenarios[index];
		if (entry === undefined) return;
		this.#apply(orTrouble(entry.id, () => ({ kind: 'loaded', scenario: entry.load() })));
	}

	/** Does what takes a moment after a frame has been drawn; keys that come meanwhile wait. */
	#later(action: () => AppEvent): void {
		this.#guard(() => this.#draw());
		this.#guard(() => this.#dispatch(action()));
	}

	#record(file: string, isNumbered: boolean): void {
		const session = this.#session;
		if (session === null) return;
		this.#say(this.#recording.start(file, isNumbered, session));
		this.#showRecording();
	}

	#showRecording(): void {
		const file = this.#recording.file();
		if (this.#state.recording !== file) this.#apply({ kind: 'recording', file });
	}

	#report({ format, file }: Extract<Effect, { kind: 'report' }>): void {
		const session = this.#session;
		if (session === null) return;
		const found = findFormat(format);
		if (found === null) {
			this.#say({ tone: 'error', text: `there is no ${format} report from here; \`mmstep report\` may have one` });
			return;
		}
		const text = found.render(this.#reportOf(session), session);
		if (file === null) {
			const lines = text.split('\n', shownReportLines).map((line): OutputLine => {
				const tone = /\*\*\*/.test(line) ? 'violation' : 'plain';
				return { tone, text: plainSourceLine(line) };
			});
			this.#apply({
				kind: 'show',
				title: format === 'text' ? 'report' : `report as ${found.name}`,
				lines,
				isReport: true,
			});
			return;
		}
		const { writeFile } = this.#input;
		if (writeFile === undefined) {
			this.#say({ tone: 'error', text: 'files cannot be written from here; `report` alone shows the report' });
			return;
		}
		try {
			writeFile(file, text);
			this.#say({ tone: 'plain', text: `the report is in ${file}` });
		} catch (error) {
			this.#say({ tone: 'error', text: error instanceof Error ? error.message : String(error) });
		}
	}

	#reportOf(session: Session): BugReport {
		return makeReport(session, { file: this.#recording.file() });
	}

	/** Hands the report to the terminal, which may or may not put it into its clipboard: it does not answer. */
	#copyReport(): void {
		const session = this.#session;
		if (session === null) return;
		const lines = reportText(this.#reportOf(session));
		this.#terminal.output.write(clipboardSequence(`${lines.join('\n')}\n`));
		const count = `${lines.length} lines`;
		this.#say({
			tone: 'plain',
			text: `the report (${count}) was handed to your terminal's clipboard; :report FILE saves it`,
		});
	}

	// Looking ahead

	#timer: NodeJS.Timeout | undefined;

	/** After a move: what was being searched is of no use any more; what can happen here will be. */
	#lookAhead(): void {
		const { searcher } = this.#input;
		const session = this.#session;
		clearTimeout(this.#timer);
		searcher?.cancel();
		if (searcher === undefined || session === null) return;
		const { target, timeline } = session;
		const node = timeline.cursor;
		this.#timer = setTimeout(() => {
			this.#guard(() =>
				searcher.look(target, node.state, (outlook) => this.#fromOutside({ kind: 'outlook', node, outlook })),
			);
		}, restBeforeLooking);
	}

	#find(request: FindRequest): void {
		const { searcher } = this.#input;
		const session = this.#session;
		if (session === null) return;
		if (searcher === undefined) {
			this.#say({ tone: 'error', text: 'searches cannot be made from here; `mmstep check` makes them' });
			return;
		}
		clearTimeout(this.#timer);
		const { target, timeline } = session;
		const node = timeline.cursor;
		searcher.ask(
			target,
			node.state,
			request.question,
			(answer) => {
				this.#fromOutside({ kind: 'answered', node, request, answer });
				// The outlook was given up for the question.
				if (this.#session?.timeline.cursor === node) this.#lookAhead();
			},
			(message) => {
				const text = `the search failed: ${plainLine(message)}`;
				this.#fromOutside({ kind: 'say', message: { tone: 'error', text } });
			},
		);
	}

	/** Takes in what happened beside the keys. */
	#fromOutside(event: AppEvent): void {
		if (!this.#isSuspended) this.#guard(() => this.#dispatch(event));
	}

	// Drawing

	#tree(model: ScreenModel) {
		const { size } = this.#state;
		return (
			<Root
				model={model}
				columns={size.columns}
				rows={size.rows}
				onChoose={this.#onChoose}
				onHighlight={this.#onHighlight}
				onSuspender={this.#onSuspender}
				board={this.#screen.board}
			/>
		);
	}

	readonly #onChoose = (value: string): void => this.#guard(() => this.#dispatch({ kind: 'chosen', value }));
	readonly #onHighlight = (value: string): void => this.#guard(() => this.#dispatch({ kind: 'highlighted', value }));
	readonly #onSuspender = (suspend: Suspend): void => {
		this.#suspend = suspend;
	};

	#requestFrame(): void {
		if (this.#isFrameDue) return;
		this.#isFrameDue = true;
		queueMicrotask(() => {
			this.#isFrameDue = false;
			this.#guard(() => this.#draw());
		});
	}

	#draw(): void {
		if (this.#crash !== null) return;
		const model = screenModel(this.#state);
		this.#ink?.rerender(this.#tree(model));
		const list = model.kind === 'plain' ? '' : model.list.name;
		// A list listens only after React has run its effects, which the next rendering makes it do at once.
		if (list !== this.#list) this.#ink?.rerender(this.#tree(model));
		this.#list = list;
		this.#drawn = this.#state;
		this.#lastFrame = performance.now();
	}

	// Beginning and end

	/** Gives the terminal to the shell until the process is continued. */
	async #stop(): Promise<void> {
		if (this.#isSuspended || this.#suspend === null) return;
		this.#isSuspended = true;
		try {
			await this.#suspend(() => this.#terminal.stop());
			const { columns, rows } = this.#screen;
			this.#apply({ kind: 'resize', columns, rows });
			this.#draw();
		} catch (error) {
			this.#fail(error);
		} finally {
			this.#isSuspended = false;
		}
	}

	/** After a stop that nobody announced (SIGSTOP) the shell has set its own modes: ours again. */
	#takeBack(): void {
		if (this.#isSuspended || this.#ink === null) return;
		// Node believes that raw mode is still on, and would do nothing.
		this.#terminal.input.setRawMode(false);
		this.#terminal.input.setRawMode(true);
		this.#terminal.output.write(takeTerminal);
		const { columns, rows } = this.#screen;
		this.#apply({ kind: 'resize', columns, rows });
		this.#draw();
		this.#screen.repaint();
	}

	/** Runs what may go wrong: then the terminal is given back first, and the error told afterwards. */
	#guard(action: () => void): void {
		if (this.#crash !== null) return;
		try {
			action();
		} catch (error) {
			this.#fail(error);
		}
	}

	#fail(error: unknown): void {
		this.#crash ??= { error };
		try {
			this.#ink?.unmount();
		} catch {
			// It draws once more as it ends, and what broke the drawing may break that too. The screen stream gives the terminal back.
		}
		this.#failed.resolve();
	}

	#finish(): number {
		const recorded = this.#recording.file();
		const crash = this.#crash;
		if (crash === null) {
			this.#recording.release();
			if (recorded !== null)
				this.#terminal.say(`The recording is in ${plainLine(recorded)}; \`mmstep\` with its name opens it.\n`);
			return 0;
		}
		const { error } = crash;
		const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
		this.#terminal.say(`mmstep: this should not have happened:\n${what}\n`);
		this.#terminal.say(`${this.#rescue(recorded)}\n`);
		this.#recording.release();
		return 4;
	}

	/** After a crash: where the session is, which is worth more than the program. */
	#rescue(recorded: string | null): string {
		const open = 'opens it at the step before the crash';
		if (recorded !== null) return `The session is in ${plainLine(recorded)}; \`mmstep\` with its name ${open}.`;
		const session = this.#session;
		if (session === null) return 'No session was open.';
		const { text } = this.#recording.start('mmstep-crash.mmstep', true, session);
		const file = this.#recording.file();
		return file === null ? text : `The session was saved in ${file}; \`mmstep ${file}\` ${open}.`;
	}
}

/** Whether nothing was said but the scenario, and perhaps the kernel. */
function isLeftOpen({ program, options, schedule }: OpenedScenario): boolean {
	return program === null && Object.keys(options).length === 0 && (schedule ?? null) === null;
}

interface RootProps extends AppProps {
	readonly onSuspender: (suspend: Suspend) => void;
	readonly board: CanvasBoard;
}

/** The app, with a way for the outside to have the terminal for a while. */
function Root({ onSuspender, board, ...props }: RootProps) {
	const { suspendTerminal } = useApp();
	useEffect(() => onSuspender((action) => suspendTerminal(action)), [suspendTerminal, onSuspender]);
	return (
		<BoardContext value={board}>
			<App {...props} />
		</BoardContext>
	);
}
