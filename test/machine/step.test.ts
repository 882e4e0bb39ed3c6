import { describe, expect, it } from 'vitest';
import { fingerprint, identityOf } from '../../source/machine/identity.ts';
import { MachineError } from '../../source/machine/machine.ts';
import { actors, ChoiceError, choices, initialState, step } from '../../source/machine/step.ts';
import {
	add,
	assemble,
	call,
	constant,
	give,
	global,
	leave,
	load,
	long,
	machineOf,
	mutex,
	pointer,
	primitive,
	spinlock,
	store,
} from './assembler.ts';
import { compileText } from './model-c.ts';
import { globalValue, outcomes, play } from './play.ts';

/** x += 1, without any lock. */
const increment = assemble({
	globals: [{ name: 'x', type: long }],
	functions: [
		{ name: 'entry', code: [[1, global(0, 0)], load(1, 0), constant(2, 1), add(1, 1, 2), store(0, 1), [2, leave]] },
	],
});

describe('op steps', () => {
	it('let two increments lose an update, and only that', () => {
		const machine = machineOf(increment, ['entry', 'entry']);
		expect(outcomes(machine, (state) => String(globalValue(state, 0)))).toEqual(['1', '2']);
	});

	it('allow no store buffering under sequential consistency', () => {
		const side = (name: string, mine: number, other: number, result: number) => ({
			name,
			code: [
				global(0, mine),
				constant(1, 1),
				store(0, 1),
				global(2, other),
				load(3, 2),
				global(4, result),
				store(4, 3),
				leave,
			],
		});
		const program = assemble({
			globals: ['x', 'y', 'a', 'b'].map((name) => ({ name, type: long })),
			functions: [side('left', 0, 1, 2), side('right', 1, 0, 3)],
		});
		const machine = machineOf(program, ['left', 'right']);
		const read = outcomes(machine, (state) => `${globalValue(state, 2)}${globalValue(state, 3)}`);
		expect(read).toEqual(['01', '10', '11']);
	});

	it('leave a context before its next op, and end it after the last', () => {
		const machine = machineOf(increment, ['entry']);
		const first = step(machine, initialState(machine).state, { actor: 0, alternative: 0 }, 'op');
		expect(first.state.contexts[0]?.frames[0]?.instruction).toBe(4);
		const second = step(machine, first.state, { actor: 0, alternative: 0 }, 'op');
		expect(second.state.contexts[0]?.status).toBe('done');
		expect(second.state.finished).toBe(true);
		expect(choices(machine, second.state)).toEqual([]);
		expect(() => step(machine, second.state, { actor: 0, alternative: 0 }, 'op')).toThrow(ChoiceError);
	});
});

describe('locks', () => {
	const lockBoth = (name: string, first: number, second: number) => ({
		name,
		code: [
			global(0, first),
			global(1, second),
			[1, primitive('spin_lock', [0])] as const,
			[2, primitive('spin_lock', [1])] as const,
			[3, primitive('spin_unlock', [1])] as const,
			[4, primitive('spin_unlock', [0])] as const,
			[5, leave] as const,
		],
	});
	const program = assemble({
		globals: [
			{ name: 'a', type: spinlock },
			{ name: 'b', type: spinlock },
		],
		functions: [lockBoth('ab', 0, 1), lockBoth('ba', 1, 0)],
	});

	it('make who waits no choice, and say for whom', () => {
		const machine = machineOf(program, ['ab', 'ab']);
		const { state } = play(machine, [0]);
		expect(choices(machine, state)).toEqual([{ actor: 0, alternative: 0 }]);
		const [, second] = actors(machine, state);
		expect(second).toMatchObject({ name: 'cpu1', status: 'waiting', wait: { holders: [0] } });
		expect(second?.wait?.text).toBe('waits for spinlock a, held by CPU0 since step 1');
		expect(() => step(machine, state, { actor: 1, alternative: 0 }, 'op')).toThrow(ChoiceError);
		expect(() => step(machine, state, { actor: 1, alternative: 0 }, 'line')).toThrow(ChoiceError);
	});

	it('taken in opposite order end in a deadlock, reported once with the chain', () => {
		const machine = machineOf(program, ['ab', 'ba']);
		const { state, violations } = play(machine, [0, 1]);
		expect(choices(machine, state)).toEqual([]);
		expect(violations.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
			'deadlock: deadlock: CPU0 -> CPU1 -> CPU0',
		]);
		expect(violations[0]?.details.slice(0, 2)).toEqual([
			'CPU0 waits for spinlock b, held by CPU1 since step 2',
			'  CPU0 holds a, taken at step 1, CPU0 in ab (test.c:1)',
		]);
	});

	it('that are still held at the end are misused', () => {
		const forgetful = assemble({
			globals: [{ name: 'a', type: spinlock }],
			functions: [{ name: 'entry', code: [global(0, 0), [1, primitive('spin_lock', [0])], [2, leave]] }],
		});
		const { violations } = play(machineOf(forgetful, ['entry']), [0]);
		expect(violations.map(({ kind, title }) => [kind, title])).toEqual([
			['lock-misuse', 'CPU0 is done and still holds a'],
		]);
	});

	it('that spin must not be held where one sleeps', () => {
		const sleepy = assemble({
			globals: [
				{ name: 'a', type: spinlock },
				{ name: 'm', type: mutex },
			],
			functions: [
				{
					name: 'entry',
					code: [
						global(0, 0),
						global(1, 1),
						primitive('spin_lock', [0]),
						[7, primitive('mutex_lock', [1])],
						primitive('mutex_unlock', [1]),
						primitive('spin_unlock', [0]),
						leave,
					],
				},
			],
		});
		const { violations } = play(machineOf(sleepy, ['entry']), [0, 0, 0, 0]);
		expect(violations.map(({ kind, line }) => [kind, line])).toEqual([['sleep-in-atomic', 7]]);
		expect(violations[0]?.details[0]).toContain('a was taken at step 1');
	});
});

describe('objects', () => {
	const structs = [{ tag: 'node', fields: [['next', pointer] as const, ['value', long] as const] }];

	it('that were freed are noticed when used, with who allocated and who freed', () => {
		const program = assemble({
			structs,
			functions: [
				{
					name: 'entry',
					code: [
						constant(0, 0),
						[1, primitive('kzalloc', [0], 1, 0)],
						[2, primitive('kfree', [1])],
						[3, { op: 'field', result: 2, pointer: 1, offset: 1 }],
						load(3, 2),
						[4, leave],
					],
				},
			],
		});
		const { violations } = play(machineOf(program, ['entry']), [0, 0, 0]);
		expect(violations).toMatchObject([{ kind: 'use-after-free', function: 'entry', line: 3, step: 3, actor: 'CPU0' }]);
		expect(violations[0]?.title).toBe('use after free: read of node#1->value (struct node node#1)');
		expect(violations[0]?.details).toEqual([
			'allocated at step 1, CPU0 in entry (test.c:1)',
			'freed at step 2, CPU0 in entry (test.c:2)',
		]);
	});

	it('freed twice are a double free', () => {
		const program = assemble({
			structs,
			functions: [
				{
					name: 'entry',
					code: [
						constant(0, 0),
						primitive('kzalloc', [0], 1, 0),
						primitive('kfree', [1]),
						primitive('kfree', [1]),
						leave,
					],
				},
			],
		});
		expect(play(machineOf(program, ['entry']), [0, 0, 0]).violations.map(({ kind }) => kind)).toEqual(['double-free']);
	});

	it('that nothing leads to at the end are leaks; those a global leads to are not', () => {
		const program = assemble({
			globals: [{ name: 'head', type: pointer }],
			structs,
			functions: [
				{
					name: 'entry',
					code: [
						constant(0, 0),
						primitive('kzalloc', [0], 1, 0),
						primitive('kzalloc', [0], 2, 0),
						primitive('kzalloc', [0], 3, 0),
						global(4, 0),
						store(4, 1),
						store(1, 2),
						leave,
					],
				},
			],
		});
		const { violations, state } = play(machineOf(program, ['entry']), [0, 0, 0, 0, 0]);
		expect(state.finished).toBe(true);
		expect(violations.map(({ kind, title }) => [kind, title.split(' ')[1]])).toEqual([['leak', 'node#4']]);
	});

	it('give their ids back when they are freed and nothing live leads to them', () => {
		const program = assemble({
			structs,
			functions: [
				{
					name: 'entry',
					code: [
						constant(0, 0),
						primitive('kzalloc', [0], 1, 0),
						primitive('kfree', [1]),
						primitive('kzalloc', [0], 2, 0), // register 1 is read below: its object keeps its id
						primitive('kfree', [2]),
						primitive('kzalloc', [0], 3, 0), // register 2 is dead: its id is taken again
						primitive('kfree', [3]),
						load(4, 1),
						leave,
					],
				},
			],
		});
		const { state } = play(machineOf(program, ['entry']), [0, 0, 0, 0, 0]);
		expect(state.objects.map((object) => object?.status ?? null)).toEqual([null, 'freed', 'live']);
	});

	it('at NULL and nowhere stop the CPU', () => {
		const program = assemble({
			functions: [
				{ name: 'null', code: [constant(0, 0), [5, load(1, 0)], leave] },
				{ name: 'wild', code: [constant(0, 99 * 4096), [6, store(0, 0)], leave] },
				{ name: 'error', code: [constant(0, -12), [7, load(1, 0)], leave] },
			],
		});
		const machine = machineOf(program, ['null', 'wild', 'error']);
		const { state, violations } = play(machine, [0, 1, 2]);
		expect(state.contexts.slice(0, 3).map(({ status }) => status)).toEqual(['dead', 'dead', 'dead']);
		expect(violations.map(({ kind, title, line }) => [kind, title, line])).toEqual([
			['assertion', 'NULL pointer dereference (read)', 5],
			['assertion', 'wild pointer 0x63000 (write)', 6],
			['assertion', 'wild pointer ERR_PTR(-12) (read)', 7],
		]);
		expect(state.finished).toBe(true);
	});
});

describe('bounds', () => {
	it('catch a loop without an op, and say where it is', () => {
		const program = assemble({
			functions: [
				{
					name: 'entry',
					code: [
						[1, constant(0, 1)],
						[8, constant(1, 2)],
						[9, { op: 'jump', target: 1 }],
					],
				},
			],
		});
		const machine = machineOf(program, ['entry']);
		const { state } = initialState(machine);
		// The choice stands, so that the error comes from the step and not from looking at the state.
		expect(choices(machine, state)).toHaveLength(1);
		for (const grain of ['op', 'line', 'over', 'out'] as const) {
			const run = () => step(machine, state, { actor: 0, alternative: 0 }, grain);
			expect(run).toThrow(/^test\.c:8:1: endless loop in entry\(\)/);
		}
	});

	it('catch a recursion without end', () => {
		const program = assemble({ functions: [{ name: 'entry', code: [[3, call(0)], leave] }] });
		const machine = machineOf(program, ['entry']);
		const run = () => step(machine, initialState(machine).state, { actor: 0, alternative: 0 }, 'op');
		expect(run).toThrow(MachineError);
		expect(run).toThrow(/^test\.c:3:1: the stack of CPU0 is 20 calls deep/);
	});

	it('catch an allocation without end', () => {
		const program = assemble({
			structs: [{ tag: 'node', fields: [['value', long]] }],
			functions: [
				{
					name: 'entry',
					code: [
						{ op: 'atomicBegin' },
						constant(0, 0),
						[4, primitive('kzalloc', [0], 1, 0)],
						{ op: 'jump', target: 1 },
					],
				},
			],
		});
		const machine = machineOf(program, ['entry']);
		const run = () => step(machine, initialState(machine).state, { actor: 0, alternative: 0 }, 'op');
		expect(run).toThrow(/^test\.c:4:1: more than 100 objects/);
	});
});

describe('regions', () => {
	it('of one op: atomic', () => {
		const program = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{
					name: 'entry',
					code: [
						{ op: 'atomicBegin' },
						global(0, 0),
						load(1, 0),
						constant(2, 1),
						add(1, 1, 2),
						store(0, 1),
						{ op: 'atomicEnd' },
						leave,
					],
				},
			],
		});
		expect(outcomes(machineOf(program, ['entry', 'entry']), (state) => String(globalValue(state, 0)))).toEqual(['2']);
	});

	it('that wait: not ready while the condition is zero', () => {
		const program = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{
					name: 'waiter',
					code: [[4, { op: 'awaitBegin' }], global(0, 0), load(1, 0), { op: 'awaitEnd', condition: 1 }, [5, leave]],
				},
				{ name: 'waker', code: [global(0, 0), constant(1, 1), store(0, 1), leave] },
			],
		});
		const machine = machineOf(program, ['waiter', 'waker']);
		const { state } = initialState(machine);
		expect(choices(machine, state)).toEqual([{ actor: 1, alternative: 0 }]);
		expect(actors(machine, state)[0]?.wait?.text).toBe('waits for the condition at test.c:4: line 4');
		const woken = play(machine, [1, 0]);
		expect(woken.state.contexts[0]?.status).toBe('done');
		expect(woken.violations).toEqual([]);
	});

	it('that can never be left are a deadlock', () => {
		const program = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{
					name: 'waiter',
					code: [{ op: 'awaitBegin' }, global(0, 0), load(1, 0), { op: 'awaitEnd', condition: 1 }, leave],
				},
			],
		});
		const { violations } = initialState(machineOf(program, ['waiter']));
		expect(violations.map(({ kind, title }) => `${kind}, ${title}`)).toEqual([
			'deadlock, deadlock: nothing can end the wait of CPU0',
		]);
	});

	it('that would wait inside an atomic region are an error of the model', () => {
		const program = assemble({
			globals: [{ name: 'a', type: spinlock }],
			functions: [
				{ name: 'holder', code: [global(0, 0), primitive('spin_lock', [0]), primitive('spin_unlock', [0]), leave] },
				{
					name: 'other',
					code: [
						{ op: 'atomicBegin' },
						global(0, 0),
						[6, primitive('spin_lock', [0])],
						primitive('spin_unlock', [0]),
						{ op: 'atomicEnd' },
						leave,
					],
				},
			],
		});
		const machine = machineOf(program, ['holder', 'other']);
		expect(() => play(machine, [0, 1])).toThrow(
			/^test\.c:6:1: an atomic region would have to wait: waits for spinlock a/,
		);
	});

	it('of ghost code belong to the op they follow, in both grains', () => {
		const program = assemble({
			globals: [
				{ name: 'x', type: long },
				{ name: 'ghost', type: long },
			],
			functions: [
				{
					name: 'entry',
					code: [
						[1, global(0, 0)],
						constant(1, 1),
						store(0, 1),
						[2, constant(2, 7)],
						[3, { op: 'ghostBegin' }],
						load(3, 0),
						global(4, 1),
						store(4, 3),
						{ op: 'ghostEnd' },
						[4, load(5, 0)],
						[5, leave],
					],
				},
			],
		});
		for (const grain of ['op', 'line'] as const) {
			const { state } = play(machineOf(program, ['entry']), [0], grain);
			expect([grain, globalValue(state, 0), globalValue(state, 1)]).toEqual([grain, 1, 1]);
			expect(state.contexts[0]?.frames[0]?.instruction).toBe(9);
		}
	});

	it('of ghost code at the start of a function belong to the op after them', () => {
		const program = assemble({
			globals: [
				{ name: 'x', type: long },
				{ name: 'ghost', type: long },
			],
			functions: [
				{ name: 'entry', code: [[1, global(0, 0)], constant(1, 1), store(0, 1), [2, call(1)], [3, leave]] },
				{
					name: 'callee',
					code: [
						[10, { op: 'ghostBegin' }],
						global(0, 0),
						load(1, 0),
						global(2, 1),
						store(2, 1),
						{ op: 'ghostEnd' },
						[11, global(0, 0)],
						load(1, 0),
						[12, leave],
					],
				},
				{ name: 'other', code: [global(0, 0), constant(1, 5), store(0, 1), leave] },
			],
		});
		const machine = machineOf(program, ['entry', 'other']);
		// The other CPU's store comes between: ghost code that ran too early would have seen 1.
		expect(globalValue(play(machine, [0, 1, 0]).state, 1)).toBe(5);
		const lines = play(machine, [0, 0, 1, 0], 'line');
		expect(globalValue(lines.state, 1)).toBe(5);
		expect(lines.state.contexts[0]?.frames[1]?.instruction).toBe(8);
	});
});

describe('invariants and final functions', () => {
	const program = assemble({
		globals: [{ name: 'x', type: long }],
		functions: [
			{
				name: 'entry',
				code: [
					global(0, 0),
					constant(1, 1),
					constant(2, 0),
					[1, store(0, 1)],
					[2, store(0, 1)],
					[3, store(0, 2)],
					[4, store(0, 1)],
					[5, leave],
				],
			},
			{
				name: 'x_is_zero',
				role: 'invariant',
				result: { kind: 'integer', name: 'bool', bits: 1, signed: false },
				code: [global(0, 0), load(1, 0), { op: 'unary', result: 1, operator: '!', operand: 1, type: long }, give(1)],
			},
		],
	});

	it('are reported when they begin to be broken', () => {
		const machine = machineOf(program, ['entry']);
		const { violations } = play(machine, [0, 0, 0, 0]);
		expect(violations.map(({ kind, title, line, step }) => [kind, title, line, step])).toEqual([
			['invariant', 'x_is_zero does not hold', 1, 1],
			['invariant', 'x_is_zero does not hold', 4, 4],
		]);
	});

	it('run once at the end', () => {
		const ending = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{ name: 'entry', code: [global(0, 0), constant(1, 1), store(0, 1), leave] },
				{ name: 'at_end', role: 'final', code: [global(0, 0), load(1, 0), add(1, 1, 1), store(0, 1), leave] },
			],
		});
		const { state } = play(machineOf(ending, ['entry', 'entry']), [0, 1]);
		expect([state.finished, globalValue(state, 0)]).toEqual([true, 2]);
	});

	it('are no events of the step that they come after', () => {
		const ending = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{ name: 'entry', code: [global(0, 0), constant(1, 1), store(0, 1), leave] },
				{ name: 'helper', code: [leave] },
				{ name: 'at_end', role: 'final', code: [call(1), global(0, 0), load(1, 0), leave] },
			],
		});
		const machine = machineOf(ending, ['entry']);
		const { events } = step(machine, initialState(machine).state, { actor: 0, alternative: 0 }, 'op', { events: true });
		expect(events.map(({ kind }) => kind)).toEqual(['store', 'return', 'end']);
	});

	it('stop a line step after the op that broke them', () => {
		const oneLine = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{
					name: 'entry',
					code: [[1, global(0, 0)], constant(1, 1), store(0, 1), constant(1, 2), store(0, 1), [2, leave]],
				},
			],
		});
		const functions = [...oneLine.functions, ...program.functions.slice(1)];
		const { state, violations } = play(machineOf({ ...oneLine, functions }, ['entry']), [0], 'line');
		expect(violations).toHaveLength(1);
		expect(globalValue(state, 0)).toBe(1);
	});
});

describe('line steps', () => {
	const program = assemble({
		globals: [{ name: 'x', type: long }],
		functions: [
			{
				name: 'entry',
				code: [
					[1, call(1)],
					[2, call(2)],
					[3, constant(5, 1)],
					[4, leave],
				],
			},
			{ name: 'helper', isLibraryHelper: true, code: [[20, global(0, 0)], load(1, 0), [21, load(1, 0)], [22, leave]] },
			{ name: 'kernel', code: [[30, global(0, 0)], load(1, 0), [31, load(1, 0)], [32, leave]] },
		],
	});
	const machine = machineOf(program, ['entry']);

	function linesOf(grains: readonly ('line' | 'over' | 'out' | 'op')[]): readonly (number | string)[] {
		let { state } = initialState(machine);
		return grains.map((grain) => {
			state = step(machine, state, { actor: 0, alternative: 0 }, grain).state;
			const frame = state.contexts[0]?.frames.at(-1);
			if (frame === undefined) return state.contexts[0]?.status ?? '';
			return program.functions[frame.function]?.lines[frame.instruction]?.line ?? 0;
		});
	}

	it('go over library helpers and into functions', () => {
		expect(linesOf(['line', 'line', 'line', 'line', 'line', 'line', 'line'])).toEqual([2, 30, 31, 32, 3, 4, 'done']);
	});

	it('go over functions on demand', () => {
		expect(linesOf(['over', 'over', 'over'])).toEqual([2, 3, 4]);
		expect(linesOf(['line', 'line', 'over', 'over', 'over'])).toEqual([2, 30, 31, 32, 3]);
	});

	it('go out of a function', () => {
		expect(linesOf(['line', 'line', 'out', 'out'])).toEqual([2, 30, 3, 'done']);
	});

	it('go into helpers by single ops', () => {
		expect(linesOf(['op', 'line', 'line'])).toEqual([21, 22, 2]);
	});

	it('end in the middle where they must wait', () => {
		const blocking = assemble({
			globals: [
				{ name: 'a', type: spinlock },
				{ name: 'x', type: long },
			],
			functions: [
				{
					name: 'holder',
					code: [global(0, 0), [1, primitive('spin_lock', [0])], [2, primitive('spin_unlock', [0])], [3, leave]],
				},
				{
					name: 'other',
					code: [
						[5, global(0, 0)],
						global(1, 1),
						load(2, 1),
						primitive('spin_lock', [0]),
						[6, primitive('spin_unlock', [0])],
						[7, leave],
					],
				},
			],
		});
		const two = machineOf(blocking, ['holder', 'other']);
		const { last, state } = play(two, [0, 1], 'line');
		expect(last.completed).toBe(false);
		expect(state.contexts[1]?.frames[0]?.instruction).toBe(3);
		expect(state.costs['lock waits: a']).toBe(1);
		const rest = play(two, [0, 1, 0, 1], 'line');
		expect(rest.last.completed).toBe(true);
		expect(rest.state.contexts[1]?.held).toHaveLength(1);
	});

	it('never stop at a declaration that gives no value, be it the first line', () => {
		const program = compileText(`int g;
void entry(void)
{
	unsigned long x, y;
	int *p;

	x = 1;
	int later;
	y = x + 1;
	later = y; p = &g; *p = later;
}`);
		const machine = machineOf(program, ['entry']);
		const lines: number[] = [];
		let { state } = initialState(machine);
		while (state.contexts[0]?.status === 'running') {
			const frame = state.contexts[0].frames[0];
			lines.push(program.functions[0]?.lines[frame?.instruction ?? -1]?.line ?? -1);
			state = step(machine, state, { actor: 0, alternative: 0 }, 'line').state;
		}
		expect(lines).toEqual([7, 9, 10, 11]);
		expect(globalValue(state, 0)).toBe(2);
	});

	it('go once round a loop on one line', () => {
		const spinning = assemble({
			globals: [{ name: 'x', type: long }],
			functions: [
				{
					name: 'entry',
					code: [[1, global(0, 0)], load(1, 0), { op: 'branch', condition: 1, target: 0 }, [2, leave]],
				},
			],
		});
		const one = machineOf(spinning, ['entry']);
		const before = initialState(one).state;
		const after = step(one, before, { actor: 0, alternative: 0 }, 'line').state;
		expect(after.contexts[0]?.frames[0]?.instruction).toBe(0);
		expect(identityOf(one, after)).toBe(identityOf(one, before));
		expect(fingerprint(one, after)).toBe(fingerprint(one, before));
	});
});
