import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { sessionCast } from '../../source/commands/session-cast.ts';
import type { Session } from '../../source/session/session.ts';
import { endOfPlay, playSession } from '../../source/tui/playback.tsx';
import { runDebugger } from '../../source/tui/run.ts';
import { colours, sampleScenario, sampleSession } from './sample.ts';

type Emulator = InstanceType<typeof xterm.Terminal>;

function emulatorOf(columns: number, rows: number): Emulator {
	return new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
}

/** Every cell with how it looks, a line a row. */
async function cellsOf(emulator: Emulator): Promise<string[]> {
	await new Promise<void>((resolve) => emulator.write('', resolve));
	const { active } = emulator.buffer;
	return Array.from({ length: emulator.rows }, (_, row) =>
		Array.from({ length: emulator.cols }, (_, column) => {
			const cell = active.getLine(row)?.getCell(column);
			if (cell === undefined) return '';
			const style = [cell.getFgColor(), cell.isBold(), cell.isDim(), cell.isInverse()].join(',');
			return `${cell.getChars() || ' '}<${style}>`;
		}).join(''),
	);
}

function textOf(cells: readonly string[]): string {
	return cells.map((row) => row.replaceAll(/<[-\d,]+>/g, '').trimEnd()).join('\n');
}

/** What the debugger itself shows after each key, in a terminal of that size. */
async function liveScreens(keys: string, columns: number, rows: number): Promise<string[][]> {
	const emulator = emulatorOf(columns, rows);
	const input = Object.assign(new EventEmitter(), {
		setRawMode: () => undefined,
		ref: () => undefined,
		unref: () => undefined,
		resume: () => undefined,
		pause: () => undefined,
	});
	const output = Object.assign(new EventEmitter(), { columns, rows, write: (text: string) => emulator.write(text) });
	const ended = runDebugger(
		{ scenarios: [], open: { scenario: sampleScenario(), kernel: 'plain', program: null, options: {} }, record: null },
		{
			input,
			output,
			environment: { TERM: 'xterm', LANG: 'C.UTF-8' },
			say: () => undefined,
			stop: async () => undefined,
			onContinue: () => () => undefined,
			onUncaught: () => () => undefined,
			onStopRequest: () => () => undefined,
		},
	);
	const until = async (text: string): Promise<string[]> => {
		for (;;) {
			const cells = await cellsOf(emulator);
			if (textOf(cells).includes(text)) return cells;
			await sleep(5);
		}
	};
	await until('what can run next');
	const screens: string[][] = [];
	for (const [index, key] of [...keys].entries()) {
		input.emit('data', Buffer.from(key));
		screens.push(await until(`step ${index + 1}  main`));
	}
	input.emit('data', Buffer.from('q'));
	await ended;
	return screens;
}

/** The screens of a cast at its markers, and their names. */
async function castScreens(text: string): Promise<{ screens: string[][]; markers: string[] }> {
	const [head = '', ...lines] = text.trimEnd().split('\n');
	const { width, height } = JSON.parse(head) as { width: number; height: number };
	const emulator = emulatorOf(width, height);
	const screens: string[][] = [];
	const markers: string[] = [];
	for (const line of lines) {
		const [, code, data] = JSON.parse(line) as [number, string, string];
		if (code === 'o') emulator.write(data);
		if (code !== 'm') continue;
		markers.push(data);
		screens.push(await cellsOf(emulator));
	}
	return { screens, markers };
}

async function castOf(session: Session, columns = 80, rows = 24, version: 2 | 3 = 2): Promise<string> {
	return [...(await sessionCast(session, version, { columns, rows }))].join('');
}

describe('a cast of a session', () => {
	it.each([
		[80, 24],
		[120, 40],
	])('shows at %dx%d what the debugger shows, cell by cell', async (columns, rows) => {
		const keys = '0000011';
		const session = sampleSession('plain', [...keys]);
		const { screens, markers } = await castScreens(await castOf(session, columns, rows));
		expect(screens).toHaveLength(keys.length + 1);
		const live = await liveScreens(keys, columns, rows);
		for (const [index, screen] of live.entries()) {
			expect(textOf(screens[index + 1] ?? [])).toBe(textOf(screen));
			expect(screens[index + 1]).toEqual(screen);
		}
		expect(markers[0]).toBe('start');
		expect(markers[1]).toMatch(/^1 cpu0 count_up: spin_lock\(&lock\);$/);
	});

	it('goes on as it was: nothing that comes later can be seen, and where the schedule was', async () => {
		const session = sampleSession('hasty', ['mail 3', 'note too late'], 'mail');
		const { screens, markers } = await castScreens(await castOf(session));
		const texts = screens.map(textOf);
		expect(texts[0]).toContain('mail 0/3');
		expect(texts.at(-1)).toContain('mail 2/3');
		expect(texts.some((text) => text.includes('PAST'))).toBe(false);
		expect(texts.findIndex((text) => text.includes('1 violation'))).toBe(texts.length - 1);
		expect(texts.findIndex((text) => text.includes('too late'))).toBe(texts.length - 1);
		// The entry that ends at a step is told of there, with its note.
		expect(texts.filter((text) => text.includes('CPU1 reads first, without the lock.')).length).toBeGreaterThan(0);
		expect(markers.at(-1)).toMatch(/\[assertion\]/);
	});

	it('is the same in version 3, whose times are intervals', async () => {
		const session = sampleSession('hasty', ['mail 3'], 'mail');
		const events = async (version: 2 | 3): Promise<[number, string, string][]> =>
			(await castOf(session, 80, 24, version))
				.trimEnd()
				.split('\n')
				.slice(1)
				.map((line) => JSON.parse(line) as [number, string, string]);
		const [second, third] = [await events(2), await events(3)];
		let now = 0;
		const absolute = third.map(([interval, code, data]) => {
			now += interval;
			return [Math.round(now * 1000) / 1000, code, data];
		});
		expect(absolute).toEqual(second);
		expect(second.map(([time]) => time)).toEqual(second.map(([time]) => time).toSorted((a, b) => a - b));
	});

	it('gives the terminal back', () => {
		expect(endOfPlay({ columns: 80, rows: 24 })).toContain('\u001b[?25h');
		const [first] = playSession(sampleSession('plain', ['0']), { columns: 80, rows: 24 }, colours);
		expect(first?.output.startsWith('\u001b[?25l')).toBe(true);
	});
});
