import { describe, expect, it } from 'vitest';
import { type DiagramRow, emptyRow } from '../../source/report/diagram-rows.ts';
import { idleWrites } from '../../source/report/idle-writes.ts';

const cell = 7;

function row(context: number, event: 'load' | 'store', text: string): DiagramRow {
	return { ...emptyRow, context, event, text, pointers: [cell] };
}

describe('a write that changes nothing', () => {
	it('is idle, whoever wrote before', () => {
		const rows = [
			row(0, 'store', 'A->dirty: 0 -> 0'),
			row(1, 'store', 'A->dirty: 0 -> 2'),
			row(0, 'store', 'A->dirty: 2 -> 2'),
		];
		expect([...idleWrites(rows)]).toEqual([0, 2]);
	});

	it('is not when it loses what another did since it read', () => {
		const rows = [
			row(0, 'load', 'reads A->dirty = 0'),
			row(1, 'store', 'A->dirty: 0 -> 1'),
			row(0, 'store', 'A->dirty: 1 -> 1'),
		];
		expect([...idleWrites(rows)]).toEqual([]);
	});

	it('is when it has read that', () => {
		const rows = [
			row(1, 'store', 'A->dirty: 0 -> 1'),
			row(0, 'load', 'reads A->dirty = 1'),
			row(0, 'store', 'A->dirty: 1 -> 1'),
		];
		expect([...idleWrites(rows)]).toEqual([2]);
	});

	it('is told from one whose values only begin alike', () => {
		expect([...idleWrites([row(0, 'store', 'A->dirty: 1 -> 11')])]).toEqual([]);
	});
});
