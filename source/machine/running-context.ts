/** What a context says and asks about itself: where it runs, and whether it may be preempted. */

import { contextName } from './names.ts';
import { cpuOf } from './processor.ts';
import type { PrimitiveBehaviour } from './store.ts';

export const runningContextPrimitives = {
	smp_processor_id: { run: ({ store, context }) => cpuOf(store.machine, context) },
	// Only a check, which is made for everything that may sleep.
	might_sleep: { run: () => 0 },
	preempt_disable: {
		run({ store, context }) {
			store.changeContext(context, { preemptDepth: store.context(context).preemptDepth + 1 });
			return 0;
		},
	},
	preempt_enable: {
		run({ store, observer, context }) {
			const { preemptDepth } = store.context(context);
			if (preemptDepth > 0) store.changeContext(context, { preemptDepth: preemptDepth - 1 });
			else {
				const who = contextName(store.machine, context);
				observer.report('violation', 'lock-misuse', `preempt_enable(): ${who} has preemption enabled already`);
			}
			return 0;
		},
	},
} satisfies Record<string, PrimitiveBehaviour>;
