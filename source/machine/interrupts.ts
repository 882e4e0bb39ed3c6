/**
 * Flush interrupts: one CPU asks another to invalidate part of its TLB, and waits. The other takes the interrupt at any of its
 * step boundaries while it has interrupts on, also when its entry function has returned or it has none.
 */

import { compareAddresses } from './address.ts';
import { costNames } from './costs.ts';
import { errorAt } from './error-at.ts';
import { addressName, contextName } from './names.ts';
import { cpuOf, interruptsOff } from './processor.ts';
import type { PendingFlush } from './state.ts';
import type { Observer, PrimitiveBehaviour, Store } from './store.ts';
import { checkCpu, checkSpace, invalidateRange } from './tlb.ts';

/** The flush that a CPU takes with its next interrupt, or null. */
export function nextFlush(store: Store, cpu: number): PendingFlush | null {
	return store.flushes().find((flush) => flush.target === cpu) ?? null;
}

/** Whether a CPU can take a flush interrupt now. */
export function canTakeFlush(store: Store, cpu: number): boolean {
	return nextFlush(store, cpu) !== null && !interruptsOff(store, cpu);
}

/** `the flush of A+2..A+4 from CPU0`; a flush of nothing only synchronises. */
export function flushText(store: Store, flush: PendingFlush): string {
	const { space, start, end, sender } = flush;
	const from = `from ${contextName(store.machine, sender)}`;
	if (compareAddresses(start, end) >= 0) return `the synchronising interrupt ${from}`;
	return `the flush of ${addressName(store, space, start)}..${addressName(store, space, end)} ${from}`;
}

/** The CPU takes its next flush interrupt: it invalidates the range, and the sender need not wait for it any longer. */
export function deliverFlush(store: Store, observer: Observer, cpu: number): void {
	const flush = nextFlush(store, cpu);
	if (flush === null) return;
	store.setFlushes(store.flushes().filter((other) => other !== flush));
	store.count(costNames.interruptsTaken, 1);
	observer.event('interrupt', () => `${contextName(store.machine, cpu)} takes ${flushText(store, flush)}`);
	if (compareAddresses(flush.start, flush.end) < 0) {
		invalidateRange(store, observer, cpu, flush.space, flush.start, flush.end);
	}
}

export const interruptPrimitives = {
	ipi_flush: {
		run(call) {
			const [cpu = -1, space = -1, start = 0, end = 0] = call.arguments;
			const { store, observer, context, at } = call;
			const flushes = store.flushes();
			const { maxObjects } = store.machine.configuration;
			if (flushes.length >= maxObjects) throw errorAt(store.machine, at, `more than ${maxObjects} flushes are pending`);
			const flush: PendingFlush = {
				target: checkCpu(call, cpu),
				sender: context,
				space: checkSpace(call, space),
				start,
				end,
				sent: at,
			};
			store.setFlushes([...flushes, flush]);
			store.count(costNames.interruptsSent, 1);
			observer.event('interrupt', () => `${contextName(store.machine, cpu)} is sent ${flushText(store, flush)}`);
			return 0;
		},
	},
	ipi_wait: {
		ready({ store, context }) {
			const pending = store.flushes().filter((flush) => flush.sender === context);
			if (pending.length === 0) return null;
			const targets = [...new Set(pending.map((flush) => flush.target))];
			return {
				kind: 'interrupt',
				what: 'a flush interrupt',
				get text() {
					const whom = targets.map((cpu) => {
						const own = cpu === cpuOf(store.machine, context) ? ' (itself)' : '';
						return contextName(store.machine, cpu) + own;
					});
					const off = targets.filter((cpu) => interruptsOff(store, cpu)).map((cpu) => contextName(store.machine, cpu));
					const why = off.length === 0 ? '' : `; interrupts are off on ${off.join(' and ')}`;
					return `waits for ${whom.join(' and ')} to take a flush interrupt${why}`;
				},
				lock: null,
				holders: targets,
			};
		},
		run: () => 0,
	},
	local_irq_disable: {
		run({ store, observer, context }) {
			store.changeContext(context, { irqsOff: true });
			observer.event('interrupt', 'local_irq_disable()');
			return 0;
		},
	},
	local_irq_enable: {
		run({ store, observer, context }) {
			store.changeContext(context, { irqsOff: false });
			observer.event('interrupt', 'local_irq_enable()');
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
