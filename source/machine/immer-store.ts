/**
 * A Store over an immutable MachineState. Reads hit plain data; what a step writes is kept beside the base and put into it in
 * one immer recipe when the step is over, so that everything untouched is shared with the state before, and frozen.
 */

import { castDraft, Immer } from 'immer';
import { type Machine, MachineError } from './machine.ts';
import { memoryOf, referenced } from './reachability.ts';
import type {
	AddressSpace,
	Context,
	MachineState,
	MemoryObject,
	NamedRange,
	PageFrame,
	PendingFlush,
	RcuCallback,
	TlbEntry,
} from './state.ts';
import type { Store } from './store.ts';

const immer = new Immer({ autoFreeze: true });

/** An object that this step has written to. */
type WrittenObject = Omit<MemoryObject, 'cells' | 'status' | 'freed' | 'name'> & {
	cells: number[];
	status: MemoryObject['status'];
	freed: MemoryObject['freed'];
	name: string;
};

/** One step's view of a state. Made for a step and thrown away with it. */
export class ImmerStore implements Store {
	readonly machine: Machine;
	readonly clock: number;
	private readonly base: MachineState;
	/** By id; `undefined` where the base has not been written to. */
	private readonly written: (WrittenObject | null | undefined)[] = [];
	private isWritten = false;
	private length: number;
	private contexts: Context[] | null = null;
	private tlbs: (readonly TlbEntry[])[] | null = null;
	private frames: PageFrame[] | null = null;
	private costs: Map<string, number> | null = null;
	private currentSpaces: readonly AddressSpace[];
	private currentCallbacks: readonly RcuCallback[];
	private currentFlushes: readonly PendingFlush[];
	private currentRanges: readonly NamedRange[];
	private currentAlarms: readonly string[];
	private isFinished: boolean;

	/** @param clock number of the step that writes to this store */
	constructor(machine: Machine, base: MachineState, clock: number) {
		this.machine = machine;
		this.clock = clock;
		this.base = base;
		this.length = base.objects.length;
		this.currentSpaces = base.spaces;
		this.currentCallbacks = base.callbacks;
		this.currentFlushes = base.flushes;
		this.currentRanges = base.ranges;
		this.currentAlarms = base.alarms;
		this.isFinished = base.finished;
	}

	object(id: number): MemoryObject | null {
		if (this.isWritten) {
			const written = this.written[id];
			if (written !== undefined) return written;
		}
		return this.base.objects[id] ?? null;
	}

	lastObject(): number {
		return this.length - 1;
	}

	addObject(object: MemoryObject): number {
		const id = this.lowestFreeId();
		const { maxObjects } = this.machine.configuration;
		if (id > maxObjects) throw new MachineError(`more than ${maxObjects} objects at once`, '');
		this.written[id] = { ...object, cells: [...object.cells] };
		this.isWritten = true;
		if (id >= this.length) this.length = id + 1;
		return id;
	}

	changeObject(id: number, change: Partial<Pick<MemoryObject, 'status' | 'freed' | 'name'>>): void {
		const object = this.writable(id);
		if (object !== null) Object.assign(object, change);
	}

	dropObject(id: number): void {
		this.written[id] = null;
		this.isWritten = true;
		while (this.length > 1 && this.object(this.length - 1) === null) this.length--;
	}

	cell(object: number, cell: number): number {
		return this.object(object)?.cells[cell] ?? 0;
	}

	setCell(object: number, cell: number, value: number): void {
		const writable = this.writable(object);
		if (writable !== null && cell >= 0 && cell < writable.cells.length) writable.cells[cell] = value;
	}

	context(index: number): Context {
		const context = (this.contexts ?? this.base.contexts)[index];
		if (context === undefined) throw new MachineError(`there is no context ${index}`, '');
		return context;
	}

	changeContext(index: number, change: Partial<Context>): void {
		this.contexts ??= [...this.base.contexts];
		this.contexts[index] = { ...this.context(index), ...change };
	}

	tlb(cpu: number): readonly TlbEntry[] {
		return (this.tlbs ?? this.base.tlbs)[cpu] ?? [];
	}

	setTlb(cpu: number, entries: readonly TlbEntry[]): void {
		this.tlbs ??= [...this.base.tlbs];
		this.tlbs[cpu] = entries;
	}

	spaces(): readonly AddressSpace[] {
		return this.currentSpaces;
	}

	setSpaces(spaces: readonly AddressSpace[]): void {
		this.currentSpaces = spaces;
	}

	frame(number: number): PageFrame | null {
		return number > 0 ? ((this.frames ?? this.base.frames)[number] ?? null) : null;
	}

	setFrame(number: number, frame: PageFrame): void {
		this.frames ??= [...this.base.frames];
		this.frames[number] = frame;
	}

	callbacks(): readonly RcuCallback[] {
		return this.currentCallbacks;
	}

	setCallbacks(callbacks: readonly RcuCallback[]): void {
		this.currentCallbacks = callbacks;
	}

	flushes(): readonly PendingFlush[] {
		return this.currentFlushes;
	}

	setFlushes(flushes: readonly PendingFlush[]): void {
		this.currentFlushes = flushes;
	}

	ranges(): readonly NamedRange[] {
		return this.currentRanges;
	}

	setRanges(ranges: readonly NamedRange[]): void {
		this.currentRanges = ranges;
	}

	count(name: string, amount: number): void {
		this.costs ??= new Map();
		// Names come from models: one that every object inherits must not be taken for a counter.
		const before = Object.hasOwn(this.base.costs, name) ? this.base.costs[name] : undefined;
		this.costs.set(name, (this.costs.get(name) ?? before ?? 0) + amount);
	}

	alarms(): readonly string[] {
		return this.currentAlarms;
	}

	setAlarms(alarms: readonly string[]): void {
		this.currentAlarms = alarms;
	}

	finished(): boolean {
		return this.isFinished;
	}

	setFinished(): void {
		this.isFinished = true;
	}

	/** The state with everything written, frozen. The store must not be used afterwards. */
	finish(): MachineState {
		const { base } = this;
		// Parts are replaced as wholes: a list is copied once, by hand, and its untouched members stay those of the base.
		return immer.produce(base, (draft) => {
			if (this.clock !== base.clock) draft.clock = this.clock;
			if (this.isWritten) draft.objects = castDraft(this.mergedObjects());
			if (this.contexts !== null) draft.contexts = castDraft(this.contexts);
			if (this.tlbs !== null) draft.tlbs = castDraft(this.tlbs);
			if (this.frames !== null) draft.frames = castDraft(this.frames);
			if (this.costs !== null) for (const [name, value] of this.costs) draft.costs[name] = value;
			if (this.currentSpaces !== base.spaces) draft.spaces = castDraft(this.currentSpaces);
			if (this.currentCallbacks !== base.callbacks) draft.callbacks = castDraft(this.currentCallbacks);
			if (this.currentFlushes !== base.flushes) draft.flushes = castDraft(this.currentFlushes);
			if (this.currentRanges !== base.ranges) draft.ranges = castDraft(this.currentRanges);
			if (this.currentAlarms !== base.alarms) draft.alarms = castDraft(this.currentAlarms);
			if (this.isFinished !== base.finished) draft.finished = this.isFinished;
		});
	}

	private mergedObjects(): readonly (MemoryObject | null)[] {
		const merged = this.base.objects.slice(0, this.length);
		for (let id = 1; id < this.written.length && id < this.length; id++) {
			const object = this.written[id];
			if (object !== undefined) merged[id] = object;
		}
		return merged;
	}

	private writable(id: number): WrittenObject | null {
		const written = this.written[id];
		if (written !== undefined) return written;
		const object = this.base.objects[id] ?? null;
		if (object === null) return null;
		const copy = { ...object, cells: [...object.cells] };
		this.written[id] = copy;
		this.isWritten = true;
		return copy;
	}

	private lowestFreeId(): number {
		let freed = 0;
		let free = this.length;
		for (let id = 1; id < this.length; id++) {
			const object = this.object(id);
			if (object === null) {
				free = id;
				break;
			}
			if (object.status === 'freed' && freed === 0) freed = id;
		}
		if (freed === 0) return free;
		const marks = referenced(memoryOf(this));
		for (let id = freed; id < free; id++) if (this.object(id)?.status === 'freed' && marks[id] === 0) return id;
		return free;
	}
}
