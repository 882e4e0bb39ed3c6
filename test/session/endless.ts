/** A model that never ends, for long histories. */

import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import type { Session } from '../../source/session/session.ts';

const yaml = `title: Endless
files: [endless.c]
machine: { cpus: 2, frames: 2 }
kernels: [{ id: plain }]
programs: [{ id: both, cpus: [{ entry: total_loop }, { entry: other_loop }] }]
`;

const source = `int total;
int others;

void total_loop(void)
{
	for (;;)
		total = (total + 1) % 1000;
}

void other_loop(void)
{
	for (;;)
		others = (others + 1) % 1000;
}
`;

export function endlessSession(): Session {
	const scenario = parseScenario('endless', [
		{ path: 'scenario.yaml', text: yaml },
		{ path: 'endless.c', text: source },
	]);
	return startSession(buildTarget(scenario, {}));
}
