import { describe, expect, it } from 'vitest';
import { drawTree, treeText } from '../../source/inspect/tree-drawing.ts';
import type { CustomViewRow } from '../../source/inspect/views.ts';

/** A row with children: the label of another row, '' for NULL, or the name of something that has no row. */
function row(label: string, children: readonly string[] = [], more: Partial<CustomViewRow> = {}): CustomViewRow {
	return {
		label,
		cells: [],
		range: null,
		badges: [],
		fields: [],
		remarks: [],
		changed: false,
		tree: {
			children: children.map((to, index) => ({ name: ['left', 'right'][index] ?? '', row: -1, to })),
			walkers: [],
		},
		...more,
	};
}

/** Rows whose children are found by label. */
function rows(...given: readonly CustomViewRow[]): readonly CustomViewRow[] {
	const labels = given.map(({ label }) => label);
	return given.map((one) => ({
		...one,
		tree:
			one.tree === null
				? null
				: { ...one.tree, children: one.tree.children.map((child) => ({ ...child, row: labels.indexOf(child.to) })) },
	}));
}

function drawing(of: readonly CustomViewRow[], width = 60): string[] {
	return drawTree(of, null, width, { isAscii: false }, (text) => text.length).map((line) =>
		line.map(({ text }) => text).join(''),
	);
}

describe('a tree of rows', () => {
	it('is drawn from its root down, left on the left', () => {
		expect(drawing(rows(row('B', ['A', 'D']), row('A'), row('D', ['C', '']), row('C')))).toEqual([
			'    B',
			' ┌──┴──┐',
			' A     D',
			'     ┌─┘',
			'     C',
		]);
	});

	it('keeps the place of a child that is not there', () => {
		expect(drawing(rows(row('A', ['', 'B']), row('B')))).toEqual(['   A', '   └─┐', '     B']);
		expect(drawing(rows(row('A', ['B', '']), row('B')))).toEqual(['   A', ' ┌─┘', ' B']);
	});

	it('sets apart what the root does not lead to', () => {
		const removed = row('R', ['A', ''], { badges: [{ tone: 'lazy', text: 'unlinked' }] });
		const freed = row('F', [], { badges: [{ tone: 'bad', text: 'FREED' }] });
		const lines = drawing(rows(row('A'), removed, freed));
		expect(lines).toEqual([' A', ' not below A:', '     R           F', ' [unlinked]   [FREED]', '   ┌─┘', '  → A']);
	});

	it('names a node that it meets again, and comes to an end in a circle', () => {
		expect(drawing(rows(row('A', ['B']), row('B', ['A'])))).toEqual(['  A', '  │', '  B', '  │', ' → A']);
	});

	it('names what has no row', () => {
		expect(drawing(rows(row('A', ['&lost->link'])))).toEqual(['       A', '       │', ' → &lost->link']);
	});

	it('shows who stands at a node', () => {
		const [root = row('A')] = rows(row('A', []));
		const shown = drawing([{ ...root, tree: { children: [], walkers: ['CPU0 node', 'CPU1 vma'] } }]);
		expect(shown).toEqual([' A ◀CPU0 node ◀CPU1 vma']);
	});

	it('has values without a name beside the label, everything else below it', () => {
		const fields = [
			{ name: '', value: '[0,2)' },
			{ name: 'count', value: '1' },
		];
		const badges = [{ tone: 'dirty', text: 'writer inside' }];
		expect(drawing([row('A', [], { fields, badges })])).toEqual(['         A [0,2)', ' [writer inside] count 1']);
	});

	it('has its nodes where their children leave room for them, in the columns of whoever draws', () => {
		const of = rows(row('A', ['漢漢', 'C']), row('漢漢'), row('C'));
		const lines = drawTree(of, null, 60, { isAscii: false }, (text) =>
			[...text].reduce((sum, c) => sum + (c === '漢' ? 2 : 1), 0),
		);
		expect(
			lines.map((line) =>
				line
					.map(({ text }) => text)
					.join('')
					.trimEnd(),
			),
		).toEqual(['     A', '  ┌──┴──┐', ' 漢漢   C']);
	});

	it('goes to the right where it is too wide to go down', () => {
		const wide = rows(row('A', ['B', 'C']), row('B'), row('C', ['D', 'B']), row('D'));
		expect(drawing(wide, 6)).toEqual([' A', ' ├─ left B', ' └─ right C', '    ├─ left D', '    └─ right → B']);
	});

	it('does not take longer than its nodes are many, however they point', () => {
		const labels = Array.from({ length: 200 }, (_, index) => `n${index}`);
		const all = rows(...labels.map((label) => row(label, [...labels.slice(0, 20), 'n199'])));
		const lines = drawing(all, 80);
		expect(lines.length).toBeLessThan(200 * 24);
		for (const label of labels) expect(lines.join('\n')).toContain(label);
	});

	it('marks the pointer that has changed', () => {
		const before = rows(row('A', ['B', '']), row('B'));
		const now = rows(row('A', ['', 'B'], { changed: true }), row('B'));
		const marked = drawTree(now, before, 60, { isAscii: false }, (text) => text.length).map((line) =>
			line.some(({ changed, text }) => changed && text !== ''),
		);
		expect(marked).toEqual([true, true, false]);
	});

	it('is ASCII in plain text, with what is remarked on nodes', () => {
		const remarked = row('B', [], { remarks: ['on its way'] });
		expect(treeText(rows(row('A', ['B', 'C']), remarked, row('C')), 60)).toEqual([
			'   A',
			' +-+-+',
			' B   C',
			'B: on its way',
		]);
	});

	it('has no part of rows that are none of its nodes', () => {
		expect(drawing([row('x', [], { tree: null })])).toEqual([]);
	});
});
