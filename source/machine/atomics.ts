/** Atomic read-modify-write operations on one cell: each is one op and returns the old value. */

import { binary, convert, IntegerError } from '../language/integer.ts';
import type { ScalarType } from '../language/types.ts';
import { cellType, describeValue } from './describe.ts';
import { errorAt } from './error-at.ts';
import { checkAccess } from './memory.ts';
import { cellName } from './names.ts';
import { pointerStride } from './state.ts';
import type { PrimitiveBehaviour, PrimitiveCall } from './store.ts';
import { entryChanged } from './tlb.ts';

/** The type that the cell is computed in, when the cell has none of its own. */
const word: ScalarType = { kind: 'integer', name: 'long', bits: 64, signed: true };

type Update = (type: ScalarType, before: number, ...operands: readonly [number, number]) => number;

function atomic(name: string, update: Update): PrimitiveBehaviour {
	return { run: (call) => change(call, name, update) };
}

function change(call: PrimitiveCall, name: string, update: Update): number {
	const { store, observer, at } = call;
	const [pointer = 0, first = 0, second = 0] = call.arguments;
	if (!checkAccess(store, observer, pointer, name)) return 0;
	const type = cellType(store.machine, store, pointer) ?? word;
	const before = store.cell(Math.floor(pointer / pointerStride), pointer % pointerStride);
	const after = updated(call, () => update(type, before, first, second));
	if (after !== before) {
		store.setCell(Math.floor(pointer / pointerStride), pointer % pointerStride, after);
		if (type.kind === 'machine' && type.name === 'entry') entryChanged(store, pointer, before, after, at);
	}
	const text = (value: number) => describeValue(store.machine, store, type, value);
	observer.event('atomic', () => `${name}: ${cellName(store, pointer)}: ${text(before)} -> ${text(after)}`, pointer);
	return before;
}

function updated(call: PrimitiveCall, compute: () => number): number {
	try {
		return compute();
	} catch (error) {
		if (error instanceof IntegerError) throw errorAt(call.store.machine, call.at, error.message);
		throw error;
	}
}

export const atomicPrimitives = {
	__atomic_fetch_add: atomic('atomic add', (type, before, value) => binary('+', type, before, value)),
	__atomic_fetch_and: atomic('atomic and', (type, before, value) => binary('&', type, before, value)),
	__atomic_fetch_or: atomic('atomic or', (type, before, value) => binary('|', type, before, value)),
	__atomic_exchange: atomic('exchange', (type, _before, value) => convert(type, value)),
	__atomic_compare_exchange: atomic('compare and exchange', (type, before, expected, value) =>
		before === convert(type, expected) ? convert(type, value) : before,
	),
} satisfies Record<string, PrimitiveBehaviour>;
