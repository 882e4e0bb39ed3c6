/** From the pieces in the columns of a drawing to its events: lines that go on below are joined, remarks are told apart. */

import { plainLine } from '../../language/plain-text.ts';
import { violationKinds } from '../../language/violation-kinds.ts';
import type { DrawnItem } from './drawing.ts';
import { isProse } from './drawing-text.ts';

export interface Piece {
	readonly line: number;
	readonly row: number;
	readonly column: number;
	/** Column of its first character. */
	readonly start: number;
	readonly text: string;
	/** Whether there is a gap above it. */
	readonly isFirst: boolean;
	/** Whether the line has a number at its left. */
	readonly label: boolean;
}

/** Joins what goes on in the next line, and says what each piece is. */
export function joinPieces(pieces: readonly Piece[]): DrawnItem[] {
	const joined: { piece: Piece; text: string; lastRow: number }[] = [];
	const open = new Map<number, (typeof joined)[number]>();
	for (const piece of pieces) {
		const before = open.get(piece.column);
		if (before !== undefined && before.lastRow === piece.row - 1 && !piece.isFirst && goesOn(before, piece)) {
			before.text +=
				(/[.>]$|->$/.test(before.text) && /^\w/.test(piece.text) && isOpen(before.text) ? '' : ' ') + piece.text;
			before.lastRow = piece.row;
			continue;
		}
		const entry = { piece, text: piece.text, lastRow: piece.row };
		joined.push(entry);
		open.set(piece.column, entry);
	}
	const roles = roleRow(pieces);
	return withoutBranches(joined).flatMap(({ piece, text }) => itemsOf(piece, text, piece.row === roles));
}

/** What stands further in below a condition that is said to be false is not done. */
function withoutBranches<T extends { piece: Piece; text: string }>(joined: readonly T[]): T[] {
	/** By column: how far in the condition stands. */
	const untaken = new Map<number, number>();
	return joined.map((entry) => {
		const { column, start } = entry.piece;
		const limit = untaken.get(column);
		if (limit !== undefined && start > limit) return { ...entry, text: `// not done: ${entry.text}` };
		untaken.delete(column);
		if (/^(?:if|else if|while)\b.*(?:\/\/|\/\*).*(?:\bfalse\b|_false_|not taken)/i.test(entry.text))
			untaken.set(column, start);
		return entry;
	});
}

/** The first row of events says what each column does, when it stands apart and has something in most columns. */
function roleRow(pieces: readonly Piece[]): number {
	const [first] = pieces;
	if (first === undefined) return -1;
	const row = pieces.filter(({ row }) => row === first.row);
	const columns = new Set(pieces.map(({ column }) => column)).size;
	const next = pieces.find((piece) => piece.row > first.row);
	const isApart = next === undefined || next.isFirst;
	return row.length >= 2 && row.length >= columns - 1 && isApart ? first.row : -1;
}

function goesOn({ piece, text }: { piece: Piece; text: string }, next: Piece): boolean {
	if (text.startsWith('***')) return !text.slice(3).trimEnd().endsWith('***') && next.start > piece.start;
	if (isOpen(text)) return true;
	if (isRemark(text)) return /^\/\//.test(text) ? /^\/\//.test(next.text) : false;
	if (/^(?:\/\/|\/\*|\[|\.\.\.|\*\*\*)/.test(next.text)) return false;
	if (/[\w\])]\.$/.test(text) && !isProse(text.slice(0, -1))) return true;
	if (/(?:[,=+|&]|->|:)$/.test(text) && !/^\w[\w ]*:$/.test(text)) return true;
	if (/^(?:->|[=+)\]]|&&|\|\|)/.test(next.text)) return true;
	const isHanging = !next.label && next.start === piece.start + 2;
	if (isHanging && (newObject.test(text) || /: .* -> \S+$/.test(text))) return true;
	if (next.label || !isProse(next.text) || /^CPU ?\d+ \w/.test(next.text)) return false;
	// Words below words that have not come to an end, or hanging below what they belong to.
	const tail = text.split(';').at(-1) ?? '';
	return (isProse(tail) && tail.trim() !== '' && !/[.!?]$/.test(text)) || next.start === piece.start + 2;
}

/** What an object is filled with that no other CPU has seen, as this program draws it: `vmap_block#43: free 2, dirty 0`. */
const newObject = /^\w+#\d+: (?!.* -> )/;

/** Whether a bracket is open at the end. */
function isOpen(text: string): boolean {
	let depth = 0;
	for (const character of text.replace(/\/\/.*$/, '')) {
		if ('([{'.includes(character)) depth++;
		if (')]}'.includes(character)) depth--;
	}
	return depth > 0;
}

function isRemark(text: string): boolean {
	return /^(?:\/\/|\/\*|\[.*\]$)/.test(text);
}

function itemsOf(piece: Piece, joined: string, isRole: boolean): DrawnItem[] {
	const { line, row, column } = piece;
	const item = (form: DrawnItem['form'], text: string): DrawnItem => ({
		line,
		column,
		row,
		form,
		text: plainLine(text),
	});
	const text = joined.trim();
	if (/^(?:\.{2,}|…|:)$/.test(text)) return [item('gap', text)];
	if (isRemark(text)) return [item('comment', text)];
	if (isRole) return [item('role', text)];
	if (/^\*\*\*.*\*\*\*$/.test(text)) return [item('harm', text.replace(/^\*+\s*|\s*\*+$/g, ''))];
	if (newObject.test(text)) return [item('comment', text)];
	const { event, remark } = withoutRemark(text.replace(/ \(\d+ times\)$/, ''));
	const harm = isFailure(remark) ? [item('harm', remark)] : remark === '' ? [] : [item('comment', remark)];
	if (event === '') return harm;
	if (isWait(event)) return [item('wait', event.replace(/^\(|\)$/g, '')), ...harm];
	if (/^\(.*\)$/.test(event) || /^<.*>$/.test(event)) return [item('comment', event), ...harm];
	const parts = partsOf(event);
	return [...parts.map((part) => item(isHarm(part) ? 'harm' : 'event', part)), ...harm];
}

/** A remark beside the event. */
function withoutRemark(text: string): { event: string; remark: string } {
	const match =
		/^(.*?)\s*(?:\/\/\s*(.*)|\/\*\s*(.*?)\s*(?:\*\/\s*;?)?|\s\[ (.*) \]|(?:<-|<--|<==+)\s+(.*)|\s# (.*))$/.exec(text);
	const event = (match?.[1] ?? text).replace(/;+\s*$/, '').trim();
	const remark = match?.slice(2).find((part) => part !== undefined) ?? '';
	return { event, remark };
}

/** `a(); b()` and `lock(x), unlock(x)` are two events; commas inside brackets are none of that. */
function partsOf(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let part = '';
	for (const [index, character] of [...text].entries()) {
		if ('([{'.includes(character)) depth++;
		if (')]}'.includes(character)) depth--;
		const isCalls = character === ',' && /\)$/.test(part.trim()) && /^, \w+\(/.test(text.slice(index));
		if (depth === 0 && (character === ';' || isCalls)) {
			parts.push(part);
			part = '';
		} else {
			part += character;
		}
	}
	return [...parts, part].map((one) => one.trim().replace(/^and /, '')).filter((one) => one !== '');
}

const waitWords = /\b(?:waits?|waiting|blocks?|blocked|sleeps?|spins?|spinning|stuck)\b/i;

function isWait(text: string): boolean {
	const inner = text.replace(/^[(<]|[)>]$/g, '');
	return waitWords.test(inner) && !/^\w+\(/.test(inner) && !/_(?:wait|block)/.test(inner);
}

const harmWords =
	/\bstale\b.*\b(?:TLB|entry|translation|entries)\b|use[ -]after[ -]free|\bUAF\b|double[ -]free|\bdeadlock\b|\boops\b|\bpanic\b|\bcrash|corrupt|\bleak|\blost\b|\bBUG\b|data race|inconsistent|wrong (?:data|page)|\bstale (?:data|pte)\b/i;

/** What goes wrong, in words or as the name of a kind of violation. */
function isHarm(text: string): boolean {
	const [name = ''] = /^[a-z-]+(?=$|: )/.exec(text) ?? [];
	return violationKinds.some((kind) => kind === name) || (isProse(text) && harmWords.test(text));
}

function isFailure(remark: string): boolean {
	return /(?:->|=>|<-|:)\s*(?:FAIL|BUG|BOOM|UAF|OOPS)\b|^(?:FAIL|BUG|BOOM|UAF|OOPS)\b/i.test(remark);
}
