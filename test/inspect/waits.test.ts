import { describe, expect, it } from 'vitest';
import { statusesOf } from '../../source/inspect/statuses.ts';
import { waitGraph } from '../../source/inspect/waits.ts';
import type { MachineState } from '../../source/machine/state.ts';
import { choices, initialState, step } from '../../source/machine/step.ts';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import type { Target } from '../../source/scenario/scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';

const yaml = (entries: readonly string[]) => `title: Waits
files: [waits.c]
machine: { cpus: ${entries.length}, frames: 1, table-sizes: [2] }
kernels: [{ id: only }]
programs:
  - id: all
    setup: prepare
    cpus: [${entries.map((entry) => `{ name: runs ${entry}, entry: ${entry} }`).join(', ')}]
`;

const source = `struct table { pte_t entry[2]; };
struct table root;
struct rw_semaphore sem;
struct mutex left, right;
int space;
bool done;

void prepare(void)
{
	space = mmu_define_space(&root, 0x1000, "test");
}

void left_right(void)
{
	mutex_lock(&left);
	mutex_lock(&right);
	mutex_unlock(&right);
	mutex_unlock(&left);
}

void right_left(void)
{
	mutex_lock(&right);
	mutex_lock(&left);
}

void reads(void)
{
	down_read(&sem);
	mutex_lock(&left);
}

void writes(void)
{
	down_write(&sem);
}

void waits_for_somebody(void)
{
	wait_event(done);
}

void waits_for_cpu1(void)
{
	wait_event(done, 1);
}

void again(void)
{
	mutex_lock(&left);
	mutex_lock(&left);
}

void irqs_off(void)
{
	local_irq_disable();
	mutex_lock(&left);
	local_irq_enable();
}

void flushes(void)
{
	mutex_lock(&left);
	ipi_flush(1, space, 0x1000, 0x2000);
	ipi_wait();
	mutex_unlock(&left);
}
`;

function targetWith(...entries: string[]): Target {
	const scenario = parseScenario('waits', [
		{ path: 'scenario.yaml', text: yaml(entries) },
		{ path: 'waits.c', text: source },
	]);
	return buildTarget(scenario, {});
}

/** The state after each actor of `actors` has made an op. */
function stateAfter({ machine }: Target, ...actors: number[]): MachineState {
	return actors.reduce(
		(state, actor) => step(machine, state, { actor, alternative: 0 }, 'op').state,
		initialState(machine).state,
	);
}

function graphOf(target: Target, state: MachineState, before: MachineState | null = null) {
	const earlier = before === null ? null : statusesOf(target.machine, before);
	return waitGraph(target, state, statusesOf(target.machine, state), earlier);
}

describe('the wait-for graph', () => {
	it('is empty while everybody can run', () => {
		const target = targetWith('left_right', 'right_left');
		expect(graphOf(target, stateAfter(target, 0))).toEqual({
			actors: [],
			waits: [],
			ready: ['CPU0', 'CPU1'],
			cycles: [],
		});
	});

	it('says who waits for what, and who has held it since when', () => {
		const target = targetWith('left_right', 'reads');
		const graph = graphOf(target, stateAfter(target, 1, 0, 0), stateAfter(target, 1, 0));
		expect(graph.waits).toEqual([
			{
				actor: 'CPU1',
				kind: 'lock',
				what: 'mutex left',
				on: [{ actor: 'CPU0', mode: 'exclusive', since: 2 }],
				inCycle: false,
				changed: false,
			},
		]);
		expect(graph.actors.map(({ name, role, status }) => [name, role, status])).toEqual([
			['CPU0', 'runs left_right', 'ready'],
			['CPU1', 'runs reads', 'waiting'],
		]);
		expect(graph.cycles).toEqual([]);
	});

	it('finds a cycle while others can still run', () => {
		const target = targetWith('left_right', 'right_left', 'writes');
		const state = stateAfter(target, 0, 1);
		expect(choices(target.machine, state).map(({ actor }) => actor)).toEqual([2]);
		const graph = graphOf(target, state, stateAfter(target, 0));
		expect(graph.cycles).toEqual([['CPU0', 'CPU1']]);
		expect(graph.waits.map(({ inCycle }) => inCycle)).toEqual([true, true]);
		expect(graph.waits.map(({ changed }) => changed)).toEqual([true, true]);
	});

	it('finds who waits for himself', () => {
		const target = targetWith('again');
		expect(graphOf(target, stateAfter(target, 0)).cycles).toEqual([['CPU0']]);
	});

	it('has an edge to every reader that a writer waits for', () => {
		const target = targetWith('reads', 'reads', 'writes');
		const writer = graphOf(target, stateAfter(target, 0, 1)).waits.find(({ actor }) => actor === 'CPU2');
		expect(writer?.on).toEqual([
			{ actor: 'CPU0', mode: 'shared', since: 1 },
			{ actor: 'CPU1', mode: 'shared', since: 2 },
		]);
	});

	it('leads a condition to the CPU that it names, or to nobody', () => {
		const target = targetWith('waits_for_somebody', 'left_right', 'waits_for_cpu1');
		const { waits } = graphOf(target, stateAfter(target));
		expect(waits.map(({ actor, kind, what, on }) => ({ actor, kind, what, on }))).toEqual([
			{ actor: 'CPU0', kind: 'condition', what: 'wait_event(done)', on: [] },
			{
				actor: 'CPU2',
				kind: 'condition',
				what: 'wait_event(done, 1)',
				on: [{ actor: 'CPU1', mode: null, since: null }],
			},
		]);
	});

	it('is a cycle through an interrupt only while that cannot be taken', () => {
		const off = targetWith('flushes', 'irqs_off');
		const stuck = graphOf(off, stateAfter(off, 1, 0, 0, 0));
		expect(stuck.cycles).toEqual([['CPU0', 'ipi1', 'CPU1']]);
		const on = targetWith('flushes', 'left_right');
		const fine = graphOf(on, stateAfter(on, 0, 0, 0));
		expect(fine.waits.map(({ actor, on: to }) => [actor, to[0]?.actor])).toEqual([
			['CPU0', 'ipi1'],
			['CPU1', 'CPU0'],
		]);
		expect(fine.cycles).toEqual([]);
	});
});
