/**
 * The language of schedules, written so that a schedule survives edits of the model:
 *
 *     cpu0                            one line step
 *     cpu2 x3                         three
 *     cpu0 until vb_alloc returns     until the function's next return in that actor
 *     cpu0 until vb_free called       until its next entry
 *     cpu1 line "pmd_clear"           until a line with this text has been executed
 *     cpu0 until line "spin_lock"     until such a line is next
 *     cpu0 until (vb->free == 0)      until the model C expression is true
 *     cpu0 until blocked              until it has to wait
 *     cpu0 until done                 until its entry function has returned
 *     rcu, ipi1, mmu0                 likewise for the other actors
 *
 * On a command line there is a short form too, `0 0 1*3 rcu ipi1`; parts are separated by `;`.
 */

import type { ScheduleEntry, ScheduleStep } from './scenario.ts';

/** Thrown for a schedule that cannot be read. `offset` and `length` say which characters of the text are meant. */
export class ScheduleSyntaxError extends Error {
	override readonly name = 'ScheduleSyntaxError';
	readonly offset: number;
	readonly length: number;

	constructor(message: string, offset: number, length: number) {
		super(message);
		this.offset = offset;
		this.length = Math.max(1, length);
	}
}

/** Steps that one entry may ask for by number. */
const maxRepeat = 100_000;

const forms =
	'"cpu0", "cpu0 x3", "cpu0 until FUNCTION returns", "cpu0 until FUNCTION called", "cpu0 line \\"TEXT\\"", ' +
	'"cpu0 until line \\"TEXT\\"", "cpu0 until (EXPRESSION)", "cpu0 until blocked", "cpu0 until done"';

const actorPattern = /^(?:(?:cpu|ipi|mmu)(?:0|[1-9]\d{0,2})|rcu)$/;

/**
 * Reads one step.
 * @throws {ScheduleSyntaxError}
 */
export function parseScheduleStep(text: string): ScheduleStep {
	const words = new Words(text);
	const actor = words.next();
	if (actor.text === '') throw new ScheduleSyntaxError(`an empty step; expected one of ${forms}`, 0, 1);
	if (!actorPattern.test(actor.text)) {
		throw new ScheduleSyntaxError(
			`"${actor.text}" is not an actor; actors are cpu0, cpu1, ..., rcu, ipi0, ..., mmu0, ...`,
			actor.offset,
			actor.text.length,
		);
	}
	const step = parseRest(actor.text, words);
	const extra = words.next();
	if (extra.text !== '') {
		throw new ScheduleSyntaxError(`nothing is expected after the step, but there is "${extra.text}"`, extra.offset, 1);
	}
	return step;
}

function parseRest(actor: string, words: Words): ScheduleStep {
	const word = words.next();
	if (word.text === '') return { kind: 'times', actor, count: 1 };
	const repeat = /^x(\d+)$/.exec(word.text);
	if (repeat !== null) return { kind: 'times', actor, count: countOf(repeat[1] ?? '', word.offset + 1) };
	if (word.text === 'line') return { kind: 'untilLine', actor, text: words.quoted(), after: true };
	if (word.text === 'until') return parseUntil(actor, words);
	throw new ScheduleSyntaxError(
		`"${word.text}" is not expected after the actor; a step is one of ${forms}`,
		word.offset,
		word.text.length,
	);
}

function parseUntil(actor: string, words: Words): ScheduleStep {
	const expression = words.parenthesised();
	if (expression !== null) return { kind: 'untilExpression', actor, expression };
	const word = words.next();
	if (word.text === 'line') return { kind: 'untilLine', actor, text: words.quoted(), after: false };
	const event = words.next();
	if (event.text === '' && (word.text === 'blocked' || word.text === 'done')) {
		return { kind: 'untilStatus', actor, status: word.text };
	}
	if (/^[A-Za-z_]\w*$/.test(word.text) && (event.text === 'returns' || event.text === 'called')) {
		return { kind: 'untilFunction', actor, function: word.text, event: event.text };
	}
	throw new ScheduleSyntaxError(
		'after "until" comes "FUNCTION returns", "FUNCTION called", "line \\"TEXT\\"", "(EXPRESSION)", "blocked" or "done"',
		word.offset,
		event.text === '' ? word.text.length : event.offset + event.text.length - word.offset,
	);
}

function countOf(digits: string, offset: number): number {
	const count = Number(digits);
	if (count < 1 || count > maxRepeat) {
		throw new ScheduleSyntaxError(`a step is repeated 1 to ${maxRepeat} times`, offset, digits.length);
	}
	return count;
}

/** The step as text; `parseScheduleStep` reads it back to the same step. */
export function printScheduleStep(step: ScheduleStep): string {
	switch (step.kind) {
		case 'times':
			return step.count === 1 ? step.actor : `${step.actor} x${step.count}`;
		case 'untilFunction':
			return `${step.actor} until ${step.function} ${step.event}`;
		case 'untilLine':
			return `${step.actor} ${step.after ? '' : 'until '}line "${step.text.replace(/["\\]/g, '\\$&')}"`;
		case 'untilExpression':
			return `${step.actor} until (${step.expression})`;
		case 'untilStatus':
			return `${step.actor} until ${step.status}`;
	}
}

const shortToken = /^(\d{1,3}|(?:cpu|ipi|mmu)\d{1,3}|rcu)(?:\*(\d+))?$/;

/**
 * Reads a schedule as it is typed on a command line: parts separated by `;` or newlines, each a step as above or a list of
 * short ones (`0 0 1*3 rcu ipi1`).
 * @throws {ScheduleSyntaxError} offsets count from the start of `text`
 */
export function parseScheduleLine(text: string): ScheduleEntry[] {
	const entries = splitParts(text).flatMap(({ part, offset }) => {
		const tokens = [...part.matchAll(/\S+/g)];
		if (tokens.length === 0) return [];
		if (tokens.every(([token]) => shortToken.test(token))) {
			return tokens.map((match) => entryOf(match[0], shortStep(match[0], offset + match.index)));
		}
		const [first] = tokens[0] ?? [''];
		if (/^\d/.test(first)) {
			const message = `short steps such as "${first}" and long ones are separated by ";"`;
			throw new ScheduleSyntaxError(message, offset + part.indexOf(first), first.length);
		}
		try {
			return [entryOf(part.trim(), parseScheduleStep(part))];
		} catch (error) {
			if (!(error instanceof ScheduleSyntaxError)) throw error;
			throw new ScheduleSyntaxError(error.message, offset + error.offset, error.length);
		}
	});
	if (entries.length === 0) {
		throw new ScheduleSyntaxError('an empty schedule; write for example "0 0 1*3 rcu" or "cpu0 until done"', 0, 1);
	}
	return entries;
}

function shortStep(token: string, offset: number): ScheduleStep {
	const match = shortToken.exec(token);
	const name = match?.[1] ?? '';
	const actor = /^\d/.test(name) ? `cpu${Number(name)}` : name;
	const digits = match?.[2];
	return { kind: 'times', actor, count: digits === undefined ? 1 : countOf(digits, offset + name.length + 1) };
}

function entryOf(text: string, step: ScheduleStep): ScheduleEntry {
	return { text, step, note: '', mark: '' };
}

/** Cuts at `;` and newlines that are not inside quotes. */
function splitParts(text: string): { part: string; offset: number }[] {
	const parts: { part: string; offset: number }[] = [];
	let start = 0;
	let quoted = false;
	for (let i = 0; i <= text.length; i++) {
		const character = text[i];
		if (character === '\\' && quoted) i++;
		else if (character === '"') quoted = !quoted;
		else if (i === text.length || (!quoted && (character === ';' || character === '\n'))) {
			parts.push({ part: text.slice(start, i), offset: start });
			start = i + 1;
		}
	}
	if (start < text.length) parts.push({ part: text.slice(start), offset: start });
	return parts;
}

/** A reader over the words of one step. */
class Words {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** The next word, or an empty one at the end. */
	next(): { text: string; offset: number } {
		this.#skipBlanks();
		const offset = this.#at;
		const [text] = /^\S*/.exec(this.#text.slice(offset)) ?? [''];
		this.#at += text.length;
		return { text, offset };
	}

	/** A text in double quotes; `\"` and `\\` stand for themselves. */
	quoted(): string {
		this.#skipBlanks();
		const offset = this.#at;
		const match = /^"((?:[^"\\]|\\.)*)"/s.exec(this.#text.slice(offset));
		const content = match?.[1]?.replace(/\\(.)/gs, '$1') ?? '';
		if (match === null || content === '') {
			throw new ScheduleSyntaxError('after "line" comes a text of that line in double quotes', offset, 1);
		}
		this.#at += match[0].length;
		return content;
	}

	/** The rest of the text when it is an expression in parentheses, without parentheses around the whole; else null. */
	parenthesised(): string | null {
		this.#skipBlanks();
		if (this.#text[this.#at] !== '(') return null;
		const offset = this.#at;
		const rest = this.#text.slice(offset).trimEnd();
		let depth = 0;
		let wrapsAll = true;
		for (let i = 0; i < rest.length; i++) {
			if (rest[i] === '(') depth++;
			if (rest[i] === ')') depth--;
			if (depth < 0) throw new ScheduleSyntaxError('a ")" without its "("', offset + i, 1);
			if (depth === 0 && i < rest.length - 1) wrapsAll = false;
		}
		if (depth > 0) throw new ScheduleSyntaxError('a "(" without its ")"', offset, 1);
		const expression = (wrapsAll ? rest.slice(1, -1) : rest).trim();
		if (expression === '') throw new ScheduleSyntaxError('an empty expression', offset, rest.length);
		this.#at = this.#text.length;
		return expression;
	}

	#skipBlanks(): void {
		while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
	}
}
