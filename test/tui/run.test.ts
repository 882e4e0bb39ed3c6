import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScenarioError } from '../../source/scenario/scenario.ts';
import { RecordingError } from '../../source/session/recording.ts';
import type { DebuggerInput } from '../../source/tui/debugger-input.ts';
import { runDebugger } from '../../source/tui/run.ts';
import type { TerminalAccess } from '../../source/tui/terminal.ts';
import { sampleScenario } from './sample.ts';

class FakeInput extends EventEmitter {
	isRaw = false;
	setRawMode(isRaw: boolean): this {
		this.isRaw = isRaw;
		return this;
	}
	ref(): void {}
	unref(): void {}
	resume(): void {}
	pause(): void {}
}

class FakeOutput extends EventEmitter {
	columns = 80;
	rows = 24;
	written = '';
	readonly emulator = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
	write(text: string): boolean {
		this.written += text;
		this.emulator.write(text);
		return true;
	}
	async screen(): Promise<string> {
		await new Promise<void>((resolve) => this.emulator.write('', resolve));
		const { active } = this.emulator.buffer;
		return Array.from({ length: this.rows }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join('\n');
	}
}

class FakeTerminal implements TerminalAccess {
	readonly input = new FakeInput();
	readonly output = new FakeOutput();
	readonly environment = { TERM: 'xterm', LANG: 'C.UTF-8' };
	said = '';
	stops = 0;
	requestStop: (() => void) | null = null;
	goOn: (() => void) | null = null;
	say = (text: string): void => {
		this.said += text;
	};
	stop = async (): Promise<void> => {
		this.stops++;
		expect(this.input.isRaw).toBe(false);
		expect(this.output.written).toContain('\u001b[?1049l');
		await sleep(1);
	};
	onUncaught = (): (() => void) => () => undefined;
	onContinue = (callback: () => void): (() => void) => {
		this.goOn = callback;
		return () => {
			this.goOn = null;
		};
	};
	onStopRequest = (callback: () => void): (() => void) => {
		this.requestStop = callback;
		return () => {
			this.requestStop = null;
		};
	};
	type(keys: string): void {
		this.input.emit('data', Buffer.from(keys));
	}
	async until(text: string | RegExp): Promise<string> {
		for (let tried = 0; tried < 400; tried++) {
			const screen = await this.output.screen();
			if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen;
			await sleep(5);
		}
		throw new Error(`${text} did not come:\n${await this.output.screen()}`);
	}
}

const picker: DebuggerInput = {
	scenarios: [{ id: 'sample', title: 'A sample', summary: 'About it.', load: sampleScenario }],
	open: null,
	record: null,
};
const plain: DebuggerInput = {
	...picker,
	open: { scenario: sampleScenario(), kernel: 'plain', program: null, options: {} },
};

let folder = '';
let previous = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'mmstep-tui-'));
	previous = process.cwd();
	process.chdir(folder);
});
afterEach(() => {
	process.chdir(previous);
	rmSync(folder, { recursive: true });
});

/** What a terminal is given back as: normal screen, cursor on, paste brackets off. */
function expectGivenBack({ output, input }: FakeTerminal): void {
	const { written } = output;
	expect(input.isRaw).toBe(false);
	expect(written.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(written.lastIndexOf('\u001b[?1049h'));
	expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(written.lastIndexOf('\u001b[?25l'));
	expect(written.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(written.lastIndexOf('\u001b[?2004h'));
}

describe('the debugger', () => {
	it('goes from the picker to a session and back to the shell', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(picker, terminal);
		await terminal.until('A sample');
		expect(terminal.output.emulator.buffer.active.type).toBe('alternate');
		expect(terminal.input.isRaw).toBe(true);
		terminal.type('\r');
		await terminal.until('Reads too early');
		terminal.type('\u001b[B\r');
		await terminal.until('As the mail has it');
		terminal.type('\r');
		await terminal.until('what can run next');
		terminal.type('00');
		await terminal.until('step 2');
		terminal.type('q');
		expect(await ended).toBe(0);
		expectGivenBack(terminal);
		expect(terminal.said).toBe('');
	});

	it('moves the list once for each of several keys in one chunk', async () => {
		const terminal = new FakeTerminal();
		const scenarios = [1, 2, 3, 4, 5].map((id) => ({
			id: `s${id}`,
			title: `Number ${id}`,
			summary: '',
			load: sampleScenario,
		}));
		const ended = runDebugger({ ...picker, scenarios }, terminal);
		await terminal.until('Number 5');
		terminal.type('\u001b[B\u001b[B\u001b[B');
		await terminal.until(/❯ 4 Number 4/);
		terminal.type('kq');
		await ended;
	});

	it('makes the step chosen in the list, and keeps the choice when the list changes', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		await terminal.until('what can run next');
		terminal.type('\u001b[B');
		await terminal.until(/❯ 1 CPU1/);
		terminal.type('0');
		await terminal.until('step 1');
		expect(await terminal.output.screen()).toMatch(/❯ 1 CPU1/);
		terminal.type('\r');
		await terminal.until('─ why-not cpu1 ─');
		terminal.type('\u001b[27uk\r');
		await terminal.until('step 2');
		terminal.type('q');
		await ended;
	});

	it('leaves with Ctrl-C', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		await terminal.until('what can run next');
		terminal.type('\u0003');
		expect(await ended).toBe(0);
		expectGivenBack(terminal);
	});

	it('gives the terminal away and takes it back for Ctrl-Z, and when another process asks', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		const before = await terminal.until('what can run next');
		terminal.type('\u001a');
		while (terminal.stops < 1) await sleep(1);
		await sleep(30);
		expect(await terminal.output.screen()).toBe(before);
		expect(terminal.input.isRaw).toBe(true);
		terminal.requestStop?.();
		while (terminal.stops < 2) await sleep(1);
		await sleep(30);
		terminal.type('0');
		await terminal.until('step 1');
		terminal.type('q');
		await ended;
		expectGivenBack(terminal);
	});

	it('takes the terminal back after a stop that nobody announced', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		const before = await terminal.until('what can run next');
		// What a shell does when its job is stopped by SIGSTOP.
		terminal.input.isRaw = false;
		terminal.output.write('\u001b[?1049l\u001b[?25h[1]+ Stopped');
		terminal.goOn?.();
		expect(await terminal.output.screen()).toBe(before);
		expect(terminal.input.isRaw).toBe(true);
		expect(terminal.output.emulator.buffer.active.type).toBe('alternate');
		terminal.type('q');
		await ended;
		expectGivenBack(terminal);
		expect(terminal.goOn).toBeNull();
	});

	it('paints everything again for Ctrl-L', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		const before = await terminal.until('what can run next');
		terminal.output.write('\u001b[5;5Hgarbage from elsewhere');
		expect(await terminal.output.screen()).not.toBe(before);
		terminal.type('\u000c');
		await sleep(30);
		expect(await terminal.output.screen()).toBe(before);
		terminal.type('q');
		await ended;
	});

	it('follows the size of the terminal', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		const before = await terminal.until('what can run next');
		const resize = (columns: number, rows: number): void => {
			Object.assign(terminal.output, { columns, rows });
			terminal.output.emulator.resize(columns, rows);
			terminal.output.emit('resize');
		};
		for (let step = 0; step < 30; step++) resize(30 + step * 5, 5 + step);
		resize(120, 40);
		await terminal.until('slots view');
		resize(20, 4);
		await terminal.until('too small');
		resize(80, 24);
		await terminal.until('what can run next');
		expect(await terminal.output.screen()).toBe(before);
		terminal.type('q');
		await ended;
	});

	it('is not run on a terminal that cannot place a cursor', async () => {
		const terminal = Object.assign(new FakeTerminal(), { environment: { TERM: 'dumb' } });
		expect(await runDebugger(plain, terminal)).toBe(2);
		expect(terminal.output.written).toBe('');
		expect(terminal.said).toContain('TERM=dumb');
	});

	it('shows the report, and writes it where it may', async () => {
		const terminal = new FakeTerminal();
		const files: string[] = [];
		const ended = runDebugger({ ...plain, writeFile: (path, text) => files.push(path, text) }, terminal);
		await terminal.until('what can run next');
		terminal.type(':report\r');
		await terminal.until('─ report ─');
		terminal.type('q:report out.txt\r');
		await terminal.until('the report is in out.txt');
		expect(files[0]).toBe('out.txt');
		expect(files[1]).toContain('sample');
		terminal.type('q');
		await ended;
	});
});

describe('the clipboard', () => {
	it('gets the report that is shown, and the report stays', async () => {
		const terminal = new FakeTerminal();
		const files: string[] = [];
		const ended = runDebugger({ ...plain, writeFile: (path, text) => files.push(path, text) }, terminal);
		await terminal.until('what can run next');
		terminal.type('00:report\r');
		await terminal.until('─ report ─');
		terminal.type('Y');
		await terminal.until("your terminal's clipboard");
		expect(await terminal.output.screen()).toContain('─ report ─');
		const copied = terminal.output.written.split('\u001b]52;c;')[1]?.split('\u0007')[0] ?? '';
		terminal.type('q:report out.txt\r');
		await terminal.until('the report is in out.txt');
		expect(Buffer.from(copied, 'base64').toString('utf8')).toBe(files[1]);
		terminal.type('q');
		await ended;
	});
});

describe('a recording', () => {
	it('is started with a key, holds what was before, and is gone on with when it is opened', async () => {
		const first = new FakeTerminal();
		const ended = runDebugger(plain, first);
		await first.until('what can run next');
		first.type('00R');
		await first.until('REC');
		first.type('0\u001b[D');
		await first.until('PAST');
		first.type('q');
		await ended;
		expect(first.said).toContain('sample-plain.mmstep');

		const second = new FakeTerminal();
		const again = runDebugger({ ...picker, open: { recording: 'sample-plain.mmstep' } }, second);
		await second.until('step 2 of 3');
		await second.until('led to the recorded state');
		await second.until('REC');
		const lines = readFileSync('sample-plain.mmstep', 'utf8').split('\n').length;
		second.type('\u001b[C');
		await second.until('step 3');
		second.type('q');
		await again;
		expect(readFileSync('sample-plain.mmstep', 'utf8').split('\n').length).toBeGreaterThan(lines);
	});

	it('is started on the command line, and never over a file that is there', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger({ ...plain, record: 'mine.mmstep' }, terminal);
		await terminal.until('REC');
		terminal.type('0q');
		await ended;
		const text = readFileSync('mine.mmstep', 'utf8');
		const other = new FakeTerminal();
		const again = runDebugger({ ...plain, record: 'mine.mmstep' }, other);
		await other.until('exists and is not empty');
		expect(await other.output.screen()).not.toContain('REC');
		other.type('q');
		await again;
		expect(readFileSync('mine.mmstep', 'utf8')).toBe(text);
	});

	it('that is none is refused before the screen is touched', async () => {
		const terminal = new FakeTerminal();
		const open = { recording: join(previous, 'package.json') };
		await expect(runDebugger({ ...picker, open }, terminal)).rejects.toThrow(RecordingError);
		expect(terminal.output.written).toBe('');
	});
});

describe('what goes wrong', () => {
	it('in a scenario is shown, and nothing is lost', async () => {
		const terminal = new FakeTerminal();
		const load = (): never => {
			throw new ScenarioError('scenario.yaml:3:1: there is nothing to run\nadvice: write something');
		};
		const ended = runDebugger({ ...picker, scenarios: [{ id: 'bad', title: 'Bad', summary: '', load }] }, terminal);
		await terminal.until('Bad');
		terminal.type('\r');
		await terminal.until('advice: write something');
		terminal.type('\u001b[27u');
		await terminal.until('choose a scenario');
		terminal.type('q');
		expect(await ended).toBe(0);
	});

	it('in the program gives the terminal back first, then says so, and where the session is', async () => {
		const terminal = new FakeTerminal();
		const writeFile = (): never => {
			throw Object.assign(new Error('to be seen'), { name: 'TypeError' });
		};
		let loads = 0;
		const scenarios = [
			{
				id: 'sample',
				title: 'Sample',
				summary: '',
				load: () => {
					loads++;
					if (loads > 1) throw new TypeError('a fault of ours');
					return sampleScenario();
				},
			},
		];
		const ended = runDebugger({ ...plain, scenarios, writeFile }, terminal);
		await terminal.until('what can run next');
		terminal.type('00:report x\r');
		await terminal.until('to be seen');
		terminal.type(':scenarios\r');
		await terminal.until('choose a scenario');
		terminal.type('\r');
		await terminal.until('choose a kernel');
		terminal.type('\u001b[27u');
		await terminal.until('choose a scenario');
		terminal.type('\r');
		expect(await ended).toBe(4);
		expectGivenBack(terminal);
		expect(terminal.said).toContain('a fault of ours');
	});

	it('while a session is open saves it', async () => {
		const terminal = new FakeTerminal();
		const ended = runDebugger(plain, terminal);
		await terminal.until('what can run next');
		terminal.type('00');
		await terminal.until('step 2');
		let reads = 0;
		Object.defineProperty(terminal.output, 'columns', {
			get: () => {
				if (reads++ === 0) throw new TypeError('a fault of ours');
				return 80;
			},
		});
		terminal.output.emit('resize');
		expect(await ended).toBe(4);
		expect(terminal.said).toContain('mmstep-crash.mmstep');
		expect(existsSync('mmstep-crash.mmstep')).toBe(true);
	});
});
