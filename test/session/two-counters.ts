/** A small model for tests of the session: two CPUs, a lock, calls, a loop, a race that an invariant sees. */

import { parseScenario } from '../../source/scenario/parse-scenario.ts';
import type { Scenario, Target } from '../../source/scenario/scenario.ts';
import { buildTarget } from '../../source/scenario/target.ts';
import { execute, startSession } from '../../source/session/commands.ts';
import type { CommandResult, Session } from '../../source/session/session.ts';

const yaml = `title: Two counters
files: [counters.c]
machine: { cpus: 2, frames: 2 }
kernels:
  - { id: plain, title: With the lock }
  - { id: racy, title: Without it, config: { CONFIG_RACY: y } }
programs:
  - id: both
    title: Both CPUs count
    cpus:
      - { name: counts, entry: first }
      - { name: counts too, entry: second }
  - id: alone
    cpus:
      - { name: counts, entry: first }
      - { name: idle }
schedules:
  - id: mail
    title: The argument
    kernels: all
    program: both
    steps:
      - { step: cpu0 until add called, note: CPU0 is about to take the lock, mark: entered }
      - { step: cpu0 line "spin_lock", mark: locked }
      - step: cpu1 until blocked
      - { step: cpu0 until add returns, note: the lock is free again, mark: returned }
      - { step: cpu1 x2, mark: twice }
      - cpu1 until (total >= 5)
      - cpu1 until done
      - { step: cpu0 until done, mark: over }
  - id: impossible
    title: Waits for what never happens
    program: both
    steps: [cpu0, cpu0 until (total == 99)]
  - id: stuck
    title: Lets a CPU run that has to wait
    program: both
    steps: ['cpu0 line "spin_lock"', cpu1 until add returns]
  - id: other-program
    program: alone
    steps: [cpu0]
`;

const source = `struct counter {
	int value;
	int limit;
};

spinlock_t lock;
struct counter box;
int total;
int rounds[3];

int add(int amount)
{
	int before;

	spin_lock(&lock);
	before = total;
	total = before + amount;
	box.value = total;
	spin_unlock(&lock);
	return before;
}

void first(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		rounds[i] = add(1);
	}
	box.limit = 7;
}

void second(void)
{
	add(2);
	add(2);
#ifdef CONFIG_RACY
	total = 100;
#endif
}

__invariant bool total_is_small(void)
{
	return total < 50;
}
`;

export const scenario: Scenario = parseScenario('two-counters', [
	{ path: 'scenario.yaml', text: yaml },
	{ path: 'counters.c', text: source },
]);

/** The same, edited: texts of its own. */
export function editedScenario(edit: (source: string) => string): Scenario {
	return parseScenario('two-counters', [
		{ path: 'scenario.yaml', text: yaml },
		{ path: 'counters.c', text: edit(source) },
	]);
}

export function targetOf(kernel = 'plain', program = 'both'): Target {
	return buildTarget(scenario, { kernel, program });
}

export function newSession(kernel = 'plain', schedule?: string): Session {
	return startSession(targetOf(kernel), schedule);
}

/** Runs command lines one after the other; the result of the last. */
export function runLines(session: Session, ...lines: readonly string[]): CommandResult {
	let result: CommandResult = { session, output: [], effects: [], stopped: false };
	for (const line of lines) result = execute(result.session, line);
	return result;
}

/** The session after some command lines. */
export function sessionAfter(session: Session, ...lines: readonly string[]): Session {
	return runLines(session, ...lines).session;
}

/** The output as one text. */
export function textOf({ output }: CommandResult): string {
	return output.map(({ text }) => text).join('\n');
}

/** The number of the source line that holds a text (the first one). */
export function lineWith(text: string): number {
	return source.split('\n').findIndex((line) => line.includes(text)) + 1;
}
