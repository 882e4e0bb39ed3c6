/**
 * A Store over a vector. It notes everything that is read from the vector, in order, and keeps what is written beside it, so that
 * what an operation did can be remembered and done again without running it. See decision-tree.ts and transitions.ts.
 */

import { type Machine, MachineError } from '../machine/machine.ts';
import { memoryOf, referenced } from '../machine/reachability.ts';
import {
	type AddressSpace,
	type Context,
	type MemoryObject,
	type NamedRange,
	type PageFrame,
	type PendingFlush,
	pointerStride,
	type RcuCallback,
	type StackFrame,
	type TlbEntry,
} from '../machine/state.ts';
import type { Store } from '../machine/store.ts';
import type { Codec } from './codec.ts';
import { absent } from './components.ts';
import { referenceState, referencesTo, specialRead } from './decision-tree.ts';
import { isStepCell } from './object-layout.ts';
import {
	componentKind,
	contextField,
	contextStatuses,
	endField,
	locationOf,
	locationStride,
	objectField,
	referencesField,
} from './slots.ts';
import { constantStamp, type ObjectHeader } from './values.ts';

/** A change of a whole slot. */
export interface SlotChange {
	readonly slot: number;
	readonly component: number;
}

/** A change of one place. */
export interface PlaceChange {
	readonly slot: number;
	readonly index: number;
	readonly value: number;
}

/** What was read and written. */
export interface Recording {
	readonly slots: readonly number[];
	readonly indices: readonly number[];
	readonly values: readonly number[];
	readonly slotChanges: readonly SlotChange[];
	readonly placeChanges: readonly PlaceChange[];
	/** Locations (slots.ts) that others may write and on which the outcome depends. */
	readonly read: ReadonlySet<number>;
	/** Locations that it changes, or may change. */
	readonly written: ReadonlySet<number>;
	/** Slots that the result needs. */
	readonly width: number;
}

/** What has been written to an object. */
interface WrittenObject {
	/** Null when the object was there before. */
	readonly header: ObjectHeader | null;
	status: MemoryObject['status'] | null;
	readonly cells: (number | undefined)[];
}

type ContextChange = Partial<Context>;

export class RecordingStore implements Store {
	readonly machine: Machine;
	readonly clock = 0;
	private readonly codec: Codec;
	private readonly base: Int32Array;
	/** The slot that the tree's root already stands for: reading it tells nothing new. -1 for none. */
	private readonly known: number;

	private readonly readSlots: number[] = [];
	private readonly readIndices: number[] = [];
	private readonly readValues: number[] = [];
	private readonly seen = new Set<number>();
	private readonly read = new Set<number>();
	private readonly written = new Set<number>();

	private readonly objects = new Map<number, WrittenObject | null>();
	private readonly added = new Set<number>();
	private readonly views = new Map<number, MemoryObject>();
	private readonly contexts = new Map<number, ContextChange>();
	private readonly contextViews = new Map<number, Context>();
	private readonly tlbs = new Map<number, readonly TlbEntry[]>();
	private readonly pageFrames = new Map<number, PageFrame>();
	private newSpaces: readonly AddressSpace[] | null = null;
	private newCallbacks: readonly RcuCallback[] | null = null;
	private newFlushes: readonly PendingFlush[] | null = null;
	private newAlarms: readonly string[] | null = null;
	private newFinished = false;
	private highest: number;
	/** No object can have a higher id. */
	private readonly highestId: number;

	constructor(codec: Codec, base: Int32Array, known: number) {
		this.machine = codec.machine;
		this.codec = codec;
		this.base = base;
		this.known = known;
		this.highest = base.length - 1 - codec.slots.objects;
		this.highestId = Math.max(codec.machine.configuration.maxObjects + 1, codec.firstDynamic);
	}

	// Reading

	/** The number at a place of the base, which is noted. */
	private readPlace(slot: number, index: number): number {
		const value = this.codec.components.value(this.base[slot] ?? 0, index);
		this.note(slot, index, value);
		return value;
	}

	private note(slot: number, index: number, value: number): void {
		const location = locationOf(slot, index);
		if (this.seen.has(location)) return;
		this.seen.add(location);
		if (slot === this.known && index >= 0) {
			// Others end grace periods that this context waits for; the rest of it is nobody else's business.
			if (index === contextField.gracePeriod) this.read.add(location);
			return;
		}
		this.readSlots.push(slot);
		this.readIndices.push(index);
		this.readValues.push(value);
		if (index >= 0) this.read.add(location);
	}

	private objectSlot(id: number): number {
		return this.codec.slots.objects + id;
	}

	private isGlobal(id: number): boolean {
		return id > 0 && id < this.codec.firstDynamic;
	}

	private headerOf(id: number): ObjectHeader | null {
		const written = this.objects.get(id);
		if (written === null) return null;
		if (written?.header != null) return written.header;
		if (id < 1 || id > this.highestId || !Number.isInteger(id)) return null;
		const { components, values } = this.codec;
		// Globals are there from the beginning to the end: to see one is no news.
		if (this.isGlobal(id)) return values.headerOf(components.value(this.base[this.objectSlot(id)] ?? 0, 0));
		const number = this.readPlace(this.objectSlot(id), objectField.header);
		return number === absent ? null : values.headerOf(number);
	}

	object(id: number): MemoryObject | null {
		const header = this.headerOf(id);
		if (header === null) return null;
		let view = this.views.get(id);
		if (view === undefined) {
			view = new ObjectView(this, id, header, this.machine.program.layouts[header.layout]?.cells.length ?? 0);
			this.views.set(id, view);
		}
		return view;
	}

	statusOf(id: number): MemoryObject['status'] {
		const status = this.objects.get(id)?.status;
		if (status != null) return status;
		if (this.isGlobal(id)) return 'live';
		return this.readPlace(this.objectSlot(id), objectField.status) === 1 ? 'freed' : 'live';
	}

	lastObject(): number {
		this.note(0, specialRead.width, this.base.length);
		return this.highest;
	}

	cell(object: number, cell: number): number {
		const header = this.headerOf(object);
		if (header === null) return 0;
		const { layouts } = this.machine.program;
		if (cell < 0 || cell >= (layouts[header.layout]?.cells.length ?? 0)) return 0;
		const value = this.objects.get(object)?.cells[cell];
		return value ?? this.readPlace(this.objectSlot(object), objectField.firstCell + cell);
	}

	context(index: number): Context {
		let view = this.contextViews.get(index);
		if (view === undefined) {
			if (index < 0 || index > this.machine.configuration.cpus) {
				throw new MachineError(`there is no context ${index}`, '');
			}
			view = new ContextView(this, index);
			this.contextViews.set(index, view);
		}
		return view;
	}

	contextPlace(index: number, field: number): number {
		return this.readPlace(this.codec.slots.contexts + index, field);
	}

	changeOf(index: number): ContextChange | undefined {
		return this.contexts.get(index);
	}

	framesOf(number: number): readonly StackFrame[] {
		return this.codec.values.framesOf(number);
	}

	heldOf(number: number): Context['held'] {
		return this.codec.values.heldOf(number);
	}

	gracePeriodOf(number: number): Context['gracePeriod'] {
		return this.codec.values.gracePeriodOf(number);
	}

	tlb(cpu: number): readonly TlbEntry[] {
		const written = this.tlbs.get(cpu);
		if (written !== undefined) return written;
		if (cpu < 0 || cpu >= this.machine.configuration.cpus) return [];
		return this.codec.values.tlbOf(this.readPlace(this.codec.slots.tlbs + cpu, 0));
	}

	spaces(): readonly AddressSpace[] {
		const { slots, values } = this.codec;
		return this.newSpaces ?? values.spacesOf(this.readPlace(slots.spaces, 0));
	}

	frame(number: number): PageFrame | null {
		if (number < 1 || number > this.machine.configuration.frames || !Number.isInteger(number)) return null;
		const { slots, values } = this.codec;
		return this.pageFrames.get(number) ?? values.pageFrameOf(this.readPlace(slots.frames, number));
	}

	callbacks(): readonly RcuCallback[] {
		const { slots, values } = this.codec;
		return this.newCallbacks ?? values.callbacksOf(this.readPlace(slots.callbacks, 0));
	}

	flushes(): readonly PendingFlush[] {
		const { slots, values } = this.codec;
		return this.newFlushes ?? values.flushesOf(this.readPlace(slots.flushes, 0));
	}

	alarms(): readonly string[] {
		const { slots, values } = this.codec;
		return this.newAlarms ?? values.alarmsOf(this.readPlace(slots.end, endField.alarms));
	}

	finished(): boolean {
		return this.newFinished || this.readPlace(this.codec.slots.end, endField.finished) === 1;
	}

	ranges(): readonly NamedRange[] {
		return [];
	}

	// Writing

	addObject(object: MemoryObject): number {
		const id = this.lowestFreeId();
		const { maxObjects } = this.machine.configuration;
		if (id > maxObjects) throw new MachineError(`more than ${maxObjects} objects at once`, '');
		const { layout, origin, owner, cpu, status } = object;
		this.objects.set(id, { header: { layout, origin, owner, cpu }, status, cells: [...object.cells] });
		this.added.add(id);
		this.views.delete(id);
		this.highest = Math.max(this.highest, id);
		return id;
	}

	/** Whether the object has been made on this store, so that nobody else can have it. */
	hasAdded(id: number): boolean {
		return this.added.has(id);
	}

	changeObject(id: number, change: Partial<Pick<MemoryObject, 'status' | 'freed' | 'name'>>): void {
		if (change.status === undefined) return;
		const written = this.writable(id);
		if (written !== null) written.status = change.status;
	}

	dropObject(id: number): void {
		this.objects.set(id, null);
		this.views.delete(id);
	}

	setCell(object: number, cell: number, value: number): void {
		const header = this.headerOf(object);
		if (header === null || cell < 0) return;
		if (cell >= (this.machine.program.layouts[header.layout]?.cells.length ?? 0)) return;
		const written = this.writable(object);
		if (written !== null) written.cells[cell] = isStepCell(this.machine, header.layout, cell) ? 0 : value;
	}

	private writable(id: number): WrittenObject | null {
		const written = this.objects.get(id);
		if (written !== undefined) return written;
		if (this.headerOf(id) === null) return null;
		const fresh: WrittenObject = { header: null, status: null, cells: [] };
		this.objects.set(id, fresh);
		return fresh;
	}

	changeContext(index: number, change: Partial<Context>): void {
		this.contexts.set(index, { ...this.contexts.get(index), ...change });
		this.contextViews.delete(index);
	}

	setTlb(cpu: number, entries: readonly TlbEntry[]): void {
		this.tlbs.set(cpu, entries);
	}

	setSpaces(spaces: readonly AddressSpace[]): void {
		this.newSpaces = spaces;
	}

	setFrame(number: number, frame: PageFrame): void {
		this.pageFrames.set(number, frame);
	}

	setCallbacks(callbacks: readonly RcuCallback[]): void {
		this.newCallbacks = callbacks;
	}

	setFlushes(flushes: readonly PendingFlush[]): void {
		this.newFlushes = flushes;
	}

	setRanges(): void {}

	count(): void {}

	setAlarms(alarms: readonly string[]): void {
		this.newAlarms = alarms;
	}

	setFinished(): void {
		this.newFinished = true;
	}

	// Which objects may be used again

	private lowestFreeId(): number {
		for (let id = this.codec.firstDynamic; ; id++) {
			const slot = this.objectSlot(id);
			// Who allocates depends on whoever gives up the last pointer to what was freed.
			this.read.add(locationOf(slot, referencesField));
			this.read.add(locationOf(slot, objectField.header));
			const written = this.objects.get(id);
			if (written === null) return id;
			if (this.headerOf(id) === null) return id;
			if (this.statusOf(id) === 'freed' && !this.isReferenced(id)) return id;
		}
	}

	/** Whether something in the state as it is now leads to a freed object. */
	isReferenced(id: number): boolean {
		const state = this.referenceStateOf(id);
		if (state === referenceState.none && !this.mayReferTo(id)) return false;
		if (state === referenceState.live && this.objects.size === 0 && this.isOnlyKnownContextChanged()) return true;
		return referenced(memoryOf(this))[id] !== 0;
	}

	private referenceStateOf(id: number): number {
		const { slots, components } = this.codec;
		const shape = { components, objects: slots.objects };
		const value = referencesTo(shape, this.base, id, this.known);
		this.note(id, specialRead.references - 1 - this.known, value);
		this.read.add(locationOf(this.objectSlot(id), referencesField));
		return value;
	}

	private isOnlyKnownContextChanged(): boolean {
		const isElsewhere = [...this.contexts.keys()].some((index) => this.codec.slots.contexts + index !== this.known);
		const isDeviceChanged = this.tlbs.size > 0 || this.newSpaces !== null || this.newCallbacks !== null;
		return !isElsewhere && !isDeviceChanged;
	}

	/** Whether what has been written, or the known context, may have a pointer to the object. Errs on the side of yes. */
	private mayReferTo(id: number): boolean {
		const isPointer = (value: number) => Math.floor(value / pointerStride) === id || Math.floor(value / 256) === id;
		for (const written of this.objects.values()) {
			if (written?.cells.some((value) => value !== undefined && isPointer(value)) === true) return true;
		}
		if (!this.isOnlyKnownContextChanged()) return true;
		if (this.known === -1) return false;
		const { frames, held } = this.context(this.known - this.codec.slots.contexts);
		const isInFrame = ({ registers, locals }: StackFrame) => registers.some(isPointer) || locals.includes(id);
		return frames.some(isInFrame) || held.some(({ lock }) => isPointer(lock));
	}

	// What came of it

	finish(): Recording {
		const slotChanges: SlotChange[] = [];
		const placeChanges: PlaceChange[] = [];
		const { codec } = this;
		const { slots, values, components } = codec;
		let width = 0;
		const place = (slot: number, index: number, value: number): void => {
			if (this.seen.has(locationOf(slot, index)) && this.baseValue(slot, index) === value) return;
			placeChanges.push({ slot, index, value });
			this.written.add(locationOf(slot, index));
		};
		for (const [id, object] of this.objects) {
			const slot = this.objectSlot(id);
			const header = object?.header ?? null;
			if (object === null || header !== null) {
				const component = object === null || header === null ? 0 : this.componentOf(object, header);
				slotChanges.push({ slot, component });
				for (let index = 0; index < locationStride; index++) {
					if (index > 1 + (object?.cells.length ?? this.cellsBefore(slot))) break;
					this.written.add(locationOf(slot, index));
				}
				if (component !== 0) width = Math.max(width, slot + 1);
				continue;
			}
			if (object.status !== null) place(slot, objectField.status, object.status === 'freed' ? 1 : 0);
			for (const [cell, value] of object.cells.entries()) {
				if (value !== undefined) place(slot, objectField.firstCell + cell, value);
			}
		}
		for (const [index, change] of this.contexts) {
			const slot = slots.contexts + index;
			const fields = this.fieldsOf(change);
			if (slot !== this.known) {
				for (const [field, value] of fields) place(slot, field, value);
				continue;
			}
			const tuple = components.tuple(this.base[slot] ?? 0);
			for (const [field, value] of fields) {
				if (tuple[field] !== value) this.written.add(locationOf(slot, field));
				tuple[field] = value;
			}
			slotChanges.push({ slot, component: components.intern(componentKind.context, tuple) });
		}
		for (const [cpu, entries] of this.tlbs) place(slots.tlbs + cpu, 0, values.tlb(entries));
		for (const [number, frame] of this.pageFrames) place(slots.frames, number, values.pageFrame(frame));
		if (this.newSpaces !== null) place(slots.spaces, 0, values.spaces(this.newSpaces));
		if (this.newCallbacks !== null) place(slots.callbacks, 0, values.callbacks(this.newCallbacks));
		if (this.newFlushes !== null) place(slots.flushes, 0, values.flushes(this.newFlushes));
		if (this.newAlarms !== null) place(slots.end, endField.alarms, values.alarms(this.newAlarms));
		if (this.newFinished) place(slots.end, endField.finished, 1);
		return {
			slots: this.readSlots,
			indices: this.readIndices,
			values: this.readValues,
			slotChanges,
			placeChanges,
			read: this.read,
			written: this.written,
			width,
		};
	}

	private baseValue(slot: number, index: number): number {
		return this.codec.components.value(this.base[slot] ?? 0, index);
	}

	private cellsBefore(slot: number): number {
		const id = this.base[slot] ?? 0;
		return id === 0 ? 0 : this.codec.components.tuple(id).length - objectField.firstCell;
	}

	private componentOf(object: WrittenObject, header: ObjectHeader): number {
		return this.codec.object({
			...header,
			status: object.status ?? 'live',
			cells: object.cells.map((value) => value ?? 0),
			allocated: constantStamp,
			freed: null,
			name: '',
		});
	}

	private fieldsOf(change: ContextChange): readonly (readonly [number, number])[] {
		const { values } = this.codec;
		const fields: [number, number][] = [];
		if (change.status !== undefined) fields.push([contextField.status, contextStatuses.indexOf(change.status)]);
		if (change.frames !== undefined) fields.push([contextField.frames, values.frames(change.frames)]);
		if (change.held !== undefined) fields.push([contextField.held, values.held(change.held)]);
		if (change.rcuDepth !== undefined) fields.push([contextField.rcuDepth, change.rcuDepth]);
		if (change.preemptDepth !== undefined) fields.push([contextField.preemptDepth, change.preemptDepth]);
		if (change.irqsOff !== undefined) fields.push([contextField.irqsOff, change.irqsOff ? 1 : 0]);
		if (change.gracePeriod !== undefined) {
			fields.push([contextField.gracePeriod, values.gracePeriod(change.gracePeriod)]);
		}
		if (change.atomicDepth !== undefined) fields.push([contextField.atomicDepth, change.atomicDepth]);
		return fields;
	}
}

/** An object whose parts are read from the store when they are looked at. */
class ObjectView implements MemoryObject {
	readonly layout: number;
	readonly origin: MemoryObject['origin'];
	readonly owner: number;
	readonly cpu: number;
	readonly allocated = null;
	readonly freed = null;
	readonly name = '';
	private readonly store: RecordingStore;
	private readonly id: number;
	private readonly length: number;
	private list: readonly number[] | null = null;

	constructor(store: RecordingStore, id: number, header: ObjectHeader, cells: number) {
		this.store = store;
		this.id = id;
		this.length = cells;
		this.layout = header.layout;
		this.origin = header.origin;
		this.owner = header.owner;
		this.cpu = header.cpu;
	}

	get cells(): readonly number[] {
		const { store, id, length } = this;
		this.list ??= new Proxy<readonly number[]>(new Array<number>(length).fill(0), {
			get: (target, name) => {
				const index = typeof name === 'string' ? Number(name) : Number.NaN;
				return Number.isInteger(index) && index >= 0 && index < length
					? store.cell(id, index)
					: Reflect.get(target, name);
			},
		});
		return this.list;
	}

	get status(): MemoryObject['status'] {
		return this.store.statusOf(this.id);
	}
}

/** A context whose parts are read from the store when they are looked at; of the moment when it was asked for. */
class ContextView implements Context {
	private readonly store: RecordingStore;
	private readonly index: number;
	private readonly change: ContextChange | undefined;

	constructor(store: RecordingStore, index: number) {
		this.store = store;
		this.index = index;
		this.change = store.changeOf(index);
	}

	private place(field: number): number {
		return this.store.contextPlace(this.index, field);
	}

	get status(): Context['status'] {
		return this.change?.status ?? contextStatuses[this.place(contextField.status)] ?? 'idle';
	}

	get frames(): Context['frames'] {
		return this.change?.frames ?? this.store.framesOf(this.place(contextField.frames));
	}

	get held(): Context['held'] {
		return this.change?.held ?? this.store.heldOf(this.place(contextField.held));
	}

	get rcuDepth(): number {
		return this.change?.rcuDepth ?? this.place(contextField.rcuDepth);
	}

	get preemptDepth(): number {
		return this.change?.preemptDepth ?? this.place(contextField.preemptDepth);
	}

	get irqsOff(): boolean {
		return this.change?.irqsOff ?? this.place(contextField.irqsOff) === 1;
	}

	get gracePeriod(): Context['gracePeriod'] {
		const changed = this.change?.gracePeriod;
		return changed !== undefined ? changed : this.store.gracePeriodOf(this.place(contextField.gracePeriod));
	}

	get atomicDepth(): number {
		return this.change?.atomicDepth ?? this.place(contextField.atomicDepth);
	}
}
