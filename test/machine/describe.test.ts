import { describe, expect, it } from 'vitest';
import {
	describeAddress,
	describeCell,
	describePointer,
	describeStamp,
	describeValue,
} from '../../source/machine/describe.ts';
import type { Machine } from '../../source/machine/machine.ts';
import { pointerStride } from '../../source/machine/state.ts';
import { initialState } from '../../source/machine/step.ts';
import { machineOf } from './assembler.ts';
import { compileText } from './model-c.ts';

const program = compileText(`
#include <linux/slab.h>
#include <linux/list.h>
#include <linux/percpu.h>
enum colour { RED, GREEN };
struct node { spinlock_t lock; struct list_head link; int slots[3]; };
struct node *found;
struct node fixed;
DEFINE_PER_CPU(struct node, mine);
spinlock_t big_lock;
enum colour colour;
unsigned long range;
struct table { pte_t pte[4]; } table;
void start(void)
{
	mmu_define_space(&table, 0x100000, "kernel");
	found = kzalloc(sizeof(struct node), GFP_KERNEL);
	name_object(found, "A");
	name_range(0, 0x100000, 0x104000, "R");
}
void entry(void) { }
`);
const machine: Machine = { ...machineOf(program, ['entry', 'entry']), setup: 'start' };
const { state } = initialState(machine);

/** Pointer to a global, or to what it points to. */
function at(name: string, cell = 0, copy = 0): number {
	const index = program.globals.findIndex((global) => global.name === name);
	const id = state.objects.findIndex((object) => object?.origin === 'global' && object.owner === index) + copy;
	return id * pointerStride + cell;
}
const a = state.objects[Math.floor(at('found') / pointerStride)]?.cells[0] ?? 0;

describe('a pointer', () => {
	const text = (pointer: number) => describePointer(machine, state, pointer);

	it('is written by the names of objects and fields', () => {
		expect([text(a), text(a + 1), text(a + 2), text(a + 4)]).toEqual([
			'A',
			'&A->link',
			'&A->link.prev',
			'&A->slots[1]',
		]);
		expect([text(at('big_lock')), text(at('fixed', 1)), text(at('mine', 1, 1))]).toEqual([
			'big_lock',
			'&fixed.link',
			'&per_cpu(mine, 1).link',
		]);
	});

	it('that is none says so', () => {
		expect([0, -12, 99 * pointerStride].map(text)).toEqual(['NULL', 'ERR_PTR(-12)', '0x63000']);
	});

	it('to a part that begins with another is written as what its type says', () => {
		const lock = { kind: 'machine', name: 'spinlock_t' } as const;
		expect(describePointer(machine, state, a, lock)).toBe('&A->lock');
		expect(describeCell(machine, state, a + 1)).toBe('A->link.next');
	});
});

describe('a value', () => {
	const text = (name: string, value: number) => {
		const global = program.globals.find((candidate) => candidate.name === name);
		if (global === undefined) throw new Error(name);
		return describeValue(machine, state, global.type, value);
	};

	it('is written as its type says', () => {
		expect([text('colour', 1), text('colour', 7), text('found', a), text('big_lock', 2), text('big_lock', 0)]).toEqual([
			'GREEN',
			'7',
			'A',
			'held by CPU1',
			'unlocked',
		]);
	});

	it('of an unsigned long may be an address', () => {
		expect([5, -1, -4096, 2 ** 40].map((value) => text('range', value))).toEqual([
			'5',
			'ULONG_MAX',
			'0xfffffffffffff000',
			'0x10000000000',
		]);
	});
});

describe('places and times', () => {
	it('are named', () => {
		expect(describeAddress(machine, state, 0, 0x102000)).toBe('R+2');
		expect(describeAddress(machine, state, 0, 0x100000)).toBe('R+0');
		expect(describeAddress(machine, state, 0, 0x200000)).toBe('0x200000');
		const entry = program.functions.findIndex(({ name }) => name === 'entry');
		expect(describeStamp(machine, { step: 5, context: 0, function: entry, instruction: 0 })).toBe(
			'step 5, CPU0 in entry (test.c:21)',
		);
	});
});
