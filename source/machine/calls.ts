/** Calls and returns: which frame runs, and the locals that live in memory as long as it does. */

import type { FunctionCode, Instruction } from '../language/code.ts';
import { describeValue } from './describe.ts';
import { RunningFrames } from './running-frames.ts';
import { dropLocals, firstRegisters, makeLocals } from './stack.ts';
import { opKinds } from './visibility.ts';

/** What a context may not do while its place may still be given up. */
export class Irrevocable extends Error {}

const noLocals: readonly number[] = [];

export abstract class Calls extends RunningFrames {
	/** What the last frame returned. */
	value = 0;
	protected isRevocable = false;

	protected enter(index: number, instruction: Extract<Instruction, { op: 'call' | 'callPointer' }>): void {
		const fn = this.functionAt(index);
		if (this.isRevocable && fn.memoryLocals.length > 0) throw new Irrevocable();
		const { maxStackDepth } = this.machine.configuration;
		// What only looks has a stack of its own: whether it can be run does not depend on what it looks at.
		if ((this.isWhole ? this.callers.length + 1 : this.depth) >= maxStackDepth) {
			throw this.error(
				`the stack of ${this.actor} is ${maxStackDepth} calls deep: does ${fn.name}() call itself for ever?`,
			);
		}
		const { registers } = this;
		const values = instruction.arguments.map((register) => registers[register] ?? 0);
		this.next++;
		// The registers belong to the caller's frame from here on, and are not written to any more.
		this.callers.push({
			function: this.functionIndex,
			instruction: this.next,
			registers,
			locals: this.locals,
			result: this.result,
		});
		this.serials.push(this.serial);
		this.serial = ++this.lastSerial;
		this.code = fn;
		this.kinds = opKinds(fn);
		this.functionIndex = index;
		this.next = 0;
		this.registers = firstRegisters(fn, values);
		this.result = instruction.result;
		this.locals = noLocals;
		if (fn.memoryLocals.length > 0) {
			this.writeBack();
			this.locals = makeLocals(this.store, this.context, index, this.stamp());
		}
		if (this.journal.wantsEvents) {
			this.journal.event('call', () => `${fn.name}(${this.argumentTexts(fn, values)})`);
		}
	}

	private argumentTexts(fn: FunctionCode, values: readonly number[]): string {
		return fn.type.parameters
			.map((type, index) => describeValue(this.machine, this.store, type, values[index] ?? 0))
			.join(', ');
	}

	protected returnFrom(value: number): void {
		const { locals, journal, code } = this;
		if (this.isRevocable && locals.length > 0) throw new Irrevocable();
		if (journal.wantsEvents) {
			const { result } = code.type;
			journal.event('return', () =>
				result.kind === 'void'
					? `${code.name}() returns`
					: `${code.name}() returns ${describeValue(this.machine, this.store, result, value)}`,
			);
		}
		const at = locals.length > 0 ? this.stamp() : null;
		const caller = this.callers.pop();
		if (caller === undefined) {
			this.status = 'returned';
			this.value = value;
		} else {
			const { result } = this;
			this.resume(caller, this.serials.pop() ?? 0);
			if (result !== null) this.registers[result] = value;
		}
		if (at !== null) {
			this.writeBack();
			dropLocals(this.store, locals, at);
		}
	}
}
