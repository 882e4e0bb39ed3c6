import { describe, expect, it } from 'vitest';
import type { Session } from '../../source/session/session.ts';
import type { AppEffect, AppEvent } from '../../source/tui/app/events.ts';
import { openSetup } from '../../source/tui/app/open.ts';
import { update } from '../../source/tui/app/update.ts';
import { decode, initialDecoder } from '../../source/tui/input/decoder.ts';
import { type AppState, initialState, type Stepper } from '../../source/tui/state/state.ts';
import { choiceItems } from '../../source/tui/view-model/choices.ts';
import { screenModel } from '../../source/tui/view-model/screen.ts';
import { colours, sampleScenario, sampleSession, stepperState } from './sample.ts';
import { screenText } from './screen-text.ts';

const left = '\u001b[D';
const right = '\u001b[C';
const escapeKey = '\u001b[27u';
const pageDown = '\u001b[6~';

interface Played {
	readonly state: AppState;
	readonly effects: readonly AppEffect[];
}

/** What a terminal's bytes do, key by key. */
function type(state: AppState, bytes: string): Played {
	return play(state, decode(initialDecoder, bytes).units);
}

function play(state: AppState, events: readonly AppEvent[]): Played {
	const effects: AppEffect[] = [];
	let current = state;
	for (const event of events) {
		const updated = update(current, event);
		current = updated.state;
		effects.push(...updated.effects);
	}
	return { state: current, effects };
}

function stepperOf(state: AppState): Stepper {
	if (state.screen.kind !== 'stepper') throw new Error(`this is ${state.screen.kind}`);
	return state.screen.stepper;
}

function sessionOf(state: AppState): Session {
	return stepperOf(state).session;
}

function depth(state: AppState): number {
	return sessionOf(state).timeline.cursor.depth;
}

const start = stepperState(sampleSession());

describe('the pickers', () => {
	const catalogue = [{ id: 'sample', title: 'A sample', summary: 'About it.' }];
	const first = initialState(catalogue, { columns: 80, rows: 24 }, colours);

	it('lead from a scenario over a kernel and the set-up to a session', () => {
		expect(update(first, { kind: 'chosen', value: 'sample' }).effects).toEqual([{ kind: 'load', index: 0 }]);
		const kernels = update(first, { kind: 'loaded', scenario: sampleScenario() }).state;
		expect(screenText(screenModel(kernels))).toContain('Reads too early');
		const setup = update(kernels, { kind: 'chosen', value: 'hasty' }).state;
		expect(screenText(screenModel(setup))).toMatch(/Schedule +As the mail has it/);
		const begun = update(setup, { kind: 'chosen', value: 'start' });
		expect(begun.state.message?.text).toContain('compiling');
		const [effect] = begun.effects;
		if (effect?.kind !== 'start') throw new Error('nothing begins');
		const { state } = update(begun.state, openSetup(effect.setup));
		expect(sessionOf(state).target.selection).toMatchObject({ kernel: 'hasty', program: 'both' });
		expect(sessionOf(state).schedule?.schedule.id).toBe('mail');
	});

	it('change what is chosen, value by value, and what hangs on it', () => {
		const kernels = update(first, { kind: 'loaded', scenario: sampleScenario() }).state;
		const setup = update(kernels, { kind: 'chosen', value: 'hasty' }).state;
		const texts = (...values: string[]) =>
			screenText(
				screenModel(
					play(
						setup,
						values.map((value) => ({ kind: 'chosen', value })),
					).state,
				),
			);
		expect(texts('option flavour')).toMatch(/Flavour of the sample +sour/);
		expect(texts('option flavour', 'option flavour')).toMatch(/Flavour of the sample +sweet/);
		expect(texts('schedule')).toMatch(/Schedule +none/);
		expect(texts('schedule', 'schedule')).toMatch(/Schedule +As the mail has it/);
		// No schedule is written for the other program.
		expect(texts('program')).toMatch(/Program +One counts/);
		expect(texts('program')).toMatch(/Schedule +none/);
		expect(texts('program', 'program')).toMatch(/Schedule +As the mail has it/);
	});

	it('go back with Escape, to the entry one came from', () => {
		const kernels = update(first, { kind: 'loaded', scenario: sampleScenario() }).state;
		const setup = update(kernels, { kind: 'chosen', value: 'hasty' }).state;
		const back = type(setup, escapeKey).state;
		expect(back.screen).toMatchObject({ kind: 'kernels', highlighted: 1 });
		expect(type(back, escapeKey).state.screen).toMatchObject({ kind: 'scenarios', highlighted: 0 });
		expect(type(first, escapeKey).state.screen.kind).toBe('scenarios');
	});

	it('give the list its keys, and answer all others', () => {
		expect(type(first, '\u001b[B\r2j').effects.map((effect) => effect.kind)).toEqual(Array(4).fill('forward'));
		const { state, effects } = type(first, 'x');
		expect(effects).toEqual([]);
		expect(state.message?.text).toContain('x does nothing here');
	});

	it('show what is wrong with a scenario, in full', () => {
		const broken = { ...sampleScenario(), texts: [{ path: 'sample.c', text: 'int x = ;' }] };
		const event = openSetup({ scenario: broken, kernel: 'plain', program: 'both', options: {}, schedule: null });
		const { state } = update(first, event);
		expect(screenText(screenModel(state))).toContain('sample.c:1:9');
		expect(type(state, escapeKey).state.overlay).toBeNull();
	});
});

describe('stepping', () => {
	it('makes a step for a digit, goes back and forth with arrows, and keeps every branch', () => {
		expect(depth(type(start, '000').state)).toBe(3);
		const back = type(start, `000${left}${left}`).state;
		expect(depth(back)).toBe(1);
		expect(depth(type(back, `${right}${right}${right}`).state)).toBe(3);
		const other = type(back, 'i').state;
		expect(sessionOf(other).timeline.branches).toHaveLength(2);
	});

	it('loses none of a hundred keys', () => {
		const state = type(start, `0${left}`.repeat(50)).state;
		expect(depth(state)).toBe(0);
		expect(type(state, right).state.message).toBeNull();
		expect(depth(type(state, right).state)).toBe(1);
	});

	it('says in one line why a key does nothing', () => {
		expect(type(start, left).state.message).toMatchObject({ tone: 'error', text: expect.stringContaining('start') });
		const waiting = type(start, '01').state;
		expect(waiting.message?.text).toContain('waits for spinlock lock, held by CPU0');
		expect(depth(waiting)).toBe(1);
		for (const key of ['x', '\u001b[20~', '\u001bx', '9', 'é', '\u0007']) {
			expect(type(start, key).state.message?.text ?? '').not.toBe('');
		}
	});

	it('drops what was said with the next key', () => {
		const said = type(start, left).state;
		expect(said.message).not.toBeNull();
		expect(type(said, '0').state.message).toBeNull();
	});

	it('makes the step that is chosen in the list', () => {
		const [first] = choiceItems(sessionOf(start));
		expect(depth(update(start, { kind: 'chosen', value: first?.value ?? '' }).state)).toBe(1);
		expect(update(start, { kind: 'chosen', value: 'gone' }).state.message?.text).toContain('no longer');
	});

	it('says why, when what is chosen cannot run', () => {
		const held = type(start, '0').state;
		const waiting = choiceItems(sessionOf(held)).find(({ isReady }) => !isReady);
		const { state } = update(held, { kind: 'chosen', value: waiting?.value ?? '' });
		expect(depth(state)).toBe(1);
		const said =
			state.overlay?.kind === 'output' ? state.overlay.lines.map(({ text }) => text).join(' ') : state.message?.text;
		expect(said).toContain('held by CPU0');
	});
});

describe('what has changed', () => {
	it('is told from the point that one came from', () => {
		const session = sampleSession('hasty', [], 'mail');
		const state = type(stepperState(session), 'mm').state;
		expect(depth(state)).toBeGreaterThan(4);
		// Two entries of the schedule: the second of several steps, all of which are new to the user.
		expect(screenText(screenModel(state))).toMatch(/\*shared 1/);
		const back = type(state, left).state;
		expect(stepperOf(back).since).toBe(sessionOf(back).timeline.cursor.parent);
	});
});

describe('a violation', () => {
	const before = stepperState(sampleSession('hasty', ['mail', 'mail'], 'mail'));
	const { state } = type(before, 'c');

	it('brings its report up beside a line that says what is wrong', () => {
		expect(stepperOf(state).pane).toBe('violations');
		expect(state.message).toMatchObject({ tone: 'violation', text: expect.stringContaining('shared has changed') });
		expect(screenText(screenModel(state))).toContain('BUG: mmstep: assertion in count_too');
	});

	it('is beside a session that is opened where one has been reported, as a recording is', () => {
		const opened = stepperState(sessionOf(state));
		expect(stepperOf(opened).pane).toBe('violations');
		expect(stepperOf(type(opened, escapeKey).state).pane).toBe('slots view');
	});

	it('takes no key away: Escape closes it, everything else does what it always does', () => {
		expect(stepperOf(type(state, escapeKey).state).pane).toBe('slots view');
		const back = type(state, left).state;
		expect(depth(back)).toBe(depth(state) - 1);
	});

	it('goes with the step that one goes back over', () => {
		const back = type(state, left.repeat(2)).state;
		expect(stepperOf(back).pane).toBe('slots view');
		// Forward again it is found again.
		expect(stepperOf(type(back, right.repeat(2)).state).pane).toBe('violations');
	});

	it('drops the rest of a held key that would run past it, but no single step', () => {
		expect(type(before, 'c').effects).toContainEqual({ kind: 'dropRepeats', key: 'c' });
		const near = stepperState(sampleSession('hasty', ['mail', 'mail', 'cpu 1', 'cpu 1'], 'mail'));
		const effects = type(near, '1111').effects.filter(({ kind }) => kind === 'dropRepeats');
		expect(effects).toEqual([]);
	});
});

describe('a warning', () => {
	const said = (size: AppState['size']): string => {
		const { state } = type(stepperState(sampleSession('hasty', ['mail'], 'mail'), size), 'm');
		return state.message?.text ?? '';
	};

	it('leaves the entry of the schedule and its note in sight', () => {
		expect(said({ columns: 80, rows: 24 })).toMatch(/^2\/3 .*CPU0 does all its work\. - warning: data-race/);
	});

	it('has the line to itself where a pane has the notes', () => {
		expect(said({ columns: 120, rows: 40 })).toMatch(/^warning: data-race/);
	});
});

describe('panes', () => {
	it('are gone through with Tab, the choice list among them', () => {
		const seen: string[] = [];
		let state = start;
		for (let press = 0; press < 40; press++) {
			state = type(state, '\t').state;
			seen.push(`${stepperOf(state).focus} ${stepperOf(state).pane}`);
			if (stepperOf(state).focus === 'choices') break;
		}
		expect(seen[0]).toBe('pane slots view');
		expect(seen.at(-1)).toBe('choices slots view');
		expect(new Set(seen.map((entry) => entry.split(' ').slice(1).join(' '))).size).toBe(15);
		// And backwards to where it began.
		expect(stepperOf(type(state, '\u001b[Z\t').state).focus).toBe('choices');
	});

	it('are changed with brackets without leaving the choice list', () => {
		const state = type(start, ']').state;
		expect(stepperOf(state)).toMatchObject({ focus: 'choices', pane: 'locks' });
		expect(stepperOf(type(state, '[').state).pane).toBe('slots view');
	});

	it('scroll no further than there is something to see', () => {
		const objects = type(type(start, ':pane objects\r').state, pageDown.repeat(20)).state;
		const text = screenText(screenModel(objects));
		const shown = /(\d+)-(\d+) of (\d+)/.exec(text);
		expect(shown?.[2]).toBe(shown?.[3]);
		const back = type(objects, '\u001b[5~'.repeat(30)).state;
		expect(/(\d+)-\d+ of/.exec(screenText(screenModel(back)))?.[1]).toBe('1');
	});

	it('are found by the beginning of their name, and by a word of it', () => {
		expect(stepperOf(type(start, ':pane tl\r').state).pane).toBe('TLBs');
		expect(stepperOf(type(start, ':pane tables\r').state).pane).toBe('page tables');
		expect(type(start, ':pane nowhere\r').state.message?.text).toContain('there is no pane nowhere');
	});
});

describe('the command line', () => {
	it('runs what is typed, and says the answer', () => {
		expect(type(start, ':print shared\r').state.message?.text).toMatch(/shared = 0|= 0|^0$/);
		expect(type(start, ':nonsense\r').state.message).toMatchObject({ tone: 'error' });
	});

	it('shows an answer of several lines as a text, which any key of its own closes', () => {
		const { state } = type(start, ':info locks\r:info objects\r');
		expect(state.overlay?.kind).toBe('output');
		expect(type(state, 'q').state.overlay).toBeNull();
		// A key that means nothing to a text closes it and is not lost.
		const stepped = type(state, '0').state;
		expect(stepped.overlay).toBeNull();
		expect(depth(stepped)).toBe(1);
	});

	it('completes, remembers, and cancels', () => {
		const completed = type(start, ':bra\t').state;
		expect(completed.prompt?.editor.characters.join('')).toBe('branch');
		expect(screenText(screenModel(completed)).split('\n').at(-1)).toContain('branches');
		const again = type(start, ':print shared\r:\u001b[A').state;
		expect(again.prompt?.editor.characters.join('')).toBe('print shared');
		expect(type(start, ':abc\u0003').state.prompt).toBeNull();
		expect(type(start, ':abc\u0003').effects).toEqual([]);
	});

	it('takes a pasted text in, which elsewhere runs nothing', () => {
		const paste: AppEvent = { kind: 'paste', text: '000q', complete: true };
		const { state, effects } = play(start, [paste]);
		expect(depth(state)).toBe(0);
		expect(effects).toEqual([]);
		expect(state.message?.text).toContain('pasted');
		const typed = play(type(start, ':').state, [paste]).state;
		expect(typed.prompt?.editor.characters.join('')).toBe('000q');
	});

	it('hands out what has to be done outside', () => {
		expect(type(start, 'R').effects).toEqual([{ kind: 'record', file: 'sample-plain.mmstep', numbered: true }]);
		expect(type(start, ':record stop\r').effects).toEqual([{ kind: 'stopRecording' }]);
		expect(type(start, ':report x.txt\r').effects).toMatchObject([{ kind: 'report', file: 'x.txt' }]);
		expect(type(start, 'q').effects).toEqual([{ kind: 'quit' }]);
		expect(type(start, '\u0003').effects).toEqual([{ kind: 'quit' }]);
		expect(type(start, '\u001a').effects).toEqual([{ kind: 'suspend' }]);
		expect(type(start, ':\u001a').effects).toEqual([{ kind: 'suspend' }]);
		expect(type(start, '\u000c').effects).toEqual([{ kind: 'repaint' }]);
	});

	it('goes back to the list of scenarios', () => {
		expect(type(start, ':scenarios\r').state.screen.kind).toBe('scenarios');
	});
});

describe('search', () => {
	const objects = type(start, ':pane objects\r').state;

	it('goes from match to match while it is open, and gives n and N back afterwards', () => {
		const found = type(objects, '/slots\r').state;
		expect(found.message?.text).toMatch(/slots: 1 of \d/);
		const next = type(found, 'n').state;
		expect(next.message?.text).toMatch(/slots: [12] of \d/);
		expect(depth(next)).toBe(0);
		expect(type(found, 'N').state.message?.text).toMatch(/of \d/);
		const closed = type(found, escapeKey).state;
		expect(stepperOf(closed).search).toBeNull();
		expect(depth(type(closed, 'n').state)).toBe(1);
	});

	it('says when there is nothing to be found', () => {
		expect(type(objects, '/zzz\r').state.message?.text).toContain('not in objects');
	});
});

describe('help', () => {
	it('names every key and every command, and scrolls to its end', () => {
		const help = type(start, '?').state;
		const seen = new Set<string>();
		let state = help;
		for (let page = 0; page < 20; page++) {
			for (const row of screenText(screenModel(state)).split('\n')) seen.add(row);
			state = type(state, pageDown).state;
		}
		const text = [...seen].join('\n');
		for (const word of ['reverse-continue', 'Shift-Tab', 'Ctrl-Z', 'mail', 'Home g', 'record [FILE'])
			expect(text).toContain(word);
		expect(type(state, '?').state.overlay).toBeNull();
	});
});

describe('a resize', () => {
	it('changes the screen and nothing else', () => {
		const stepped = type(start, '00').state;
		const { state } = update(stepped, { kind: 'resize', columns: 120, rows: 40 });
		expect(state.size).toEqual({ columns: 120, rows: 40 });
		expect(update(state, { kind: 'resize', columns: 80, rows: 24 }).state).toEqual(stepped);
	});
});
