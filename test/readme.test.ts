import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Lookahead } from '../source/explore/lookahead.ts';
import { Transitions } from '../source/explore/transitions.ts';
import { actors } from '../source/machine/step.ts';
import { loadBundled } from '../source/scenario/bundled.ts';
import { buildTarget } from '../source/scenario/target.ts';
import { execute, startSession } from '../source/session/commands.ts';
import { openStepper } from '../source/tui/app/stepper.ts';
import { update } from '../source/tui/app/update.ts';
import { type AppState, initialState } from '../source/tui/state/state.ts';
import { makeTheme } from '../source/tui/text/theme.ts';
import { screenModel } from '../source/tui/view-model/screen.ts';
import { screenRows } from './tui/screen-text.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the tour goes where the README says', () => {
	const points = [...readme.matchAll(/`:goto (\d+)`/g)].map((match) => match[1] ?? '');
	expect(points).toHaveLength(2);
	const [left = '', both = ''] = points;
	const target = buildTarget(loadBundled('vmap-stale-tlb'), { kernel: 'free-list' });
	const end = execute(startSession(target, 'mail'), 'mail 33').session;
	const freeList = 'print per_cpu(vmap_block_queue, 0).free.next == &per_cpu(vmap_block_queue, 0).free';
	const isEmptyAt = (step: number) => execute(execute(end, `goto ${step}`).session, freeList).output[0]?.text.at(-1);
	expect([isEmptyAt(Number(left) - 1), isEmptyAt(Number(left))]).toEqual(['0', '1']);
	const fork = execute(end, `goto ${both}`).session;
	const ready = actors(target.machine, fork.timeline.cursor.state).filter(({ status }) => status === 'ready');
	expect(ready.map(({ name }) => name)).toEqual(['cpu0', 'cpu1']);
	const branches = execute(fork, '0').session.timeline.branches.map(({ name }) => name);
	expect(branches).toEqual(['main', 'b2']);
});

it('its screen is what the program draws', () => {
	const drawn = /```\n( vmap-stale-tlb\/free-list [\s\S]*?)\n```/.exec(readme)?.[1]?.split('\n') ?? [];
	const target = buildTarget(loadBundled('vmap-stale-tlb'), { kernel: 'free-list' });
	const theme = makeTheme(false, true);
	const size = { columns: 80, rows: 24 };
	const opened = { ...initialState([], size, theme), screen: openStepper(startSession(target, 'mail'), size) };
	const pressed = Array.from({ length: 12 }).reduce<AppState>(
		(state) => update(state, { kind: 'key', name: 'm', bytes: 'm' }).state,
		opened,
	);
	const { screen } = pressed;
	if (screen.kind !== 'stepper') throw new Error('no session');
	const node = screen.stepper.session.timeline.cursor;
	const lookahead = new Lookahead(new Transitions(target.machine), node.state);
	lookahead.run();
	const { state } = update(pressed, { kind: 'outlook', node, outlook: lookahead.outlook });
	// The rows that a pane does not need are left out there.
	const rows = screenRows(screenModel(state)).map((row) => row.trimEnd());
	expect(rows.filter((row) => row !== '')).toEqual(drawn);
}, 60_000);
