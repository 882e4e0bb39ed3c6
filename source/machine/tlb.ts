/**
 * The TLBs: per CPU a list of cached translations, in order of space, then address, no two of one space overlapping. Nothing
 * here looks at the page tables except to notice that they have changed under a cached translation.
 */

import { compareAddresses, type PageSpan, pageOf, pagesOfRange, spansOverlap } from './address.ts';
import { costNames } from './costs.ts';
import { errorAt } from './error-at.ts';
import { addressName, contextName } from './names.ts';
import { entryPayload, isLeaf, isPresent, isWritable } from './page-table-entry.ts';
import type { Stamp, TlbEntry } from './state.ts';
import type { Observer, PrimitiveBehaviour, PrimitiveCall, Store } from './store.ts';
import { neverStamp, timeStamp } from './time-stamp.ts';

function spanOf(entry: Pick<TlbEntry, 'page' | 'pages'>): PageSpan {
	return { first: entry.page, last: entry.page + entry.pages - 1 };
}

/** Number of the entry that translates the page, or -1. */
export function findEntry(entries: readonly TlbEntry[], space: number, page: number): number {
	const span = { first: page, last: page };
	return entries.findIndex((entry) => entry.space === space && spansOverlap(spanOf(entry), span));
}

/** The list with one entry more; those of the same space that overlap it make way. */
export function insertEntry(entries: readonly TlbEntry[], entry: TlbEntry): readonly TlbEntry[] {
	const span = spanOf(entry);
	const kept = entries.filter((other) => other.space !== entry.space || !spansOverlap(spanOf(other), span));
	const after = kept.findIndex(
		(other) =>
			other.space > entry.space || (other.space === entry.space && compareAddresses(other.page, entry.page) > 0),
	);
	return kept.toSpliced(after === -1 ? kept.length : after, 0, entry);
}

/**
 * Drops every entry of a CPU that overlaps the addresses `start` to before `end`. An empty or inverted range drops nothing.
 * Returns how many entries went.
 */
export function invalidateRange(
	store: Store,
	observer: Observer,
	cpu: number,
	space: number,
	start: number,
	end: number,
): number {
	const dropped = dropRange(store, cpu, space, start, end);
	observer.event('tlb-flush', () => flushText(store, contextName(store.machine, cpu), space, start, end, dropped));
	return dropped;
}

function flushText(store: Store, who: string, space: number, start: number, end: number, dropped: number): string {
	const range = `${addressName(store, space, start)}..${addressName(store, space, end)}`;
	return `${who} invalidates ${range}: ${dropped} ${dropped === 1 ? 'entry' : 'entries'} dropped`;
}

function dropRange(store: Store, cpu: number, space: number, start: number, end: number): number {
	const span = pagesOfRange(start, end, store.machine.configuration.pageSize);
	const entries = store.tlb(cpu);
	const kept = span === null ? entries : entries.filter((e) => e.space !== space || !spansOverlap(spanOf(e), span));
	const dropped = entries.length - kept.length;
	if (dropped > 0) store.setTlb(cpu, kept);
	store.count(costNames.tlbInvalidations, 1);
	if (dropped > 0) store.count(costNames.tlbDropped, dropped);
	return dropped;
}

/**
 * To be called after every change of a page-table entry by software. Marks the cached translations that were read through it
 * as stale when it no longer says what they say: it is not present any more, points elsewhere, or forbids the stores that a
 * writable translation allows. Hardware that sets accessed or dirty must not call it; it would do no harm.
 */
export function entryChanged(store: Store, pointer: number, before: number, after: number, at: Stamp): void {
	if (!isPresent(before)) return;
	const { cpus, tableSizes } = store.machine.configuration;
	const isStruck = (entry: TlbEntry) => {
		const level = entry.path.indexOf(pointer);
		if (level === -1 || entry.stale) return false;
		const gone =
			!isPresent(after) ||
			entryPayload(after) !== entryPayload(before) ||
			isLeaf(after, level, tableSizes.length) !== isLeaf(before, level, tableSizes.length);
		return gone || (entry.writable && level === entry.path.length - 1 && !isWritable(after));
	};
	for (let cpu = 0; cpu < cpus; cpu++) {
		const entries = store.tlb(cpu);
		if (entries.some(isStruck)) {
			store.setTlb(
				cpu,
				entries.map((entry) => (isStruck(entry) ? { ...entry, stale: true, staleSince: at } : entry)),
			);
		}
	}
}

/** Throws MachineError for a CPU that is not there. */
export function checkCpu(call: PrimitiveCall, cpu: number): number {
	if (cpu >= 0 && cpu < call.store.machine.configuration.cpus) return cpu;
	throw errorAt(call.store.machine, call.at, `there is no CPU ${cpu}`);
}

/** Throws MachineError for an address space that has not been defined. */
export function checkSpace(call: PrimitiveCall, space: number): number {
	if (call.store.spaces()[space] !== undefined) return space;
	throw errorAt(call.store.machine, call.at, `there is no address space ${space}`);
}

function entryOf(call: PrimitiveCall): TlbEntry {
	const [cpu = -1, index = -1] = call.arguments;
	const entry = call.store.tlb(checkCpu(call, cpu))[index];
	if (entry !== undefined) return entry;
	throw errorAt(
		call.store.machine,
		call.at,
		`the TLB of ${contextName(call.store.machine, cpu)} has no entry ${index}`,
	);
}

/** A primitive that reads one property of an entry. */
function property(read: (entry: TlbEntry, call: PrimitiveCall) => number): PrimitiveBehaviour {
	return { run: (call) => read(entryOf(call), call) };
}

export const tlbPrimitives = {
	tlb_invalidate: {
		run(call) {
			const [cpu = -1, space = -1, start = 0, end = 0] = call.arguments;
			invalidateRange(call.store, call.observer, checkCpu(call, cpu), checkSpace(call, space), start, end);
			return 0;
		},
	},
	tlb_invalidate_everywhere: {
		run(call) {
			const [space = -1, start = 0, end = 0] = call.arguments;
			checkSpace(call, space);
			const { store, observer } = call;
			let dropped = 0;
			for (let cpu = 0; cpu < store.machine.configuration.cpus; cpu++) {
				dropped += dropRange(store, cpu, space, start, end);
			}
			observer.event('tlb-flush', () => flushText(store, 'every CPU', space, start, end, dropped));
			return 0;
		},
	},
	tlb_count: { run: (call) => call.store.tlb(checkCpu(call, call.arguments[0] ?? -1)).length },
	tlb_lookup: {
		run(call) {
			const [cpu = -1, space = -1, address = 0] = call.arguments;
			const page = pageOf(address, call.store.machine.configuration.pageSize);
			return findEntry(call.store.tlb(checkCpu(call, cpu)), checkSpace(call, space), page);
		},
	},
	tlb_space: property((entry) => entry.space),
	tlb_address: property((entry, call) => entry.page * call.store.machine.configuration.pageSize),
	tlb_frame: property((entry) => entry.frame),
	tlb_generation: property((entry) => entry.generation),
	tlb_is_stale: property((entry) => (entry.stale ? 1 : 0)),
	tlb_filled_at: property((entry) => timeStamp(entry.filled.step)),
	tlb_stale_since: property((entry) => (entry.staleSince === null ? neverStamp : timeStamp(entry.staleSince.step))),
	tlb_mark: property((entry) => entry.mark),
	tlb_set_mark: {
		run(call) {
			const entry = entryOf(call);
			const [cpu = -1, index = -1, mark = 0] = call.arguments;
			if (entry.mark !== mark) call.store.setTlb(cpu, call.store.tlb(cpu).with(index, { ...entry, mark }));
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
