/**
 * A 64-bit hash of a sequence of numbers, as two 32-bit hashes of MurmurHash3's construction with different constants. Only
 * integer operations that every JavaScript engine does alike.
 */

/** Both halves, as unsigned 32-bit numbers. */
export interface Hash {
	readonly high: number;
	readonly low: number;
}

export class Hasher {
	private a = 0x2f0b4c47;
	private b = 0x6a09e667;
	private length = 0;

	/** Adds 32 bits. */
	word(value: number): void {
		let k = Math.imul(value, 0xcc9e2d51);
		k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
		this.a ^= k;
		this.a = (Math.imul((this.a << 13) | (this.a >>> 19), 5) + 0xe6546b64) | 0;
		let l = Math.imul(value, 0x239b961b);
		l = Math.imul((l << 16) | (l >>> 16), 0xab0e9789);
		this.b ^= l;
		this.b = (Math.imul((this.b << 17) | (this.b >>> 15), 5) + 0x561ccd1b) | 0;
		this.length++;
	}

	/** Adds a safe integer. */
	number(value: number): void {
		const low = value | 0;
		if (low === value) {
			this.word(low);
			return;
		}
		// Never a high half of zero or minus one here, but the length tells the two forms apart all the same.
		this.word(low);
		this.word(Math.floor(value / 0x1_0000_0000));
		this.length += 0x100;
	}

	text(value: string): void {
		this.word(value.length);
		for (let index = 0; index < value.length; index++) this.word(value.charCodeAt(index));
	}

	finish(): Hash {
		return { high: avalanche(this.a ^ this.length), low: avalanche(this.b ^ this.length ^ 0x38b34ae5) };
	}
}

function avalanche(value: number): number {
	let h = value;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}
