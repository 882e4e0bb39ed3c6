import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrimitiveName } from '../../source/language/primitives.ts';
import { ImmerStore } from '../../source/machine/immer-store.ts';
import { deliverFlush } from '../../source/machine/interrupts.ts';
import { readyCallbacks, takeCallback } from '../../source/machine/rcu.ts';
import { type MachineState, pointerStride } from '../../source/machine/state.ts';
import type { Store } from '../../source/machine/store.ts';
import {
	machineType,
	PlainStore,
	RecordingObserver,
	runPrimitive,
	scalarTypes,
	structLayout,
	tableLayout,
	testMachine,
	testProgram,
} from './plain-store.ts';

const page = 4096;
const object = structLayout('thing', {
	spin: machineType('spinlock_t'),
	mutex: machineType('mutex'),
	rw: machineType('rwlock_t'),
	sem: machineType('rw_semaphore'),
	count: scalarTypes.int,
	rcu: machineType('rcu_head'),
});
const machine = testMachine(testProgram({ layouts: [tableLayout(4), object], texts: ['', 'owner', 'pages'] }), {
	frames: 3,
});

/** One call of a primitive, or what hardware and RCU do on their own. */
type Action =
	| {
			readonly kind: 'primitive';
			readonly context: number;
			readonly name: PrimitiveName;
			readonly values: readonly number[];
	  }
	| { readonly kind: 'callback' | 'interrupt'; readonly number: number };

const context = fc.nat({ max: 1 });
const thing = fc.constantFrom(2, 3).map((id) => id * pointerStride);
const address = fc.nat({ max: 4 }).map((number) => number * page);

function calls(names: readonly PrimitiveName[], ...values: readonly fc.Arbitrary<number>[]): fc.Arbitrary<Action> {
	return fc.record({
		kind: fc.constant('primitive' as const),
		context,
		name: fc.constantFrom(...names),
		values: fc.tuple(...values),
	});
}

const cell = (offset: number) => thing.map((pointer) => pointer + offset);
const cpu = fc.nat({ max: 1 });
const space = fc.constant(0);
const entry = fc.constantFrom(0, 256 + 1, 512 + 3, 768 + 1, 256 + 3);

const action: fc.Arbitrary<Action> = fc.oneof(
	calls(['spin_lock', 'spin_trylock', 'spin_unlock', 'spin_is_locked'], cell(0)),
	calls(['mutex_lock', 'mutex_trylock', 'mutex_unlock'], cell(1)),
	calls(['read_lock', 'read_unlock', 'write_lock', 'write_unlock', 'read_trylock', 'write_trylock'], cell(2)),
	calls(['down_read', 'up_read', 'down_write', 'up_write', 'downgrade_write', 'down_write_trylock'], cell(3)),
	calls(['__atomic_fetch_add', '__atomic_exchange', '__atomic_fetch_or'], cell(4), fc.integer({ min: -5, max: 5 })),
	calls(['rcu_read_lock', 'rcu_read_unlock', 'synchronize_rcu', 'preempt_disable', 'preempt_enable', 'ipi_wait']),
	calls(['kfree', 'kfree_rcu'], thing),
	calls(['call_rcu'], cell(5), fc.constant(2)),
	calls(['frame_alloc'], fc.constant(1)),
	calls(['frame_free', 'frame_read'], fc.integer({ min: 1, max: 3 })),
	calls(
		['__atomic_exchange'],
		fc.nat({ max: 3 }).map((index) => pointerStride + index),
		entry,
	),
	calls(['mmu_load', 'mmu_store'], space, address, fc.nat({ max: 9 })),
	calls(['tlb_fill'], cpu, space, address),
	calls(['tlb_invalidate', 'ipi_flush'], cpu, space, address, address),
	calls(['tlb_invalidate_everywhere'], space, address, address),
	calls(['count'], fc.constant(2), fc.nat({ max: 3 })),
	fc.record({ kind: fc.constantFrom('callback' as const, 'interrupt' as const), number: cpu }),
);

function perform(store: Store, observer: RecordingObserver, step: Action, clock: number): unknown {
	const at = { step: clock, context: 0, function: 0, instruction: 0 };
	switch (step.kind) {
		case 'primitive': {
			const call = { store, observer, context: step.context, arguments: step.values, extra: -1, at };
			return runPrimitive(step.name, call);
		}
		case 'callback': {
			const ready = readyCallbacks(store)[step.number];
			return ready === undefined ? null : takeCallback(store, observer, ready, at);
		}
		case 'interrupt':
			deliverFlush(store, observer, step.number);
			return null;
	}
}

/** What a store holds, by itself. */
function contents(store: Store): unknown {
	const objects = Array.from({ length: store.lastObject() }, (_, index) => store.object(index + 1));
	const contexts = [0, 1, 2].map((index) => store.context(index));
	const frames = [1, 2, 3].map((number) => store.frame(number));
	const tlbs = [store.tlb(0), store.tlb(1)];
	return {
		objects,
		contexts,
		frames,
		tlbs,
		spaces: store.spaces(),
		callbacks: store.callbacks(),
		flushes: store.flushes(),
	};
}

function plainStore(): PlainStore {
	const store = new PlainStore(machine);
	for (const layout of [0, 1, 1]) {
		store.addObject({
			layout,
			origin: 'heap',
			owner: -1,
			cpu: -1,
			status: 'live',
			cells: machine.program.layouts[layout]?.cells.map(() => 0) ?? [],
			allocated: null,
			freed: null,
			name: '',
		});
	}
	store.setSpaces([{ name: 'kernel', root: pointerStride, base: 0 }]);
	return store;
}

function stateOf(store: PlainStore): MachineState {
	return {
		clock: 0,
		objects: store.objects,
		contexts: store.contexts,
		tlbs: store.tlbs,
		spaces: store.spaces(),
		frames: store.frames,
		callbacks: store.callbacks(),
		flushes: store.flushes(),
		ranges: store.ranges(),
		costs: {},
		alarms: [],
		finished: false,
	};
}

describe('the immutable store', () => {
	it('holds what a plain one holds, whatever the primitives do, and leaves the states before as they were', () => {
		fc.assert(
			fc.property(fc.array(action, { maxLength: 40 }), (steps) => {
				const plain = plainStore();
				let state = stateOf(plainStore());
				const [plainObserver, observer] = [new RecordingObserver(), new RecordingObserver()];
				for (const [index, step] of steps.entries()) {
					const before = JSON.stringify(state);
					const store = new ImmerStore(machine, state, index + 1);
					expect(perform(store, observer, step, index + 1)).toEqual(perform(plain, plainObserver, step, index + 1));
					expect(contents(store)).toEqual(contents(plain));
					const after = store.finish();
					expect(contents(new ImmerStore(machine, after, index + 1))).toEqual(contents(plain));
					expect(JSON.stringify(state)).toBe(before);
					state = after;
				}
				expect(observer.reports).toEqual(plainObserver.reports);
				expect(observer.events).toEqual(plainObserver.events);
				expect(state.costs).toEqual(plain.costs);
			}),
		);
	});
});
