/**
 * Rows that are nodes of a tree (view_node(), view_child()) as a drawing, for the screen and for text: from the first node down, each
 * above its children, the left one on the left; where that is too wide, one below the other with the names of the pointers. What cannot be
 * reached from the first node comes after it. Pointers may lead anywhere, in a circle too: every node is drawn once, and
 * named where it is met again.
 */

import type { CustomViewRow, TreeNode } from './views.ts';
import type { LineStyle } from './wait-drawing.ts';

/** A piece of a line. `tone` is one of a view's tones, `line` for connectors, `walker`, or `dim`. */
export interface TreePiece {
	readonly text: string;
	readonly tone: string;
	readonly changed: boolean;
}

export type TreeLine = readonly TreePiece[];

/** How many columns a text takes. */
export type Measure = (text: string) => number;

type Node = CustomViewRow & { readonly tree: TreeNode };

/** What is drawn, and with what. */
interface Drawing {
	readonly rows: readonly CustomViewRow[];
	/** The row of the same label in the state compared with. */
	readonly earlier: (row: CustomViewRow) => CustomViewRow | null;
	readonly style: LineStyle;
	readonly measure: Measure;
}

/** A rectangle of pieces, with the column at which a line from above arrives. */
interface Box {
	readonly lines: readonly Placed[][];
	readonly width: number;
	readonly anchor: number;
}

interface Placed {
	readonly at: number;
	readonly width: number;
	readonly piece: TreePiece;
}

const gap = 3;

/**
 * The drawing of those of the rows that are nodes; none when there are none. `before` are the rows of the state compared with, for
 * marking pointers that changed.
 * @param measure of where it is drawn: what a terminal does with a text is not for this layer to know
 */
export function drawTree(
	rows: readonly CustomViewRow[],
	before: readonly CustomViewRow[] | null,
	width: number,
	style: LineStyle,
	measure: Measure,
): readonly TreeLine[] {
	const earlier = (row: CustomViewRow): CustomViewRow | null =>
		before?.find(({ label }) => label === row.label) ?? null;
	const drawing: Drawing = { rows, earlier, style, measure };
	const first = rows.findIndex(({ tree }) => tree !== null);
	const root = rows[first];
	if (root === undefined) return [];
	const drawn = new Set<number>();
	const main = treeFrom(drawing, first, drawn, width);
	const others: Box[] = [];
	for (let next = nextRoot(rows, drawn); next !== -1; next = nextRoot(rows, drawn)) {
		others.push(treeFrom(drawing, next, drawn, width));
	}
	const lines = textOf(main);
	if (others.length === 0) return lines;
	const title: TreePiece = { text: ` not below ${root.label}:`, tone: 'dim', changed: false };
	return [...lines, [title], ...shelves(others, width).flatMap(textOf)];
}

/** The same as plain text in ASCII, with the remarks of the nodes below. A character is a column: that is what reports make of others. */
export function treeText(rows: readonly CustomViewRow[], width: number): readonly string[] {
	return [
		...drawTree(rows, null, width, { isAscii: true }, (text) => [...text].length).map((line) =>
			line.map(({ text }) => text).join(''),
		),
		...treeRemarks(rows),
	];
}

/** `V: it is on its way`: what is remarked on nodes, a line each. */
export function treeRemarks(rows: readonly CustomViewRow[]): readonly string[] {
	return rows.flatMap(({ tree, label, remarks }) =>
		tree === null ? [] : remarks.map((remark) => `${label}: ${remark}`),
	);
}

/** A node that has not been drawn, best one that no other of them points to; -1 when all are. */
function nextRoot(rows: readonly CustomViewRow[], drawn: ReadonlySet<number>): number {
	const left = rows.flatMap(({ tree }, index) => (tree === null || drawn.has(index) ? [] : [index]));
	const below = new Set(left.flatMap((index) => rows[index]?.tree?.children.map(({ row }) => row) ?? []));
	return left.find((index) => !below.has(index)) ?? left[0] ?? -1;
}

/** Draws a node and all that is below it, top down where there is room. */
function treeFrom(drawing: Drawing, index: number, drawn: Set<number>, width: number): Box {
	const seen = new Set(drawn);
	const wide = boxOf(drawing, index, seen, { width, depth: deepest });
	if (wide !== null) {
		for (const node of seen) drawn.add(node);
		return wide;
	}
	const lines = indented(drawing, index, drawn, '', null);
	return { lines, width: Math.max(...lines.map(endOf)), anchor: 0 };
}

/** Deeper trees are drawn one below the other: no terminal is that wide. */
const deepest = 12;

/** A node with all below it; null where that takes more room than there is. */
function boxOf(
	drawing: Drawing,
	index: number,
	drawn: Set<number>,
	room: { readonly width: number; readonly depth: number },
): Box | null {
	const row = drawing.rows[index];
	if (row === undefined || row.tree === null || room.depth === 0) return null;
	drawn.add(index);
	const node: Node = { ...row, tree: row.tree };
	const own = leaf(drawing, wordsOf(drawing, node));
	const slots: (Box | null)[] = [];
	for (const child of node.tree.children) {
		let slot: Box | null = null;
		if (child.row === -1 || drawn.has(child.row)) {
			slot = child.to === '' ? null : leaf(drawing, [[reference(drawing, child)]]);
		} else {
			slot = boxOf(drawing, child.row, drawn, { ...room, depth: room.depth - 1 });
			if (slot === null) return null;
		}
		slots.push(slot);
	}
	const box = slots.every((slot) => slot === null) ? own : above(drawing, node, own, slots);
	return box.width > room.width ? null : box;
}

/** `-> C`: a node that is drawn elsewhere, or what is no node. */
function reference({ rows, style }: Drawing, { row, to }: TreeNode['children'][number]): TreePiece {
	return { text: `${style.isAscii ? '->' : '→'} ${rows[row]?.label ?? to}`, tone: 'lazy', changed: false };
}

/** The lines that a node has to itself: its name, its values that have none, and who stands there; then badges and the other values. */
function wordsOf({ style }: Drawing, { label, badges, fields, tree, changed }: Node): TreePiece[][] {
	const tone = badges.find((badge) => badge.tone === 'bad' || badge.tone === 'lazy')?.tone ?? 'strong';
	const name: TreePiece[] = [
		{ text: changed ? '*' : '', tone: 'plain', changed },
		{ text: [label, ...fields.filter(({ name }) => name === '').map(({ value }) => value)].join(' '), tone, changed },
		...tree.walkers.map((walker) => ({
			text: ` ${style.isAscii ? '<' : '◀'}${walker}`,
			tone: 'walker',
			changed: false,
		})),
	];
	const more = [
		...badges.map((badge) => ({ text: `[${badge.text}]`, tone: badge.tone, changed: false })),
		...fields
			.filter(({ name }) => name !== '')
			.map(({ name, value }) => ({ text: `${name} ${value}`, tone: 'plain', changed: false })),
	];
	const second = more.flatMap((piece, at) => (at === 0 ? [piece] : [blank, piece]));
	return second.length === 0 ? [name] : [name, second];
}

const blank: TreePiece = { text: ' ', tone: 'plain', changed: false };

/** Lines of pieces, centred below each other; whoever stands at a node stands beside it. */
function leaf({ measure }: Drawing, lines: readonly (readonly TreePiece[])[]): Box {
	const placed = lines.map((line) => inRow(line, measure));
	const widths = placed.map((line) =>
		line.reduce((sum, { piece, width }) => sum + (piece.tone === 'walker' ? 0 : width), 0),
	);
	const core = Math.max(1, ...widths);
	const drawn = placed.map((line, index) => moved(line, Math.floor((core - (widths[index] ?? 0)) / 2)));
	return { lines: drawn, width: Math.max(core, ...drawn.map(endOf)), anchor: Math.floor((core - 1) / 2) };
}

/** Pieces one after the other from the edge on. */
function inRow(line: readonly TreePiece[], measure: Measure): Placed[] {
	let at = 0;
	return line.map((piece) => {
		const here = { at, width: measure(piece.text), piece };
		at += here.width;
		return here;
	});
}

function moved(line: readonly Placed[], by: number): Placed[] {
	return line.map((placed) => ({ ...placed, at: placed.at + by }));
}

/** A node above its children, with the lines between them. An absent child keeps its place, so that left stays left. */
function above(drawing: Drawing, node: Node, own: Box, slots: readonly (Box | null)[]): Box {
	let column = 0;
	const children = slots.map((slot) => {
		const box = slot ?? { lines: [], width: 1, anchor: 0 };
		const start = column;
		column += box.width + gap;
		return { box, start, anchor: start + box.anchor, isThere: slot !== null };
	});
	const first = children[0]?.anchor ?? 0;
	const last = children.at(-1)?.anchor ?? 0;
	const middle = Math.floor((first + last) / 2);
	// The name may be wider than what is below it: then all of that moves to the right.
	const shift = Math.max(0, own.anchor - middle);
	const anchor = middle + shift;
	const isNew = (index: number): boolean => {
		const earlier = drawing.earlier(node)?.tree?.children[index];
		return node.changed && earlier !== undefined && earlier.to !== node.tree.children[index]?.to;
	};
	const ends = children.flatMap((child, index) =>
		child.isThere ? [{ at: child.anchor + shift, changed: isNew(index) }] : [],
	);
	const height = Math.max(0, ...children.map(({ box }) => box.lines.length));
	const below = Array.from({ length: height }, (_, line): Placed[] =>
		children.flatMap(({ box, start }) => moved(box.lines[line] ?? [], start + shift)),
	);
	const ownStart = anchor - own.anchor;
	const ownLines = own.lines.map((line) => moved(line, ownStart));
	const width = Math.max(column - gap + shift, ownStart + own.width);
	return { lines: [...ownLines, connectors(anchor, ends, drawing.style), ...below], width, anchor };
}

/** The line between a node at column `from` and its children. */
function connectors(
	from: number,
	ends: readonly { readonly at: number; readonly changed: boolean }[],
	{ isAscii }: LineStyle,
): Placed[] {
	const low = Math.min(from, ...ends.map(({ at }) => at));
	const high = Math.max(from, ...ends.map(({ at }) => at));
	const pieces: Placed[] = [];
	for (let at = low; at <= high; at++) {
		const end = ends.find((candidate) => candidate.at === at);
		const shape = shapeAt(at, from, low, high, end !== undefined, isAscii);
		// A pointer that changed is marked from the node to the child.
		const changed = ends.some(
			(other) => other.changed && Math.min(from, other.at) <= at && at <= Math.max(from, other.at),
		);
		pieces.push({ at, width: 1, piece: { text: shape, tone: 'line', changed } });
	}
	return pieces;
}

function shapeAt(at: number, from: number, low: number, high: number, isEnd: boolean, isAscii: boolean): string {
	const isFrom = at === from;
	if (!isFrom && !isEnd) return isAscii ? '-' : '─';
	if (low === high) return isAscii ? '|' : '│';
	if (isAscii) return '+';
	if (isFrom && isEnd) return at === low ? '├' : at === high ? '┤' : '┼';
	if (isFrom) return at === low ? '└' : at === high ? '┘' : '┴';
	return at === low ? '┌' : at === high ? '┐' : '┬';
}

/** One node a line, children below and further to the right. */
function indented(
	drawing: Drawing,
	index: number,
	drawn: Set<number>,
	prefix: string,
	edge: { readonly name: string; readonly changed: boolean; readonly isLast: boolean } | null,
): Placed[][] {
	const row = drawing.rows[index];
	if (row === undefined || row.tree === null) return [];
	drawn.add(index);
	const node: Node = { ...row, tree: row.tree };
	const { style, measure } = drawing;
	const { isAscii } = style;
	const [name = [], more = []] = wordsOf(drawing, node);
	const head = edge === null ? [] : edgePieces(prefix, edge, isAscii);
	const lines = [inRow([...head, ...name, ...(more.length === 0 ? [] : [blank, ...more])], measure)];
	const next = edge === null ? '' : `${prefix}${edge.isLast ? '   ' : isAscii ? '|  ' : '│  '}`;
	const shown = node.tree.children.map((child, at) => ({ child, at })).filter(({ child }) => child.to !== '');
	for (const [order, { child, at }] of shown.entries()) {
		const was = drawing.earlier(node)?.tree?.children[at];
		const changed = node.changed && was !== undefined && was.to !== child.to;
		const below = { name: child.name, changed, isLast: order === shown.length - 1 };
		if (child.row === -1 || drawn.has(child.row)) {
			lines.push(inRow([...edgePieces(next, below, isAscii), reference(drawing, child)], measure));
		} else lines.push(...indented(drawing, child.row, drawn, next, below));
	}
	return lines;
}

function edgePieces(
	prefix: string,
	{ name, changed, isLast }: { readonly name: string; readonly changed: boolean; readonly isLast: boolean },
	isAscii: boolean,
): TreePiece[] {
	const corner = isAscii ? (isLast ? '`- ' : '+- ') : isLast ? '└─ ' : '├─ ';
	return [
		{ text: prefix, tone: 'line', changed: false },
		{ text: corner, tone: 'line', changed },
		{ text: name === '' ? '' : `${name} `, tone: 'dim', changed },
	];
}

function endOf(line: readonly Placed[]): number {
	const last = line.at(-1);
	return last === undefined ? 0 : last.at + last.width;
}

/** Boxes beside each other, on as many shelves as they need. */
function shelves(boxes: readonly Box[], width: number): readonly Box[] {
	const full: Box[] = [];
	let current: Box | null = null;
	for (const box of boxes) {
		if (current !== null && current.width + gap + box.width > width) {
			full.push(current);
			current = null;
		}
		current = current === null ? box : beside(current, box);
	}
	return current === null ? full : [...full, current];
}

function beside(left: Box, right: Box): Box {
	const start = left.width + gap;
	const height = Math.max(left.lines.length, right.lines.length);
	return {
		lines: Array.from({ length: height }, (_, line) => [
			...(left.lines[line] ?? []),
			...moved(right.lines[line] ?? [], start),
		]),
		width: start + right.width,
		anchor: left.anchor,
	};
}

/** The pieces of each line in order, with blanks between them, a column from the edge. */
function textOf(box: Box): TreeLine[] {
	return box.lines.map((line) => {
		const pieces: TreePiece[] = [];
		let column = -1;
		for (const { at, width, piece } of line.toSorted((a, b) => a.at - b.at)) {
			if (piece.text === '') continue;
			if (at > column) pieces.push({ text: ' '.repeat(at - column), tone: 'plain', changed: false });
			pieces.push(piece);
			column = at + width;
		}
		return pieces;
	});
}
