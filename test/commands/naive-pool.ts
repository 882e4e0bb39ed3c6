/** The checker's pool with another, simple search in the place of the engine. */

import type { CheckFinding, CheckReport } from '../../source/explore/check-job.ts';
import type { startPool } from '../../source/explore/check-pool.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { explore } from '../scenarios/explore-helper.ts';

export const naivePool: typeof startPool = (jobs, _workers, hooks) => {
	let isStopped = false;
	const search = async (): Promise<void> => {
		for (const [row, { scenario, selection, settings }] of jobs.entries()) {
			await Promise.resolve();
			hooks.onStart?.(row);
			const { machine } = buildTarget(scenario, selection);
			const { found, states, complete } = explore(machine, isStopped ? 1 : Math.min(settings.maxStates, 20_000));
			const findings = found.map(({ violation, path, depth }): CheckFinding => {
				const { kind, severity, title, function: fn, file, line } = violation;
				const switches = path.filter((choice, index) => index > 0 && choice.actor !== path[index - 1]?.actor).length;
				return { kind, severity, title, function: fn, file, line, trace: path, steps: depth, switches };
			});
			const bound = complete ? null : isStopped ? 'interrupted' : 'states';
			const progress = { states, transitions: states, depth: 0, seconds: 0 };
			hooks.onProgress?.(row, { ...progress, frontier: 0 });
			hooks.onReport(row, { findings, complete, bound, ...progress, problem: null } satisfies CheckReport);
		}
	};
	return {
		finished: search(),
		stop: () => {
			isStopped = true;
		},
	};
};
