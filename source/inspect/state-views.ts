/** All views of a state at once. */

import { contextName, describeAddress, describePointer } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import type { Target } from '../scenario/scenario.ts';
import { cpuViews } from './cpus.ts';
import { customViews } from './custom-views.ts';
import { frameRows } from './frames.ts';
import { lockRows } from './locks.ts';
import { objectRows } from './objects.ts';
import { pageTableRows } from './page-tables.ts';
import { statusesOf } from './statuses.ts';
import { tlbRows } from './tlbs.ts';
import type { CostRow, InterruptRow, RcuView, StateViews } from './views.ts';
import { waitGraph } from './waits.ts';

/**
 * Every view of `state`. What differs from `before` (usually the state one step earlier) is marked; with null nothing is.
 */
export function viewsOf(target: Target, state: MachineState, before: MachineState | null): StateViews {
	const { machine } = target;
	const statuses = statusesOf(machine, state);
	return {
		cpus: cpuViews(target, state, before, statuses),
		pageTables: pageTableRows(machine, state, before),
		tlbs: tlbRows(machine, state, before),
		locks: lockRows(machine, state, before, statuses),
		waits: waitGraph(target, state, statuses, before === null ? null : statusesOf(machine, before)),
		frames: frameRows(machine, state, before),
		objects: objectRows(machine, state, before),
		rcu: rcuView(machine, state),
		interrupts: interruptRows(machine, state),
		custom: customViews(machine, state, before),
		costs: costRows(state, before),
	};
}

function rcuView(machine: Machine, state: MachineState): RcuView {
	return {
		readers: state.contexts.flatMap(({ rcuDepth }, index) =>
			rcuDepth > 0 ? [{ actor: contextName(machine, index), depth: rcuDepth }] : [],
		),
		callbacks: state.callbacks.map(({ function: fn, argument, waitsFor, queued }) => ({
			text: `${fn < 0 ? 'kfree' : (machine.program.functions[fn]?.name ?? '?')}(${describePointer(machine, state, argument)}), queued step ${queued.step}`,
			waitsFor: waitsFor.map((context) => contextName(machine, context)),
		})),
	};
}

function interruptRows(machine: Machine, state: MachineState): readonly InterruptRow[] {
	return state.flushes.map(({ target, sender, space, start, end, sent }) => ({
		text:
			`flush ${describeAddress(machine, state, space, start)}..${describeAddress(machine, state, space, end)} on ` +
			`${contextName(machine, target)}, sent by ${contextName(machine, sender)} at step ${sent.step}`,
	}));
}

function costRows(state: MachineState, before: MachineState | null): readonly CostRow[] {
	return Object.entries(state.costs)
		.map(([name, value]) => ({ name, value, growth: before === null ? 0 : value - (before.costs[name] ?? 0) }))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}
