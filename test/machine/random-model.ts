/** Small random models: a few CPUs that lock, count, publish, read and free, well or badly. */

import fc from 'fast-check';
import type { Instruction } from '../../source/language/code.ts';
import type { Grain, Machine } from '../../source/machine/machine.ts';
import {
	add,
	assemble,
	bool,
	call,
	constant,
	give,
	global,
	type Line,
	leave,
	load,
	long,
	machineOf,
	mutex,
	pointer,
	primitive,
	spinlock,
	stepType,
	store,
} from './assembler.ts';

const globals = [
	{ name: 'x', type: long },
	{ name: 'y', type: long },
	{ name: 'shared', type: pointer },
	{ name: 'a', type: spinlock },
	{ name: 'm', type: mutex },
	{ name: 'ghost', type: long },
	{ name: 'when', type: stepType },
];

/** Statements of which entry functions are made, each without registers that outlive it. Stamps have registers of their own. */
const statements: Readonly<Record<string, readonly Instruction[]>> = {
	incrementX: [global(0, 0), load(1, 0), constant(2, 1), add(1, 1, 2), store(0, 1)],
	incrementY: [global(0, 1), load(1, 0), constant(2, 1), add(1, 1, 2), store(0, 1)],
	copy: [global(0, 0), load(1, 0), global(0, 1), store(0, 1)],
	lock: [global(0, 3), primitive('spin_lock', [0])],
	unlock: [global(0, 3), primitive('spin_unlock', [0])],
	mutexLock: [global(0, 4), primitive('mutex_lock', [0])],
	mutexUnlock: [global(0, 4), primitive('mutex_unlock', [0])],
	publish: [constant(0, 0), primitive('kzalloc', [0], 1, 0), global(0, 2), store(0, 1)],
	free: [global(0, 2), load(1, 0), primitive('kfree', [1])],
	freeLater: [global(0, 2), load(1, 0), primitive('kfree_rcu', [1])],
	use: [
		global(0, 2),
		load(1, 0),
		{ op: 'branch', condition: 1, target: -1 },
		load(2, 1),
		constant(3, 1),
		add(2, 2, 3),
		store(1, 2),
	],
	readLock: [primitive('rcu_read_lock')],
	readUnlock: [primitive('rcu_read_unlock')],
	synchronize: [primitive('synchronize_rcu')],
	atomicAdd: [global(0, 0), constant(1, 1), primitive('__atomic_fetch_add', [0, 1], 2)],
	ghostCopy: [{ op: 'ghostBegin' }, global(0, 0), load(1, 0), global(2, 5), store(2, 1), { op: 'ghostEnd' }],
	stamp: [primitive('now', [], 8), global(0, 6), { op: 'move', result: 9, source: 8 }, store(0, 9)],
	awaitX: [{ op: 'awaitBegin' }, global(0, 0), load(1, 0), { op: 'awaitEnd', condition: 1 }],
	atomicBoth: [{ op: 'atomicBegin' }, global(0, 0), load(1, 0), global(2, 1), store(2, 1), { op: 'atomicEnd' }],
	callHelper: [call(0)],
	callLocal: [call(1)],
};

function body(names: readonly string[]): Line[] {
	const code: Line[] = [];
	for (const [index, name] of names.entries()) {
		const statement = statements[name] ?? [];
		const end = code.length + statement.length;
		for (const [at, instruction] of statement.entries()) {
			const placed = instruction.op === 'branch' ? { ...instruction, target: end } : instruction;
			code.push(at === 0 ? [index + 1, placed] : placed);
		}
	}
	code.push([names.length + 1, leave]);
	return code;
}

function modelOf(cpus: readonly (readonly string[])[], hasInvariant: boolean, rcu: 'preemptible' | 'classic'): Machine {
	const program = assemble({
		globals,
		structs: [
			{
				tag: 'node',
				fields: [
					['value', long],
					['next', pointer],
				],
			},
		],
		functions: [
			{ name: 'helper', isLibraryHelper: true, code: [[50, global(0, 1)], load(1, 0), [51, store(0, 1)], [52, leave]] },
			{
				name: 'with_local',
				memoryLocals: [{ name: 'local', layout: 0 }],
				code: [
					[60, { op: 'local', result: 0, local: 0 }],
					constant(1, 3),
					store(0, 1),
					[61, load(2, 0)],
					[62, give(2)],
				],
			},
			...cpus.map((names, cpu) => ({ name: `cpu${cpu}`, code: body(names) })),
			...(hasInvariant ? [{ name: 'x_small', role: 'invariant' as const, result: bool, code: invariantCode }] : []),
		],
	});
	return machineOf(
		program,
		cpus.map((_, cpu) => `cpu${cpu}`),
		{ rcu },
	);
}

const invariantCode: readonly Line[] = [
	global(0, 0),
	load(1, 0),
	constant(2, 2),
	{ op: 'binary', result: 1, operator: '<', left: 1, right: 2, type: long },
	give(1),
];

/** A model for one to three CPUs with at most `most` statements each. */
export function randomModel(most: number, cpus = 3): fc.Arbitrary<Machine> {
	const statement = fc.constantFrom(...Object.keys(statements));
	const entry = fc.array(statement, { minLength: 1, maxLength: most });
	return fc
		.tuple(
			fc.array(entry, { minLength: 1, maxLength: cpus }),
			fc.boolean(),
			fc.constantFrom('preemptible' as const, 'classic' as const),
		)
		.map(([entries, hasInvariant, rcu]) => modelOf(entries, hasInvariant, rcu));
}

export const randomGrain: fc.Arbitrary<Grain> = fc.constantFrom('op', 'line', 'over', 'out');

/** Which of the open choices to take, and how far, step by step. */
export const randomSchedule = fc.array(fc.tuple(fc.nat({ max: 11 }), randomGrain), { maxLength: 40 });
