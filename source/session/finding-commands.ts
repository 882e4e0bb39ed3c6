/** Commands that ask what can still happen. The search is done at the edge; what it finds comes back through `arrived`. */

import { switchesOf } from '../explore/counterexample.ts';
import type { Answer, Condition } from '../explore/goal.ts';
import { plainLine } from '../language/plain-text.ts';
import { didYouMean } from '../language/suggestion.ts';
import type { Choice } from '../machine/machine.ts';
import { dim, heading, moved, plain, said, warning } from './arrival.ts';
import { command } from './command.ts';
import { CommandError } from './command-error.ts';
import { compileIn } from './expressions.ts';
import type { Command, CommandResult, FindRequest, Session } from './session.ts';
import { take } from './stepping.ts';

function find(session: Session, request: FindRequest): CommandResult {
	return { session, output: [dim('searching ...')], effects: [{ kind: 'find', request }], stopped: false };
}

function findCondition(session: Session, kind: 'reach' | 'avoid', argument: string): CommandResult {
	const text = argument.trim();
	if (text === '')
		throw new CommandError(`say what to ${kind}: \`${kind} EXPRESSION\` of globals, or \`${kind} FUNCTION\``);
	return find(session, { question: { kind, condition: conditionOf(session, text) }, text: plainLine(text), go: true });
}

function conditionOf({ target, focus }: Session, text: string): Condition {
	const { program } = target.machine;
	const index = program.functions.findIndex(({ name }) => name === text);
	if (index !== -1) return { kind: 'function', function: index };
	// Locals come and go on the way.
	const compiled = compileIn(program, text, null);
	if (!compiled.ok) {
		// The compiler knows of no place for a function alone.
		const hint = /^\w+$/.test(text)
			? didYouMean(
					text,
					program.functions.map(({ name }) => name),
				)
			: '';
		throw new CommandError(
			hint !== '' && !compiled.message.includes('did you mean')
				? `${compiled.message}${hint}`
				: `${compiled.message}; what is looked for may be an expression of globals, not of locals (\`counter == 2\`, \`lock_is_taken(&lock)\`), or the name of a function`,
		);
	}
	const { code, lines, registers, result } = compiled.code;
	return { kind: 'expression', code: { code, lines, registers, result }, context: focus.context };
}

/** What to say, and where to go, when the search that the request asked for at the cursor has ended. */
export function arrived(session: Session, request: FindRequest, answer: Answer): CommandResult {
	const { question, text, go } = request;
	const seen = `${answer.states} state${answer.states === 1 ? '' : 's'}`;
	switch (answer.kind) {
		case 'way': {
			const { way, violation, isEndless } = answer;
			const steps = lengthText(way);
			if (!go) {
				const what = `${violation?.kind ?? 'a violation'}${violation === null || violation.in === '' ? '' : ` in ${violation.in}`}`;
				return said(session, [
					{ tone: 'violation', text: `${what} can be reached in ${steps}; \`nearest\` goes there` },
				]);
			}
			if (way.length === 0) {
				const here = question.kind === 'reach' ? `${text} ${verbOf(question).is} here` : 'nothing can run any more';
				return said(session, [plain(here)]);
			}
			const after = way.reduce((at, choice) => take(at, choice, 'op'), session);
			const end = isEndless
				? `a way on which ${text} never ${verbOf(question).does} goes round here,`
				: reached(question, text);
			return moved(session, after, [
				heading(`${end} after ${steps}; \`restart\`, \`back\` and the branches lead back`),
			]);
		}
		case 'none':
			return said(session, [plain(`${nothing(question, text)} (${seen})`)]);
		case 'unknown': {
			const why = answer.problem ? 'beyond some steps the model cannot go on' : 'as far as a search goes from here';
			return said(session, [warning(`not found in ${seen}: ${why}`)]);
		}
		default:
			return answer satisfies never;
	}
}

/** `4 op steps with 1 context switch`. */
function lengthText(way: readonly Choice[]): string {
	const switches = switchesOf(way);
	return `${way.length} op step${way.length === 1 ? '' : 's'} with ${switches} context switch${switches === 1 ? '' : 'es'}`;
}

type Question = FindRequest['question'];

/** What is said of an expression that is true, and of a function that has been entered. */
function verbOf(question: Question): { readonly is: string; readonly does: string; readonly to: string } {
	return question.kind !== 'violation' && question.condition.kind === 'function'
		? { is: 'is running', does: 'runs', to: 'run' }
		: { is: 'holds', does: 'holds', to: 'hold' };
}

function reached(question: Question, text: string): string {
	switch (question.kind) {
		case 'violation':
			return 'the nearest violation,';
		case 'reach':
			return `${text} ${verbOf(question).is},`;
		case 'avoid':
			return `the end of a way on which ${text} never ${verbOf(question).does},`;
	}
}

function nothing(question: Question, text: string): string {
	const { does, to } = verbOf(question);
	switch (question.kind) {
		case 'violation':
			return 'nothing can go wrong any more, whatever is chosen';
		case 'reach':
			return `${text} cannot come to ${to}, whatever is chosen`;
		case 'avoid':
			return `${text} cannot be avoided: it ${does} sooner or later, whatever is chosen`;
	}
}

const functionNames = ({ target }: Session): readonly string[] =>
	target.machine.program.functions.map(({ name }) => name);

export const findingCommands: readonly Command[] = [
	command({
		name: 'check',
		group: 'running',
		usage: 'check',
		summary: 'Says whether a violation can still be reached from here, and how far it is.',
		help: 'So do the verdicts beside the choices. Both are about violations. Warnings are not looked for: a data race or a circle in the order of locks is reported when a run has made it, and `mmstep check` finds those of every run.',
		runAlone: (session) => find(session, { question: { kind: 'violation' }, text: '', go: false }),
	}),
	command({
		name: 'nearest',
		group: 'running',
		usage: 'nearest',
		summary: 'Goes the shortest way to a violation, op by op.',
		help: 'From the past it grows a branch; nothing is lost.',
		runAlone: (session) => find(session, { question: { kind: 'violation' }, text: '', go: true }),
	}),
	command({
		name: 'reach',
		group: 'running',
		usage: 'reach EXPRESSION | FUNCTION',
		summary: 'Goes the shortest way to a state where an expression of globals is true, or a function is running.',
		help: 'A value: `reach counter == 2`; a lock that somebody holds: `reach lock_is_taken(&vmap_purge_lock)`; a function that is entered: `reach free_vmap_block`. Locals come and go on the way: `run-until` takes them. From the past it grows a branch.',
		complete: functionNames,
		run: (session, argument) => findCondition(session, 'reach', argument),
	}),
	command({
		name: 'avoid',
		group: 'running',
		usage: 'avoid EXPRESSION | FUNCTION',
		summary: 'Goes the shortest way to an end on which an expression is never true, or a function never runs.',
		help: 'Says so when there is no such way: then it happens whatever is chosen.',
		complete: functionNames,
		run: (session, argument) => findCondition(session, 'avoid', argument),
	}),
];
