import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { update } from '../../source/tui/app/update.ts';
import { newEditor } from '../../source/tui/input/line-editor.ts';
import { wideRight } from '../../source/tui/screen/layout.ts';
import type { AppState } from '../../source/tui/state/state.ts';
import { initialState } from '../../source/tui/state/state.ts';
import { plainOf } from '../../source/tui/text/styled.ts';
import { makeTheme } from '../../source/tui/text/theme.ts';
import { tabLine } from '../../source/tui/view-model/frame-lines.ts';
import { paneContent, paneNames } from '../../source/tui/view-model/panes.ts';
import { planOf } from '../../source/tui/view-model/plan.ts';
import { screenModel } from '../../source/tui/view-model/screen.ts';
import { ascii, colours, sampleScenario, sampleSession, stepperState } from './sample.ts';
import { screenRows, screenText } from './screen-text.ts';

const stepped = ['cpu 0', 'cpu 0', 'display shared', 'break count_too', 'note look here', 'watch slots[1]'];
const failed = sampleSession('hasty', ['mail', 'mail', 'continue'], 'mail');

/** Screens of every kind. */
function screens(): readonly (readonly [string, AppState])[] {
	const stepper = stepperState(sampleSession('plain', stepped));
	const past = stepperState(sampleSession('plain', [...stepped, 'back 2']));
	const kernels = update(initialState([], stepper.size, colours), { kind: 'loaded', scenario: sampleScenario() }).state;
	const setup = update(kernels, { kind: 'chosen', value: 'hasty' }).state;
	const output = update(stepper, {
		kind: 'show',
		title: 'a title',
		lines: [
			{ tone: 'heading', text: 'x'.repeat(500) },
			{ tone: 'plain', text: '中'.repeat(200) },
			{ tone: 'dim', text: '' },
		],
	}).state;
	return [
		['the empty catalogue', initialState([], stepper.size, colours)],
		[
			'the catalogue',
			initialState([{ id: 'a', title: 'One', summary: 'About one. '.repeat(50) }], stepper.size, colours),
		],
		['the kernels', kernels],
		['the set-up', setup],
		['the stepper', stepper],
		['the past', past],
		['a failure', stepperState(failed)],
		['help', { ...stepper, overlay: { kind: 'help', scroll: 7 } }],
		['output', output],
		[
			'a command being typed',
			{ ...stepper, prompt: { kind: 'command', editor: newEditor([], 'break 中 count'.repeat(9)) } },
		],
		['a message', { ...stepper, message: { tone: 'violation', text: 'something with a lot to say '.repeat(20) } }],
		...paneNames(failed).map((pane): readonly [string, AppState] => {
			const state = stepperState(failed);
			return [
				`pane ${pane}`,
				state.screen.kind === 'stepper'
					? { ...state, screen: { kind: 'stepper', stepper: { ...state.screen.stepper, pane, focus: 'pane' } } }
					: state,
			];
		}),
	];
}

const all = screens();

describe('a long message', () => {
	const words = `what was said is long${' and longer'.repeat(18)} and then ends`;
	const said = (columns: number, rows: number): string[] => {
		const state = { ...stepperState(sampleSession('plain')), message: { tone: 'plain' as const, text: words } };
		return screenRows(screenModel({ ...state, size: { columns, rows } })).map((row) => row.trimEnd());
	};

	it('is shown to its end over several lines', () => {
		const lines = said(80, 24);
		expect(lines.slice(-5, -1).join(' ').replaceAll(/\s+/g, ' ')).toMatch(
			/what was said is long( and longer){18} and then ends$/,
		);
		expect(said(120, 40).slice(-4, -1).join(' ').replaceAll(/\s+/g, ' ')).toMatch(/and then ends$/);
	});

	it('is cut on a wide screen only while the pane of notes has it anyway', () => {
		const state = stepperState(sampleSession('hasty', ['mail'], 'mail'), { columns: 120, rows: 40 });
		const ends = (pane: string, text: string): boolean => {
			if (state.screen.kind !== 'stepper') throw new Error('no session');
			const screen = { ...state.screen, stepper: { ...state.screen.stepper, pane } };
			const rows = screenRows(screenModel({ ...state, screen, message: { tone: 'heading', text } }));
			return rows.join(' ').replaceAll(/\s+/g, ' ').includes('and then ends');
		};
		expect(ends('notes', `1/3 cpu1 line: ${words}`)).toBe(false);
		expect(ends('violations', `1/3 cpu1 line: ${words}`)).toBe(true);
		expect(ends('notes', words)).toBe(true);
	});

	it('has one blank between its words where it is cut', () => {
		const state = stepperState(sampleSession('hasty', ['mail'], 'mail'), { columns: 120, rows: 40 });
		const message = { tone: 'heading' as const, text: `1/3 cpu1 line: ${words}` };
		const [cut = ''] = screenRows(screenModel({ ...state, message })).filter((row) => row.includes('1/3 cpu1 line'));
		expect(cut).toMatch(/…\s*$/);
		expect(cut.trim()).not.toMatch(/ {2}/);
	});
});

describe('every screen', () => {
	it.each(all)('%s has exactly the rows and columns of the terminal', (_, state) => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 200 }),
				fc.integer({ min: 1, max: 60 }),
				fc.boolean(),
				(columns, rows, isAscii) => {
					const theme = isAscii ? ascii : colours;
					const lines = screenRows(screenModel({ ...state, theme, size: { columns, rows } }));
					expect(lines.length).toBe(rows);
					for (const line of lines) expect(line.length).toBe(columns);
				},
			),
			{
				numRuns: 6,
				examples: [
					[80, 24, false],
					[120, 40, false],
					[40, 12, true],
					[39, 12, false],
					[200, 60, false],
					[1, 1, false],
				],
			},
		);
	});

	it.each(all)('%s is pure ASCII where only that can be shown', (_, state) => {
		for (const size of [
			{ columns: 80, rows: 24 },
			{ columns: 120, rows: 40 },
		]) {
			const text = screenText(screenModel({ ...state, theme: ascii, size }));
			expect(text).toMatch(/^[\n -~]*$/);
		}
	});

	it.each(all)('%s has no colour where none is wanted', (_, state) => {
		const model = screenModel({ ...state, theme: makeTheme(false, true) });
		const painted = JSON.stringify(model);
		const parameters = [...painted.matchAll(/\\u001b\[([\d;]*)m/g)].flatMap(([, codes = '']) =>
			codes.split(';').map(Number),
		);
		expect(parameters.filter((code) => ![0, 1, 4, 7].includes(code))).toEqual([]);
	});

	it('says when the terminal is too small, and needs nothing more', () => {
		for (const [, state] of all) {
			const text = screenText(screenModel({ ...state, size: { columns: 30, rows: 5 } }));
			expect(text).toContain('too small');
			expect(text).toContain('40x12');
		}
	});
});

describe('the stepper at 80x24', () => {
	const session = sampleSession('plain', ['cpu 0', 'cpu 0']);
	const text = screenText(screenModel(stepperState(session)));
	const rows = text.split('\n');

	it('names the scenario, the kernel, the memory model, and where in time one is', () => {
		expect(rows[0]).toMatch(/^ sample\/plain {2}sc {2}both .* step 2 {2}main$/);
	});

	it('has a column for each CPU, with its source and a mark at the line about to run', () => {
		expect(rows[1]).toMatch(/CPU0\* counts .* ready ─┬─ CPU1 counts too .* ‖ waiting ─$/);
		expect(rows.filter((row) => row.includes('▶')).map((row) => row.slice(0, 40).trim())).toEqual([
			expect.stringMatching(/^▶ 9 +slots\[1\] = 7;/),
		]);
		expect(rows.filter((row) => row.slice(41).startsWith('‖'))).toHaveLength(1);
		expect(text).toContain('holds lock since step 1');
	});

	it('says what each choice would do', () => {
		expect(text).toMatch(/❯ 0 CPU0 {2}count_up: slots\[1\] = 7;/);
		expect(text).toMatch(/ {2}1 CPU1 {2}‖ waits for spinlock lock, held by CPU0/);
	});

	it('shows what the model draws: cells, the bracket under them, badges, values, remarks', () => {
		const at = rows.findIndex((row) => row.includes('[slots view]'));
		expect(rows.slice(at + 1, at + 4).map((row) => row.replace(/ +/g, ' '))).toEqual([
			'*slots │0│0│0│ [HERE] *shared 1',
			expect.stringContaining('└─┘'),
			' what the model draws',
		]);
		// The bracket goes from the second cell to the third.
		const strip = rows[at + 1] ?? '';
		const bracket = rows[at + 2] ?? '';
		expect(bracket.indexOf('└')).toBe(strip.indexOf('│0│0│0│') + 3);
		expect(bracket.indexOf('┘')).toBe(strip.indexOf('│0│0│0│') + 5);
	});

	it('shows the main keys', () => {
		expect(rows.at(-1)).toContain('0-1 CPU');
		expect(rows.at(-1)).toContain('? help');
		expect(rows.at(-1)).toContain('q quit');
	});
});

describe('the tabs', () => {
	const names = ['one', 'two', 'three', 'four', 'five'];
	const tabs = (pane: string, width: number, remark = ''): string =>
		plainOf(tabLine(names, pane, remark, false, width, colours));

	it('are neighbours, with an ellipsis where there are more', () => {
		expect(tabs('one', 40)).toBe('─ [one] two three four five ────────────');
		expect(tabs('one', 24)).toBe('─ [one] two three … ────');
		expect(tabs('three', 24)).toBe('─ … [three] four … ─────');
		expect(tabs('three', 26)).toBe('─ … two [three] four … ───');
		expect(tabs('five', 25)).toBe('─ … three four [five] ───');
		expect(tabs('five', 25, '1-2')).toBe('─ … four [five] ─── 1-2 ─');
	});

	it('have the pane in sight even where there is room for nothing else', () => {
		expect(tabs('three', 12)).toContain('thr');
	});
});

describe('the stepper', () => {
	it('says who waits for whom, since when', () => {
		const session = sampleSession('plain', ['cpu 0']);
		const text = screenText(screenModel(stepperState(session)));
		expect(text).toContain('‖ waiting');
		expect(text).toMatch(/1 CPU1 {2}‖ waits for spinlock lock, held by CPU0 since step 1/);
	});

	it('says in words and with a mark that this is the past', () => {
		const session = sampleSession('plain', ['cpu 0', 'cpu 0', 'back']);
		const [header] = screenRows(screenModel(stepperState(session)));
		expect(header).toContain('step 1 of 2');
		expect(header).toContain('◀ PAST');
	});

	it('counts violations, and says how far the schedule is', () => {
		const [header] = screenRows(screenModel(stepperState(failed)));
		expect(header).toContain('mail 2/3');
		expect(header).toContain('✗ 1 violation');
	});

	it('counts warnings while nothing worse has been reported', () => {
		const raced = sampleSession('hasty', ['mail', 'mail'], 'mail');
		const [header] = screenRows(screenModel(stepperState(raced)));
		expect(header).toMatch(/ 1 warning\s*$/);
	});

	it('says that a session is recorded', () => {
		const [header] = screenRows(screenModel({ ...stepperState(sampleSession()), recording: 'x.mmstep' }));
		expect(header).toMatch(/REC\s*$/);
	});

	it('says when nothing can run any more', () => {
		const done = sampleSession('plain', ['cpu 0', 'finish', 'cpu 1', 'finish']);
		expect(screenText(screenModel(stepperState(done)))).toContain('nothing can run any more');
	});

	it('puts panes beside the CPUs on a large screen, the schedule with its notes among them', () => {
		const session = sampleSession('hasty', ['mail'], 'mail');
		const rows = screenRows(screenModel(stepperState(session, { columns: 120, rows: 40 })));
		const right = rows.map((row) => row.slice(61));
		expect(right.join('\n')).toContain('slots view');
		expect(right.join('\n')).toContain('[notes]');
		expect(right.join('\n')).toContain('CPU1 reads first, without the lock.');
		expect(right.join('\n')).toMatch(/▶ 2 cpu0 until done/);
	});

	it('gives a pane as many rows as it takes in the width that it is drawn in', () => {
		const state = stepperState(sampleSession('hasty', [], 'mail'), { columns: 200, rows: 60 });
		if (state.screen.kind !== 'stepper') throw new Error('no session');
		const { stepper } = state.screen;
		const { layout } = planOf(stepper, state.size, colours);
		if (layout.kind !== 'wide') throw new Error('not wide');
		expect(layout.pinned.map(({ id }) => id)).toEqual(['slots view', 'locks']);
		for (const { id, height } of layout.pinned) {
			expect(height).toBe(1 + paneContent(stepper, id, layout.right, colours).lines.length);
		}
		expect(layout.right).toBe(wideRight(200));
	});

	it('draws the same screen without colours but for the colours', () => {
		const state = stepperState(failed);
		expect(screenText(screenModel({ ...state, theme: makeTheme(false, true) }))).toBe(screenText(screenModel(state)));
	});
});
