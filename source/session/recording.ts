/**
 * A session on disk: JSON Lines, append-only. The first line is the header, with the scenario's texts, so that the file
 * stands alone; every further line is one action. This module only turns text into data and back: it runs nothing.
 *
 * Header: `{"format":"mmstep-recording","version":1,"tool":"mmstep 0.1.0","scenario":{"id":"...","texts":[{"path","text"}]},
 * "selection":{"kernel","program","options"},"codeHash":"16 hex digits","start":"fingerprint of the first state"}`.
 *
 * Actions, in the order in which they happened:
 * - `{"n":7,"a":"cpu0","g":"line","alt":0,"fp":"..."}`: a step from the cursor. `n` is the depth it leads to, `a` the actor's
 *   name, `g` the grain, `alt` which of the actor's alternatives, `fp` the fingerprint of the state after it.
 * - `{"goto":3,"branch":"main"}`: the cursor moved; the branch becomes the current one.
 * - `{"fork":"b2"}`: a new branch of that name that ends at the cursor became the current one.
 * - `{"rename":"b2","to":"late flush"}`.
 * - `{"schedule":"mail","next":3,"ends":[2,5,9]}`: progress along a schedule of the scenario; it stands at the cursor.
 *   `"partial":{"taken":2,"inside":null}` when entry `next` was stopped in its middle.
 *   `{"schedule":null}`: none is followed any more.
 * - `{"note":"...","branch":"main","n":5}`: the user's note at that point.
 * Fingerprints are those of machine/identity: cells, registers, locks, TLBs and frames by value, code by the index of function and
 * instruction, a broken condition by its kind and place. Titles, comments and names are no part of them, so that a model whose
 * wording has changed replays as before. They have no version of their own: other rules show as a divergence.
 * Every line may end with a check sum, `"sum":"8 hex digits"`, see recording-check; all lines have one or none has.
 * Unknown keys are ignored, so that a later mmstep may say more without a new version; a line that is none of the above is
 * damage. Breakpoints and displays are not part of a recording: it holds what happened, not how it was looked at.
 *
 * Bounds are checked before anything is parsed, so that a huge or foreign file is refused from its first bytes.
 */

import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { once } from '../language/once.ts';
import { plainLine } from '../language/plain-text.ts';
import type { SourceFile } from '../language/position.ts';
import type { Grain } from '../machine/machine.ts';
import type { Selection } from '../scenario/scenario.ts';
import { carriedSum, expectedSum } from './recording-check.ts';
import type { ScheduleProgress } from './session.ts';
import { branchNamePattern } from './timeline.ts';

const recordingFormat = 'mmstep-recording';
const recordingVersion = 1;

/** What a stranger's file may cost. */
export const recordingLimits = {
	/** Bytes of the header line: it carries the scenario's texts. */
	header: 4 * 1024 * 1024,
	/** Bytes of any other line. */
	line: 64 * 1024,
	steps: 1_000_000,
	/** Lines that are not steps. */
	moves: 1_000_000,
	texts: 500,
	note: 4000,
	name: 100,
} as const;

export interface RecordingHeader {
	readonly tool: string;
	readonly scenario: { readonly id: string; readonly texts: readonly SourceFile[] };
	readonly selection: Selection;
	readonly codeHash: string;
	/** Fingerprint of the first state. */
	readonly start: string;
}

export type RecordedAction =
	| {
			readonly kind: 'step';
			/** Depth that the step leads to. */
			readonly depth: number;
			readonly actor: string;
			readonly grain: Grain;
			readonly alternative: number;
			readonly fingerprint: string;
	  }
	| { readonly kind: 'goto'; readonly branch: string; readonly depth: number }
	| { readonly kind: 'fork'; readonly branch: string }
	| { readonly kind: 'rename'; readonly branch: string; readonly to: string }
	| {
			readonly kind: 'schedule';
			readonly schedule: {
				readonly id: string;
				readonly next: number;
				readonly ends: readonly number[];
				readonly partial: ScheduleProgress['partial'];
			} | null;
	  }
	| { readonly kind: 'note'; readonly branch: string; readonly depth: number; readonly text: string };

/** A recording as far as it could be read. */
export interface Recording {
	readonly header: RecordingHeader;
	readonly actions: readonly RecordedAction[];
	/** What was left out and why, a line each; empty for a recording without a fault. */
	readonly remarks: readonly string[];
	/** Bytes up to the end of the last line that was used: where a recording that goes on would be appended. */
	readonly goodBytes: number;
	/** Check sum of the last line that was used; null in a recording whose lines have none. */
	readonly sum: string | null;
	/**
	 * How it ended. `torn`: the last line is incomplete, as after a crash. `damaged`: a line in the middle cannot be read, or
	 * a bound was reached; what follows was not looked at.
	 */
	readonly end: 'whole' | 'torn' | 'damaged';
}

/** Thrown for a file that is not a recording, or whose header cannot be used. One paragraph, ready for people. */
export class RecordingError extends Error {
	override readonly name = 'RecordingError';
}

/** The header line, with its line end. @throws RecordingError when the scenario's texts are too large to be carried */
export function encodeHeader(header: RecordingHeader): string {
	const line = `${JSON.stringify({
		format: recordingFormat,
		version: recordingVersion,
		tool: header.tool,
		scenario: {
			id: header.scenario.id,
			texts: header.scenario.texts.map(({ path, text }) => ({ path, text })),
		},
		selection: {
			kernel: header.selection.kernel,
			program: header.selection.program,
			options: header.selection.options,
		},
		codeHash: header.codeHash,
		start: header.start,
	})}\n`;
	if (Buffer.byteLength(line) > recordingLimits.header || header.scenario.texts.length > recordingLimits.texts) {
		throw new RecordingError(
			`The texts of scenario ${header.scenario.id} are too large for a recording (more than ${recordingLimits.header / 1024 / 1024} MB).`,
		);
	}
	return line;
}

/** One action as its line, with the line end. */
export function encodeAction(action: RecordedAction): string {
	return `${JSON.stringify(actionData(action))}\n`;
}

function actionData(action: RecordedAction): unknown {
	switch (action.kind) {
		case 'step':
			return {
				n: action.depth,
				a: action.actor,
				g: action.grain,
				alt: action.alternative,
				fp: action.fingerprint,
			};
		case 'goto':
			return { goto: action.depth, branch: action.branch };
		case 'fork':
			return { fork: action.branch };
		case 'rename':
			return { rename: action.branch, to: action.to };
		case 'schedule':
			return action.schedule === null
				? { schedule: null }
				: {
						schedule: action.schedule.id,
						next: action.schedule.next,
						ends: action.schedule.ends,
						...(action.schedule.partial === null ? {} : { partial: action.schedule.partial }),
					};
		case 'note':
			return { note: action.text, branch: action.branch, n: action.depth };
		default:
			return action satisfies never;
	}
}

/**
 * Reads a recording from its bytes, in chunks of any size, no further than its bounds allow.
 * A torn last line is dropped with a remark; at a damaged line reading stops, and what was before it is returned with a
 * remark.
 * @throws RecordingError when the first line is not a header that this version can read
 */
export function decodeRecording(input: string | Uint8Array | Iterable<Uint8Array>): Recording {
	const chunks = typeof input === 'string' ? [Buffer.from(input)] : input instanceof Uint8Array ? [input] : input;
	const actions: RecordedAction[] = [];
	const remarks: string[] = [];
	let header: RecordingHeader | null = null;
	let goodBytes = 0;
	let sum: string | null = null;
	let end: Recording['end'] = 'whole';
	let lineNumber = 0;
	let steps = 0;

	function stopAt(reason: string): void {
		end = 'damaged';
		remarks.push(
			`Line ${lineNumber} of the recording ${reason}; ${countOf(steps, 'step')} before it ${steps === 1 ? 'is' : 'are'} used, what follows is not.`,
		);
	}

	for (const { bytes, ended, tooLong } of linesIn(chunks)) {
		lineNumber++;
		if (header === null) {
			header = decodeHeader(bytes, ended, tooLong);
			sum = headerSum(bytes);
			goodBytes += bytes.length + 1;
			continue;
		}
		if (!ended) {
			end = 'torn';
			remarks.push(
				`The last line of the recording is incomplete (it was being written when mmstep was stopped) and is left out.`,
			);
			break;
		}
		if (tooLong) {
			stopAt(`is longer than ${recordingLimits.line} bytes`);
			break;
		}
		const unlike = sumFault(bytes, sum);
		if (unlike !== null) {
			stopAt(unlike);
			break;
		}
		const action = decodeAction(bytes);
		if (typeof action === 'string') {
			stopAt(action);
			break;
		}
		if (action.kind === 'step') {
			if (steps === recordingLimits.steps) {
				stopAt(`is beyond the limit of ${recordingLimits.steps} steps`);
				break;
			}
			steps++;
		} else if (actions.length - steps >= recordingLimits.moves) {
			stopAt(`is beyond the limit of ${recordingLimits.moves} moves and notes`);
			break;
		}
		actions.push(action);
		goodBytes += bytes.length + 1;
		sum = sum === null ? null : carriedSum(bytes);
	}
	if (header === null) throw new RecordingError('The file is empty: there is no recording in it.');
	return { header, actions, remarks, goodBytes, sum, end };
}

/** The check sum of the header; null when the recording has none. @throws RecordingError when it is another one */
function headerSum(bytes: Uint8Array): string | null {
	const sum = carriedSum(bytes);
	if (sum === null || sum === expectedSum(bytes, '')) return sum;
	throw new RecordingError(
		'The first line of the recording is damaged: its check sum is another one than it says. It holds the scenario, and without that nothing can be replayed.',
	);
}

/** What is wrong with the check sum of a line that comes after one with the sum `before` (null: the recording has none). */
function sumFault(bytes: Uint8Array, before: string | null): string | null {
	const sum = carriedSum(bytes);
	if (before === null) return sum === null ? null : 'is damaged (it has a check sum, and the first line has none)';
	if (sum === null) return 'is damaged (its check sum is missing)';
	return sum === expectedSum(bytes, before) ? null : 'is damaged (its check sum is another one than it says)';
}

interface Line {
	readonly bytes: Uint8Array;
	/** Whether its line end was there. */
	readonly ended: boolean;
	/** Longer than allowed; `bytes` is only its beginning, and nothing follows. */
	readonly tooLong: boolean;
}

/** The lines of the input; the first may be as long as a header, and must begin with `{`. */
function* linesIn(chunks: Iterable<Uint8Array>): Generator<Line> {
	let limit: number = recordingLimits.header;
	let parts: Uint8Array[] = [];
	let length = 0;
	let first = true;
	for (const chunk of chunks) {
		let from = 0;
		while (from < chunk.length) {
			// What does not begin like a header is not worth reading on.
			if (first && length === 0 && chunk[from] !== 0x7b) {
				yield { bytes: chunk.subarray(from, from + 1), ended: false, tooLong: false };
				return;
			}
			const newline = chunk.indexOf(0x0a, from);
			const to = newline === -1 ? chunk.length : newline;
			// A chunk may be a buffer that its owner fills again, so what outlives it is copied.
			parts.push(newline === -1 ? Uint8Array.from(chunk.subarray(from, to)) : chunk.subarray(from, to));
			length += to - from;
			if (length > limit) {
				yield { bytes: Buffer.concat(parts), ended: newline !== -1, tooLong: true };
				return;
			}
			from = to + 1;
			if (newline === -1) break;
			yield { bytes: parts.length === 1 ? (parts[0] ?? chunk) : Buffer.concat(parts), ended: true, tooLong: false };
			parts = [];
			length = 0;
			first = false;
			limit = recordingLimits.line;
		}
	}
	if (length > 0) yield { bytes: Buffer.concat(parts), ended: false, tooLong: false };
}

/** The schemas of lines. Made when a recording is read, because that takes longer than most commands have to. */
const lineSchemas = once(() => {
	const digest = z.string().regex(/^[0-9a-f]{16}$/);
	const depth = z.int().min(0).max(recordingLimits.steps);
	const branchName = z.string().regex(branchNamePattern);

	const header = z.object({
		tool: z
			.string()
			.max(1000)
			.transform((text) => safeLine(text, recordingLimits.name)),
		scenario: z.object({
			id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
			texts: z
				.array(z.object({ path: z.string().min(1).max(500), text: z.string() }))
				.min(1)
				.max(recordingLimits.texts),
		}),
		selection: z.object({
			kernel: z.string().max(100),
			program: z.string().max(100),
			options: z.record(z.string().max(100), z.string().max(100)),
		}),
		codeHash: digest,
		start: digest,
	});
	const action = z.union([
		z
			.object({
				n: depth.min(1),
				a: z.string().regex(/^[a-z]{1,10}[0-9]{0,3}$/),
				g: z.enum(['op', 'line', 'over', 'out']),
				alt: z.int().min(0).max(1_000_000),
				fp: digest,
			})
			.transform(
				({ n, a, g, alt, fp }): RecordedAction => ({
					kind: 'step',
					depth: n,
					actor: a,
					grain: g,
					alternative: alt,
					fingerprint: fp,
				}),
			),
		z
			.object({ goto: depth, branch: branchName })
			.transform(({ goto, branch }): RecordedAction => ({ kind: 'goto', branch, depth: goto })),
		z.object({ fork: branchName }).transform(({ fork }): RecordedAction => ({ kind: 'fork', branch: fork })),
		z
			.object({ rename: branchName, to: branchName })
			.transform(({ rename, to }): RecordedAction => ({ kind: 'rename', branch: rename, to })),
		z.object({ schedule: z.null() }).transform((): RecordedAction => ({ kind: 'schedule', schedule: null })),
		z
			.object({
				schedule: z.string().regex(/^[\w.-]{1,100}$/),
				next: z.int().min(0).max(10_000),
				ends: z.array(depth).max(10_000),
				partial: z
					.object({
						taken: depth,
						inside: z.object({ depth, line: z.int().min(0).max(10_000_000) }).nullable(),
					})
					.optional(),
			})
			.transform(
				({ schedule, next, ends, partial }): RecordedAction => ({
					kind: 'schedule',
					schedule: { id: schedule, next, ends, partial: partial ?? null },
				}),
			),
		z
			.object({
				note: z.string().transform((text) => safeLine(text, recordingLimits.note)),
				branch: branchName,
				n: depth,
			})
			.transform(({ note, branch, n }): RecordedAction => ({ kind: 'note', branch, depth: n, text: note })),
	]);
	const named = z.looseObject({ format: z.literal(recordingFormat), version: z.int() });
	return { named, header, action };
});

function decodeHeader(bytes: Uint8Array, ended: boolean, tooLong: boolean): RecordingHeader {
	const foreign =
		'The file is not an mmstep recording: its first line is not the header that every recording begins with.';
	if (bytes[0] !== 0x7b) throw new RecordingError(foreign);
	if (tooLong) {
		throw new RecordingError(
			`The file is not an mmstep recording: its first line is longer than the ${recordingLimits.header / 1024 / 1024} MB that a header may have.`,
		);
	}
	const text = decodeText(bytes);
	const value = text === null ? undefined : parseJson(text);
	const beginning = `{"format":"${recordingFormat}"`;
	if (!ended && text !== null && beginning.startsWith(text.slice(0, beginning.length))) {
		throw new RecordingError(
			'The recording ends within its first line: it was stopped before it held a single step, and there is nothing to replay.',
		);
	}
	const named = lineSchemas().named.safeParse(value);
	if (!named.success) {
		const damaged = text?.includes(recordingFormat) === true;
		throw new RecordingError(
			damaged
				? 'The first line of the recording is damaged: it cannot be read as JSON. Without it nothing can be replayed.'
				: foreign,
		);
	}
	if (named.data.version > recordingVersion) {
		throw new RecordingError(
			`The recording has format version ${named.data.version}, and this mmstep reads version ${recordingVersion} only. Update mmstep to open it.`,
		);
	}
	if (named.data.version < 1) {
		throw new RecordingError(`The recording says it has format version ${named.data.version}, which never existed.`);
	}
	const header = lineSchemas().header.safeParse(value);
	if (!header.success) {
		const issue = header.error.issues[0];
		const where = issue === undefined || issue.path.length === 0 ? '' : `at ${issue.path.join('.')}`;
		throw new RecordingError(
			`The header of the recording is damaged${where === '' ? '' : ` ${safeLine(where, 200)}`}: ${safeLine(issue?.message ?? 'unknown fault', 300)}.`,
		);
	}
	return header.data;
}

/** The action, or what is wrong with the line. */
function decodeAction(bytes: Uint8Array): RecordedAction | string {
	const text = decodeText(bytes);
	if (text === null) return 'is damaged (not UTF-8 text)';
	const value = parseJson(text);
	if (value === undefined) return 'is damaged (not JSON)';
	// The common line, without the cost of a schema: recordings may have a million of them.
	const step = plainStep(value);
	if (step !== null) return step;
	const action = lineSchemas().action.safeParse(value);
	return action.success ? action.data : 'is damaged (not an action of a recording)';
}

const grains: readonly string[] = ['op', 'line', 'over', 'out'] satisfies Grain[];
const isGrain = (text: unknown): text is Grain => typeof text === 'string' && grains.includes(text);

function plainStep(value: unknown): RecordedAction | null {
	if (typeof value !== 'object' || value === null || !('n' in value && 'a' in value && 'g' in value)) return null;
	if (!('alt' in value && 'fp' in value)) return null;
	const { n, a, g, alt, fp } = value;
	if (!isCount(n) || n < 1 || n > recordingLimits.steps || !isCount(alt) || alt > 1_000_000 || !isGrain(g)) return null;
	if (typeof a !== 'string' || !/^[a-z]{1,10}[0-9]{0,3}$/.test(a)) return null;
	if (typeof fp !== 'string' || !/^[0-9a-f]{16}$/.test(fp)) return null;
	return { kind: 'step', depth: n, actor: a, grain: g, alternative: alt, fingerprint: fp };
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && Number(value) >= 0;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | null {
	try {
		return utf8.decode(bytes);
	} catch {
		return null;
	}
}

/** Undefined for what is not JSON. */
function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** One line without escape sequences or other control characters, cut at `limit`. */
function safeLine(text: string, limit: number): string {
	const line = plainLine(stripVTControlCharacters(text.slice(0, limit * 4)));
	return line.length > limit ? `${line.slice(0, limit - 3)}...` : line;
}

function countOf(count: number, noun: string): string {
	return `the ${count} ${noun}${count === 1 ? '' : 's'}`;
}
