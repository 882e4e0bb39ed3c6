import { describe, expect, it } from 'vitest';
import { WaySearch } from '../../source/explore/goal.ts';
import { type Monitor, MonitoredSearch } from '../../source/explore/monitored-search.ts';
import { Transitions } from '../../source/explore/transitions.ts';
import { initialState, step } from '../../source/machine/step.ts';
import { targetOf } from '../scenarios/follow.ts';

/** Done with the first violation; a step costs 1. */
const untilViolation: Monitor<string> = {
	start: () => ({ progress: 0, cost: 0, notes: [] }),
	judge: (progress, { findings }) => {
		const found = findings.filter(({ severity }) => severity === 'violation').map(({ kind }) => kind);
		return { progress: found.length > 0 ? 1 : progress, cost: 1, notes: found };
	},
	isDone: (progress) => progress === 1,
	rank: (progress) => progress,
};

const targets = [
	targetOf('mremap-pageout', { kernel: 'unfixed' }),
	targetOf('ptdump-walk', { kernel: 'no-continue' }),
	targetOf('fuse-write', { kernel: 'old', program: 'two-files' }),
	targetOf('vmap-stale-tlb', { kernel: 'no-rcu', program: 'last-unmap-and-aliases' }),
];

describe.each(targets.map((target) => [`${target.scenario.id}/${target.selection.kernel}`, target] as const))(
	'%s',
	(_, target) => {
		const { machine } = target;
		const start = initialState(machine).state;

		it('comes to the nearest violation in as few steps as a search for that', () => {
			const nearest = new WaySearch(new Transitions(machine), start, { kind: 'violation' });
			nearest.run();
			const search = new MonitoredSearch(new Transitions(machine), start, untilViolation);
			const end = search.run();
			expect(typeof end).toBe('number');
			const way = search.wayTo(Number(end));
			expect(nearest.answer).toMatchObject({ kind: 'way', way: { length: way.length } });
			// The way can be gone, and the state at its end is the one that the machine comes to.
			const last = way.reduce((at, { choice }) => step(machine, at, choice, 'op').state, start);
			expect(search.stateOf(Number(end))).toEqual(last);
		});

		it('gives up at its bound', () => {
			const search = new MonitoredSearch(new Transitions(machine), start, untilViolation, { nodes: 5, bytes: 2 ** 30 });
			expect(search.run()).toBe('bounded');
		});
	},
);

describe('a kernel without a violation', () => {
	const { machine } = targetOf('ptdump-walk', { kernel: 'patch' });
	const start = initialState(machine).state;

	it('is searched to the end', () => {
		expect(new MonitoredSearch(new Transitions(machine), start, untilViolation).run()).toBe(null);
	});

	it('takes no step that the monitor does not allow', () => {
		const onlyCpu1: Monitor<string> = {
			...untilViolation,
			judge: (progress, at) => (at.choice.actor === 1 ? untilViolation.judge(progress, at) : null),
		};
		const search = new MonitoredSearch(new Transitions(machine), start, onlyCpu1);
		expect(search.run()).toBe(null);
		expect(search.farthest.flatMap((node) => search.wayTo(node)).every(({ choice }) => choice.actor === 1)).toBe(true);
	});
});
