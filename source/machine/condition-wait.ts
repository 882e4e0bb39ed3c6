/** Why a context waits in wait_event(). */

import { type FunctionCode, positionOf } from '../language/code.ts';
import type { Machine, WaitReason } from './machine.ts';
import { contextName } from './names.ts';
import { sourceLine } from './source-line.ts';

/** The wait at an instruction whose condition does not hold. `waker`: the CPU that is to end it, or what is no CPU. */
export function conditionWait(machine: Machine, code: FunctionCode, instruction: number, waker: number): WaitReason {
	const { program } = machine;
	const isCpu = waker >= 0 && waker < machine.configuration.cpus;
	return {
		kind: 'condition',
		// Made when they are asked for: whoever only wants to know who can run reads neither.
		get what() {
			return sourceLine(program, code, instruction).replace(/;$/, '');
		},
		get text() {
			const { file, line } = positionOf(program, code, instruction);
			const who = isCpu ? `${contextName(machine, waker)} to bring about ` : '';
			return `waits for ${who}the condition at ${file}:${line}: ${sourceLine(program, code, instruction)}`;
		},
		lock: null,
		holders: isCpu ? [waker] : [],
	};
}
