/** The CPUs (and the callback context) as the debugger shows them. */

import { positionOf } from '../language/code.ts';
import { contextName, describeCell } from '../machine/describe.ts';
import type { ActorStatus, Machine } from '../machine/machine.ts';
import type { Context, MachineState } from '../machine/state.ts';
import type { StackEntry } from '../machine/violation.ts';
import type { Target } from '../scenario/scenario.ts';
import { localsOf } from './locals.ts';
import type { CpuView } from './views.ts';

/** One view per context, CPUs first. `statuses` are the actors of `state`; `before` is compared with for changed locals. */
export function cpuViews(
	target: Target,
	state: MachineState,
	before: MachineState | null,
	statuses: readonly ActorStatus[],
): readonly CpuView[] {
	const { machine, scenario, selection } = target;
	const program = scenario.programs.find((candidate) => candidate.id === selection.program);
	return state.contexts.map((context, index) => {
		const status = statuses[index];
		const frame = context.frames.at(-1);
		const earlier = before?.contexts[index]?.frames[context.frames.length - 1];
		return {
			context: index,
			name: contextName(machine, index),
			role: program?.cpus[index]?.name ?? '',
			status: status?.status ?? 'idle',
			stack: stackOf(machine, context),
			waitsFor: status?.wait?.text ?? '',
			holds: holdsOf(machine, state, context),
			locals:
				frame === undefined
					? []
					: localsOf(
							machine,
							state,
							frame,
							before === null || earlier === undefined ? null : { state: before, frame: earlier },
						),
		};
	});
}

/** The call stack of a context, innermost first. */
export function stackOf(machine: Machine, context: Context): readonly StackEntry[] {
	return context.frames
		.map((frame, depth) => {
			const fn = machine.program.functions[frame.function];
			if (fn === undefined) return { function: '?', file: '', line: 0 };
			// A caller stands after its call: the call is the instruction before.
			const instruction = depth === context.frames.length - 1 ? frame.instruction : Math.max(0, frame.instruction - 1);
			const { file, line } = positionOf(machine.program, fn, instruction);
			return { function: fn.name, file, line };
		})
		.reverse();
}

function holdsOf(machine: Machine, state: MachineState, context: Context): readonly string[] {
	const lines = context.held.map(({ lock, mode, since }) => {
		const name = describeCell(machine, state, lock);
		return `${name}${mode === 'shared' ? ' (shared)' : ''} since step ${since.step}`;
	});
	if (context.rcuDepth > 0) lines.push(`RCU read section${context.rcuDepth > 1 ? `, depth ${context.rcuDepth}` : ''}`);
	if (context.preemptDepth > 0) lines.push('preemption off');
	if (context.irqsOff) lines.push('interrupts off');
	return lines;
}
