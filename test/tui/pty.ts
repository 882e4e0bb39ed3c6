/** A program in a pseudo-terminal with a terminal emulator behind it: what was written, and what a person would see. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface PtyOptions {
	readonly columns: number;
	readonly rows: number;
	readonly environment?: Readonly<Record<string, string>>;
	readonly folder?: string;
}

export class TerminalProgram {
	readonly pty: IPty;
	readonly terminal: InstanceType<typeof xterm.Terminal>;
	/** All that has been written. */
	written = '';
	exit: { readonly exitCode: number; readonly signal: number } | null = null;
	#pending = Promise.resolve();
	#watchers: (() => void)[] = [];

	constructor(file: string, words: readonly string[], { columns, rows, environment = {}, folder }: PtyOptions) {
		this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
		const inherited = Object.fromEntries(
			['PATH', 'HOME', 'USER'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
		);
		this.pty = spawn(file, [...words], {
			cols: columns,
			rows,
			cwd: folder ?? process.cwd(),
			env: { TERM: 'xterm-256color', LANG: 'C.UTF-8', NODE_ENV: 'production', ...inherited, ...environment },
		});
		this.pty.onData((data) => {
			this.written += data;
			this.#pending = this.#pending.then(
				() =>
					new Promise<void>((resolve) => {
						this.terminal.write(data, resolve);
					}),
			);
			for (const watcher of this.#watchers) watcher();
		});
		this.pty.onExit(({ exitCode, signal }) => {
			this.exit = { exitCode, signal: signal ?? 0 };
			for (const watcher of this.#watchers) watcher();
		});
	}

	send(keys: string): void {
		this.pty.write(keys);
	}

	resize(columns: number, rows: number): void {
		this.terminal.resize(columns, rows);
		this.pty.resize(columns, rows);
	}

	/** The lines on the screen, without blanks at their ends. */
	async screen(): Promise<string[]> {
		await this.#pending;
		const { active } = this.terminal.buffer;
		return Array.from({ length: this.terminal.rows }, (_, row) =>
			(active.getLine(active.baseY + row)?.translateToString(true) ?? '').trimEnd(),
		);
	}

	/** Waits until the screen has what `wanted` looks for. Throws with the screen when it does not come. */
	async until(wanted: RegExp | ((screen: string) => boolean), milliseconds = 15_000): Promise<string> {
		const test = wanted instanceof RegExp ? (text: string) => wanted.test(text) : wanted;
		const end = performance.now() + milliseconds;
		for (;;) {
			const text = (await this.screen()).join('\n');
			if (test(text)) return text;
			if (performance.now() > end || this.exit !== null) {
				throw new Error(`${wanted} did not come; the screen is\n${text}`);
			}
			await sleep(10);
		}
	}

	/** Waits until something more is written, or the program has ended. */
	next(): Promise<void> {
		return new Promise((resolve) => {
			const watcher = (): void => {
				this.#watchers = this.#watchers.filter((one) => one !== watcher);
				resolve();
			};
			this.#watchers.push(watcher);
		});
	}

	async ended(milliseconds = 10_000): Promise<{ readonly exitCode: number; readonly signal: number }> {
		const end = performance.now() + milliseconds;
		while (this.exit === null) {
			if (performance.now() > end) throw new Error(`still running; the screen is\n${(await this.screen()).join('\n')}`);
			await sleep(10);
		}
		await this.#pending;
		return this.exit;
	}
}
