import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import type { ScenarioSchedule, Target } from '../../source/scenario/scenario.ts';
import { parseScheduleLine } from '../../source/scenario/schedule-syntax.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { startSession } from '../../source/session/commands.ts';
import { runSchedule, selectSchedule } from '../../source/session/schedule.ts';
import type { Session } from '../../source/session/session.ts';

/** A scenario of one model C text; CPU n runs `cpun`, for as many CPUs as the text has such functions. */
export function targetOf(model: string, headers: Readonly<Record<string, string>> = {}): Target {
	const entries = [...model.matchAll(/void (cpu\d)\(void\)/g)].map((match) => match[1] ?? '');
	const cpus = entries.map((entry) => `{ name: does ${entry}, entry: ${entry} }`).join(', ');
	const yaml = `title: T
files: [m.c]
machine: { cpus: ${entries.length} }
kernels: [{ id: k }]
programs: [{ id: p, cpus: [${cpus}] }]
`;
	const texts = [
		{ path: 'scenario.yaml', text: yaml },
		{ path: 'm.c', text: model },
		...Object.entries(headers).map(([path, text]) => ({ path, text })),
	];
	return buildTarget(parseScenario('t', texts), {});
}

/** The session after these steps, which must all be possible. */
export function sessionAfter(target: Target, steps: string, notes: readonly string[] = []): Session {
	const entries = parseScheduleLine(steps).map((entry, index) => ({ ...entry, note: notes[index] ?? '' }));
	const schedule: ScenarioSchedule = {
		id: 'test',
		title: '',
		summary: '',
		kernels: ['k'],
		program: 'p',
		options: {},
		entries,
	};
	const run = runSchedule(selectSchedule(startSession(target), schedule), Number.POSITIVE_INFINITY, false);
	if (run.error !== '') throw new Error(run.error);
	return run.session;
}
