/** Steps of something that runs code: by one op, or by a line of source. */

import type { Execution } from './interpreter.ts';
import type { Site } from './journal.ts';
import type { Grain, WaitReason } from './machine.ts';
import { opKind } from './visibility.ts';

/** How a step of a context ended. */
export interface StepEnd {
	/** False when it had to wait before the end of what the grain asked for. */
	readonly completed: boolean;
	/** Ops that it did. */
	readonly ops: number;
	/** What it stands before: an op that is ready, or must wait; `unknown` when that takes running ghost code; `ended`. */
	readonly next: 'ready' | 'unknown' | 'ended' | WaitReason;
}

/** What is done after each op, with the place of the op. */
export type AfterOp = (site: Site) => void;

/** Ops that one line step may do; it ends early where a loop that is stepped over waits for somebody else. */
const maxOps = 10_000;

/**
 * Runs the context by one step. Returns the wait reason instead when it had to wait at once; the store must then be thrown
 * away.
 */
export function stepContext(execution: Execution, grain: Grain, afterOp: AfterOp): StepEnd | WaitReason {
	return grain === 'op' ? stepOp(execution, afterOp) : stepLine(execution, grain, afterOp);
}

/** One op, and what is invisible before it and after it: the context ends before its next op, or at its end. */
function stepOp(execution: Execution, afterOp: AfterOp): StepEnd | WaitReason {
	if (execution.runInvisible(true) !== 'op') {
		afterOp(execution.site());
		return { completed: true, ops: 0, next: 'ended' };
	}
	const reason = execution.waitReason();
	if (reason !== null) return reason;
	const site = execution.site();
	execution.runOp();
	const halt = execution.runInvisible(false);
	afterOp(site);
	return { completed: true, ops: 1, next: halt === 'op' ? (execution.waitReason() ?? 'ready') : endOf(halt) };
}

function endOf(halt: 'ghostBefore' | 'returned' | 'dead'): 'unknown' | 'ended' {
	return halt === 'ghostBefore' ? 'unknown' : 'ended';
}

/** Where a line step stops. */
class LineStops {
	private readonly execution: Execution;
	private readonly grain: Exclude<Grain, 'op'>;
	private readonly serial: number;
	private readonly depth: number;
	private readonly file: number | undefined;
	private readonly line: number | undefined;
	/** Statements of the starting frame, on the starting line, that the step has come to. */
	private readonly seen: Set<number>;
	private outermost: number;
	/** Depth of the library helper that is being stepped over, or null. */
	private helper: number | null = null;

	constructor(execution: Execution, grain: Exclude<Grain, 'op'>) {
		this.execution = execution;
		this.grain = grain;
		this.serial = execution.serial;
		this.depth = execution.depth;
		this.outermost = execution.depth;
		const at = execution.runningCode.lines[execution.instruction];
		this.file = at?.file;
		this.line = at?.line;
		this.seen = new Set([execution.instruction]);
	}

	/** To be called after every instruction: whether the step is over here. */
	isStop(): boolean {
		const { execution, grain } = this;
		const { depth, serial, runningCode, instruction } = execution;
		this.outermost = Math.min(this.outermost, depth);
		if (this.helper !== null && depth < this.helper) this.helper = null;
		if (this.helper === null && runningCode.isLibraryHelper && serial !== this.serial) this.helper = depth;
		if (grain === 'out') return depth < this.depth;
		if (this.helper !== null || (grain === 'over' && depth > this.outermost)) return false;
		const at = runningCode.lines[instruction];
		if (at?.statement !== true) return false;
		if (serial !== this.serial || at.line !== this.line || at.file !== this.file) return true;
		// A loop on one line: once round is a step, or waiting for somebody else would never end.
		if (this.seen.has(instruction)) return true;
		this.seen.add(instruction);
		return false;
	}
}

function stepLine(execution: Execution, grain: Exclude<Grain, 'op'>, afterOp: AfterOp): StepEnd | WaitReason {
	const { journal } = execution;
	const mark = journal.mark();
	const stops = new LineStops(execution, grain);
	let ops = 0;
	let site = execution.site();
	/** A ghost region that belongs to the op after it has run: the step must come to that op. */
	let isBound = false;
	for (let isFirst = true; execution.status === 'running'; isFirst = false) {
		if (!isFirst && stops.isStop() && !isBound) {
			const ahead = execution.lookAhead();
			if (ahead !== 'ghostAfter') {
				afterOp(site);
				return { completed: true, ops, next: ahead };
			}
		}
		const kind = execution.kindHere();
		if (kind !== opKind.visible) {
			if (kind === opKind.ghostBefore) isBound = true;
			execution.advance();
			continue;
		}
		const reason = execution.waitReason();
		if (reason !== null && ops === 0) return reason;
		if (ops > 0) afterOp(site);
		if (reason !== null) return { completed: false, ops, next: reason };
		if (journal.hasViolationSince(mark)) return { completed: true, ops, next: 'ready' };
		if (ops >= maxOps) return { completed: false, ops, next: 'ready' };
		site = execution.site();
		execution.runOp();
		ops++;
		isBound = false;
		if (journal.hasViolationSince(mark) && execution.status === 'running') {
			return endAfterReport(execution, ops, () => afterOp(site));
		}
	}
	afterOp(site);
	return { completed: true, ops, next: 'ended' };
}

/** Ends the step after an op that reported a violation, with the ghost regions that belong to it. */
function endAfterReport(execution: Execution, ops: number, afterOp: () => void): StepEnd {
	let ahead = execution.lookAhead();
	while (ahead === 'ghostAfter' && execution.status === 'running') {
		execution.advance();
		ahead = execution.status === 'running' ? execution.lookAhead() : 'unknown';
	}
	afterOp();
	return { completed: true, ops, next: execution.status === 'running' && ahead !== 'ghostAfter' ? ahead : 'ended' };
}
