/** Small models in model C, ready to search. */

import type { Machine, MachineConfiguration } from '../../source/machine/machine.ts';
import { compileText } from '../machine/model-c.ts';

/** A machine whose CPU n runs `cpu<n>()`, after `setup()` where there is one. */
export function machineOfText(text: string, changes: Partial<MachineConfiguration> = {}): Machine {
	const program = compileText(text);
	const names = new Set(program.functions.map(({ name }) => name));
	const entries: string[] = [];
	while (names.has(`cpu${entries.length}`)) entries.push(`cpu${entries.length}`);
	return {
		program,
		configuration: {
			cpus: entries.length,
			frames: 2,
			tableSizes: [4],
			pageSize: 4096,
			rcu: 'preemptible',
			fill: 'explicit',
			memoryModel: 'sc',
			maxInstructions: 20_000,
			maxStackDepth: 20,
			maxObjects: 100,
			...changes,
		},
		setup: names.has('setup') ? 'setup' : null,
		entries,
		mutedKinds: [],
	};
}
