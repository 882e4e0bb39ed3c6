import type { Execution } from './interpreter.ts';
import type { WaitReason } from './machine.ts';

/**
 * Runs an execution until its last frame has returned or it has crashed, as if nobody else were there.
 * @param whenWaiting is asked to end a wait; false when it cannot
 * @throws MachineError when it has to wait, or does more ops than a step may run instructions
 */
export function runToEnd(execution: Execution, whenWaiting: (reason: WaitReason) => boolean = () => false): void {
	const limit = execution.machine.configuration.maxInstructions;
	for (let ops = 0; execution.runInvisible(true) === 'op'; ops++) {
		if (ops > limit) throw execution.error(`${execution.runningCode.name}() does not come to an end`);
		for (let reason = execution.waitReason(); reason !== null; reason = execution.waitReason()) {
			if (!whenWaiting(reason)) throw execution.error(`nobody can end this wait: ${reason.text}`);
		}
		execution.runOp();
	}
}
