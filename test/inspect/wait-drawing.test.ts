import { describe, expect, it } from 'vitest';
import type { WaitGraph, WaitRow } from '../../source/inspect/views.ts';
import { drawWaits } from '../../source/inspect/wait-drawing.ts';

/** A graph in which each actor waits for the lock of that name, held by the others named since step 3. */
function graph(
	waits: Readonly<Record<string, readonly string[]>>,
	cycles: readonly (readonly string[])[] = [],
): WaitGraph {
	const names = [...new Set(Object.entries(waits).flatMap(([actor, on]) => [actor, ...on]))].sort();
	return {
		actors: names.map((name) => ({
			name,
			role: '',
			status: name in waits ? ('waiting' as const) : ('ready' as const),
		})),
		waits: Object.entries(waits).map(
			([actor, on]): WaitRow => ({
				actor,
				kind: 'lock',
				what: 'mutex m',
				on: on.map((to) => ({ actor: to, mode: 'exclusive', since: 3 })),
				inCycle: cycles.flat().includes(actor),
				changed: false,
			}),
		),
		ready: names.filter((name) => !(name in waits)),
		cycles,
	};
}

function drawing(of: WaitGraph, isAscii = false, width = 78): string[] {
	return drawWaits(of, width, { isAscii }).map(({ rails, words }) => `${rails}${words}`);
}

describe('the drawing of the wait-for graph', () => {
	it('has nothing to draw when nobody waits', () => {
		expect(drawing(graph({}))).toEqual([]);
	});

	it('leads from who waits down to who holds', () => {
		expect(drawing(graph({ B: ['A'] }))).toEqual(['  B', '  ▼ waits for mutex m, held by A since step 3', '  A']);
	});

	it('closes a cycle over a rail, and spells it out', () => {
		expect(drawing(graph({ A: ['C'], B: ['A'], C: ['B'] }, [['A', 'C', 'B']]))).toEqual([
			'cycle: A -> C -> B -> A',
			' ┌▶ A',
			' │  ▼ waits for mutex m, held by C since step 3',
			' │  C',
			' │  ▼ waits for mutex m, held by B since step 3',
			' │  B',
			' └──┘ waits for mutex m, held by A since step 3',
		]);
	});

	it('says the same in ASCII', () => {
		expect(drawing(graph({ A: ['B'], B: ['A'] }, [['A', 'B']]), true)).toEqual([
			'cycle: A -> B -> A',
			' +> A',
			' |  v waits for mutex m, held by B since step 3',
			' |  B',
			' +--+ waits for mutex m, held by A since step 3',
		]);
	});

	it('gives rails that overlap a column each', () => {
		expect(drawing(graph({ A: ['A'], B: ['A'], C: ['B'] }, [['A']]))).toEqual([
			'cycle: A -> A',
			' ┌─┬▶ A',
			' │ └──┘ waits for mutex m, which it holds itself since step 3',
			' │    C',
			' │    ▼ waits for mutex m, held by B since step 3',
			' │    B',
			' └────┘ waits for mutex m, held by A since step 3',
		]);
	});

	it('has an arrow for each of several holders', () => {
		expect(drawing(graph({ W: ['A', 'B'] }))).toEqual([
			'    W',
			' ┌──┤ waits for mutex m, held by A since step 3',
			' │  ▼ and held by B since step 3',
			' │  B',
			' └▶ A',
		]);
	});

	it('says of a wait for nobody in particular who may end it', () => {
		const waits = graph({ A: [] });
		expect(drawing(waits)).toEqual(['  A', '  └ waits for mutex m, and no actor is left to end it']);
		expect(drawing({ ...waits, ready: ['B', 'C'] })).toEqual([
			'  A',
			'  └ waits for mutex m, which B or C may still end',
		]);
		const condition = waits.waits.map((wait): WaitRow => ({ ...wait, kind: 'condition', what: 'wait_event(done)' }));
		expect(drawing({ ...waits, waits: condition })).toEqual([
			'  A',
			'  └ waits for wait_event(done), and no actor is left to make it true',
		]);
		expect(drawing({ ...waits, waits: condition, ready: ['B'] })).toEqual([
			'  A',
			'  └ waits for wait_event(done), which B may still make true',
		]);
	});

	it('keeps to its width', () => {
		const lines = drawing(graph({ A: ['B'], B: ['A'] }, [['A', 'B']]), false, 40);
		expect(lines.slice(1)).toEqual([
			' ┌▶ A',
			' │  │ waits for mutex m, held by B since',
			' │  ▼ step 3',
			' │  B',
			' │  │ waits for mutex m, held by A since',
			' └──┘ step 3',
		]);
		expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(40);
	});
});
