/** Reads off a state of the mremap models what their golden tables have in their columns. */

import { contextName } from '../../source/machine/describe.ts';
import { entryFlagBits, entryFlags, entryPayload, isPresent } from '../../source/machine/page-table-entry.ts';
import { type MachineState, pointerStride } from '../../source/machine/state.ts';
import type { Target } from '../../source/scenario/scenario.ts';

export interface PageTableColumns {
	/** What the address leads to, level by level: `D1 T1 P1`, `D2 none`, `none`, `D2 T1 swap`. */
	readonly O: string;
	readonly N: string;
	/** Who holds what. */
	readonly locks: Readonly<Record<string, string>>;
	/** `CPU2 N P1`. */
	readonly tlb: readonly string[];
	/** Owner of the frame, or `free`. */
	readonly frame: string;
}

const pageSize = 4096;

export function columnsOf({ machine }: Target, state: MachineState): PageTableColumns {
	const root = state.spaces[0];
	if (root === undefined) throw new Error('there is no address space');
	const address = (name: string) => state.ranges.find((range) => range.name === name)?.start ?? 0;
	const nameOf = (object: number) => machine.program.globals[state.objects[object]?.owner ?? -1]?.name ?? '?';
	const { tableSizes } = machine.configuration;

	function walk(name: string): string {
		let rest = (address(name) - (root?.base ?? 0)) / pageSize;
		let table = Math.floor((root?.root ?? 0) / pointerStride);
		const found: string[] = [];
		for (const level of tableSizes.keys()) {
			const span = tableSizes.slice(level + 1).reduce((product, size) => product * size, 1);
			const entry = state.objects[table]?.cells[Math.floor(rest / span)] ?? 0;
			rest %= span;
			if (!isPresent(entry)) return [...found, softText(entry)].join(' ');
			table = entryPayload(entry);
			found.push(level === tableSizes.length - 1 ? `P${table}` : nameOf(table));
		}
		return found.join(' ');
	}

	const locks: Record<string, string> = {};
	for (const [index, context] of state.contexts.entries()) {
		for (const { lock } of context.held) {
			const object = state.objects[Math.floor(lock / pointerStride)];
			const path = machine.program.layouts[object?.layout ?? -1]?.cells[lock % pointerStride]?.path ?? '';
			locks[`${nameOf(Math.floor(lock / pointerStride))}.${path}`] = contextName(machine, index);
		}
	}
	const ranges = state.ranges;
	const frame = state.frames[1];
	return {
		O: walk('O'),
		N: walk('N'),
		locks,
		tlb: state.tlbs.flatMap((entries, cpu) =>
			entries.map(({ page, frame }) => {
				const range = ranges.find(({ start }) => start === page * pageSize);
				return `CPU${cpu} ${range?.name ?? '?'} P${frame}`;
			}),
		),
		frame: frame?.isFree === true ? 'free' : (machine.program.texts[frame?.owner ?? 0] ?? ''),
	};
}

function softText(entry: number): string {
	const bits = entryFlagBits(entry);
	if ((bits & entryFlags.soft1) !== 0) return 'swap';
	return (bits & entryFlags.soft2) !== 0 ? 'migration' : 'none';
}
