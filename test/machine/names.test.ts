import { describe, expect, it } from 'vitest';
import {
	addressName,
	cellName,
	cellPointerName,
	contextName,
	hexText,
	objectName,
	pointerName,
	stampText,
} from '../../source/machine/names.ts';
import {
	Bench,
	functionNamed,
	globalNamed,
	machineType,
	scalarLayout,
	structLayout,
	testProgram,
} from './plain-store.ts';

const spinlock = machineType('spinlock_t');
const fn = { ...functionNamed('f'), memoryLocals: [{ name: 'list', layout: 0 }] };

function setUp() {
	const queue = { ...globalNamed('vmap_block_queue', 0, spinlock), isPerCpu: true };
	const bench = new Bench(
		testProgram({
			layouts: [
				structLayout('vmap_block', { lock: spinlock, 'used_map[0]': machineType('text') }),
				scalarLayout('spinlock_t', spinlock),
			],
			globals: [globalNamed('purge_lock', 1, spinlock), queue],
			functions: [fn],
		}),
	);
	return bench;
}

describe('names', () => {
	it('of objects are given, declared, or made from type and number', () => {
		const bench = setUp();
		const { store } = bench;
		bench.add(0);
		bench.add(0, { name: 'A' });
		bench.add(1, { origin: 'global', owner: 0 });
		bench.add(0, { origin: 'global', owner: 1, cpu: 1 });
		bench.add(0, { origin: 'stack', owner: 1 });
		bench.add(0, { origin: 'stack', owner: 1 });
		store.changeContext(1, { frames: [{ function: 0, instruction: 0, registers: [], locals: [5], result: null }] });
		expect([1, 2, 3, 4, 5, 6, 7].map((id) => objectName(store, id))).toEqual([
			'vmap_block#1',
			'A',
			'purge_lock',
			'per_cpu(vmap_block_queue, 1)',
			'CPU1:list',
			'CPU1:local#6',
			'object 7',
		]);
	});

	it('of pointers and cells are as in C', () => {
		const bench = setUp();
		const block = bench.add(0, { name: 'A' });
		const lock = bench.add(1, { origin: 'global', owner: 0 });
		const { store } = bench;
		expect([block, block + 1, block + 2, lock].map((pointer) => pointerName(store, pointer))).toEqual([
			'A',
			'&A->used_map[0]',
			'A+2',
			'purge_lock',
		]);
		expect([block, lock].map((pointer) => cellPointerName(store, pointer))).toEqual(['&A->lock', '&purge_lock']);
		expect([block, block + 1, lock].map((pointer) => cellName(store, pointer))).toEqual([
			'A.lock',
			'A.used_map[0]',
			'purge_lock',
		]);
		expect([0, -12, -5000, 99 * 4096].map((pointer) => pointerName(store, pointer))).toEqual([
			'NULL',
			'ERR_PTR(-12)',
			'0xffffffffffffec78',
			'0x63000',
		]);
	});

	it('of the links of an entry that a list has let go are no error numbers', () => {
		const { store } = setUp();
		expect([-0x100, -0x122, -0x123].map((pointer) => pointerName(store, pointer))).toEqual([
			'LIST_POISON1',
			'LIST_POISON2',
			'ERR_PTR(-291)',
		]);
	});

	it('of addresses count pages from the range that was named last', () => {
		const { store } = setUp();
		store.setRanges([
			{ space: 0, start: -8192, end: -1, name: 'top' },
			{ space: 0, start: 4096, end: 5 * 4096, name: 'A' },
			{ space: 0, start: 5 * 4096, end: 9 * 4096, name: 'B' },
			{ space: 0, start: 2 * 4096, end: 3 * 4096, name: 'x' },
		]);
		const names = [4096, 2 * 4096, 3 * 4096, 4096 + 16, 5 * 4096, 9 * 4096, 10 * 4096, -8192, -4096];
		expect(names.map((address) => addressName(store, 0, address))).toEqual([
			'A+0',
			'x',
			'A+2',
			'A+0+0x10',
			'B+0',
			'B+4',
			'0xa000',
			'top+0',
			'top+1',
		]);
		expect(addressName(store, 1, 4096)).toBe('0x1000');
		expect(addressName(store, null, 4096)).toBe('A+0');
		store.setRanges([]);
		expect(addressName(store, 0, -1)).toBe('ULONG_MAX');
	});

	it('of contexts, numbers and moments', () => {
		const { store } = setUp();
		expect([0, 1, 2].map((context) => contextName(store.machine, context))).toEqual(['CPU0', 'CPU1', 'rcu']);
		expect([hexText(0), hexText(255), hexText(-1)]).toEqual(['0x0', '0xff', '0xffffffffffffffff']);
		const stamp = { step: 5, context: 1, function: 0, instruction: 0 };
		expect(stampText(store.machine, stamp)).toBe('step 5, CPU1 in f (test.c:12)');
		expect(stampText(store.machine, { ...stamp, step: 0, function: -1 })).toBe('the set-up, CPU1');
	});
});
