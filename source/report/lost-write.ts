/**
 * Why what was stored is lost, for reports that do not say it themselves. It is read off the writes: who stored last to what the
 * report names, who put something else there, what that one had read before, and who went on with the wrong value.
 */

import type { Violation } from '../machine/violation.ts';
import type { DiagramRow } from './diagram-rows.ts';
import { namesIn } from './relevant-rows.ts';

/** A change of one cell. */
interface Change {
	readonly index: number;
	readonly row: DiagramRow;
	readonly pointer: number;
	readonly cell: string;
	readonly before: string;
	readonly after: string;
}

/** Cells that are told of when nobody has overwritten anything. */
const maxLast = 3;

/**
 * What the report of a lost store is given as its details, where it has none.
 * @param rows of every step up to the harm, in order
 * @param actorOf name of a context
 */
export function withLostWrite(
	violation: Violation,
	rows: readonly DiagramRow[],
	actorOf: (context: number) => string,
): Violation {
	if (violation.kind !== 'lost-store' || violation.details.length > 0) return violation;
	const names = namesIn([violation.title]);
	const changes = rows.flatMap((row, index) => changeOf(row, index)).filter(({ cell }) => isOf(cell, names));
	const last = [...new Map(changes.map((change) => [change.pointer, change])).values()];
	const lost = last
		.map((change) => ({ change, stored: storedBefore(changes, change) }))
		.filter(({ stored }) => stored !== null)
		.sort((a, b) => Number(isUndone(b)) - Number(isUndone(a)) || b.change.index - a.change.index);
	const [pair] = lost;
	const details =
		pair?.stored == null
			? lastChanges(last, actorOf)
			: overwritten(rows, changes, pair.stored, pair.change, names, actorOf);
	return { ...violation, details };
}

/** The change that a row makes; none where it makes several, or none that others see. */
function changeOf(row: DiagramRow, index: number): Change[] {
	if (row.event !== 'store' && row.event !== 'atomic') return [];
	const [, cell = '', before = '', after = ''] = /^(.+?): (.+) -> (.+)$/.exec(row.text) ?? [];
	const [pointer] = row.pointers;
	if (cell === '' || pointer === undefined || before === after) return [];
	return [{ index, row, pointer, cell, before, after }];
}

/** Whether a cell is one of those named, or lies in one. */
function isOf(cell: string, names: ReadonlySet<string>): boolean {
	for (const name of names) {
		if (cell === name || (cell.startsWith(name) && /^(?:\.|->|\[)/.test(cell.slice(name.length)))) return true;
	}
	return false;
}

/** The change before that was somebody else's. */
function storedBefore(changes: readonly Change[], { index, pointer, row }: Change): Change | null {
	const before = changes.findLast((change) => change.pointer === pointer && change.index < index);
	return before !== undefined && before.row.context !== row.context ? before : null;
}

function isUndone({ change, stored }: { readonly change: Change; readonly stored: Change | null }): boolean {
	return stored !== null && stored.before === change.after;
}

function overwritten(
	rows: readonly DiagramRow[],
	changes: readonly Change[],
	stored: Change,
	change: Change,
	names: ReadonlySet<string>,
	actorOf: (context: number) => string,
): string[] {
	const writer = actorOf(stored.row.context);
	const other = actorOf(change.row.context);
	const between = rows.slice(stored.index + 1, change.index).filter(({ context }) => context === change.row.context);
	const isUndoing = isUndone({ change, stored });
	const source = rows[change.index - 1];
	const isCopy =
		source?.event === 'load' &&
		source.context === change.row.context &&
		source.line === change.row.line &&
		source.file === change.row.file;
	const reason = between.findLast(
		(row) => row.event === 'load' && row !== source && row.reads.some((cell) => isOf(cell, names)),
	);
	const reader = rows
		.slice(change.index + 1)
		.find((row) => row.event === 'load' && row.context !== change.row.context && row.pointers.includes(change.pointer));
	return [
		`${writer} stored ${change.cell} = ${stored.after} at step ${stored.row.step}${inFunction(stored.row)}`,
		`${other} ${isUndoing ? 'set it back to' : 'overwrote it with'} ${change.after} at step ${change.row.step}${inFunction(change.row)}${isCopy ? `, from ${readText(source)}` : ''}`,
		...(reason === undefined
			? []
			: [
					`before that, ${other} read ${readText(reason)} at step ${reason.step}${inFunction(reason)}; ${lastWriter(changes, reason, actorOf)}`,
				]),
		...letGo(rows, stored, change, actorOf),
		...(reader === undefined
			? []
			: [
					`${actorOf(reader.context)} read ${change.cell} = ${change.after} at step ${reader.step}${inFunction(reader)}`,
				]),
		`nobody stored ${stored.after} to ${change.cell} again`,
	];
}

function inFunction(row: DiagramRow): string {
	return row.function === '' ? '' : ` in ${row.function}()`;
}

/** `F.page[2].uptodate = false`. */
function readText({ text }: DiagramRow): string {
	return text.replace(/^reads (?:read of )?/, '');
}

/** Who had made what was read what it was. */
function lastWriter(changes: readonly Change[], read: DiagramRow, actorOf: (context: number) => string): string {
	const writer = changes.findLast(({ row, pointer }) => row.step < read.step && read.pointers.includes(pointer));
	if (writer === undefined) return 'nobody had changed that';
	return `${actorOf(writer.row.context)} had made it so at step ${writer.row.step}${inFunction(writer.row)}`;
}

/** The lock that the first held as it stored and the other as it overwrote that, and when it went from one to the other. */
function letGo(
	rows: readonly DiagramRow[],
	stored: Change,
	change: Change,
	actorOf: (context: number) => string,
): string[] {
	const between = rows.slice(stored.index + 1, change.index);
	const took = between.findLast(
		(row) => row.context === change.row.context && row.event === 'lock' && wasHeld(rows, stored, row),
	);
	if (took === undefined) return [];
	const gave = between.find(
		(row) => row.context === stored.row.context && row.event === 'unlock' && row.pointers[0] === took.pointers[0],
	);
	if (gave === undefined) return [];
	const name = /\((.*)\)/.exec(took.text)?.[1] ?? took.text;
	return [
		`${actorOf(stored.row.context)} had let go of ${name}, under which it stored, at step ${gave.step}${inFunction(gave)}; ${actorOf(change.row.context)} took it at step ${took.step}`,
	];
}

/** Whether the lock that a row takes was held by who stored, at that time. */
function wasHeld(rows: readonly DiagramRow[], stored: Change, { pointers: [lock] }: DiagramRow): boolean {
	const own = rows
		.slice(0, stored.index)
		.findLast(
			({ context, event, pointers }) =>
				context === stored.row.context && (event === 'lock' || event === 'unlock') && pointers[0] === lock,
		);
	return own?.event === 'lock' && !own.text.endsWith('not free');
}

/** Nothing was overwritten: what was done to it last. */
function lastChanges(last: readonly Change[], actorOf: (context: number) => string): string[] {
	return last
		.toSorted((a, b) => b.index - a.index)
		.slice(0, maxLast)
		.map(
			({ cell, after, row }) =>
				`${cell} became ${after} at step ${row.step} by ${actorOf(row.context)}${inFunction(row)}; nobody changed it after that`,
		);
}
