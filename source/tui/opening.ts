/** What the command line named, opened before there is a screen. */

import type { Scenario } from '../scenario/scenario.ts';
import { buildTarget } from '../scenario/target.ts';
import { startSession } from '../session/commands.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Session } from '../session/session.ts';
import type { AppEvent } from './app/events.ts';
import { welcome } from './app/open.ts';
import type { DebuggerInput, OpenedScenario } from './debugger-input.ts';
import { openRecording } from './recording-session.ts';
import { schedulesFor } from './state/setup.ts';
import type { Message } from './state/state.ts';

export interface Opening {
	/** What the screen begins with. */
	readonly events: readonly AppEvent[];
	/** Whether there is a session by then, and nothing left to be chosen. */
	readonly hasSession: boolean;
	/** Goes on recording in the recording that was opened. */
	readonly recorder: Recorder | null;
}

/**
 * Opens it.
 * @throws ScenarioError, ModelError, RecordingError for what cannot be opened
 */
export function openNamed({ open, scenarios, kept }: DebuggerInput): Opening {
	if (open === null) return { events: [], hasSession: false, recorder: null };
	if ('recording' in open) {
		const bundled = (id: string): Scenario | null => scenarios.find((entry) => entry.id === id)?.load() ?? null;
		const { session, remarks, recorder } = openRecording(open.recording, bundled, kept);
		const depth = session.timeline.cursor.depth;
		const message: Message =
			remarks.length === 0
				? {
						tone: 'dim',
						text: `every one of the ${depth} steps led to the recorded state; the session goes on from here, in the recording too`,
					}
				: { tone: 'warning', text: remarks[0]?.text ?? '' };
		const events: AppEvent[] = [{ kind: 'opened', session, message }];
		if (remarks.length > 0) events.push({ kind: 'show', title: 'about this recording', lines: remarks });
		return { events, hasSession: true, recorder };
	}
	if (isLeftOpen(open) && open.kernel === null) {
		return { events: [{ kind: 'loaded', scenario: open.scenario }], hasSession: false, recorder: null };
	}
	const session = sessionOf(open);
	return { events: [{ kind: 'opened', session, message: welcome(session) }], hasSession: true, recorder: null };
}

function sessionOf(open: OpenedScenario): Session {
	// With only a kernel named, its schedule is followed, as it would be proposed after the kernel's choice.
	const proposed =
		isLeftOpen(open) && open.kernel !== null ? schedulesFor(open.scenario, open.kernel)[0]?.id : undefined;
	const schedule = open.schedule ?? proposed;
	const target = buildTarget(open.scenario, {
		kernel: open.kernel ?? undefined,
		program: open.program ?? undefined,
		options: open.options,
		schedule,
	});
	return startSession(target, schedule);
}

/** Whether nothing was said but the scenario, and perhaps the kernel. */
function isLeftOpen({ program, options, schedule }: OpenedScenario): boolean {
	return program === null && Object.keys(options).length === 0 && (schedule ?? null) === null;
}
