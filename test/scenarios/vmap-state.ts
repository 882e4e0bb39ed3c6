/** Reads off a state of the vmap models what the golden tables have in their columns. */

import { drawView } from '../../source/machine/evaluate.ts';
import type { ViewRow } from '../../source/machine/machine.ts';
import { entryPayload, isPresent } from '../../source/machine/page-table-entry.ts';
import { type MachineState, pointerStride } from '../../source/machine/state.ts';
import type { Violation } from '../../source/machine/violation.ts';
import { loadBundled } from '../../source/scenario/bundled.ts';
import type { Target } from '../../source/scenario/scenario.ts';
import { buildTarget, resolveSelection } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import { runSchedule } from '../../source/session/schedule.ts';

const scenario = loadBundled('vmap-stale-tlb');
const compiled = new Map<string, Target>();

/** The scenario on one kernel, for the program of a schedule or as named. A kernel is compiled once: its programs share the code. */
export function vmapTarget(selection: {
	readonly kernel: string;
	readonly program?: string;
	readonly schedule?: string;
	readonly options?: Readonly<Record<string, string>>;
}): Target {
	const full = resolveSelection(scenario, selection);
	const key = JSON.stringify([full.kernel, full.options]);
	const target = compiled.get(key) ?? buildTarget(scenario, selection);
	compiled.set(key, target);
	const program = scenario.programs.find(({ id }) => id === full.program);
	const entries = target.machine.entries.map((_, cpu) => program?.cpus[cpu]?.entry ?? null);
	return { ...target, selection: full, machine: { ...target.machine, setup: program?.setup ?? null, entries } };
}

export interface Moment {
	readonly mark: string;
	/** The schedule's entry, as written. */
	readonly text: string;
	readonly state: MachineState;
	/** What was reported in the steps of this entry. */
	readonly reports: readonly Violation[];
}

const followed = new Map<string, Moment[]>();

/** Follows a schedule to its end; once for each selection. Throws when an entry cannot be followed. */
export function followSchedule(
	kernel: string,
	schedule: string,
	options: Readonly<Record<string, string>> = {},
): Moment[] {
	const key = JSON.stringify([kernel, schedule, options]);
	const known = followed.get(key);
	if (known !== undefined) return known;
	const target = vmapTarget({ kernel, schedule, options });
	let session = startSession(target, schedule);
	const moments: Moment[] = [];
	for (;;) {
		const start = session.timeline.cursor;
		const run = runSchedule(session, 1, false);
		if (run.end === 'failed') throw new Error(`${kernel}, ${schedule}: ${run.error}`);
		session = run.session;
		for (const { entry, node } of run.finished) {
			const reports: Violation[] = [];
			for (let at = node; at !== start && at.parent !== null; at = at.parent) reports.unshift(...at.violations);
			moments.push({ mark: entry.mark, text: entry.text, state: node.state, reports });
		}
		if (run.end === 'finished' || run.finished.length === 0) {
			followed.set(key, moments);
			return moments;
		}
	}
}

export interface Columns {
	readonly cells: string | null;
	readonly free: number | null;
	readonly dirty: number | null;
	readonly range: string | null;
	readonly usedMap: string | null;
	readonly freeList: boolean;
	readonly xarray: boolean;
	readonly purgeList: boolean;
	/** A frame number a page, 0 for none. */
	readonly pte: readonly number[];
	/** By CPU: a frame number a page, 0 for none. */
	readonly tlbs: readonly (readonly number[])[];
	/** Number of blocks on CPU1's free list. */
	readonly otherFreeList: number;
	readonly lazy: number;
	/** `start,end,flush` of CPU0's walk: `MAX,0,0` or `+2,+4,1`. */
	readonly walk: string | null;
}

const pages = 4;

/** The columns of block A. */
export function columnsOf(target: Target, state: MachineState): Columns {
	const block = view(target, state, 'vmap_blocks').find(({ label }) => label === 'A');
	const lists = view(target, state, 'vmap_blocks').flatMap(({ badges }) => badges.map(({ text }) => text));
	const badges = block?.badges.map(({ text }) => text) ?? [];
	const isThere = block !== undefined && !badges.includes('FREED');
	const areas = view(target, state, 'vmap_areas');
	const area = areas.find(({ label }) => label === 'A');
	const walk = view(target, state, 'vmap_walk').find(({ label }) => label === 'CPU0');
	const usedMap = Number(field(block, 'used_map') ?? 0);
	return {
		cells: isThere ? block.cells.map(({ text }) => text).join('') : null,
		free: isThere ? Number(field(block, 'free')) : null,
		dirty: isThere ? Number.parseInt(field(block, 'dirty') ?? '', 10) : null,
		range: isThere ? (field(block, 'range') ?? '') : null,
		usedMap: isThere ? Array.from({ length: pages }, (_, page) => (usedMap >> page) & 1).join('') : null,
		freeList: badges.some((text) => text === 'FREE-LIST(q0)'),
		xarray: badges.some((text) => text === 'XARRAY(b0)'),
		purgeList: area?.badges.some(({ text }) => text === 'PURGE LIST') ?? false,
		pte: ptesOf(state),
		tlbs: state.tlbs.map((_, cpu) => translationsOf(state, cpu)),
		otherFreeList: lists.filter((text) => text === 'FREE-LIST(q1)').length,
		lazy: Number(
			field(
				areas.find(({ label }) => label === 'vmap_lazy_nr'),
				'pages',
			),
		),
		walk:
			walk === undefined
				? null
				: ['start', 'end', 'flush'].map((name) => (field(walk, name) ?? '').replace(/^A\+/, '+')).join(','),
	};
}

/** The rows of one of the model's views. */
export function view(target: Target, state: MachineState, name: string): readonly ViewRow[] {
	const { program } = target.machine;
	const index = program.functions.findIndex((fn) => fn.name === name);
	if (index === -1) throw new Error(`there is no view ${name}`);
	return drawView(target.machine, state, index);
}

function field(row: ViewRow | undefined, name: string): string | undefined {
	return row?.fields.find((candidate) => candidate.name === name)?.value;
}

/** Frame numbers of A's entries in the page table, read from memory. */
function ptesOf(state: MachineState): number[] {
	const root = state.spaces[0]?.root ?? 0;
	const cells = state.objects[Math.floor(root / pointerStride)]?.cells ?? [];
	return cells.slice(0, pages).map((entry) => (isPresent(entry) ? entryPayload(entry) : 0));
}

/** Frame numbers of a CPU's translations of A. */
function translationsOf(state: MachineState, cpu: number): number[] {
	const base = (state.spaces[0]?.base ?? 0) / 4096;
	return Array.from({ length: pages }, (_, page) => {
		return state.tlbs[cpu]?.find((entry) => entry.page === base + page)?.frame ?? 0;
	});
}
