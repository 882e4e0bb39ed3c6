/** Which CPU a context runs on, and whether that CPU takes interrupts. */

import type { Machine } from './machine.ts';
import type { Store } from './store.ts';

/** Index of the callback context, the last one. */
export function callbackContext(machine: Machine): number {
	return machine.configuration.cpus;
}

/** The CPU on which a context runs: callbacks run on CPU 0. */
export function cpuOf(machine: Machine, context: number): number {
	return context < machine.configuration.cpus ? context : 0;
}

/** Whether interrupts are off on a CPU, because of its own code or of a callback that runs there. */
export function interruptsOff(store: Store, cpu: number): boolean {
	const callback = callbackContext(store.machine);
	return store.context(cpu).irqsOff || (cpuOf(store.machine, callback) === cpu && store.context(callback).irqsOff);
}
