/** Where the globals lie: they are made first, in order, and never freed, so their object ids follow from the program alone. */

import type { Program } from '../language/code.ts';
import type { Machine } from './machine.ts';
import { type MemoryObject, pointerStride } from './state.ts';

interface GlobalMap {
	/** Object id of each global, or of its copy for CPU 0 when it is per-CPU; the other copies follow. */
	readonly first: readonly number[];
	/** One past the last global's id. */
	readonly end: number;
}

const maps = new WeakMap<Program, Map<number, GlobalMap>>();

function mapOf(machine: Machine): GlobalMap {
	const { program, configuration } = machine;
	let byCpus = maps.get(program);
	if (byCpus === undefined) {
		byCpus = new Map();
		maps.set(program, byCpus);
	}
	let map = byCpus.get(configuration.cpus);
	if (map === undefined) {
		const first: number[] = [];
		let next = 1;
		for (const { isPerCpu } of program.globals) {
			first.push(next);
			next += isPerCpu ? configuration.cpus : 1;
		}
		map = { first, end: next };
		byCpus.set(configuration.cpus, map);
	}
	return map;
}

/** Object id of a global; of that CPU's copy when it is per-CPU. */
export function globalObject(machine: Machine, global: number, cpu: number): number {
	const first = mapOf(machine).first[global] ?? 0;
	return machine.program.globals[global]?.isPerCpu === true ? first + cpu : first;
}

/** The objects of all globals as they are before anything runs, by id; id 0 is null. */
export function globalObjects(machine: Machine): (MemoryObject | null)[] {
	const { program, configuration } = machine;
	const objects: (MemoryObject | null)[] = [null];
	for (const [index, global] of program.globals.entries()) {
		const copies = global.isPerCpu ? configuration.cpus : 1;
		for (let cpu = 0; cpu < copies; cpu++) {
			const cells = (program.layouts[global.layout]?.cells ?? []).map((_, cell) => global.initial[cell] ?? 0);
			// A per-CPU variable that points to a per-CPU variable means its own CPU's copy, as list heads do.
			for (const { cell, global: target, offset } of global.addresses) {
				cells[cell] = globalObject(machine, target, cpu) * pointerStride + offset;
			}
			objects.push({
				layout: global.layout,
				origin: 'global',
				owner: index,
				cpu: global.isPerCpu ? cpu : -1,
				status: 'live',
				cells,
				allocated: null,
				freed: null,
				name: '',
			});
		}
	}
	return objects;
}
