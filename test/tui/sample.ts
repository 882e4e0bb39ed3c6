/** A small scenario for the screen: two CPUs at one lock, a view of the model's own, a schedule with notes, an assertion that can fail. */

import type { SourceFile } from '../../source/language/position.ts';
import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import type { Scenario } from '../../source/scenario/scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import type { Session } from '../../source/session/session.ts';
import { openStepper } from '../../source/tui/app/stepper.ts';
import type { Size } from '../../source/tui/screen/layout.ts';
import { type AppState, initialState } from '../../source/tui/state/state.ts';
import { makeTheme, type Theme } from '../../source/tui/text/theme.ts';

const yaml = `title: Two CPUs at one lock
summary: Both count; the second one checks what it must not rely on.
proves: That a value read before the lock is taken is old.
source: { subject: "[PATCH] Count", author: Ada Lovelace, date: 1843-07-10 }
files: [sample.c]
machine: { cpus: 2, frames: 2 }
panes: [slots, locks]
kernels:
  - { id: plain, title: As it is, summary: Nothing is wrong here. }
  - { id: hasty, title: Reads too early, config: { CONFIG_HASTY: y } }
programs:
  - id: both
    title: Both count
    cpus:
      - { name: counts, entry: count_up }
      - { name: counts too, entry: count_too }
  - id: alone
    title: One counts
    cpus:
      - { name: counts, entry: count_up }
options:
  - { id: flavour, title: Flavour of the sample, values: [sweet, sour], default: sweet, define: CONFIG_FLAVOUR }
schedules:
  - id: mail
    title: As the mail has it
    summary: The second CPU waits, and fails.
    kernels: [hasty]
    program: both
    steps:
      - { step: cpu1 line "early = shared", note: "CPU1 reads first, without the lock." }
      - { step: cpu0 until done, note: CPU0 does all its work. }
      - { step: cpu1 until done }
`;

const source = `spinlock_t lock;
int shared;
int slots[3];

void count_up(void)
{
	spin_lock(&lock);
	shared = shared + 1;
	slots[1] = 7;
	spin_unlock(&lock);
}

void count_too(void)
{
	int early = 0;

#ifdef CONFIG_HASTY
	early = shared;
#endif
	spin_lock(&lock);
#ifdef CONFIG_HASTY
	if (early != shared)
		__bug("shared has changed since it was read");
#endif
	shared = shared + 1;
	spin_unlock(&lock);
}

__view void slots_view(void)
{
	int i;

	view_row("slots");
	for (i = 0; i < 3; i++)
		view_cell(slots[i] ? "dirty" : "free", "%d", slots[i]);
	view_range(1, 3);
	view_badge("live", "HERE");
	view_field("shared", "%d", shared);
	view_remark("what the model draws");
}
`;

export const sampleTexts: readonly SourceFile[] = [
	{ path: 'scenario.yaml', text: yaml.replace('panes: [slots, ', 'panes: [slots view, ') },
	{ path: 'sample.c', text: source },
];

/** Two CPUs that count for ever. */
export const endlessTexts: readonly SourceFile[] = [
	{
		path: 'scenario.yaml',
		text: `title: Counters
files: [counters.c]
machine: { cpus: 2, frames: 2 }
kernels: [{ id: plain }]
programs: [{ id: both, cpus: [{ entry: count_up }, { entry: count_down }] }]
`,
	},
	{
		path: 'counters.c',
		text: `int counter;

void count_up(void)
{
	for (;;)
		counter = (counter + 1) % 1000;
}

void count_down(void)
{
	for (;;)
		counter = (counter + 999) % 1000;
}
`,
	},
];

export function sampleScenario(): Scenario {
	return parseScenario('sample', sampleTexts);
}

const targets = new Map<string, Session>();

/** A session on the sample, after some command lines. */
export function sampleSession(
	kernel: 'plain' | 'hasty' = 'plain',
	lines: readonly string[] = [],
	schedule?: string,
): Session {
	const key = `${kernel} ${schedule}`;
	let session = targets.get(key);
	if (session === undefined) {
		session = startSession(buildTarget(sampleScenario(), { kernel, schedule }), schedule);
		targets.set(key, session);
	}
	for (const line of lines) {
		const { session: after, output } = execute(session, line);
		const error = output.find(({ tone }) => tone === 'error');
		if (error !== undefined) throw new Error(`${line}: ${error.text}`);
		session = after;
	}
	return session;
}

export const colours = makeTheme(true, true);
export const ascii = makeTheme(false, false);

/** The state of the screen with that session in the stepper. */
export function stepperState(
	session: Session,
	size: Size = { columns: 80, rows: 24 },
	theme: Theme = colours,
): AppState {
	return { ...initialState([], size, theme), screen: openStepper(session, size) };
}
