/** Commands that let one actor make a step. */

import type { Grain } from '../machine/machine.ts';
import { actorIndex, actors } from '../machine/step.ts';
import { countArgument, numberArgument, wordsOf } from './arguments.ts';
import { dim, moved, warning } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { runActor } from './running.ts';
import type { Command, CommandResult, Session } from './session.ts';
import { firstChoice } from './stepping.ts';

/** Lets an actor make `count` steps, or fewer when something stops it. */
function runSteps(session: Session, actor: number, alternative: number, grain: Grain, count: number): CommandResult {
	const run = runActor(session, { actor, alternative }, grain, (_at, _before, steps) => steps >= count);
	const result = moved(session, run.session, run.complaints.map(warning));
	return { ...result, stopped: result.stopped || run.end !== 'goal' };
}

/** A step command of the focused context. */
function focused(grain: Grain) {
	return (session: Session, argument: string): CommandResult =>
		runSteps(session, session.focus.context, 0, grain, countArgument(argument));
}

const grainWords: Readonly<Record<string, Grain>> = {
	line: 'line',
	step: 'line',
	op: 'op',
	stepi: 'op',
	over: 'over',
	next: 'over',
	out: 'out',
	finish: 'out',
};

/** `1 over` or `0 2`: numbers (a count may be written x2) and a grain, in any order. */
function actorArguments(argument: string): { readonly numbers: readonly number[]; readonly grain: Grain } {
	const numbers: number[] = [];
	let grain: Grain = 'line';
	for (const word of wordsOf(argument)) {
		const named = Object.hasOwn(grainWords, word) ? grainWords[word] : undefined;
		if (named === undefined)
			numbers.push(numberArgument(word.replace(/^x(?=\d)/, ''), 'a number or one of line, op, over, out'));
		else grain = named;
	}
	return { numbers, grain };
}

/** Steps of the actor of that name. @throws CommandError when the machine has none */
function runActorNamed(
	session: Session,
	name: string,
	alternative: number | undefined,
	grain: Grain,
	count = 1,
): CommandResult {
	const { machine } = session.target;
	const actor = actorIndex(machine, name);
	if (actor === -1) {
		const { cpus } = machine.configuration;
		throw new CommandError(`there is no ${name}: CPUs are numbered 0 to ${cpus - 1}`);
	}
	const result = runSteps(session, actor, alternative ?? 0, grain, count);
	if (alternative !== undefined) return result;
	const status = actors(machine, session.timeline.cursor.state).find((candidate) => candidate.actor === actor);
	const others = status?.alternatives ?? [];
	if (others.length < 2) return result;
	const hints = others.map((text, index) => dim(`  ${index}: ${text}`));
	return { ...result, output: [dim(`${name} had these alternatives, and took 0:`), ...hints, ...result.output] };
}

const grainHelp =
	'A number repeats it. It stops early at a breakpoint, at a violation, and when the CPU has to wait. In the past, the same step as before goes along the same branch; a different one starts a new branch.';

export const steppingCommands: readonly Command[] = [
	command({
		name: 'step',
		aliases: ['s'],
		group: 'stepping',
		usage: 'step [N]',
		summary: 'Lets the focused CPU run to the next source line, into functions.',
		help: `Helpers of the library (lists and the like) are stepped over; stepi goes into them. ${grainHelp}`,
		run: focused('line'),
	}),
	command({
		name: 'next',
		aliases: ['n'],
		group: 'stepping',
		usage: 'next [N]',
		summary: 'Lets the focused CPU run to the next line of this function, over calls.',
		help: `Nobody else runs meanwhile. ${grainHelp}`,
		run: focused('over'),
	}),
	command({
		name: 'finish',
		aliases: ['fin', 'f'],
		group: 'stepping',
		usage: 'finish',
		summary: 'Lets the focused CPU run until its function has returned.',
		help: grainHelp,
		run: focused('out'),
	}),
	command({
		name: 'stepi',
		aliases: ['si', 'nexti', 'ni'],
		group: 'stepping',
		usage: 'stepi [N]',
		summary: 'Lets the focused CPU do one visible operation: one load, store, lock, flush.',
		help: `This is the grain at which the other CPUs can come in between. ${grainHelp}`,
		run: focused('op'),
	}),
	command({
		name: 'cpu',
		group: 'stepping',
		usage: 'cpu N [COUNT] [line|op|over|out]',
		summary: 'Lets CPU N make a step (a line unless said otherwise); the focus goes to it.',
		help: '`cpu0`, `cpu1` and plain `0`, `1` mean the same; `0 3` makes three steps.',
		complete: ({ target }) => [
			...Array.from({ length: target.machine.configuration.cpus }, (_, cpu) => String(cpu)),
			'line',
			'op',
			'over',
			'out',
		],
		run: (session, argument) => {
			const { numbers, grain } = actorArguments(argument);
			const [cpu, count, more] = numbers;
			if (cpu === undefined || more !== undefined) {
				throw new CommandError('say which CPU, and how many steps if more than one: `cpu 0`, `cpu 0 3 over`');
			}
			return runActorNamed(session, `cpu${cpu}`, undefined, grain, countArgument(String(count ?? 1)));
		},
	}),
	command({
		name: 'rcu',
		group: 'stepping',
		usage: 'rcu [ALTERNATIVE] [line|op|over|out]',
		summary:
			'Ends a grace period: lets a callback run whose readers have all left, or makes a step of the one running.',
		run: (session, argument) => {
			const { numbers, grain } = actorArguments(argument);
			return runActorNamed(session, 'rcu', numbers[0], grain);
		},
	}),
	command({
		name: 'ipi',
		group: 'stepping',
		usage: 'ipi CPU',
		summary: 'Lets a CPU take the next flush interrupt that is on its way to it.',
		run: (session, argument) => runActorNamed(session, `ipi${numberArgument(argument, 'which CPU')}`, undefined, 'op'),
	}),
	command({
		name: 'mmu',
		group: 'stepping',
		usage: 'mmu CPU [ALTERNATIVE]',
		summary: "Lets a CPU's MMU cache a translation on its own (scenarios with speculative fills).",
		run: (session, argument) => {
			const { numbers } = actorArguments(argument);
			const [cpu, alternative] = numbers;
			if (cpu === undefined) throw new CommandError('say which CPU: `mmu 1`');
			return runActorNamed(session, `mmu${cpu}`, alternative, 'op');
		},
	}),
	command({
		name: 'again',
		aliases: ['.'],
		group: 'stepping',
		usage: 'again',
		summary: 'Makes the same kind of step as the last one, by the same CPU.',
		runAlone: (session) => {
			const last = session.timeline.cursor.action;
			const choice = last === null ? firstChoice(session.focus.context) : last.choice;
			return runSteps(session, choice.actor, choice.alternative, last?.grain ?? 'line', 1);
		},
	}),
];
