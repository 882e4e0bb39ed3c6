/**
 * The MMU: how a CPU gets from a virtual address to a frame. Tables are ordinary memory: an object whose first cells are the
 * entries. The walk reads them without any lock, and only what it finds present is cached.
 *
 * Simplifications: only the leaf's write flag counts, and only the leaf gets accessed and dirty; there is no cache of
 * upper-level entries.
 */

import { compareAddresses, pageOf } from './address.ts';
import { costNames } from './costs.ts';
import { errorAt } from './error-at.ts';
import { addressName, contextName, frameName, objectHistory, pointerName } from './names.ts';
import { entryFlags, entryPayload, isLeaf, isPresent, isWritable, makeEntry, withFlags } from './page-table-entry.ts';
import { cpuOf } from './processor.ts';
import { pointerStride, type Stamp, type TlbEntry } from './state.ts';
import type { Observer, PrimitiveBehaviour, PrimitiveCall, Store } from './store.ts';
import { checkCpu, checkSpace, findEntry, insertEntry } from './tlb.ts';

/** What a walk reads. A Store is one. */
export type TableMemory = Pick<Store, 'machine' | 'object' | 'cell' | 'spaces'>;

/** A leaf entry that maps pages. */
export interface Translation {
	/** The entry's value. */
	readonly entry: number;
	/** Pointers to the entries read, root first; the last is the leaf. */
	readonly path: readonly number[];
	/** First page that the leaf maps, and how many. */
	readonly page: number;
	readonly pages: number;
	/** Frame of the first page. */
	readonly frame: number;
}

export type Walk =
	| { readonly kind: 'mapped'; readonly translation: Translation }
	/** An entry on the way is not present, or the address lies outside the space. */
	| { readonly kind: 'none' }
	/** An entry leads to memory that is no live table: `table` is the pointer it holds. */
	| { readonly kind: 'wild'; readonly table: number };

/** Where the MMU finds a table's entries, or null when the object is no table of that size any more. */
function isTable(memory: TableMemory, table: number, size: number): boolean {
	const object = table > 0 && table % pointerStride === 0 ? memory.object(table / pointerStride) : null;
	if (object === null || object.status === 'freed') return false;
	const cells = memory.machine.program.layouts[object.layout]?.cells ?? [];
	const isEntry = (cell: number) => {
		const type = cells[cell]?.type;
		return type?.kind === 'machine' && type.name === 'entry';
	};
	return isEntry(0) && isEntry(size - 1);
}

/** Pages that one entry of each level spans, root first. `[4, 8]` gives `[8, 1]`. */
function spansByLevel(tableSizes: readonly number[]): readonly number[] {
	const spans: number[] = [];
	let span = 1;
	for (const size of tableSizes.toReversed()) {
		spans.unshift(span);
		span *= size;
	}
	return spans;
}

/** Walks the tables of a space for an address, as the hardware does now. Reads nothing else and changes nothing. */
export function walkTables(memory: TableMemory, space: number, address: number): Walk {
	const root = memory.spaces()[space];
	const { tableSizes, pageSize } = memory.machine.configuration;
	if (root === undefined || compareAddresses(address, root.base) < 0) return { kind: 'none' };
	const page = pageOf(address, pageSize);
	const spans = spansByLevel(tableSizes);
	// The distance from the base, exact even when the base is in the upper half of the addresses and the address too.
	let rest = page - pageOf(root.base, pageSize);
	const path: number[] = [];
	let table = root.root;
	for (const [level, size] of tableSizes.entries()) {
		const span = spans[level] ?? 1;
		const index = Math.floor(rest / span);
		if (index < 0 || index >= size) return { kind: 'none' };
		if (!isTable(memory, table, size)) return { kind: 'wild', table };
		rest -= index * span;
		path.push(table + index);
		const entry = memory.cell(table / pointerStride, index);
		if (!isPresent(entry)) return { kind: 'none' };
		if (isLeaf(entry, level, tableSizes.length)) {
			const translation = { entry, path, page: page - rest, pages: span, frame: entryPayload(entry) };
			return { kind: 'mapped', translation };
		}
		table = entryPayload(entry) * pointerStride;
	}
	return { kind: 'none' };
}

/** Every present translation of a space, in order of address. What cannot be walked (a freed table) is left out. */
export function translationsOf(memory: TableMemory, space: number): readonly Translation[] {
	const root = memory.spaces()[space];
	if (root === undefined) return [];
	const { tableSizes, pageSize } = memory.machine.configuration;
	const spans = spansByLevel(tableSizes);
	const found: Translation[] = [];
	const visit = (table: number, level: number, firstPage: number, above: readonly number[]): void => {
		const size = tableSizes[level] ?? 0;
		if (!isTable(memory, table, size)) return;
		for (let index = 0; index < size; index++) {
			const entry = memory.cell(table / pointerStride, index);
			if (!isPresent(entry)) continue;
			const path = [...above, table + index];
			const pages = spans[level] ?? 1;
			const page = firstPage + index * pages;
			if (isLeaf(entry, level, tableSizes.length)) found.push({ entry, path, page, pages, frame: entryPayload(entry) });
			else visit(entryPayload(entry) * pointerStride, level + 1, page, path);
		}
	};
	visit(root.root, 0, pageOf(root.base, pageSize), []);
	return found;
}

/** Sets accessed (and dirty) in the leaf, as the hardware does while it fills its TLB. */
function setHardwareFlags(store: Store, translation: Translation, flags: number): void {
	const leaf = translation.path.at(-1);
	if (leaf === undefined) return;
	const entry = withFlags(translation.entry, flags);
	if (entry !== translation.entry) store.setCell(Math.floor(leaf / pointerStride), leaf % pointerStride, entry);
}

interface Access {
	readonly store: Store;
	readonly observer: Observer;
	readonly cpu: number;
	readonly space: number;
	readonly at: Stamp;
}

function arrow(access: Access, entry: Pick<TlbEntry, 'frame' | 'page'>, page: number): string {
	const address = page * access.store.machine.configuration.pageSize;
	return `${addressName(access.store, access.space, address)} -> ${frameName(entry.frame + page - entry.page)}`;
}

/** Caches a translation that was just read from the tables, for a load or, when `dirty`, for a store. */
function fill(access: Access, translation: Translation, page: number, dirty: boolean): TlbEntry {
	const { store, observer, cpu, space, at } = access;
	setHardwareFlags(store, translation, entryFlags.accessed | (dirty ? entryFlags.dirty : 0));
	const entries = store.tlb(cpu);
	const old = entries[findEntry(entries, space, page)];
	const isSame =
		old !== undefined &&
		!old.stale &&
		old.frame === translation.frame &&
		old.page === translation.page &&
		old.pages === translation.pages &&
		old.path.every((pointer, level) => pointer === translation.path[level]);
	const entry: TlbEntry = {
		space,
		page: translation.page,
		pages: translation.pages,
		frame: translation.frame,
		generation: store.frame(translation.frame)?.generation ?? 0,
		writable: isWritable(translation.entry),
		dirty: dirty || (old !== undefined && isSame && old.dirty) || hasDirty(translation.entry),
		path: translation.path,
		stale: false,
		mark: isSame ? old.mark : 0,
		filled: isSame ? old.filled : at,
		staleSince: null,
	};
	store.setTlb(cpu, insertEntry(entries, entry));
	if (!isSame) {
		store.count(costNames.tlbFills, 1);
		observer.event('tlb-fill', () => `TLB fill ${arrow(access, entry, page)} on ${contextName(store.machine, cpu)}`);
	}
	return entry;
}

/** A dirty leaf is cached as dirty: the next store need not go back to the tables. */
function hasDirty(entry: number): boolean {
	return entry === withFlags(entry, entryFlags.dirty);
}

/** Reports that the tables lead to memory that is no table. */
function reportWildWalk(access: Access, table: number, address: number): void {
	const { store, observer, cpu, space } = access;
	const object = table > 0 ? store.object(Math.floor(table / pointerStride)) : null;
	const what = object?.status === 'freed' ? 'a freed page table' : 'what is no page table';
	const who = contextName(store.machine, cpu);
	const details = object === null ? [] : objectHistory(store, object);
	observer.report(
		'violation',
		'wild-walk',
		`${who} walks through ${what}, ${pointerName(store, table)}, for ${addressName(store, space, address)}`,
		details,
	);
}

/**
 * The translation that a load (or a store) by this CPU uses: the TLB's, stale or not, or else one read from the tables and
 * cached. A store that hits a translation which is clean or forbids it goes back to the tables, as on x86. Null for a fault,
 * which also drops what the TLB had for the page.
 */
function translate(access: Access, address: number, forStore: boolean): TlbEntry | null {
	const { store, observer, cpu, space } = access;
	const page = pageOf(address, store.machine.configuration.pageSize);
	const entries = store.tlb(cpu);
	const index = findEntry(entries, space, page);
	const hit = entries[index];
	if (hit !== undefined && (!forStore || (hit.writable && hit.dirty))) {
		store.count(costNames.tlbHits, 1);
		observer.event('tlb-hit', () => `TLB hit ${arrow(access, hit, page)}${hit.stale ? ' (stale)' : ''}`);
		return hit;
	}
	const walk = walkTables(store, space, address);
	if (walk.kind === 'mapped' && (!forStore || isWritable(walk.translation.entry))) {
		return fill(access, walk.translation, page, forStore);
	}
	if (walk.kind === 'wild') reportWildWalk(access, walk.table, address);
	if (hit !== undefined) store.setTlb(cpu, entries.toSpliced(index, 1));
	const reason = walk.kind === 'mapped' ? 'is read-only' : 'is not mapped';
	const verb = forStore ? 'store' : 'load';
	observer.event('fault', () => `${verb} ${addressName(store, space, address)}: fault, the page ${reason}`);
	return null;
}

function accessOf(call: PrimitiveCall, space: number): Access {
	const { store, observer, context, at } = call;
	return { store, observer, cpu: cpuOf(store.machine, context), space: checkSpace(call, space), at };
}

const efault = -14;

/** The frame that a translation leads to for an address; a number that is no frame is reported. */
function frameBehind(call: PrimitiveCall, entry: TlbEntry, address: number): number | null {
	const { store, observer } = call;
	const number = entry.frame + pageOf(address, store.machine.configuration.pageSize) - entry.page;
	if (number >= 1 && store.frame(number) !== null) return number;
	const title = `${addressName(store, entry.space, address)} is mapped to ${frameName(number)}, and there is no such frame`;
	observer.report('violation', 'garbage-mapping', title);
	return null;
}

/** A translation that a CPU might cache on its own. */
export interface SpeculativeFill {
	readonly space: number;
	readonly translation: Translation;
}

/** What a CPU could cache at this moment without having been asked: every present translation that it does not have. */
export function speculativeFills(store: Store, cpu: number): readonly SpeculativeFill[] {
	const entries = store.tlb(cpu);
	return store.spaces().flatMap((_, space) =>
		translationsOf(store, space)
			.filter(({ page }) => findEntry(entries, space, page) === -1)
			.map((translation) => ({ space, translation })),
	);
}

/** Text of a speculative fill, for the list of choices: `caches A+2 -> P3`. */
export function speculativeFillText(store: Store, fillOf: SpeculativeFill): string {
	const { page, frame } = fillOf.translation;
	const address = page * store.machine.configuration.pageSize;
	return `caches ${addressName(store, fillOf.space, address)} -> ${frameName(frame)}`;
}

/** Does a speculative fill. */
export function fillSpeculatively(
	store: Store,
	observer: Observer,
	cpu: number,
	fillOf: SpeculativeFill,
	at: Stamp,
): void {
	const { space, translation } = fillOf;
	fill({ store, observer, cpu, space, at }, translation, translation.page, false);
}

/** More address spaces than this are taken for a mistake. */
const maxSpaces = 64;

export const mmuPrimitives = {
	mmu_define_space: {
		run(call) {
			const [root = 0, base = 0, name = 0] = call.arguments;
			const { machine } = call.store;
			const spaces = call.store.spaces();
			const { tableSizes, pageSize } = machine.configuration;
			if (!isTable(call.store, root, tableSizes[0] ?? 0)) {
				const wanted = `a live object that begins with ${tableSizes[0]} page-table entries`;
				throw errorAt(machine, call.at, `mmu_define_space: the root must be ${wanted}`);
			}
			if (base % pageSize !== 0) throw errorAt(machine, call.at, 'mmu_define_space: the base is inside a page');
			if (spaces.length >= maxSpaces) throw errorAt(machine, call.at, `more than ${maxSpaces} address spaces`);
			call.store.setSpaces([...spaces, { name: machine.program.texts[name] ?? '', root, base }]);
			return spaces.length;
		},
	},
	mmu_load: {
		run(call) {
			const [space = -1, address = 0] = call.arguments;
			const entry = translate(accessOf(call, space), address, false);
			if (entry === null) return efault;
			const number = frameBehind(call, entry, address);
			return number === null ? 0 : (call.store.frame(number)?.word ?? 0);
		},
	},
	mmu_store: {
		run(call) {
			const [space = -1, address = 0, value = 0] = call.arguments;
			const entry = translate(accessOf(call, space), address, true);
			if (entry === null) return efault;
			const number = frameBehind(call, entry, address);
			const frame = number === null ? null : call.store.frame(number);
			if (number !== null && frame !== null) call.store.setFrame(number, { ...frame, word: value });
			return 0;
		},
	},
	tlb_fill: {
		run(call) {
			const [cpu = -1, space = -1, address = 0] = call.arguments;
			const { store, observer, at } = call;
			const access = { store, observer, cpu: checkCpu(call, cpu), space: checkSpace(call, space), at };
			const page = pageOf(address, store.machine.configuration.pageSize);
			if (findEntry(store.tlb(cpu), space, page) !== -1) return 1;
			const walk = walkTables(store, space, address);
			if (walk.kind === 'wild') reportWildWalk(access, walk.table, address);
			if (walk.kind !== 'mapped') return 0;
			fill(access, walk.translation, page, false);
			return 1;
		},
	},
	mmu_walk: {
		run(call) {
			const [space = -1, address = 0] = call.arguments;
			const walk = walkTables(call.store, checkSpace(call, space), address);
			return walk.kind === 'mapped' ? walk.translation.entry : 0;
		},
	},
	__table_entry: {
		run(call) {
			const [table = 0] = call.arguments;
			return table <= 0 ? 0 : makeEntry(Math.floor(table / pointerStride), entryFlags.present);
		},
	},
	__entry_table: {
		run(call) {
			const [entry = 0] = call.arguments;
			const isTableEntry = isPresent(entry) && !isLeaf(entry, 0, 2);
			return isTableEntry ? entryPayload(entry) * pointerStride : 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
