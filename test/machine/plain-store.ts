/**
 * A Store over plain mutable arrays, for tests of single primitives: no sharing, no reuse of ids, nothing clever. It knows
 * nothing of how the real stores work.
 */

import type { FunctionCode, GlobalVariable, Program } from '../../source/language/code.ts';
import { type Primitive, type PrimitiveName, primitives } from '../../source/language/primitives.ts';
import type { Cell, Layout, MachineType, ScalarType, Type } from '../../source/language/types.ts';
import type { Machine, MachineConfiguration, MachineEvent, ViewRow, WaitReason } from '../../source/machine/machine.ts';
import { behaviours } from '../../source/machine/primitives/table.ts';
import { checkMaySleep } from '../../source/machine/sleeping.ts';
import {
	type AddressSpace,
	type Context,
	type MemoryObject,
	type NamedRange,
	type PageFrame,
	type PendingFlush,
	pointerStride,
	type RcuCallback,
	type Stamp,
	type TlbEntry,
} from '../../source/machine/state.ts';
import type { Observer, PrimitiveCall, Store } from '../../source/machine/store.ts';
import type { Severity, ViolationKind } from '../../source/machine/violation.ts';

const integer: ScalarType = { kind: 'integer', name: 'int', bits: 32, signed: true };
const unsignedLong: ScalarType = { kind: 'integer', name: 'unsigned long', bits: 64, signed: false };

export const scalarTypes = { int: integer, ulong: unsignedLong } as const;

export function machineType(name: MachineType['name']): MachineType {
	return { kind: 'machine', name };
}

/** A layout of a struct whose fields are scalars. */
export function structLayout(tag: string, fields: Readonly<Record<string, ScalarType>>): Layout {
	const cells: Cell[] = Object.entries(fields).map(([path, type]) => ({ path, type }));
	return { name: `struct ${tag}`, type: { kind: 'struct', tag }, cells };
}

export function scalarLayout(name: string, type: ScalarType): Layout {
	return { name, type, cells: [{ path: '', type }] };
}

/** A table of `size` page-table entries and a lock behind them. */
export function tableLayout(size: number): Layout {
	const cells: Cell[] = Array.from({ length: size }, (_, i) => ({ path: `entries[${i}]`, type: machineType('entry') }));
	cells.push({ path: 'lock', type: machineType('spinlock_t') });
	return { name: `struct table${size}`, type: { kind: 'struct', tag: `table${size}` }, cells };
}

export function functionNamed(name: string): FunctionCode {
	const result: Type = { kind: 'void' };
	return {
		name,
		type: { result, parameters: [] },
		file: 0,
		firstLine: 10,
		lastLine: 20,
		comment: '',
		isStatic: false,
		isLibraryHelper: false,
		role: 'plain',
		registers: 0,
		code: [{ op: 'return', source: null }],
		lines: [{ file: 0, line: 12, column: 3, statement: true }],
		locals: [],
		memoryLocals: [],
	};
}

export function globalNamed(name: string, layout: number, type: Type): GlobalVariable {
	return {
		name,
		type,
		layout,
		file: 0,
		line: 1,
		isStatic: false,
		isPerCpu: false,
		isGhost: false,
		initial: [],
		addresses: [],
	};
}

export function testProgram(parts: Partial<Program> = {}): Program {
	return {
		files: [{ path: 'test.c', text: '' }],
		structs: {},
		layouts: [],
		functions: [functionNamed('main_fn'), functionNamed('callback_fn')],
		globals: [],
		texts: [''],
		constants: {},
		types: {},
		...parts,
	};
}

export function testMachine(program: Program, configuration: Partial<MachineConfiguration> = {}): Machine {
	return {
		program,
		configuration: {
			cpus: 2,
			frames: 8,
			tableSizes: [4],
			pageSize: 4096,
			rcu: 'preemptible',
			fill: 'explicit',
			memoryModel: 'sc',
			maxInstructions: 1000,
			maxStackDepth: 10,
			maxObjects: 50,
			...configuration,
		},
		setup: null,
		entries: ['main_fn', 'main_fn'],
		mutedKinds: [],
	};
}

function runningContext(): Context {
	return {
		status: 'running',
		frames: [],
		held: [],
		rcuDepth: 0,
		preemptDepth: 0,
		irqsOff: false,
		gracePeriod: null,
		atomicDepth: 0,
	};
}

const freeFrame: PageFrame = { owner: 0, isFree: true, generation: 0, word: 0, changed: null };

export class PlainStore implements Store {
	readonly machine: Machine;
	clock = 1;
	readonly objects: (MemoryObject | null)[] = [null];
	readonly contexts: Context[];
	readonly tlbs: (readonly TlbEntry[])[];
	readonly frames: PageFrame[];
	readonly costs: Record<string, number> = {};
	private allSpaces: readonly AddressSpace[] = [];
	private allCallbacks: readonly RcuCallback[] = [];
	private allFlushes: readonly PendingFlush[] = [];
	private allRanges: readonly NamedRange[] = [];
	private allAlarms: readonly string[] = [];
	private isFinished = false;

	constructor(machine: Machine) {
		const { cpus, frames } = machine.configuration;
		this.machine = machine;
		this.contexts = Array.from({ length: cpus + 1 }, (_, index) => ({
			...runningContext(),
			status: index < cpus ? 'running' : 'idle',
		}));
		this.tlbs = Array.from({ length: cpus }, () => []);
		this.frames = Array.from({ length: frames + 1 }, () => freeFrame);
	}

	object(id: number): MemoryObject | null {
		return this.objects[id] ?? null;
	}
	lastObject(): number {
		return this.objects.length - 1;
	}
	addObject(object: MemoryObject): number {
		return this.objects.push(object) - 1;
	}
	changeObject(id: number, change: Partial<MemoryObject>): void {
		this.objects[id] = { ...this.known(id), ...change };
	}
	dropObject(id: number): void {
		this.objects[id] = null;
	}
	cell(object: number, cell: number): number {
		return this.known(object).cells[cell] ?? 0;
	}
	setCell(object: number, cell: number, value: number): void {
		const known = this.known(object);
		if (cell >= known.cells.length) throw new Error(`object ${object} has no cell ${cell}`);
		this.objects[object] = { ...known, cells: known.cells.with(cell, value) };
	}
	private known(id: number): MemoryObject {
		const object = this.objects[id];
		if (object === null || object === undefined) throw new Error(`no object ${id}`);
		return object;
	}

	context(index: number): Context {
		const context = this.contexts[index];
		if (context === undefined) throw new Error(`no context ${index}`);
		return context;
	}
	changeContext(index: number, change: Partial<Context>): void {
		this.contexts[index] = { ...this.context(index), ...change };
	}

	tlb(cpu: number): readonly TlbEntry[] {
		return this.tlbs[cpu] ?? [];
	}
	setTlb(cpu: number, entries: readonly TlbEntry[]): void {
		this.tlbs[cpu] = entries;
	}
	spaces(): readonly AddressSpace[] {
		return this.allSpaces;
	}
	setSpaces(spaces: readonly AddressSpace[]): void {
		this.allSpaces = spaces;
	}
	frame(number: number): PageFrame | null {
		return number >= 1 ? (this.frames[number] ?? null) : null;
	}
	setFrame(number: number, frame: PageFrame): void {
		this.frames[number] = frame;
	}
	callbacks(): readonly RcuCallback[] {
		return this.allCallbacks;
	}
	setCallbacks(callbacks: readonly RcuCallback[]): void {
		this.allCallbacks = callbacks;
	}
	flushes(): readonly PendingFlush[] {
		return this.allFlushes;
	}
	setFlushes(flushes: readonly PendingFlush[]): void {
		this.allFlushes = flushes;
	}
	ranges(): readonly NamedRange[] {
		return this.allRanges;
	}
	setRanges(ranges: readonly NamedRange[]): void {
		this.allRanges = ranges;
	}
	count(name: string, amount: number): void {
		this.costs[name] = (this.costs[name] ?? 0) + amount;
	}
	alarms(): readonly string[] {
		return this.allAlarms;
	}
	setAlarms(alarms: readonly string[]): void {
		this.allAlarms = alarms;
	}
	finished(): boolean {
		return this.isFinished;
	}
	setFinished(): void {
		this.isFinished = true;
	}
}

export interface Report {
	readonly severity: Severity;
	readonly kind: ViolationKind;
	readonly title: string;
	readonly details: readonly string[];
}

/** Remembers everything it is told. */
export class RecordingObserver implements Observer {
	readonly reports: Report[] = [];
	readonly events: { readonly kind: MachineEvent['kind']; readonly text: string }[] = [];
	readonly rows: ViewRow[] = [];
	stopped = false;

	event(kind: MachineEvent['kind'], text: string | (() => string)): void {
		this.events.push({ kind, text: typeof text === 'string' ? text : text() });
	}
	report(severity: Severity, kind: ViolationKind, title: string, details: readonly string[] = []): void {
		this.reports.push({ severity, kind, title, details });
	}
	detail(text: string): void {
		const last = this.reports.pop();
		if (last !== undefined) this.reports.push({ ...last, details: [...last.details, text] });
	}
	stop(): void {
		this.stopped = true;
	}
}

/** Runs a primitive as the interpreter does, unless it has to wait: then the answer says for what. */
export function runPrimitive(name: PrimitiveName, call: PrimitiveCall): number | WaitReason {
	const { ready, run, unfinished } = behaviours[name];
	const reason = ready?.(call) ?? null;
	if (reason !== null) return reason;
	const primitive: Primitive = primitives[name];
	if (primitive.sleeps === true && unfinished?.(call) !== true) checkMaySleep(call, `${name}()`);
	return run(call);
}

/** A machine under test: primitives are called by name, and what they say is kept. */
export class Bench {
	readonly store: PlainStore;
	readonly observer = new RecordingObserver();

	constructor(program: Program, configuration: Partial<MachineConfiguration> = {}) {
		this.store = new PlainStore(testMachine(program, configuration));
	}

	/** Adds a live object with zeroed cells and returns the pointer to it. */
	add(layout: number, change: Partial<MemoryObject> = {}): number {
		const cells = this.store.machine.program.layouts[layout]?.cells.map(() => 0) ?? [];
		const object: MemoryObject = {
			layout,
			origin: 'heap',
			owner: -1,
			cpu: -1,
			status: 'live',
			cells,
			allocated: null,
			freed: null,
			name: '',
			...change,
		};
		return this.store.addObject(object) * pointerStride;
	}

	stamp(context: number): Stamp {
		return { step: this.store.clock, context, function: 0, instruction: 0 };
	}

	private call(context: number, values: readonly number[], extra: number): PrimitiveCall {
		const { store, observer } = this;
		return { store, observer, context, arguments: values, extra, at: this.stamp(context) };
	}

	/** Why the context would have to wait, or null. */
	waits(context: number, name: PrimitiveName, ...values: readonly number[]): WaitReason | null {
		return behaviours[name].ready?.(this.call(context, values, -1)) ?? null;
	}

	/** Runs a primitive that must be ready, as a step of its own. */
	run(context: number, name: PrimitiveName, ...values: readonly number[]): number {
		return this.runWith(context, name, values, -1);
	}

	/** The same with the `extra` of the instruction. */
	runWith(context: number, name: PrimitiveName, values: readonly number[], extra: number): number {
		const result = runPrimitive(name, this.call(context, values, extra));
		if (typeof result !== 'number') throw new Error(`${name} ${result.text}`);
		this.store.clock++;
		return result;
	}

	/** Whether the op that just ran has only begun. */
	isUnfinished(context: number, name: PrimitiveName): boolean {
		return behaviours[name].unfinished?.(this.call(context, [], -1)) ?? false;
	}

	/** `kind: title` of every report so far, which are then forgotten. */
	takeReports(): string[] {
		return this.observer.reports.splice(0).map(({ kind, title }) => `${kind}: ${title}`);
	}

	lastEvent(): string {
		return this.observer.events.at(-1)?.text ?? '';
	}
}
