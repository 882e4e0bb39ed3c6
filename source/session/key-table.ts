/**
 * Keys as data: which key runs which command line. The screen's bindings, its footer and its help are made from this table.
 * Digits let a CPU step, capitals reverse what their small letter does, arrows move through time.
 */

export interface KeyBinding {
	/** Names of keys: a character, or `left`, `right`, `home`, `end`, `space`. */
	readonly keys: readonly string[];
	/** The line that `execute` gets. */
	readonly command: string;
	/** One or two words for the footer. */
	readonly label: string;
	/** What it does, for the help. */
	readonly summary: string;
	/** How early the footer shows it: 1 always, 2 when there is room, 3 only in the help. */
	readonly rank: 1 | 2 | 3;
}

function digit(cpu: number): KeyBinding {
	return {
		keys: [String(cpu)],
		command: `cpu ${cpu}`,
		label: `CPU${cpu}`,
		summary: `lets CPU ${cpu} run to its next line`,
		rank: cpu < 2 ? 1 : 3,
	};
}

function key(keys: readonly string[], command: string, label: string, summary: string, rank: 1 | 2 | 3): KeyBinding {
	return { keys, command, label, summary, rank };
}

export const keyTable: readonly KeyBinding[] = [
	...Array.from({ length: 10 }, (_, cpu) => digit(cpu)),
	key(['m'], 'mail', 'mail', "takes the next entry of the mail's schedule", 1),
	key(['left'], 'back', 'back', 'one step into the past', 1),
	key(['right'], 'forward', 'forward', 'one step towards the end of the branch', 1),
	key(['s'], 'step', 'step', 'the focused CPU, to its next line, into functions', 2),
	key(['n'], 'next', 'next', 'the focused CPU, to its next line, over calls', 2),
	key(['f'], 'finish', 'finish', 'the focused CPU, until its function returns', 2),
	key(['c'], 'continue', 'continue', 'along the schedule, or the focused CPU until something stops it', 2),
	key(['i'], 'stepi', 'op', 'the focused CPU, one visible operation', 2),
	key(['.'], 'again', 'again', 'the last step once more', 3),
	key(['r'], 'rcu', 'rcu', 'ends a grace period, runs a callback', 2),
	key(['S'], 'reverse-step', 'rev step', 'one step back', 3),
	key(['N'], 'reverse-next', 'rev next', 'back to the previous line of the focused CPU, over calls', 3),
	key(['F'], 'reverse-finish', 'rev finish', 'back to the call of the function', 3),
	key(['C'], 'reverse-continue', 'rev cont', 'back to the last breakpoint, change or violation', 3),
	key(['I'], 'reverse-stepi', 'rev op', 'back one operation', 3),
	key(['home', 'g'], 'goto start', 'start', 'to the start', 3),
	key(['end', 'G'], 'goto end', 'end', 'to the end of the branch', 3),
	key(['u'], 'up', 'up', "looks at the caller's frame", 3),
	key(['d'], 'down', 'down', 'looks at the frame that was called', 3),
	key(['w'], 'backtrace', 'stack', 'shows the stack', 3),
	key(['v'], 'info locals', 'locals', 'shows the local variables', 3),
	key(['y'], 'why-not', 'why', 'says why who cannot run', 2),
	key(['b', 'space'], 'toggle', 'break', 'sets or deletes a breakpoint at this line', 3),
	key(['B'], 'branches', 'branches', 'lists the branches', 3),
	key(['Y'], 'copy', 'copy', 'copies the report to the clipboard of your terminal', 3),
	key(['R'], 'record', 'record', 'starts recording, from the beginning of the session', 3),
	key(['q'], 'quit', 'quit', 'leaves mmstep', 1),
];

const byKey = new Map(keyTable.flatMap((binding) => binding.keys.map((name) => [name, binding])));

/** The binding of a key, or null. */
export function bindingOf(name: string): KeyBinding | null {
	return byKey.get(name) ?? null;
}
