import { Searcher } from '../explore/searcher.ts';
import { bundledScenarios } from '../scenario/bundled.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { buildTarget, resolveSelection } from '../scenario/target.ts';
import { startSession } from '../session/commands.ts';
import type { Arguments } from './arguments.ts';
import { type CommandIo, type ExitCode, exitCodes, UsageError } from './io.ts';
import { introduce } from './list.ts';
import { writeNewFile } from './new-file.ts';
import { open, openBundledScenario } from './open-scenario.ts';
import { requireRecordable } from './recording-target.ts';
import { asUsage } from './usage.ts';

/**
 * Tries to start kernels of a user's scenario, until one starts: a picker that offers nothing but errors helps nobody.
 * @throws ScenarioError, ModelError or MachineError what is wrong with the first, when none can be used
 */
function requireKernel(scenario: Scenario, { program, set }: Arguments): void {
	let first: { readonly error: unknown } | null = null;
	for (const { id } of scenario.kernels) {
		try {
			startSession(buildTarget(scenario, { kernel: id, program, options: set }));
			return;
		} catch (error) {
			first ??= { error };
		}
	}
	if (first !== null) throw first.error;
}

/** Opens the debugger: on the picker, a scenario or a recording. Without a terminal it says what to do instead. */
export async function debug(
	words: readonly string[],
	options: Arguments,
	io: CommandIo,
	verbs: readonly string[],
): Promise<ExitCode> {
	const [name] = words;
	if (name === undefined && !io.isInteractive) {
		introduce(io);
		return exitCodes.ok;
	}
	const opened = name === undefined ? null : open(name, io.kept, verbs);
	if (opened?.kind === 'scenario') {
		const { scenario, kernel } = opened;
		asUsage(() =>
			resolveSelection(scenario, {
				kernel: kernel ?? undefined,
				program: options.program,
				options: options.set,
				schedule: options.schedule,
			}),
		);
		if (!opened.isBundled && kernel === null) requireKernel(scenario, options);
	} else if (options.given.some((flag) => flag === 'program' || flag === 'set' || flag === 'schedule')) {
		throw new UsageError('--program, --set and --schedule go with a scenario');
	}
	if (!io.isInteractive) {
		const instead =
			opened?.kind === 'recording'
				? `mmstep replay ${name}`
				: `mmstep run ${name} --schedule NAME (see mmstep show ${name})`;
		throw new UsageError(`the debugger needs a terminal for its screen and its keys; without one: ${instead}`);
	}
	// In the debugger the next key would take the message away, and nothing would be recorded.
	if (options.record !== undefined) requireRecordable(options.record);
	const { runDebugger } = await import('../tui/run.ts');
	const status = await runDebugger({
		scenarios: bundledScenarios().map(({ id, title, summary }) => ({
			id,
			title,
			summary,
			load: () => openBundledScenario(id, io.kept),
		})),
		open:
			opened === null
				? null
				: opened.kind === 'recording'
					? { recording: opened.path }
					: {
							scenario: opened.scenario,
							kernel: opened.kernel,
							program: options.program ?? null,
							options: { ...options.set },
							schedule: options.schedule ?? null,
						},
		record: options.record ?? null,
		searcher: new Searcher(),
		writeFile: writeNewFile,
		...(io.kept === undefined ? {} : { kept: io.kept }),
	});
	return Object.values(exitCodes).find((code) => code === status) ?? exitCodes.gaveUp;
}
