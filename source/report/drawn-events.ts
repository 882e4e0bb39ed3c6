/** The events of a drawing, from the rows that were chosen for it: their words, their nesting, and the points that are numbered. */

import { contextName } from '../machine/describe.ts';
import type { Violation } from '../machine/violation.ts';
import type { Target } from '../scenario/scenario.ts';
import type { DrawingColumn, DrawnEvent } from './bug-report.ts';
import type { DiagramRow } from './diagram-rows.ts';
import type { Nesting } from './relevant-rows.ts';
import { shortLine } from './short-line.ts';
import { violationPhrase } from './violation-phrases.ts';

/** A source line that is longer says less than what it did. */
const longestStatement = 50;

/** An event with the row that it is drawn from; the column is still a context. */
interface Draft extends Omit<DrawnEvent, 'column' | 'point'> {
	readonly context: number;
	/** Indices of rows; the first is where it begins. */
	readonly rows: readonly number[];
}

export interface DraftDrawing {
	readonly columns: readonly DrawingColumn[];
	readonly events: readonly DrawnEvent[];
	/** By row that is drawn: index of its event. */
	readonly eventOf: ReadonlyMap<number, number>;
}

/** What was found, and the context under which it is drawn unless its title names another. */
export interface Harm {
	readonly violation: Violation;
	readonly context: number;
	/** Contexts that wait for one another; empty for harm of another kind. */
	readonly cycle: readonly number[];
}

/**
 * Makes events of rows.
 * @param chosen indices of rows, in order
 * @param harm what was found, drawn last; null for none
 */
export function drawnEvents(
	target: Target,
	rows: readonly DiagramRow[],
	nesting: Nesting,
	chosen: readonly number[],
	harm: Harm | null,
): DraftDrawing {
	const members = new Set(chosen);
	const drafts: Draft[] = [];
	let last = -1;
	for (const index of chosen) {
		const row = rows[index];
		if (row === undefined || row.kind === 'return') continue;
		drafts.push({ ...draftOf(target, rows, nesting, members, index), omitted: index - last - 1 });
		last = index;
	}
	const merged = withSingleEffects(withShortSections(withOneStatement(drafts, rows)), nesting);
	if (harm !== null) merged.push(harmDraft(target, harm, rows.length - last - 1));
	const columns = columnsOf(target, merged);
	const eventOf = new Map(merged.flatMap((draft, event) => draft.rows.map((row) => [row, event] as const)));
	const events = merged.map(({ context, rows: _rows, ...draft }) => ({
		...draft,
		column: Math.max(
			0,
			columns.findIndex((column) => column.context === context),
		),
		point: null,
	}));
	return { columns, events, eventOf };
}

function draftOf(
	target: Target,
	rows: readonly DiagramRow[],
	nesting: Nesting,
	members: ReadonlySet<number>,
	index: number,
): Draft {
	const row = rows[index];
	if (row === undefined) throw new RangeError(`there is no row ${index}`);
	let depth = 0;
	for (let call = nesting.callOf[index] ?? -1; call >= 0; call = nesting.callOf[call] ?? -1) {
		if (members.has(call)) depth++;
	}
	const { text, comment } = wordsOf(target, row);
	const returned = row.kind === 'call' ? rows[nesting.returnOf.get(index) ?? -1] : undefined;
	const value = depth === 0 && returned !== undefined ? (/\) (returns .+)$/.exec(returned.text)?.[1] ?? '') : '';
	const { step, context, function: fn, file, line } = row;
	return {
		step,
		context,
		depth,
		kind: kindOf(row),
		text: shortLine(text),
		comment: shortLine(comment === '' ? value : comment),
		omitted: 0,
		function: fn,
		file,
		line,
		rows: [index],
	};
}

function kindOf(row: DiagramRow): DrawnEvent['kind'] {
	switch (row.event) {
		case 'call':
		case 'return':
		case 'lock':
		case 'unlock':
		case 'rcu':
		case 'frame':
		case 'tlb-fill':
		case 'tlb-hit':
		case 'tlb-flush':
		case 'interrupt':
		case 'fault':
			return row.event;
		case 'load':
			return 'read';
		case 'store':
		case 'atomic':
			return 'write';
		case 'allocate':
		case 'free':
			return 'memory';
		case 'end':
		case null:
			return row.kind === 'wait' ? 'wait' : row.kind === 'violation' ? 'violation' : 'warning';
	}
}

function wordsOf(target: Target, row: DiagramRow): { readonly text: string; readonly comment: string } {
	switch (row.event) {
		case 'load':
		case 'store':
		case 'atomic': {
			const effect = row.text.replace(/^reads /, '').replace(/^(?:compare and )?exchange: /, '');
			// A line with several statements does not say which.
			const isOne = row.statement !== '' && !/[;{}]/.test(row.statement);
			const isShort = isOne && row.statement.length <= longestStatement;
			if (isShort && row.statement !== row.text) return { text: row.statement, comment: effect };
			return { text: row.event === 'load' ? row.text : effect, comment: '' };
		}
		case 'tlb-fill':
			return { text: row.text.replace(` on ${contextName(target.machine, row.context)}`, ''), comment: '' };
		case 'tlb-flush': {
			const [, text = row.text, comment = ''] = /^(.*): (\d+ entr\w+ dropped)$/.exec(row.text) ?? [];
			return { text, comment };
		}
		default:
			return { text: row.text, comment: '' };
	}
}

/** Whether a row does what the draft's rows have done already: the line is being executed again. */
function isRepeated(row: DiagramRow, { rows: indices }: Draft, rows: readonly DiagramRow[]): boolean {
	return indices.some((index) => {
		const other = rows[index];
		return other?.event === row.event && other.pointers.some((pointer) => row.pointers.includes(pointer));
	});
}

/**
 * What a source line reads and writes, one after another, as one event: the line, and its effect beside it. Where it writes
 * several cells, as list_del() does, the line says it better than they would.
 */
function withOneStatement(drafts: readonly Draft[], rows: readonly DiagramRow[]): Draft[] {
	const isAccess = ({ kind }: Draft): boolean => kind === 'read' || kind === 'write';
	const rowOf = (draft: Draft | undefined): DiagramRow | undefined => rows[draft?.rows[0] ?? -1];
	const result: Draft[] = [];
	for (const draft of drafts) {
		const last = result.at(-1);
		const [row, before] = [rowOf(draft), rowOf(last)];
		const isSame =
			last !== undefined &&
			row !== undefined &&
			isAccess(draft) &&
			isAccess(last) &&
			before?.context === row.context &&
			row.statement !== '' &&
			before.statement === row.statement &&
			before.file === row.file &&
			before.line === row.line &&
			before.depth === row.depth &&
			!isRepeated(row, last, rows);
		if (!isSame) {
			result.push(draft);
			continue;
		}
		const joined = { rows: [...last.rows, ...draft.rows], step: draft.step };
		const areWrites = last.kind === 'write' && draft.kind === 'write';
		const isOneCell = before.pointers[0] === row.pointers[0];
		const text = areWrites && !isOneCell ? row.statement : draft.text;
		const comment = areWrites && !isOneCell ? '' : draft.comment;
		// A write says what was read before it.
		if (draft.kind === 'read' && last.kind === 'write') result[result.length - 1] = { ...last, ...joined };
		else result[result.length - 1] = { ...draft, ...joined, text, comment, omitted: last.omitted };
	}
	return result;
}

/** `lock(x)` and `unlock(x)` with nothing between them on one line. */
function withShortSections(drafts: readonly Draft[]): Draft[] {
	const result: Draft[] = [];
	for (const draft of drafts) {
		const last = result.at(-1);
		const isPair =
			last !== undefined &&
			last.context === draft.context &&
			last.kind === 'lock' &&
			draft.kind === 'unlock' &&
			draft.text.replace('unlock(', 'lock(') === last.text;
		if (isPair) {
			result[result.length - 1] = {
				...last,
				text: `${last.text}, ${draft.text}`,
				rows: [...last.rows, ...draft.rows],
			};
		} else result.push(draft);
	}
	return result;
}

/** A call in which one thing is done that is drawn: that stands beside it. */
function withSingleEffects(drafts: readonly Draft[], { callOf }: Nesting): Draft[] {
	const result: Draft[] = [];
	for (const [index, draft] of drafts.entries()) {
		const call = result.at(-1);
		const isOwn = call?.kind === 'call' && callOf[draft.rows[0] ?? -1] === call.rows[0];
		const more = drafts.slice(index + 1).some((other) => callOf[other.rows[0] ?? -1] === call?.rows[0]);
		const effect = (draft.comment === '' ? draft.text : draft.comment).replace(/^reads /, '');
		const isEffect = ['write', 'read', 'tlb-fill', 'tlb-flush', 'frame', 'memory'].includes(draft.kind);
		if (call !== undefined && isOwn && !more && isEffect && (call.comment === '' || draft.kind === 'tlb-fill')) {
			result[result.length - 1] = { ...call, comment: effect, rows: [...call.rows, ...draft.rows], step: draft.step };
		} else result.push(draft);
	}
	return result;
}

function harmDraft(target: Target, harm: Harm, omitted: number): Draft {
	const { violation } = harm;
	return {
		step: violation.step,
		context: harm.cycle.length > 0 ? harm.context : harmContext(target, violation, harm.context),
		depth: 0,
		kind: 'violation',
		text: violationPhrase(violation.kind),
		comment: '',
		omitted,
		function: violation.function,
		file: violation.file,
		line: violation.line,
		rows: [],
	};
}

/** The column of harm: of the CPU that the report is about, where it names one, for it may not be the one that was caught. */
function harmContext({ machine }: Target, { title }: Violation, context: number): number {
	const named = [...new Set(title.match(/\bCPU\d+\b/g) ?? [])];
	const [name] = named;
	if (named.length !== 1 || name === undefined) return context;
	const found = Number(name.slice(3));
	return found < machine.configuration.cpus ? found : context;
}

function columnsOf(target: Target, drafts: readonly Draft[]): DrawingColumn[] {
	const program = target.scenario.programs.find(({ id }) => id === target.selection.program);
	const used = [...new Set(drafts.map(({ context }) => context))].sort((a, b) => a - b);
	return used.map((context) => ({
		actor: contextName(target.machine, context),
		role: shortLine(program?.cpus[context]?.name ?? ''),
		context,
	}));
}
