/** What the report of a deadlock leaves to its reader about a wait for a condition: since when, and who else there is. */

import type { MachineState } from '../machine/state.ts';
import type { Violation } from '../machine/violation.ts';
import type { DiagramRow } from './diagram-rows.ts';

/**
 * Says of each wait for a condition that is nobody's in particular since which step it lasts, and what has become of the others.
 * @param rows of every step up to the harm, in order
 * @param names of the contexts, in order
 */
export function withEndlessWaits(
	violation: Violation,
	rows: readonly DiagramRow[],
	state: MachineState,
	names: readonly string[],
): Violation {
	if (violation.kind !== 'deadlock') return violation;
	const details = violation.details.map((detail) => {
		const [, who = ''] = /^(\S+) waits for the condition at /.exec(detail) ?? [];
		const context = names.indexOf(who);
		if (context < 0) return detail;
		const last = rows.findLast((row) => row.context === context);
		const since = last === undefined ? '' : `, since step ${last.step}`;
		return `${detail.replace(/;$/, '')}${since}; nobody is left to make it true${othersText(context, state, names)}`;
	});
	return { ...violation, details };
}

/** `: CPU1 is done, CPU2 waits too`. */
function othersText(context: number, { contexts }: MachineState, names: readonly string[]): string {
	const others = contexts.flatMap(({ status }, index) => {
		const name = names[index];
		if (index === context || name === undefined || status === 'idle') return [];
		return [`${name} ${status === 'running' ? 'waits too' : status === 'dead' ? 'has crashed' : 'is done'}`];
	});
	return others.length === 0 ? '' : `: ${others.join(', ')}`;
}
