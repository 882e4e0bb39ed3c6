/**
 * The set of states met so far. States are compared in full, so that no two are ever taken for one, and numbered in the order in
 * which they are added. Only slots that have ever differed from the start are kept: the columns of the table.
 */

import type { Cursor } from './cursor.ts';

const chunkBits = 14;
const chunkSize = 1 << chunkBits;
const chunkMask = chunkSize - 1;
const firstColumns = 16;
/** Rows that the first chunk has room for at first; it doubles until it is whole. Most searches are small. */
const firstRows = 256;

export class StateTable {
	/** Number of states. */
	count = 0;
	private readonly cursor: Cursor;
	/** Numbers a row; the first `columns` are in use, for `cursor.active`. */
	private width = firstColumns;
	private columns = 0;
	private readonly chunks: Int32Array[] = [];
	/** Open addressing, two numbers an entry: number of the state plus one (0 where free), and its hash. */
	private table = new Int32Array(1 << 11);

	/** @param cursor the states are those that this cursor is at */
	constructor(cursor: Cursor) {
		this.cursor = cursor;
	}

	/** Bytes taken by the states and their index. */
	get bytes(): number {
		return this.chunks.reduce((sum, { byteLength }) => sum + byteLength, 0) + this.table.byteLength;
	}

	private hash(): number {
		const mixed = Math.imul(this.cursor.hash ^ (this.cursor.hash >>> 16), 0x45d9f3b);
		return mixed ^ (mixed >>> 15);
	}

	/** The number of the state that the cursor is at; `-1 - number` when it was not there and has been added. */
	add(): number {
		const hash = this.hash();
		const { table } = this;
		const mask = table.length / 2 - 1;
		if (this.columns < this.cursor.active.length) this.addColumns();
		let place = hash & mask;
		for (;;) {
			const entry = table[2 * place] ?? 0;
			if (entry === 0) break;
			if (table[2 * place + 1] === hash && this.isAt(entry - 1)) return entry - 1;
			place = (place + 1) & mask;
		}
		const number = this.count++;
		table[2 * place] = number + 1;
		table[2 * place + 1] = hash;
		this.write(number);
		if (this.count * 4 > table.length) this.grow();
		return -1 - number;
	}

	/** The number of the state that the cursor is at, or -1. */
	find(): number {
		const hash = this.hash();
		const { table } = this;
		const mask = table.length / 2 - 1;
		if (this.columns < this.cursor.active.length) this.addColumns();
		for (let place = hash & mask; ; place = (place + 1) & mask) {
			const entry = table[2 * place] ?? 0;
			if (entry === 0) return -1;
			if (table[2 * place + 1] === hash && this.isAt(entry - 1)) return entry - 1;
		}
	}

	private isAt(number: number): boolean {
		const chunk = this.chunks[number >> chunkBits];
		if (chunk === undefined) return false;
		const { vector, active } = this.cursor;
		const start = (number & chunkMask) * this.width;
		for (let column = 0; column < active.length; column++) {
			if (chunk[start + column] !== vector[active[column] ?? 0]) return false;
		}
		return true;
	}

	private write(number: number): void {
		const chunk = this.chunkFor(number);
		const { vector, active } = this.cursor;
		const start = (number & chunkMask) * this.width;
		for (let column = 0; column < active.length; column++) chunk[start + column] = vector[active[column] ?? 0] ?? 0;
	}

	/** The chunk for a new state, with room for it. */
	private chunkFor(number: number): Int32Array {
		const index = number >> chunkBits;
		const known = this.chunks[index];
		const needed = ((number & chunkMask) + 1) * this.width;
		if (known !== undefined && known.length >= needed) return known;
		const rows = index > 0 ? chunkSize : Math.max(firstRows, 2 * (number & chunkMask));
		const chunk = new Int32Array(Math.min(rows, chunkSize) * this.width);
		if (known !== undefined) chunk.set(known);
		this.chunks[index] = chunk;
		return chunk;
	}

	private grow(): void {
		const old = this.table;
		const table = new Int32Array(old.length * 2);
		const mask = table.length / 2 - 1;
		for (let at = 0; at < old.length; at += 2) {
			const entry = old[at] ?? 0;
			if (entry === 0) continue;
			const hash = old[at + 1] ?? 0;
			let place = hash & mask;
			while (table[2 * place] !== 0) place = (place + 1) & mask;
			table[2 * place] = entry;
			table[2 * place + 1] = hash;
		}
		this.table = table;
	}

	/** Slots have begun to change: what the states so far hold there is what it was at the start. */
	private addColumns(): void {
		const { active } = this.cursor;
		if (active.length > this.width) this.widen(Math.ceil(active.length * 1.25));
		for (let column = this.columns; column < active.length; column++) {
			const component = this.cursor.atStart(active[column] ?? 0);
			for (let number = 0; number < this.count; number++) {
				const chunk = this.chunks[number >> chunkBits];
				if (chunk !== undefined) chunk[(number & chunkMask) * this.width + column] = component;
			}
		}
		this.columns = active.length;
	}

	private widen(width: number): void {
		for (const [index, chunk] of this.chunks.entries()) {
			const wider = new Int32Array((chunk.length / this.width) * width);
			const rows = Math.min(this.count - index * chunkSize, chunkSize);
			for (let row = 0; row < rows; row++) {
				const from = row * this.width;
				const to = row * width;
				for (let column = 0; column < this.columns; column++) wider[to + column] = chunk[from + column] ?? 0;
			}
			this.chunks[index] = wider;
		}
		this.width = width;
	}

	/** Moves the cursor to a state. */
	goTo(number: number): void {
		const { cursor } = this;
		const { active } = cursor;
		if (this.columns < active.length) this.addColumns();
		const chunk = this.chunks[number >> chunkBits];
		if (chunk === undefined) throw new RangeError(`there is no state ${number}`);
		const start = (number & chunkMask) * this.width;
		for (let column = 0; column < active.length; column++) cursor.set(active[column] ?? 0, chunk[start + column] ?? 0);
		cursor.forget();
	}
}
