/** What the flags of `mmstep check` say about how it is searched. */

import type { CheckSettings } from '../../explore/check-job.ts';
import { plainLine } from '../../language/plain-text.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError } from '../io.ts';
import { positiveSeconds } from '../time-limit.ts';

/** States after which a row is given up, unless the user says something else. */
const defaultMaxStates = 5_000_000;

/** How each row is searched. @throws {UsageError} for a value that a flag does not take */
export function settingsOf(options: Arguments): CheckSettings {
	const { shortest = 'switches', maxStates, maxDepth, maxSeconds } = options;
	if (shortest !== 'switches' && shortest !== 'steps') {
		throw new UsageError(`--shortest is "switches" or "steps", not "${plainLine(shortest)}"`);
	}
	return {
		allViolations: options.allViolations,
		shortest,
		reduction: !options.noReduction,
		maxStates: maxStates === undefined ? defaultMaxStates : positive('max-states', maxStates),
		maxDepth: maxDepth === undefined ? Number.POSITIVE_INFINITY : positive('max-depth', maxDepth),
		maxSeconds: maxSeconds === undefined ? Number.POSITIVE_INFINITY : positiveSeconds(maxSeconds),
	};
}

/** A number of at least 1; digits may be grouped, as in 5_000_000. @throws {UsageError} */
export function positive(flag: string, text: string): number {
	const number = Number(text.replaceAll(/(?<=\d)[_,](?=\d)/g, ''));
	if (/^\d[\d_,]*(?:e\d+)?$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number;
	throw new UsageError(`--${flag} takes a whole number from 1 on, not "${plainLine(text)}"`);
}

/** The part of the rows that is wished for. @throws {UsageError} */
export function shardWish(text: string): { index: number; of: number } {
	const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
	const shard = { index: Number(index), of: Number(of) };
	if (shard.index >= 1 && shard.index <= shard.of) return shard;
	throw new UsageError(`--shard takes I/N with I from 1 to N, not "${plainLine(text)}"`);
}
