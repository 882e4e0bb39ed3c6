/**
 * How well a step of a model fits a line of a drawing, from 0 (it does not) to 1 (it is what is drawn). Names count most: the name
 * of a function, a lock's own name, the text that this program draws. Then what kind of thing is done, and the words that the line
 * has in common with the source and with what it is about.
 */

import { type DrawnEvent, normalised } from './drawn-event.ts';
import type { Observation } from './observations.ts';
import { nameLikeness, shareOf, wordsOf } from './words.ts';

export interface Line {
	readonly text: string;
	readonly event: DrawnEvent;
}

/** Above this the line and the step have the same text or name. */
export const exactFrom = 0.8;
/** Below this the line may mean something else: somebody has to say. */
export const sureFrom = 0.55;
/** Below this a step has nothing to do with the line. */
export const possibleFrom = 0.35;

export function likelihood(line: Line, seen: Observation): number {
	if (isSameText(line.text, seen)) return 1;
	if (isSameStatement(line.text, seen)) return 0.95;
	const { event } = line;
	switch (event.kind) {
		case 'call':
			return callLikelihood(event.names, event.words, seen);
		case 'return':
			return seen.kind === 'return' ? 0.95 * nameLikeness(event.name, seen.name) ** 2 : 0;
		case 'lock':
		case 'unlock':
			return lockLikelihood(event, seen);
		case 'assign':
			return assignLikelihood(event, seen);
		case 'test':
			return isAccess(seen) ? 0.78 * shareOf(event.words, wordsAt(seen)) : 0;
		case 'words':
			return wordsLikelihood(event.words, seen);
		default:
			return event satisfies never;
	}
}

/** What stands before the change that an atomic makes, and is left out of a drawing: `exchange: T1.pte[0]: P1 -> none`. */
const atomicName = /^(?:(?:compare and )?exchange|(?:__)?atomic[ _]\w+(?: \w+)*): /;

function isSameText(text: string, seen: Observation): boolean {
	const drawn = normalised(text);
	if (seen.kind === 'wait') return false;
	if (drawn === normalised(seen.text) || drawn === normalised(seen.text.replace(atomicName, ''))) return true;
	if (seen.kind === 'call' && drawn === `${seen.name}(...)`) return true;
	if (seen.kind === 'load' && drawn === `reads${normalised(seen.text)}`) return true;
	return false;
}

/** Whether the line is the statement of the source; there may be others like it. */
function isSameStatement(text: string, seen: Observation): boolean {
	const drawn = normalised(text);
	return (
		(isEffect(seen) || seen.kind === 'load') && seen.statements.some((statement) => drawn === normalised(statement))
	);
}

/** What others see of a step: not a call, a return or a reading. */
function isEffect({ kind }: Observation): boolean {
	return !['call', 'return', 'load', 'end', 'wait'].includes(kind);
}

function isAccess({ kind }: Observation): boolean {
	return ['load', 'store', 'atomic', 'tlb-hit', 'tlb-fill', 'fault'].includes(kind);
}

const nameInText = /([A-Za-z_]\w*)\s*\(/g;

/** Names that are called in a text. */
function calledIn(text: string): string[] {
	return [...text.matchAll(nameInText)].map((match) => match[1] ?? '');
}

function callLikelihood(names: readonly string[], args: readonly string[], seen: Observation): number {
	const name = names.at(-1) ?? '';
	const share = args.length === 0 ? 1 : shareOf(args, wordsAt(seen));
	// The name is worth most of it; names of arguments seldom are what the model calls them.
	const same = 0.81 + 0.16 * share;
	const other = 0.1 * share;
	if (seen.kind === 'return' || seen.kind === 'end' || seen.kind === 'wait') return 0;
	if (seen.kind === 'call') {
		if (seen.name === name) return same;
		const alike = nameLikeness(name, seen.name);
		return alike < 0.6 ? 0 : 0.15 + 0.65 * alike ** 2 + other;
	}
	const own = calledIn(seen.text);
	if (own[0] === name) return same;
	const called = seen.statements.flatMap(calledIn);
	if (!isEffect(seen)) {
		// A macro that only reads, a loop over a list.
		if (called.includes(name)) return same - 0.1;
		const isWalk =
			/walk|iterate|scan/.test(name) && seen.statements.some((statement) => /each|while|for \(|list/.test(statement));
		return (isWalk ? 0.7 : 0.5) * shareOf(wordsOf(name), [...wordsAt(seen), 'walk']) ** 2;
	}
	if (called.includes(name)) return same - 0.02;
	const alike = Math.max(0, ...[...own, ...called].map((other) => nameLikeness(name, other)));
	return alike < 0.6 ? 0.5 * shareOf(wordsOf(name), wordsAt(seen)) ** 2 : 0.1 + 0.6 * alike ** 2 + other;
}

function lockLikelihood(event: Extract<DrawnEvent, { kind: 'lock' | 'unlock' }>, seen: Observation): number {
	const isWait = seen.kind === 'wait' && event.kind === 'lock';
	if (seen.kind !== event.kind && !isWait) {
		// A lock that the model takes in a routine of its own.
		return seen.kind === 'call' && seen.name === event.name ? 0.94 : 0;
	}
	const [own = '', argument = ''] = /^(\w+)\((.*)\)/.exec(seen.text)?.slice(1) ?? [];
	const isSameName = own === event.name || event.name === event.kind;
	if (event.lock !== '' && event.lock === normalised(argument)) return isSameName ? 0.98 : 0.93;
	const wrongMode = modeOf(event.name) !== '' && modeOf(own) !== '' && modeOf(event.name) !== modeOf(own);
	if (seen.statements.flatMap(calledIn).includes(event.name)) return 0.92;
	const words = event.words.filter((word) => word !== 'read' && word !== 'write');
	const given = [
		...wordsOf(seen.text),
		...wordsOf(seen.about),
		...seen.statements.flatMap(wordsOf),
		...lockFamily(seen),
	];
	const weak = 0.1 * shareOf(words, [...given, ...wordsOf(seen.function)]);
	return (wrongMode ? 0.2 : 0.4) + 0.4 * shareOf(words, given) + weak;
}

function modeOf(name: string): 'read' | 'write' | '' {
	return /(?:^|_)read(?:_|$)/.test(name) ? 'read' : /(?:^|_)write(?:_|$)/.test(name) ? 'write' : '';
}

/** A page-table lock is called ptl, whatever table it is in. */
function lockFamily({ about, text }: Observation): string[] {
	return /page_table_lock|ptl/.test(`${about} ${text}`) ? ['ptl'] : [];
}

function assignLikelihood(event: Extract<DrawnEvent, { kind: 'assign' }>, seen: Observation): number {
	if (event.isPrivate) return 0;
	const share = shareOf(event.words, wordsAt(seen));
	if (event.isStore) {
		if (isUserAccess(seen)) return 0.35 + 0.42 * shareOf(event.words, [...wordsAt(seen), 'addr', 'new', 'old', 'ptr']);
		if (seen.kind !== 'store' && seen.kind !== 'atomic') return 0;
		return 0.3 + 0.22 * share + 0.25 * targetLikeness(event, seen);
	}
	if (seen.kind !== 'load' && seen.kind !== 'atomic') return 0;
	return 0.25 + 0.52 * share;
}

/** How alike what is written to is: the member above all, where the line names one. */
function targetLikeness({ member, target }: Extract<DrawnEvent, { kind: 'assign' }>, seen: Observation): number {
	const cell = /(\S+): \S.* -> /.exec(seen.text)?.[1] ?? '';
	const own = /(\w+)(?:\[\d+\])*$/.exec(cell)?.[1] ?? '';
	const share = shareOf(target, wordsAt(seen));
	return member === '' ? share : 0.3 * share + 0.7 * nameLikeness(member, own);
}

/** A thread of the process, or of the kernel, that uses an address. */
function isUserAccess({ kind, name }: Observation): boolean {
	return kind === 'call' && /^(?:user|kernel)_(?:store|load|write|read)$/.test(name);
}

/** Words for what a step does, by kind. */
const actions: Readonly<Partial<Record<Observation['kind'], readonly string[]>>> = {
	free: ['free'],
	allocate: ['alloc'],
	frame: ['page', 'frame'],
	'tlb-fill': ['fill', 'tlb', 'populate', 'cached', 'caches'],
	'tlb-flush': ['flush', 'tlb'],
	'tlb-hit': ['tlb', 'uses', 'access'],
	fault: ['fault', 'page'],
	interrupt: ['ipi', 'interrupt'],
	load: ['read', 'sees', 'load'],
	store: ['write', 'set', 'store', 'update'],
	lock: ['lock', 'takes', 'acquire'],
	unlock: ['unlock', 'drops', 'release'],
};

/** Kinds of step that words alone can mean. */
const decisive: Readonly<Partial<Record<Observation['kind'], string>>> = {
	free: 'free',
	allocate: 'alloc',
	'tlb-fill': 'fill',
	'tlb-flush': 'flush',
	fault: 'fault',
};

function wordsLikelihood(words: readonly string[], seen: Observation): number {
	if (words.length === 0 || seen.kind === 'end' || seen.kind === 'wait') return 0;
	const given = [...wordsAt(seen), ...(actions[seen.kind] ?? [])];
	const share = shareOf(words, given);
	const key = seen.kind === 'frame' ? (/ freed /.test(seen.text) ? 'free' : 'alloc') : decisive[seen.kind];
	const isMeant = key !== undefined && words.includes(key);
	return isMeant ? 0.5 + 0.28 * share : 0.54 * share * share;
}

const memo = new WeakMap<Observation, readonly string[]>();

/** Every word of a step: what it says, what the source says, what it is about. */
function wordsAt(seen: Observation): readonly string[] {
	let words = memo.get(seen);
	if (words === undefined) {
		words = [seen.text, seen.about, ...seen.statements].flatMap(wordsOf);
		memo.set(seen, words);
	}
	return words;
}
