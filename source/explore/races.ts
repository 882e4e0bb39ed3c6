/**
 * Data races. Two accesses to one cell race when they conflict (at least one writes), at least one of them is plain, and nothing
 * orders them. Under sequential consistency that is so exactly if some interleaving comes to a state in which both can be done
 * next (Adve and Hill, "Weak Ordering: a New Definition", 1990; Boehm and Adve, "Foundations of the C++ Concurrency Memory Model",
 * 2008, section 3): were they ordered by a lock, an interrupt, a grace period or a publication, one of them could not be next
 * before the other is done. So a search that meets every state, or every one up to swapping what is independent, sees every race
 * and no false one. What is inside `atomic {}` or the condition of a wait is indivisible by decree and does not race.
 *
 * There are two ways to see them, and over all runs both see the same:
 * - the search: two accesses that can both be done next in a state. Such a state is on a run that does one right after the other,
 *   and nothing lies between that could order them, so happens-before along that run (happens-before.ts) reports the pair, too;
 * - a run: two accesses, however far apart, that nothing in the run orders. What lies between them and is ordered after the first
 *   can be put off until after the second, and the rest be done before the first; everybody still reads what it read. So another
 *   run does both in a row, and the search meets the state before them.
 * A single run sees a part of that. Both name a race alike: by its title (the functions, what each access is, and the cell) and the
 * place of the first access, a plain one and if possible a write. Several pairs of places may be one race by that name: two reads
 * by one function of what another writes, say. Races with one first access but another title are others.
 */

import type { Machine } from '../machine/machine.ts';
import { contextName } from '../machine/names.ts';
import type { StackEntry } from '../machine/violation.ts';
import type { CellAccess } from './operations.ts';
import type { ObjectHeader } from './values.ts';

/** One of two accesses that race: what, by whom and where. */
export interface RacingAccess {
	readonly access: CellAccess | null;
	readonly context: number;
	readonly place: StackEntry;
}

/** Two accesses that race; the first is a plain one. */
export interface Race {
	readonly first: RacingAccess;
	readonly second: RacingAccess;
}

/** A race between two accesses that can both be done next in some state. */
export interface SeenRace {
	/** Its number among the findings. */
	readonly finding: number;
	/** The two accesses as they stand in that state. Other contexts may do the same race in others. */
	readonly actions: readonly number[];
}

export function isRace(first: CellAccess | null, second: CellAccess | null): boolean {
	if (first === null || second === null) return false;
	if (first.object !== second.object || first.cell !== second.cell || first.object === 0) return false;
	return (first.isWrite || second.isWrite) && (first.access === 'plain' || second.access === 'plain');
}

/** The same race whatever the order in which its accesses are given. */
export function raceOf(one: RacingAccess, other: RacingAccess): Race {
	const rank = ({ access, place }: RacingAccess) =>
		`${access?.access === 'plain' ? 0 : 1} ${access?.isWrite === true ? 0 : 1} ${place.file} ${String(place.line).padStart(9, '0')} ${place.function}`;
	return rank(one) <= rank(other) ? { first: one, second: other } : { first: other, second: one };
}

/** `struct vmap_block.dirty`, `jiffies`. */
export function cellText(machine: Machine, header: ObjectHeader, cell: number): string {
	const layout = machine.program.layouts[header.layout];
	const path = layout?.cells[cell]?.path ?? '';
	const name = header.origin === 'global' ? machine.program.globals[header.owner]?.name : undefined;
	const base = name ?? layout?.name ?? 'object';
	return path === '' || path.startsWith('[') ? `${base}${path}` : `${base}.${path}`;
}

function accessText({ access }: RacingAccess): string {
	if (access === null) return 'access';
	return `${access.access === 'plain' ? '' : 'marked '}${access.isWrite ? 'write' : 'read'}`;
}

/** In the words of KCSAN: `data-race in vb_free / purge_fragmented_block: write and read of struct vmap_block.dirty`. */
export function raceTitle({ first, second }: Race): string {
	const functions = [...new Set([first.place.function, second.place.function])].join(' / ');
	return `data-race in ${functions}: ${accessText(first)} and ${accessText(second)} of ${first.access?.name ?? 'memory'}`;
}

/** What makes one finding of all races that have it in common: the place of the first access, and the title. */
export function raceIdentity(race: Race): string {
	const { function: fn, file, line } = race.first.place;
	return `${fn}|${file}|${line}|${raceTitle(race)}`;
}

/** The body of a report of which only the two accesses are known. */
export function raceReport(machine: Machine, { first, second }: Race): readonly string[] {
	const line = (leaf: RacingAccess) =>
		`${accessText(leaf)} by ${contextName(machine, leaf.context)} in ${leaf.place.function} (${leaf.place.file}:${leaf.place.line})`;
	return [line(first), line(second), 'nothing orders the two: both can be done next'];
}
