/** The state that a search is looking at: a vector that is changed in place, with its hash, and can be changed back. */

/** What a component in a slot adds to the hash of a state. The empty component adds nothing. */
function slotHash(slot: number, component: number): number {
	if (component === 0) return 0;
	let mixed = Math.imul(component, 0x9e3779b1) ^ Math.imul(slot + 1, 0x85ebca6b);
	mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
	return mixed ^ (mixed >>> 13);
}

export class Cursor {
	/** Component ids by slot. Not to be written to but through `set`. */
	vector: Int32Array;
	/** Of the vector as it is now. */
	hash = 0;
	/** By slot: 1 when it has ever differed from what it was at the start. */
	isActive: Uint8Array;
	/** Those slots, in the order in which they first changed. */
	readonly active: number[] = [];
	/** What every slot that is not active holds. */
	private start: Int32Array;
	private logSlots = new Int32Array(64);
	private logComponents = new Int32Array(64);
	private logLength = 0;

	constructor(start: Int32Array) {
		this.vector = start.slice();
		this.start = start.slice();
		this.isActive = new Uint8Array(start.length);
		for (let slot = 0; slot < start.length; slot++) this.hash ^= slotHash(slot, start[slot] ?? 0);
	}

	/** What a slot held at the start. */
	atStart(slot: number): number {
		return this.start[slot] ?? 0;
	}

	set(slot: number, component: number): void {
		const old = this.vector[slot] ?? 0;
		if (old === component) return;
		if (this.isActive[slot] === 0) {
			this.isActive[slot] = 1;
			this.active.push(slot);
		}
		if (this.logLength === this.logSlots.length) this.growLog();
		this.logSlots[this.logLength] = slot;
		this.logComponents[this.logLength++] = old;
		this.vector[slot] = component;
		this.hash ^= slotHash(slot, old) ^ slotHash(slot, component);
	}

	private growLog(): void {
		const slots = new Int32Array(this.logSlots.length * 2);
		slots.set(this.logSlots);
		const components = new Int32Array(slots.length);
		components.set(this.logComponents);
		this.logSlots = slots;
		this.logComponents = components;
	}

	/** A moment to come back to. */
	mark(): number {
		return this.logLength;
	}

	/** Takes back everything since the mark. */
	undo(mark: number): void {
		while (this.logLength > mark) {
			const at = --this.logLength;
			const slot = this.logSlots[at] ?? 0;
			const component = this.logComponents[at] ?? 0;
			this.hash ^= slotHash(slot, this.vector[slot] ?? 0) ^ slotHash(slot, component);
			this.vector[slot] = component;
		}
	}

	/** Forgets how it came here: there is no way back any more. */
	forget(): void {
		this.logLength = 0;
	}

	/** Adds empty slots. */
	widen(width: number): void {
		if (width <= this.vector.length) return;
		const grown = (from: Int32Array) => {
			const wider = new Int32Array(width);
			wider.set(from);
			return wider;
		};
		this.vector = grown(this.vector);
		this.start = grown(this.start);
		const isActive = new Uint8Array(width);
		isActive.set(this.isActive);
		this.isActive = isActive;
	}
}
