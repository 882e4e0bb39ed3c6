/** From what was chosen to a session on the screen; what is wrong with a scenario becomes a text to read. */

import { ModelError } from '../../language/diagnostics.ts';
import { MachineError } from '../../machine/machine.ts';
import { ScenarioError } from '../../scenario/scenario.ts';
import { buildTarget } from '../../scenario/target.ts';
import { startSession } from '../../session/commands.ts';
import type { OutputLine, Session } from '../../session/session.ts';
import type { Message, Setup } from '../state/state.ts';
import type { AppEvent } from './events.ts';

/** Compiles what was chosen and goes to its start. This may take a moment. */
export function openSetup({ scenario, kernel, program, options, schedule }: Setup): AppEvent {
	return orTrouble(scenario.id, () => {
		const target = buildTarget(scenario, { kernel, program, options });
		const session = startSession(target, schedule ?? undefined);
		return { kind: 'opened', session, message: welcome(session) };
	});
}

/** What can be done first. */
export function welcome(session: Session): Message {
	const mail = session.schedule === null ? '' : 'm follows the schedule, ';
	return { tone: 'dim', text: `${mail}digits step a CPU, left goes back, : types a command, ? shows all keys` };
}

/** Does what may fail because of the scenario: then the event is its error, to be read in full. */
export function orTrouble(scenario: string, action: () => AppEvent): AppEvent {
	try {
		return action();
	} catch (error) {
		if (!(error instanceof ScenarioError || error instanceof ModelError || error instanceof MachineError)) throw error;
		const lines = error.message.split('\n').map((text): OutputLine => ({ tone: 'plain', text }));
		return { kind: 'show', title: `${scenario} cannot be used`, lines };
	}
}
