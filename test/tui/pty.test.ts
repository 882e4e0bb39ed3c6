import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from './program.ts';
import { TerminalProgram } from './pty.ts';

let program: Program;
beforeAll(async () => {
	program = await buildProgram();
}, 60_000);
afterAll(() => program.remove());

const running: TerminalProgram[] = [];
afterEach(() => {
	for (const one of running.splice(0)) if (one.exit === null) one.pty.kill('SIGKILL');
});

interface Options {
	readonly columns?: number;
	readonly rows?: number;
	readonly environment?: Readonly<Record<string, string>>;
}

function start(words: readonly string[], { columns = 80, rows = 24, environment = {} }: Options = {}): TerminalProgram {
	const screen = new TerminalProgram(process.execPath, [program.cli, ...words], {
		columns,
		rows,
		environment,
		folder: program.folder,
	});
	running.push(screen);
	return screen;
}

function plain(options?: Options): TerminalProgram {
	return start([`${program.scenario}/plain`], options);
}

/** What a terminal is given back as, whatever ended the program. */
function expectGivenBack({ written }: TerminalProgram): void {
	expect(written).toContain('\u001b[?1049h');
	expect(written.lastIndexOf('\u001b[?1049l')).toBeGreaterThan(written.lastIndexOf('\u001b[?1049h'));
	expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(written.lastIndexOf('\u001b[?25l'));
	expect(written.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(written.lastIndexOf('\u001b[?2004h'));
}

// A process and its pseudo-terminal take a while on a busy machine.
describe('the program in a terminal', { timeout: 60_000 }, () => {
	it('makes a hundred steps of a hundred digits in one chunk, goes back to the start, and keeps the branch', async () => {
		const screen = start([`${program.endless}/plain`]);
		const first = await screen.until(/what can run next/);
		screen.send('01'.repeat(50));
		await screen.until(/step 100 /);
		screen.send('\u001b[D'.repeat(100));
		await screen.until(/step 0 of 100/);
		expect((await screen.screen()).slice(1, 20)).toEqual(first.split('\n').slice(1, 20));
		screen.send('1');
		await screen.until(/step 1 {2}b2/);
		screen.send(':branches\r');
		await screen.until(/main.*100 steps/);
		screen.send('q:switch main\r');
		await screen.until(/step 100 {2}main/);
		screen.send('q');
		expect(await screen.ended()).toMatchObject({ exitCode: 0 });
		expectGivenBack(screen);
	});

	it.each([
		['while it draws', 'String.prototype.trimEnd = crash;'],
		['in a timer', 'setImmediate(crash);'],
	])('gives the terminal back when it crashes %s, and says why', async (_, deed) => {
		// Loaded before the program: from the next change of size on, something throws.
		const preload = `process.on('SIGWINCH', () => { const crash = () => { throw new Error('broken on purpose'); }; ${deed} });`;
		const words = ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, program.cli];
		const screen = new TerminalProgram(process.execPath, [...words, `${program.scenario}/plain`], {
			columns: 80,
			rows: 24,
			folder: program.folder,
		});
		running.push(screen);
		await screen.until(/what can run next/);
		screen.resize(90, 30);
		const { exitCode, signal } = await screen.ended();
		expect(signal).toBe(0);
		expect(exitCode).not.toBe(0);
		expect(screen.written).toContain('The session was saved in');
		expectGivenBack(screen);
		// What is said comes after the screen has gone: on it, it would be lost.
		expect(screen.written.lastIndexOf('broken on purpose')).toBeGreaterThan(
			screen.written.lastIndexOf('\u001b[?1049l'),
		);
	});

	it('says beside the choices what can still go wrong, goes there when asked, and lets no key wait for it', async () => {
		const screen = start([`${program.scenario}/hasty`, '--program', 'both']);
		await screen.until(/violation in \d+ steps/);
		screen.send(':nearest\r');
		await screen.until(/1 violation/);
		screen.send(':restart\r:reach shared == 1\r');
		await screen.until(/shared == 1 holds/);
		screen.send('q');
		expect(await screen.ended()).toMatchObject({ exitCode: 0 });
		expectGivenBack(screen);
	});

	it('shows a long check at work, and stops it with what it has found', async () => {
		const screen = start(['check', `${program.endless}/plain`, '--no-reduction']);
		await screen.until(/\d states, [\d,]+\/s, frontier/);
		screen.send('\u0003');
		expect(await screen.ended()).toMatchObject({ exitCode: 130 });
		expect((await screen.screen()).join(' ')).toMatch(/bounded: interrupted.* 1 row: .*undecided/);
	});

	it('leaves the terminal as it was, raw mode included', async () => {
		const command = `"${process.execPath}" "${program.cli}" "${program.scenario}/plain"; echo "status $?"; stty -a`;
		const screen = new TerminalProgram('sh', ['-c', command], { columns: 80, rows: 24, folder: program.folder });
		running.push(screen);
		await screen.until(/what can run next/);
		screen.send('00q');
		const after = await screen.until(/echoke|-extproc|flusho/);
		expect(after).toContain('status 0');
		expect(after).toMatch(/[^-]icanon/);
		expect(after).toMatch(/[^-]echo\b/);
		expect(screen.terminal.buffer.active.type).toBe('normal');
	});

	it('stops for Ctrl-Z and goes on with fg, with the same screen', async () => {
		const screen = new TerminalProgram('bash', ['--norc', '--noprofile', '-i'], {
			columns: 80,
			rows: 24,
			folder: program.folder,
			environment: { PS1: 'shell$ ' },
		});
		running.push(screen);
		await screen.until(/shell\$/);
		screen.send(`"${process.execPath}" "${program.cli}" "${program.scenario}/plain"\r`);
		const before = await screen.until(/what can run next/);
		screen.send('\u001a');
		await screen.until(/Stopped/);
		expect(screen.terminal.buffer.active.type).toBe('normal');
		screen.send('stty -a | grep -o "[-]*icanon"\r');
		await screen.until(/^icanon$/m);
		screen.send('fg\r');
		await screen.until(/what can run next/);
		expect((await screen.screen()).slice(1, 20)).toEqual(before.split('\n').slice(1, 20));
		screen.send('0');
		await screen.until(/step 1/);
		screen.send('q');
		await screen.until((text) => text.trimEnd().endsWith('shell$'));
		screen.send('exit\r');
		await screen.ended();
	});

	it.each([
		['SIGTERM', 15],
		['SIGHUP', 1],
		['SIGINT', 2],
	])('gives the terminal back on %s, and loses no recording', async (name, number) => {
		const file = join(program.folder, `${name}.mmstep`);
		const screen = start([`${program.scenario}/plain`, '--record', file]);
		await screen.until(/REC/);
		screen.send('000');
		await screen.until(/step 3/);
		screen.pty.kill(name);
		const { exitCode, signal } = await screen.ended();
		expect(signal === number || exitCode === 128 + number).toBe(true);
		expectGivenBack(screen);
		const again = start([file]);
		await again.until(/step 3/);
		again.send('q');
		await again.ended();
	});

	it('loses no recording when it is killed', async () => {
		const screen = plain();
		await screen.until(/what can run next/);
		screen.send('00R0');
		await screen.until(/step 3.*REC/);
		screen.pty.kill('SIGKILL');
		await screen.ended();
		const lines = readFileSync(join(program.folder, 'sample-plain.mmstep'), 'utf8').trimEnd().split('\n');
		expect(lines.filter((line) => line.includes('"a":"cpu0"'))).toHaveLength(3);
	});

	it('has no colour with NO_COLOR, and shows the change and the choice all the same', async () => {
		const screen = plain({ environment: { NO_COLOR: '1' } });
		await screen.until(/what can run next/);
		screen.send('00');
		const text = await screen.until(/step 2/);
		expect(text).toMatch(/\*slots/);
		expect(text).toMatch(/❯ 0 CPU0/);
		const codes = screen.written
			.split('\u001b[')
			.slice(1)
			.flatMap((part) => /^([\d;]*)m/.exec(part)?.[1]?.split(';').map(Number) ?? []);
		expect(codes.filter((code) => ![0, 1, 2, 4, 7, 22, 24, 27].includes(code))).toEqual([]);
		screen.send('q');
		await screen.ended();
	});

	it('draws in ASCII where the locale has nothing else', async () => {
		const screen = plain({ environment: { LANG: 'C', LC_ALL: 'C' } });
		const text = await screen.until(/what can run next/);
		expect(text).toMatch(/^[\n -~]*$/);
		screen.send('q');
		await screen.ended();
	});

	it('works on an old terminal, and says so where it cannot', async () => {
		const old = plain({ environment: { TERM: 'vt100' } });
		await old.until(/what can run next/);
		old.send('q');
		expect(await old.ended()).toMatchObject({ exitCode: 0 });
		const dumb = plain({ environment: { TERM: 'dumb' } });
		expect(await dumb.ended()).toMatchObject({ exitCode: 2 });
		expect(dumb.written).not.toContain('\u001b');
	});

	it('follows a storm of sizes, down to nothing and back', async () => {
		const screen = plain();
		const first = await screen.until(/what can run next/);
		for (let round = 0; round < 40; round++) {
			screen.resize(10 + ((round * 37) % 150), 3 + ((round * 11) % 50));
			await sleep(5);
		}
		screen.resize(39, 11);
		await screen.until(/too small/);
		screen.resize(120, 40);
		await screen.until(/what can run next/);
		screen.resize(80, 24);
		await screen.until((text) => text === first);
		screen.send('q');
		await screen.ended();
	});

	it('runs nothing of what is pasted, and everything of what is typed into its command line', async () => {
		const screen = plain();
		await screen.until(/what can run next/);
		screen.send('\u001b[200~000q\u001b[201~');
		await screen.until(/pasted text is not taken for keys/);
		screen.send(':pri\tshared\r');
		await screen.until(/shared/);
		screen.send('\u001b[20~');
		await screen.until(/f9 does nothing here/);
		screen.send('q');
		expect(await screen.ended()).toMatchObject({ exitCode: 0 });
	});
});
