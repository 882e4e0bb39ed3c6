/** A growing set of small numbers. */
export class BitSet {
	private words = new Int32Array(4);

	has(member: number): boolean {
		return (((this.words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1;
	}

	/** Returns whether it is new. */
	add(member: number): boolean {
		const word = member >>> 5;
		if (word >= this.words.length) {
			const words = new Int32Array(Math.max(word + 1, this.words.length * 2));
			words.set(this.words);
			this.words = words;
		}
		const before = this.words[word] ?? 0;
		const after = before | (1 << (member & 31));
		this.words[word] = after;
		return after !== before;
	}
}
