import { describe, expect, it } from 'vitest';
import type { StateViews } from '../../source/inspect/views.ts';
import { costText, stateText } from '../../source/report/state-text.ts';

const nothing: StateViews = {
	cpus: [],
	pageTables: [],
	tlbs: [],
	locks: [],
	waits: { actors: [], waits: [], ready: [], cycles: [] },
	frames: [],
	objects: [],
	rcu: { readers: [], callbacks: [] },
	interrupts: [],
	custom: [],
	costs: [],
};

const cpu = { context: 0, name: 'CPU0', role: '', stack: [], waitsFor: '', holds: [], locals: [] };

describe('the state as text', () => {
	it('leaves out what has nothing to say', () => {
		expect(stateText(nothing)).toEqual([]);
		expect(stateText({ ...nothing, cpus: [{ ...cpu, name: 'rcu', status: 'idle' }] })).toEqual([]);
	});

	it('says where each CPU stands, what it waits for and what it holds', () => {
		const views: StateViews = {
			...nothing,
			cpus: [
				{
					...cpu,
					status: 'waiting',
					stack: [
						{ function: 'vb_free', file: 'v.c', line: 8 },
						{ function: 'main', file: 'p.c', line: 1 },
					],
					waitsFor: 'waits for spinlock A.lock, held by CPU1 since step 3',
					holds: ['B.lock since step 2'],
				},
				{ ...cpu, name: 'CPU1', status: 'done' },
			],
		};
		expect(stateText(views)).toEqual([
			'CPUs:',
			'  CPU0  waiting  in vb_free (v.c:8); waits for spinlock A.lock, held by CPU1',
			'                 since step 3; holds B.lock since step 2',
			'  CPU1  done',
		]);
	});

	it('draws the strips of a view with their brackets below the right cells', () => {
		const cells = ['m', 'm', 'd', 'd'].map((text) => ({ tone: 'plain', text }));
		const row = {
			label: 'A',
			cells,
			range: { start: 2, end: 4 },
			badges: [{ tone: 'bad', text: 'on no list' }],
			fields: [{ name: 'free', value: '0' }],
			remarks: ['nobody will flush A+2'],
			tree: null,
			changed: false,
		};
		const narrow = stateText({ ...nothing, custom: [{ title: 'vmap blocks', rows: [row] }] });
		expect(narrow).toEqual([
			'vmap blocks:',
			'  A  mmdd  [on no list]  free 0',
			'       []',
			'     nobody will flush A+2',
		]);
		const wide = { ...row, cells: ['P1', 'P2', 'P3', '-'].map((text) => ({ tone: 'plain', text })), remarks: [] };
		expect(stateText({ ...nothing, custom: [{ title: 'x', rows: [wide] }] })).toEqual([
			'x:',
			'  A  P1 P2 P3 -   [on no list]  free 0',
			'           [---]',
		]);
	});

	it('shows cached translations beside what the tables say, the stale ones marked', () => {
		const cell = { cpu: 1, text: 'P3', remark: 'filled step 16; stale since step 18', changed: false };
		const tlbs = [
			{
				label: 'A+2',
				space: 'kernel',
				page: 2,
				pte: 'none',
				cells: [
					{ ...cell, cpu: 0, text: '', state: 'empty' as const },
					{ ...cell, state: 'stale' as const },
				],
			},
		];
		expect(stateText({ ...nothing, tlbs })).toEqual([
			'TLBs:',
			'  CPU1  A+2  P3  STALE  tables: none; filled step 16; stale since step 18',
		]);
	});

	it('shows only locks that somebody holds or wants', () => {
		const lock = { kind: 'mutex' as const, changed: false, waiters: [], holders: [] };
		const views: StateViews = {
			...nothing,
			locks: [
				{ ...lock, name: 'idle' },
				{ ...lock, name: 'busy', holders: [{ actor: 'CPU0', mode: 'exclusive', since: 4 }], waiters: ['CPU1'] },
			],
		};
		expect(stateText(views)).toEqual(['locks:', '  busy  mutex  held by CPU0 since step 4; CPU1 waits']);
	});

	it('is ASCII without control characters, whatever names the model gave', () => {
		const frames = [{ frame: 'P1', owner: 'caf\u00e9 \x1b[31m', generation: 1, word: 0, aliases: [], changed: false }];
		expect(stateText({ ...nothing, frames })).toEqual(['pages:', '  P1  cafe ?[31m  generation 1']);
	});

	it('lines the costs up', () => {
		const costs = [
			{ name: 'flushes', value: 2, growth: 0 },
			{ name: 'spinlock acquisitions', value: 31, growth: 0 },
		];
		expect(costText({ ...nothing, costs })).toEqual(['   2  flushes', '  31  spinlock acquisitions']);
	});
});
