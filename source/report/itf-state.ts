/**
 * A state of the machine as the variables of a trace: the model's globals by their names, what it allocated by the type
 * (`heap::vmap_block`), and what the machine itself holds (`machine::tlbs`). What a session shows is in here, but for the
 * stacks of callers and what explains how a state came about.
 */

import { cpuViews } from '../inspect/cpus.ts';
import { lockRows } from '../inspect/locks.ts';
import { pageTableRows } from '../inspect/page-tables.ts';
import { contextName, describeAddress, describePointer, frameName } from '../machine/describe.ts';
import { globalObject } from '../machine/globals.ts';
import type { Machine } from '../machine/machine.ts';
import { type MachineState, type MemoryObject, pointerStride } from '../machine/state.ts';
import { actors } from '../machine/step.ts';
import type { Target } from '../scenario/scenario.ts';
import { type ItfValue, itfInt, itfMap, itfMemory, itfSet, itfText, itfTypeOf } from './itf-values.ts';

/** One variable of the trace. */
export interface ItfVariable {
	readonly name: string;
	/** In the notation of Apalache's type checker. */
	readonly type: string;
	readonly valueIn: (state: MachineState) => ItfValue;
}

/** The variables of all states of a target. @param layouts what is ever allocated (indices into Program.layouts) */
export function itfVariables(target: Target, layouts: ReadonlySet<number>): readonly ItfVariable[] {
	return [...globalVariables(target.machine), ...heapVariables(target.machine, layouts), ...machineVariables(target)];
}

/** Layouts of what is allocated in a state. */
export function heapLayouts({ objects }: MachineState): readonly number[] {
	return objects.flatMap((object) => (object?.origin === 'heap' ? [object.layout] : []));
}

/** Globals, the contracts' own (`__ghost`) among them; a list by CPU for what is per-CPU. */
function globalVariables(machine: Machine): ItfVariable[] {
	const { program, configuration } = machine;
	const cpus = Array.from({ length: configuration.cpus }, (_, cpu) => cpu);
	const names = program.globals.map(({ name }) => name);
	return program.globals.map(({ name, type, file, isPerCpu }, index) => {
		const cells = (state: MachineState, cpu: number): readonly number[] =>
			state.objects[globalObject(machine, index, cpu)]?.cells ?? [];
		const isShared = names.indexOf(name) !== names.lastIndexOf(name);
		const text = itfTypeOf(program, type);
		return {
			// Static globals of two files may have one name.
			name: isShared ? `${program.files[file]?.path ?? ''}::${name}` : name,
			type: isPerCpu ? `Seq(${text})` : text,
			valueIn: (state) =>
				isPerCpu
					? cpus.map((cpu) => itfMemory(machine, state, type, cells(state, cpu)))
					: itfMemory(machine, state, type, cells(state, 0)),
		};
	});
}

/** What was allocated, by type: from names to status and value. */
function heapVariables(machine: Machine, layouts: ReadonlySet<number>): ItfVariable[] {
	const { program } = machine;
	return [...layouts]
		.sort((a, b) => a - b)
		.flatMap((index): ItfVariable[] => {
			const layout = program.layouts[index];
			if (layout === undefined) return [];
			const objectValue = (state: MachineState, { status, cells }: MemoryObject): ItfValue => ({
				status,
				value: itfMemory(machine, state, layout.type, cells),
			});
			return [
				{
					name: `heap::${layout.name.replace(/^struct /, '').replaceAll(/[^\w]+/g, '_')}`,
					type: `Str -> { status: Str, value: ${itfTypeOf(program, layout.type)} }`,
					valueIn: (state) =>
						itfMap(
							state.objects.flatMap((object, id) =>
								object?.origin === 'heap' && object.layout === index
									? [
											[
												describePointer(machine, state, id * pointerStride).replace(/^&/, ''),
												objectValue(state, object),
											],
										]
									: [],
							),
						),
				},
			];
		});
}

/** What the machine holds beside memory. */
function machineVariables(target: Target): ItfVariable[] {
	const { machine } = target;
	const { pageSize } = machine.configuration;
	return [
		{
			name: 'machine::contexts',
			type: 'Seq({ name: Str, role: Str, status: Str, function: Str, file: Str, line: Int, waits_for: Str, holds: Set(Str), rcu_depth: Int, preempt_depth: Int, irqs_off: Bool, locals: Str -> Str })',
			valueIn: (state) => contexts(target, state),
		},
		{
			name: 'machine::locks',
			type: 'Str -> { kind: Str, holders: Set({ actor: Str, mode: Str, since: Int }), waiters: Set(Str) }',
			valueIn: (state) =>
				itfMap(
					lockRows(machine, state, null, actors(machine, state)).map(({ name, kind, holders, waiters }) => [
						name,
						{
							kind,
							holders: itfSet(holders.map(({ actor, mode, since }) => ({ actor, mode, since: itfInt(since) }))),
							waiters: itfSet(waiters),
						},
					]),
				),
		},
		{
			name: 'machine::page_tables',
			type: 'Seq({ depth: Int, label: Str, entry: Str, present: Bool, locked_by: Str })',
			valueIn: (state) =>
				pageTableRows(machine, state, null).map(({ depth, label, entry, present, lock }) => ({
					depth: itfInt(depth),
					label: itfText(label),
					entry: itfText(entry),
					present,
					locked_by: lock,
				})),
		},
		{
			name: 'machine::tlbs',
			type: 'Seq(Set({ space: Str, page: Str, pages: Int, frame: Str, writable: Bool, dirty: Bool, stale: Bool, filled: Int }))',
			valueIn: (state) =>
				state.tlbs.map((entries) =>
					itfSet(
						entries.map(({ space, page, pages, frame, writable, dirty, stale, filled }) => ({
							space: itfText(state.spaces[space]?.name ?? ''),
							page: describeAddress(machine, state, space, page * pageSize),
							pages: itfInt(pages),
							frame: frameName(frame),
							writable,
							dirty,
							stale,
							filled: itfInt(filled.step),
						})),
					),
				),
		},
		{
			name: 'machine::frames',
			type: 'Seq({ frame: Str, owner: Str, free: Bool, generation: Int, word: Int })',
			valueIn: (state) =>
				state.frames.slice(1).map(({ owner, isFree, generation, word }, index) => ({
					frame: frameName(index + 1),
					owner: itfText(isFree ? '' : (machine.program.texts[owner] ?? '')),
					free: isFree,
					generation: itfInt(generation),
					word: itfInt(word),
				})),
		},
		{
			name: 'machine::callbacks',
			type: 'Seq({ function: Str, argument: Str, waits_for: Set(Str) })',
			valueIn: (state) =>
				state.callbacks.map(({ function: fn, argument, waitsFor }) => ({
					function: fn < 0 ? 'kfree' : (machine.program.functions[fn]?.name ?? ''),
					argument: describePointer(machine, state, argument),
					waits_for: itfSet(waitsFor.map((context) => contextName(machine, context))),
				})),
		},
		{
			name: 'machine::flushes',
			type: 'Seq({ target: Str, sender: Str, start: Str, end: Str })',
			valueIn: (state) =>
				state.flushes.map(({ target: to, sender, space, start, end }) => ({
					target: contextName(machine, to),
					sender: contextName(machine, sender),
					start: describeAddress(machine, state, space, start),
					end: describeAddress(machine, state, space, end),
				})),
		},
	];
}

function contexts(target: Target, state: MachineState): ItfValue {
	const { machine } = target;
	return cpuViews(target, state, null, actors(machine, state)).map((view, index) => {
		const context = state.contexts[index];
		const [top] = view.stack;
		return {
			name: view.name,
			role: itfText(view.role),
			status: view.status,
			function: top?.function ?? '',
			file: itfText(top?.file ?? ''),
			line: itfInt(top?.line ?? 0),
			waits_for: itfText(view.waitsFor),
			holds: itfSet(view.holds.map(itfText)),
			rcu_depth: itfInt(context?.rcuDepth ?? 0),
			preempt_depth: itfInt(context?.preemptDepth ?? 0),
			irqs_off: context?.irqsOff ?? false,
			locals: itfMap(view.locals.map(({ name, value }) => [name, itfText(value)])),
		};
	});
}
