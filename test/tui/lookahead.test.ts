import { describe, expect, it } from 'vitest';
import { Lookahead, type Outlook } from '../../source/explore/lookahead.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import { update } from '../../source/tui/app/update.ts';
import { decode, initialDecoder } from '../../source/tui/input/decoder.ts';
import type { AppState } from '../../source/tui/state/state.ts';
import { screenModel } from '../../source/tui/view-model/screen.ts';
import { sampleSession, stepperState } from './sample.ts';
import { screenText } from './screen-text.ts';

function outlookAt(state: AppState): { node: ReturnType<typeof cursorOf>; outlook: Outlook } {
	const node = cursorOf(state);
	if (state.screen.kind !== 'stepper') throw new Error('no session');
	const lookahead = new Lookahead(new Transitions(state.screen.stepper.session.target.machine), node.state);
	lookahead.run();
	return { node, outlook: lookahead.outlook };
}

function cursorOf({ screen }: AppState) {
	if (screen.kind !== 'stepper') throw new Error('no session');
	return screen.stepper.session.timeline.cursor;
}

function press(state: AppState, bytes: string): AppState {
	return decode(initialDecoder, bytes).units.reduce((at, unit) => update(at, unit).state, state);
}

const hasty = stepperState(sampleSession('hasty'));
const plain = stepperState(sampleSession('plain'));

describe('what is known of the future', () => {
	it('stands beside the choices that it is about', () => {
		const seen = update(hasty, { kind: 'outlook', ...outlookAt(hasty) }).state;
		expect(screenText(screenModel(seen))).toMatch(/CPU1 .* violation in \d+ steps/);
		const safe = update(plain, { kind: 'outlook', ...outlookAt(plain) }).state;
		expect(screenText(screenModel(safe))).toMatch(/CPU0 .* cannot go wrong any more/);
		expect(screenText(screenModel(safe))).not.toContain('violation in');
	});

	it('goes when the state goes that it was about', () => {
		const seen = update(hasty, { kind: 'outlook', ...outlookAt(hasty) }).state;
		expect(screenText(screenModel(press(seen, '0')))).not.toMatch(/violation in \d+ step/);
		const late = update(press(hasty, '0'), { kind: 'outlook', ...outlookAt(hasty) }).state;
		expect(screenText(screenModel(late))).not.toMatch(/violation in \d+ step/);
	});

	it('is said in states while nothing has been found', () => {
		const { node, outlook } = outlookAt(hasty);
		const choices = outlook.choices.map(({ choice }) => ({
			choice,
			prospect: { kind: 'unknown' as const, states: 40 },
		}));
		const seen = update(hasty, { kind: 'outlook', node, outlook: { ...outlook, choices, isFinal: false } }).state;
		expect(screenText(screenModel(seen))).toContain('not known yet (40 states)');
	});
});

describe('a search', () => {
	it('is asked for with a command, and leads where it says', () => {
		const { state, effects } = decode(initialDecoder, ':nearest\r').units.reduce((at, unit) => update(at.state, unit), {
			state: hasty,
			effects: [],
		} as ReturnType<typeof update>);
		expect(state.message?.text).toBe('searching ...');
		const [effect] = effects;
		if (effect?.kind !== 'find') throw new Error('nothing is asked');
		const way = [{ actor: 0, alternative: 0 }];
		const answer = { kind: 'way', way, violation: null, isEndless: false, states: 3 } as const;
		const node = cursorOf(state);
		const arrived = update(state, { kind: 'answered', node, request: effect.request, answer }).state;
		expect(cursorOf(arrived).depth).toBe(1);
		const moved = press(state, '1');
		const late = update(moved, { kind: 'answered', node, request: effect.request, answer }).state;
		expect(cursorOf(late)).toBe(cursorOf(moved));
		expect(late.message?.text).toContain('you have moved on');
	});
});
