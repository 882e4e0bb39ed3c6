/** Page frames: who owns them, and through which translations they can be reached. */

import { describeAddress, frameName } from '../machine/describe.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineState } from '../machine/state.ts';
import { mappingsOf } from './page-tables.ts';
import type { FrameRow } from './views.ts';

/** One row a frame, in order of number. */
export function frameRows(machine: Machine, state: MachineState, before: MachineState | null): readonly FrameRow[] {
	const aliases = aliasesByFrame(machine, state);
	return state.frames.slice(1).map((frame, index) => {
		const number = index + 1;
		const earlier = before?.frames[number];
		return {
			frame: frameName(number),
			owner: frame.isFree ? 'free' : (machine.program.texts[frame.owner] ?? ''),
			generation: frame.generation,
			word: frame.word,
			aliases: aliases.get(number) ?? [],
			changed:
				earlier !== undefined &&
				(earlier.isFree !== frame.isFree || earlier.owner !== frame.owner || earlier.word !== frame.word),
		};
	});
}

function aliasesByFrame(machine: Machine, state: MachineState): Map<number, string[]> {
	const { pageSize } = machine.configuration;
	const aliases = new Map<number, string[]>();
	const add = (frame: number, text: string): void => {
		aliases.set(frame, [...(aliases.get(frame) ?? []), text]);
	};
	for (const { space, page, frame } of mappingsOf(machine, state)) {
		add(frame, `PTE ${describeAddress(machine, state, space, page * pageSize)}`);
	}
	for (const [cpu, entries] of state.tlbs.entries()) {
		for (const { space, page, frame, stale } of entries) {
			add(frame, `TLB${cpu} ${describeAddress(machine, state, space, page * pageSize)}${stale ? ' (stale)' : ''}`);
		}
	}
	return aliases;
}
