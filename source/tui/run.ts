/** The debugger on the screen: puts keys, state, Ink and the world together. */

import { plainLine } from '../language/plain-text.ts';
import type { FindRequest, OutputLine, Session } from '../session/session.ts';
import type { AppEffect, AppEvent } from './app/events.ts';
import { openSetup, orTrouble } from './app/open.ts';
import { update } from './app/update.ts';
import type { DebuggerInput } from './debugger-input.ts';
import { Drawing } from './drawing.tsx';
import { InkInput } from './input/ink-input.ts';
import { createKeyStream } from './input/key-stream.ts';
import { openNamed } from './opening.ts';
import { keepRecording } from './recording-session.ts';
import { deliverReport, type ReportWish, reportForClipboard } from './report-delivery.ts';
import { ScreenStream } from './screen/screen-stream.ts';
import { SideSearch } from './side-search.ts';
import { type AppState, initialState } from './state/state.ts';
import { processTerminal, type TerminalAccess } from './terminal.ts';
import { chooseTheme } from './text/theme.ts';

/** Milliseconds after which a frame is drawn even though more keys are waiting. */
const longestWithoutFrame = 40;

const endPasteBrackets = '\u001b[?2004l';
/** The alternate screen, without a cursor, with paste brackets: what the screen needs. */
const takeTerminal = '\u001b[?1049h\u001b[?25l\u001b[?2004h';

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
	readonly #drawing: Drawing;
	readonly #recording = keepRecording();
	readonly #searching: SideSearch;
	#state: AppState;
	#isSuspended = false;
	#isFrameDue = false;
	#crash: { readonly error: unknown } | null = null;
	readonly #failed = Promise.withResolvers<void>();

	constructor(input: DebuggerInput, terminal: TerminalAccess) {
		this.#input = input;
		this.#terminal = terminal;
		this.#screen = new ScreenStream(terminal.output);
		this.#inkInput = new InkInput(terminal.input, () => this.#keys);
		this.#drawing = new Drawing(this.#screen, {
			onChoose: (value) => this.#guard(() => this.#dispatch({ kind: 'chosen', value })),
			onHighlight: (value) => this.#guard(() => this.#dispatch({ kind: 'highlighted', value })),
		});
		this.#searching = new SideSearch(input.searcher, {
			session: () => this.#session,
			take: (event) => this.#fromOutside(event),
			guard: (action) => this.#guard(action),
		});
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
			await Promise.race([this.#drawing.begin(this.#state, this.#inkInput), this.#failed.promise]);
		} catch (error) {
			this.#crash ??= { error };
		} finally {
			endStopRequests();
			endContinuing();
			endCatching();
			this.#searching.close();
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
		const { record } = this.#input;
		const { events, hasSession, recorder } = openNamed(this.#input);
		if (!hasSession) this.#pendingRecord = record;
		if (recorder !== null) this.#recording.adopt(recorder);
		for (const event of events) this.#apply(event);
		if (!hasSession) return;
		if (record !== null) this.#record(record, false);
		this.#showRecording();
	}

	/** File named on the command line, to be recorded in as soon as there is a session. */
	#pendingRecord: string | null = null;

	get #session(): Session | null {
		const { screen } = this.#state;
		return screen.kind === 'stepper' ? screen.stepper.session : null;
	}

	// State

	/** Takes an event in and does what follows from it; the frame comes by itself. */
	#dispatch(event: AppEvent): void {
		this.#apply(event);
		// With more keys waiting a frame would only hold them up.
		if (this.#keys.waiting() > 0 && this.#drawing.age() < longestWithoutFrame) return;
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
		if (session?.timeline.cursor !== before?.timeline.cursor) this.#searching.lookAhead();
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
				if (!this.#drawing.shows(this.#state)) this.#draw();
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
				this.#drawing.end();
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

	#report(wish: ReportWish): void {
		const session = this.#session;
		if (session === null) return;
		this.#apply(deliverReport(session, wish, this.#recording.file(), this.#input.writeFile));
	}

	#copyReport(): void {
		const session = this.#session;
		if (session === null) return;
		const { output, said } = reportForClipboard(session, this.#recording.file());
		this.#terminal.output.write(output);
		this.#apply(said);
	}

	#find(request: FindRequest): void {
		const fault = this.#searching.find(request);
		if (fault !== null) this.#say(fault);
	}

	/** Takes in what happened beside the keys. */
	#fromOutside(event: AppEvent): void {
		if (!this.#isSuspended) this.#guard(() => this.#dispatch(event));
	}

	// Drawing

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
		this.#drawing.draw(this.#state);
	}

	// Beginning and end

	/** Gives the terminal to the shell until the process is continued. */
	async #stop(): Promise<void> {
		const { suspend } = this.#drawing;
		if (this.#isSuspended || suspend === null) return;
		this.#isSuspended = true;
		try {
			await suspend(() => this.#terminal.stop());
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
		if (this.#isSuspended || !this.#drawing.hasBegun) return;
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
			this.#drawing.end();
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
