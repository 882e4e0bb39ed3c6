import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columnsOf, followSchedule, vmapTarget } from './vmap-state.ts';

/** One row of a table of the domain description: what block A looks like when the action has been done. */
interface GoldenRow {
	readonly row: string;
	/** The schedule's mark, when it is not the row's name. */
	readonly mark?: string;
	readonly action: string;
	/** Null where the block does not exist. */
	readonly cells: string | null;
	readonly free: number | null;
	readonly dirty: number | null;
	readonly range: string | null;
	readonly freeList: boolean;
	readonly xarray: boolean;
	readonly purgeList: boolean;
	readonly pte: string;
	readonly tlb1: string;
	readonly usedMap?: string | null;
	readonly walk?: string;
	readonly lazy?: number;
	/** Where the model differs from the table, and why. */
	readonly amended?: { readonly cells: string; readonly pte: string; readonly reason: string };
}

interface GoldenTable {
	readonly title: string;
	readonly schedule: string;
	readonly kernels: readonly string[];
	readonly options: Readonly<Record<string, string>>;
	/** Which frame a character of the PTE and TLB columns stands for. */
	readonly legend: Readonly<Record<string, number>>;
	readonly rows: readonly GoldenRow[];
}

const folder = new URL('../../fixtures/golden/vmap/', import.meta.url);
const tables = readdirSync(folder)
	.filter((name) => name.endsWith('.json'))
	.map((name) => ({ name, table: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as GoldenTable }));

/** Rows of every table of the description: 26 + U 9 + F 12 + S 12 + D 6 + T 11 + G 14, those that several kernels share once. */
const rowsOfTheDescription = 26 + 9 + 12 + 12 + 6 + 13 + 14;

describe('golden tables of the vmap models', () => {
	it('are complete', () => {
		const rows = new Set(tables.flatMap(({ table }) => table.rows.map(({ row }) => row)));
		expect(rows.size).toBe(rowsOfTheDescription);
	});

	for (const { name, table } of tables) {
		for (const kernel of table.kernels) {
			describe(`${name} on ${kernel}`, () => {
				const target = vmapTarget({ kernel, schedule: table.schedule, options: table.options });
				const moments = followSchedule(kernel, table.schedule, table.options);

				it.each(table.rows)('$row: $action', (golden) => {
					const moment = moments.find(({ mark }) => mark === (golden.mark ?? golden.row));
					if (moment === undefined) throw new Error(`schedule ${table.schedule} has no such mark`);
					const columns = columnsOf(target, moment.state);
					const frames = (text: string) => [...text].map((character) => table.legend[character] ?? 0);
					const isMissing = golden.free === null;
					expect({
						...columns,
						usedMap: golden.usedMap === undefined ? undefined : columns.usedMap,
						walk: golden.walk === undefined ? undefined : columns.walk,
					}).toEqual({
						cells: isMissing ? null : (golden.amended ?? golden).cells,
						free: golden.free,
						dirty: golden.dirty,
						// The description writes the empty range as [4,0).
						range: golden.range === '[4,0)' ? 'empty' : golden.range,
						usedMap: golden.usedMap,
						freeList: golden.freeList,
						xarray: golden.xarray,
						purgeList: golden.purgeList,
						pte: frames((golden.amended ?? golden).pte),
						tlbs: [[0, 0, 0, 0], frames(golden.tlb1)],
						otherFreeList: 0,
						lazy: golden.lazy ?? 0,
						walk: golden.walk,
					});
				});
			});
		}
	}
});
