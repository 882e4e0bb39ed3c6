/** The screen's states, drawn by Ink. */

import { type Instance, render, useApp } from 'ink';
import { useEffect } from 'react';
import { App, type AppProps } from './components/app.tsx';
import { BoardContext } from './components/block.tsx';
import type { InkInput } from './input/ink-input.ts';
import type { CanvasBoard } from './screen/canvas.ts';
import type { ScreenStream } from './screen/screen-stream.ts';
import type { AppState } from './state/state.ts';
import { screenModel } from './view-model/screen.ts';
import type { ScreenModel } from './view-model/screen-model.ts';

type Suspend = (action: () => Promise<void>) => Promise<void>;

/** What the list in sight tells: the value of an entry. */
export type ListListeners = Pick<AppProps, 'onChoose' | 'onHighlight'>;

export class Drawing {
	readonly #screen: ScreenStream;
	readonly #listeners: ListListeners;
	#ink: Instance | null = null;
	#suspend: Suspend | null = null;
	/** The state that was drawn last, and the name of its list. */
	#drawn: AppState | null = null;
	#list = '';
	#lastFrame = 0;

	constructor(screen: ScreenStream, listeners: ListListeners) {
		this.#screen = screen;
		this.#listeners = listeners;
	}

	/** Takes the terminal and draws the first frame. The promise is kept when Ink has ended. */
	async begin(state: AppState, input: InkInput): Promise<void> {
		// Ink draws whole frames (debug), the screen stream sends what differs: fewer bytes, and nothing waits for a timer.
		this.#ink = render(this.#tree(state, screenModel(state)), {
			stdout: this.#screen,
			stdin: input,
			debug: true,
			alternateScreen: true,
			interactive: true,
			exitOnCtrlC: false,
			patchConsole: false,
			// Its frames are laid out for reading aloud, which a screen of columns is not.
			isScreenReaderEnabled: false,
		});
		await this.#ink.waitUntilExit();
	}

	/** Whether there has been a first frame. */
	get hasBegun(): boolean {
		return this.#ink !== null;
	}

	draw(state: AppState): void {
		const model = screenModel(state);
		this.#ink?.rerender(this.#tree(state, model));
		const list = model.kind === 'plain' ? '' : model.list.name;
		// A list listens only after React has run its effects, which the next rendering makes it do at once.
		if (list !== this.#list) this.#ink?.rerender(this.#tree(state, model));
		this.#list = list;
		this.#drawn = state;
		this.#lastFrame = performance.now();
	}

	/** Whether the last frame shows this very state. */
	shows(state: AppState): boolean {
		return this.#drawn === state;
	}

	/** Milliseconds since the last frame. */
	age(): number {
		return performance.now() - this.#lastFrame;
	}

	/** What lends the terminal to an action, and takes it back and draws after it; null before the first frame. */
	get suspend(): Suspend | null {
		return this.#suspend;
	}

	end(): void {
		this.#ink?.unmount();
	}

	#tree({ size }: AppState, model: ScreenModel) {
		return (
			<Root
				model={model}
				columns={size.columns}
				rows={size.rows}
				onChoose={this.#listeners.onChoose}
				onHighlight={this.#listeners.onHighlight}
				onSuspender={this.#onSuspender}
				board={this.#screen.board}
			/>
		);
	}

	readonly #onSuspender = (suspend: Suspend): void => {
		this.#suspend = suspend;
	};
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
