/** Lists of numbers that grow at their end, for what the search keeps millions of. Read `data` directly; it moves as the list grows. */

export class Int32List {
	data: Int32Array;
	length = 0;

	constructor(capacity = 64) {
		this.data = new Int32Array(capacity);
	}

	push(value: number): void {
		if (this.length === this.data.length) this.reserve(this.length + 1);
		this.data[this.length++] = value;
	}

	/** Makes `index` a valid index; what was not set is 0. */
	extendTo(index: number): void {
		if (index >= this.data.length) this.reserve(index + 1);
		if (index >= this.length) this.length = index + 1;
	}

	private reserve(capacity: number): void {
		const grown = new Int32Array(Math.max(capacity, this.data.length * 2));
		grown.set(this.data);
		this.data = grown;
	}
}

export class Float64List {
	data: Float64Array;
	length = 0;

	constructor(capacity = 64) {
		this.data = new Float64Array(capacity);
	}

	push(value: number): void {
		if (this.length === this.data.length) {
			const grown = new Float64Array(this.data.length * 2);
			grown.set(this.data);
			this.data = grown;
		}
		this.data[this.length++] = value;
	}
}
