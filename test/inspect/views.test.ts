import { describe, expect, it } from 'vitest';
import { differences } from '../../source/inspect/difference.ts';
import { sourceView } from '../../source/inspect/source-view.ts';
import { viewsOf } from '../../source/inspect/state-views.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { initialState, step } from '../../source/machine/step.ts';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';

const yaml = `title: One page
files: [page.c]
machine: { cpus: 2, frames: 2, table-sizes: [4] }
kernels: [ { id: only } ]
programs:
  - id: both
    setup: prepare
    cpus: [ { name: maps, entry: first }, { name: loads, entry: second } ]
`;

const source = `struct table { pte_t entry[4]; };
struct box { int value; spinlock_t lock; };
struct table root;
struct box box;
__ghost int seen;
int space;

void prepare(void)
{
	space = mmu_define_space(&root, 0x1000, "test");
	name_range(space, 0x1000, 0x5000, "V");
	frame_alloc("first user");
	root.entry[1] = (pte_t)(256 * 1 + 3);
}

void first(void)
{
	int mine = 7;

	spin_lock(&box.lock);
	box.value = mine;
	root.entry[1] = (pte_t)0;
	spin_unlock(&box.lock);
}

void second(void)
{
	mmu_load(space, 0x2000);
	spin_lock(&box.lock);
	spin_unlock(&box.lock);
}

__view void my_rows(void)
{
	view_row("box");
	view_field("value", "%d", box.value);
}
`;

const scenario = parseScenario('one-page', [
	{ path: 'scenario.yaml', text: yaml },
	{ path: 'page.c', text: source },
]);
const target = buildTarget(scenario, {});

/** The states after each actor of `actors` has made a line step, the first before all of them. */
function walk(...actors: number[]): MachineState[] {
	const states = [initialState(target.machine).state];
	for (const actor of actors) {
		const at = states.at(-1);
		if (at !== undefined) states.push(step(target.machine, at, { actor, alternative: 0 }, 'line').state);
	}
	return states;
}

function last(...actors: number[]): { now: MachineState; before: MachineState } {
	const [before, now] = walk(...actors).slice(-2);
	if (before === undefined || now === undefined) throw new Error('no step was made');
	return { now, before };
}

describe('the views of a state', () => {
	it('say for a lock who holds it since when, and who waits', () => {
		const { now, before } = last(0, 1, 0);
		const views = viewsOf(target, now, before);
		expect(views.locks).toEqual([
			{
				name: 'box.lock',
				kind: 'spinlock',
				holders: [{ actor: 'CPU0', mode: 'exclusive', since: 3 }],
				waiters: ['CPU1'],
				changed: true,
			},
		]);
		expect(views.cpus[0]?.holds).toEqual(['box.lock since step 3']);
		expect(views.cpus[1]).toMatchObject({ role: 'loads', status: 'waiting' });
		expect(views.cpus[1]?.waitsFor).toContain('held by CPU0 since step 3');
	});

	it('show a translation as live while the tables agree, and as stale since the step that cleared the entry', () => {
		const cached = last(1);
		expect(viewsOf(target, cached.now, cached.before).tlbs).toEqual([
			{
				label: 'V+1',
				space: 'test',
				page: 2,
				pte: 'P1 W A',
				cells: [
					{ cpu: 0, text: '', state: 'empty', remark: '', changed: false },
					{ cpu: 1, text: 'P1 W', state: 'live', remark: 'filled step 1', changed: true },
				],
			},
		]);
		const cleared = last(1, 0, 0, 0, 0);
		const views = viewsOf(target, cleared.now, cleared.before);
		expect(views.tlbs[0]).toMatchObject({ pte: 'none' });
		expect(views.tlbs[0]?.cells[1]).toMatchObject({ state: 'stale', remark: 'filled step 1; stale since step 5' });
		expect(views.pageTables.filter(({ changed }) => changed).map(({ label, entry }) => [label, entry])).toEqual([
			['V+1', 'none'],
		]);
		expect(views.frames[0]).toMatchObject({ frame: 'P1', owner: 'first user', aliases: ['TLB1 V+1 (stale)'] });
	});

	it('mark the local and the field that a step changed, with what they were', () => {
		const { now, before } = last(0, 0);
		expect(viewsOf(target, now, before).cpus[0]?.locals).toEqual([
			{ name: 'mine', type: 'int', value: '7', before: null },
		]);
		const stored = last(0, 0, 0);
		const box = viewsOf(target, stored.now, stored.before).objects.find(({ name }) => name === 'box');
		expect(box?.fields[0]).toEqual({ name: 'value', type: 'int', value: '7', before: '0' });
	});

	it('leave out what exists for checking only', () => {
		expect(viewsOf(target, walk()[0] as MachineState, null).objects.map(({ name }) => name)).not.toContain('seen');
	});

	it('hold the rows that the model draws, marked when they changed', () => {
		const { now, before } = last(0, 0, 0);
		const [view] = viewsOf(target, now, before).custom;
		expect(view?.title).toBe('my rows');
		expect(view?.rows[0]).toMatchObject({ label: 'box', fields: [{ name: 'value', value: '7' }], changed: true });
	});

	it('show the source with the line about to run, tabs expanded', () => {
		const { now } = last(0);
		const view = sourceView(target, now, 0, 0);
		expect(view).toMatchObject({ file: 'page.c', function: 'first' });
		expect(view?.lines[(view.current ?? 0) - 1]?.text).toBe('        spin_lock(&box.lock);');
		expect(sourceView(target, now, 0, 5)).toBeNull();
	});
});

describe('the differences of two states', () => {
	it('are none between a state and itself', () => {
		const [state] = walk();
		expect(differences(target, state as MachineState, state as MachineState)).toEqual([]);
	});

	it('name what differs, with both values', () => {
		const states = walk(0, 0, 0);
		const [start, end] = [states[0] as MachineState, states[3] as MachineState];
		expect(differences(target, start, end)).toContainEqual({
			view: 'objects',
			label: 'box.value',
			before: '0',
			after: '7',
		});
		const back = differences(target, end, start);
		expect(back).toContainEqual({ view: 'objects', label: 'box.value', before: '7', after: '0' });
		expect(back.map(({ label }) => label)).toContain('CPU0 holds');
	});
});
