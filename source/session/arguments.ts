/** Reading the arguments of commands. */

import { plainLine } from '../language/plain-text.ts';
import { CommandError } from './command-error.ts';
import { maxRun } from './running.ts';

/** A count: 1 when nothing is said. @throws CommandError for what is not a number from 1 to the most that a command runs */
export function countArgument(text: string): number {
	const word = text.trim();
	if (word === '') return 1;
	const count = Number(word);
	if (/^\d+$/.test(word) && count >= 1 && count <= maxRun) return count;
	throw new CommandError(`${plainLine(word)} is not a count: say a number from 1 to ${maxRun}`);
}

/** A number without a sign, for CPUs, frames and breakpoints. @throws CommandError for anything else; `what` names it */
export function numberArgument(text: string, what: string): number {
	const word = text.trim();
	if (/^\d{1,6}$/.test(word)) return Number(word);
	throw new CommandError(word === '' ? `say ${what}` : `${plainLine(word)} is not ${what}`);
}

/** The words of an argument. */
export function wordsOf(text: string): string[] {
	return text.trim() === '' ? [] : text.trim().split(/\s+/);
}
